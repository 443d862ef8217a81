"""Arithmetic: the field operations, and the sums of products that optimizers and averages are made of."""

from typing import Any

import numpy as np

from .. import dtypes
from ..errors import ShapeError
from ..operation import binary, nary, to_dtype, unary


def same(g):
    """The pullback of a sum: each term gets the whole derivative."""
    return g


def matching(g: Any, x: Any) -> Any:
    """A derivative in the dtype of the input that it belongs to."""
    return g if g.dtype is x.dtype else to_dtype(g, x.dtype)


def unbroadcastable(name: str, *operands: Any) -> ShapeError:
    """The error of several operands whose shapes do not go together."""
    return ShapeError(f"{name}: the shapes {', '.join(str(np.shape(x)) for x in operands)} do not broadcast together")


@binary(linear=True)
def add(a, b):
    """y = a + b        dy = da + db"""
    return a + b, same, same


@binary(linear=True)
def sub(a, b):
    """y = a − b        dy = da − db"""
    try:
        return a - b, same, np.negative
    except TypeError:
        raise RuntimeError("sub: two bool tensors are not subtracted; use ^ or logical_xor() instead") from None


@binary
def mul(a, b):
    """y = a·b        dy = b da + a db"""
    return a * b, lambda g: g * b, lambda g: g * a


@binary(floating=True)
def div(a, b):
    """y = a/b        dy = da/b − (a/b²) db"""
    return a / b, lambda g: g / b, lambda g: -g * a / (b * b)


@unary(linear=True)
def neg(x):
    """y = −x        dy = −dx"""
    try:
        return -x, np.negative
    except TypeError:
        raise RuntimeError("neg: a bool tensor has no negative; use ~ or logical_not() instead") from None


@nary
def addcmul(input, tensor1, tensor2, value=1):
    """y = a + v·b·c        dy = da + v (c db + b dc)

    PyTorch's page torch.addcmul.

    >>> import tinygrad_lite as tl
    >>> tl.addcmul(tl.zeros(2), tl.tensor([1.0, 2.0]), tl.tensor([3.0, 4.0]), value=0.5)
    tensor([1.5000, 4.0000])
    """
    try:
        y = input + value * (tensor1 * tensor2)
    except ValueError:
        raise unbroadcastable("addcmul", input, tensor1, tensor2) from None
    return (
        y.astype(dtypes.result_type(input, tensor1, tensor2), copy=False),
        lambda g: matching(g, input),
        lambda g: matching(value * g * tensor2, tensor1),
        lambda g: matching(value * g * tensor1, tensor2),
    )


@nary
def addcdiv(input, tensor1, tensor2, value=1):
    """y = a + v·b/c        dy = da + v (db/c − (b/c²) dc)

    PyTorch's page torch.addcdiv.

    >>> import tinygrad_lite as tl
    >>> tl.addcdiv(tl.zeros(2), tl.tensor([1.0, 2.0]), tl.tensor([4.0, 4.0]), value=2)
    tensor([0.5000, 1.0000])
    """
    if tensor1.dtype.kind != "f" and tensor2.dtype.kind != "f":
        raise RuntimeError("addcdiv: integer division with addcdiv is not supported: convert with .float() first")
    try:
        y = input + value * (tensor1 / tensor2)
    except ValueError:
        raise unbroadcastable("addcdiv", input, tensor1, tensor2) from None
    return (
        y.astype(dtypes.result_type(input, tensor1, tensor2), copy=False),
        lambda g: matching(g, input),
        lambda g: matching(value * g / tensor2, tensor1),
        lambda g: matching(-value * g * tensor1 / (tensor2 * tensor2), tensor2),
    )


@nary
def lerp(input, end, weight):
    """y = a + w (b − a)        dy = (1 − w) da + w db + (b − a) dw

    The weight is a number or a tensor; tensors must be of one dtype. PyTorch's page torch.lerp.

    >>> import tinygrad_lite as tl
    >>> tl.lerp(tl.tensor([0.0, 1.0]), tl.tensor([10.0, 11.0]), 0.25)
    tensor([2.5000, 3.5000])
    """
    if not isinstance(input, np.ndarray) or input.dtype.kind == "b":
        kind = TypeError if not isinstance(input, np.ndarray) else NotImplementedError
        raise kind(f"lerp: takes a tensor of numbers, not {getattr(input, 'dtype', input)}")
    if not isinstance(weight, (np.ndarray, np.generic, float, int)):
        raise TypeError(f"lerp: weight must be a Tensor or a number, not {type(weight).__name__}")
    for name, other in (("end", end), ("weight", weight)):
        if isinstance(other, np.ndarray) and other.dtype != input.dtype:
            raise RuntimeError(f"lerp: expected dtype {input.dtype} for `{name}` but got dtype {other.dtype}")
    try:
        y = input + weight * (end - input)
    except ValueError:
        raise unbroadcastable("lerp", input, end, weight) from None
    return (
        y,
        lambda g: g * (1 - weight),  # type: ignore[operator]
        lambda g: g * weight,
        lambda g: g * (end - input),
    )

"""Products: of vectors, matrices and batches of them, and the linear map x·Wᵀ + b of a layer."""

from typing import Any

import numpy as np
from numpy import ndarray

from ..dtypes import bool_
from ..errors import ShapeError, broadcasting
from ..kernels.broadcast import column_sums
from ..kernels.matmul import affine, flat, product
from ..operation import binary, layer
from .arithmetic import same
from .shape import unsqueeze


def times(a: Any, b: Any) -> Any:
    """a·b in a pullback: of arrays by the fastest way, of tensors recorded."""
    if a.__class__ is ndarray:
        return a.dot(b) if a.ndim < 3 and b.ndim < 3 else product(a, b)
    return a @ b


def crossed(a: Any, b: Any) -> Any:
    """Σ aᵀ·b over rows and batch: the derivative of a matrix that the whole batch shares."""
    if a.ndim == 2:
        return a.T.dot(b) if a.__class__ is ndarray else a.T @ b
    return a[:, None] * b if a.ndim == 1 else times(flat(a).T, flat(b))


def over_rows(g: Any) -> Any:
    """The derivative of a bias: g, summed over the rows; the backward loop sums over what else there is."""
    return column_sums(g) if g.__class__ is ndarray and g.ndim == 2 else g


def check(name: str, a: Any, b: Any) -> None:
    """Refuse operands that are not arrays, of no dimension, of unlike dtypes, or of bools."""
    for operand in (a, b):
        if not isinstance(operand, ndarray):
            raise TypeError(f"{name}: an operand is a {type(operand).__name__}; tensors are taken")
    if a.dtype != b.dtype:
        raise RuntimeError(f"{name}: expected m1 and m2 to have the same dtype, but got: {a.dtype} != {b.dtype}")
    if not a.ndim or not b.ndim:
        raise mismatch(name, a.shape, b.shape)
    if a.dtype.kind == "b" and a.size and b.size:
        raise NotImplementedError(f"{name}: not implemented for bool; convert with .int() or .float()")


def mismatch(name: str, a: tuple[int, ...], b: tuple[int, ...], sign: str = "@") -> Exception:
    """Why two shapes cannot be multiplied."""
    if len(a) == 0 or len(b) == 0:
        return ShapeError(f"{name}: {a} {sign} {b}: both need to be at least 1D, but they are {len(a)}D and {len(b)}D")
    m, k = a[-1], b[max(len(b) - 2, 0)]
    if m != k:
        return ShapeError(f"{name}: {a} {sign} {b}: the inner sizes {m} and {k} differ")
    return broadcasting(f"{name}: the batches of {a} {sign} {b}", a[:-2], b[:-2])


@binary(mixing=False)
def matmul(input, other):
    """y = a·b        dy = da·b + a·db

    Vectors (k), matrices (m, k)·(k, n), and batches (…, m, k)·(…, k, n), which broadcast. RuntimeError if inner sizes
    or dtypes differ (PyTorch's page torch.matmul).

    >>> import tinygrad_lite as tl
    >>> tl.tensor([[1, 2], [3, 4]]) @ tl.tensor([1, 1])
    tensor([3, 7])
    """
    try:
        if input.ndim == 2 == other.ndim and input.dtype is other.dtype is not bool_:  # the quickest way for the most
            y = input.dot(other)
            return y, lambda g: times(g, other.T), lambda g: times(input.T, g)
    except (AttributeError, ValueError):
        pass
    check("matmul", input, other)
    try:
        y = product(input, other)
    except ValueError:
        raise mismatch("matmul", input.shape, other.shape) from None
    return y, lambda g: left_derivative(g, input, other), lambda g: right_derivative(g, input, other)


def left_derivative(g: Any, a: Any, b: Any) -> Any:
    """The derivative of a in a·b; broadcast batches are summed by the backward loop."""
    if b.ndim == 1:
        return g * b if a.ndim == 1 else g[..., None] * b
    if a.ndim == 1:
        return times(b, g) if b.ndim == 2 else times(b, g[..., None])[..., 0]
    return times(g, b.mT)


def right_derivative(g: Any, a: Any, b: Any) -> Any:
    """The derivative of b in a·b."""
    if a.ndim == 1:
        return g * a if b.ndim == 1 else a[:, None] * g[..., None, :]
    if b.ndim == 1:
        return times(flat(a).T, g.reshape(-1))
    if b.ndim == 2:
        return crossed(a, g)
    if b.__class__ is ndarray and b.strides[-2] == b.itemsize:  # b is a transposed view, and so its derivative may be
        return times(g.mT, a).mT
    return times(a.mT, g)


@layer
def linear(input, weight, bias=None):
    """y = x·Wᵀ + b        dy = dx·Wᵀ + x·dWᵀ + db

    x: (…, in), W: (out, in), b: (out) or None. One matrix product however many dimensions x has. RuntimeError if sizes
    or dtypes differ (PyTorch's page torch.nn.functional.linear).

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.linear(tl.ones(1, 2), tl.tensor([[1.0, 2.0]]), tl.tensor([0.5]))
    tensor([[3.5000]])
    """
    if weight.ndim != 2 or input.dtype is not weight.dtype or not input.ndim or input.dtype is bool_:
        check("linear", input, weight)
        if weight.ndim == 1 and bias is None:
            if input.shape[-1] != len(weight):
                raise mismatch("linear", input.shape, weight.shape, "·")
            y = np.asarray(product(input, weight))
            return y, lambda g: left_derivative(g, input, weight), lambda g: right_derivative(g, input, weight), None
        if weight.ndim != 2:
            raise ShapeError(f"linear: input {input.shape}, weight {weight.shape}: expects (…, in) and (out, in)")
    if bias is not None and bias.dtype is not input.dtype:
        check("linear", bias, input)
    try:
        y = affine(input, weight, bias)
        if bias is not None and bias.ndim > 1:  # rarely: the backward loop sums over what it was broadcast along
            if y.shape != (*input.shape[:-1], len(weight)):
                raise ValueError
            return y, lambda g: times(g, weight), lambda g: crossed(g, input), same
    except ValueError:
        if input.shape[-1] != weight.shape[1]:
            raise mismatch("linear", input.shape, weight.shape[::-1], "·") from None
        raise broadcasting("linear", (*input.shape[:-1], len(weight)), bias.shape if bias is not None else ()) from None
    return y, lambda g: times(g, weight), lambda g: crossed(g, input), over_rows


def of_ranks(name: str, operands: tuple, ranks: tuple) -> None:
    """Refuse operands that do not have these numbers of dimensions."""
    for operand, rank in zip(operands, ranks, strict=True):
        if getattr(operand, "ndim", None) != rank:
            shapes = " and ".join(str(tuple(getattr(o, "shape", ()))) for o in operands)
            kinds = " and ".join(f"{n}-D" for n in ranks)
            raise ShapeError(f"{name}: expects {kinds} tensors, got {shapes}")


def mm(input: Any, mat2: Any) -> Any:
    """The product of two matrices (PyTorch's page torch.mm)."""
    of_ranks("mm", (input, mat2), (2, 2))
    return matmul(input, mat2)


def bmm(input: Any, mat2: Any) -> Any:
    """The products of two batches of as many matrices, (b, m, k)·(b, k, n) (PyTorch's page torch.bmm)."""
    of_ranks("bmm", (input, mat2), (3, 3))
    if input.shape[0] != mat2.shape[0]:
        raise ShapeError(f"bmm: {tuple(input.shape)} @ {tuple(mat2.shape)}: the batch sizes differ")
    return matmul(input, mat2)


def mv(input: Any, vec: Any) -> Any:
    """The product of a matrix and a vector (PyTorch's page torch.mv)."""
    of_ranks("mv", (input, vec), (2, 1))
    return matmul(input, vec)


def dot(input: Any, tensor: Any) -> Any:
    """The sum of the products of two vectors (PyTorch's page torch.dot)."""
    of_ranks("dot", (input, tensor), (1, 1))
    return matmul(input, tensor)


def outer(input: Any, vec2: Any) -> Any:
    """All products of the elements of two vectors, yᵢⱼ = aᵢ bⱼ (PyTorch's page torch.outer).

    >>> import tinygrad_lite as tl
    >>> tl.outer(tl.tensor([1, 2]), tl.tensor([3, 4]))
    tensor([[3, 4],
            [6, 8]])
    """
    of_ranks("outer", (input, vec2), (1, 1))
    return unsqueeze(input, 1) * vec2


ger = outer


def addmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """β·input + α·mat1·mat2 (PyTorch's page torch.addmm). With β = 0 the input is not read.

    >>> import tinygrad_lite as tl
    >>> tl.addmm(tl.ones(2), tl.eye(2), tl.eye(2))
    tensor([[2., 1.],
            [1., 2.]])
    """
    of_ranks("addmm", (mat1, mat2), (2, 2))
    return added("addmm", input, mm(mat1, mat2), beta, alpha)


def baddbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """β·input + α·batch1·batch2 for batches of matrices (PyTorch's page torch.baddbmm)."""
    of_ranks("baddbmm", (batch1, batch2), (3, 3))
    return added("baddbmm", input, bmm(batch1, batch2), beta, alpha)


def added(name: str, input: Any, y: Any, beta: Any, alpha: Any, mixing: bool = False) -> Any:
    """β·input + α·y; the input is broadcast to y, and of its dtype unless they may be mixed."""
    shape, wanted = tuple(input.shape), tuple(y.shape)
    if len(shape) > len(wanted) or any(n not in (1, m) for n, m in zip(shape[::-1], wanted[::-1], strict=False)):
        raise ShapeError(f"{name}: the input, {shape}, cannot be expanded to the product's shape, {wanted}")
    if input.dtype != y.dtype and not mixing:
        raise RuntimeError(f"{name}: self and mat2 must have the same dtype, but got {input.dtype} and {y.dtype}")
    alpha, beta = (factor if mixing else np.asarray(factor).astype(input.dtype).item() for factor in (alpha, beta))
    if alpha != 1:
        y = y * alpha
    if not beta:
        return y
    return y + (input if beta == 1 else input * beta)

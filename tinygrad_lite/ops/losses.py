"""Losses of a prediction against a target, with PyTorch's names, reductions, errors and warnings.

Each is one fused operation; the plain expression that it stands for is beside it, under the same name with `plain_`.
`reduction` is "mean" (the default), "sum" or "none"; `size_average` and `reduce` are its old form. Losses for classes
are in `classification`.
"""

import warnings
from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from .. import dtypes, mistakes
from ..errors import broadcasting
from ..kernels import losses as kernels
from ..operation import nary

REDUCTIONS = frozenset({"mean", "sum", "none"})


def reduction_of(reduction: Any, size_average: Any = None, reduce: Any = None, warn: bool = True) -> str:
    """The reduction asked for, in its new form or the old one; an error for a word that is none."""
    if size_average is not None or reduce is not None:
        reduction = "none" if reduce is False else "sum" if size_average is False else "mean"
        if warn:
            message = f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead."
            warnings.warn(message, UserWarning, stacklevel=4)
    elif reduction is None:
        return "mean"
    elif reduction not in REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction; there are mean, sum and none")
    return reduction


def same_type(name: str, *arrays: Any, kinds: str = "f") -> list[np.ndarray]:
    """The arrays in the one dtype that PyTorch gives their combination, of one of these kinds (NumPy's letters)."""
    for array in arrays:
        if not isinstance(array, np.ndarray):
            raise TypeError(f"{name}: expected a Tensor, got {type(array).__name__}; make one with tensor(...)")
    dtype = dtypes.result_type(*arrays)
    if dtype.kind not in kinds:
        raise NotImplementedError(f"{name}: not implemented for {dtype}; convert the input with .float()")
    return [array.astype(dtype, copy=False) for array in arrays]


def difference(name: str, input: Any, target: Any, kinds: str = "f") -> np.ndarray:
    """input − target; a warning if their shapes differ, since that is rarely meant."""
    if not (input.__class__ is target.__class__ is np.ndarray and input.dtype is target.dtype is dtypes.float32):
        input, target = same_type(name, input, target, kinds=kinds)
    if input.shape != target.shape:
        try:
            np.broadcast_shapes(input.shape, target.shape)
        except ValueError:
            raise broadcasting(name, input.shape, target.shape) from None
        unlike(input.shape, target.shape)
    return input - target


def unlike(input: tuple, target: tuple) -> None:
    """Warn of a target that only broadcasts with the input: (n, 1) and (n,) give (n, n)."""
    mistakes.warn(
        f"Using a target size (torch.Size({list(target)})) that is different to the input size "
        f"(torch.Size({list(input)})). This will likely lead to incorrect results due to broadcasting. "
        "Please ensure they have the same size."
    )


def weighed(name: str, input: np.ndarray, weight: Any) -> None:
    """Refuse weights of another shape than the input's."""
    if weight is not None and weight.shape != input.shape:
        raise ValueError(
            f"{name}: Weights and input must have the same size; they have {weight.shape} and {input.shape}."
        )


def reduced(values: Any, reduction: str, weight: Any = None, divisor: Any = None) -> Any:
    """Each w·v, their sum, or their sum over the divisor (their number, unless given); for arrays and tensors."""
    if weight is not None:
        values = values * weight
    if reduction == "none":
        return values
    whole = isinstance(values, (np.ndarray, np.generic)) and values.dtype.kind in "iu"
    s = values.sum(dtype=np.int64) if whole else values.sum()
    if reduction == "sum":
        return s
    n = prod(values.shape) if divisor is None else divisor
    y = kernels.divide(s, n) if isinstance(s, np.generic) else s / n
    return y.astype(dtypes.get_default_dtype()) if whole else y


def pullback(slope: Callable, arrays: tuple, dtype: np.dtype, reduction: str, n: int, weight: Any, divisor: Any = None):
    """The pullback of `reduced` for an argument of the values: g ↦ g · w · slope(*arrays) / divisor, in a dtype.

    It captures the arrays themselves, not a function that hides them: so the tape sees what must not be overwritten.
    """

    def pull(g):
        if reduction == "mean":
            g = kernels.divide(g, n if divisor is None else divisor)
        d = slope(*arrays) * g
        if weight is not None:
            d = d * weight
        return d.astype(dtype, copy=False)

    return pull


def of_difference(input: Any, target: Any, values: Any, slope: Any, reduction: str, weight: Any, divisor: Any) -> Any:
    """Value and pullbacks (of input, target and weight) of a loss that is a function of input − target."""
    y = reduced(values, reduction, weight, divisor)
    of_weight = None
    if weight is not None:  # by which the mean is divided, too, where it has that divisor
        share = weight.size / max(values.size, 1) if values.size != weight.size else 1  # 1 / repeats
        excess = values if divisor is None or reduction != "mean" else values - y * share
        of_weight = pullback(np.positive, (excess,), weight.dtype, reduction, values.size, None, divisor)
    return (
        y,
        pullback(np.positive, (slope,), input.dtype, reduction, values.size, weight, divisor),
        pullback(np.negative, (slope,), target.dtype, reduction, values.size, weight, divisor),
        of_weight,
    )


def plain_mse_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    d = input - target
    divisor = None if weight is None else weight.sum()
    return reduced(d * d, reduction_of(reduction, size_average, reduce, warn=False), weight, divisor)


@nary(fuses=plain_mse_loss)
def mse_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """y = mean (x − t)²        dy = 2 mean (x − t)(dx − dt)

    The mean runs over all elements: of one-hot targets, over samples and classes. With `weight`, of the input's
    shape: Σ w (x − t)² / Σ w. A target of another shape is broadcast, with a warning; shapes that do not broadcast
    are an error (PyTorch's page torch.nn.functional.mse_loss).

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.mse_loss(tl.tensor([1.0, 2.0]), tl.tensor([1.0, 4.0]))
    tensor(2.)
    """
    reduction = reduction_of(reduction, size_average, reduce)
    d = difference("mse_loss", input, target, "f" if weight is None else "fiu")
    if weight is None and reduction == "mean" and d.size and d.dtype is input.dtype is target.dtype:
        scale = 2.0 / d.size
        return np.vdot(d, d) / d.size, lambda g: d * (g * scale), lambda g: d * (g * -scale)
    weighed("mse_loss", input, weight)
    divisor = None if weight is None else weight.sum()
    y, of_input, of_target, of_weight = of_difference(input, target, d * d, 2 * d, reduction, weight, divisor)
    return y, of_input, of_target, None, None, None, of_weight


def plain_l1_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    divisor = None if weight is None else weight.sum()
    return reduced(abs(input - target), reduction_of(reduction, size_average, reduce, warn=False), weight, divisor)


@nary(fuses=plain_l1_loss)
def l1_loss(input, target, size_average=None, reduce=None, reduction="mean", weight=None):
    """y = mean |x − t|        dy = mean sign(x − t)(dx − dt)

    The mean absolute error. With `weight`, of the input's shape: Σ w |x − t| / Σ w
    (PyTorch's page torch.nn.functional.l1_loss).

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.l1_loss(tl.tensor([1.0, 2.0]), tl.tensor([1.0, 4.0]))
    tensor(1.)
    """
    reduction = reduction_of(reduction, size_average, reduce)
    d = difference("l1_loss", input, target, "f" if weight is None and reduction == "mean" else "fiu")
    weighed("l1_loss", input, weight)
    divisor = None if weight is None else weight.sum()
    y, of_input, of_target, of_weight = of_difference(input, target, np.abs(d), np.sign(d), reduction, weight, divisor)
    return y, of_input, of_target, None, None, None, of_weight


def plain_huber_loss(input, target, reduction="mean", delta=1.0, weight=None):
    d = input - target
    a, delta = abs(d), 1.0 if delta is None else delta
    return reduced(np.where(a <= delta, 0.5 * d * d, delta * (a - 0.5 * delta)), reduction_of(reduction), weight)


@nary(fuses=plain_huber_loss)
def huber_loss(input, target, reduction="mean", delta=1.0, weight=None):
    """y = mean h(x − t), h(d) = ½d² if |d| ≤ δ else δ(|d| − ½δ)        dy = mean clip(x − t, ±δ)(dx − dt)

    Squares for small differences, absolute values for large ones: outliers pull less
    (PyTorch's page torch.nn.functional.huber_loss; P. Huber, Robust Estimation of a Location Parameter, 1964).

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.huber_loss(tl.tensor([0.0, 0.0]), tl.tensor([1.0, 3.0]), reduction="none")
    tensor([0.5000, 2.5000])
    """
    delta = 1.0 if delta is None else delta
    if delta <= 0:
        raise RuntimeError(f"huber_loss does not support non-positive values for delta, and it is {delta}.")
    d = difference("huber_loss", input, target)
    weighed("huber_loss", input, weight)
    values, slope = kernels.huber(d, delta)
    y, of_input, of_target, of_weight = of_difference(
        input, target, values, slope, reduction_of(reduction), weight, None
    )
    return y, of_input, of_target, None, None, of_weight


def plain_smooth_l1_loss(input, target, size_average=None, reduce=None, reduction="mean", beta=1.0):
    reduction = reduction_of(reduction, size_average, reduce, warn=False)
    if beta:
        return plain_huber_loss(input, target, reduction, beta) / beta
    return plain_l1_loss(input, target, None, None, reduction)


@nary(fuses=plain_smooth_l1_loss)
def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction="mean", beta=1.0):
    """y = mean h(x − t)/β, h(d) = ½d² if |d| ≤ β else β(|d| − ½β)        dy = mean clip((x − t)/β, ±1)(dx − dt)

    The Huber loss over β; β = 0 is the mean absolute error (PyTorch's page torch.nn.functional.smooth_l1_loss).

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.smooth_l1_loss(tl.tensor([0.0, 0.0]), tl.tensor([1.0, 3.0]), reduction="none")
    tensor([0.5000, 2.5000])
    """
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss does not support negative values for beta, and it is {beta}.")
    reduction = reduction_of(reduction, size_average, reduce)
    d = difference("smooth_l1_loss", input, target, "f" if beta or reduction == "mean" else "fiu")
    values, slope = (v / beta for v in kernels.huber(d, beta)) if beta else (np.abs(d), np.sign(d))
    return of_difference(input, target, values, slope, reduction, None, None)[:3]

"""How variables vary together."""

import warnings
from typing import Any

import numpy as np

from ..dtypes import get_default_dtype
from ..errors import ShapeError
from ..operation import to_dtype
from .choice import clamp
from .diagonal import diagonal
from .powers import sqrt
from .reduce import mean, sum
from .shape import reshape, squeeze, unsqueeze


def cov(input: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Any:
    """The covariances of the rows, variables observed in the columns (PyTorch's page torch.cov).

    The sums of products are divided by the number of observations less the correction. fweights: how often each was
    observed (integers); aweights: how much each counts (floats).

    >>> import tinygrad_lite as tl
    >>> tl.cov(tl.tensor([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    if input.ndim > 2:
        raise ShapeError(
            f"cov: expected input to have two or fewer dimensions but got an input with {input.ndim} dimensions"
        )
    if input.dtype.kind == "b":
        raise RuntimeError("cov: bool dtype is not supported for input")
    x = input if input.ndim == 2 else reshape(input, (1, -1 if input.ndim else 1))
    if x.dtype.kind != "f":
        x = to_dtype(x, get_default_dtype())
    count = x.shape[1]
    for name, weights, kinds in (("fweights", fweights, "iu"), ("aweights", aweights, "f")):
        if weights is None:
            continue
        if weights.dtype.kind not in kinds:
            kind = "integral" if name == "fweights" else "floating point"
            raise RuntimeError(f"cov: expected {name} to have {kind} dtype but got {weights.dtype}")
        if tuple(weights.shape) != (count,):
            raise ShapeError(f"cov: expected {name} to have one weight for each of {count}, got {tuple(weights.shape)}")
        if bool((weights < 0).any()):
            raise RuntimeError(f"cov: {name} cannot be negative")
    weights = aweights if fweights is None else fweights if aweights is None else fweights * aweights
    if weights is None:
        x, freedom = x - mean(x, 1, keepdim=True), count - correction
        weighted = x
    else:
        whole = sum(weights)
        x = x - unsqueeze(sum(x * weights, 1) / whole, 1)
        weighted = x * weights
        freedom = whole - (correction if aweights is None else correction * sum(weights * aweights) / whole)
    if float(freedom) <= 0:
        warnings.warn(
            "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.",
            UserWarning,
            stacklevel=2,
        )
        freedom = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        return squeeze(x @ weighted.mT / freedom)


def corrcoef(input: Any) -> Any:
    """The correlations of the rows: their covariances divided by their deviations (PyTorch's page torch.corrcoef).

    >>> import tinygrad_lite as tl
    >>> tl.corrcoef(tl.tensor([[1.0, 2.0, 3.0], [6.0, 4.0, 2.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    if input.ndim > 2:
        raise ShapeError(
            f"corrcoef: expected input to have two or fewer dimensions but got an input with {input.ndim} dimensions"
        )
    c = cov(input)
    with np.errstate(divide="ignore", invalid="ignore"):
        if not c.ndim:
            return c / c
        deviations = sqrt(diagonal(c))
        return clamp(c / unsqueeze(deviations, 1) / unsqueeze(deviations, 0), -1.0, 1.0)

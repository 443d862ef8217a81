"""Numbers at even distances, the coordinates of grids, and the unit matrix."""

from typing import Any

import numpy as np

from . import dtypes
from .arrays import count_of, evenly, number, of, progression, sizes
from .creation import filled
from .ops.axes import transpose
from .ops.shape import expand, reshape
from .tape import Variable
from .tensor import Tensor


def arange(
    start: Any = None,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """start, start + step, … below end; of ints if all three are (PyTorch's page torch.arange).

    RuntimeError if the step is 0 or leads away from the end.

    >>> import tinygrad_lite as tl
    >>> tl.arange(3), tl.arange(1, 2, 0.5)
    (tensor([0, 1, 2]), tensor([1.0000, 1.5000]))
    """
    if end is None:
        if start is None:
            raise TypeError("arange() missing 1 required positional argument: 'end'")
        start, end = 0, start
    start, end, step = (
        v if v.__class__ is int else number(v, "arange") for v in (0 if start is None else start, end, step)
    )
    whole = isinstance(start, int) and isinstance(end, int) and isinstance(step, int)
    dtype = of(dtype, otherwise=dtypes.int64 if whole else None)
    if dtype.kind == "b":
        raise NotImplementedError("arange: not implemented for bool; convert the result with .bool()")
    if dtype.kind == "f":
        array = progression(start, step, count_of(start, end, step), dtype)
    else:
        if not whole:
            count_of(start, end, step)
            start, end, step = int(start), int(end), int(step)
        array = (start + step * np.arange(count_of(start, end, step))).astype(dtype, copy=False)
    return filled(array, "arange", requires_grad, device, place)


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """`steps` numbers from start to end, both included (PyTorch's page torch.linspace).

    >>> import tinygrad_lite as tl
    >>> tl.linspace(0, 1, 3)
    tensor([0.0000, 0.5000, 1.0000])
    """
    first, last, count = span("linspace", start, end, steps)
    array = evenly(first, last, count, of(dtype)).astype(of(dtype))
    return filled(array, "linspace", requires_grad, device, place)


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **place: Any,
) -> Tensor:
    """base**start to base**end in `steps` equal ratios (PyTorch's page torch.logspace).

    >>> import tinygrad_lite as tl
    >>> tl.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    first, last, count = span("logspace", start, end, steps)
    with np.errstate(invalid="ignore", over="ignore"):  # a negative base to a fraction is nan
        array = np.power(float(base), evenly(first, last, count, of(dtype)).astype(np.float64)).astype(of(dtype))
    return filled(array, "logspace", requires_grad, device, place)


def span(name: str, start: Any, end: Any, steps: int) -> tuple[Any, Any, int]:
    """The bounds as numbers and the count as an int, or an error."""
    for bound in (start, end):
        if isinstance(bound, Variable) and bound.array.ndim:
            raise RuntimeError(f"{name}: only supports 0-dimensional start and end, got shape {bound.array.shape}")
    if not hasattr(steps, "__index__"):
        raise TypeError(f"{name}(): argument 'steps' must be int, not {type(steps).__name__}")
    if steps < 0:
        raise RuntimeError(f"{name}: number of steps must be non-negative, got {steps}")
    return number(start, name), number(end, name), steps.__index__()


def eye(
    n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **place: Any
) -> Tensor:
    """Ones on the diagonal, zeros elsewhere: (n, m), or (n, n) (PyTorch's page torch.eye).

    >>> import tinygrad_lite as tl
    >>> tl.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    rows, columns = sizes((n, n if m is None else m), "eye")
    return filled(np.eye(rows, columns, dtype=of(dtype)), "eye", requires_grad, device, place)


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple:
    """The coordinates of a grid, one tensor for each axis (PyTorch's page torch.meshgrid).

    indexing  "ij": the first tensor runs along the rows; "xy": along the columns, as in a picture

    >>> import tinygrad_lite as tl
    >>> tl.meshgrid(tl.tensor([1, 2]), tl.tensor([3, 4]), indexing="ij")[0]
    tensor([[1, 1],
            [2, 2]])
    """
    given = tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    if not given:
        raise RuntimeError("meshgrid: expects at least one tensor")
    if any(t.array.ndim > 1 for t in given):
        raise RuntimeError(f"meshgrid: expected 0D or 1D tensors but got shapes {[t.array.shape for t in given]}")
    if len({t.array.dtype for t in given}) > 1:
        raise RuntimeError(f"meshgrid: expects all tensors to have the same dtype, got {[t.dtype for t in given]}")
    shape = [t.array.size for t in given]
    grid = [
        expand(reshape(t, [n if i == k else 1 for i in range(len(given))]), shape)
        for k, (t, n) in enumerate(zip(given, shape, strict=True))
    ]
    return tuple(transpose(g, 0, 1) for g in grid) if indexing == "xy" and len(grid) > 1 else tuple(grid)

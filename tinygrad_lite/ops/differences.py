"""Differences of neighbours and sums of trapezoids: derivatives and integrals of functions known at points."""

from typing import Any

from ..errors import ShapeError
from .arithmetic import sub
from .comparison import logical_xor
from .dims import dim as dimension, dims as dimensions, whole
from .index import along, getitem
from .join import cat
from .reduce import sum
from .scan import cumsum
from .shape import reshape


def part(x: Any, d: int, first: int | None, last: int | None) -> Any:
    """The elements first:last along a dimension."""
    return getitem(x, along(d, slice(first, last)))


def diff(input: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Each element less the one before, n times; of bools, whether they differ (PyTorch's page torch.diff).

    prepend and append are joined to the input first.

    >>> import tinygrad_lite as tl
    >>> tl.diff(tl.tensor([1, 4, 9, 16])), tl.diff(tl.tensor([1, 4, 9, 16]), n=2)
    (tensor([3, 5, 7]), tensor([2, 2]))
    """
    if not input.ndim:
        raise RuntimeError("diff: expects input to be at least one-dimensional")
    n = whole(n, "diff", "n")
    if n < 0:
        raise RuntimeError(f"diff: order must be non-negative but got {n}")
    d = dimension(dim, input.ndim, "diff")
    if any(x is not None and x.ndim != input.ndim for x in (prepend, append)):
        raise ShapeError(f"diff: expects prepend or append to be the same dimension as input, {tuple(input.shape)}")
    if prepend is not None or append is not None:
        input = cat([x for x in (prepend, input, append) if x is not None], d)
    minus = logical_xor if input.dtype.kind == "b" else sub
    for _ in range(min(n, input.shape[d])):
        input = minus(part(input, d, 1, None), part(input, d, None, -1))
    return input * 1 if n == 0 else input


def areas(name: str, y: Any, x: Any, dx: Any, dim: int) -> tuple[Any, int]:
    """The areas of the trapezoids between neighbours, and the dimension."""
    if not y.ndim:
        raise IndexError(f"{name}: Dimension specified as {dim} but tensor has no dimensions")
    if y.dtype.kind == "b":
        raise RuntimeError(f"{name}: received a bool input for `y`, but bool is not supported")
    d = dimension(dim, y.ndim, name)
    heights = part(y, d, 1, None) + part(y, d, None, -1)
    if x is None:
        return heights * (dx / 2), d
    if x.dtype.kind == "b":
        raise RuntimeError(f"{name}: received a bool input for `x`, but bool is not supported")
    n = y.shape[d]
    if x.ndim == 1:
        if x.shape[0] != n:
            raise ShapeError(f"{name}: There must be one `x` value for each sample point: {x.shape[0]} for {n}")
        x = reshape(x, [-1 if i == d else 1 for i in range(y.ndim)])
    x = reshape(x, (1,) * (y.ndim - x.ndim) + tuple(x.shape)) if x.ndim < y.ndim else x
    widths = part(x, d, 1, None) - part(x, d, None, -1)
    try:
        return heights * widths / 2, d
    except ValueError:
        raise ShapeError(
            f"{name}: along dimension {d} there are {tuple(heights.shape)} trapezoids, and {tuple(widths.shape)} widths"
        ) from None


def trapezoid(y: Any, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Any:
    """∫ y dx along dim by the trapezoidal rule: Σ (yᵢ + yᵢ₊₁)/2 · (xᵢ₊₁ − xᵢ) (PyTorch's page torch.trapezoid).

    The points x are a vector or have the shape of y; without them they are dx apart.

    >>> import tinygrad_lite as tl
    >>> tl.trapezoid(tl.tensor([1.0, 5.0, 10.0])), tl.trapezoid(tl.tensor([1.0, 3.0]), tl.tensor([0.0, 2.0]))
    (tensor(10.5000), tensor(4.))
    """
    if y.ndim and not y.shape[dimension(dim, y.ndim, "trapezoid")]:
        return sum(y, dim, dtype=y.dtype)
    area, d = areas("trapezoid", y, x, dx, dim)
    return sum(area, d)


trapz = trapezoid


def cumulative_trapezoid(y: Any, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Any:
    """The integral up to each point but the first (PyTorch's page torch.cumulative_trapezoid).

    >>> import tinygrad_lite as tl
    >>> tl.cumulative_trapezoid(tl.tensor([1.0, 5.0, 10.0]))
    tensor([ 3.0000, 10.5000])
    """
    area, d = areas("cumulative_trapezoid", y, x, dx, dim)
    return cumsum(area, d)


def gradient(input: Any, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1) -> tuple:
    """∂f/∂xᵈ of a function known at the points of a grid, for each dimension (PyTorch's page torch.gradient).

    spacing     a number, a number for each dimension, or the points along each dimension
    dim         one or several; None takes all
    edge_order  1 or 2: the order of the one-sided differences at the edges; inside they are central, of order 2

    >>> import tinygrad_lite as tl
    >>> tl.gradient(tl.tensor([1.0, 4.0, 9.0, 16.0]))
    (tensor([3., 4., 6., 7.]),)
    """
    dims = dimensions(dim, input.ndim, "gradient")
    if dim is not None and not input.ndim:
        raise IndexError(f"gradient: Dimension specified as {dim} but tensor has no dimensions")
    if edge_order not in (1, 2):
        raise RuntimeError(f"gradient: only supports edge_order=1 and edge_order=2, not {edge_order}")
    steps = list(spacing) if isinstance(spacing, (tuple, list)) else [spacing] * len(dims)
    if len(steps) != len(dims):
        raise RuntimeError(
            f"gradient: expected spacing to be unspecified, a scalar, or a list of one for each of {len(dims)} "
            f"dimensions, but got {len(steps)}"
        )
    if any(input.shape[d] < edge_order + 1 for d in dims):
        raise RuntimeError(
            f"gradient: expected each dimension size to be at least edge_order+1, got {tuple(input.shape)}"
        )
    return tuple([slope(input, d, step, edge_order) for d, step in zip(dims, steps, strict=True)])


def slope(f: Any, d: int, step: Any, edge_order: int) -> Any:
    """The derivative along one dimension."""
    n = f.shape[d]
    if isinstance(step, (int, float)):
        slopes = (part(f, d, 1, None) - part(f, d, None, -1)) / step
        inside = (part(f, d, 2, None) - part(f, d, None, -2)) / (2 * step)
        wide: Any = None
    else:
        if step.ndim != 1 or step.shape[0] != n:
            raise ShapeError(
                f"gradient: expected the coordinates of dimension {d} to be a vector of {n}, not {tuple(step.shape)}"
            )
        f = f * 1 if f.dtype.kind == "b" else f
        h = reshape(part(step, 0, 1, None) - part(step, 0, None, -1), [-1 if i == d else 1 for i in range(f.ndim)])
        slopes = (part(f, d, 1, None) - part(f, d, None, -1)) / h
        left, right = part(h, d, None, -1), part(h, d, 1, None)
        inside = (part(slopes, d, None, -1) * right + part(slopes, d, 1, None) * left) / (left + right)
        wide = h
    first, last = part(slopes, d, 0, 1), part(slopes, d, n - 2, None)
    if edge_order == 2:
        # the parabola through three points: its slope at an end is that of the first line, less half of what it turns
        turns = part(slopes, d, 1, None) - part(slopes, d, None, -1)
        if wide is not None:
            width = part(wide, d, None, -1) + part(wide, d, 1, None)
            turns = turns / width
            first = first - part(turns, d, 0, 1) * part(wide, d, 0, 1)
            last = last + part(turns, d, n - 3, None) * part(wide, d, n - 2, None)
        else:
            first = first - part(turns, d, 0, 1) / 2
            last = last + part(turns, d, n - 3, None) / 2
    return cat([first, inside, last], d)

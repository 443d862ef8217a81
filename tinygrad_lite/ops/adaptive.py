"""Adaptive pooling: the sizes of the output are given, and the windows cover the input as evenly as ints allow."""

from typing import Any

from ..errors import ShapeError
from ..kernels import resampling as kernels
from ..kernels.pooling import Uneven, Windows
from . import pooling
from .geometry import tensors
from .pools import with_places
from .resampling import resample


def wanted(name: str, n: int, input: Any, output_size: Any) -> tuple[int, ...]:
    """The sizes asked for; None keeps the input's."""
    tensors(name, input=input)
    shape = tuple(input.shape)
    if len(shape) not in (n + 1, n + 2):
        raise ShapeError(f"{name}: Expected {n + 1}D or {n + 2}D tensor, but got {list(shape)}")
    if 0 in (shape[1:] if "max" in name else shape[-n:]):  # means take a tensor without channels
        raise ShapeError(
            f"{name}: Expected input to have non-zero size for non-batch dimensions, but input has sizes {list(shape)}"
        )
    given = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * n
    if len(given) != n:
        raise RuntimeError(f"{name}: output_size must be {n}, but got {len(given)} numbers")
    sizes = tuple([old if new is None else new for old, new in zip(shape[-n:], given, strict=True)])
    if any(not hasattr(size, "__index__") for size in sizes):
        raise TypeError(f"{name}: output_size must be an int, None, or {n} of them, not {output_size!r}")
    if min(sizes) < 0:
        raise RuntimeError(
            f"{name}: elements of output_size must be greater than or equal to 0 but received {list(sizes)}"
        )
    if input.dtype.kind != "f" and input.array.size:
        raise NotImplementedError(f"{name}: not implemented for {input.dtype}; convert with .float()")
    return sizes


def even(before: tuple, after: tuple) -> Windows | None:
    """The windows as those of an ordinary pooling, where all are of one size and disjoint."""
    if any(not m or n % m for n, m in zip(before, after, strict=True)):
        return None
    kernel = tuple([n // m for n, m in zip(before, after, strict=True)])
    return Windows(before, kernel, after, kernel, (0,) * len(kernel), (1,) * len(kernel))


def averaged(name: str, n: int, input: Any, output_size: Any) -> Any:
    after = wanted(name, n, input, output_size)
    before = tuple(input.shape[-n:])
    windows = even(before, after)
    if windows is not None:
        return pooling.avg_pool(input, windows, pooling.counts(windows, True))
    return resample(input, tuple([(i, kernels.uneven(before[i], after[i])) for i in range(-n, 0)]))


def maximal(name: str, n: int, input: Any, output_size: Any, return_indices: bool) -> Any:
    after = wanted(name, n, input, output_size)
    before = tuple(input.shape[-n:])
    windows = even(before, after) or Uneven(before, after)
    return with_places(input, windows) if return_indices else pooling.max_pool(input, windows)


def adaptive_avg_pool1d(input: Any, output_size: Any) -> Any:
    """The means of output_size windows of (N, C, L) or (C, L) (PyTorch's page torch.adaptive_avg_pool1d).

    >>> import tinygrad_lite as tl
    >>> tl.adaptive_avg_pool1d(tl.tensor([[1.0, 2.0, 3.0, 4.0]]), 2)
    tensor([[1.5000, 3.5000]])
    """
    return averaged("adaptive_avg_pool1d", 1, input, output_size)


def adaptive_avg_pool2d(input: Any, output_size: Any) -> Any:
    """The means of windows that cover (N, C, H, W) or (C, H, W).

    output_size: the sizes of the output, one int or one for each dimension; None keeps a size. Output i of O sees the
    input from ⌊i·H/O⌋ to ⌈(i + 1)·H/O⌉. PyTorch's page torch.nn.functional.adaptive_avg_pool2d.
    """
    return averaged("adaptive_avg_pool2d", 2, input, output_size)


def adaptive_avg_pool3d(input: Any, output_size: Any) -> Any:
    """The means of windows that cover (N, C, D, H, W) or (C, D, H, W).

    PyTorch's page torch.nn.functional.adaptive_avg_pool3d; as `adaptive_avg_pool2d`.
    """
    return averaged("adaptive_avg_pool3d", 3, input, output_size)


def adaptive_max_pool1d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The largest elements of output_size windows of (N, C, L) or (C, L), and with return_indices where they are.

    PyTorch's page torch.nn.functional.adaptive_max_pool1d.
    """
    return maximal("adaptive_max_pool1d", 1, input, output_size, return_indices)


def adaptive_max_pool1d_with_indices(input: Any, output_size: Any) -> tuple:
    """As `adaptive_max_pool1d` with return_indices: this is what torch.adaptive_max_pool1d is."""
    return maximal("adaptive_max_pool1d", 1, input, output_size, True)


def adaptive_max_pool2d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The largest elements of windows that cover (N, C, H, W) or (C, H, W), which are those of `adaptive_avg_pool2d`.

    With return_indices also where each was, in its flattened channel. PyTorch's page
    torch.nn.functional.adaptive_max_pool2d.
    """
    return maximal("adaptive_max_pool2d", 2, input, output_size, return_indices)


def adaptive_max_pool3d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The largest elements of windows that cover (N, C, D, H, W) or (C, D, H, W).

    PyTorch's page torch.nn.functional.adaptive_max_pool3d; as `adaptive_max_pool2d`.
    """
    return maximal("adaptive_max_pool3d", 3, input, output_size, return_indices)

"""Images seen through a grid of places: spatial transformers (M. Jaderberg et al., 2015).

A composition of operations, so that it has derivatives of every order in the image and in the grid.
"""

import warnings
from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

from ... import ops
from ...errors import ShapeError
from ...operation import result
from ...ops.geometry import tensors
from ...tensor import Tensor

CHANGED = (
    "{name}: Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please "
    "specify align_corners=True if the old behavior is desired. See the documentation of grid_sample for details."
)


def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """The places where an affine map θ puts the pixels of an image: θ (N, 2, 3), size (N, C, H, W) → (N, H, W, 2).

    Places are (x, y), from −1 to 1: with align_corners these are the centres of the outer pixels, else their edges. For
    volumes θ is (N, 3, 4) and the size (N, C, D, H, W). PyTorch's page torch.nn.functional.affine_grid.

    >>> import tinygrad_lite as tl
    >>> theta = tl.tensor([[[1.0, 0.0, 0.5], [0.0, 1.0, 0.0]]])
    >>> tl.nn.functional.affine_grid(theta, (1, 1, 1, 2), align_corners=False)
    tensor([[[[0., 0.],
              [1., 0.]]]])
    """
    tensors("affine_grid", theta=theta)
    if align_corners is None:
        warnings.warn(CHANGED.format(name="affine_grid"), stacklevel=2)
    if theta.dtype.kind != "f":
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    sizes, n = tuple(size), len(size) - 2
    if n not in (2, 3):
        raise NotImplementedError(f"affine_grid only supports 4D and 5D sizes, for 2D and 3D transforms: got {sizes}")
    if tuple(theta.shape[-2:]) != (n, n + 1) or theta.ndim != 3:
        raise ValueError(
            f"Expected a batch of {n}D affine matrices of shape Nx{n}x{n + 1} for size {sizes}. Got "
            f"{tuple(theta.shape)}."
        )
    if min(sizes) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {sizes}")
    if sizes[0] != theta.shape[0]:
        raise RuntimeError(f"affine_grid: Expected a batch of {sizes[0]} matrices, but got {theta.shape[0]}")
    lines = []
    for m in sizes[2:]:
        line = np.linspace(-1, 1, m) if m > 1 else np.zeros(1)
        lines.append(line if align_corners else line * (m - 1) / m)
    places = [*np.meshgrid(*lines, indexing="ij")[::-1], np.ones(sizes[2:])]
    base = np.stack(places, -1).reshape(-1, n + 1).astype(theta.dtype)
    return ops.reshape(ops.matmul(result(base), theta.mT), (sizes[0], *sizes[2:], n))


def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """The image (N, C, H, W) at the places of a grid (N, H′, W′, 2) → (N, C, H′, W′); for volumes one dimension more.

    mode          "bilinear" (between the neighbours), "nearest", "bicubic" (of images only)
    padding_mode  what is outside: "zeros", "border" (the nearest pixel), "reflection"
    align_corners whether −1 and 1 are the centres of the outer pixels, or their edges

    PyTorch's page torch.nn.functional.grid_sample.

    >>> import tinygrad_lite as tl
    >>> image, middle = tl.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]), tl.zeros(1, 1, 1, 2)
    >>> tl.nn.functional.grid_sample(image, middle, align_corners=False)
    tensor([[[[2.5000]]]])
    """
    tensors("grid_sample", input=input, grid=grid)
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(
            f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'"
        )
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: "
            f"'{padding_mode}'"
        )
    if align_corners is None:
        warnings.warn(CHANGED.format(name="grid_sample"), stacklevel=2)
    shape, wanted = tuple(input.shape), tuple(grid.shape)
    n = len(shape) - 2
    if n not in (2, 3) or len(wanted) != n + 2 or wanted[-1] != n or wanted[0] != shape[0]:
        raise ShapeError(
            "grid_sample(): expected 4D or 5D input and grid with the same number of dimensions and batch size, and a "
            f"last dimension of the grid with one place for each of the input's, but got {list(shape)} and "
            f"{list(wanted)}"
        )
    if 0 in shape[1:]:
        raise ShapeError(f"grid_sample(): expected input to have non-empty spatial dimensions, but got {list(shape)}")
    if mode == "bicubic" and n == 3:
        raise RuntimeError("grid_sample(): bicubic interpolation only supports 4D input")
    if input.dtype != grid.dtype:
        raise RuntimeError(
            f"grid_sample(): expected input and grid of one dtype, but got {input.dtype} and {grid.dtype}"
        )
    corners = bool(align_corners)
    places = []  # for each of the input's dimensions, from the first, where in it the output's elements are
    for i, m in enumerate(shape[2:]):
        x = ops.reshape(grid[..., n - 1 - i], (shape[0], prod(wanted[1:-1])))
        x = (x + 1) * ((m - 1) / 2) if corners else ((x + 1) * m - 1) / 2
        places.append(x if mode == "bicubic" else inside(x, m, padding_mode, corners))
    flat = ops.reshape(input, (*shape[:2], prod(shape[2:])))
    total: Any = None
    for taps in product(*[neighbours(x, mode) for x in places]):
        at = [inside(place, m, padding_mode, corners) if mode == "bicubic" else place
              for (place, _), m in zip(taps, shape[2:], strict=True)]  # fmt: skip
        part = picked(flat, [place.array for place in at], shape[2:])
        for _, weight in taps:
            part = part if weight is None else part * ops.unsqueeze(weight, 1)
        total = part if total is None else total + part
    return ops.reshape(total, (*shape[:2], *wanted[1:-1]))


def inside(x: Tensor, m: int, padding_mode: str, corners: bool) -> Tensor:
    """Places along a dimension of m elements, those outside brought in as the padding says."""
    if padding_mode == "reflection":
        low, high = (0.0, m - 1.0) if corners else (-0.5, m - 0.5)
        span = high - low
        if span == 0:
            return x * 0
        away = ops.abs(x - low)
        extra = ops.fmod(away, span)
        odd = np.floor(away.array / span) % 2 != 0
        x = ops.where(result(odd), span - extra, extra) + low
    return x if padding_mode == "zeros" else ops.clamp(x, 0, m - 1)


def neighbours(x: Tensor, mode: str) -> list[tuple[Tensor, Tensor | None]]:
    """The elements that a place lies between, and their weights."""
    if mode == "nearest":
        never = result(np.zeros(x.array.shape, bool))
        weight = ops.where(never, x, 1.0) if x.requires_grad else None  # a step has the derivative 0, not none at all
        return [(ops.round(x.detach()), weight)]
    left = ops.floor(x.detach())
    t = x - left
    if mode == "bilinear":
        return [(left, 1 - t), (left + 1, t)]
    a = -0.75  # the cubic convolution of R. Keys (1981)
    near = [((a + 2) * d - (a + 3)) * d * d + 1 for d in (t, 1 - t)]
    far = [((a * d - 5 * a) * d + 8 * a) * d - 4 * a for d in (1 + t, 2 - t)]
    return [(left - 1, far[0]), (left, near[0]), (left + 1, near[1]), (left + 2, far[1])]


def picked(flat: Tensor, places: list[np.ndarray], sizes: tuple[int, ...]) -> Tensor:
    """The elements of (N, C, ∏ sizes) at whole-numbered places, (N, C, places); 0 outside."""
    address: Any = 0
    known: Any = True
    for place, m in zip(places, sizes, strict=True):
        place = np.nan_to_num(place, nan=-1.0)
        known = known & (place >= 0) & (place < m)
        address = address * m + np.clip(place, 0, m - 1).astype(np.int64)
    index = np.broadcast_to(address[:, None], (*flat.shape[:2], address.shape[1]))
    found = ops.gather(flat, 2, result(np.ascontiguousarray(index)))
    return found if known.all() else ops.where(result(known[:, None]), found, 0.0)

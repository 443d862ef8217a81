"""Images of other sizes: interpolation between neighbours (PyTorch's page torch.nn.functional.interpolate)."""

import warnings
from functools import partial
from typing import Any

import numpy as np

from ...kernels import resampling as kernels
from ...ops.adaptive import averaged
from ...ops.resampling import resample
from ...tensor import Tensor

NEEDS = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5, "lanczos": 4}
EDGE = ("nearest", "nearest-exact", "area")


def sizes(shape: tuple, size: Any, scale_factor: Any, recompute: bool) -> tuple[list, list]:
    """The output's sizes, and the scales that interpolation uses (None: the ratio of the sizes)."""
    n = max(len(shape) - 2, 0)
    if size is not None and scale_factor is not None:
        raise ValueError("interpolate: only one of size or scale_factor should be defined")
    if size is not None:
        given = list(size) if isinstance(size, (tuple, list)) else [size] * n
        if len(given) != n:
            raise ValueError(
                "interpolate: Input and output must have the same number of spatial dimensions, but got input with "
                f"spatial dimensions of {list(shape[2:])} and output size of {size}. Please provide input tensor in "
                "(N, C, d1, d2, ...,dK) format and output size in (o1, o2, ...,oK) format."
            )
        if not all(hasattr(each, "__index__") for each in given):
            raise TypeError(
                "interpolate: expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], "
                f"but got size with types {[type(each) for each in given]}"
            )
        if recompute:
            raise ValueError("interpolate: recompute_scale_factor is not meaningful with an explicit size.")
        return [int(each) for each in given], [None] * n
    if scale_factor is None:
        raise ValueError("interpolate: either size or scale_factor should be defined")
    scales = list(scale_factor) if isinstance(scale_factor, (tuple, list)) else [scale_factor] * n
    if len(scales) != n:
        raise ValueError(
            "interpolate: Input and scale_factor must have the same number of spatial dimensions, but got input with "
            f"spatial dimensions of {list(shape[2:])} and scale_factor of shape {scale_factor}. Please provide input "
            "tensor in (N, C, d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format."
        )
    found = [int(m * s) for m, s in zip(shape[2:], scales, strict=True)]
    return found, [None] * n if recompute else [float(s) for s in scales]


def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """(N, C, L), (N, C, H, W) or (N, C, D, H, W) in another size: `size`, or `scale_factor` times as large.

    mode           "nearest" (the element to the left), "nearest-exact" (the nearest), "area" (means); "linear",
                   "bilinear", "trilinear" (between two neighbours in each of one, two, three dimensions); "bicubic"
                   (between four; R. Keys, Cubic convolution interpolation, 1981); "lanczos" (with antialias)
    align_corners  the first and the last elements, not the outer edges, stay where they are
    recompute_scale_factor  use the ratio of the sizes in place of the scale_factor
    antialias      widen the filter where the image shrinks, so that nothing is left out ("bilinear", "bicubic")

    ValueError, TypeError or NotImplementedError where PyTorch raises them; see its page
    torch.nn.functional.interpolate.

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.interpolate(tl.tensor([[[1.0, 3.0]]]), scale_factor=2, mode="linear")
    tensor([[[1.0000, 1.5000, 2.5000, 3.0000]]])
    """
    shape = tuple(input.shape)
    if mode in EDGE and align_corners is not None:
        raise ValueError(
            "interpolate: align_corners option can only be set with the interpolating modes: linear | bilinear | "
            "bicubic | trilinear"
        )
    corners = bool(align_corners)
    output, scales = sizes(shape, size, scale_factor, bool(recompute_scale_factor) or (mode == "area" and size is None))
    if antialias and not (mode in ("bilinear", "bicubic", "lanczos") and len(shape) == 4):
        raise ValueError(
            "interpolate: Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D "
            "tensor as input"
        )
    if mode == "lanczos" and (corners or not antialias):
        raise ValueError("interpolate: Lanczos mode requires antialias=True and does not support align_corners=True")
    if len(shape) not in (3, 4, 5) or mode not in (*EDGE, *NEEDS):
        raise NotImplementedError(
            "interpolate: Input Error: Only 3D, 4D and 5D input Tensors supported (got "
            f"{len(shape)}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | lanczos | area | "
            f"nearest-exact (got {mode})"
        )
    if NEEDS.get(mode, len(shape)) != len(shape):
        raise NotImplementedError(f"interpolate: Got {len(shape)}D input, but {mode} mode needs {NEEDS[mode]}D input")
    if 0 in shape[1:] or min(output) < 1:
        raise RuntimeError(
            f"interpolate: Input and output sizes should be greater than 0, but got input {list(shape)} and output "
            f"{output}; only the batch may be empty"
        )
    n = len(shape) - 2
    if mode == "area":
        return averaged(f"adaptive_avg_pool{n}d", n, input, tuple(output))
    if input.dtype.kind != "f" and input.array.size and not (input.dtype == np.uint8 and mode in EDGE):
        raise NotImplementedError(f"interpolate: mode {mode} is not implemented for {input.dtype}; use .float()")
    real: Any = np.float64 if input.dtype == np.float64 else np.float32
    if antialias:
        taps = partial(kernels.smooth, mode=mode, corners=corners, real=real)
    elif mode in EDGE:
        whole = mode == "nearest" and n == 2 and sum(output) <= 128  # as PyTorch: it has several kernels
        taps = partial(kernels.nearest, exact=mode == "nearest-exact", whole=whole)
    else:
        taps = partial(kernels.cubic if mode == "bicubic" else kernels.linear, corners=corners, real=real)
    along = zip(range(-n, 0), shape[2:], output, scales, strict=True)
    return resample(input, tuple([(axis, taps(before, after, scale=scale)) for axis, before, after, scale in along]))


def upsample(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Tensor:
    """The old name of `interpolate` (PyTorch's page torch.nn.functional.upsample)."""
    warnings.warn("`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2)
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` with mode "nearest" (PyTorch's page torch.nn.functional.upsample_nearest)."""
    warnings.warn(
        "`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2
    )
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` with mode "bilinear" and aligned corners (PyTorch's page torch.nn.functional.upsample_bilinear)."""
    warnings.warn(
        "`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2
    )
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)

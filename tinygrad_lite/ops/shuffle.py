"""Channels in place of pixels, and the other way round: the same elements in another order."""

from typing import Any

from ..errors import ShapeError
from .axes import permute
from .shape import reshape


def blocks(name: str, what: str, input: Any, factor: int) -> tuple:
    """The shape of (…, C, H, W), checked."""
    shape = tuple(input.shape)
    if len(shape) < 3:
        raise ShapeError(
            f"{name}: expects input to have at least 3 dimensions, but got input with {len(shape)} dimension(s)"
        )
    if factor <= 0:
        raise RuntimeError(f"{name}: expects a positive {what}, but got {factor}")
    return shape


def pixel_shuffle(input: Any, upscale_factor: int) -> Any:
    """(…, C·r², H, W) → (…, C, H·r, W·r): r² channels become a square of pixels (PyTorch's page torch.pixel_shuffle).

    >>> import tinygrad_lite as tl
    >>> tl.pixel_shuffle(tl.arange(4).reshape(4, 1, 1), 2)
    tensor([[[0, 1],
             [2, 3]]])
    """
    r = upscale_factor
    *lead, c, h, w = blocks("pixel_shuffle", "upscale_factor", input, r)
    if c % (r * r):
        raise ShapeError(
            "pixel_shuffle: expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            f"but input.size(-3)={c} is not divisible by {r * r}"
        )
    n = len(lead)
    parts = reshape(input, (*lead, c // (r * r), r, r, h, w))
    return reshape(permute(parts, (*range(n), n, n + 3, n + 1, n + 4, n + 2)), (*lead, c // (r * r), h * r, w * r))


def pixel_unshuffle(input: Any, downscale_factor: int) -> Any:
    """(…, C, H·r, W·r) → (…, C·r², H, W): the inverse of `pixel_shuffle` (PyTorch's page torch.pixel_unshuffle)."""
    r = downscale_factor
    *lead, c, h, w = blocks("pixel_unshuffle", "downscale_factor", input, r)
    for what, size, d in (("height", h, -2), ("width", w, -1)):
        if size % r:
            raise ShapeError(
                f"pixel_unshuffle: expects {what} to be divisible by downscale_factor, but input.size({d})={size} is "
                f"not divisible by {r}"
            )
    n = len(lead)
    parts = reshape(input, (*lead, c, h // r, r, w // r, r))
    return reshape(permute(parts, (*range(n), n, n + 2, n + 4, n + 1, n + 3)), (*lead, c * r * r, h // r, w // r))


def channel_shuffle(input: Any, groups: int) -> Any:
    """The channels of (N, C, …), in groups, dealt out again: group·j → j·groups (PyTorch's page torch.channel_shuffle).

    >>> import tinygrad_lite as tl
    >>> tl.channel_shuffle(tl.arange(4).reshape(1, 4, 1), 2).flatten().tolist()
    [0, 2, 1, 3]
    """
    shape = tuple(input.shape)
    if len(shape) < 3:
        raise ShapeError(f"channel_shuffle: expects input with > 2 dims, but got input with sizes {list(shape)}")
    if groups <= 0:
        raise RuntimeError(f"channel_shuffle: Number of groups to divide channels in must be positive, not {groups}")
    n, c, *rest = shape
    if c % groups:
        raise ShapeError(
            f"channel_shuffle: Number of channels must be divisible by groups. Got {c} channels and {groups} groups."
        )
    parts = reshape(input, (n, groups, c // groups, *rest))
    return reshape(permute(parts, (0, 2, 1, *range(3, len(shape) + 1))), shape)

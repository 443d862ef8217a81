"""Standard normal numbers from uniform ones: the Box–Muller transform, read off the stream as PyTorch reads it.

Two uniform numbers u, v in [0, 1) make two independent normal ones (Box and Muller, Ann. Math. Statist. 29, 1958):

    r = √(−2 log(1 − u)),    θ = 2πv,    r cos θ    and    r sin θ

PyTorch has two ways to pair them up, and which one it takes depends on the size alone:

* `in_blocks`, from 16 numbers on: of each 16 uniform numbers, the first eight are the u, the last eight the v, the
  first eight results the cosines, the last eight the sines. If the size is no multiple of 16, the *last 16* numbers are
  made anew from 16 more draws: so the tail overwrites some numbers that were there already.
* `in_pairs`, below 16, and whenever the tensor is not contiguous: one after the other in float64, whatever the dtype,
  with v the first draw and u the second. An odd one out is kept for the next call.

**How equal?** Up to 2¹⁷ numbers of float32 and 2¹² of float64: in every bit, on a machine with PyTorch's C library.
Above, speed counts more than the last bit. Of a million numbers of float32, 924,000 are equal, 69,000 differ by one
unit in the last place, 7,500 by two, and 170 by three. Of float64, 998,000 are equal; none differs by more than two.
"""

import math

import numpy as np

from .mt19937 import Generator
from .sampling_arrays import FEW, by_c_library, rounded
from .sampling_cephes import cos_sin, log_scaled
from .sampling_fma import fma

BLOCK = 1 << 15  # numbers at a time: what is computed in passes should stay in the cache
EXACT = 1 << 17  # numbers of float32 whose last bits are worth three times the time
TURN = float(np.float32(2 * math.pi)) * 2.0**-24


def in_blocks(generator: Generator, out: np.ndarray, mean: float, std: float) -> None:
    """Fill an array (n,), n ≥ 16, with mean + std·z."""
    working, polar, bits = (np.float64, _polar64, 53) if out.dtype == np.float64 else (np.float32, _polar32, 24)
    scale, shift = rounded(np.array([std, mean], np.float64), np.dtype(working)).tolist()
    rest = out.size % 16
    whole = out.size - rest
    # PyTorch draws for every place first, then again for the last 16; for float16 only for whole blocks first.
    skipped = 0 if out.dtype == np.float16 else rest
    for start in range(0, whole, BLOCK):
        stop = min(start + BLOCK, whole)
        if rest and stop == whole:
            draws = generator.draw(stop - start + skipped + 16, bits)
            draws = np.concatenate([draws[: stop - start], draws[-16:]])
        else:
            draws = generator.draw(stop - start, bits)
        u, v = _halves(draws)
        radius, cos, sin = polar(u.copy().view(draws.dtype), v.copy().view(draws.dtype), out.size)
        direct = out.dtype == working and draws.size == stop - start
        z = out[start:stop] if direct else np.empty(draws.size, working)
        cosines, sines = _halves(z)
        cosines[:] = (radius * cos).view(cosines.dtype)
        sines[:] = (radius * sin).view(sines.dtype)
        if scale == 1 and shift == 0:
            z += 0  # −0 becomes 0
        else:
            z[:] = fma(z, scale, shift)
        if not direct:
            z = rounded(z, out.dtype)
            out[start:stop] = z[: stop - start]
        if draws.size > stop - start:
            out[-16:] = z[-16:]


def _halves(block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Views of the first and of the last eight of each 16 numbers, eight as one item: they are moved faster so."""
    eights = block.view(f"V{8 * block.itemsize}")
    return eights[::2], eights[1::2]


def _polar32(u: np.ndarray, v: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    radius = ((1 << 24) - u).astype(np.float32)
    angle = v.astype(np.float32)
    angle *= TURN
    if size <= EXACT:
        radius = log_scaled(radius, 24)
        cos, sin = cos_sin(angle)
    else:
        radius = np.log(radius * 2.0**-24, dtype=np.float64).astype(np.float32)
        cos, sin = np.cos(angle), np.sin(angle)
    radius *= -2
    return np.sqrt(radius, radius), cos, sin


def _polar64(u: np.ndarray, v: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    u, angle = 1 - u * 2.0**-53, 2 * math.pi * (v * 2.0**-53)
    radius = np.sqrt(-2 * by_c_library(math.log, np.log, u))
    return radius, by_c_library(math.cos, np.cos, angle), by_c_library(math.sin, np.sin, angle)


def in_pairs(generator: Generator, n: int) -> np.ndarray:
    """n standard normal numbers, float64; takes the one that was kept first, and keeps an odd one out."""
    if n == 0:
        return np.empty(0)
    kept = [] if generator.next_normal is None else [generator.next_normal]
    draws = generator.draw((n - len(kept) + 1) // 2 * 2, 53)
    normal = np.array(kept + _pairs(draws.tolist())) if n <= FEW else np.append(kept, _pairs_at_once(draws))
    generator.next_normal = float(normal[n]) if normal.size > n else None
    return normal[:n]


def _pairs(draws: list[int]) -> list[float]:
    normal = []
    for v, u in zip(draws[::2], draws[1::2], strict=True):
        radius = math.sqrt(-2 * math.log1p(-u * 2.0**-53))
        angle = 2 * math.pi * (v * 2.0**-53)
        normal += radius * math.cos(angle), radius * math.sin(angle)
    return normal


def _pairs_at_once(draws: np.ndarray) -> np.ndarray:
    normal = draws * 2.0**-53
    radius, angle = np.sqrt(-2 * np.log1p(-normal[1::2])), 2 * math.pi * normal[::2]
    normal[::2], normal[1::2] = radius * np.cos(angle), radius * np.sin(angle)
    return normal

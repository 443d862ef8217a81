"""Logarithm, sine and cosine in float32 by the polynomials of the Cephes library, rounded where PyTorch rounds.

PyTorch makes its normal numbers eight at a time with these polynomials (Moshier, "Methods and Programs for Mathematical
Functions", 1989; files logf.c and sinf.c of Cephes), on processors that multiply and add with one rounding. To have
the same last bit, the same is done here: float64 holds the product of two float32 exactly, adds, and is rounded once.

Checked for each of the 2²⁴ numbers that can come up: every bit is PyTorch's.
"""

from typing import Any

import numpy as np


def _float32(*constants: float) -> list[float]:
    """Rounded to float32; as Python's numbers, which do not change the dtype of an array and are quicker."""
    return [float(np.float32(c)) for c in constants]


LOG = _float32(  # (log(1 + x) − x + x²/2)/x³ for √½ ≤ 1 + x < √2
    7.0376836292e-2,
    -1.1514610310e-1,
    1.1676998740e-1,
    -1.2420140846e-1,
    1.4249322787e-1,
    -1.6668057665e-1,
    2.0000714765e-1,
    -2.4999993993e-1,
    3.3333331174e-1,
)
SIN = _float32(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)  # (sin x − x)/x³ in x², |x| ≤ π/4
COS = _float32(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)  # (cos x − 1 + x²/2)/x⁴ in x²
BOTH = [np.array([[sin], [cos]]) for sin, cos in zip(SIN, COS, strict=True)]
LOG2 = _float32(0.693359375, -2.12194440e-4)  # their sum is log 2; products with the first are exact
QUARTER = _float32(1.5703125, 4.83751296997070312e-4, 7.54978995489188216e-8)  # π/2 likewise
OCTANTS = float(np.float32(4 / np.pi))  # in an angle of 1
SQRT_HALF = int(np.float32(0.5**0.5).view(np.int32))


def fused(y: np.ndarray, x: Any, c: Any) -> np.ndarray:
    """y·x + c in float32 with one rounding; x comes as float64."""
    wide = y.astype(np.float64)
    wide *= x
    wide += c
    return wide.astype(np.float32)


def log_scaled(x: np.ndarray, scale: int) -> np.ndarray:
    """log(x·2^−scale) of positive float32 numbers, in place.

    >>> log_scaled(np.array([1, 2, 10], np.float32), 0)
    array([0.       , 0.6931472, 2.3025851], dtype=float32)
    """
    # A float's bits, read as an integer, are 2²³ times its exponent, plus its mantissa: x = 2^e (1 + x').
    bits = x.view(np.int32)
    bits -= SQRT_HALF
    exponent = bits >> 23
    bits &= (1 << 23) - 1
    bits += SQRT_HALF
    x -= 1
    exponent -= scale
    e = exponent.astype(np.float32)
    square = x * x
    wide = x.astype(np.float64)
    y = (wide * LOG[0] + LOG[1]).astype(np.float32)
    for coefficient in LOG[2:]:
        y = fused(y, wide, coefficient)
    y *= x
    y = fused(y, square.astype(np.float64), e * LOG2[1])
    square *= 0.5
    y -= square
    x += y
    e *= LOG2[0]
    x += e
    return x


def cos_sin(angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """cos and sin of float32 angles in [0, 2π].

    >>> np.stack(cos_sin(np.array([0, 1, 4], np.float32)))
    array([[ 1.        ,  0.5403023 , -0.6536436 ],
           [ 0.        ,  0.84147096, -0.7568025 ]], dtype=float32)
    """
    quarters = (angle * OCTANTS).astype(np.int32)
    quarters += 1
    quarters >>= 1
    q = quarters.astype(np.float32)
    x = angle - q * QUARTER[0]
    x -= q * QUARTER[1]
    x = fused(q, -QUARTER[2], x)
    square = x * x
    wide = square.astype(np.float64)
    both = fused((wide * BOTH[0] + BOTH[1]).astype(np.float32), wide, BOTH[2])
    both *= square
    sin = fused(both[0], x.astype(np.float64), x)
    cos = fused(both[1], wide, square * -0.5)
    cos += 1
    # Each quarter turn exchanges the two, up to the sign; done on the bits, where the sign is the highest.
    sin_bits, cos_bits = sin.view(np.int32), cos.view(np.int32)
    exchange = (sin_bits ^ cos_bits) & -(quarters & 1)
    sin_bits ^= exchange
    cos_bits ^= exchange
    sin_bits ^= (quarters >> 1) << 31
    cos_bits ^= ((quarters + 1) >> 1) << 31
    return cos, sin

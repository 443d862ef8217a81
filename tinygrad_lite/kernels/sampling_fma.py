"""x·a + c with one rounding at the end, not two: the fused multiply-add, which NumPy lacks.

PyTorch is compiled for processors that have it, so the last bit of a `uniform_(1.1, 1.7)` depends on it. In float32
the product of two numbers has at most 48 bits, so float64 holds it exactly. In float64 the product is held as a pair of
numbers whose sum it is (Dekker, "A floating-point technique for extending the available precision", Numer. Math. 18,
1971). The one delicate step is the last: a sum that was rounded to 53 bits and is rounded again may end up on the wrong
side of a tie. Rounding first *to odd* prevents it: what does not fit leaves its trace in the last bit (Boldo and
Melquiond, "Emulation of FMA and correctly rounded sums", IEEE Trans. Comput. 57, 2008).
"""

from math import frexp

import numpy as np

SPLIT = 2.0**27 + 1  # splits 53 bits into 26 and 26
HUGE = 2.0**900  # beyond, the split would overflow


def fma(x: np.ndarray, a: float, c: float, grid: float = 0.0) -> np.ndarray:
    """x·a + c, rounded once, for an array (n,) of float32 or float64 and two numbers of its dtype.

    `grid`: if not 0, says that every x is a multiple of it, and at most 1; float32 is then quicker.

    >>> x = np.array([1 / 3], np.float32)  # which is 0.33333334
    >>> fma(x, 3.0, -1.0), x * np.float32(3) - np.float32(1)
    (array([2.9802322e-08], dtype=float32), array([0.], dtype=float32))
    """
    with np.errstate(over="ignore", invalid="ignore"):  # what is too large becomes infinite, as in C++
        if c == 0 or abs(frexp(a)[0]) == 0.5 or not abs(a) + abs(c) < HUGE:
            return x * x.dtype.type(a) + x.dtype.type(c)  # one of the two is exact by itself, or both overflow
        return _fma64(x, a, c) if x.dtype == np.float64 else _fma32(x, a, c, grid)


def _fma32(x: np.ndarray, a: float, c: float, grid: float) -> np.ndarray:
    product = x.astype(np.float64)
    product *= a
    last_bit = min(grid * np.spacing(np.float32(abs(a))), np.spacing(np.float32(abs(c))))
    if abs(a) + abs(c) <= last_bit * 2.0**53:
        product += c  # fits into 53 bits, whatever x
        return product.astype(np.float32)
    return _sum_to_odd(product, c).astype(np.float32)


def _sum_exactly(a, b):
    """The sum as it is rounded, and what the rounding lost (Knuth's two-sum)."""
    total = a + b
    kept = total - a
    return total, (a - (total - kept)) + (b - kept)


def _sum_to_odd(a, b):
    """a + b; where it does not fit, that one of its two neighbours whose last bit is 1."""
    total, lost = _sum_exactly(a, b)
    bits = total.view(np.int64)
    even = (bits & 1 == 0) & (lost != 0)
    bits += even * np.where((lost > 0) == (total > 0), 1, -1)
    return total


def _fma64(x: np.ndarray, a: float, c: float) -> np.ndarray:
    """x·a = product + rest exactly; then product + rest + c, rounded once."""
    high = x * SPLIT
    high -= high - x
    low = x - high
    a_high = a * SPLIT
    a_high -= a_high - a
    a_low = a - a_high
    product = x * a
    rest = low * a_low - (((product - high * a_high) - low * a_high) - high * a_low)
    middle, lost = _sum_exactly(c, rest)
    top, carried = _sum_exactly(product, middle)
    return top + _sum_to_odd(carried, lost)

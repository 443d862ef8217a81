"""The exponential of a matrix: a quotient of polynomials near 0, squared back.

eˣ = (e^(x/2ˢ))^(2ˢ), and near 0 it is p(x)/p(−x) to rounding, of the least degree whose bound θ is above the 1-norm:
Higham, "The scaling and squaring method for the matrix exponential revisited" (2005), tables 2.3 and 2.4.
"""

from math import factorial

import numpy as np
from numpy import ndarray

BOUNDS = {
    8: {3: 1.495585217958292e-2, 5: 2.539398330063230e-1, 7: 9.504178996162932e-1, 9: 2.097847961257068, 13: 5.3719203},
    4: {3: 4.258730016922831e-1, 5: 1.880152677804762, 7: 3.925724783138660},
}


def coefficients(m: int) -> list[int]:
    """Of the polynomial p of degree m, made whole numbers."""
    return [factorial(2 * m - j) // (factorial(m - j) * factorial(j)) for j in range(m + 1)]


def matrix_exponential(x: ndarray) -> ndarray:
    """eˣ of each matrix of a batch."""
    shape = x.shape
    if not x.size:
        return x.copy()
    x = x.reshape(-1, *shape[-2:])
    size = np.abs(x).sum(-2).max(-1)
    largest = size[np.isfinite(size)].max(initial=0)
    bounds = BOUNDS[x.dtype.itemsize]
    degree = next((m for m, bound in bounds.items() if largest <= bound), max(bounds))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        halvings = np.ceil(np.log2(size / bounds[degree]))
        halvings = np.where(np.isfinite(halvings), np.maximum(halvings, 0), 0).astype(int)
        y = quotient(x * np.ldexp(x.dtype.type(1), -halvings)[:, None, None], degree)
        for step in range(halvings.max()):
            larger = halvings > step  # those that are not yet squared back
            y[larger] = y[larger] @ y[larger]
    return y.reshape(shape)


def quotient(x: ndarray, degree: int) -> ndarray:
    """p(x)/p(−x): the odd and the even part of p are shared."""
    b = coefficients(degree)
    one = np.eye(x.shape[-1], dtype=x.dtype)
    powers = [one, x @ x]
    while 2 * len(powers) < min(degree, 7):
        powers.append(powers[-1] @ powers[1])
    if degree == 13:
        _, x2, x4, x6 = powers
        odd = x6 @ (b[13] * x6 + b[11] * x4 + b[9] * x2) + b[7] * x6 + b[5] * x4 + b[3] * x2 + b[1] * one
        even = x6 @ (b[12] * x6 + b[10] * x4 + b[8] * x2) + b[6] * x6 + b[4] * x4 + b[2] * x2 + b[0] * one
    else:
        if degree == 9:
            powers.append(powers[-1] @ powers[1])
        odd = sum(c * power for c, power in zip(b[1::2], powers, strict=True))
        even = sum(c * power for c, power in zip(b[0::2], powers, strict=True))
    odd = x @ odd
    return np.linalg.solve(even - odd, even + odd)

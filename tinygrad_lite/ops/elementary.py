"""Small functions of numbers: angles, steps, greatest common divisors, and relatives of exponentials and choices."""

from math import factorial, log, pi
from typing import Any

import numpy as np

from ..dtypes import float64, result_type
from ..operation import binary, constant, explained, to_dtype, unary
from .activations import sigmoid
from .arithmetic import mul
from .choice import clamp, kept, where
from .powers import pow

LN2 = log(2)


@unary
def logit_of(x):
    """y = ln(x/(1 − x))        dy = dx/(x (1 − x))"""
    with np.errstate(divide="ignore", invalid="ignore"):  # ±∞ at 1 and 0, nan outside
        y = np.log(x / (1 - x))
    return y, lambda g: g / (x * (1 - x))


def logit(input: Any, eps: float | None = None) -> Any:
    """ln(x/(1 − x)), the inverse of sigmoid; with eps, of x limited to [eps, 1 − eps] (PyTorch's page torch.logit).

    >>> import tinygrad_lite as tl
    >>> tl.logit(tl.tensor([0.5, 0.9]))
    tensor([0.0000, 2.1972])
    """
    if eps is not None and input.dtype.kind == "f":
        input = clamp(input, eps, 1 - eps)
    elif eps is not None:
        input = clamp(input * 1.0, eps, 1 - eps)
    return logit_of(input)


SERIES = [(-1) ** k * pi ** (2 * k) / factorial(2 * k + 1) for k in range(9)]  # of sin(πx)/(πx) in x²
SLOPES = [2 * k * c for k, c in enumerate(SERIES)][1:]  # of its derivative, over x


def horner(coefficients, x):
    """A polynomial, lowest power first."""
    y = coefficients[-1]
    for c in coefficients[-2::-1]:
        y = x * y + c
    return y


def sinc_by_parts(x):
    """sin(πx)/(πx): near 0 as a power series, so that every derivative is right there too."""
    near = np.abs(getattr(x, "array", x)) < 0.1
    z, far = where(near, x, 0.0), where(near, 1.0, x) * pi
    return where(near, horner(SERIES, z * z), np.sin(far) / far)


@unary(fuses=sinc_by_parts)
def sinc(x):
    """y = sin(πx)/(πx)        dy = (cos πx − y)/x dx

    1 at 0. PyTorch's page torch.sinc.

    >>> import tinygrad_lite as tl
    >>> tl.sinc(tl.tensor([0.0, 0.5]))
    tensor([1.0000, 0.6366])
    """
    with np.errstate(invalid="ignore"):  # nan at ∞
        y = np.asarray(np.sinc(x), x.dtype if x.dtype.kind == "f" else float64)

    def pullback(g):
        near = np.abs(x) < 0.1
        z, far = np.where(near, x, 0), np.where(near, 1, x)
        slope = np.where(near, z * horner(SLOPES, z * z), (np.cos(pi * far) - y) / far)
        return g * slope.astype(x.dtype, copy=False)

    return y, pullback


@constant
def heaviside(input, values):
    """y = 0, v or 1 as x is negative, 0 or positive

    RuntimeError for unlike dtypes. PyTorch's page torch.heaviside.

    >>> import tinygrad_lite as tl
    >>> tl.heaviside(tl.tensor([-1.0, 0.0, 2.0]), tl.tensor(0.5))
    tensor([0.0000, 0.5000, 1.0000])
    """
    if not isinstance(values, np.ndarray) or not isinstance(input, np.ndarray):
        raise TypeError("heaviside: input and values must be Tensors: make one of a number with tensor(...)")
    if input.dtype != values.dtype:
        raise RuntimeError(
            f"heaviside: is not implemented for tensors with different dtypes, {input.dtype} and {values.dtype}"
        )
    try:
        return np.where(input == 0, values, input > 0).astype(input.dtype)
    except ValueError as error:
        raise explained("heaviside", input, values, error) from None


def float_power(input: Any, exponent: Any) -> Any:
    """xᵉ in float64 (PyTorch's page torch.float_power).

    >>> import tinygrad_lite as tl
    >>> tl.float_power(tl.tensor([1, 2]), 0.5)
    tensor([1.0000, 1.4142], dtype=torch.float64)
    """
    base, exponent = (to_dtype(x, float64) if hasattr(x, "dtype") else float(x) for x in (input, exponent))
    return pow(base, exponent)


@binary
def logaddexp2(a, b):
    """y = log₂(2ᵃ + 2ᵇ)        dy = σ((a − b) ln 2) da + σ((b − a) ln 2) db

    No power overflows. PyTorch's page torch.logaddexp2.
    """
    return (
        np.logaddexp2(a, b),
        lambda g: g * sigmoid((a - b) * LN2),
        lambda g: g * sigmoid((b - a) * LN2),
    )


def ldexp(input: Any, other: Any) -> Any:
    """x · 2ᵉ (PyTorch's page torch.ldexp).

    >>> import tinygrad_lite as tl
    >>> tl.ldexp(tl.tensor([1.0]), tl.tensor([1, 2, 3]))
    tensor([2., 4., 8.])
    """
    return mul(input, pow(2.0, other))


def deg2rad(input: Any) -> Any:
    """Degrees as radians: x π/180 (PyTorch's page torch.deg2rad)."""
    return mul(input, pi / 180)


def rad2deg(input: Any) -> Any:
    """Radians as degrees: x 180/π (PyTorch's page torch.rad2deg)."""
    return mul(input, 180 / pi)


def positive(input: Any) -> Any:
    """The input itself; RuntimeError for bools (PyTorch's page torch.positive)."""
    if input.dtype.kind == "b":
        raise RuntimeError("positive: The `+` operator, on a bool tensor is not supported.")
    return input


def integers(ufunc: np.ufunc, name: str, input: Any, other: Any) -> np.ndarray:
    """A function of two integer tensors."""
    if not isinstance(other, np.ndarray) or not isinstance(input, np.ndarray):
        raise TypeError(f"{name}: input and other must be Tensors: make one of a number with tensor(...)")
    dtype = result_type(input, other)
    if dtype.kind not in "iu":
        raise NotImplementedError(f"{name}: is of integers, not of {dtype}")
    try:
        return ufunc(input.astype(dtype), other.astype(dtype))
    except ValueError as error:
        raise explained(name, input, other, error) from None


@constant
def gcd(input, other):
    """y = the greatest common divisor of |a| and |b|

    PyTorch's page torch.gcd.

    >>> import tinygrad_lite as tl
    >>> tl.gcd(tl.tensor([4, 9]), tl.tensor(6)), tl.lcm(tl.tensor([4, 9]), tl.tensor(6))
    (tensor([2, 3]), tensor([12, 18]))
    """
    return integers(np.gcd, "gcd", input, other)


@constant
def lcm(input, other):
    """y = the least common multiple of |a| and |b|

    PyTorch's page torch.lcm.
    """
    return integers(np.lcm, "lcm", input, other)


@constant
def nextafter(input, other):
    """y = the neighbour of a among the floating-point numbers, towards b

    PyTorch's page torch.nextafter.
    """
    dtype = result_type(input, other)
    if dtype.kind != "f":
        raise NotImplementedError(f"nextafter: is of floating-point numbers, not of {dtype}")
    try:
        return np.nextafter(np.asarray(input, dtype), np.asarray(other, dtype))
    except ValueError as error:
        raise explained("nextafter", input, other, error) from None


@binary(linear=True)
def fmax(a, b):
    """y = max(a, b), or the one that is not nan        dy = da where a is chosen, else db

    Of equals, a is chosen. PyTorch's page torch.fmax.

    >>> import tinygrad_lite as tl
    >>> tl.fmax(tl.tensor([1.0, float("nan")]), tl.tensor([2.0, 3.0]))
    tensor([2., 3.])
    """
    first = (a >= b) | (b != b)
    return np.fmax(a, b), lambda g: kept(g, first), lambda g: kept(g, ~first)


@binary(linear=True)
def fmin(a, b):
    """y = min(a, b), or the one that is not nan        dy = da where a is chosen, else db

    Of equals, a is chosen. PyTorch's page torch.fmin.
    """
    first = (a <= b) | (b != b)
    return np.fmin(a, b), lambda g: kept(g, first), lambda g: kept(g, ~first)

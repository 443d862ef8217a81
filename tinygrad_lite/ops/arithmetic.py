"""Arithmetic: the field operations, powers, and the choice between two values."""

import numpy as np

from ..operation import binary, unary


def same(g):
    """The pullback of a sum: each term gets the whole derivative."""
    return g


@binary(linear=True)
def add(a, b):
    """y = a + b        dy = da + db"""
    return a + b, same, same


@binary(linear=True)
def sub(a, b):
    """y = a − b        dy = da − db"""
    return a - b, same, np.negative


@binary
def mul(a, b):
    """y = a·b        dy = b da + a db"""
    return a * b, lambda g: g * b, lambda g: g * a


@binary(floating=True)
def div(a, b):
    """y = a/b        dy = da/b − (a/b²) db"""
    return a / b, lambda g: g / b, lambda g: -g * a / (b * b)


@unary(linear=True)
def neg(x):
    """y = −x        dy = −dx"""
    return -x, np.negative

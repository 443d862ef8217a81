"""What the operations of linear algebra share: checks of their input, and several results in one value.

A factorization has several results, and a node of the tape one value. So the operation returns its factors end to end
in one vector, and `part` takes each of them out: their derivatives meet again at the operation's node.
"""

from math import prod
from typing import Any

import numpy as np
from numpy import ndarray

from ..dtypes import float16
from ..errors import ShapeError
from ..operation import unary
from ..tape import Variable


def bare(x: Any) -> Any:
    """The array of a tensor."""
    return x.array if isinstance(x, Variable) else x


def floating(name: str, x: Any, halves: bool = False) -> None:
    """Refuse what LAPACK has no routine for."""
    x = bare(x)
    if x.__class__ is not ndarray:
        raise TypeError(f"{name}: an operand is a {type(x).__name__}; tensors are taken")
    if x.dtype.kind != "f":
        raise RuntimeError(f"{name}: Expected a floating point tensor as input, got {x.dtype}: convert with .float()")
    if x.dtype == float16 and not halves:
        raise RuntimeError(f"{name}: Low precision dtypes not supported, got float16: convert with .float()")


def matrices(name: str, x: Any, halves: bool = False) -> None:
    """Refuse what is not a matrix, or a batch of matrices, of floats."""
    floating(name, x, halves)
    if x.ndim < 2:
        raise ShapeError(f"{name}: The input tensor A must have at least 2 dimensions, got {tuple(x.shape)}")


def square(name: str, x: Any, floats: bool = True, halves: bool = False) -> None:
    """Refuse what is not a square matrix, or a batch of them."""
    if floats:
        matrices(name, x, halves)
    elif x.ndim < 2:
        raise ShapeError(f"{name}: The input tensor A must have at least 2 dimensions, got {tuple(x.shape)}")
    m, n = x.shape[-2:]
    if m != n:
        raise ShapeError(f"{name}: A must be batches of square matrices, but they are {m} by {n} matrices")


def alike(name: str, a: Any, b: Any) -> None:
    """Refuse operands of unlike dtypes."""
    if a.dtype != b.dtype:
        raise RuntimeError(f"{name}: Expected A and B to have the same dtype, but found {a.dtype} and {b.dtype}")


def identity(x: Any) -> np.ndarray:
    """The identity matrix of the size and dtype of the square matrices x."""
    return np.eye(x.shape[-1], dtype=x.dtype)


def packed(*parts: np.ndarray) -> np.ndarray:
    """Arrays of one dtype end to end in a vector."""
    return np.concatenate([x.reshape(-1) for x in parts])


def unpacked(y: Any, *shapes: tuple) -> list:
    """The arrays, or tensors, of a packed vector."""
    found, start = [], 0
    for shape in shapes:
        found.append(part(y, start, tuple(shape)))
        start += prod(shape)
    return found


@unary(linear=True)
def part(x, start, shape):
    """y = the elements of a vector x from `start` on, in a shape        dy = dx there"""
    before = x.size
    return x[start : start + prod(shape)].reshape(shape), lambda g: placed(g, start, before)


@unary(linear=True)
def placed(x, start, size):
    """y = the elements of x in a vector of `size`, from `start` on; 0 elsewhere        dy = dx there"""
    y, shape = np.zeros(size, x.dtype), x.shape
    y[start : start + x.size] = x.reshape(-1)
    return y, lambda g: part(g, start, shape)

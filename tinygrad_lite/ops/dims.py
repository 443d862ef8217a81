"""Dimensions as a caller may name them, as the rules want them: counted from the front, checked, in a tuple."""

from collections.abc import Sequence
from operator import index
from typing import Any


def dim(d: Any, ndim: int, operation: str) -> int:
    """One dimension, counted from the front; a 0-d tensor takes 0 and −1, as in PyTorch.

    >>> dim(-1, 3, "sum")
    2
    """
    if d.__class__ is not int:
        if isinstance(d, bool):
            raise TypeError(f"{operation}: dim must be an int, not {d}; is it meant for keepdim?")
        try:
            d = index(d)
        except TypeError:
            raise TypeError(f"{operation}: dim must be an int, not {d!r}") from None
    n = ndim or 1
    if not -n <= d < n:
        raise IndexError(
            f"{operation}: Dimension out of range (expected to be in range of [{-n}, {n - 1}], but got {d})"
        )
    return d + n if d < 0 else d


def whole(value: Any, operation: str, name: str) -> int:
    """An argument that must be an int (or a NumPy int, or a tensor of one); TypeError for anything else.

    >>> whole(3, "topk", "k")
    3
    """
    if value.__class__ is int:
        return value
    try:
        return index(value)
    except TypeError:
        raise TypeError(f"{operation}: {name} must be an int, not {type(value).__name__}") from None


def dims(d: Any, ndim: int, operation: str) -> tuple[int, ...]:
    """A tuple of dimensions from None (all of them), an int or a sequence; each at most once.

    A 0-d tensor has none, so it gives () for every dimension that it takes.

    >>> dims(None, 2, "sum"), dims(-1, 2, "sum"), dims((0, -1), 3, "sum")
    ((0, 1), (1,), (0, 2))
    """
    if d is None:
        return tuple(range(ndim))
    if not isinstance(d, Sequence) or isinstance(d, str):
        found = (dim(d, ndim, operation),)
    else:
        found = tuple([dim(each, ndim, operation) for each in d])
        if len(set(found)) < len(found):
            twice = next(each for each in found if found.count(each) > 1)
            raise RuntimeError(f"{operation}: dim {twice} appears multiple times in the list of dims {tuple(d)}")
    return found if ndim else ()

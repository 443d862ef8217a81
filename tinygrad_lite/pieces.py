"""The derivative of a tensor that was taken apart: one piece for each part, put together when the last has come.

x[i] sends its derivative back into an array that is 0 everywhere else. For n parts of x that would be n arrays of x's
size, and n − 1 sums of them: a loop over the rows of x would cost n². So a part sends only itself and its place.
"""

from typing import Any

import numpy as np


class Pieces:
    """A sum of arrays, each of them 0 outside of one place. On the tape it stands for the array until that is needed.

    shape, dtype  of the array
    parts         (place, derivative there): what a basic index takes, and may overlap
    start         None, or an array to which the parts are added
    """

    __slots__ = ("shape", "dtype", "parts", "start")
    __array_ufunc__ = None  # array + pieces is for __radd__ below
    base = None  # as of an array that owns its memory

    def __init__(self, shape: tuple[int, ...], place: Any, part: Any):
        self.shape, self.dtype = shape, part.dtype
        self.parts = [(place, part)]
        self.start: Any = None

    def __add__(self, other: Any) -> "Pieces":
        if isinstance(other, Pieces):
            self.parts += other.parts
            other = other.start
        if other is not None:
            self.start = other if self.start is None else self.start + other
        return self

    __radd__ = __add__

    def whole(self) -> np.ndarray:
        """The array."""
        whole = np.zeros(self.shape, self.dtype) if self.start is None else self.start.copy()
        for place, part in self.parts:
            whole[place] += part
        return whole

"""Uniform numbers one at a time, for loops that cannot know how many they will need.

A call of the generator costs some microseconds, whether it draws one number or a hundred. So as many are drawn at once
as the elements that are still to come will need in any case, and no number too many.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .mt19937 import Generator


class Ahead:
    """Goes through elements, of which each needs at least `least` numbers; `unit()` gives the next number.

    The numbers are float64 in [0, 1), from 53 bits.

    >>> g = Generator().manual_seed(0)
    >>> ahead = Ahead(g)
    >>> [(name, ahead.unit()) for name in ahead.through(["a", "b"])]
    [('a', 0.9700530018065531), ('b', 0.707819864399788)]
    >>> g.draw(1, 53) == Generator().manual_seed(0).draw(3, 53)[2:]
    array([ True])
    """

    __slots__ = ("generator", "least", "rest", "unit")

    def __init__(self, generator: Generator, least: int = 1):
        self.generator, self.least, self.rest = generator, least, 0
        self.unit: Callable[[], float] = self._numbers().__next__

    def through(self, elements: list) -> Iterator[Any]:
        """The elements, one after the other, with the generator locked."""
        with self.generator.lock:
            for self.rest, element in zip(range(len(elements) - 1, -1, -1), elements, strict=True):
                yield element

    def _numbers(self) -> Iterator[float]:
        while True:
            yield from (self.generator.draw(max(1, self.least * self.rest), 53) * 2.0**-53).tolist()

    def normal(self) -> float:
        """The next standard normal number: of a pair by Box and Muller, the second is kept for the next call."""
        generator = self.generator
        if (x := generator.next_normal) is not None:
            generator.next_normal = None
            return x
        v, u = self.unit(), self.unit()
        radius, angle = math.sqrt(-2 * math.log1p(-u)), 2 * math.pi * v
        generator.next_normal = radius * math.sin(angle)
        return radius * math.cos(angle)


def rows(*columns: Any) -> list[tuple]:
    """Arrays side by side, as tuples of Python numbers."""
    numbers: Iterable = (column.tolist() for column in columns)
    return list(zip(*numbers, strict=True))

"""What the functions that find elements return: the elements beside their places, printed as PyTorch prints them."""

from typing import Any, NamedTuple


class Found(NamedTuple):
    """Elements, and their places along a dimension."""

    values: Any
    indices: Any

    def __repr__(self) -> str:
        name = type(self).__name__.lower()
        return f"torch.return_types.{name}(\nvalues={self.values!r},\nindices={self.indices!r})"


class Max(Found):
    """The largest elements and their places."""

    __slots__ = ()


class Min(Found):
    """The smallest elements and their places."""

    __slots__ = ()


class Median(Found):
    """The middle elements and their places."""

    __slots__ = ()


class NanMedian(Found):
    """The middle elements of those that are numbers, and their places."""

    __slots__ = ()


class Mode(Found):
    """The most frequent elements and their places."""

    __slots__ = ()


class KthValue(Found):
    """The k-th smallest elements and their places."""

    __slots__ = ()


class Sort(Found):
    """The elements in order and the places that they had."""

    __slots__ = ()


class TopK(Found):
    """The k largest elements and their places."""

    __slots__ = ()


class CumMax(Found):
    """The largest elements so far and their places."""

    __slots__ = ()


class CumMin(Found):
    """The smallest elements so far and their places."""

    __slots__ = ()

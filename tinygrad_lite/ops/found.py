"""What the functions that find elements return: the elements beside their places, printed as PyTorch prints them."""

from typing import Any, NamedTuple


def printed(name: str = "") -> Any:
    """A repr as PyTorch's for several results, under its name for them; else that of the class."""

    def __repr__(self: Any) -> str:
        lines = ",\n".join(f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
        return f"torch.return_types.{name or type(self).__name__.lower()}(\n{lines})"

    return __repr__


class Found(NamedTuple):
    """Elements, and their places along a dimension."""

    values: Any
    indices: Any

    __repr__ = printed()


class MinMax(NamedTuple):
    """The smallest and the largest elements."""

    min: Any
    max: Any

    __repr__ = printed("aminmax")


class Frexp(NamedTuple):
    """Numbers of size ½ to 1, and the powers of two that they are multiplied by."""

    mantissa: Any
    exponent: Any

    __repr__ = printed("frexp")


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

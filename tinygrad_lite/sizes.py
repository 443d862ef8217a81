"""Two small things that PyTorch-style programs name: a shape, and the place where tensors are."""

from math import prod
from typing import Any


class Size(tuple):
    """A shape: a tuple that prints as PyTorch's torch.Size and counts its elements."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements of a tensor of this shape."""
        return prod(self)

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def __getitem__(self, index: Any) -> Any:
        part = super().__getitem__(index)
        return Size(part) if isinstance(index, slice) else part

    def __add__(self, other: tuple) -> "Size":
        return Size(tuple(self) + tuple(other))


class Device:
    """Where a tensor is: the CPU, the only place there is (PyTorch's page torch.device).

    >>> import tinygrad_lite as tl
    >>> tl.device("cpu")
    device(type='cpu')
    """

    __slots__ = ("type", "index")

    def __init__(self, type: Any = "cpu", index: int | None = None):
        name, _, number = str(type.type if isinstance(type, Device) else type).partition(":")
        if name != "cpu":
            raise RuntimeError(
                f"device: {type!r} is not available: tinygrad_lite computes on the CPU. Write "
                '"cuda" if torch.cuda.is_available() else "cpu"'
            )
        self.type = name
        self.index = int(number) if number else index

    def __repr__(self) -> str:
        return f"device(type={self.type!r}" + (f", index={self.index})" if self.index is not None else ")")

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))


CPU = Device()


def as_device(device: Any) -> Device:
    """The device meant by a name, a Device or None; an error for any other than the CPU."""
    return CPU if device is None else Device(device)

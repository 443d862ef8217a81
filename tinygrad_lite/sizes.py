"""Small things that PyTorch-style programs name: a shape, the place where tensors are, how they lie in memory."""

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

    def __reduce__(self) -> tuple:
        return Size, (tuple(self),)

    def __getitem__(self, index: Any) -> Any:
        part = super().__getitem__(index)
        return Size(part) if isinstance(index, slice) else part

    def __add__(self, other: tuple) -> "Size":
        return Size(tuple(self) + tuple(other))

    def __radd__(self, other: tuple) -> "Size":
        return Size(tuple(other) + tuple(self))

    def __mul__(self, times: Any) -> "Size":
        return Size(tuple(self) * times)

    __rmul__ = __mul__


class Device:
    """Where a tensor is: the CPU, the only place there is (PyTorch's page torch.device).

    >>> import tinygrad_lite as tl
    >>> tl.device("cpu")
    device(type='cpu')
    """

    __slots__ = ("type", "index")

    def __init__(self, type: Any = "cpu", index: int | None = None):
        name, _, number = str(type).partition(":")
        if not name or (":" in str(type) and not number.isdecimal()):
            raise RuntimeError(f"device: invalid device string: {type!r}")
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

    def __reduce__(self) -> tuple:
        return Device, (self.type, self.index)

    def __enter__(self) -> "Device":
        """`with device:` makes new tensors there, where they are made anyway."""
        return self

    def __exit__(self, *error: Any) -> None:
        pass


CPU = Device()


class Layout:
    """How a tensor lies in memory: a name that is accepted where PyTorch takes one."""

    __slots__ = ("name",)

    def __init__(self, name: str):
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"


strided = Layout("strided")
contiguous_format, preserve_format = Layout("contiguous_format"), Layout("preserve_format")
channels_last = Layout("channels_last")  # an order of memory, without effect on results


def as_device(device: Any) -> Device:
    """The device meant by a name, a Device or None; an error for any other than the CPU."""
    return CPU if device is None else Device(device)

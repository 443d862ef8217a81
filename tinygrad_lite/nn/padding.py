"""Padding layers: zeros, a constant, a reflection, the edge, or the other end around the last dimensions."""

from typing import Any

from ..ops.geometry import ints
from ..tensor import Tensor
from . import functional as F
from .module import Module


class Pad(Module):
    """What padding layers have in common.

    padding  an int, or (before, after) of the last dimension, then of the one before it, …
    """

    dims = 0
    mode = ""

    def __init__(self, padding: Any):
        super().__init__()
        self.padding = ints(type(self).__name__, "padding", padding, 2 * self.dims)

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ConstantPad(Pad):
    """A constant around the last dimensions."""

    mode = "constant"

    def __init__(self, padding: Any, value: float):
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ZeroPad(ConstantPad):
    """Zeros around the last dimensions."""

    def __init__(self, padding: Any):
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ReflectionPad(Pad):
    """Mirror images around the last dimensions."""

    mode = "reflect"


class ReplicationPad(Pad):
    """The edges again and again around the last dimensions."""

    mode = "replicate"


class CircularPad(Pad):
    """The other end around the last dimensions."""

    mode = "circular"

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (self.dims + 1, self.dims + 2):
            raise ValueError(f"expected {self.dims + 1}D or {self.dims + 2}D input (got {input.ndim}D input)")
        return F.pad(input, self.padding, self.mode)


class ConstantPad1d(ConstantPad):
    """A constant around the last dimension (PyTorch's page torch.nn.ConstantPad1d)."""

    dims = 1


class ConstantPad2d(ConstantPad):
    """A constant around the last two dimensions (PyTorch's page torch.nn.ConstantPad2d)."""

    dims = 2


class ConstantPad3d(ConstantPad):
    """A constant around the last three dimensions (PyTorch's page torch.nn.ConstantPad3d)."""

    dims = 3


class ZeroPad1d(ZeroPad):
    """Zeros around the last dimension (PyTorch's page torch.nn.ZeroPad1d)."""

    dims = 1


class ZeroPad2d(ZeroPad):
    """Zeros around the last two dimensions (PyTorch's page torch.nn.ZeroPad2d).

    >>> import tinygrad_lite as tl
    >>> tl.nn.ZeroPad2d((1, 0, 0, 0))(tl.ones(1, 2, 2))
    tensor([[[0., 1., 1.],
             [0., 1., 1.]]])
    """

    dims = 2


class ZeroPad3d(ZeroPad):
    """Zeros around the last three dimensions (PyTorch's page torch.nn.ZeroPad3d)."""

    dims = 3


class ReflectionPad1d(ReflectionPad):
    """Mirror images around the last dimension (PyTorch's page torch.nn.ReflectionPad1d).

    >>> import tinygrad_lite as tl
    >>> tl.nn.ReflectionPad1d(2)(tl.tensor([[1, 2, 3]]))
    tensor([[3, 2, 1, 2, 3, 2, 1]])
    """

    dims = 1


class ReflectionPad2d(ReflectionPad):
    """Mirror images around the last two dimensions (PyTorch's page torch.nn.ReflectionPad2d)."""

    dims = 2


class ReflectionPad3d(ReflectionPad):
    """Mirror images around the last three dimensions (PyTorch's page torch.nn.ReflectionPad3d)."""

    dims = 3


class ReplicationPad1d(ReplicationPad):
    """The edges again around the last dimension (PyTorch's page torch.nn.ReplicationPad1d)."""

    dims = 1


class ReplicationPad2d(ReplicationPad):
    """The edges again around the last two dimensions (PyTorch's page torch.nn.ReplicationPad2d)."""

    dims = 2


class ReplicationPad3d(ReplicationPad):
    """The edges again around the last three dimensions (PyTorch's page torch.nn.ReplicationPad3d)."""

    dims = 3


class CircularPad1d(CircularPad):
    """The other end around the last dimension (PyTorch's page torch.nn.CircularPad1d)."""

    dims = 1


class CircularPad2d(CircularPad):
    """The other end around the last two dimensions (PyTorch's page torch.nn.CircularPad2d)."""

    dims = 2


class CircularPad3d(CircularPad):
    """The other end around the last three dimensions (PyTorch's page torch.nn.CircularPad3d)."""

    dims = 3

"""Parameters and buffers whose shape is not known yet."""

from typing import Any, NoReturn

from .. import creation
from ..sizes import as_device
from ..tensor import Parameter, Tensor


class Uninitialized:
    """What the two have in common: a dtype, but no shape until `materialize`."""

    __slots__ = ()

    becomes: type
    dtype: Any
    data: Any

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Become an ordinary parameter or buffer of this shape, its elements unset; it stays the same object."""
        self.data = creation.empty(shape, device=device, dtype=self.dtype if dtype is None else dtype)
        self.__class__ = self.becomes

    @property
    def shape(self) -> Any:
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer: call the module once, and its parameters "
            "take their shapes from the input"
        )

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ValueError(
            f"Attempted to use an uninitialized {self.becomes.__name__.lower()}: call the module once, and its "
            "parameters take their shapes from the input"
        )

    ndim = property(_refuse)
    size = dim = numel = nelement = numpy = tolist = item = clone = copy_ = fill_ = zero_ = normal_ = uniform_ = _refuse
    __len__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __pow__ = _refuse
    __matmul__ = __neg__ = __getitem__ = __setitem__ = __iter__ = _refuse

    def detach(self) -> Any:
        return self

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return f"<{type(self).__name__}>"


class UninitializedParameter(Uninitialized, Parameter):
    """A parameter without a shape (PyTorch's page torch.nn.parameter.UninitializedParameter)."""

    __slots__ = ()

    becomes = Parameter

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None):
        as_device(device)
        Parameter.__init__(self, creation.empty(0, dtype=dtype), requires_grad)


class UninitializedBuffer(Uninitialized, Tensor):
    """A buffer without a shape (PyTorch's page torch.nn.parameter.UninitializedBuffer)."""

    __slots__ = ()

    becomes = Tensor

    def __init__(self, requires_grad: bool = False, device: Any = None, dtype: Any = None):
        as_device(device)
        self.array = creation.empty(0, dtype=dtype).array
        self.node = None
        self.requires_grad_(requires_grad)

"""Variable: what old programs call a Tensor that asks for its derivative."""

from typing import Any

from .. import tape
from ..operation import result


class _AnyTensor(type):
    def __instancecheck__(cls, thing: Any) -> bool:
        return isinstance(thing, tape.Variable)


class Variable(metaclass=_AnyTensor):
    """A tensor on the memory of another, with or without a derivative (PyTorch's page torch.autograd.Variable).

    Every tensor is an instance of it.

    >>> import tinygrad_lite as tl
    >>> tl.autograd.Variable(tl.ones(2), requires_grad=True)
    tensor([1., 1.], requires_grad=True)
    >>> isinstance(tl.ones(2), tl.autograd.Variable)
    True
    """

    def __new__(cls, data: Any, requires_grad: bool = False) -> Any:
        if not isinstance(data, tape.Variable):
            raise TypeError(f"Variable: data has to be a tensor, but got {type(data).__name__}")
        t: Any = result(data.array)
        return t.requires_grad_() if requires_grad else t

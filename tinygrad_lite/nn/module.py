"""Module: the base class of every layer and model (PyTorch's page torch.nn.Module)."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np

from .. import dtypes
from ..hooks import RemovableHandle
from ..sizes import Device, as_device
from ..tensor import Tensor
from . import hooks
from .state import Stateful

MISSING: Any = object()


def unimplemented(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Stands for the `forward` that every subclass writes."""
    raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')


class Module(Stateful):
    """A function with parameters: assign them, and submodules, in `__init__`, and write `forward`.

    >>> import tinygrad_lite as tl
    >>> from tinygrad_lite import nn
    >>> class Scale(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.factor = nn.Parameter(tl.tensor(3.0))
    ...
    ...     def forward(self, x):
    ...         return self.factor * x
    >>> Scale()(tl.ones(2)).tolist()
    [3.0, 3.0]
    """

    _hooks: hooks.Hooks | None = None
    forward: Callable[..., Any] = unimplemented

    def __call__(self, input: Any = MISSING, /, *args: Any, **kwargs: Any) -> Any:
        if args or kwargs or self._hooks is not None or input is MISSING:
            args = args if input is MISSING else (input, *args)
            if self._hooks is None:
                return self.forward(*args, **kwargs)
            return hooks.call(self, self._hooks, args, kwargs)
        return self.forward(input)  # the usual call, with one argument, costs half of one with *args and **kwargs

    # --- hooks ---

    def _registered(self) -> hooks.Hooks:
        if self._hooks is None:
            self._hooks = hooks.Hooks()
        return self._hooks

    def register_forward_pre_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call hook(module, args) before `forward`; what it returns, unless None, replaces the arguments.

        `with_kwargs`: hook(module, args, kwargs), which returns None or (args, kwargs).
        """
        return hooks.add(self._registered().before, hooks.Hook(hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Callable, *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call hook(module, args, output) after `forward`; what it returns, unless None, replaces the output.

        `with_kwargs`: hook(module, args, kwargs, output). `always_call`: also when `forward` raised.

        >>> import tinygrad_lite as tl
        >>> layer = tl.nn.ReLU()
        >>> with layer.register_forward_hook(lambda module, args, output: print(output.tolist())):
        ...     y = layer(tl.tensor([-1.0, 2.0]))
        [0.0, 2.0]
        """
        return hooks.add(self._registered().after, hooks.Hook(hook, with_kwargs, always_call), prepend)

    def register_full_backward_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call hook(module, grad_input, grad_output), tuples of derivatives, when those of the inputs are known.

        What it returns, unless None, replaces `grad_input`.
        """
        return hooks.add(self._registered().backward, hooks.Hook(hook), prepend)

    def register_full_backward_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call hook(module, grad_output) before the derivatives pass through; what it returns replaces them."""
        return hooks.add(self._registered().backward_before, hooks.Hook(hook), prepend)

    # --- modes and derivatives ---

    def train(self, mode: bool = True) -> Self:
        """Set the training mode of this module and all below: what dropout and batch norm look at."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """The opposite of `train`."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Ask for the derivatives of all parameters, or stop asking (to freeze a part of a model)."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the derivatives of all parameters, or set them to zero."""
        for parameter in self.parameters():
            if set_to_none:
                parameter.grad = None
            elif parameter.grad is not None:
                parameter.grad.detach_().zero_()

    def apply(self, fn: Callable[[Any], Any]) -> Self:
        """Call fn(module) on all modules below, then on this one.

        >>> from tinygrad_lite import nn
        >>> def start(module):
        ...     if isinstance(module, nn.Linear):
        ...         nn.init.zeros_(module.weight)
        >>> nn.Sequential(nn.Linear(1, 2, bias=False)).apply(start)[0].weight.tolist()
        [[0.0], [0.0]]
        """
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    # --- dtype and place ---

    def to(self, *args: Any, device: Any = None, dtype: Any = None, non_blocking: bool = False) -> Self:
        """Convert every floating-point parameter and buffer: to(dtype), to(tensor); to("cpu") changes nothing.

        >>> from tinygrad_lite import nn
        >>> nn.Linear(2, 3).to("cpu").weight.dtype, nn.Linear(2, 3).double().weight.dtype
        (dtype('float32'), dtype('float64'))
        """
        for arg in args:
            if isinstance(arg, Tensor):
                dtype = arg.dtype
            elif isinstance(arg, (str, Device)):
                device = arg
            elif arg is not None and not isinstance(arg, bool):
                dtype = arg
        as_device(device)
        if dtype is None:
            return self
        dtype = dtypes.as_dtype(dtype)
        if dtype.kind != "f":
            raise TypeError(f"nn.Module.to only accepts floating point dtypes, but got desired dtype={dtype}")
        for tensor in (*self.parameters(), *self.buffers()):
            convert(tensor, dtype)
        return self

    def type(self, dst_type: Any) -> Self:
        """The same as `to(dst_type)`."""
        return self.to(dst_type)

    def float(self) -> Self:
        """Convert every floating-point parameter and buffer to float32."""
        return self.to(dtypes.float32)

    def double(self) -> Self:
        """Convert every floating-point parameter and buffer to float64."""
        return self.to(dtypes.float64)

    def half(self) -> Self:
        """Convert every floating-point parameter and buffer to float16."""
        return self.to(dtypes.float16)

    def cpu(self) -> Self:
        """This module: it is on the CPU already."""
        return self

    def cuda(self, device: Any = None) -> Self:
        """Refused, as to("cuda") is: there is only the CPU."""
        return self.to("cuda")

    # --- in words ---

    def extra_repr(self) -> str:
        """What `repr` shows of the module itself; subclasses write their own."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        own = extra.split("\n") if extra else []
        children = [f"({name}): {indented(repr(module), 2)}" for name, module in self._modules.items()]
        if not children and len(own) <= 1:
            return f"{self._get_name()}({extra})"
        return f"{self._get_name()}(\n  " + "\n  ".join(own + children) + "\n)"

    def __dir__(self) -> list[str]:
        return sorted(name for name in super().__dir__() if not name[0].isdigit())


def convert(tensor: Tensor, dtype: np.dtype) -> None:
    """Give a floating-point tensor, and its derivative, arrays of another dtype."""
    if tensor.array.dtype.kind == "f" and tensor.array.dtype != dtype:
        grad = tensor.grad
        tensor.array = tensor.array.astype(dtype)
        if grad is not None:
            tensor.grad = grad.detach().to(dtype)


def indented(text: str, spaces: int) -> str:
    """A text with all lines but the first moved to the right."""
    return text.replace("\n", "\n" + " " * spaces)

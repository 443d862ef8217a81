"""Whether operations are recorded: modes that are context managers and decorators (PyTorch's "Autograd mechanics").

The switch is a ContextVar, so every thread and every asyncio task has its own.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from ..tape import recording
from .anomaly import watching

INFERENCE = None  # the value of `recording` under inference_mode, where enable_grad changes nothing


class _Mode:
    """Record or not, inside a `with` block or a decorated function."""

    record: bool = True

    def __enter__(self) -> None:
        self._tokens.append(recording.set(self._wanted()))

    def __exit__(self, *exception: Any) -> None:
        recording.reset(self._tokens.pop())

    def __init__(self) -> None:
        self._tokens: list = []

    def _wanted(self) -> Any:
        now = recording.get()
        if now is INFERENCE:
            return INFERENCE
        if not self.record:
            return False
        return now or watching.get() or True  # a recorder that is at work (debug recording) goes on

    def _again(self) -> "_Mode":
        return type(self)()

    def __call__(self, function: Callable) -> Callable:
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def generator(*args, **kwargs):
                # The mode holds while the generator's own code runs, not while its consumer's does.
                running, sent = function(*args, **kwargs), None
                while True:
                    try:
                        with self._again():
                            item = running.send(sent)
                    except StopIteration as stop:
                        return stop.value
                    sent = yield item

            return generator

        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            with self._again():
                return function(*args, **kwargs)

        return wrapper


class _BareDecorator(type):
    """Lets a mode decorate without parentheses: @no_grad as well as @no_grad()."""

    def __call__(cls, function: Callable | None = None) -> Any:
        mode = super().__call__()
        return mode if function is None else mode(function)


class no_grad(_Mode, metaclass=_BareDecorator):
    """Record nothing (PyTorch's page torch.no_grad).

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor(2.0, requires_grad=True)
    >>> with tl.no_grad():
    ...     y = x * x
    >>> y.requires_grad
    False
    """

    record = False


class enable_grad(_Mode, metaclass=_BareDecorator):
    """Record again, inside a `no_grad` block (PyTorch's page torch.enable_grad).

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor(2.0, requires_grad=True)
    >>> with tl.no_grad(), tl.enable_grad():
    ...     y = x * x
    >>> y.requires_grad
    True
    """


class set_grad_enabled(_Mode):
    """Record or not, as `mode` says: at once, and until the end of a `with` block (torch.set_grad_enabled).

    >>> import tinygrad_lite as tl
    >>> with tl.set_grad_enabled(False):
    ...     tl.is_grad_enabled()
    False
    """

    def __init__(self, mode: bool):
        super().__init__()
        self.record = bool(mode)
        self._before = recording.set(self._wanted())

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: Any) -> None:
        recording.reset(self._before)

    def __call__(self, function: Callable) -> Callable:
        recording.reset(self._before)  # as a decorator it says nothing about the code outside the function
        return super().__call__(function)

    def _again(self) -> "set_grad_enabled":
        return set_grad_enabled(self.record)


class inference_mode(_Mode):
    """Record nothing, not even under `enable_grad` (PyTorch's page torch.inference_mode).

    inference_mode(False) records again. Tensors made here are not marked: outside they are like any others.

    >>> import tinygrad_lite as tl
    >>> with tl.inference_mode():
    ...     (tl.ones(2, requires_grad=True) * 2).requires_grad
    False
    """

    def __new__(cls, mode: Any = True) -> Any:
        if callable(mode):
            return cls()(mode)
        return super().__new__(cls)

    def __init__(self, mode: bool = True):
        super().__init__()
        self.mode = mode

    def _wanted(self) -> Any:
        return INFERENCE if self.mode else recording.get() or watching.get() or True

    def _again(self) -> "inference_mode":
        return inference_mode(self.mode)


def is_grad_enabled() -> bool:
    """Whether operations are recorded here and now (PyTorch's page torch.is_grad_enabled).

    >>> import tinygrad_lite as tl
    >>> tl.is_grad_enabled()
    True
    """
    return bool(recording.get())


def is_inference_mode_enabled() -> bool:
    """Whether this is an `inference_mode` block (PyTorch's page torch.is_inference_mode_enabled).

    >>> import tinygrad_lite as tl
    >>> with tl.inference_mode():
    ...     tl.autograd.is_inference_mode_enabled()
    True
    """
    return recording.get() is INFERENCE

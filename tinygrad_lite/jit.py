"""The names of PyTorch's page torch.jit. Scripting keeps a program's meaning, so a script is the program itself."""

from typing import Any


def script(obj: Any, *args: Any, **options: Any) -> Any:
    """The function or module itself: scripting changes times, not results (PyTorch's page torch.jit.script)."""
    return obj


def trace(func: Any, *args: Any, **options: Any) -> Any:
    """Refused: a trace freezes branches and loops as one example took them, which a recorded tape does not do."""
    raise NotImplementedError("jit.trace: there are no traces; call the function or module itself, or see jit.script")


def is_scripting() -> bool:
    """False."""
    return False


def is_tracing() -> bool:
    """False."""
    return False


def ignore(function: Any = None, **options: Any) -> Any:
    """A decorator without effect (PyTorch's page torch.jit.ignore)."""
    return function if callable(function) else lambda function: function


unused = export = ignore

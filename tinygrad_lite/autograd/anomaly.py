"""Where does a nan come from? Recording that looks at every derivative (PyTorch's page torch.autograd.detect_anomaly).

Under `detect_anomaly` a recorder notes the source line of every operation, and puts a *watch* on every edge: a node
whose pullback is the identity, and whose hook looks at the derivative that passes. So backward itself is the usual one,
and the first operation whose pullback gives nan is caught in the act, with its operands still at hand.
"""

import linecache
import os
import sys
import warnings
from contextvars import ContextVar
from typing import Any, NamedTuple

import numpy as np

from ..tape import Node, Variable, recording

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# The recorder at work, also where recording is off for a while. As `recording`, it belongs to a thread or a task.
watching: ContextVar[Any] = ContextVar("watching", default=None)


class Source(NamedTuple):
    """A line of the user's program."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        text = linecache.getline(self.file, self.line).strip()
        place = f'recorded in {self.function}, File "{self.file}", line {self.line}'
        return f"{place}: {text}" if text else place


def source() -> Source:
    """The line that runs, of the innermost function outside of this package."""
    frame: Any = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    return Source(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)


class Watcher:
    """The recorder: sees every node as it is recorded, after the recorder that was at work before."""

    def __init__(self, check_nan: bool, outer: Any):
        self.check_nan = check_nan
        self.outer = outer if hasattr(outer, "note") else None

    def note(self, node: Node, args: tuple) -> None:
        """Remember where the node was recorded, and watch the derivatives that it sends on."""
        if self.outer is not None:
            self.outer.note(node, args)
        line = source()
        if not hasattr(node, "note"):
            node.note = line
        if self.check_nan:
            watch(node, args, line)


def watch(node: Node, args: tuple, line: Source) -> None:
    """Put a watch on every edge of a new node."""
    edges: Any = node.edges
    report = Report(node, args, line)
    node.hooks = [report.incoming]
    watched: list = []
    for i, (parent, pullback) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
        if parent is not None:
            between = Node()
            between.op, between.shape, between.edges = passed, parent.shape, (parent, same)
            between.birth = node.birth - (i + 1) / (len(edges) + 1)  # type: ignore[assignment] # right after the node
            between.hooks = [report.outgoing(i)]
            parent = between
        watched += parent, pullback
    node.edges = tuple(watched)


def same(g: Any) -> Any:
    return g


def passed(x: Any) -> Any:
    """y = x        dy = dx"""
    return x


passed.kind = "linear"  # type: ignore[attr-defined]
passed.inputs = ("x",)  # type: ignore[attr-defined]


class Report:
    """What is known of an operation in case that one of its derivatives is nan."""

    def __init__(self, node: Node, args: tuple, line: Source):
        self.name, self.shape, self.line, self.g = node.name(), node.shape, line, None
        names, operation = getattr(node.op, "inputs", ()), node.op.__name__
        if args and isinstance(args[0], (tuple, list)):  # a sequence of tensors
            label, args = (names[0] if names else operation), tuple(args[0])
            self.operands = [(f"{label}[{i}]", plain(a)) for i, a in enumerate(args)]
        else:
            self.operands = [(names[i] if i < len(names) else f"input {i}", plain(a)) for i, a in enumerate(args)]

    def incoming(self, g: Any) -> Any:
        """The hook of the operation: remember the derivative of its value."""
        self.g = plain(g)
        return g

    def outgoing(self, i: int) -> Any:
        """The hook of the watch on edge number i."""

        def look(g):
            d = plain(g)
            if isinstance(d, (np.ndarray, np.generic)) and np.isnan(d).any():
                raise RuntimeError(self.text(i, np.asarray(d)))
            return g

        return look

    def text(self, i: int, d: np.ndarray) -> str:
        where = tuple(int(k) for k in np.argwhere(np.isnan(d))[0])
        position = f", first at position {where}" if d.ndim else ""
        lines = [f"Function '{self.name}' returned nan values in its {i}th output: shape {d.shape}{position}."]
        lines.append(f"  {self.line}")
        values = [(name, value) for name, value in self.operands if value is not None]
        if self.g is not None:
            values.append(("the derivative that arrived", self.g))
        lines += [f"  {name}: {described(value, d.shape, where)}" for name, value in values]
        return "\n".join(lines)


def plain(value: Any) -> Any:
    """The array of a tensor, or a number; None for anything else."""
    if isinstance(value, Variable):
        return value.array
    return value if isinstance(value, (np.ndarray, np.generic, int, float)) else None


def described(value: Any, shape: tuple, where: tuple) -> str:
    """The dtype and shape of an operand, and, where it broadcasts to the shape of the derivative, its value there."""
    if not isinstance(value, (np.ndarray, np.generic)):
        return str(value)
    kind = f"{value.dtype} of shape {value.shape}"
    try:
        here = np.broadcast_to(value, shape)[where]
    except ValueError:
        bad = value.size - int(np.isfinite(value).sum())
        return f"{kind}, {bad} of {value.size} not finite" if bad else f"{kind}, finite"
    return f"{kind}, {here} there" if value.ndim else f"{kind}, {here}"


class set_detect_anomaly:
    """Look for nan in every derivative, or stop looking: at once, and until the end of a `with` block.

    PyTorch's page torch.autograd.set_detect_anomaly. Derivatives are looked at where the *forward* computation was
    recorded in this mode. With check_nan=False only the source lines are noted, for the messages of other errors.

    >>> import tinygrad_lite as tl
    >>> with tl.autograd.set_detect_anomaly(True):
    ...     x = tl.tensor([1.0, 0.0], requires_grad=True)
    ...     y = (x.sqrt() * 0).sum()
    ...     try:
    ...         y.backward()
    ...     except RuntimeError as error:
    ...         print(str(error).splitlines()[0])
    Function 'SqrtBackward0' returned nan values in its 0th output: shape (2,), first at position (1,).
    """

    def __init__(self, mode: bool, check_nan: bool = True):
        self.before = watching.get(), recording.get()
        now = recording.get()
        if isinstance(now, Watcher):
            now = now.outer or True
        watcher = Watcher(check_nan, now) if mode else None
        watching.set(watcher)
        if now:
            recording.set(watcher or now)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: Any) -> None:
        watching.set(self.before[0])
        recording.set(self.before[1])


class detect_anomaly:
    """Look for nan in every derivative (PyTorch's page torch.autograd.detect_anomaly).

    In a `with` block, the first operation whose pullback gives nan raises a RuntimeError that names it, the line of the
    program that recorded it, the position of the first nan, and what the operands are there. It costs time: each
    operation looks up its source line, and each derivative is searched. Both the forward computation and backward
    belong into the block.

    >>> import tinygrad_lite as tl, warnings
    >>> with warnings.catch_warnings(action="ignore"), tl.autograd.detect_anomaly():
    ...     tl.autograd.is_anomaly_enabled()
    True
    """

    def __init__(self, check_nan: bool = True):
        self.check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
            "debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        self.mode = set_detect_anomaly(True, self.check_nan)

    def __exit__(self, *exception: Any) -> None:
        self.mode.__exit__(*exception)


def is_anomaly_enabled() -> bool:
    """Whether derivatives are looked at here and now (torch.is_anomaly_enabled)."""
    return watching.get() is not None


def is_anomaly_check_nan_enabled() -> bool:
    """Whether they are searched for nan, too (torch.is_anomaly_check_nan_enabled)."""
    return watching.get().check_nan if watching.get() is not None else True

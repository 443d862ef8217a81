"""Where does the time go? Calls, time forward and backward, and memory of every operation (PyTorch's torch.profiler).

Python itself tells, by `sys.setprofile`, when a function begins and ends. An operation is a function, so its time
forward is known, recorded or not; in `backward`, the calls of pullbacks tell which node's turn it is. Outside of a
`with profile()` block nothing of this exists, and a tape is the same with it or without.
"""

import sys
import time
from collections.abc import Iterable
from enum import Enum
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from . import tape
from .autograd.function import Function
from .operation import OPERATIONS
from .optim.optimizer import Optimizer
from .tape import Node, Variable

clock = time.perf_counter
BACKWARD, STEP = id(tape.backward.__code__), id(Optimizer.step.__code__)
APPLY = id(Function.apply.__func__.__code__)  # type: ignore[attr-defined]


class Times(NamedTuple):
    """What an operation took, in seconds. `bytes` is the new memory of its values; a view has none."""

    name: str
    calls: int = 0
    forward: float = 0.0
    backward: float = 0.0
    bytes: int = 0

    @property
    def total(self) -> float:
        return self.forward + self.backward

    def plus(self, calls: int = 0, forward: float = 0.0, backward: float = 0.0, bytes: int = 0) -> "Times":
        return Times(
            self.name, self.calls + calls, self.forward + forward, self.backward + backward, self.bytes + bytes
        )


class ProfilerActivity(Enum):
    """What PyTorch's profiler can watch; here there is the CPU alone."""

    CPU = 0
    XPU = 1
    CUDA = 3


class profile:
    """Measure every operation in a `with` block: calls, time forward and backward, memory.

    `print(p)` shows a table, the most expensive operations first; `p.rows` holds the same as numbers, `p.seconds` the
    elapsed time of the block, and `p.of(node)` the times of a single node, by which `draw(loss, profile=p)` colours.

    What runs within a backward, or within another operation, counts as part of that one; the step of an optimizer has
    a row of its own. An operation that is watched takes some microseconds more. Other threads are not watched.

    PyTorch's page torch.profiler.profile: `activities` other than the CPU are refused, the switches for what is always
    there (memory) or never (shapes, stacks, modules, flops) are taken and change nothing.

    >>> import tinygrad_lite as tl
    >>> x = tl.ones(3, requires_grad=True)
    >>> with tl.profile() as p:
    ...     (x * x).sum().backward()
    >>> sorted((row.name, row.calls, row.bytes) for row in p.rows)
    [('mul', 1, 12), ('sum', 1, 4)]
    """

    def __init__(
        self,
        *,
        activities: Iterable | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_flops: bool = False,
        with_modules: bool = False,
    ):
        for activity in activities or ():
            if activity is not ProfilerActivity.CPU:
                raise RuntimeError(f"profile: {activity}: tinygrad_lite computes on the CPU")
        self.seconds = 0.0
        self._known: dict[str, Times] = {}  # by the operation's name
        self._nodes: WeakKeyDictionary[Node, Times] = WeakKeyDictionary()
        self._running = False

    # --- the block ---

    def __enter__(self) -> "profile":
        if self._running:
            raise RuntimeError("profile: this profile is running already; make another one")
        operations: Any = OPERATIONS.values()
        self._rules = {id(op.__wrapped__.__code__): op.__name__ for op in operations}
        self._wrappers = {id(op.__code__) for op in operations} | {APPLY}
        self._frame: Any = None  # of the outermost operation that runs
        self._name, self._inputs = "", []
        self._node: Any = None  # whose turn it is in backward
        self._backwards: list = []  # the nodes whose pullbacks called backward again, below a None for the outermost
        self._steps: list[tuple[float, float]] = []  # of optimizers: when they began, and what was counted until then
        self._counted = 0.0
        self._since = 0.0
        self._running = True
        self._outer = sys.getprofile()
        self._began = clock()
        sys.setprofile(self._event)
        return self

    def __exit__(self, *exception: Any) -> None:
        sys.setprofile(self._outer)
        self.seconds += clock() - self._began
        self._running = False
        del self._frame, self._node, self._backwards, self._outer

    def _event(self, frame: Any, event: str, result: Any) -> None:
        """A function was called, or has returned."""
        if event == "call":
            if self._frame is not None:  # within an operation only its rule is of interest, which names it
                if not self._name and id(frame.f_code) in self._rules:
                    self._name = self._rules[id(frame.f_code)]
                    self._inputs = list(frame.f_locals.values())
                return
            code = id(frame.f_code)
            if code == BACKWARD:
                self._settle()
                self._backwards.append(self._node)
                self._node = None
            elif self._backwards:
                if id(frame.f_back.f_code) == BACKWARD:
                    node = frame.f_back.f_locals["node"]
                    if node is not self._node:
                        self._settle()
                        self._node = node
            elif code in self._wrappers:
                self._frame = frame
                self._name = frame.f_locals["cls"].__name__ if code == APPLY else ""
                self._since = clock()
            elif code == STEP:
                self._steps.append((clock(), self._counted))
        elif event == "return":
            if self._frame is not None:
                if frame is self._frame:
                    self._end(result)
            elif id(frame.f_code) == BACKWARD and self._backwards:
                self._settle()
                self._node = self._backwards.pop()
            elif id(frame.f_code) == STEP and self._steps:
                self._stepped(type(frame.f_locals["self"]).__name__)

    def _end(self, result: Any) -> None:
        """The outermost operation has returned."""
        seconds, self._frame = clock() - self._since, None
        if not self._name:  # it was refused before its rule was called
            return
        values = result if isinstance(result, (tuple, list)) else (result,)
        size = sum(new_memory(value, self._inputs) for value in values)
        self._inputs = []
        self._count(self._name, calls=1, forward=seconds, bytes=size)
        node = getattr(result, "node", None)
        if isinstance(node, Node) and node not in self._nodes:  # a value that was handed through has its node already
            self._nodes[node] = Times(self._name, 1, seconds, 0.0, size)

    def _settle(self) -> None:
        """In backward: the time until now belongs to the node whose turn it was."""
        now, node = clock(), self._node
        if node is not None:
            name, seconds = node.op.__name__, now - self._since
            self._count(name, backward=seconds)
            self._nodes[node] = self._nodes.get(node, Times(name)).plus(backward=seconds)
        self._since = clock()

    def _stepped(self, name: str) -> None:
        """An optimizer has stepped. What its closure computed was counted already."""
        began, counted = self._steps.pop()
        self._count(f"{name}.step", calls=1, forward=clock() - began - (self._counted - counted))

    def _count(self, name: str, **more: Any) -> None:
        self._known[name] = self._known.get(name, Times(name)).plus(**more)
        self._counted += more.get("forward", 0.0) + more.get("backward", 0.0)

    # --- what it found ---

    @property
    def rows(self) -> list[Times]:
        """The operations, the most expensive first."""
        return sorted(self._known.values(), key=lambda row: -row.total)

    def of(self, node: Node) -> Times | None:
        """The times of one node of a tape; None if it was not seen."""
        return self._nodes.get(node)

    def key_averages(self) -> "profile":
        """The profile itself, whose rows are sums over the operations of a name (torch.profiler)."""
        return self

    def table(self, sort_by: str | None = None, row_limit: int = 100) -> str:
        """The table that `print` shows.

        sort_by    "total" (also without), "forward", "backward", "calls", "bytes" or "name", or one of PyTorch's names
        row_limit  show so many rows at most; −1 shows all
        """
        key = PYTORCH.get(sort_by or "total", sort_by or "total")
        if key not in (*Times._fields, "total"):
            raise ValueError(f"table: sort_by is {sort_by!r}; sort by total, {', '.join(Times._fields)}")
        rows = sorted(self.rows, key=lambda row: getattr(row, key), reverse=key != "name")
        shown = rows if row_limit < 0 else rows[:row_limit]
        width = max([len("operation"), *(len(row.name) for row in shown)])
        lines = [f"{'operation':{width}}{'calls':>9}{'forward':>12}{'backward':>12}{'total':>12}{'':>8}{'memory':>12}"]
        whole = sum(row.total for row in rows)
        for row in shown:
            share = f"{100 * row.total / whole:.1f} %" if whole else ""
            lines.append(
                f"{row.name:{width}}{row.calls:>9}{duration(row.forward):>12}{duration(row.backward):>12}"
                f"{duration(row.total):>12}{share:>8}{amount(row.bytes):>12}"
            )
        if len(shown) < len(rows):
            lines.append(f"… and {len(rows) - len(shown)} more")
        part = f", {100 * whole / self.seconds:.0f} %" if self.seconds else ""
        lines.append(f"{duration(whole)} in operations{part} of {duration(self.seconds)}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.table()

    def __repr__(self) -> str:
        return f"<profile: {len(self._known)} operations, {duration(self.seconds)}>"


PYTORCH = {
    "cpu_time": "total", "cpu_time_total": "total", "self_cpu_time_total": "total", "count": "calls",
    "cpu_memory_usage": "bytes", "self_cpu_memory_usage": "bytes",
}  # fmt: skip


def new_memory(value: Any, inputs: Iterable) -> int:
    """The bytes of a value; none if it is a view of an input."""
    array = value.array if isinstance(value, Variable) else value
    if not isinstance(array, np.ndarray):
        return 0
    own = owner(array)
    flat = (a for given in inputs for a in (given if isinstance(given, (tuple, list)) else (given,)))
    return 0 if any(isinstance(a, np.ndarray) and owner(a) is own for a in flat) else array.nbytes


def owner(array: Any) -> Any:
    """What holds the memory of an array."""
    while isinstance(array, np.ndarray) and array.base is not None:
        array = array.base
    return array


def duration(seconds: float) -> str:
    """A time with the unit that suits it.

    >>> duration(0.00123)
    '1.230 ms'
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3f} {unit}"
    return f"{seconds * 1e6:.1f} µs"


def amount(size: int) -> str:
    """A number of bytes with the unit that suits it.

    >>> amount(2500)
    '2.5 kB'
    """
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= scale:
            return f"{size / scale:.1f} {unit}"
    return f"{size} B"


ABSENT = ("schedule", "tensorboard_trace_handler", "record_function", "supported_activities", "ExecutionTraceObserver")


def __getattr__(name: str) -> Any:
    if name in ABSENT:
        raise AttributeError(
            f"profiler.{name}: a profile covers its whole `with` block and is printed, not traced; see tl.profile"
        )
    raise AttributeError(f"module 'tinygrad_lite.profiler' has no attribute {name!r}")

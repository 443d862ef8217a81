"""When was an array last written in place? The clock that tells a stale value from a fresh one.

PyTorch counts versions of every storage and remembers the counts in every saved tensor. Here a write notes the time,
and a node knows its time of birth: a captured array is stale exactly if it was written after the node was born. So
recording costs nothing, and only writes pay.
"""

import weakref
from itertools import count

import numpy as np

tick = count(1).__next__  # the clock of births and writes

latest = 0  # the time of the last write anywhere: a node younger than that needs no check


class _Memory:
    """The writes into the memory of one array that owns it."""

    __slots__ = ("alive", "count", "time", "operation", "parts")

    def __init__(self, owner: np.ndarray):
        key = id(owner)
        self.alive = weakref.ref(owner, lambda _: _memories.pop(key, None))
        self.count = 0
        self.time, self.operation = 0, ""  # of the last write into the whole
        self.parts: dict[tuple[int, int], tuple[int, str]] = {}  # bytes from, to: the last write there


_memories: dict[int, _Memory] = {}


def owner(array: np.ndarray) -> np.ndarray:
    """The array that owns the memory which `array` views."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def mark(array: np.ndarray, operation: str) -> None:
    """Note that `operation` has just written into `array`."""
    global latest
    base = owner(array)
    memory = _memories.get(id(base))
    if memory is None:
        memory = _memories[id(base)] = _Memory(base)
    memory.count += 1
    latest = time = tick()
    if 0 < array.size == base.size:
        memory.time, memory.operation = time, operation
        memory.parts.clear()
    elif array.size:
        memory.parts[np.lib.array_utils.byte_bounds(array)] = time, operation


def version(array: np.ndarray) -> int:
    """How often the memory of `array` was written in place (PyTorch's `_version`)."""
    memory = _memories.get(id(owner(array)))
    return 0 if memory is None else memory.count


def writer_since(array: np.ndarray, birth: int) -> str | None:
    """The operation that wrote into `array` after the time `birth`, or None."""
    memory = _memories.get(id(owner(array)))
    if memory is None:
        return None
    if memory.time > birth:
        return memory.operation
    if memory.parts and array.size:
        low, high = np.lib.array_utils.byte_bounds(array)
        for (start, stop), (time, operation) in memory.parts.items():
            if time > birth and start < high and low < stop:
                return operation
    return None

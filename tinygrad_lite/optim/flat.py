"""Flat parameters: many small parameters stepped as one vector.

An update rule is elementwise, so it may run once on all parameters laid end to end instead of once on each: a step of
a small network then costs what its arithmetic costs, not what a loop over its parameters costs. A `Layout` decides
which parameters of a group go together, and each `Bundle` of them owns one vector that their arrays are views of.

Nobody else may notice. An array is moved into a vector only if nothing but its parameter holds it; a parameter whose
array others hold, or which is large, is a bundle of its own and is stepped where it lies. Whatever changes between
steps (an array replaced, a gradient missing, a state reset) is seen at the next step, which lays out the group anew.
A parameter that was moved is never moved again, so a view of it stays a view of it.
"""

import sys
from collections import Counter
from collections.abc import Callable
from operator import is_
from typing import Any

import numpy as np

from .. import writes
from ..dtypes import float16, float32, float64, get_default_dtype
from ..errors import ShapeError
from ..operation import result
from ..tape import Variable

BLOCK = 1 << 17  # bytes of one array that are worked on at once: five such arrays fit into a core's cache
SWEEP = 64  # steps from one sweep to the next; see Bundle.sweep


class Bundle:
    """Parameters that are stepped together: their vector, their state as vectors, and the numbers that they share."""

    __slots__ = (
        "age", "block", "entries", "fresh", "gradient", "members", "params", "pieces", "scalars", "slots", "states",
        "vector",
    )  # fmt: skip

    def __init__(self, members: list[int], params: list, states: list[dict], names: tuple, scalars: dict, fresh: bool):
        self.members = members  # the parameters' places in their group
        self.params, self.states = params, states
        self.scalars, self.fresh = scalars, fresh
        self.age = 0
        arrays = [p.array for p in params]
        if len(params) == 1:
            self.pieces = self.gradient = None
            self.vector = arrays[0].reshape(-1) if arrays[0].flags.c_contiguous else arrays[0]
        else:
            vector = end_to_end(arrays)
            if vector is None:
                vector = np.concatenate(arrays, axis=None)
                for p, view in zip(params, split(vector, arrays), strict=True):
                    p.array = view
            self.vector = vector
            self.gradient = np.empty_like(vector)
            self.pieces = split(self.gradient, arrays)
        block = BLOCK // self.vector.itemsize
        self.block = block if self.vector.size > 2 * block and self.vector.ndim == 1 else None
        self.slots = [self.slot(name) for name in names]
        # What the state holds of this bundle: to be compared with, and brought up to date, once somebody has seen it.
        self.entries = [(s, name, s[name], s[name].array) for s in states for name in (*names, *scalars)]

    def slot(self, name: str) -> np.ndarray:
        """One state of all parameters as an array like `vector`; each parameter's own becomes a view of it."""
        tensors = [state[name] for state in self.states]
        if len(tensors) == 1:
            return tensors[0].array.reshape(self.vector.shape)
        arrays = [t.array for t in tensors]
        vector = end_to_end(arrays)
        if vector is None:
            vector = np.concatenate(arrays, axis=None)
            for t, view in zip(tensors, split(vector, arrays), strict=True):
                t.array = view
        return vector

    def gather(self, grads: list) -> np.ndarray:
        """The gradients end to end; a single one as it is: nobody may write into it."""
        if self.pieces is None:
            return grads[self.members[0]].reshape(self.vector.shape)
        for piece, i in zip(self.pieces, self.members, strict=True):
            piece[...] = grads[i]
        return self.gradient  # type: ignore[return-value]

    def step(self, g: np.ndarray, group: dict, function: Callable, constants: tuple, name: str) -> None:
        """Apply the rule, in blocks if the arrays are large."""
        p, slots = self.vector, self.slots
        if self.block is None:
            function(p, prepared(g, p, group), *slots, *constants)
        else:
            for start in range(0, p.size, self.block):
                part = slice(start, start + self.block)
                q = p[part]
                function(q, prepared(g[part], q, group), *[s[part] for s in slots], *constants)
        writes.mark(p, name)
        self.fresh = False
        self.age += 1
        if self.age % SWEEP == 0:
            self.sweep()

    def sweep(self) -> None:
        """Set to 0 what has faded out of the state: below 1e-31 in float32, 1e-292 in float64.

        A running average of vanished gradients would stay a denormal number for ever, and a processor works on those
        20 to 40 times slower.
        """
        if self.vector.dtype != float16:
            limits = np.finfo(self.vector.dtype)
            for slot in self.slots:
                faded = np.abs(slot) < limits.tiny / limits.eps
                if faded.any():
                    slot[faded] = 0

    def show(self) -> None:
        """Write the shared numbers into the state."""
        for state in self.states:
            for name, value in self.scalars.items():
                state[name].array[...] = value

    def as_shown(self) -> bool:
        """Whether the state still holds what this bundle works on."""
        return all(
            state.get(name) is tensor
            and tensor.array is array
            and (name not in self.scalars or array == self.scalars[name])
            for state, name, tensor, array in self.entries
        )


class Layout:
    """The bundles of one group of parameters, as long as nothing changes that they depend on."""

    def __init__(self, group: dict, grads: list, names: tuple, kept: dict, optimizer: Any):
        params = group["params"]
        plans: list[list[int]] = []
        filling: dict = {}  # the plans that are not full, by what their parameters have in common
        begun: dict[int, tuple] = {}
        occurrences = Counter(map(id, params))
        for i, (p, g) in enumerate(zip(params, grads, strict=True)):
            if g is None:
                continue
            if g.shape != p.array.shape:
                raise ShapeError(f"step: a gradient of shape {g.shape} for a parameter of {p.array.shape}")
            begun[i] = begin(p, group, names, kept, optimizer)
            _, scalars, fresh = begun[i]
            movable = occurrences[id(p)] == 1 and alone(p)
            key = p.array.dtype, fresh, movable, *scalars.values()
            plan = filling.get(key)
            if plan is not None and fits(plan, params, p, movable):
                plan.append(i)
            else:
                plans.append([i])
                filling[key] = plans[-1]
        self.bundles = [
            Bundle(plan, [params[i] for i in plan], [begun[i][0] for i in plan], names, *begun[plan[0]][1:])
            for plan in plans
        ]
        self.group, self.names = group, names
        self.missing = [g is None for g in grads]
        self.arrays = [p.array for p in params]
        self.states = [kept.get(p) for p in params]

    def holds(self, group: dict, grads: list, arrays: list, names: tuple, kept: dict | None) -> bool:
        """Whether all is as it was: where the arrays lie, which gradients are missing, and the state that was seen."""
        return (
            group is self.group
            and len(arrays) == len(self.arrays)
            and all(map(is_, arrays, self.arrays))
            and [g is None for g in grads] == self.missing
            and names == self.names
            and (kept is None or self.as_shown(kept))
        )

    def as_shown(self, kept: dict) -> bool:
        """Whether the state of each parameter is what the bundles work on."""
        return all(map(is_, map(kept.get, self.group["params"]), self.states)) and all(
            bundle.as_shown() for bundle in self.bundles
        )


def prepared(g: np.ndarray, p: np.ndarray, group: dict) -> np.ndarray:
    """What every optimizer of PyTorch does first: ascend if `maximize`, and decay the weights.

    Coupled, g + λp; decoupled, p ← (1 − ηλ) p (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019).
    """
    if group.get("maximize"):
        g = -g
    if decay := group.get("weight_decay"):
        decay = float(decay)
        if group.get("decoupled_weight_decay"):
            p *= 1 - float(group["lr"]) * decay
        else:
            g = g + decay * p
    return g


def begin(p: Variable, group: dict, names: tuple, kept: dict, optimizer: Any) -> tuple[dict, dict, bool]:
    """A parameter's state, complete and in arrays that can be stepped on; its numbers; whether it begins only now."""
    state = kept[p] if names or optimizer.scalars else {}
    fresh = any(name not in state for name in names)
    for name in names:
        known = state.get(name)
        if known is None:
            state[name] = result(np.full(p.array.shape, optimizer.initial(group, name), p.array.dtype))
            continue
        array = np.asarray(known.array if isinstance(known, Variable) else known)
        if array.shape != p.array.shape:
            raise ShapeError(
                f"{type(optimizer).__name__}: the state {name!r} has shape {array.shape}, its parameter {p.array.shape}"
            )
        if not isinstance(known, Variable):
            state[name] = result(array.astype(p.array.dtype))
        elif array.dtype != p.array.dtype or not (array.flags.c_contiguous and array.flags.writeable):
            known.array = array.astype(p.array.dtype, order="C")
    for name in optimizer.scalars:
        known = state.get(name)
        if not isinstance(known, Variable):
            value = optimizer.initial(group, name) if known is None else known
            precise = get_default_dtype() is float64
            state[name] = result(np.array(float(value), float64 if precise else float32))
    # PyTorch keeps these numbers in tensors, and rounds them so; but it counts steps in Python's floats.
    numbers = {name: state[name].array[()] for name in optimizer.scalars}
    if "step" in numbers:
        numbers["step"] = float(numbers["step"])
    return state, numbers, fresh


def fits(plan: list[int], params: list, p: Variable, movable: bool) -> bool:
    """Whether p may join the parameters of a plan: while they are few, and together or free to be brought together."""
    if (sum(params[i].array.size for i in plan) + p.array.size) * p.array.itemsize > BLOCK:
        return False
    return movable or follows(params[plan[-1]].array, p.array)


def follows(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether the second array begins where the first ends, in the same memory."""
    return (
        first.base is not None
        and first.base is second.base
        and isinstance(first.base, np.ndarray)
        and first.base.flags.c_contiguous
        and first.flags.c_contiguous
        and second.flags.c_contiguous
        and address(first) + first.nbytes == address(second)
    )


def end_to_end(arrays: list) -> np.ndarray | None:
    """The one vector that the arrays are consecutive views of, or None."""
    if not all(map(follows, arrays, arrays[1:])) or arrays[0].base.dtype != arrays[0].dtype:
        return None
    base = arrays[0].base.reshape(-1)
    start = (address(arrays[0]) - address(base)) // base.itemsize
    return base[start : start + sum(a.size for a in arrays)]


def split(vector: np.ndarray, arrays: list) -> list[np.ndarray]:
    """Consecutive views of the vector, of the arrays' shapes."""
    ends = np.cumsum([a.size for a in arrays])
    return [vector[end - a.size : end].reshape(a.shape) for end, a in zip(ends, arrays, strict=True)]


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def alone(p: Variable) -> bool:
    """Whether nothing but the parameter can hold its array or the memory below: then it may be moved."""
    if not p.array.flags.c_contiguous or not p.array.flags.writeable:
        return False
    if sys.getrefcount(p.array) > ALONE:
        return False
    holder: Any = p.array
    while holder.base is not None:
        if type(holder.base) is not np.ndarray or sys.getrefcount(holder.base) > ALONE:
            return False
        holder = holder.base
    return True


def _references() -> int:
    """What getrefcount says of an array that one attribute holds: it counts its own argument too."""
    v = Variable()
    v.array = np.empty(1)
    return sys.getrefcount(v.array)


ALONE = _references()

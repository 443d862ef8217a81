"""Writes in place: the memory changes at once, and the tape forgets nothing.

A write gives a tensor a new value, so it gives it a new node: y += z leaves y at the node of the addition. What the
pullbacks need of the value before the write is copied first. A write into a *view* is a write into its base: the base
gets the node of "the base, with this region replaced", and every other view of the base that is still alive gets a
node that views the base anew. So views and bases stay one value on the tape as they are one memory.

Where PyTorch forbids a write, so does this module: into a leaf that requires a gradient, or a view of one, while
recording. The rules are those of PyTorch's page "Autograd mechanics", section "In-place operations with autograd".
"""

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from . import hooks, writes
from .errors import ShapeError
from .operation import mode, result, to_dtype, view_maker
from .ops import places
from .ops.index import setitem
from .ops.shape import reshape
from .tape import Leaf, Variable, captured


class Base:
    """What a tensor that has views remembers: the views still alive."""

    __slots__ = ("views",)

    def __init__(self) -> None:
        self.views: list[weakref.ref] = []

    def alive(self) -> list:
        found = [(ref, t) for ref in self.views if (t := ref()) is not None]
        self.views = [ref for ref, _ in found]
        return [t for _, t in found]


class View:
    """What a view remembers: its base, and how to make the same view of another array of the base's shape."""

    __slots__ = ("base", "again")

    def __init__(self, base: Variable, again: Callable):
        self.base, self.again = base, again


def link(view: Variable, source: Variable, again: Callable) -> None:
    """Note that `view` shows the memory of `source`; called by every operation that makes views."""
    family = getattr(source, "_view", None)
    if isinstance(family, View):
        step, source = family.again, family.base
        once = again
        again = lambda t: once(step(t))  # noqa: E731 - a view of a view is a view of the base
        family = source._view
    if family is None:
        family = source._view = Base()
    view._view = View(source, again)
    views = family.views
    views.append(weakref.ref(view))
    if len(views) > 32 and len(views) & (len(views) - 1) == 0:  # now and then, drop the dead ones
        family.alive()


view_maker(link)


def base_of(t: Any) -> Variable | None:
    """The tensor whose memory `t` views, or None."""
    family = getattr(t, "_view", None)
    return family.base if isinstance(family, View) else None


def refuse_leaf(t: Any, name: str) -> None:
    base = base_of(t)
    if isinstance(t.node, Leaf):
        raise RuntimeError(
            f"{name}: a leaf Variable that requires grad is being used in an in-place operation. Write under "
            "no_grad(), or write into a computed copy of it"
        )
    if base is not None and isinstance(base.node, Leaf):
        raise RuntimeError(
            f"{name}: a view of a leaf Variable that requires grad is being used in an in-place operation. Write under "
            "no_grad(), or write into a clone()"
        )


def write(t: Any, name: str, operation: Callable, *args: Any, **kwargs: Any) -> Any:
    """t ← operation(t, …), into t's own memory, and recorded."""
    others = any(isinstance(a, Variable) and a.node is not None for a in (*args, *kwargs.values()))
    base = base_of(t)
    tracked = bool(mode()) and (others or t.node is not None or (base is not None and base.node is not None))
    if tracked:
        refuse_leaf(t, name)
    value = operation(t, *args, **kwargs)
    if tracked and captures(value.node, t.array):  # the pullbacks need t's value before the write: give them a copy
        before = result(t.array.copy(), t.node)
        value = operation(before, *(before if a is t else a for a in args), **kwargs)
    if value.array.shape != t.array.shape:
        raise ShapeError(
            f"{name}: output with shape {list(t.array.shape)} doesn't match the broadcast shape "
            f"{list(value.array.shape)}: an in-place operation cannot grow its tensor"
        )
    store(t, name, value, tracked)
    return t


def captures(node: Any, memory: np.ndarray) -> bool:
    """Whether a pullback of the node holds an array in this memory, or a fused node holds one for its expression."""
    if node is None:
        return False
    held = [array for pullback in node.edges[1::2] for array in captured(pullback)]
    if node.op.kind == "fused":
        held += [a for a in node.saved[0] if isinstance(a, np.ndarray)]
    return any(np.may_share_memory(array, memory) for array in held)


def store(t: Any, name: str, value: Variable, tracked: bool) -> None:
    """Copy a value of t's shape into t's memory, and move t and its family to their new places on the tape."""
    dtype = t.array.dtype
    if value.array.dtype != dtype:
        if "biuf".index(value.array.dtype.kind.replace("u", "i")) > "biuf".index(dtype.kind.replace("u", "i")):
            raise RuntimeError(
                f"{name}: result type {value.array.dtype} can't be cast to the desired output type {dtype}"
            )
        value = to_dtype(value, dtype)
    if not t.array.flags.writeable or overlaps(t.array):
        raise RuntimeError(
            f"{name}: unsupported operation: more than one element of the written-to tensor refers to a single memory "
            "location. Please clone() the tensor before performing the operation."
        )
    region = part_of_base(t) if tracked else None  # before the write: a view that may not be written says so now
    t.array[...] = value.array
    writes.mark(t.array, name)
    if tracked:
        rebase(t, value.node, region)


def overlaps(array: np.ndarray) -> bool:
    """Whether a dimension of several elements has stride 0, as after expand."""
    return array.size > 0 and any(step == 0 and size > 1 for step, size in zip(array.strides, array.shape, strict=True))


def part_of_base(t: Any) -> np.ndarray | None:
    """Where the elements of a view are in its base, as flat positions; None for a tensor that is not a view."""
    family = getattr(t, "_view", None)
    if not isinstance(family, View):
        return None
    array = family.base.array
    return np.asarray(family.again(np.arange(array.size).reshape(array.shape))).reshape(-1)


def rebase(t: Any, node: Any, region: np.ndarray | None) -> None:
    """Put t at a node, and its base and the base's other views at nodes that show the write."""
    family: Any = getattr(t, "_view", None)
    hooks.move(t, node)
    base = t
    if region is not None:
        base = family.base
        flat = setitem_flat(result(base.array, base.node), region, result(t.array, node))
        hooks.move(base, flat.node)
        family = base._view
    if isinstance(family, Base):
        for view in family.alive():
            if view is not t:
                hooks.move(view, view._view.again(result(base.array, base.node)).node)


def setitem_flat(base: Variable, index: np.ndarray, value: Variable) -> Variable:
    """The base with the elements at flat positions replaced: what a write into a view makes of its base."""
    return reshape(setitem(reshape(base, (-1,)), index, reshape(value, (-1,))), base.array.shape)


def assign(t: Any, index: Any, value: Any) -> None:
    """t[index] = value, recorded (PyTorch's page "Tensor Indexing API", and NumPy's rules)."""
    if not isinstance(value, (Variable, float, int)):
        given, value = value, np.asarray(value)
        if value.dtype.kind not in "biuf":  # NumPy would write None as nan
            raise TypeError(f"setitem: can't assign a {type(given).__name__} to a tensor of {t.array.dtype}")
    base = base_of(t)
    tracked = bool(mode()) and (
        t.node is not None
        or (isinstance(value, Variable) and value.node is not None)
        or (base is not None and base.node is not None)
    )
    if tracked:
        refuse_leaf(t, "__setitem__")
        store(t, "__setitem__", setitem(t, index, value), True)
        return
    array = value.array if isinstance(value, Variable) else np.asarray(value)
    places.write(t.array, *places.read(index, t.array.shape), array)
    writes.mark(t.array, "__setitem__")

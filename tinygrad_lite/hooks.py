"""Functions that see derivatives as they pass: of a node, or of a leaf when all of them have arrived.

A node calls its hooks in the order of PyTorch's page "Autograd mechanics", section "Backward hooks execution": those of
its tensor, in the order in which they were registered, then `retain_grad`, then those of the node itself.
"""

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from .operation import result
from .tape import Leaf, Node, Variable, recording

OF_TENSOR, RETAINING, OF_NODE = range(3)


class RemovableHandle:
    """Takes a hook away again: with remove(), or at the end of a `with` block."""

    def __init__(self, hooks: list, hook: Callable):
        self._hooks, self._hook = hooks, hook

    def remove(self) -> None:
        if self._hook in self._hooks:
            self._hooks.remove(self._hook)

    def __enter__(self) -> "RemovableHandle":
        return self

    def __exit__(self, *exception: Any) -> None:
        self.remove()


class DerivativeHandle(RemovableHandle):
    """The same for a hook of a node or leaf, which it does not keep alive, and whose list may be in use just now."""

    def __init__(self, owner: Any, hook: Callable):
        self._owner, self._hook = weakref.ref(owner), hook

    def remove(self) -> None:
        owner = self._owner()
        if owner is not None and owner.hooks is not None:
            owner.hooks = [hook for hook in owner.hooks if hook is not self._hook] or None


class AccumulationHandle(DerivativeHandle):
    """The same for a hook that runs after accumulation."""

    def remove(self) -> None:
        owner = self._owner()
        if owner is not None and owner.after is not None:
            owner.after = [hook for hook in owner.after if hook is not self._hook] or None


def add(node: Any, hook: Any, rank: int) -> DerivativeHandle:
    """Give a node or leaf a hook, behind those of the same rank."""
    hook.rank = rank
    node.hooks = sorted([*(node.hooks or ()), hook], key=lambda hook: getattr(hook, "rank", -1))
    return DerivativeHandle(node, hook)


def replaced(g: Any, given: Any, replacement: Any, function: Callable) -> Any:
    """The derivative after a hook: g, which the hook saw as the tensor `given`, or what the hook returned instead."""
    if replacement is None:
        return g if isinstance(g, (Variable, np.ndarray)) else given.array  # a number that was written in place
    name = getattr(function, "__name__", repr(function))
    if not isinstance(replacement, Variable):
        raise TypeError(f"hook {name!r}: expected Variable, but hook returned {type(replacement).__name__!r}")
    old, new = given.array, replacement.array
    if old.shape != new.shape:
        raise RuntimeError(f"hook {name!r} has changed the size of value: from {old.shape} to {new.shape}")
    if old.dtype != new.dtype:
        raise RuntimeError(f"hook {name!r} has changed the type of value: was {old.dtype}, got {new.dtype}")
    return replacement if isinstance(g, Variable) else new


def unrecorded(g: Any, function: Callable, *args: Any) -> Any:
    """What a hook returns; outside of create_graph nothing that it computes is recorded."""
    if isinstance(g, Variable):
        return function(*args)
    token = recording.set(False)
    try:
        return function(*args)
    finally:
        recording.reset(token)


def on_derivative(t: Variable, function: Callable) -> RemovableHandle:
    """Call `function(grad)` with the derivative of `t`; what it returns, unless None, replaces the derivative."""
    if t.node is None:
        raise RuntimeError("register_hook: cannot register a hook on a tensor that doesn't require gradient")

    def hook(g):
        given = g if isinstance(g, Variable) else result(g)
        return replaced(g, given, unrecorded(g, function, given), function)

    return add(t.node, hook, OF_TENSOR)


def after_accumulation(t: Variable, function: Callable) -> RemovableHandle:
    """Call `function(t)` after `backward` added to the derivative of the leaf `t`."""
    leaf = t.node
    if leaf is None:
        raise RuntimeError(
            "register_post_accumulate_grad_hook: cannot register a hook on a tensor that doesn't require gradient"
        )
    if not isinstance(leaf, Leaf):
        raise RuntimeError(
            "register_post_accumulate_grad_hook: post accumulate grad hooks cannot be registered on non-leaf tensors"
        )
    return after(leaf, function)


def after(leaf: Leaf, function: Callable) -> RemovableHandle:
    def hook(t):
        function(t)

    leaf.after = [*(leaf.after or ()), hook]
    return AccumulationHandle(leaf, hook)


def retain(t: Any) -> None:
    """Keep the derivative of a tensor that is not a leaf, as its `.grad`."""
    node = t.node
    if node is None:
        raise RuntimeError("retain_grad: can't retain_grad on Tensor that has requires_grad=False")
    if isinstance(node, Leaf) or retains(t):
        return
    tensor = weakref.ref(t)  # a node must not hold its tensor: that would be a cycle

    def keep(g):
        known: Any = tensor()
        if known is not None:
            d = result(g.copy()) if not isinstance(g, Variable) else g
            known._grad = d if getattr(known, "_grad", None) is None else known._grad + d
        return g

    keep.retains = tensor  # type: ignore[attr-defined]
    add(node, keep, RETAINING)


def keeper(t: Variable) -> Any:
    """The hook that `retain_grad()` left for this tensor, or None."""
    if isinstance(t.node, Node):
        for hook in t.node.hooks or ():
            if getattr(hook, "retains", lambda: None)() is t:
                return hook
    return None


def retains(t: Variable) -> bool:
    """Whether `retain_grad()` was called on this tensor."""
    return keeper(t) is not None


def move(t: Variable, node: Any) -> None:
    """Put a tensor that was written in place at its new node. `retain_grad` goes with it, other hooks stay behind."""
    old, keep = t.node, keeper(t)
    t.node = node
    if keep is not None and isinstance(node, Node):
        DerivativeHandle(old, keep).remove()
        add(node, keep, RETAINING)

"""Functions that see derivatives as they pass: of a node, or of a leaf when all of them have arrived."""

import weakref
from collections.abc import Callable
from typing import Any

from .operation import result
from .tape import Leaf, Variable, recording


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


def on_derivative(t: Variable, function: Callable) -> RemovableHandle:
    """Call `function(grad)` with the derivative of `t`; what it returns, unless None, replaces the derivative."""
    node = t.node
    if node is None:
        raise RuntimeError("register_hook: cannot register a hook on a tensor that doesn't require gradient")

    def hook(g):
        if isinstance(g, Variable):
            replacement = function(g)
            return g if replacement is None else replacement
        token = recording.set(False)
        try:
            replacement = function(result(g))
        finally:
            recording.reset(token)
        if replacement is None:
            return g
        if replacement.array.shape != g.shape:
            raise RuntimeError(
                f"register_hook: the hook returned a derivative of shape {replacement.array.shape} for one of {g.shape}"
            )
        return replacement.array

    if node.hooks is None:
        node.hooks = []
    node.hooks.append(hook)
    return RemovableHandle(node.hooks, hook)


def after_accumulation(t: Variable, function: Callable) -> RemovableHandle:
    """Call `function(t)` after `backward` added to the derivative of the leaf `t`."""
    leaf = t.node
    if not isinstance(leaf, Leaf):
        raise RuntimeError(
            "register_post_accumulate_grad_hook: post accumulate grad hooks need a leaf that requires grad"
        )
    if leaf.after is None:
        leaf.after = []
    leaf.after.append(function)
    return RemovableHandle(leaf.after, function)


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
    if node.hooks is None:
        node.hooks = []
    node.hooks.append(keep)


def retains(t: Variable) -> bool:
    """Whether `retain_grad()` was called on this tensor."""
    node = t.node
    if node is None or isinstance(node, Leaf):
        return False
    return any(getattr(hook, "retains", lambda: None)() is t for hook in node.hooks or ())

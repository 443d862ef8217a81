"""Functions that see a module's inputs, outputs and derivatives as they pass.

A call with hooks: forward pre-hooks, `forward`, forward hooks. For hooks on derivatives the inputs and outputs of the
call pass through *gates* on the tape: when all derivatives of a gate's tensors have arrived, it shows them to the
hooks and passes on what they return.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..hooks import RemovableHandle
from ..operation import result
from ..tape import Node, Variable, recording
from ..writes import tick


@dataclass(eq=False, slots=True)
class Hook:
    """One registered function."""

    function: Callable
    with_kwargs: bool = False
    always_call: bool = False


@dataclass(eq=False, slots=True)
class Hooks:
    """The functions that a module calls, in their order."""

    before: list[Hook] = field(default_factory=list)
    after: list[Hook] = field(default_factory=list)
    backward_before: list[Hook] = field(default_factory=list)
    backward: list[Hook] = field(default_factory=list)


def add(hooks: list[Hook], hook: Hook, prepend: bool) -> RemovableHandle:
    """Put a hook at the end, or at the front, of its list."""
    hooks.insert(0 if prepend else len(hooks), hook)
    return RemovableHandle(hooks, hook)  # type: ignore[arg-type]


def call(module: Any, hooks: Hooks, args: tuple, kwargs: dict) -> Any:
    """module.forward(*args, **kwargs) between its hooks."""
    watched = Backward(module, hooks) if hooks.backward or hooks.backward_before else None
    called = []
    output = None
    try:
        for hook in hooks.before:
            args, kwargs = before(module, hook, args, kwargs)
        if watched:
            args = watched.inputs(args)
        output = module.forward(*args, **kwargs)
        for hook in list(hooks.after):
            called.append(hook)
            output = after(module, hook, args, kwargs, output)
    except Exception:
        for hook in hooks.after:
            if hook.always_call and hook not in called:
                try:
                    after(module, hook, args, kwargs, output)
                except Exception as error:  # the first exception is the one to raise
                    warnings.warn(f"module forward hook with always_call=True raised {error!r}", stacklevel=3)
        raise
    return watched.outputs(output) if watched else output


def before(module: Any, hook: Hook, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
    """The arguments after one forward pre-hook."""
    if hook.with_kwargs:
        replaced = hook.function(module, args, kwargs)
        if replaced is None:
            return args, kwargs
        if isinstance(replaced, tuple) and len(replaced) == 2:
            return replaced
        raise RuntimeError(
            f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {replaced}."
        )
    replaced = hook.function(module, args)
    if replaced is None:
        return args, kwargs
    return (replaced if isinstance(replaced, tuple) else (replaced,)), kwargs


def after(module: Any, hook: Hook, args: tuple, kwargs: dict, output: Any) -> Any:
    """The output after one forward hook."""
    given = (args, kwargs, output) if hook.with_kwargs else (args, output)
    replaced = hook.function(module, *given)
    return output if replaced is None else replaced


def hooked(x):
    """y = x        dy = dx, as the module's hooks pass it on"""
    return x


hooked.kind = "linear"  # type: ignore[attr-defined]  # what the tape asks of an operation


def node(edges: tuple, shape: tuple) -> Node:
    made = Node()
    made.op, made.edges, made.birth, made.shape, made.hooks = hooked, edges, tick(), shape, None
    return made


def gate(values: tuple, passed: Callable[[list], list]) -> tuple:
    """The values with each recorded tensor replaced by a twin whose derivative goes through `passed`.

    `passed` is called once, with the derivatives of all values (None for one that has none), and returns those to
    pass on. On the tape: tensors ← door ← twins. The door is older than every twin, so `backward` reaches it when all
    derivatives have arrived.
    """
    arrived: list = [None] * len(values)
    leaving: list = [None] * len(values)
    tracked = [i for i, t in enumerate(values) if isinstance(t, Variable) and t.node is not None]
    if not tracked or not recording.get():
        return values

    def arrive(i: int) -> Callable:
        def pullback(g):
            arrived[i] = g
            return np.zeros(())  # the door gets no derivative of its own: it only has to be reached

        return pullback

    def leave(i: int) -> Callable:
        zero = values[i].array.shape, values[i].array.dtype
        return lambda g: np.zeros(*zero) if leaving[i] is None else leaving[i]

    def opened(g):
        leaving[:] = passed(list(arrived))
        arrived[:] = [None] * len(values)
        return g

    door = node(tuple(part for i in tracked for part in (values[i].node, leave(i))), ())
    door.hooks = [opened]
    twins = list(values)
    for i in tracked:
        twins[i] = result(values[i].array, node((door, arrive(i)), values[i].array.shape))
    return tuple(twins)


class Backward:
    """The hooks on derivatives during one call of a module."""

    def __init__(self, module: Any, hooks: Hooks):
        self.module, self.hooks = module, hooks
        self.gates_inputs = False
        self.forms: list = []  # shape and dtype of each input that is a tensor
        self.grad_output: tuple | None = None

    def inputs(self, args: tuple) -> tuple:
        """The positional arguments behind a gate that calls the backward hooks."""
        gated = gate(args, self.at_inputs)
        self.gates_inputs = gated is not args
        self.forms = [(t.array.shape, t.array.dtype) if isinstance(t, Variable) else None for t in args]
        return gated

    def outputs(self, output: Any) -> Any:
        """The output, or tuple of outputs, behind a gate that notes their derivatives."""
        if isinstance(output, tuple):
            return gate(output, self.at_outputs)
        return gate((output,), self.at_outputs)[0]

    def at_outputs(self, derivatives: list) -> list:
        shown = tuple(wrapped(g) for g in derivatives)
        for hook in self.hooks.backward_before:
            shown = replaced(shown, quietly(hook.function, self.module, shown), "grad_output")
        self.grad_output = shown if self.gates_inputs else None
        if not self.gates_inputs:  # no input asks for a derivative: the hooks see only those of the outputs
            if self.hooks.backward:
                warnings.warn(
                    "Full backward hook is firing when gradients are computed with respect to module outputs since no "
                    "inputs require gradients: grad_input is None for every input.",
                    UserWarning,
                    stacklevel=2,
                )
            nothing = (None,) * len(self.forms)
            for hook in self.hooks.backward:
                if quietly(hook.function, self.module, nothing, shown) is not None:
                    raise RuntimeError(
                        "backward hook for Modules where no input requires gradient should always return None or None "
                        "for all gradients."
                    )
        return [unwrapped(t, g) for t, g in zip(shown, derivatives, strict=True)]

    def at_inputs(self, derivatives: list) -> list:
        if self.grad_output is None:  # a derivative of a derivative, that did not come through the outputs
            return derivatives
        shown = tuple(
            result(np.zeros(*form)) if g is None and form else wrapped(g)  # as PyTorch shows inputs of no influence
            for g, form in zip(derivatives, self.forms, strict=True)
        )
        for hook in self.hooks.backward:
            shown = replaced(shown, quietly(hook.function, self.module, shown, self.grad_output), "grad_input")
        self.grad_output = None
        return [unwrapped(t, g) for t, g in zip(shown, derivatives, strict=True)]


def wrapped(g: Any) -> Any:
    """A derivative as hooks see it: a tensor, or None."""
    return g if g is None or isinstance(g, Variable) else result(g)


def unwrapped(t: Any, g: Any) -> Any:
    """What a hook passed on, in the form in which the derivative g came."""
    return t if t is None or isinstance(g, Variable) else t.array


def quietly(function: Callable, *args: Any) -> Any:
    """Call a hook; what it computes is recorded only if the derivatives are (create_graph)."""
    if any(isinstance(t, Variable) and t.node is not None for given in args[1:] for t in given):
        return function(*args)
    token = recording.set(False)
    try:
        return function(*args)
    finally:
        recording.reset(token)


def replaced(shown: tuple, given: Any, what: str) -> tuple:
    """The derivatives after a hook that returned `given`."""
    if given is None:
        return shown
    given = given if isinstance(given, tuple) else (given,)
    if len(given) != len(shown):
        raise RuntimeError(
            f"Backward hook returned an invalid number of {what}, got {len(given)}, but expected {len(shown)}"
        )
    return given

"""A look at an optimizer's first two steps: what goes wrong in a training loop shows there, and costs nothing later."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from .. import mistakes
from ..nn.module import Module
from ..tape import Leaf
from ..tensor import Parameter

SHOWN = 3  # so many names are written out


class FirstSteps:
    """A hook after a step, that takes itself away after the second step with gradients."""

    def __init__(self):
        self.kept: KeptGradient | None = None

    def __call__(self, optimizer: Any, args: tuple, kwargs: dict) -> None:
        params = [p for group in optimizer.param_groups for p in group["params"] if p.requires_grad]
        if all(p.grad is None for p in params):
            return
        if self.kept is None:
            missing_gradients(optimizer, params)
            unregistered_layers(optimizer, params)
            self.kept = KeptGradient(params)
        else:
            self.kept.conclude(optimizer)
            if self in optimizer._after_step:
                optimizer._after_step.remove(self)


def named(params: list) -> str:
    """Parameters by their paths in a module that was asked for its parameters, or by their shapes."""
    paths = {p: path for module in list(mistakes.asked) for path, p in module.named_parameters()}
    words = [paths.get(p, f"a parameter of shape {tuple(p.shape)}") for p in params[:SHOWN]]
    return ", ".join(words) + (f" and {len(params) - SHOWN} more" if len(params) > SHOWN else "")


def missing_gradients(optimizer: Any, params: list) -> None:
    """Some parameters have a gradient, and some have none."""
    missing = [p for p in params if p.grad is None]
    if missing:
        mistakes.warn(
            f"{type(optimizer).__name__}.step: {len(missing)} of {len(params)} parameters have no gradient at the "
            f"first step, and are not trained: {named(missing)}. The loss does not depend on them: is a layer never "
            "called, or its output detached? If it is meant, requires_grad_(False) says so"
        )


def unregistered_layers(optimizer: Any, params: list) -> None:
    """A module keeps layers in a plain list: they work, and their gradients arrive, but no optimizer knows them."""
    own = set(params)
    known = {p for other in mistakes.optimizers for group in other.param_groups for p in group["params"]}
    for root in list(mistakes.asked):
        if own.isdisjoint(root.parameters()):
            continue
        for path, module in root.named_modules():
            for name, value in vars(module).items():
                if name[:1] == "_" or not isinstance(value, (list, tuple, set, dict)):
                    continue
                lost = [p for p in parameters_in(value) if p.grad is not None and p not in known]
                if lost:
                    place = f"{type(module).__name__}.{f'{path}.{name}' if path else name}"
                    mistakes.warn(
                        f"{type(optimizer).__name__}.step: {place} is a plain {type(value).__name__} that holds layers "
                        f"or parameters: {len(lost)} parameters in it have gradients, but no optimizer trains them, "
                        "and state_dict does not save them. Use nn.ModuleList, nn.ModuleDict, or nn.ParameterList"
                    )


def parameters_in(value: Any, depth: int = 3) -> Iterator:
    """The parameters that a plain container holds, itself or through modules."""
    if isinstance(value, Module):
        yield from value.parameters()
    elif isinstance(value, Parameter):
        yield value
    elif depth and isinstance(value, (list, tuple, set, dict)):
        items = value.values() if isinstance(value, dict) else value
        for item in islice(items, 1000):  # a list of data may be long
            yield from parameters_in(item, depth - 1)


class KeptGradient:
    """Whether the gradient of the first step was still there when `backward` added the next, and at the second step.

    One parameter is enough. A hook on its derivative looks at what it will be added to: None or zeros are in order,
    and so are several backwards after that.
    """

    def __init__(self, params: list):
        self.leaf: Any = None
        self.gradient: Any = None
        self.added = self.cleared = False
        for p in params:
            if p.grad is not None and isinstance(p.node, Leaf) and p.grad.array.any():
                self.leaf, self.gradient = p.node, p.grad.array
                self.leaf.hooks = [*(self.leaf.hooks or ()), self.look]
                return

    def look(self, g: Any) -> Any:
        self.added = True
        present = self.leaf.grad
        if present is None or present.array is not self.gradient or not self.gradient.any():
            self.cleared = True
        return g

    def conclude(self, optimizer: Any) -> None:
        if self.leaf is None:
            return
        self.leaf.hooks = [hook for hook in self.leaf.hooks or () if hook != self.look] or None
        present = self.leaf.grad
        if self.added and not self.cleared and present is not None and present.array is self.gradient:
            mistakes.warn(
                f"{type(optimizer).__name__}.step: the gradients of the last step were not cleared, and those of this "
                "step were added to them: call optimizer.zero_grad() before backward(). To gather the gradients of "
                "several batches, call step() once after them, and then zero_grad()"
            )

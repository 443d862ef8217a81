"""What all optimizers share: groups of parameters, the step, their state, saving and loading it.

An optimizer is one update rule. A subclass says which arrays it keeps for each parameter (`slots`), which numbers
(`scalars`), and what to do at a step (`rule`): a function of arrays that reads like its formula, and the numbers in
it. Where those arrays lie, and how many parameters they hold, is the business of `flat`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from .. import writes
from ..autograd.modes import enable_grad
from ..tensor import Tensor
from .flat import Layout
from .groups import check_defaults, check_group, copied, fill_in, matched, places
from .hooks import Hooks


class Optimizer(Hooks):
    """The base of all optimizers (PyTorch's page torch.optim.Optimizer).

    params    tensors, (name, tensor) pairs, or dicts {"params": tensors, "lr": …}: groups with options of their own
    defaults  the options of groups that do not state them

    `param_groups` is the list of groups. Options are read at every step, so they may be changed in between.
    `state[p]` holds what is kept for the parameter p, under PyTorch's names.

    A rule of one's own takes a few lines:

    >>> import numpy as np
    >>> import tinygrad_lite as tl
    >>> def descend(p, g, lr):
    ...     p -= lr * np.sign(g)
    >>> class SignDescent(tl.optim.Optimizer):
    ...     def rule(self, group, numbers, fresh):
    ...         return descend, (group["lr"],)
    >>> w = tl.tensor([1.0, -2.0], requires_grad=True)
    >>> optimizer = SignDescent([w], {"lr": 0.5})
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.5000, -1.5000], requires_grad=True)
    """

    scalars: tuple[str, ...] = ()  # the numbers in a parameter's state; "step" counts by itself

    def __init__(self, params: Iterable, defaults: dict):
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got a "
                f"{type(params).__name__}: put it into a list"
            )
        check_defaults(defaults)
        self.defaults = defaults
        self.param_groups: list[dict] = []
        self.state = defaultdict(dict)
        self._without_hooks()
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict) -> None:
        """Add parameters with options of their own, {"params": tensors, "lr": …}; the defaults fill in the rest."""
        self.param_groups.append(check_group(param_group, self.param_groups, self.defaults))

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            text += "".join(f"    {option}: {group[option]}\n" for option in sorted(group) if option != "params")
        return text + ")"

    # --- what a subclass says ---

    def slots(self, group: dict) -> tuple[str, ...]:
        """The names of the arrays that are kept for each parameter of the group."""
        return ()

    def initial(self, group: dict, name: str) -> float:
        """What an array or a number of the state begins with."""
        return 0.0

    def rule(self, group: dict, numbers: dict, fresh: bool) -> tuple[Callable, tuple]:
        """The update as (function, constants): function(p, g, *arrays of the state, *constants) writes p and the state.

        p and g are arrays of one shape, of one parameter or of many end to end; g must not be written.
        `numbers` holds the state's `scalars`, which the rule may change; "step" is already the number of this step,
        counted from 1. `fresh` says that the state begins with this step.
        Weight decay and `maximize` are in p and g already, if the group has options of these names.
        """
        raise NotImplementedError(
            f"{type(self).__name__} says no update: define rule(group, numbers, fresh), or step()"
        )

    # --- the step ---

    def step(self, closure: Callable | None = None) -> Any:
        """Change the parameters once, by their gradients; one without a gradient is left alone, and so is its state.

        closure  computes the loss anew, calls backward and returns the loss; `step` returns it
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        name = f"{type(self).__name__}.step"
        for group in self.param_groups:
            grads = gradients(group["params"])
            for bundle in self._layout(group, grads).bundles:
                if "step" in bundle.scalars:
                    bundle.scalars["step"] += 1
                function, constants = self.rule(group, bundle.scalars, bundle.fresh)
                bundle.step(bundle.gather(grads), group, function, constants, name)
                if self._seen:
                    bundle.show()
        return loss

    def _layout(self, group: dict, grads: list) -> Layout:
        """How the group's parameters lie in memory: as at the last step, unless something has changed since."""
        layout = self._layouts.get(id(group))
        if layout is not None:
            arrays = [p.array for p in group["params"]]
            if layout.holds(group, grads, arrays, self.slots(group), self._state if self._seen else None):
                return layout
            del arrays, layout  # so that only the parameters hold their arrays: see flat.alone
        if not self._seen:
            self._show()
        others = {id(other) for other in self.param_groups if other is not group}
        self._layouts = {key: layout for key, layout in self._layouts.items() if key in others}
        layout = self._layouts[id(group)] = Layout(group, grads, self.slots(group), self._state, self)
        return layout

    def _show(self) -> None:
        """Bring the numbers in the state up to date."""
        for layout in self._layouts.values():
            for bundle in layout.bundles:
                bundle.show()

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or fill them with zeros."""
        for group in self.param_groups:
            for p in group["params"]:
                leaf = getattr(p, "_leaf", None)
                if leaf is None:
                    continue
                if set_to_none:
                    leaf.grad = None
                elif leaf.grad is not None:
                    leaf.grad.detach_()
                    leaf.grad.array[...] = 0
                    writes.mark(leaf.grad.array, "zero_grad")

    # --- its state ---

    @property
    def state(self) -> Any:
        """What is kept for each parameter: {parameter: {name: tensor}}."""
        if not self._seen:
            self._show()
            self._seen = True  # from now on somebody may look at it, or change it, between any two steps
        return self._state

    @state.setter
    def state(self, state: dict) -> None:
        self._state = state
        self._seen = False
        self._layouts: dict[int, Layout] = {}

    def state_dict(self) -> dict:
        """All that a later run needs to go on, in PyTorch's form: {"state": {0: {…}, …}, "param_groups": [{…}, …]}.

        Parameters are numbered in the order of the groups. The tensors are the optimizer's own, not copies.

        >>> import tinygrad_lite as tl
        >>> w = tl.zeros(2, requires_grad=True)
        >>> optimizer = tl.optim.SGD([w], lr=0.1, momentum=0.9)
        >>> w.sum().backward()
        >>> optimizer.step()
        >>> optimizer.state_dict()["state"]
        {0: {'momentum_buffer': tensor([1., 1.])}}
        """
        for hook in self._before_state_dict:
            hook(self)
        place = places(self.param_groups)
        state_dict = {
            "state": {place[p] if isinstance(p, Tensor) else p: kept for p, kept in self.state.items()},
            "param_groups": [
                {name: group[name] for name in group if name != "params"}
                | {"params": [place[p] for p in group["params"]]}
                for group in self.param_groups
            ],
        }
        for hook in self._after_state_dict:
            changed = hook(self, state_dict)
            state_dict = state_dict if changed is None else changed
        return state_dict

    def load_state_dict(self, state_dict: dict) -> None:
        """Go on from what `state_dict` returned, here or in PyTorch; parameters are matched by their order.

        Tensors are copied, and cast to the dtype of their parameter; PyTorch's own tensors are taken too. Groups of
        other sizes are a ValueError, and nothing is changed.
        """
        state_dict = dict(state_dict)
        for hook in self._before_load:
            changed = hook(self, state_dict)
            state_dict = state_dict if changed is None else changed
        groups, saved = self.param_groups, [dict(group) for group in state_dict["param_groups"]]
        owners = matched(groups, saved)
        state: defaultdict = defaultdict(dict)
        for key, kept in state_dict["state"].items():
            if key in owners:
                state[owners[key]] = copied(kept, owners[key])
            else:
                state[key] = kept
        for group, new in zip(groups, saved, strict=True):
            new["params"] = group["params"]
            if "param_names" in group:
                new.setdefault("param_names", group["param_names"])
        self.__setstate__({"state": state, "param_groups": saved})
        for hook in self._after_load:
            hook(self)

    def __getstate__(self) -> dict:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict) -> None:
        attributes = dict(state)
        self.state = attributes.pop("state")
        self.__dict__.update(attributes)
        for group in self.param_groups:  # options that an older saved state does not have
            fill_in(group, self.defaults)
        if "_before_step" not in self.__dict__:
            self._without_hooks()


def gradients(params: list) -> list:
    """The gradient of each parameter as an array, or None."""
    try:
        return [p._leaf.grad.array for p in params]
    except AttributeError:  # one has none
        return [None if p.grad is None else p.grad.array for p in params]

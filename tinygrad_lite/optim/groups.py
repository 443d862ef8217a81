"""Groups of parameters and their options: what an optimizer takes, what it refuses, how its state is put in order."""

import warnings
from itertools import chain
from typing import Any

import numpy as np

from ..operation import result
from ..tape import Variable
from ..tensor import Tensor


class _Required:
    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()  # the default of an option that every group must state itself


def check(condition: Any, what: str, value: Any) -> None:
    """Refuse an option's value."""
    if not condition:
        raise ValueError(f"Invalid {what}: {value}")


def check_rate(lr: Any) -> None:
    """Refuse a learning rate that is negative, or more than one number."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError("Tensor lr must be 1-element")
    check(lr >= 0, "learning rate", lr)


def check_defaults(defaults: dict) -> None:
    """Refuse what no optimizer can do."""
    if defaults.get("fused") and defaults.get("foreach"):
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
    if defaults.get("differentiable"):
        raise NotImplementedError(
            "differentiable=True is not supported: a step is not recorded. Write the update as operations on tensors "
            "and call autograd.grad(..., create_graph=True)"
        )
    if defaults.get("capturable"):
        raise AssertionError("capturable=True is for the graphs of a GPU, and there is only the CPU here: leave it out")


def check_group(param_group: Any, groups: list[dict], defaults: dict) -> dict:
    """A group in its final form, or an error; the group itself is changed only when it is in order."""
    if not isinstance(param_group, dict):
        raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
    params = param_group["params"]
    if isinstance(params, set):
        raise TypeError(
            "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
            "will change between runs. Please use a list instead."
        )
    params = [params] if isinstance(params, Tensor) else list(params)
    names = [p[0] for p in params if isinstance(p, tuple)]
    if names and len(names) != len(params):
        raise ValueError("all optimizer params should be with/without names. Some param names are missing")
    params = [p[1] if isinstance(p, tuple) else p for p in params]
    for p in params:
        if not isinstance(p, Tensor):
            raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}")
        if not p.is_leaf:
            raise ValueError("can't optimize a non-leaf Tensor: it is computed from others; optimize those")
    for option, default in defaults.items():
        if default is required and option not in param_group:
            raise ValueError(f"parameter group didn't specify a value of required optimization parameter {option}")
    if any(("param_names" in group) != bool(names) for group in groups):
        raise ValueError(
            "all optimizer param groups should be with/without names. cannot add param group "
            f"{'with' if names else 'without'} names to the optimizer"
        )
    if not {p for group in groups for p in group["params"]}.isdisjoint(params):
        raise ValueError("some parameters appear in more than one parameter group")
    if len(params) != len(set(params)):
        warnings.warn(
            "optimizer contains a parameter group with duplicate parameters: each step changes them more than once",
            stacklevel=4,
        )
    param_group["params"] = params
    if names:
        param_group["param_names"] = names
    return fill_in(param_group, defaults)


def fill_in(group: dict, defaults: dict) -> dict:
    """The group with the defaults of the options that it does not state."""
    for option, default in defaults.items():
        group.setdefault(option, default)
    return group


def places(groups: list[dict]) -> dict[Any, int]:
    """The number of each parameter in a state_dict: its place in the order of all groups."""
    found: dict[Any, int] = {}
    for i, p in enumerate(chain.from_iterable(group["params"] for group in groups)):
        found.setdefault(p, i)
    return found


def matched(groups: list[dict], saved: list[dict]) -> dict[int, Any]:
    """The parameter for each number in a saved state, or an error if the groups are not of the same sizes."""
    if len(groups) != len(saved):
        raise ValueError(
            "loaded state dict has a different number of parameter groups: "
            f"{len(saved)}, and the optimizer has {len(groups)}"
        )
    owners: dict[int, Any] = {}
    for i, (group, other) in enumerate(zip(groups, saved, strict=True)):
        if len(group["params"]) != len(other["params"]):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group: "
                f"group {i} has {len(other['params'])} parameters there, {len(group['params'])} here"
            )
        owners.update(zip(other["params"], group["params"], strict=True))
    return owners


def copied(value: Any, p: Variable, name: Any = None) -> Any:
    """A value of a saved state for the parameter p: tensors and arrays, PyTorch's too, copied and cast to p's dtype."""
    if isinstance(value, dict):
        return {key: copied(part, p, key) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(copied(part, p) for part in value)
    if isinstance(value, Variable):
        value = value.array
    elif isinstance(value, np.generic) or not hasattr(value, "__array__"):
        return value
    cast = name != "step" and p.array.dtype.kind == "f"
    return result(np.array(np.asarray(value), p.array.dtype if cast else None))

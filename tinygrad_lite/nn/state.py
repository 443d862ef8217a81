"""state_dict and load_state_dict: a module's parameters and buffers by path, out and in.

Loading checks everything before it writes anything: a state that does not fit is refused with every reason at once,
and the model is as it was.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from .. import writes
from ..hooks import RemovableHandle
from ..operation import result
from ..tensor import Parameter, Tensor
from .attributes import Attributes


class IncompatibleKeys(NamedTuple):
    """What `load_state_dict(strict=False)` found: keys that the model has and the state lacks, and the reverse."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


EXTRA = "_extra_state"  # the last part of the key of what `get_extra_state` returns


class StateHooks:
    """The functions that a module calls when its state is saved or loaded."""

    def __init__(self):
        self.before_saving: list[Callable] = []
        self.after_saving: list[Callable] = []
        self.before_loading: list[Callable] = []
        self.after_loading: list[Callable] = []


class Stateful(Attributes):
    """What a module has to do with its state: state_dict, load_state_dict, and functions called around them."""

    _state_hooks: StateHooks | None = None

    def state_dict(
        self, *, destination: Any = None, prefix: str = "", keep_vars: bool = False
    ) -> OrderedDict[str, Tensor]:
        """Every parameter and persistent buffer by its path, detached, on the module's own memory.

        >>> from tinygrad_lite import nn
        >>> {path: tuple(t.shape) for path, t in nn.Linear(2, 3).state_dict().items()}
        {'weight': (3, 2), 'bias': (3,)}
        """
        state = OrderedDict() if destination is None else destination
        hooks = self._state_hooks
        if hooks is not None:
            for hook in hooks.before_saving:
                hook(self, prefix, keep_vars)
        for name, tensor in own_tensors(self):
            state[prefix + name] = tensor if keep_vars else tensor.detach()
        if has_extra_state(self):
            state[prefix + EXTRA] = self.get_extra_state()
        for name, child in self._modules.items():
            if child is not None:
                child.state_dict(destination=state, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        if hooks is not None:
            for hook in hooks.after_saving:
                changed = hook(self, state, prefix, {})
                state = state if changed is None else changed
        return state

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copy a state (tensors or arrays by path) into the parameters and buffers.

        Everything is checked first: a RuntimeError lists all missing, unexpected and ill-shaped entries, and leaves
        the module as it was. With strict=False missing and unexpected keys are only returned. With `assign` the
        state's tensors take the place of the module's.

        >>> from tinygrad_lite import nn
        >>> nn.Linear(2, 3).load_state_dict(nn.Linear(2, 3).state_dict())
        <All keys matched successfully>
        """
        return load(self, state_dict, strict, assign)

    def get_extra_state(self) -> Any:
        """State that is not a tensor of the module: a subclass defines this and `set_extra_state` to have it saved."""
        raise RuntimeError(
            f"{type(self).__name__}: get_extra_state() is called, but not defined: define it to save more than the "
            "parameters and buffers"
        )

    def set_extra_state(self, state: Any) -> None:
        """Take back what `get_extra_state` returned."""
        raise RuntimeError(
            f"{type(self).__name__}: set_extra_state() is called, but not defined: get_extra_state() needs it"
        )

    def _hooks_on_state(self) -> StateHooks:
        if self._state_hooks is None:
            self._state_hooks = StateHooks()
        return self._state_hooks

    def register_state_dict_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call hook(module, prefix, keep_vars) before the module's state is collected."""
        return added(self._hooks_on_state().before_saving, hook)

    def register_state_dict_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call hook(module, state_dict, prefix, metadata) when the module's state is collected; it may change it."""
        return added(self._hooks_on_state().after_saving, hook)

    def register_load_state_dict_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call hook(module, state_dict, prefix, metadata, strict, missing, unexpected, errors) before loading.

        It may change the keys of `state_dict`, which is a copy, and add to the three lists.
        """
        return added(self._hooks_on_state().before_loading, hook)

    def register_load_state_dict_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call hook(module, incompatible_keys) when the state is loaded."""
        return added(self._hooks_on_state().after_loading, hook)


def added(hooks: list[Callable], hook: Callable) -> RemovableHandle:
    hooks.append(hook)
    return RemovableHandle(hooks, hook)


def own_tensors(module: Attributes) -> Iterator[tuple[str, Tensor]]:
    """(name, tensor) of what a module itself saves."""
    for name, parameter in module._parameters.items():
        if parameter is not None:
            yield name, parameter
    for name, buffer in module._buffers.items():
        if buffer is not None and name not in module._non_persistent_buffers_set:
            yield name, buffer


def has_extra_state(module: Attributes) -> bool:
    return getattr(type(module), "get_extra_state", None) is not Stateful.get_extra_state


def tree(module: Attributes, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(prefix, module) of a module and all below. What is shared appears under all of its paths."""
    yield prefix, module
    for name, child in module._modules.items():
        if child is not None:
            yield from tree(child, f"{prefix}{name}.")


def load(module: Stateful, state: Mapping[str, Any], strict: bool, assign: bool) -> IncompatibleKeys:
    """Copy a state into a module, or (`assign`) make its tensors the module's; all of it or nothing."""
    if not isinstance(state, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state)}.")
    modules = list(tree(module))
    missing: list[str] = []
    unexpected: list[str] = []
    errors: list[str] = []
    hooked = [(prefix, owner, owner._state_hooks) for prefix, owner in modules if owner._state_hooks is not None]
    if hooked:
        state = OrderedDict(state)  # hooks may change it
        for prefix, owner, hooks in hooked:
            for hook in hooks.before_loading:
                hook(owner, state, prefix, {}, strict, missing, unexpected, errors)
    wanted = [(prefix + name, owner, name, t) for prefix, owner in modules for name, t in own_tensors(owner)]
    extra = {prefix + EXTRA: owner for prefix, owner in modules if has_extra_state(owner)}
    known = {path for path, *_ in wanted} | set(extra)
    missing += [path for path in (*(path for path, *_ in wanted), *extra) if path not in state]
    unexpected += [path for path in state if path not in known]
    found = []
    for path, owner, name, tensor in wanted:
        if path in state:
            try:
                array = fitting(path, tensor, state[path], assign)
                found.append((owner, name, tensor, replacement(tensor, state[path], array) if assign else array))
            except (TypeError, ValueError, RuntimeError) as error:
                errors.append(str(error))
    if strict and unexpected:
        errors.insert(0, f"Unexpected key(s) in state_dict: {quoted(unexpected)}. ")
    if strict and missing:
        errors.insert(0, f"Missing key(s) in state_dict: {quoted(missing)}. ")
    if errors:
        raise RuntimeError(f"Error(s) in loading state_dict for {type(module).__name__}:\n\t" + "\n\t".join(errors))
    for owner, name, tensor, new in found:
        if not assign:
            tensor.array[...] = new
            writes.mark(tensor.array, "load_state_dict")
        elif isinstance(tensor, Parameter):
            owner.register_parameter(name, new)
        else:
            owner._buffers[name] = owner.__dict__[name] = new
    for path, owner in extra.items():
        if path in state:
            owner.set_extra_state(state[path])
    report = IncompatibleKeys(missing, unexpected)
    for _, owner, hooks in reversed(hooked):
        for hook in hooks.after_loading:
            hook(owner, report)
    return report


def quoted(keys: list[str]) -> str:
    return ", ".join(f'"{key}"' for key in keys)


def fitting(path: str, tensor: Tensor, value: Any, assign: bool) -> np.ndarray:
    """A value of a state as an array of the tensor's shape (and dtype, when it will be copied)."""
    if isinstance(value, Tensor):
        array = value.array
    elif hasattr(value, "__array__"):
        array = np.asarray(value)
    else:
        raise TypeError(
            f'While copying the parameter named "{path}", expected a Tensor or an array from the checkpoint but '
            f"received {type(value)}"
        )
    if array.dtype.kind not in "fiub":
        raise TypeError(f'While copying the parameter named "{path}": numbers expected, got dtype {array.dtype}')
    shape = tensor.array.shape
    if array.shape == (1,) and shape == ():  # old states hold single numbers in this form
        array = array[0:1].reshape(())
    if array.shape != shape:
        raise ValueError(
            f"size mismatch for {path}: copying a param with shape torch.Size({list(array.shape)}) from checkpoint, "
            f"the shape in current model is torch.Size({list(shape)})."
        )
    if not assign and not tensor.array.flags.writeable:
        raise ValueError(f"{path} is on memory that cannot be written; load with assign=True")
    return array if assign else array.astype(tensor.array.dtype, copy=False)


def replacement(tensor: Tensor, value: Any, array: np.ndarray) -> Tensor:
    """What takes the place of a tensor: a value of a state, on its memory, as a parameter where there was one."""
    if not isinstance(value, Tensor) or value.array.shape != array.shape:
        value = result(array)
    if not isinstance(tensor, Parameter) or isinstance(value, Parameter):
        return value
    return Parameter(value, tensor.requires_grad)

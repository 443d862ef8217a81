"""state_dict and load_state_dict: a module's parameters and buffers by path, out and in.

Loading checks everything before it writes anything: a state that does not fit is refused with every reason at once,
and the model is as it was.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from .. import writes
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


def entries(module: Attributes, prefix: str = "") -> Iterator[tuple[str, Attributes, str, Tensor]]:
    """(path, owner, name, tensor) of all that is saved. What two modules share appears under both paths."""
    for name, parameter in module._parameters.items():
        if parameter is not None:
            yield prefix + name, module, name, parameter
    for name, buffer in module._buffers.items():
        if buffer is not None and name not in module._non_persistent_buffers_set:
            yield prefix + name, module, name, buffer
    for name, child in module._modules.items():
        if child is not None:
            yield from entries(child, f"{prefix}{name}.")


def save(module: Attributes, prefix: str, keep_vars: bool) -> OrderedDict[str, Tensor]:
    """The saved tensors by path, on the module's own memory; detached unless `keep_vars`."""
    return OrderedDict((path, t if keep_vars else t.detach()) for path, _, _, t in entries(module, prefix))


def load(module: Attributes, state: Mapping[str, Any], strict: bool, assign: bool) -> IncompatibleKeys:
    """Copy a state into a module, or (`assign`) make its tensors the module's; all of it or nothing."""
    if not isinstance(state, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state)}.")
    wanted = list(entries(module))
    missing = [path for path, *_ in wanted if path not in state]
    known = {path for path, *_ in wanted}
    unexpected = [path for path in state if path not in known]
    errors = []
    if strict and missing:
        errors.append(f"Missing key(s) in state_dict: {quoted(missing)}. ")
    if strict and unexpected:
        errors.append(f"Unexpected key(s) in state_dict: {quoted(unexpected)}. ")
    found = []
    for path, owner, name, tensor in wanted:
        if path in state:
            try:
                array = fitting(path, tensor, state[path], assign)
                found.append((owner, name, tensor, replacement(tensor, state[path], array) if assign else array))
            except (TypeError, ValueError, RuntimeError) as error:
                errors.append(str(error))
    if errors:
        raise RuntimeError(f"Error(s) in loading state_dict for {type(module).__name__}:\n\t" + "\n\t".join(errors))
    for owner, name, tensor, new in found:
        if not assign:
            tensor.array[...] = new
            writes.mark(tensor.array, "load_state_dict")
        elif isinstance(tensor, Parameter):
            owner.register_parameter(name, new)
        else:
            owner.register_buffer(name, new)
    return IncompatibleKeys(missing, unexpected)


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

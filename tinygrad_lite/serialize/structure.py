"""What is not numbers in arrays, as JSON: nesting, keys, Python's own values, and which array goes where.

An object becomes a node {kind: content}. Arrays are named by their place, "model/0.weight", and kept beside the JSON.
Two tensors on the same elements are one array, and share memory again when they are read.
"""

from collections import Counter, OrderedDict
from typing import Any

import numpy as np

from .. import dtypes
from ..operation import result
from ..sizes import Device, Size
from ..tensor import Parameter, Tensor

FORMAT = 2  # the number of this form; what wrote 1 is read too
NAME = "__structure__"  # of the JSON text among the arrays
RESERVED = {NAME, "__metadata__"}  # the second by safetensors

PLAIN = (type(None), bool, int, float, str)
DICTS = {"dict": dict, "ordered": OrderedDict, "counter": Counter}
SEQUENCES = {"list": list, "tuple": tuple, "set": set, "size": Size}
KINDS = {cls: kind for kind, cls in (DICTS | SEQUENCES).items()}

REMEDY = "tensors, arrays, numbers, strings, None, and dicts, lists, tuples and sets of them are saved"


class Encoder:
    """Takes an object apart into nodes and arrays.

    repeat  also store an array again that several tensors share, under each of its names: for readers who look for it
    """

    def __init__(self, repeat: bool = False):
        self.arrays: dict[str, np.ndarray] = {}
        self._names: dict[tuple, str] = {}
        self._repeat = repeat

    def whole(self, obj: Any) -> dict:
        """The JSON of an object; its arrays gather in `arrays`."""
        try:
            return {"format": FORMAT, "content": self.encode(obj, "")}
        except RecursionError:
            raise ValueError("save: the object contains itself, or is nested too deeply to be saved") from None

    def encode(self, obj: Any, place: str) -> dict:
        kind = KINDS.get(type(obj))
        if kind in DICTS:
            for key in obj:
                if type(key) not in PLAIN:
                    raise TypeError(f"save: {place or 'the object'} has the key {key!r}; keys are strings and numbers")
            return {kind: [[key, self.encode(value, joined(place, key))] for key, value in obj.items()]}
        if kind is not None:
            return {kind: [self.encode(value, joined(place, i)) for i, value in enumerate(obj)]}
        if type(obj) in PLAIN:
            return {"value": obj}
        if type(obj) is bytes:
            return {"bytes": obj.decode("latin1")}
        if isinstance(obj, Tensor):
            kind = "parameter" if isinstance(obj, Parameter) else "tensor"
            return {kind: self.named(obj.array, place), "requires_grad": obj.requires_grad}
        if isinstance(obj, np.ndarray):
            return {"array": self.named(obj, place)}
        if isinstance(obj, np.generic):
            return {"scalar": self.named(np.asarray(obj), place)}
        if isinstance(obj, np.dtype) and obj in dtypes.TYPES:
            return {"dtype": str(obj)}
        if isinstance(obj, Device):
            return {"device": str(obj)}
        remedy = REMEDY
        if hasattr(obj, "state_dict"):
            remedy = "of a module, optimizer or scheduler save the state_dict(), and make the object anew to load it"
        elif isinstance(obj, (dict, list, tuple, set)):
            remedy = "a subclass would not come back as what it is; convert it to a plain dict, list, tuple or set"
        raise TypeError(f"save: {place or 'the object'} is a {type(obj).__name__}: {remedy}")

    def named(self, array: np.ndarray, place: str) -> str:
        """The name under which an array is kept."""
        if array.dtype not in dtypes.TYPES:
            raise TypeError(f"save: {place or 'the object'} is an array of {array.dtype}, which has no tensor type")
        memory = array.__array_interface__["data"][0], array.dtype, array.shape, array.strides
        known = self._names.get(memory) if array.size else None
        if known is not None and not self._repeat:
            return known
        name = place or "tensor"
        while name in self.arrays or name in RESERVED:
            name += "_"
        self.arrays[name] = array
        return self._names.setdefault(memory, name) if array.size else name


def joined(place: str, key: Any) -> str:
    return f"{place}/{key}" if place else str(key)


def decoded(structure: Any, arrays: dict[str, np.ndarray]) -> Any:
    """The object of a JSON text and its arrays; a ValueError or KeyError if they do not fit together."""
    if structure.get("format") not in (1, FORMAT):
        raise ValueError(f"it is of format {structure.get('format')}, and this version reads 1 and {FORMAT}")
    return decode(structure["content"], arrays)


def decode(node: Any, arrays: dict[str, np.ndarray]) -> Any:
    kind = next(iter(node))
    content = node[kind]
    if kind == "value":
        return content
    if kind in DICTS:
        return DICTS[kind]({key: decode(item, arrays) for key, item in content})
    if kind in SEQUENCES:
        return SEQUENCES[kind](decode(item, arrays) for item in content)
    if kind == "bytes":
        return content.encode("latin1")
    if kind == "dtype":
        return dtypes.as_dtype(content)
    if kind == "device":
        return Device(content)
    array = arrays[content]
    if kind == "array":
        return array
    if kind == "scalar":
        return array[()]
    if kind == "parameter":
        return Parameter(result(array), bool(node["requires_grad"]))
    if kind == "tensor":
        return result(array).requires_grad_(bool(node["requires_grad"]))
    raise ValueError(f"it holds a {kind!r}, which this version does not know")

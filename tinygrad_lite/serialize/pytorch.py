"""PyTorch's own files (torch.save): a zip archive with a pickle, and the numbers of each storage beside it.

A pickle is a program: it may call any function of any module, and so may a file from a stranger. Here nothing is
unpickled. The few instructions that a state_dict needs are carried out by `Machine` below, and where the pickle names
a function or class, there is either one of the meanings listed in `MEANINGS` or an error. The layout of a tensor
(storage, offset, sizes, strides) is checked against its storage.
"""

import pickletools
import zipfile
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import dtypes
from ..operation import result
from ..sizes import Device, Size
from ..tensor import Parameter, Tensor

STORAGES = {
    "DoubleStorage": "f8", "FloatStorage": "f4", "HalfStorage": "f2", "LongStorage": "i8", "IntStorage": "i4",
    "ShortStorage": "i2", "CharStorage": "i1", "ByteStorage": "u1", "BoolStorage": "?",
}  # fmt: skip


class RefusedError(ValueError):
    """The file asks for something that is not among the meanings."""


def dictionary(*given: Any) -> OrderedDict:
    return OrderedDict(*given)


def tensor(storage: np.ndarray, offset: int, size: tuple, stride: tuple, requires_grad: bool, *rest: Any) -> Tensor:
    """A tensor on a storage, after a look at whether it lies inside."""
    numbers = (offset, *size, *stride)
    if not isinstance(storage, np.ndarray) or len(size) != len(stride) or len(size) > 64:
        raise RefusedError("a tensor's layout is damaged")
    if any(type(n) is not int or n < 0 for n in numbers):
        raise RefusedError("a tensor's layout is damaged")
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if 0 not in size and last >= storage.size:
        raise RefusedError(f"a tensor of shape {tuple(size)} does not fit into its storage of {storage.size} elements")
    if 0 in size:
        return result(np.empty(size, storage.dtype)).requires_grad_(bool(requires_grad))
    if size and stride == contiguous(size):  # the usual layout: an array as plain as any other
        return result(storage[offset : last + 1].reshape(size)).requires_grad_(bool(requires_grad))
    array = np.lib.stride_tricks.as_strided(storage[offset:], size, [step * storage.itemsize for step in stride])
    return result(array).requires_grad_(bool(requires_grad))


def contiguous(size: tuple) -> tuple:
    """The strides of an array in row-major order."""
    steps = [1]
    for n in size[:0:-1]:
        steps.append(steps[-1] * n)
    return tuple(steps[::-1])


def parameter(data: Any, requires_grad: bool, *hooks: Any) -> Parameter:
    return Parameter(data, bool(requires_grad))


def scalar(dtype: Any, data: bytes) -> Any:
    """One of NumPy's numbers."""
    if not isinstance(dtype, np.dtype) or not isinstance(data, bytes):
        raise RefusedError("a NumPy number is damaged")
    return np.frombuffer(data, dtype)[0]


def dtype_named(name: str, *flags: Any) -> np.dtype:
    return dtypes.as_dtype(name)


def encoded(text: str, encoding: str) -> bytes:
    if encoding != "latin1":
        raise RefusedError(f"bytes in the encoding {encoding!r}")
    return text.encode(encoding)


def values(cls: type) -> Callable:
    return lambda *given: cls(*given)


# What a pickle may name: (module, name) and what it means here. Calling is possible for the functions only.
MEANINGS: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): dictionary,
    ("collections", "Counter"): values(Counter),
    ("torch._utils", "_rebuild_tensor_v2"): tensor,
    ("torch._utils", "_rebuild_parameter"): parameter,
    ("torch", "Size"): values(Size),
    ("torch", "device"): values(Device),
    ("_codecs", "encode"): encoded,
    ("builtins", "set"): values(set),
    ("__builtin__", "set"): values(set),
    ("numpy", "dtype"): dtype_named,
    ("numpy._core.multiarray", "scalar"): scalar,
    ("numpy.core.multiarray", "scalar"): scalar,
    **{("torch", name): np.dtype(kind) for name, kind in STORAGES.items()},
    **{("torch", str(dtype)): dtype for dtype in dtypes.TYPES},
}
CALLABLE = tuple(meaning for meaning in MEANINGS.values() if not isinstance(meaning, np.dtype))

MARK: Any = object()


class Machine:
    """Carries out a pickle, for the instructions in `run`, and nothing else."""

    def __init__(self, storage: Callable[[tuple], np.ndarray]):
        self.storage = storage
        self.stack: list = []
        self.memo: dict[int, Any] = {}

    def since_mark(self) -> list:
        """Take from the stack what lies above the last mark, and the mark."""
        for i in range(len(self.stack) - 1, -1, -1):
            if self.stack[i] is MARK:
                items = self.stack[i + 1 :]
                del self.stack[i:]
                return items
        raise RefusedError("the pickle is damaged: a mark is missing")

    def top(self, cls: type | tuple) -> Any:
        """The top of the stack, if it is what an instruction needs."""
        if not self.stack or not isinstance(self.stack[-1], cls):
            raise RefusedError("the pickle is damaged, or an instruction is used on what it is not for")
        return self.stack[-1]

    def store(self, items: list) -> None:
        self.top(dict).update(zip(items[::2], items[1::2], strict=True))

    def name(self, module: str, name: str) -> None:
        if (module, name) not in MEANINGS:
            raise RefusedError(explanation(module, name))
        self.stack.append(MEANINGS[module, name])

    def call(self, argument: Any) -> None:
        function = self.stack.pop()
        if not any(function is known for known in CALLABLE) or not isinstance(argument, tuple):
            raise RefusedError("the pickle calls what is not a function that tensors need")
        self.stack.append(function(*argument))

    def build(self, state: Any) -> None:
        """What sets attributes: of a state_dict its `_metadata`, of a dtype its byte order; both are left out."""
        if not isinstance(self.stack[-1], (OrderedDict, np.dtype)):
            raise RefusedError("the pickle sets attributes")
        if isinstance(self.stack[-1], np.dtype) and state[1] not in ("<", "|"):
            raise RefusedError("a NumPy number in another byte order")

    def run(self, program: bytes) -> Any:
        """The object that a pickle describes."""
        stack, memo = self.stack, self.memo
        argument: Any
        for opcode, argument, _ in pickletools.genops(program):
            match opcode.name:
                case "PROTO" | "FRAME":
                    pass
                case "NONE" | "NEWTRUE" | "NEWFALSE":
                    stack.append({"NONE": None, "NEWTRUE": True, "NEWFALSE": False}[opcode.name])
                case "BININT" | "BININT1" | "BININT2" | "LONG1" | "LONG4" | "BINFLOAT":
                    stack.append(argument)
                case "BINUNICODE" | "SHORT_BINUNICODE" | "BINUNICODE8" | "BINBYTES" | "SHORT_BINBYTES":
                    stack.append(argument)
                case "EMPTY_DICT":
                    stack.append({})
                case "EMPTY_LIST":
                    stack.append([])
                case "EMPTY_SET":
                    stack.append(set())
                case "EMPTY_TUPLE":
                    stack.append(())
                case "MARK":
                    stack.append(MARK)
                case "TUPLE":
                    stack.append(tuple(self.since_mark()))
                case "TUPLE1" | "TUPLE2" | "TUPLE3":
                    n = int(opcode.name[-1])
                    stack[-n:] = [tuple(stack[-n:])]
                case "APPEND":
                    item = stack.pop()
                    self.top(list).append(item)
                case "APPENDS":
                    items = self.since_mark()
                    self.top(list).extend(items)
                case "ADDITEMS":
                    items = self.since_mark()
                    self.top(set).update(items)
                case "SETITEM":
                    items = stack[-2:]
                    del stack[-2:]
                    self.store(items)
                case "SETITEMS":
                    self.store(self.since_mark())
                case "BINPUT" | "LONG_BINPUT":
                    memo[argument] = stack[-1]
                case "MEMOIZE":
                    memo[len(memo)] = stack[-1]
                case "BINGET" | "LONG_BINGET":
                    stack.append(memo[argument])
                case "GLOBAL":
                    self.name(*argument.split(" ", 1))
                case "STACK_GLOBAL":
                    name, module = stack.pop(), stack.pop()
                    self.name(module, name)
                case "REDUCE":
                    self.call(stack.pop())
                case "BUILD":
                    self.build(stack.pop())
                case "BINPERSID":
                    stack.append(self.storage(stack.pop()))
                case "STOP":
                    return stack.pop()
                case _:
                    raise RefusedError(f"the pickle has the instruction {opcode.name}, which no state_dict needs")
        raise RefusedError("the pickle does not end")


def explanation(module: str, name: str) -> str:
    """Why a name in a pickle has no meaning here, and what to do."""
    if name.endswith("Storage") or (module == "torch" and name[:1].islower()):
        return (
            f"it holds {module}.{name}, and there is no such tensor type here; convert it in PyTorch, as in t.float()"
        )
    return (
        f"it holds a {module}.{name}, and only tensors, numbers, strings and dicts, lists and tuples of them are read "
        "from PyTorch's files; in PyTorch save model.state_dict(), not the model"
    )


def read(archive: zipfile.ZipFile, map_location: Any) -> Any:
    """The object in an archive that torch.save wrote."""
    (pickled,) = (name for name in archive.namelist() if name.count("/") == 1 and name.endswith("/data.pkl"))
    folder = pickled.removesuffix("data.pkl")
    names = set(archive.namelist())
    order = archive.read(f"{folder}byteorder") if f"{folder}byteorder" in names else b"little"
    known: dict[str, np.ndarray] = {}

    def storage(identifier: Any) -> np.ndarray:
        word, dtype, key, location, count = identifier
        if word != "storage" or not isinstance(dtype, np.dtype):
            raise RefusedError("a storage is described in a way that this version does not know")
        if location != "cpu" and map_location is None:
            raise RuntimeError(
                f"its tensors are on {location}, and there is only the CPU here: pass map_location='cpu'"
            )
        if key not in known:
            data = bytearray(archive.read(f"{folder}data/{key}"))
            array = np.frombuffer(data, dtype.newbyteorder("<" if order == b"little" else ">"))
            known[key] = array.astype(dtype, copy=False)
        if known[key].dtype != dtype or known[key].size < count:
            raise RefusedError(f"the storage {key} is shorter than its description, or of another type")
        return known[key]

    return Machine(storage).run(archive.read(pickled))

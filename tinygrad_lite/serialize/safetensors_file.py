"""safetensors: a header and the numbers, a format that many libraries read (the package `safetensors`).

Tensors are stored under their names, as other libraries expect it of a state_dict; the structure is in the header, and
so are checksums, which the format itself does not have.
"""

import json
import zlib
from collections import OrderedDict
from typing import IO, Any

import numpy as np

from ..operation import result
from .structure import Encoder, decoded

KEY, SUMS = "tinygrad_lite", "tinygrad_lite_crc32"  # of the structure and the checksums in the header
TYPES = {
    "F64": "f8", "F32": "f4", "F16": "f2", "I64": "i8", "I32": "i4", "I16": "i2", "I8": "i1", "U8": "u1", "BOOL": "?",
}  # fmt: skip


def package() -> Any:
    """The library, or an error that says how to get it."""
    try:
        import safetensors
        import safetensors.numpy
    except ImportError:
        raise ImportError(
            "safetensors is not installed: pip install safetensors, or save under a name that ends in .npz"
        ) from None
    return safetensors


def write(obj: Any, file: IO[bytes], encoder: Encoder) -> None:
    """The arrays of an object, and its structure, into a file."""
    library, text = package(), json.dumps(encoder.whole(obj))
    # The library takes the bytes from an array's address on, whatever its strides.
    arrays = {name: a if a.flags.c_contiguous else a.copy(order="C") for name, a in encoder.arrays.items()}
    file.write(library.numpy.save(arrays, {KEY: text, SUMS: checksums(text, arrays)}))


def checksums(text: str, arrays: dict[str, np.ndarray]) -> str:
    """One number for the structure, and one for each array with its name, type and shape."""
    sums = [zlib.crc32(text.encode())]
    for name in sorted(arrays):
        array = arrays[name].reshape(-1)
        description = f"{name}{array.dtype.name}{arrays[name].shape}".encode()
        sums.append(zlib.crc32(array.view(np.uint8).data, zlib.crc32(description)))
    return json.dumps(sums)


def read(data: bytes) -> Any:
    """The object in a file's bytes; of a file by another library, its tensors by name."""
    library = package()
    try:
        tensors = library.deserialize(data)
    except library.SafetensorError as error:
        raise ValueError(str(error)) from None
    arrays = {}
    for name, tensor in tensors:
        if tensor["dtype"] not in TYPES:
            raise TypeError(
                f"{name} is of type {tensor['dtype']}, which has no tensor type here; convert it where it was made, as "
                "in {name: tensor.float()}"
            )
        array = np.frombuffer(bytearray(tensor["data"]), np.dtype(TYPES[tensor["dtype"]]).newbyteorder("<"))
        arrays[name] = array.astype(array.dtype.newbyteorder("="), copy=False).reshape(tensor["shape"])
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    notes = header.get("__metadata__", {})
    if KEY in notes or SUMS in notes:
        text = notes.get(KEY, "")
        if notes.get(SUMS) != checksums(text, arrays):
            raise ValueError("its checksums do not fit its content")
        return decoded(json.loads(text), arrays)
    order = [name for name in header if name in arrays]
    return OrderedDict((name, result(arrays[name])) for name in order)

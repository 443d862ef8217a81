"""NumPy's .npz: a zip archive of arrays, each with a checksum. `np.load` shows every tensor under its own name."""

import json
import zipfile
from collections import OrderedDict
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from .. import dtypes
from ..operation import result
from .structure import NAME, Encoder, decoded


def write(obj: Any, file: IO[bytes], encoder: Encoder) -> None:
    """The arrays of an object, and its structure, into a file."""
    text = json.dumps(encoder.whole(obj)).encode()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        # NumPy's own savez cannot store an array whose name is one of its arguments, such as "file".
        for name, array in {NAME: np.frombuffer(text, np.uint8), **encoder.arrays}.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                npy.write_array(member, array, allow_pickle=False)


def read(archive: zipfile.ZipFile) -> Any:
    """The object in an archive; of one without a structure, as np.savez writes it, its arrays as tensors by name."""
    arrays = {info.filename.removesuffix(".npy"): member(archive, info) for info in archive.infolist()}
    text = arrays.pop(NAME, None)
    for name, array in arrays.items():
        if array.dtype not in dtypes.TYPES:
            raise TypeError(f"{name} is an array of {array.dtype}, which has no tensor type")
    if text is None:
        if not arrays:
            raise ValueError("it is a zip archive without arrays")
        return OrderedDict((name, result(array)) for name, array in arrays.items())
    return decoded(json.loads(text.tobytes()), arrays)


def member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> np.ndarray:
    """One array of an archive, in this machine's byte order; its checksum is compared once it is read to its end."""
    if not info.filename.endswith(".npy"):
        raise ValueError(f"it holds {info.filename}, which is no array")
    with archive.open(info) as file:
        array = npy.read_array(file, allow_pickle=False)
        if file.read(1):
            raise ValueError(f"{info.filename} is longer than its array")
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))

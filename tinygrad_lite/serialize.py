"""save and load: tensors, state_dicts and optimizer states on disk, as NumPy's .npz.

The file is an ordinary npz: `np.load` shows every tensor under its own name. What is not a tensor (nesting, numbers,
strings) is one JSON text beside them, so that loading runs no code, ever. A file is written beside its place and moved
there when it is complete: a crash leaves the old file or the new one.
"""

import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np

from . import dtypes
from .sizes import as_device
from .tensor import Parameter, Tensor

STRUCTURE = "__structure__"
FORMAT = 1


def save(obj: Any, f: Any, *ignored: Any, **options: Any) -> None:
    """Write tensors in dicts, lists and tuples, with numbers and strings, to a path or a binary file.

    PyTorch's page torch.save. A path is written atomically: a temporary file beside it, synced, then renamed.

    Errors: TypeError names the place in `obj` that holds something else.

    >>> import tinygrad_lite as tl, tempfile, os
    >>> path = os.path.join(tempfile.mkdtemp(), "model.npz")
    >>> model = tl.nn.Linear(2, 1)
    >>> tl.save(model.state_dict(), path)
    >>> model.load_state_dict(tl.load(path))
    <All keys matched successfully>
    """
    arrays: dict[str, np.ndarray] = {}
    structure = {"format": FORMAT, "content": encode(obj, "", arrays)}
    text = np.frombuffer(json.dumps(structure, allow_nan=True).encode(), np.uint8)

    def fill(file: IO[bytes]) -> None:
        np.savez(file, allow_pickle=False, **{STRUCTURE: text}, **arrays)

    if isinstance(f, (str, os.PathLike)):
        write_atomically(Path(f), fill)
    else:
        fill(f)


def write_atomically(path: Path, fill: Callable[[IO[bytes]], None]) -> None:
    """Let `fill` write a temporary file beside `path`, then put it in its place; on failure leave nothing."""
    path = path.resolve()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            os.chmod(name, path.stat().st_mode & 0o777)
        else:
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(name, 0o666 & ~mask)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    if os.name == "posix":  # the rename itself is on disk only once the directory is
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def encode(obj: Any, place: str, arrays: dict[str, np.ndarray]) -> Any:
    """The JSON of an object; its arrays go into `arrays`, named by their place."""
    if isinstance(obj, (Tensor, np.ndarray)):
        array = obj.array if isinstance(obj, Tensor) else obj
        if array.dtype not in dtypes.TYPES:
            raise TypeError(f"save: {place or 'the object'} is an array of {array.dtype}, which has no tensor type")
        name = place or "tensor"
        while name in arrays or name == STRUCTURE or name == "file":
            name += "_"
        arrays[name] = array
        kind = "array" if not isinstance(obj, Tensor) else "parameter" if isinstance(obj, Parameter) else "tensor"
        return {kind: name, "requires_grad": bool(isinstance(obj, Tensor) and obj.requires_grad)}
    if isinstance(obj, dict):
        for key in obj:
            if not isinstance(key, (str, int)) or isinstance(key, bool):
                raise TypeError(f"save: {place or 'the object'} has the key {key!r}; keys are strings or ints")
        return {"dict": [[key, encode(value, joined(place, key), arrays)] for key, value in obj.items()]}
    if isinstance(obj, (list, tuple)):
        kind = "list" if isinstance(obj, list) else "tuple"
        return {kind: [encode(value, joined(place, i), arrays) for i, value in enumerate(obj)]}
    if obj is None or isinstance(obj, (bool, int, float, str)):
        return {"value": obj.item() if isinstance(obj, np.generic) else obj}
    if isinstance(obj, np.generic):
        return {"value": obj.item()}
    raise TypeError(
        f"save: {place or 'the object'} is a {type(obj).__name__}; tensors, numbers, strings, and dicts and lists of "
        "them are saved. Of a module, save its state_dict()"
    )


def joined(place: str, key: Any) -> str:
    return f"{place}/{key}" if place else str(key)


def load(f: Any, map_location: Any = None, *, weights_only: bool = True, **ignored: Any) -> Any:
    """Read what `save` wrote, from a path or a binary file; no code runs (PyTorch's page torch.load).

    Errors: RuntimeError names a file that is damaged or is not of this form; FileNotFoundError one that is missing.
    """
    as_device(map_location if not callable(map_location) else None)
    name = os.fspath(f) if isinstance(f, (str, os.PathLike)) else getattr(f, "name", "the file")
    try:
        with np.load(f, allow_pickle=False) as archive:
            if not hasattr(archive, "files") or STRUCTURE not in archive.files:
                raise RuntimeError(f"load: {name} holds arrays, but not as save() writes them; read it with np.load")
            structure = json.loads(archive[STRUCTURE].tobytes())
            if structure.get("format") != FORMAT:
                raise RuntimeError(f"load: {name} is of format {structure.get('format')}; this version reads {FORMAT}")
            return decode(structure["content"], archive)
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, AttributeError) as error:
        raise RuntimeError(f"load: {name} is damaged or not an npz file that save() wrote: {error}") from error


def decode(node: Any, arrays: Any) -> Any:
    """The object of a JSON text and its arrays."""
    kind = next(iter(node))
    value = node[kind]
    if kind == "value":
        return value
    if kind == "dict":
        return {key: decode(item, arrays) for key, item in value}
    if kind == "list":
        return [decode(item, arrays) for item in value]
    if kind == "tuple":
        return tuple(decode(item, arrays) for item in value)
    array = arrays[value]
    if kind == "array":
        return array
    t = Tensor.__new__(Tensor)
    t.array, t.node = array, None
    return Parameter(t, node["requires_grad"]) if kind == "parameter" else t.requires_grad_(node["requires_grad"])

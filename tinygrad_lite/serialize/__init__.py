"""save and load: tensors, state_dicts and optimizer states on disk; loading never runs code.

The end of the name chooses the form: `.safetensors` is what many libraries read (the package `safetensors`), any other
is NumPy's npz. In both every tensor is found under its own name, and what is not a tensor (nesting, numbers, strings)
is JSON beside them. `load` recognises the form by the content, and reads PyTorch's own files too.

A file is written beside its place and moved there when it is complete: a crash leaves the old file or the new one.
"""

import os
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from ..sizes import as_device
from . import npz, pytorch, safetensors_file
from .atomic import write_atomically as write_atomically
from .structure import Encoder

SPOKEN = (ValueError, TypeError, RuntimeError, pytorch.RefusedError)  # errors whose text says enough


def save(obj: Any, f: Any, pickle_module: Any = None, pickle_protocol: Any = None, **ignored: Any) -> None:
    """Write tensors in dicts, lists and tuples, with numbers and strings, to a path or a binary file.

    PyTorch's page torch.save. A path is written atomically: a temporary file beside it, synced, then renamed. Its end
    chooses the form: "….safetensors", or npz for any other name and for files. Tensors that share memory as a whole
    (tied weights) are written once, and share it again when they are read. `pickle_protocol` changes nothing, for
    nothing is pickled.

    Errors: TypeError names the place in `obj` that holds something else.

    >>> import tinygrad_lite as tl, tempfile, os
    >>> path = os.path.join(tempfile.mkdtemp(), "model.npz")
    >>> model = tl.nn.Linear(2, 1)
    >>> tl.save(model.state_dict(), path)
    >>> model.load_state_dict(tl.load(path))
    <All keys matched successfully>
    """
    unpickled(pickle_module, ignored, {"_use_new_zipfile_serialization", "_disable_byteorder_record"})
    path = Path(f) if isinstance(f, (str, os.PathLike)) else None
    named = path is not None and path.suffix == ".safetensors"
    form: Callable = safetensors_file.write if named else npz.write
    encoder = Encoder(repeat=named)
    if path is not None:
        write_atomically(path, lambda file: form(obj, file, encoder))
    else:
        form(obj, f, encoder)


def load(
    f: Any,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool | None = None,
    mmap: bool | None = None,
    **ignored: Any,
) -> Any:
    """Read what `save` wrote, from a path or a binary file (PyTorch's page torch.load).

    Other files that are read: npz files of np.savez and safetensors files, as tensors by name; and what torch.save
    wrote of tensors, numbers and strings in dicts, lists and tuples, such as a state_dict.

    No code runs, whatever `weights_only` says. `map_location`: "cpu", or None; a function, or a dict of devices, is
    taken too, for everything is on the CPU here. mmap=True is refused: files are read as a whole.

    Errors: RuntimeError names a file that is damaged, or holds what cannot be read; OSError one that cannot be opened.
    """
    unpickled(pickle_module, ignored, {"encoding"})
    if mmap:
        raise NotImplementedError("load: mmap=True is not supported: a file is read as a whole; leave it out")
    locations = map_location.values() if isinstance(map_location, dict) else (map_location,)
    for location in locations:
        as_device(None if callable(location) else location)
    if isinstance(f, (str, os.PathLike)):
        with open(f, "rb") as file:
            return read(file, os.fspath(f), map_location)
    if not hasattr(f, "read"):
        raise TypeError(f"load: expected a path or a binary file, got {type(f).__name__}")
    file = f if getattr(f, "seekable", lambda: False)() else BytesIO(f.read())
    return read(file, getattr(f, "name", "the file"), map_location)


def unpickled(pickle_module: Any, options: dict, known: set) -> None:
    """Refuse what only a pickle could do."""
    if pickle_module is not None:
        raise NotImplementedError("pickle_module is not supported: nothing is pickled here; leave it out")
    if unknown := sorted(set(options) - known):
        raise TypeError(f"unexpected argument {unknown[0]!r}")


def read(file: IO[bytes], name: Any, map_location: Any) -> Any:
    """The object in a file; the first bytes say of which form it is."""
    start = file.tell()
    head = file.read(9)
    file.seek(start)
    try:
        if head[:2] == b"PK":
            with zipfile.ZipFile(file) as archive:
                if any(part.endswith("/data.pkl") for part in archive.namelist()):
                    return pytorch.read(archive, map_location)
                return npz.read(archive)
        if head[8:] == b"{":
            return safetensors_file.read(file.read())
    except ImportError:
        raise
    except Exception as error:  # whatever a damaged file makes of the code that reads it
        what = error if type(error) in SPOKEN else f"{type(error).__name__}: {error}"
        raise RuntimeError(f"load: {name} is damaged, or holds what cannot be read: {what}") from error
    if head[:1] == b"\x80":
        raise RuntimeError(
            f"load: {name} is a pickle, which could run any code, and is not read. If PyTorch wrote it, save it there "
            "in the usual form, torch.save(state_dict, path), or with safetensors.torch.save_file"
        )
    raise RuntimeError(f"load: {name} is damaged, or neither an npz nor a safetensors file nor one of torch.save")

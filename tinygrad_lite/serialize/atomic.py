"""A file is replaced as a whole or not at all."""

import contextlib
import os
import secrets
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import IO


def write_atomically(path: Path, fill: Callable[[IO[bytes]], None]) -> None:
    """Let `fill` write a temporary file beside `path`, then put it in its place; on failure leave nothing.

    The content is on the disk before the rename, and the rename before this returns: whenever the process or the
    machine stops, `path` is the old file or the new one. (A process that is killed leaves its `.part` file behind.)
    What is not an ordinary file, such as a pipe, is written directly.
    """
    path = path.resolve()  # through a link, so that the link stays one
    if path.exists() and not path.is_file():
        content = BytesIO()
        fill(content)
        path.write_bytes(content.getbuffer())
        return
    part = path.with_name(f".{path.name[:60]}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    except FileNotFoundError:
        raise FileNotFoundError(f"save: there is no directory {path.parent}: make it first") from None
    try:
        with open(handle, "wb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            os.chmod(part, path.stat().st_mode & 0o777)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    with contextlib.suppress(OSError):  # some systems do not open directories; there the rename is as safe as it gets
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

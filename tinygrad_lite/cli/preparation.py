"""What must be there before a training starts: whoever waits for one should not learn of it afterwards."""

import importlib
import subprocess
import tempfile
from pathlib import Path

import tinygrad_lite as tl

from .settings import JobError


def require_extras() -> None:
    """Complain about packages that the pictures and the progress bar need, naming the command that installs them."""
    absent = []
    for name in ("matplotlib", "tqdm"):
        try:
            importlib.import_module(name)
        except ImportError:
            absent.append(name)
    if absent:
        raise JobError(
            f'{" and ".join(absent)} cannot be imported; install what the jobs need: pip install "tinygrad_lite[demo]"'
        )
    try:
        tl.draw(tl.ones(1, requires_grad=True) * 2).svg()  # the surest test of a renderer is to draw
    except (ImportError, OSError, subprocess.SubprocessError) as error:
        raise JobError(str(error)) from error


def require_folder(out: Path, names: list[str]) -> None:
    """Make the folder of the results, unless it exists, and see that files of these names can be written there."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise JobError(f"--out {out}: cannot write there: {error.strerror}") from error
    for name in names:
        if (out / name).is_dir():
            raise JobError(f"--out {out}: there is a folder named {name}, where a file of the results belongs")


def require_mnist(folder: Path | None) -> list[tl.Tensor]:
    """MNIST's training images and labels, test images and labels; downloaded only if no folder is named."""
    if folder is not None and not folder.is_dir():
        raise JobError(f"--data {folder}: there is no such folder")
    try:
        arrays = tl.datasets.mnist(folder, download=folder is None)
    except FileNotFoundError as error:
        raise JobError(f"--data: {error}; leave out --data to download MNIST") from error
    except (OSError, ValueError) as error:
        raise JobError(str(error)) from error
    for name, images in (("training", arrays.train_images), ("test", arrays.test_images)):
        if len(images) == 0:
            raise JobError(f"--data {folder}: there are no {name} images in the files")
    return list(arrays)

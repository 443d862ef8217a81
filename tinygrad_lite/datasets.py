"""The data of the reports: points in and around a disk, and MNIST's handwritten digits.

MNIST comes as four files in the IDX format of Yann LeCun's page "The MNIST database of handwritten digits": a magic
number (two zero bytes, 8 for unsigned bytes, the number of dimensions), each size as a big-endian 32-bit integer, then
the values, the last index running fastest.
"""

import math
import os
import sys
import time
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np

from .operation import result
from .random import rand
from .serialize import write_atomically
from .tensor import Tensor

RADIUS = 1 / math.sqrt(2 * math.pi)  # of the disk of area ½

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
FILES = {  # the original files and their MD5 sums: training images and labels, test images and labels
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}
PAUSES = (0, 1, 4)  # seconds before each round through the mirrors
TIMEOUT = 30  # seconds that a mirror may be silent


def disk(n: int = 1000, generator=None, radius: float = RADIUS) -> tuple[Tensor, Tensor]:
    """Points xᵢ uniform in [0,1]², with label 1 where |xᵢ − (½,½)| < radius, else 0.

    The radius 1/√(2π) makes the disk's area ½, so that the two classes are equally likely. It is the test set of the
    EPFL deep learning mini-projects (EE-559, project 2: a framework without autograd); some reports took radius ½.

    Returns the points, float32 (n, 2), and the labels, int64 (n,). Raises ValueError for a negative n, or a radius
    that is not positive.

    >>> import tinygrad_lite as tl
    >>> points, labels = tl.datasets.disk(200, tl.Generator().manual_seed(0))
    >>> points.shape, labels.shape
    (torch.Size([200, 2]), torch.Size([200]))
    """
    if n < 0:
        raise ValueError(f"disk: n is the number of points, got {n}")
    if not radius > 0:
        raise ValueError(f"disk: the radius must be positive, got {radius}")
    points = rand(n, 2, generator=generator)
    inside = np.square(points.array - np.float32(0.5)).sum(1) < radius * radius
    return points, result(inside.astype(np.int64))


class MNIST(NamedTuple):
    """MNIST's four tensors; unpack them, or take them by name."""

    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor


def mnist(root: str | os.PathLike | None = None, download: bool = True) -> MNIST:
    """Handwritten digits: 60,000 images of 28×28 pixels to train on, 10,000 to test with (LeCun et al. 1998).

    root      the folder of the four IDX files, gzipped or not, as train-images-idx3-ubyte[.gz] or
              train-images.idx3-ubyte[.gz], and so on; a folder in which torchvision keeps MNIST/raw will do too.
              None: $XDG_CACHE_HOME/tinygrad_lite/mnist, where XDG_CACHE_HOME is ~/.cache unless set.
    download  fetch files that are absent (11 MB for all four); False: say which are absent

    Returns (train_images, train_labels, test_images, test_labels): images are uint8 (n, 28, 28) from 0, white paper,
    to 255, black ink; labels are int64 (n,) from 0 to 9. Networks want `images.float() / 255`.

    A download is checked against the original's MD5 sum, and appears in the folder whole or not at all. Files that are
    there already are checked for their form: magic number, sizes, length, an image for each label. So another data set
    in MNIST's form (Fashion-MNIST, a part of MNIST) may stand in the folder.

    Raises ValueError for a damaged file, FileNotFoundError for an absent one, NotADirectoryError for a root that is a
    file, ConnectionError when no mirror delivers. Each names the file, and says what to do.

    >>> import tinygrad_lite as tl
    >>> images, labels, *test = tl.datasets.mnist()                     # doctest: +SKIP
    >>> images.shape, labels[:4]                                        # doctest: +SKIP
    (torch.Size([60000, 28, 28]), tensor([5, 0, 4, 1]))
    """
    folder = cache() if root is None else Path(root)
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"mnist: {folder} is a file; root names the folder of the four files")
    absent = [name for name in FILES if _find(folder, name) is None]
    if absent and not download:
        raise FileNotFoundError(f"mnist: {folder} lacks {', '.join(absent)}; put them there, or allow the download")
    for name in absent:
        _keep(folder / name, _download(name, folder))

    arrays = []
    for images, labels in (list(FILES)[:2], list(FILES)[2:]):
        arrays += _read_pair(_found(folder, images), _found(folder, labels))
    return MNIST(*map(result, arrays))


def cache() -> Path:
    """Where `mnist` keeps its files when no root is named."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "tinygrad_lite" / "mnist"


def read_idx(path: str | os.PathLike, dimensions: int) -> np.ndarray:
    """The array of unsigned bytes in an IDX file, gzipped or not; a ValueError names a file that is not one."""
    import gzip  # late, like the other modules that only files and downloads need: the package imports fast
    import zlib

    path = Path(path)
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":  # gzip's magic number: browsers unpack files without renaming them
        try:
            data = gzip.decompress(data)
        except (EOFError, OSError, zlib.error) as error:
            raise ValueError(f"{path}: truncated or damaged (gzip: {error}); delete it and fetch it again") from None
    header = 4 + 4 * dimensions
    if data[:4] != bytes((0, 0, 8, dimensions)):
        raise ValueError(
            f"{path}: its magic number is 0x{data[:4].hex()}, not 0x0000080{dimensions}: "
            f"it is not an IDX file of unsigned bytes with {dimensions} dimensions"
        )
    shape = tuple(int(size) for size in np.frombuffer(data[4:header].ljust(header - 4, b"\0"), ">u4"))
    expected = header + math.prod(shape)
    if len(data) != expected:
        raise ValueError(
            f"{path}: truncated or damaged: its header promises {expected} bytes for the shape {shape}, "
            f"but there are {len(data)}; delete it and fetch it again"
        )
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape).copy()  # a copy can be written to


def _read_pair(images_path: Path, labels_path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images and their labels, once they are seen to belong together."""
    images, labels = read_idx(images_path, 3), read_idx(labels_path, 1)
    if images.shape[1:] != (28, 28):
        raise ValueError(f"{images_path}: its images are {images.shape[1]}×{images.shape[2]}, not 28×28")
    if len(images) != len(labels):
        raise ValueError(f"{images_path} holds {len(images)} images, but {labels_path} {len(labels)} labels")
    if labels.size and labels.max() > 9:
        raise ValueError(f"{labels_path}: label {labels.max()} is not a digit")
    return images, labels.astype(np.int64)


def _find(folder: Path, name: str) -> Path | None:
    """The file that stands for the original `name`, under one of the names that are in use, or None."""
    stem = name.removesuffix(".gz")
    for place in (folder, folder / "MNIST" / "raw"):
        for candidate in (stem, name, stem.replace("-idx", ".idx"), name.replace("-idx", ".idx")):
            if (place / candidate).is_file():
                return place / candidate
    return None


def _found(folder: Path, name: str) -> Path:
    path = _find(folder, name)
    if path is None:
        raise FileNotFoundError(f"mnist: {folder / name} has vanished")
    return path


def _download(name: str, folder: Path) -> bytes:
    """The original file `name` from the first mirror that delivers it."""
    from http.client import HTTPException

    failures = {}
    for pause in PAUSES:
        time.sleep(pause)
        for mirror in MIRRORS:
            try:
                return _fetch(mirror + name, FILES[name])
            except (OSError, HTTPException) as error:
                failures[mirror + name] = str(error) or type(error).__name__
    reasons = "; ".join(f"{url}: {reason}" for url, reason in failures.items())
    raise ConnectionError(
        f"mnist: the download of {name} failed ({reasons}). Either try again, or fetch {', '.join(FILES)} by other "
        f"means and put them into {folder}"
    )


def _fetch(url: str, md5: str) -> bytes:
    """The content behind a URL, if it is what the checksum says."""
    import hashlib
    from urllib.request import urlopen

    with urlopen(url, timeout=TIMEOUT) as response:
        length = int(response.headers.get("Content-Length") or 0)
        data = bytearray()
        with _progress(url, length) as progress:
            while chunk := response.read(1 << 16):
                data += chunk
                progress.update(len(chunk))
    if len(data) < length:
        raise OSError(f"the connection ended after {len(data)} of {length} bytes")
    found = hashlib.md5(data, usedforsecurity=False).hexdigest()
    if found != md5:
        raise OSError(f"its MD5 sum is {found}, not {md5}: this is not the original file")
    return bytes(data)


def _keep(path: Path, content: bytes) -> None:
    """Make a file appear, whole."""

    def fill(file: IO[bytes]) -> None:
        file.write(content)

    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, fill)


class _Line:
    """Stands for a progress bar where tqdm is not installed: one line, then silence."""

    def __init__(self, url: str, length: int):
        print(f"downloading {url} ({length / 1e6:.1f} MB)", file=sys.stderr)

    def update(self, count: int) -> None:
        pass

    def __enter__(self) -> "_Line":
        return self

    def __exit__(self, *error: object) -> None:
        pass


def _progress(url: str, length: int):
    """A progress bar over `length` bytes, if tqdm is there to draw it."""
    try:
        from tqdm import tqdm
    except ImportError:
        return _Line(url, length)
    return tqdm(total=length or None, unit="B", unit_scale=True, desc=url.rpartition("/")[2])

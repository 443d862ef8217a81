"""MNIST for the reports: as rows of standardized pixels, from a folder that no page or run names."""

import os
import struct
from functools import lru_cache
from pathlib import Path

import numpy as np

import tinygrad_lite as tl

VARIABLE = "TINYGRAD_LITE_MNIST"  # the environment reaches every worker process


def use(folder: Path) -> None:
    """Take the digits from this folder from now on."""
    os.environ[VARIABLE] = str(folder)


def load() -> tuple[tl.Tensor, tl.Tensor, tl.Tensor, tl.Tensor]:
    """Training rows (n, 784) and labels, test rows and labels; a pixel is (value − mean)/std of all training pixels."""
    return _load(os.environ.get(VARIABLE))


@lru_cache(1)
def _load(folder: str | None) -> tuple[tl.Tensor, tl.Tensor, tl.Tensor, tl.Tensor]:
    data = tl.datasets.mnist(folder, download=folder is None)
    train, test = data.train_images.float().flatten(1), data.test_images.float().flatten(1)
    mean, std = train.mean(), train.std()
    return (train - mean) / std, data.train_labels, (test - mean) / std, data.test_labels


def write_synthetic(folder: Path, train: int = 300, test: int = 100) -> None:
    """Files in MNIST's form for a quick test: ten smooth random pictures, each with noise, stand for the ten digits."""
    random = np.random.default_rng(0)
    prototypes = random.random((10, 7, 7)).repeat(4, axis=1).repeat(4, axis=2)
    folder.mkdir(parents=True, exist_ok=True)
    for part, count in (("train", train), ("t10k", test)):
        labels = np.arange(count, dtype=np.uint8) % 10
        images = np.clip(prototypes[labels] * 200 + random.normal(0, 20, (count, 28, 28)), 0, 255).astype(np.uint8)
        for name, array in ((f"{part}-images-idx3-ubyte", images), (f"{part}-labels-idx1-ubyte", labels)):
            header = bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
            (folder / name).write_bytes(header + array.tobytes())

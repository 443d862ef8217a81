"""Modules that PyTorch has and this library has not, and what to use instead: the error of a missing name says it."""

from typing import Any

ONE_PROCESS = "there is one process and one CPU"

ABSENT = {
    "Container": "use Sequential, ModuleList or ModuleDict",
    "CrossMapLRN2d": "use LocalResponseNorm",
    "DataParallel": f"{ONE_PROCESS}: use the module itself",
    "FractionalMaxPool2d": "its random regions are left out; use MaxPool2d or AdaptiveMaxPool2d",
    "FractionalMaxPool3d": "its random regions are left out; use MaxPool3d or AdaptiveMaxPool3d",
    "LinearCrossEntropyLoss": "use Linear and CrossEntropyLoss",
    "LinearCrossEntropyOptions": "use Linear and CrossEntropyLoss",
    "SyncBatchNorm": f"{ONE_PROCESS}: use BatchNorm1d, BatchNorm2d or BatchNorm3d",
    "parallel": f"{ONE_PROCESS}: use the module itself",
    "quantized": "there are no quantized tensors",
}


def missing(name: str) -> Any:
    """Raise the error of a name that `nn` does not have; it is the package's `__getattr__`."""
    why = ABSENT.get(name)
    raise AttributeError(f"module 'tinygrad_lite.nn' has no attribute {name!r}" + (f": {why}" if why else ""))

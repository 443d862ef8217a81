"""The same call in this library and in PyTorch, however strange: what is not the same, and what an error says."""

import re
import traceback
import warnings
from pathlib import Path

import numpy as np

import tinygrad_lite

PACKAGE = str(Path(tinygrad_lite.__file__).parent)
TESTS = str(Path(__file__).parent)
KINDS = (IndexError, ValueError, TypeError, AttributeError, RuntimeError)


def derivatives(lib, outputs, inputs, seed):
    """The derivatives of Σ g·y over the outputs y that have any, with the same random g for both libraries."""
    random = np.random.default_rng(seed)
    seeds = [random.standard_normal(tuple(y.shape)) for y in outputs]
    pairs = [(y, lib.tensor(g, dtype=y.dtype)) for y, g in zip(outputs, seeds, strict=True) if y.requires_grad]
    if not pairs:
        return []
    found = lib.autograd.grad([y for y, _ in pairs], inputs, [g for _, g in pairs], allow_unused=True)
    return [lib.zeros(()) if d is None else d + 0 for d in found]


def outcome(lib, call):
    """The tensors that a call gives, or the error that it raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = call()
        except Exception as error:
            return error
    many = value if isinstance(value, (tuple, list)) else (value,)
    return [y for y in many if isinstance(y, lib.Tensor)]


def difference(ours, theirs, rtol=1e-4, atol=1e-5):
    """None if two outcomes are the same; else what is not. Of errors, the kinds are compared."""
    if isinstance(ours, Exception) and isinstance(theirs, Exception):
        same = isinstance(ours, kind_of(theirs)) or accidental(ours, theirs)
        return None if same else f"{shown(ours)} | {shown(theirs)}"
    if isinstance(ours, Exception) or isinstance(theirs, Exception):
        return f"{shown(ours)} | {shown(theirs)}"
    if len(ours) != len(theirs):
        return f"{len(ours)} tensors | {len(theirs)}"
    for a, b in zip(ours, theirs, strict=True):
        a, b = a.detach().numpy(), b.detach().numpy()
        if (a.shape, a.dtype) != (b.shape, b.dtype):
            return f"{a.dtype}{a.shape} | {b.dtype}{b.shape}"
        whole = np.isfinite(b) & (np.abs(b) > 1) if b.dtype.kind == "f" else np.zeros(())
        scale = np.abs(b[whole]).max(initial=1) if b.dtype.kind == "f" else 0
        if not np.allclose(a, b, rtol=rtol, atol=atol * scale, equal_nan=True):
            return f"{a.ravel()[:9]} | {b.ravel()[:9]}"
    return None


def kind_of(error):
    """The class by which a program would catch an error of PyTorch's; NotImplementedError is a RuntimeError."""
    return next((kind for kind in KINDS if isinstance(error, kind)), type(error))


def accidental(ours, theirs):
    """Whether PyTorch's IndexError is of its own code, asking a tensor for the size of a dimension that it lacks.

    Such a shape is a RuntimeError where PyTorch has thought of it, and so it is here.
    """
    asked = re.match(r"Dimension (out of range|specified as)|tuple index out of range", str(theirs))
    return bool(asked) and isinstance(theirs, IndexError) and isinstance(ours, tinygrad_lite.errors.ShapeError)


def shown(outcome):
    if isinstance(outcome, Exception):
        return f"{type(outcome).__name__}: {str(outcome)[:160]}"
    return str([tuple(y.shape) for y in outcome])


def fault(error):
    """What is wrong with an error of ours: every one is raised by the package itself, and names an operation."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.endswith("/sizes.py")]
    frame = frames[-1]
    if frame.filename.startswith(TESTS):
        return None  # the call itself went wrong, before it came to us: x.shape[1] of a vector
    if not frame.filename.startswith(PACKAGE) or not str(frame.line).startswith("raise"):
        return f"raised by the line {frame.filename}:{frame.lineno}: {frame.line}: {shown(error)}"
    if not re.match(r"[\w.]+(\(\))?(: | missing )", str(error)):
        return f"names no operation: {shown(error)}"
    return None

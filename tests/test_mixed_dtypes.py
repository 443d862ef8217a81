"""Operations on two tensors, or a tensor and a number, of unlike dtypes: PyTorch's dtype and values, or its error."""

from itertools import product

import numpy as np
import pytest
from strange import difference, fault, outcome
from table import comparison, elementwise

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)

DTYPES = ("float32", "float64", "float16", "int64", "int32", "int16", "int8", "uint8", "bool")
SHAPES = (((2, 3), (3,)), ((2, 3), ()), ((), (3,)), ((), ()))
NUMBERS = (2, -3, 2.5, True, False)

# Operation: (PyTorch's error, why there is none here).
BEYOND = {"sub": ("with a bool tensor is not supported", "a float less a bool is a float; only bools among themselves")}


def array(dtype, shape, seed):
    random = np.random.default_rng(seed)
    return np.asarray(random.integers(0 if dtype == "bool" else 1, 2 if dtype == "bool" else 5, shape), dtype)


def operands():
    """Pairs of arrays and numbers, in both orders."""
    for a, b in product(DTYPES, DTYPES):
        for s, t in SHAPES:
            yield array(a, s, 1), array(b, t, 2)
    for dtype, number, shape in product(DTYPES, NUMBERS, ((2, 3), ())):
        if dtype != "uint8" or number != -3:  # that PyTorch wraps negative numbers around is not imitated
            yield array(dtype, shape, 1), number
        if dtype != "uint8" or number == 2.5:  # some rows negate their first operand
            yield number, array(dtype, shape, 1)


def wrong(row, pair):
    """What is wrong with ours, or None."""
    ours = outcome(tl, lambda: row.call(tl, *[tl.tensor(x) if isinstance(x, np.ndarray) else x for x in pair]))
    theirs = outcome(
        torch, lambda: row.call(torch, *[torch.tensor(x) if isinstance(x, np.ndarray) else x for x in pair])
    )
    if not isinstance(ours, Exception) and isinstance(theirs, (TypeError, NotImplementedError)):
        return None  # a number where PyTorch takes tensors alone, or a dtype that it leaves out
    if isinstance(ours, Exception) and isinstance(theirs, TypeError):
        return fault(ours)  # a number that was taken, and found wrong
    if not isinstance(ours, Exception) and isinstance(theirs, Exception) and row.name in BEYOND:
        return None if BEYOND[row.name][0] in str(theirs) else f"{row.name}: {theirs}"
    half = any(getattr(x, "dtype", None) == np.float16 for x in pair)
    return difference(ours, theirs, 2e-3 if half else 1e-5) or (isinstance(ours, Exception) and fault(ours)) or None


PAIRS = [row for row in (*elementwise.ROWS, *comparison.ROWS) if row.torch is True and len(row.shapes[0]) == 2]


@pytest.mark.parametrize("name", sorted({row.name for row in PAIRS}))
def test_mixed_dtypes(name):
    found = []
    for i, row in enumerate(row for row in PAIRS if row.name == name):
        for pair in operands():
            text = wrong(row, pair)
            if text:
                kinds = [f"{x.dtype}{x.shape}" if isinstance(x, np.ndarray) else repr(x) for x in pair]
                found.append(f"row {i} of {' and '.join(kinds)}: {text}")
    assert not found, "\n".join(found)


def test_unequal_to_what_is_no_tensor():
    for lib in (tl, torch):
        x = lib.tensor([3.0])
        assert (x == [3.0]) is False
        assert (x != [3.0]) is True
        assert (x == None) is False  # noqa: E711
        assert (x != "a") is True

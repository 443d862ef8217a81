"""Every row of the table on shapes that it was not written for, in this library and in PyTorch.

Both give the same values and derivatives, or both raise an error of the same kind; ours names the operation, and never
comes from NumPy.
"""

import re
import zlib

import numpy as np
import pytest
from strange import derivatives, difference, fault, outcome
from table import ROWS

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)

SHAPES = ((), (1,), (0,), (3,), (2, 3), (0, 3), (3, 3), (2, 1, 3), (2, 3, 4), (1, 2, 3, 3))
TRIES = 4

NOTHING = "PyTorch looks at neither shapes nor dimensions where there are no elements"

# Operation: (a pattern of the difference, why it is right). The differences of one reason apart from NOTHING.
TOLERATED = {
    "sub": ("gradient: expected the coordinates", "PyTorch differentiates also at too few or too many points"),
    "eigen": ("an eigenvalue is complex", "there are no complex numbers"),
    "eigvals": ("an eigenvalue is complex", "there are no complex numbers"),
    "searchsorted": (r"(?s)^\[\d.* \| \[\d", "the row sorts a vector; in what is not sorted, no place is right"),
    "view_of_bits": (r"stride\(-1\) must be 1", "PyTorch refuses strides also of no elements"),
    "resample": (
        r"(?s)^\[.*\| \[.*e[+-]\d\d",
        "PyTorch shows memory as it finds it, padded around by less than nothing",
    ),
}
UNSEEN = {"attention", "batch_norm", "cat", "dropout", "roll", "max_pool", "one_hot"}  # where NOTHING is seen


def compared(row, arrays):
    """What is wrong with ours, or None; and PyTorch's outcome."""
    inputs = [[lib.tensor(x, requires_grad=row.differentiable) for x in arrays] for lib in (tl, torch)]
    ours = outcome(tl, lambda: row.call(tl, *inputs[0]))
    theirs = outcome(torch, lambda: row.call(torch, *inputs[1]))
    text = difference(ours, theirs) or (isinstance(ours, Exception) and fault(ours))
    for x, array in zip(inputs[0], arrays, strict=True):
        if x._version or x.grad is not None or not np.array_equal(x.detach().numpy(), array):
            text = "the call has changed an input"
    if text or isinstance(ours, Exception) or not row.differentiable:
        return text, theirs
    slopes = outcome(tl, lambda: derivatives(tl, ours, inputs[0], 0))
    expected = outcome(torch, lambda: derivatives(torch, theirs, inputs[1], 0))
    if isinstance(expected, Exception) and not isinstance(slopes, Exception):
        return None, theirs  # PyTorch has no derivative, or not with this broadcasting
    if expected == []:  # of what depends on nothing; where it is computed all the same, it is 0
        expected = [torch.zeros(tuple(d.shape)) for d in slopes]
    elif slopes == []:
        slopes = [tl.zeros(tuple(d.shape)) for d in expected]
    return difference(slopes, expected, 1e-3, 1e-4), theirs


def strange_inputs(row, number):
    """Arrays of random shapes, the same for every run."""
    random = np.random.default_rng(zlib.crc32(f"{row.name} {number}".encode()))
    shapes = [SHAPES[i] for i in random.integers(0, len(SHAPES), len(row.shapes[0]))]
    return [np.asarray(random.uniform(*row.domain, shape), np.float32) for shape in shapes]


def tolerated(name, arrays, theirs, text):
    if name in UNSEEN and not isinstance(theirs, Exception) and any(x.size == 0 for x in arrays):
        return True
    return name in TOLERATED and re.search(TOLERATED[name][0], text)


@pytest.mark.parametrize("name", sorted({row.name for row in ROWS if row.torch is True}))
def test_strange_shapes(name):
    wrong = []
    for i, row in enumerate(row for row in ROWS if row.name == name and row.torch is True):
        for t in range(TRIES):
            arrays = strange_inputs(row, i * TRIES + t)
            text, theirs = compared(row, arrays)
            if text and not tolerated(name, arrays, theirs, text):
                wrong.append(f"row {i} on {[x.shape for x in arrays]}: {text}")
    assert not wrong, "\n".join(wrong)

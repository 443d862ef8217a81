"""Every row of the table on views: transposed, every other element, backwards, and repeated without a copy.

How its elements lie in memory changes neither values, nor dtypes, nor derivatives of what is made of a tensor.
"""

import re

import numpy as np
import pytest
from conftest import draw
from strange import derivatives, difference, outcome
from table import ROWS

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)

# A layout: the memory for an array, and the view of the memory (or of a tensor of it) that shows the array.


def every_other(view):
    for d in range(view.ndim):
        view = view[(slice(None),) * d + (slice(1, None, 2),)]
    return view


def spaced(x):
    memory = np.full([2 * n for n in x.shape], 7, x.dtype)
    every_other(memory)[...] = x
    return memory


def repeated(memory):
    return memory[:1].expand(memory.shape) if memory.ndim and 0 not in memory.shape else memory


LAYOUTS = {
    "transposed": (lambda x: x.T.copy(), lambda memory: memory.permute(tuple(range(memory.ndim))[::-1])),
    "every other": (spaced, every_other),
    "repeated": (lambda x: x, repeated),
    "backwards": (lambda x: x, lambda memory: memory),
}
# Relative; absolute, of values; absolute, of derivatives.
TOLERANCE = {np.float32: (1e-4, 1e-5, 2e-3), np.float64: (1e-9, 1e-11, 1e-9)}

STRIDES = {"view", "view_of_bits", "shown"}  # whether there is a view, and of what, is a question of strides
SHUFFLED = {"dropout"}  # random numbers come in the order of memory, here and in PyTorch
ACCIDENTAL = "view size is not compatible|grad_input must be contiguous"  # PyTorch's own code forgets a contiguous()


def leaves(lib, row, arrays, layout):
    """Tensors that require a gradient, and views of them that show the arrays."""
    make, view = LAYOUTS[layout]
    tensors = [lib.tensor(make(x)) for x in arrays]
    if layout == "backwards" and lib is tl:  # PyTorch has no negative strides
        tensors = [tl.from_numpy(np.flip(np.flip(x).copy()) if x.ndim else x.copy()) for x in arrays]
    for t in tensors:
        t.requires_grad_(row.differentiable)
    return tensors, [view(t) for t in tensors]


def values_and_derivatives(lib, row, tensors, views):
    outputs = outcome(lib, lambda: row.call(lib, *views))
    if isinstance(outputs, Exception) or not row.differentiable:
        return outputs, []
    return outputs, outcome(lib, lambda: derivatives(lib, outputs, tensors, 0))


def compared(row, layout, dtype):
    """What is wrong with the row in a layout, or None."""
    arrays = draw(row, max(row.shapes, key=lambda shapes: sum(map(len, shapes))), dtype)
    if layout == "repeated":
        arrays = [np.repeat(x[:1], len(x), 0) if x.ndim else x for x in arrays]
    rtol, atol, slack = TOLERANCE[dtype]
    ours, slopes = values_and_derivatives(tl, row, *leaves(tl, row, arrays, layout))
    theirs, expected = values_and_derivatives(torch, row, *leaves(torch, row, arrays, layout))
    accident = any(isinstance(e, RuntimeError) and re.search(ACCIDENTAL, str(e)) for e in (theirs, expected))
    if accident or ("nanmedian" in row.call.__code__.co_names and layout == "repeated"):  # PyTorch's is wrong there
        theirs, expected = ours, slopes
    plain = outcome(tl, lambda: row.call(tl, *map(tl.tensor, arrays)))
    return (
        difference(ours, theirs, rtol, atol)
        or difference(slopes, expected, rtol, slack)
        or (row.name not in SHUFFLED and difference(ours, plain, rtol, atol))
        or None
    )


@pytest.mark.parametrize(
    ("layout", "dtype"),
    [
        ("transposed", np.float32),
        ("transposed", np.float64),
        ("every other", np.float64),
        ("repeated", np.float64),
        ("backwards", np.float32),
    ],
)
@pytest.mark.parametrize("name", sorted({row.name for row in ROWS if row.torch is True} - STRIDES))
def test_layouts(name, layout, dtype):
    wrong = []
    for i, row in enumerate(row for row in ROWS if row.name == name and row.torch is True):
        text = compared(row, layout, dtype)
        if text:
            wrong.append(f"row {i}: {text}")
    assert not wrong, "\n".join(wrong)

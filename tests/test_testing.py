"""assert_close finds what the reference finds, and says it in the same words."""

import doctest
import re

import numpy as np
import pytest

import tinygrad_lite as tl

PAIRS = [
    "t([1.0, 2.0, 3.0]), t([1.0, 2.1, 3.0])",
    "t([1.0, 2.0]), t([1.0, 2.000001])",
    "t([1.0, 2.0]), t([1.0, 2.0, 3.0])",
    "t([1.0, 2.0]), t([1.0, 2.0]).double()",
    "t([1.0, 2.0]).double(), t([1.0, 2.0 + 1e-6]).double()",
    "t([1, 2]), t([1, 3])",
    "t([1.0, 2.0]).half(), t([1.0, 2.01]).half()",
    "t([True]), t([False])",
    "t([[1.0, 2.0], [3.0, 4.0]]), t([[1.0, 2.0], [3.0, 5.0]])",
    "t([]), t([])",
    "t([float('nan')]), t([float('nan')])",
    "t([float('inf'), -float('inf')]), t([float('inf'), -float('inf')])",
    "t(2.0), t(1.0)",
    "1.0, 1.1",
    "1.0, 1.0 + 1e-9",
    "3, 4",
    "1, 1.0",
    "True, True",
    "True, False",
    "None, None",
    "t([1.0]), None",
    "t(1.0), 1.0",
    "'a', 'a'",
    "np.ones(2), np.ones(2)",
    "np.ones(2), np.zeros(2)",
    "np.ones(2), t([1.0, 1.0])",
    "[t(1.0), t(2.0)], [t(1.0), t(3.0)]",
    "[1], [1, 2]",
    "(1, [2.0, 3.0]), (1, [2.0, 4.0])",
    "{'a': t(1.0)}, {'b': t(1.0)}",
    "{'a': [t([1.0])]}, {'a': [t([2.0])]}",
    "t([1.0, 2.0]), t([1.0, 2.1]), rtol=0.1, atol=0.0",
    "t([1.0, 2.0]), t([1.0, 2.1]), rtol=0.1",
    "t([1.0]), t([1.0]).double(), check_dtype=False",
    "t([1]), t([1.0]), check_dtype=False",
    "t([float('nan')]), t([float('nan')]), equal_nan=True",
    "t([1.0]), t([2.0]), msg='other'",
    "t([1.0]), t([2.0]), msg=lambda words: 'more ' + words",
    "t([[1.0, 2.0]]).T, t([[1.0], [2.0]]), check_stride=True",
]


def outcome(lib, arguments):
    try:
        eval(f"lib.testing.assert_close({arguments})", {"lib": lib, "t": lib.tensor, "np": np})
    except (AssertionError, TypeError, ValueError) as error:
        return type(error), str(error)
    return None


def test_examples():
    assert doctest.testmod(tl.testing).failed == 0


@pytest.mark.parametrize("arguments", PAIRS)
def test_as_the_reference(arguments):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    ours, theirs = outcome(tl, arguments), outcome(torch, arguments)
    assert (ours is None) == (theirs is None)
    if ours is None:
        return
    assert ours[0] is theirs[0]
    if ours[0] is AssertionError and "attribute" not in ours[1]:
        number = r"\d+\.\d+(?:e-?\d+)?|nan|inf"
        assert re.sub(number, "#", ours[1]) == re.sub(number, "#", theirs[1])
        a, b = (np.array(re.findall(number, words[1]), float) for words in (ours, theirs))
        np.testing.assert_allclose(a, b, rtol=1e-3)


def test_parts_of_an_update():
    """The kind of line that it is for."""
    w = tl.ones(3, requires_grad=True)
    (w * w).sum().backward()
    tl.testing.assert_close(w.grad, 2 * w.detach())
    with pytest.raises(AssertionError, match=r"2 / 3 \(66.7%\)"):
        tl.testing.assert_close(w.grad, tl.tensor([2.0, 3.0, 4.0]))

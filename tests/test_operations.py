"""Every operation's derivatives against finite differences, to the second order, from one table."""

import inspect

import numpy as np
import pytest
from conftest import draw
from table import ROWS, cases, label

import tinygrad_lite as tl
from tinygrad_lite import nn as nn  # its files define operations too
from tinygrad_lite.operation import OPERATIONS

# Operations that no row can call by themselves, each with its reason.
WITHOUT_ROW = {
    "gamma_slope": "how random numbers move at a fixed quantile: tests/test_distributions.py",
    "dirichlet_slope": "how random numbers move at a fixed quantile: tests/test_distributions.py",
    "to_dtype": "float64 inputs keep their dtype in gradchecks: tests/test_dtypes.py checks it",
}


def flat(outputs):
    """The floating-point tensors among the outputs of a call."""
    many = outputs if isinstance(outputs, (tuple, list)) else (outputs,)
    return [y for y in many if isinstance(y, tl.Tensor) and y.is_floating_point()]


def test_every_operation_has_a_row():
    missing = set(OPERATIONS) - {row.name for row in ROWS} - set(WITHOUT_ROW)
    assert not missing, f"operations without a row in tests/table: {sorted(missing)}"


def test_every_row_names_an_operation():
    assert not {row.name for row in ROWS} - set(OPERATIONS)


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_docstring_states_the_mathematics(name):
    """The first line is the value and, where there is one, the differential: it is shown in drawings."""
    operation = OPERATIONS[name]
    first = (inspect.getdoc(operation) or "").splitlines()[0]
    assert "=" in first, f"{name}: the first line of its docstring is no formula: {first!r}"
    if operation.kind != "constant":
        assert "d" in first.split("        ")[-1], f"{name}: no differential in {first!r}"


DIFFERENTIABLE = [case for case in cases() if case[0].differentiable]


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=label)
def test_first_derivative(case):
    row, shapes = case
    inputs = [tl.tensor(x, requires_grad=True) for x in draw(row, shapes, np.float64)]
    assert tl.autograd.gradcheck(lambda *x: flat(row.call(tl, *x)), inputs)


@pytest.mark.parametrize("case", [case for case in DIFFERENTIABLE if case[0].order >= 2], ids=label)
def test_second_derivative(case):
    row, shapes = case
    inputs = [tl.tensor(x, requires_grad=True) for x in draw(row, shapes, np.float64)]
    assert tl.autograd.gradgradcheck(lambda *x: flat(row.call(tl, *x)), inputs)


@pytest.mark.parametrize("case", DIFFERENTIABLE, ids=label)
def test_create_graph_gives_the_same_first_derivative(case):
    """The pullback run on tensors, and on arrays, is one function."""
    row, shapes = case
    found = []
    for create_graph in (False, True):
        inputs = [tl.tensor(x, requires_grad=True) for x in draw(row, shapes, np.float64)]
        outputs = [y for y in flat(row.call(tl, *inputs)) if y.requires_grad]
        seeds = [tl.ones_like(y) for y in outputs]
        found.append(tl.autograd.grad(outputs, inputs, seeds, create_graph=create_graph, allow_unused=True))
    for plain, lifted in zip(*found, strict=True):
        assert (plain is None) == (lifted is None)
        if plain is not None:
            np.testing.assert_allclose(plain.numpy(), lifted.detach().numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("case", cases(), ids=label)
def test_bare_arrays_give_bare_arrays(case):
    """Without a gradient the value is the same, and nothing is recorded."""
    row, shapes = case
    arrays = draw(row, shapes, np.float64)
    recorded = flat(row.call(tl, *[tl.tensor(x, requires_grad=row.differentiable) for x in arrays]))
    plain = flat(row.call(tl, *[tl.tensor(x) for x in arrays]))
    for a, b in zip(recorded, plain, strict=True):
        assert not b.requires_grad
        np.testing.assert_array_equal(a.detach().numpy(), b.numpy())

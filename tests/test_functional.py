"""autograd.functional: jacobian, hessian, and products with vectors."""

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite.autograd.functional import hessian, hvp, jacobian, jvp, vhp, vjp


def numbers(*values):
    return tl.tensor(list(values), dtype=tl.float64)


def curved(x):
    """A map from three numbers to two, with a full Jacobian."""
    return tl.stack([x[0] * x[1] * x[2], (x * x).sum().sin()])


def columns(f, x, step=1e-6):
    """The Jacobian by central differences."""
    units = np.eye(x.numel())
    moved = [(f(tl.tensor(x.numpy() + step * u)) - f(tl.tensor(x.numpy() - step * u))).numpy() for u in units]
    return np.stack(moved, -1) / (2 * step)


def test_jacobian_against_differences():
    x = numbers(0.5, -1.0, 2.0)
    expected = columns(curved, x)
    assert expected.shape == (2, 3)
    for options in ({}, {"vectorize": True}, {"vectorize": True, "strategy": "forward-mode"}, {"create_graph": True}):
        np.testing.assert_allclose(jacobian(curved, x, **options).detach().numpy(), expected, rtol=1e-7)


def test_products_against_the_jacobian():
    x, u, v = numbers(0.5, -1.0, 2.0), numbers(3, -1), numbers(1, 2, -3)
    matrix = jacobian(curved, x).numpy()
    y, product = vjp(curved, x, u)
    np.testing.assert_array_equal(y.numpy(), curved(x).numpy())
    np.testing.assert_allclose(product.numpy(), u.numpy() @ matrix, rtol=1e-12)
    y, product = jvp(curved, x, v)
    np.testing.assert_array_equal(y.numpy(), curved(x).numpy())
    np.testing.assert_allclose(product.numpy(), matrix @ v.numpy(), rtol=1e-12)


def test_hessian_against_the_jacobian_of_the_gradient():
    def f(x):
        return (curved(x) ** 2).sum()

    x, v = numbers(0.5, -1.0, 2.0), numbers(1, 2, -3)
    expected = columns(lambda x: vjp(f, x)[1], x)
    matrix = hessian(f, x)
    np.testing.assert_allclose(matrix.numpy(), expected, rtol=1e-6)
    np.testing.assert_allclose(matrix.numpy(), matrix.numpy().T, rtol=1e-12)
    forward = hessian(f, x, vectorize=True, outer_jacobian_strategy="forward-mode")
    np.testing.assert_allclose(forward.numpy(), matrix.numpy(), rtol=1e-12)
    np.testing.assert_allclose(hvp(f, x, v)[1].numpy(), matrix.numpy() @ v.numpy(), rtol=1e-12)
    np.testing.assert_allclose(vhp(f, x, v)[1].numpy(), v.numpy() @ matrix.numpy(), rtol=1e-12)


def test_tuples_in_and_out():
    x, y = numbers(1, 2), numbers(3, 4, 5)
    found = jacobian(lambda x, y: (x.sum() * y, x * 2), (x, y))
    assert [[tuple(block.shape) for block in row] for row in found] == [[(3, 2), (3, 3)], [(2, 2), (2, 3)]]
    np.testing.assert_array_equal(found[1][1].numpy(), np.zeros((2, 3)))
    blocks = hessian(lambda x, y: x.sum() * (y * y).sum(), (x, y))
    np.testing.assert_array_equal(blocks[0][1].numpy(), np.tile(2 * y.numpy(), (2, 1)))
    np.testing.assert_array_equal(blocks[1][1].numpy(), 6 * np.eye(3))


def test_results_have_a_history_only_when_asked():
    x = numbers(1, 2).requires_grad_()
    assert not jacobian(lambda x: x**3, x).requires_grad
    found = jacobian(lambda x: x**3, x, create_graph=True)
    found.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [6, 12])
    assert not vjp(lambda x: x**3, x, x)[0].requires_grad
    assert hvp(lambda x: (x**4).sum(), x, x.detach(), create_graph=True)[1].requires_grad


def test_under_no_grad_and_captured_tensors():
    """Recording goes on inside; and a tensor that the function captures by itself is a constant."""
    x = numbers(1, 2).requires_grad_()
    with tl.no_grad():
        np.testing.assert_array_equal(jacobian(lambda t: t * x, x).numpy(), np.diag([1, 2]))


def test_empty_and_scalar():
    assert jacobian(lambda x: x**2, tl.ones(0)).shape == (0, 0)
    assert jacobian(lambda x: x.sum(), tl.ones(0)).shape == (0,)
    assert jacobian(lambda x: x**2, tl.tensor(3.0)).item() == 6
    assert hessian(lambda x: x**3, tl.tensor(2.0)).item() == 12
    assert vjp(lambda x: x**3, tl.tensor(2.0))[1].item() == 12
    assert jvp(lambda x: x**3, tl.tensor(2.0))[1].item() == 12


def test_independent_outputs_are_zeros_or_refused():
    x = numbers(1, 2)
    constant = lambda x: tl.ones(2, dtype=tl.float64)  # noqa: E731
    np.testing.assert_array_equal(jacobian(constant, x).numpy(), np.zeros((2, 2)))
    np.testing.assert_array_equal(hessian(lambda x: x.sum(), x).numpy(), np.zeros((2, 2)))
    for f in (jacobian, hessian, vjp, jvp, hvp, vhp):
        with pytest.raises(RuntimeError, match="strict"):
            f(lambda x: tl.ones(1, dtype=tl.float64), numbers(1), strict=True)
    with pytest.raises(RuntimeError, match="independent"):
        hessian(lambda x: x.sum(), x, strict=True)
    with pytest.raises(RuntimeError, match="input 1"):
        vjp(lambda x, y: x.sum(), (x, x), strict=True)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: jacobian(lambda x: x, 3.0), TypeError, "inputs must be .* type float"),
        (lambda: jacobian(lambda x: 3.0, tl.ones(2)), TypeError, "outputs .* type float"),
        (lambda: jacobian(lambda x, y: x, (tl.ones(2), 3)), TypeError, "index 1 has type int"),
        (lambda: vjp(lambda x: x, tl.ones(2)), RuntimeError, "v can only be None"),
        (lambda: jvp(lambda x: x, tl.ones(2)), RuntimeError, "v can only be None"),
        (lambda: vjp(lambda x: x, tl.ones(2), tl.ones(3)), RuntimeError, r"should be \(2,\) but got \(3,\)"),
        (lambda: vjp(lambda x: x, tl.ones(2), (tl.ones(2), tl.ones(2))), RuntimeError, "a single Tensor"),
        (lambda: jvp(lambda x, y: x, (tl.ones(2), tl.ones(2)), tl.ones(2)), RuntimeError, "should be 2 but got 1"),
        (lambda: hessian(lambda x: x, tl.ones(2)), RuntimeError, "single element"),
        (lambda: hvp(lambda x: (x.sum(),), tl.ones(2), tl.ones(2)), RuntimeError, "single Tensor"),
        (lambda: jacobian(lambda x: x, tl.ones(2), strategy="sideways"), AssertionError, "reverse-mode"),
        (lambda: jacobian(lambda x: x, tl.ones(2), strategy="forward-mode"), NotImplementedError, "vectorize"),
        (
            lambda: jacobian(lambda x: x, tl.ones(2), strict=True, vectorize=True),
            RuntimeError,
            "not supported together",
        ),
    ],
)
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()

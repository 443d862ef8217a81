"""Linear algebra against PyTorch, beyond the table: signs, what a driver returns, kinds of error, odd arguments."""

import warnings

import numpy as np
import pytest

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")


def both(call):
    """What the call gives with each library, a tensor or several, or the kind of its error."""
    found = []
    for lib in (tl, torch):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                y = call(lib)
        except (RuntimeError, IndexError, TypeError, ValueError) as error:
            found.append(error)
        else:
            found.append([t.detach().numpy() for t in (y if isinstance(y, tuple) else (y,))])
    return found


@pytest.mark.parametrize("shape", [(3, 3), (6, 4), (7, 5), (9, 5), (11, 6), (5, 7), (30, 4), (40, 30)])
def test_signs_are_those_of_the_same_routine(shape, random):
    """QR's always. Those of singular vectors where the iteration is short and the matrix not much wider than high."""
    x = random.standard_normal((3, *shape))
    for name, arguments in (("qr", ()), ("qr", ("complete",)), ("svd", (False,)), ("svd", (True,))):
        if name == "svd" and min(shape) > 8:
            continue
        ours = getattr(tl.linalg, name)(tl.tensor(x), *arguments)
        theirs = getattr(torch.linalg, name)(torch.tensor(x), *arguments)
        for a, b in zip(ours, theirs, strict=True):
            free = name == "svd" and a.shape[-2:] == (max(shape),) * 2  # the columns that complete U or V
            a, b = (y[..., : min(shape), : min(shape)] if free else y for y in (a.numpy(), b.numpy()))
            np.testing.assert_allclose(a, b, atol=1e-9)


def test_derivative_of_symmetric_eigenvectors_is_symmetric_too(random):
    x = random.standard_normal((4, 4))
    g = random.standard_normal((4, 4))
    found = []
    for lib in (tl, torch):
        leaf = lib.tensor(x + x.T, requires_grad=True)
        abs(lib.linalg.eigh(leaf)[1]).backward(lib.tensor(g))
        found.append(leaf.grad.numpy())
    np.testing.assert_allclose(*found, atol=1e-10)


@pytest.mark.parametrize("driver", ["gels", "gelsd", "gelss"])
@pytest.mark.parametrize(("a", "b"), [((4, 2), (4, 3)), ((2, 4), (2, 3)), ((5, 4, 2), (5, 4, 3)), ((4, 2), (4,))])
def test_least_squares_returns_what_the_driver_computes(driver, a, b, random):
    a, b = random.standard_normal(a), random.standard_normal(b)
    ours, theirs = both(lambda lib: tuple(lib.linalg.lstsq(lib.tensor(a), lib.tensor(b), driver=driver)))
    for x, y in zip(ours, theirs, strict=True):
        assert x.dtype == y.dtype
        np.testing.assert_allclose(x, y, atol=1e-12)


CALLS = [
    lambda lib: lib.linalg.vander(lib.tensor([1, 2, 3])),
    lambda lib: lib.linalg.vander(lib.tensor([[1.0, 2], [3, 4]]), N=3),
    lambda lib: lib.linalg.vander(lib.tensor([1.0]), N=0),
    lambda lib: lib.vander(lib.tensor([1, 2, 3])),
    lambda lib: lib.vander(lib.tensor([1, 2, 3]), 0),
    lambda lib: lib.vander(lib.tensor([1, 2, 3]), 1),
    lambda lib: lib.cross(lib.arange(9).reshape(3, 3), lib.ones(3, 3, dtype=lib.int64)),
    lambda lib: lib.cross(lib.ones(2, 3), lib.ones(2, 3), dim=0),
    lambda lib: lib.linalg.cross(lib.ones(2, 3), lib.ones(1, 3).double()),
    lambda lib: lib.linalg.norm(lib.ones(2, 3, 4)),
    lambda lib: lib.linalg.norm(lib.ones(2, 3, 4), dim=(0, 1)),
    lambda lib: lib.linalg.norm(lib.ones(2, 3), 3),
    lambda lib: lib.linalg.norm(lib.ones(3), "fro"),
    lambda lib: lib.linalg.norm(lib.ones(2, 3), 1, dim=1),
    lambda lib: lib.linalg.norm(lib.ones(2, 3), 1, dim=(1, 0), dtype=lib.float64),
    lambda lib: lib.linalg.vector_norm(lib.tensor([1.0, 0, 2]), 0),
    lambda lib: lib.linalg.vector_norm(lib.tensor([1.0, -2]), -2),
    lambda lib: lib.linalg.vector_norm(lib.tensor([0.0, -2]), -2),
    lambda lib: lib.linalg.vector_norm(lib.tensor([1.0, -2]), -float("inf"), keepdim=True),
    lambda lib: lib.linalg.vector_norm(lib.zeros(0), float("inf")),
    lambda lib: lib.linalg.vector_norm(lib.zeros(2, 0), -1, dim=1),
    lambda lib: lib.linalg.vector_norm(lib.zeros(2, 0), float("inf"), dim=0),
    lambda lib: lib.linalg.vector_norm(lib.ones(2), dtype=lib.float64),
    lambda lib: lib.norm(lib.ones(2, 3), "nuc"),
    lambda lib: lib.norm(lib.ones(2, 3), "nuc", dim=0),
    *[
        lambda lib, shape=shape, p=p: lib.linalg.matrix_norm(lib.zeros(shape), p)
        for shape in ((0, 3), (3, 0), (2, 0, 3))
        for p in ("fro", "nuc", 1, 2, float("inf"))
    ],
    lambda lib: lib.linalg.cond(lib.zeros(0, 3)),
    lambda lib: lib.linalg.cond(lib.zeros(2, 2)),
    lambda lib: lib.linalg.cond(lib.eye(2), 3),
    lambda lib: lib.linalg.cond(lib.ones(2, 3), 1),
    lambda lib: lib.linalg.matrix_rank(lib.ones(2, 2), 0.5),
    lambda lib: lib.linalg.matrix_rank(lib.ones(2, 2), tol=3.0),
    lambda lib: lib.linalg.matrix_rank(lib.ones(2, 2), atol=lib.tensor(0.5), rtol=lib.tensor(0.1)),
    lambda lib: lib.linalg.matrix_rank(lib.zeros(2, 0, 0)),
    lambda lib: lib.linalg.pinv(lib.ones(2, 2), 0.5),
    lambda lib: lib.linalg.pinv(lib.ones(2, 2), rcond=1e-3),
    lambda lib: lib.linalg.pinv(lib.diag(lib.tensor([1.0, 2.0])), atol=1.5),
    lambda lib: lib.linalg.matrix_power(lib.tensor([[1, 1], [0, 1]]), 6),
    lambda lib: lib.linalg.matrix_power(lib.ones(2, 2, dtype=lib.int64), -1),
    lambda lib: lib.linalg.matrix_power(lib.ones(2, 2), 0),
    lambda lib: lib.chain_matmul(lib.ones(2, 3), lib.ones(3, 2), lib.ones(2, 1)),
    lambda lib: lib.chain_matmul(lib.ones(2, 3)),
    lambda lib: lib.linalg.multi_dot([lib.ones(2), lib.ones(2, 3), lib.ones(3)]),
    lambda lib: lib.vdot(lib.ones(2), lib.ones(3)),
    lambda lib: lib.inner(lib.ones(2, 3), lib.tensor(2.0)),
    lambda lib: lib.kron(lib.ones(2, dtype=lib.int64), lib.tensor(2.5)),
    lambda lib: lib.block_diag(lib.ones(2), lib.tensor(3), lib.ones(2, 1)),
    lambda lib: lib.block_diag(),
    lambda lib: lib.combinations(lib.arange(4), 0),
    lambda lib: lib.combinations(lib.arange(3), 4),
    lambda lib: lib.cartesian_prod(lib.arange(2)),
    lambda lib: lib.cartesian_prod(lib.arange(2), lib.ones(2)),
    lambda lib: lib.cov(lib.tensor([[1, 2, 3], [3, 4, 5]])),
    lambda lib: lib.cov(lib.tensor([True, False])),
    lambda lib: lib.cov(lib.ones(1, 1)),
    lambda lib: lib.corrcoef(lib.tensor([1.0, 2.0])),
    lambda lib: lib.cdist(lib.ones(30, 3), lib.zeros(2, 3), compute_mode="donot_use_mm_for_euclid_dist"),
    lambda lib: lib.cdist(lib.ones(2, 3), lib.tensor([[1.0, 2, 1]]), 0),
    lambda lib: lib.cdist(lib.ones(2, 3), lib.ones(2, 3), compute_mode="x"),
    lambda lib: lib.cdist(lib.ones(2, 3, dtype=lib.int64), lib.ones(2, 3, dtype=lib.int64)),
    lambda lib: lib.addr(lib.ones(2, 3, dtype=lib.int64), lib.ones(2), lib.ones(3)),
    lambda lib: lib.linalg.solve(lib.ones(2, 3, 3), lib.ones(2, 3)),
    lambda lib: lib.linalg.solve(lib.ones(2, 2, 2) + lib.eye(2), lib.ones(2, 2)),
    lambda lib: lib.triangular_solve(lib.ones(2, 1), lib.tensor([[2.0, 1], [5, 3]])),
    lambda lib: lib.triangular_solve(lib.ones(2, 1), lib.tensor([[2.0, 1], [5, 3]]), False, True, True),
    lambda lib: lib.lu_solve(lib.ones(2, 1), *lib.linalg.lu_factor(lib.tensor([[2.0, 1], [5, 3]]))),
    lambda lib: tuple(lib.linalg.lu(lib.tensor([[1.0, 2], [3, 4], [5, 7]]))),
    lambda lib: tuple(lib.linalg.lu_factor_ex(lib.ones(2, 2))),
    lambda lib: tuple(lib.qr(lib.tensor([[1.0, 2], [3, 4], [5, 7]]), some=False)),
    lambda lib: lib.linalg.diagonal(lib.arange(24).reshape(2, 3, 4), offset=1, dim1=0),
    lambda lib: lib.linalg.tensorinv(lib.eye(4).reshape(4, 2, 2), ind=1),
    lambda lib: lib.linalg.lstsq(lib.eye(3), lib.ones(3, 2), driver="nothing"),
]


@pytest.mark.parametrize("call", CALLS, ids=range(len(CALLS)))
def test_the_same_value_or_the_same_kind_of_error(call):
    ours, theirs = both(call)
    if isinstance(theirs, Exception):
        assert isinstance(ours, type(theirs) if type(theirs) in (IndexError, TypeError, ValueError) else RuntimeError)
        return
    assert not isinstance(ours, Exception), ours
    for x, y in zip(ours, theirs, strict=True):
        assert (x.shape, x.dtype) == (y.shape, y.dtype)
        np.testing.assert_allclose(x, y, rtol=1e-5, atol=1e-6)


def test_every_name_of_torch_linalg():
    """What is missing has to do with LAPACK's factors of symmetric matrices, and a text."""
    missing = {"ldl_factor", "ldl_factor_ex", "ldl_solve", "common_notes"}
    names = {name for name in dir(torch.linalg) if not name.startswith("_")}
    assert names - set(tl.linalg.__all__) == missing

"""Linear algebra beyond the table: refusals, singular matrices, repeated eigenvalues, higher orders, large matrices."""

import numpy as np
import pytest

import tinygrad_lite as tl

TRIVIAL = {"inv": 1, "cholesky": 1, "det": 1, "slogdet": 1, "eigh": 1, "eigvalsh": 1, "matrix_exp": 1, "solve": 2}


def matrix(random, *shape, near=0.0):
    return tl.tensor(random.standard_normal(shape) + near * np.eye(*shape[-2:]), requires_grad=True)


# --- refusals ---


@pytest.mark.parametrize(("name", "count"), TRIVIAL.items())
def test_only_square_matrices_of_floats(name, count):
    call = getattr(tl.linalg, name)
    for wrong, words in (
        (tl.ones(2, 3), "batches of square matrices, but they are 2 by 3"),
        (tl.ones(3), "at least 2 dimensions"),
        (tl.ones(2, 2, dtype=tl.int64), "Expected a floating point tensor"),
    ):
        with pytest.raises(RuntimeError, match=f"linalg.{name}.*{words}"):
            call(*(wrong,) * count)


def test_singular_matrices_are_named():
    singular = tl.stack((tl.eye(2), tl.ones(2, 2)))
    for call in (
        tl.linalg.inv,
        lambda x: tl.linalg.solve(x, tl.ones(2, 2, 1)),
        lambda x: tl.linalg.matrix_power(x, -1),
    ):
        with pytest.raises(tl.linalg.LinAlgError, match=r"Batch element 1\).*singular.*linalg.pinv") as caught:
            call(singular)
        assert isinstance(caught.value, RuntimeError)
    with pytest.raises(tl.linalg.LinAlgError, match=r"linalg.inv: The diagonal element 2 is zero"):
        tl.inverse(tl.ones(2, 2))


def test_matrices_that_are_not_positive_definite_are_named():
    x = tl.eye(4)
    x[2, 2] = -1.0
    for upper in (False, True):
        with pytest.raises(tl.linalg.LinAlgError, match=r"linalg.cholesky: The fact.*minor of order 3 is not positive"):
            tl.linalg.cholesky(x, upper=upper)


@pytest.mark.parametrize("name", ["svd", "svdvals", "eigh", "eigvalsh", "pinv", "eig"])
def test_nan_does_not_converge(name):
    with pytest.raises(tl.linalg.LinAlgError, match=r"failed to converge.*non-finite"):
        getattr(tl.linalg, name)(tl.full((2, 2), float("nan")))


def test_complex_eigenvalues_are_refused():
    turn = tl.tensor([[0.0, -1.0], [1.0, 0.0]])
    for call in (tl.linalg.eig, tl.linalg.eigvals):
        with pytest.raises(tl.linalg.LinAlgError, match=r"an eigenvalue is complex, 0\+1j, and there are no complex"):
            call(turn)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: tl.linalg.solve(tl.eye(3), tl.ones(2)), "Incompatible shapes of A and B for the equation AX = B"),
        (lambda: tl.linalg.solve(tl.eye(3), tl.ones(3), left=False), "for the equation XA = B"),
        (lambda: tl.linalg.solve(tl.eye(3), tl.ones(3).double()), "the same dtype"),
        (lambda: tl.linalg.solve(tl.ones(2, 3, 3), tl.ones(4, 3, 1)), "linalg.solve: the batches"),
        (lambda: tl.linalg.solve_triangular(tl.eye(3), tl.ones(2, 2), upper=True), "Incompatible shapes"),
        (lambda: tl.linalg.solve_triangular(tl.ones(2, 1, 1), tl.ones(3, 1, 1), upper=True), "the batches"),
        (lambda: tl.linalg.qr(tl.eye(3), "full"), "unrecognized mode 'full'"),
        (lambda: tl.linalg.eigh(tl.eye(3), "X"), "Expected UPLO argument to be 'L' or 'U'"),
        (lambda: tl.linalg.svd(tl.eye(3), driver="gesvd"), "only supported on CUDA"),
        (lambda: tl.linalg.lstsq(tl.eye(3), tl.eye(3), driver="x"), "should be one of"),
        (lambda: tl.linalg.lstsq(tl.ones(3, 2), tl.ones(2, 2)), "3 and 2 rows"),
        (lambda: tl.linalg.lstsq(tl.ones(3, 2), tl.ones(5, 3, 2)), "greater or equal to other.dim"),
        (lambda: tl.linalg.matrix_norm(tl.eye(3), 3), "Order 3 not supported"),
        (lambda: tl.linalg.matrix_norm(tl.eye(3), dim=(0, 0)), "dims must be different"),
        (lambda: tl.linalg.norm(tl.ones(2, 2, 2), 2), "must be 1D or 2D. Got 3D"),
        (lambda: tl.linalg.norm(tl.ones(2, 2), "fro", dim=0), "dim must be a 2-tuple"),
        (lambda: tl.linalg.vector_norm(tl.ones(2, 0), float("inf"), dim=1), "does not have an identity"),
        (lambda: tl.linalg.vector_norm(tl.ones(2, dtype=tl.int64)), "Expected a floating point tensor"),
        (lambda: tl.linalg.cond(tl.eye(2), 3), "invalid norm type: 3"),
        (lambda: tl.linalg.multi_dot([tl.eye(2)]), "at least 2 tensors"),
        (lambda: tl.linalg.multi_dot([tl.eye(2), tl.eye(3)]), "cannot be multiplied"),
        (lambda: tl.linalg.multi_dot([tl.eye(2), tl.ones(2), tl.eye(2)]), "tensor 1 must be 2D"),
        (lambda: tl.linalg.cross(tl.ones(2, 4), tl.ones(2, 4)), "must have length 3"),
        (lambda: tl.linalg.cross(tl.ones(2, 3), tl.ones(3)), "the same number of dimensions"),
        (lambda: tl.cross(tl.ones(2, 2), tl.ones(2, 2)), "no dimension of size 3"),
        (lambda: tl.linalg.tensorinv(tl.ones(2, 3)), "prod"),
        (lambda: tl.linalg.tensorsolve(tl.ones(2, 3), tl.ones(2)), "prod"),
        (lambda: tl.linalg.vander(tl.ones(3), N=1), "N must be greater than 1"),
        (lambda: tl.linalg.lu_factor(tl.ones(2, 2)), "is zero and using it on lu_solve"),
        (lambda: tl.linalg.lu(tl.eye(2), pivot=False), "without pivoting"),
        (lambda: tl.inner(tl.ones(2, 3), tl.ones(2)), "the last dimension must match"),
        (lambda: tl.block_diag(tl.ones(1, 1, 1)), "2 or fewer dimensions"),
        (lambda: tl.combinations(tl.ones(2), -1), "non-negative"),
        (lambda: tl.cartesian_prod(tl.ones(2, 2)), "1D vector"),
        (lambda: tl.cdist(tl.ones(2, 3), tl.ones(2, 4)), "the same number of columns"),
        (lambda: tl.cdist(tl.ones(2, 3), tl.ones(2, 3), -1.0), "non-negative p"),
        (lambda: tl.cov(tl.ones(2, 2, 2)), "two or fewer dimensions"),
        (lambda: tl.cov(tl.ones(1, 2), fweights=tl.ones(2)), "integral dtype"),
        (lambda: tl.addmv(tl.ones(2), tl.eye(2), tl.eye(2)), "addmv: expects 2-D and 1-D"),
    ],
)
def test_refusals(call, words):
    with pytest.raises(RuntimeError, match=words):
        call()


def test_free_columns_of_q_have_no_derivative():
    x = tl.ones(3, 1, requires_grad=True)
    Q, _ = tl.linalg.qr(x, "complete")
    with pytest.raises(RuntimeError, match="not differentiable when mode='complete' and nrows > ncols"):
        Q.sum().backward()


# --- singular matrices ---


def test_ex_forms_report_instead_of_raising():
    x = tl.stack((tl.eye(2), tl.ones(2, 2))).requires_grad_()
    inverse, info = tl.linalg.inv_ex(x)
    assert info.tolist() == [0, 2]
    assert info.dtype == tl.int32
    np.testing.assert_array_equal(inverse.detach().numpy(), [np.eye(2), np.full((2, 2), np.nan)])
    inverse[0].sum().backward()
    np.testing.assert_array_equal(x.grad.numpy()[0], -np.ones((2, 2)))
    assert tl.linalg.solve_ex(x, tl.ones(2)).info.tolist() == [0, 2]
    L, info = tl.linalg.cholesky_ex(tl.stack((4 * tl.eye(2), -tl.eye(2))))
    assert info.tolist() == [0, 1]
    np.testing.assert_array_equal(L.numpy(), [2 * np.eye(2), np.full((2, 2), np.nan)])
    for call in (tl.linalg.inv_ex, lambda x, **how: tl.linalg.solve_ex(x, tl.ones(2), **how)):
        with pytest.raises(tl.linalg.LinAlgError):
            call(x, check_errors=True)
    with pytest.raises(tl.linalg.LinAlgError):
        tl.linalg.cholesky_ex(-tl.eye(2), check_errors=True)
    factors, pivots, info = tl.linalg.lu_factor_ex(tl.ones(2, 2))
    assert (factors.tolist(), pivots.tolist(), info.item()) == ([[1, 1], [1, 0]], [1, 2], 2)


def test_the_determinant_of_a_singular_matrix_has_a_derivative(random):
    left, right = random.standard_normal((2, 4, 4))
    for rank in (4, 3, 2):
        x = tl.tensor(left[:, :rank] @ right[:rank], requires_grad=True)
        assert tl.autograd.gradcheck(tl.det, (x,))
    x = tl.tensor([[1.0, 2.0], [2.0, 4.0]], dtype=tl.float64, requires_grad=True)
    x.det().backward()
    np.testing.assert_allclose(x.grad.numpy(), [[4, -2], [-2, 1]], rtol=1e-12)
    x = tl.tensor(np.diag([1.0, 2.0, 0.0]), requires_grad=True)
    assert tl.autograd.gradgradcheck(tl.det, (x,))


def test_logarithms_of_determinants():
    assert tl.linalg.slogdet(tl.ones(2, 2)).logabsdet.item() == -np.inf
    assert tl.logdet(tl.ones(2, 2)).item() == -np.inf
    assert np.isnan(tl.logdet(-tl.eye(3)).item())
    x = tl.ones(2, 2, requires_grad=True)
    with pytest.raises(tl.linalg.LinAlgError, match="singular"):
        tl.logdet(x).backward()


def test_condition_of_singular_matrices():
    assert tl.linalg.cond(tl.zeros(2, 2), 1).item() == np.inf
    both = tl.stack((tl.eye(2), tl.ones(2, 2)))
    np.testing.assert_allclose(tl.linalg.cond(both, "fro").numpy(), [2, np.inf])
    assert tl.linalg.cond(tl.zeros(3, 0, 0)).tolist() == [0, 0, 0]


def test_a_zero_on_the_diagonal_of_a_triangle():
    a = tl.tensor([[0.0, 1.0], [0.0, 2.0]])
    assert tl.linalg.solve_triangular(a, tl.tensor([[1.0], [2.0]]), upper=True).tolist()[1] == [1]
    assert np.isnan(tl.linalg.solve_triangular(a, tl.tensor([[1.0], [2.0]]), upper=True)[0].item())
    assert tl.linalg.solve_triangular(a, tl.tensor([[3.0], [2.0]]), upper=True)[0].item() == np.inf


# --- repeated values ---


def test_repeated_eigenvalues():
    """Their sum has a derivative; their vectors have none, and it says so by not being finite."""
    for call in (tl.linalg.eigvalsh, lambda x: tl.linalg.eigh(x).eigenvalues, tl.linalg.svdvals):
        x = tl.eye(3, requires_grad=True)
        call(x).sum().backward()
        np.testing.assert_allclose(x.grad.numpy(), np.eye(3), atol=1e-6)
    x = tl.eye(3, requires_grad=True)
    (tl.linalg.eigh(x).eigenvectors * tl.arange(9.0).reshape(3, 3)).sum().backward()
    assert not np.isfinite(x.grad.numpy()).all()


def test_the_projector_on_a_repeated_eigenvalue_has_a_derivative():
    def projector(x):
        vectors = tl.linalg.eigh(x + x.mT).eigenvectors[:, :2]
        return vectors @ vectors.mT

    x = tl.tensor(np.diag([1.0, 1.0, 3.0]), requires_grad=True)
    assert tl.autograd.gradcheck(projector, (x,))


def test_nothing_that_was_not_asked_for_spoils_the_derivative():
    """Singular values that are 0 or equal: fine for U·S·V, whose parts alone have no derivative."""
    x = tl.zeros(3, 2, requires_grad=True)
    tl.linalg.svd(x, full_matrices=False).S.sum().backward()
    assert np.isfinite(x.grad.numpy()).all()


# --- higher orders ---


def cubic(call):
    """The third derivative, as a gradcheck of second ones."""

    def second(x):
        (g,) = tl.autograd.grad(call(x).sum(), x, create_graph=True)
        return tl.autograd.grad((g * g).sum(), x, create_graph=True)[0]

    return second


@pytest.mark.parametrize(
    "call",
    [
        lambda x: tl.linalg.inv(x) ** 2,
        lambda x: tl.linalg.det(x),
        lambda x: tl.linalg.slogdet(x)[1] ** 2,
        lambda x: tl.linalg.solve(x, x[0]) ** 2,
        lambda x: tl.linalg.cholesky(x @ x.mT) ** 2,
        lambda x: tl.linalg.eigvalsh(x + x.mT) ** 3,
        lambda x: tl.linalg.eigh(x + x.mT)[1][:, 0] ** 2,
        lambda x: tl.linalg.svd(x)[0][:, 0] ** 2,
        lambda x: tl.linalg.qr(x)[1] ** 2,
        lambda x: tl.linalg.pinv(x[:, :2]) ** 2,
        lambda x: tl.linalg.lstsq(x[:, :2], x).solution ** 2,
        lambda x: tl.linalg.matrix_exp(x / 4) ** 2,
    ],
)
def test_third_derivatives(call, random):
    x = matrix(random, 3, 3, near=0.0)
    x = tl.tensor(x.detach().numpy() / 4 + np.diag([2.0, 3.0, 5.0]), requires_grad=True)
    assert tl.autograd.gradcheck(cubic(call), (x,), eps=1e-5)


# --- values ---


@pytest.mark.parametrize("n", [1, 63, 64, 65, 130, 200])
@pytest.mark.parametrize("upper", [False, True])
def test_triangular_systems_of_every_size(n, upper, random):
    a = random.uniform(-1, 1, (2, n, n)) / n + np.eye(n)
    b = random.standard_normal((n, 3))
    x = tl.linalg.solve_triangular(tl.tensor(a), tl.tensor(b), upper=upper).numpy()
    np.testing.assert_allclose((np.triu if upper else np.tril)(a) @ x, np.broadcast_to(b, x.shape), atol=1e-12)


@pytest.mark.parametrize("shape", [(3, 4), (4, 3), (7, 5), (9, 6), (20, 13), (2, 7, 5), (12, 8), (30, 20)])
@pytest.mark.parametrize("full", [False, True])
def test_singular_values_by_both_routes(shape, full, random):
    x = random.standard_normal(shape)
    U, S, Vh = (y.numpy() for y in tl.linalg.svd(tl.tensor(x), full))
    k = min(shape[-2:])
    np.testing.assert_allclose((U[..., :k] * S[..., None, :]) @ Vh[..., :k, :], x, atol=1e-12)
    np.testing.assert_allclose(
        np.swapaxes(U, -1, -2) @ U, np.broadcast_to(np.eye(U.shape[-1]), (*U.shape[:-2], *U.shape[-1:] * 2)), atol=1e-12
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e-4, 0.02, 0.2, 0.9, 2.0, 5.0, 30.0])
def test_exponentials_of_every_size(size, dtype, random):
    x = random.standard_normal((4, 4))
    x = x - x.T
    x *= size / np.abs(x).sum(0).max()
    values, vectors = np.linalg.eig(x)
    expected = (vectors * np.exp(values) @ np.linalg.inv(vectors)).real
    found = tl.linalg.matrix_exp(tl.tensor(x.astype(dtype)))
    assert found.dtype == dtype
    np.testing.assert_allclose(found.numpy(), expected, atol=50 * np.finfo(dtype).eps)
    both = tl.linalg.matrix_exp(tl.tensor(np.stack((x, x / 100)).astype(dtype)))
    np.testing.assert_allclose(both[0].numpy(), expected, atol=50 * np.finfo(dtype).eps)


def test_exponentials_of_what_is_not_finite():
    y = tl.linalg.matrix_exp(tl.tensor([[[float("nan"), 0.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]]]))
    assert np.isnan(y[0].numpy()).any()
    np.testing.assert_allclose(y[1].numpy(), np.e * np.eye(2), rtol=1e-6)


def test_chains_are_multiplied_in_the_cheapest_order():
    from tinygrad_lite.ops.matrix_functions import cheapest

    assert cheapest([10, 100, 5, 50]) == {(0, 1): 0, (1, 2): 1, (0, 2): 1}  # (AB)C: 7500, not 75000
    sizes = [30, 35, 15, 5, 10, 20, 25]  # the example of Cormen, Leiserson, Rivest and Stein: ((A(BC))((DE)F))
    splits = cheapest(sizes)
    assert (splits[0, 5], splits[0, 2], splits[3, 5]) == (2, 0, 4)


def test_least_squares_of_a_deficient_matrix():
    a = tl.ones(3, 2)
    solution, residuals, rank, values = tl.linalg.lstsq(a, tl.tensor([[1.0], [2.0], [3.0]]), driver="gelsd")
    np.testing.assert_allclose(solution.numpy(), [[1], [1]], rtol=1e-6)  # the shortest
    assert (residuals.numel(), rank.item(), tuple(values.shape)) == (0, 1, (2,))


def test_results_have_names():
    x = 4 * tl.eye(2)
    assert tl.linalg.eigh(x)._fields == ("eigenvalues", "eigenvectors")
    assert tl.linalg.svd(x)._fields == ("U", "S", "Vh")
    assert tl.svd(x)._fields == ("U", "S", "V")
    assert tl.linalg.qr(x)._fields == ("Q", "R")
    assert tl.linalg.slogdet(x)._fields == ("sign", "logabsdet")
    assert tl.linalg.lstsq(x, x)._fields == ("solution", "residuals", "rank", "singular_values")
    assert tl.linalg.lu(x)._fields == ("P", "L", "U")
    x.requires_grad_()
    assert tl.linalg.eigh(x).eigenvectors.grad_fn.name() == "LinalgEighBackward0"
    assert tl.linalg.qr(x).R.grad_fn.name() == "LinalgQrBackward0"


def test_without_vectors_the_older_svd_gives_zeros():
    U, S, V = tl.svd(tl.ones(2, 3), compute_uv=False)
    assert (tuple(U.shape), tuple(S.shape), tuple(V.shape), U.sum().item()) == ((2, 2), (2,), (3, 3), 0)


def test_a_factor_that_was_written_is_refused():
    x = tl.eye(2, requires_grad=True)
    values, vectors = tl.linalg.eigh(x)
    with tl.no_grad():
        vectors.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        values.sum().backward()


def test_numpys_functions_are_recorded():
    x = tl.tensor([[2.0, 1.0], [1.0, 3.0]], requires_grad=True)
    for y in (np.linalg.inv(x), np.linalg.solve(x, x), np.linalg.eigh(x)[0], np.linalg.svd(x)[1], np.kron(x, x)):
        assert isinstance(y, tl.Tensor)
        assert y.requires_grad
    np.testing.assert_allclose(np.linalg.det(x).item(), 5, rtol=1e-6)


def test_empty_products():
    assert tl.linalg.matrix_power(tl.zeros(2, 0, 0), 3).shape == (2, 0, 0)
    assert tl.linalg.det(tl.zeros(2, 0, 0)).tolist() == [1, 1]
    assert tl.linalg.matrix_norm(tl.zeros(0, 3), 2).item() == 0
    assert tl.linalg.matrix_norm(tl.zeros(0, 3), 1).item() == 0
    assert tl.linalg.matrix_norm(tl.zeros(0, 3), float("inf")).item() == 0
    assert tl.block_diag().shape == (1, 0)
    assert tl.combinations(tl.arange(3), 4).shape == (0, 4)
    assert tl.combinations(tl.arange(3), 0).shape == (0,)
    with pytest.warns(UserWarning, match="degrees of freedom"):
        assert np.isnan(tl.cov(tl.tensor(1.0)).item())

"""Rows of linear algebra. Inputs are made well conditioned inside the calls, and what is compared knows no signs."""

from tinygrad_lite.ops.matrices import part, placed

from .row import Row

OVERWRITTEN = "PyTorch's backward refuses: its forward writes into what it saved"
INTERNAL = "PyTorch has no such function: it is a part of another operation"
SQUARE = (((3, 3),), ((2, 2, 2),), ((1, 1),), ((0, 0),), ((2, 0, 0),), ((0, 2, 2),), ((2, 1, 3, 3),))
FEW = (((3, 3),), ((2, 2, 2),))
ANY = (((4, 2),), ((2, 4),), ((3, 3),), ((2, 3, 2),), ((1, 1),))
EMPTY = (((0, 2),), ((2, 0),), ((2, 0, 3),), ((0, 3, 2),))
SYSTEMS = (
    ((3, 3), (3, 2)),
    ((3, 3), (3,)),
    ((2, 3, 3), (2, 3, 2)),
    ((2, 3, 3), (3, 2)),
    ((3, 3), (2, 3, 2)),
    ((2, 3, 3), (2, 3)),
    ((2, 3, 3), (3,)),
    ((2, 1, 2, 2), (3, 2, 1)),
    ((1, 1), (1, 1)),
    ((0, 0), (0, 2)),
    ((2, 2), (2, 0)),
    ((0, 2, 2), (0, 2, 1)),
)
RIGHT = (((3, 3), (2, 3)), ((2, 3, 3), (4, 3)), ((3, 3), (2, 1, 3)), ((0, 0), (2, 0)))


def eye(lib, x):
    return lib.eye(x.shape[-1], dtype=x.dtype)


def real(lib, x):
    """x as floats of 32 or 64 bits: LAPACK takes no others, but PyTorch lets some of them pass."""
    return x if x.dtype in (lib.float32, lib.float64) else x.float()


def regular(lib, x):
    """A matrix near a multiple of the identity."""
    x = real(lib, x)
    return x / max(x.shape[-1], 1) + 3 * eye(lib, x)


def positive(lib, x):
    """A positive definite matrix, for which one triangle is enough: it is symmetric."""
    x = real(lib, x)
    return x @ x.mT / 2 + eye(lib, x)


def graded(lib, x):
    """A matrix with singular values that are apart."""
    x = real(lib, x)
    return x / 5 + lib.eye(*x.shape[-2:], dtype=x.dtype) * lib.arange(1, x.shape[-1] + 1, dtype=x.dtype)


def symmetric(lib, x):
    """A symmetric matrix with eigenvalues that are apart."""
    x = graded(lib, x)
    return x + x.mT


def ordered(lib, x):
    """An upper triangle with eigenvalues that are real and apart."""
    x = real(lib, x)
    return lib.triu(x, 1) + lib.diag_embed(x.diagonal(0, -2, -1) / 5) + lib.arange(1, x.shape[-1] + 1) * eye(lib, x)


def unsigned(factors, *columns):
    """The factors, those numbered made positive column by column: a sign is nobody's business."""
    return [abs(factor) if i in columns else factor for i, factor in enumerate(factors)]


def eig(lib, x):
    """The real eigenvalues and eigenvectors: PyTorch's are complex numbers."""
    values, vectors = lib.linalg.eig(ordered(lib, x))
    return [y if lib.__name__ == "tinygrad_lite" else y.real for y in (values, abs(vectors))]


SOLVE = [
    Row("inv", lambda lib, x: lib.linalg.inv(regular(lib, x)), SQUARE),
    Row("inv", lambda lib, x: regular(lib, x).inverse(), FEW),
    Row("inv", lambda lib, x: lib.inverse(regular(lib, x)), FEW),
    Row("inv", lambda lib, x: lib.linalg.inv_ex(regular(lib, x)), FEW),
    Row("inv", lambda lib, x: lib.linalg.tensorinv(regular(lib, x.reshape(6, 6)).reshape(2, 3, 6)), (((36,),),)),
    Row("inv", lambda lib, x: lib.linalg.matrix_power(regular(lib, x), -2), FEW),
    Row("solve", lambda lib, a, b: lib.linalg.solve(regular(lib, a), real(lib, b)), SYSTEMS),
    Row("solve", lambda lib, a, b: lib.linalg.solve(regular(lib, a), real(lib, b), left=False), RIGHT),
    Row("solve", lambda lib, a, b: lib.linalg.solve_ex(regular(lib, a), real(lib, b)), SYSTEMS[:4]),
    Row(
        "solve",
        lambda lib, a, b: lib.linalg.tensorsolve(regular(lib, a.reshape(6, 6)).reshape(2, 3, 6), real(lib, b)),
        (((36,), (2, 3)),),
    ),
    Row(
        "solve",
        lambda lib, a, b: lib.linalg.tensorsolve(
            regular(lib, a.reshape(6, 6)).reshape(3, 6, 2), real(lib, b), dims=(1,)
        ),
        (((36,), (3, 2)),),
    ),
    *[
        Row(
            "solve_triangular",
            lambda lib, a, b, upper=upper, unit=unit: lib.linalg.solve_triangular(
                regular(lib, a), real(lib, b), upper=upper, unitriangular=unit
            ),
            (((3, 3), (3, 2)), ((2, 3, 3), (3, 2)), ((3, 3), (2, 3, 2)), ((0, 0), (0, 2)), ((2, 2), (2, 0))),
        )
        for upper in (False, True)
        for unit in (False, True)
    ],
    Row(
        "solve_triangular",
        lambda lib, a, b: lib.linalg.solve_triangular(regular(lib, a), real(lib, b), upper=True, left=False),
        RIGHT,
    ),
    Row(
        "solve_triangular",
        lambda lib, a, b: lib.linalg.solve_triangular(
            regular(lib, a), real(lib, b), upper=False, left=False, unitriangular=True
        ),
        RIGHT,
    ),
    Row(
        "solve_triangular",
        lambda lib, a, b: lib.linalg.solve_triangular(
            real(lib, a) / 20 + eye(lib, real(lib, a)), real(lib, b), upper=False
        ),
        (((150, 150), (150, 1)),),
        order=1,
    ),
    Row(
        "solve_triangular",
        lambda lib, b, a: lib.cholesky_solve(real(lib, b), lib.tril(regular(lib, a))),
        (((3, 2), (3, 3)),),
    ),
    Row(
        "solve_triangular",
        lambda lib, b, a: real(lib, b).cholesky_solve(lib.triu(regular(lib, a)), upper=True),
        (((3, 2), (3, 3)),),
    ),
    Row("solve_triangular", lambda lib, a: lib.cholesky_inverse(lib.tril(regular(lib, a))), FEW[:1]),
]

FACTORS = [
    Row("cholesky", lambda lib, x: lib.linalg.cholesky(positive(lib, x)), SQUARE),
    Row("cholesky", lambda lib, x: lib.linalg.cholesky(positive(lib, x), upper=True), FEW),
    Row("cholesky", lambda lib, x: lib.linalg.cholesky_ex(positive(lib, x)), FEW),
    Row("orthogonal_and_triangular", lambda lib, x: lib.linalg.qr(graded(lib, x)), (*ANY, *EMPTY)),
    Row("orthogonal_and_triangular", lambda lib, x: lib.linalg.qr(graded(lib, x), mode="complete"), (((2, 4),),)),
    Row("orthogonal_and_triangular", lambda lib, x: lib.linalg.qr(graded(lib, x), "r")[1], ANY, torch="not there"),
    Row(
        "tril",
        lambda lib, a, t: lib.linalg.householder_product(real(lib, a), real(lib, t)),
        (((4, 3), (3,)), ((4, 3), (2,)), ((2, 3, 3), (2, 3))),
    ),
    Row(
        "complete",
        lambda lib, x: lib.linalg.qr(graded(lib, x), "complete"),
        (((4, 2),), ((2, 3, 2),), ((2, 0),)),
        differentiable=False,
    ),
    Row("elimination", lambda lib, x: lib.linalg.lu_factor(graded(lib, x)), (*ANY, *EMPTY)),
    Row("elimination", lambda lib, x: lib.linalg.lu(x + 5 * lib.eye(*x.shape[-2:], dtype=x.dtype).flip(0)), ANY),
    *[
        Row(
            "elimination",
            lambda lib, a, b, left=left, adjoint=adjoint: lib.linalg.lu_solve(
                *lib.linalg.lu_factor(regular(lib, a).flip(-1)), real(lib, b), left=left, adjoint=adjoint
            ),
            (((3, 3), (3, 3)), ((2, 3, 3), (2, 3, 3))),
        )
        for left in (True, False)
        for adjoint in (True, False)
    ],
]

SPECTRA = [
    Row("symmetric_eigen", lambda lib, x: unsigned(lib.linalg.eigh(symmetric(lib, x)), 1), SQUARE),
    Row("symmetric_eigen", lambda lib, x: unsigned(lib.linalg.eigh(symmetric(lib, x), UPLO="U"), 1), FEW),
    Row("symmetric_eigen", lambda lib, x: lib.linalg.eigh(symmetric(lib, x))[0], FEW),
    Row("eigvalsh", lambda lib, x: lib.linalg.eigvalsh(symmetric(lib, x)), SQUARE),
    Row("eigvalsh", lambda lib, x: lib.linalg.eigvalsh(symmetric(lib, x), "U"), FEW),
    Row("singular", lambda lib, x: unsigned(lib.linalg.svd(graded(lib, x), False), 0, 2), (*ANY, *EMPTY)),
    Row("singular", lambda lib, x: unsigned(lib.svd(graded(lib, x)), 0, 2), ANY),
    Row("singular", lambda lib, x: unsigned(lib.linalg.svd(graded(lib, x))[:2], 0)[1], ANY),
    Row("singular", lambda lib, x: abs(lib.linalg.svd(graded(lib, x))[2])[..., : min(x.shape[-2:]), :], ANY),
    Row("singular_values", lambda lib, x: lib.linalg.svdvals(graded(lib, x)), (*ANY, *EMPTY)),
    Row("singular_values", lambda lib, x: lib.linalg.cond(graded(lib, x)), ANY),
    Row("singular_values", lambda lib, x: lib.linalg.cond(graded(lib, x), -2), ANY),
    Row("eigen", eig, FEW),
    Row("eigvals", lambda lib, x: abs(lib.linalg.eigvals(ordered(lib, x))), FEW),
]

DETERMINANTS = [
    Row("det", lambda lib, x: lib.linalg.det(regular(lib, x)), SQUARE),
    Row("det", lambda lib, x: real(lib, x).det(), (((3, 3),), ((2, 2, 2),), ((0, 0),))),
    Row("sign_and_logarithm", lambda lib, x: lib.linalg.slogdet(regular(lib, x)), SQUARE),
    Row("sign_and_logarithm", lambda lib, x: regular(lib, x).logdet(), FEW),
]

LEAST_SQUARES = [
    Row("pinv", lambda lib, x: lib.linalg.pinv(graded(lib, x)), (*ANY, *EMPTY)),
    Row("pinv", lambda lib, x: lib.linalg.pinv(symmetric(lib, x), hermitian=True), FEW),
    Row("pinv", lambda lib, x: graded(lib, x).pinverse(), ANY),
    Row("pinv", lambda lib, x, y: lib.linalg.pinv(x @ y, rtol=1e-3), (((3, 2), (2, 3)),)),
    Row(
        "least_squares",
        lambda lib, a, b: lib.linalg.lstsq(graded(lib, a), real(lib, b), driver="gelsd")[0],
        (((4, 2), (4, 3)), ((2, 4), (2, 3)), ((3, 3), (3, 1)), ((2, 4, 2), (2, 4, 3)), ((4, 2), (4,))),
    ),
    Row(
        "least_squares",
        lambda lib, a, b: lib.linalg.lstsq(real(lib, a), real(lib, b), driver="gelsd")[:3:2],
        (((4, 2), (4, 3)),),
    ),
    Row("matrix_rank", lambda lib, x: lib.linalg.matrix_rank(graded(lib, x)), (*ANY, *EMPTY), differentiable=False),
    Row("matrix_rank", lambda lib, x: lib.linalg.matrix_rank(x @ x.mT), (((3, 2),),), differentiable=False),
    Row(
        "matrix_rank",
        lambda lib, x: lib.linalg.matrix_rank(x @ x.mT, hermitian=True, rtol=1e-3),
        (((3, 2),), ((2, 3, 1),)),
        differentiable=False,
    ),
    Row("matrix_rank", lambda lib, x: lib.linalg.matrix_rank(x, atol=1.5), ANY, differentiable=False),
]

FUNCTIONS = [
    Row("matrix_exp", lambda lib, x: lib.linalg.matrix_exp(real(lib, x) / 4), SQUARE),
    Row("matrix_exp", lambda lib, x: real(lib, x).matrix_exp(), FEW),
    Row(
        "matrix_exp",
        lambda lib, x: lib.matrix_exp(real(lib, x) * 10.0 ** lib.tensor([[[-3]], [[0.5]]])),
        (((2, 3, 3),),),
    ),
    Row("matmul", lambda lib, x: lib.linalg.matrix_power(x, 5), FEW),
    Row("matmul", lambda lib, x: x.matrix_power(3), FEW),
    Row("matmul", lambda lib, *x: lib.linalg.multi_dot(x), (((2, 3), (3, 4), (4, 1), (1, 2)), ((3,), (3, 2), (2,)))),
    Row("vector_norm", lambda lib, x: lib.linalg.norm(x), (((3, 4),), ((),), ((2, 1, 3),), ((0, 3),))),
    Row("vector_norm", lambda lib, x: lib.linalg.vector_norm(x, 3.5, dim=(0, 1), keepdim=True), (((3, 4),),)),
    Row("vector_norm", lambda lib, x: lib.linalg.norm(x, -2, dim=-1), (((3, 4),),), kinks=(0,), order=1),
    Row("vector_norm", lambda lib, x: lib.linalg.matrix_norm(x, keepdim=True), (((3, 4),), ((2, 3, 4),), ((0, 2),))),
    Row("vector_norm", lambda lib, x: lib.linalg.vector_norm(x, dtype=lib.float64), (((3, 4),),)),
    *[
        Row("sum", lambda lib, x, p=p: lib.linalg.matrix_norm(x, p, dim=(0, -1)), (((3, 4),), ((4, 2, 3),)), kinks=(0,))
        for p in (1, -1, float("inf"), -float("inf"))
    ],
    Row("singular_values", lambda lib, x: lib.linalg.norm(graded(lib, x), 2), (((3, 4),), ((4, 2),))),
    Row("singular_values", lambda lib, x: lib.linalg.matrix_norm(graded(lib, x), -2, keepdim=True), (((2, 3, 4),),)),
    Row("singular_values", lambda lib, x: lib.norm(graded(lib, x), "nuc", dim=(0, 1)), (((3, 4),),)),
    Row("singular_values", lambda lib, x: lib.linalg.norm(graded(lib, x), "nuc", (-1, 0), True), (((3, 4),),)),
    *[
        Row("inv", lambda lib, x, p=p: lib.linalg.cond(regular(lib, x), p), FEW, **how)
        for p in ("fro", "nuc", 1, -float("inf"))
        for how in ({"torch": OVERWRITTEN}, {"differentiable": False})
    ],
]

PRODUCTS = [
    Row(
        "cross",
        lambda lib, a, b: lib.linalg.cross(a, b),
        (((3,), (3,)), ((2, 3), (2, 3)), ((2, 3), (1, 3)), ((0, 3), (0, 3))),
    ),
    Row("cross", lambda lib, a, b: lib.linalg.cross(a, b, dim=0), (((3, 2), (3, 2)), ((3, 2, 3), (3, 1, 3)))),
    Row("cross", lambda lib, a, b: a.cross(b, dim=1), (((2, 3), (2, 3)), ((2, 3, 2), (2, 3, 2)))),
    Row(
        "mul",
        lambda lib, a, b: lib.kron(a, b),
        (((2, 3), (3, 2)), ((2,), (3, 2)), ((2, 1, 2), (2, 3)), ((), (2,)), ((0, 2), (2, 2))),
    ),
    Row("mul", lambda lib, a, b: lib.linalg.vecdot(a, b), (((2, 3), (2, 3)), ((2, 3), (3,)), ((0,), (0,)))),
    Row("mul", lambda lib, a, b: lib.linalg.vecdot(a, b, dim=0), (((2, 3), (2, 3)),)),
    Row("matmul", lambda lib, a, b: lib.inner(a, b), (((2, 3), (4, 3)), ((3,), (3,)), ((2, 2, 3), (3,)), ((), (2,)))),
    Row("matmul", lambda lib, a, b: lib.vdot(a, b), (((3,), (3,)), ((0,), (0,)))),
    Row("matmul", lambda lib, c, a, b: c.addmv(a, b, beta=2, alpha=3), (((2,), (2, 3), (3,)), ((), (2, 3), (3,)))),
    Row(
        "mul",
        lambda lib, c, a, b: lib.addr(real(lib, c), a, b, beta=2, alpha=3),
        (((2, 3), (2,), (3,)), ((3,), (2,), (3,))),
    ),
    Row("matmul", lambda lib, c, a, b: lib.addbmm(c, a, b, beta=3), (((2, 4), (5, 2, 3), (5, 3, 4)),)),
    Row("cat", lambda lib, *x: lib.block_diag(*x), (((2, 3), (1, 2)), ((3,), (), (2, 1)), ((2, 0), (1, 1)))),
    Row("stack", lambda lib, *x: lib.cartesian_prod(*x), (((2,), (3,)), ((2,), (1,), (3,)), ((2,), (0,)))),
    Row("index_select", lambda lib, x: lib.combinations(x), (((4,),), ((1,),))),
    Row("index_select", lambda lib, x: lib.combinations(x, 3, with_replacement=True), (((3,),),)),
    Row("cumprod", lambda lib, x: lib.linalg.vander(x), (((3,),), ((2, 3),))),
    *[
        row
        for how in ({"torch": OVERWRITTEN}, {"differentiable": False})
        for row in (
            Row("cumprod", lambda lib, x: lib.vander(x, 4), (((3,),),), **how),
            Row("cumprod", lambda lib, x: lib.vander(x, increasing=True), (((3,),),), **how),
        )
    ],
    Row("diagonal", lambda lib, x: lib.linalg.diagonal(x, offset=1), (((3, 4),), ((2, 3, 3),))),
    Row(
        "euclidean_distances",
        lambda lib, a, b: lib.cdist(a, b),
        (((2, 3), (4, 3)), ((2, 2, 3), (1, 4, 3)), ((2, 0), (3, 0))),
    ),
    Row("euclidean_distances", lambda lib, a, b: lib.cdist(a, b), (((30, 3), (2, 3)),), order=1),
    Row("vector_norm", lambda lib, a, b: lib.cdist(a, b, 1.5), (((2, 3), (4, 3)),)),
    Row("sum", lambda lib, a, b: lib.cdist(a, b, 1), (((2, 3), (4, 3)),)),
    Row("amax", lambda lib, a, b: lib.cdist(a, b, float("inf")), (((2, 3), (4, 3)),)),
    Row("part", lambda lib, x: part(x, 1, (2, 3)), (((9,),),), torch=INTERNAL),
    Row("placed", lambda lib, x: placed(x, 1, 9), (((2, 3),),), torch=INTERNAL),
]

COVARIANCES = [
    Row("mean", lambda lib, x: lib.cov(x), (((2, 4),), ((4,),), ((1, 3),))),
    Row("mean", lambda lib, x: x.cov(correction=0), (((3, 4),),)),
    Row(
        "sum",
        lambda lib, x: lib.cov(x, fweights=lib.tensor([1, 0, 2]), aweights=lib.tensor([0.5, 1, 2], dtype=x.dtype)),
        (((2, 3),),),
    ),
    Row("clamp", lambda lib, x: lib.corrcoef(x), (((2, 4),),)),
]

ROWS = [*SOLVE, *FACTORS, *SPECTRA, *DETERMINANTS, *LEAST_SQUARES, *FUNCTIONS, *PRODUCTS, *COVARIANCES]

"""Rows of products."""

from tinygrad_lite.ops.einsum import contract

from .row import Row

VECTORS = ((3,), (3,)), ((0,), (0,)), ((1,), (1,))
MATRICES = ((2, 3), (3, 4)), ((1, 3), (3, 1)), ((2, 0), (0, 4)), ((0, 3), (3, 4)), ((2, 3), (3, 0))
MIXED = ((2, 3), (3,)), ((3,), (3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 4)), ((2, 5, 2, 3), (3,)), ((3,), (2, 5, 3, 4))
SHARED = ((5, 2, 3), (3, 4)), ((2, 5, 2, 3), (3, 4)), ((0, 2, 3), (3, 4)), ((2, 3), (5, 3, 4))
BATCHES = (
    ((5, 2, 3), (5, 3, 4)),
    ((5, 2, 3), (1, 3, 4)),
    ((1, 2, 3), (5, 3, 4)),
    ((2, 1, 2, 3), (5, 3, 4)),
    ((1, 2, 3), (2, 5, 3, 4)),
)


def einsum(equation, *shapes):
    """A row of einsum, of the operation that it comes down to."""
    name = "contract" if "," in equation else "permute"
    return Row(name, lambda lib, *x: lib.einsum(equation, *[t * t for t in x]), shapes)


ROWS = [
    Row("matmul", lambda lib, a, b: a @ b, (*VECTORS, *MATRICES, *MIXED, *SHARED, *BATCHES)),
    Row(
        "matmul",
        lambda lib, a, b: lib.matmul(a.mT, b.mT),
        (((3, 2), (4, 3)), ((5, 3, 2), (4, 3)), ((5, 3, 2), (5, 4, 3))),
    ),
    Row("matmul", lambda lib, a: a @ a.mT, (((2, 3),), ((5, 2, 3),))),
    Row("matmul", lambda lib, a, b: a.expand(5, 2, 3) @ b[..., ::2], (((2, 3), (3, 4)), ((1, 3), (5, 3, 4)))),
    Row("matmul", lambda lib, a, b: lib.mm(a, b), (((2, 3), (3, 4)),)),
    Row("matmul", lambda lib, a, b: lib.bmm(a, b), (((5, 2, 3), (5, 3, 4)), ((0, 2, 3), (0, 3, 4)))),
    Row("matmul", lambda lib, a, b: a.mv(b), (((2, 3), (3,)),)),
    Row("matmul", lambda lib, a, b: a.dot(b), VECTORS),
    Row("unsqueeze", lambda lib, a, b: lib.outer(a, b), (((2,), (3,)), ((0,), (3,)))),
    Row("matmul", lambda lib, c, a, b: lib.addmm(c, a, b), (((4,), (2, 3), (3, 4)), ((), (2, 3), (3, 4)))),
    Row("matmul", lambda lib, c, a, b: c.addmm(a, b, beta=2, alpha=-3), (((2, 1), (2, 3), (3, 4)),)),
    Row(
        "matmul", lambda lib, a, b: lib.addmm(lib.full((4,), float("nan"), dtype=a.dtype), a, b, beta=0), (MATRICES[0],)
    ),
    Row(
        "matmul",
        lambda lib, c, a, b: lib.baddbmm(c, a, b, beta=0.5, alpha=2),
        (((4,), (5, 2, 3), (5, 3, 4)), ((5, 2, 4), (5, 2, 3), (5, 3, 4))),
    ),
    Row(
        "linear",
        lambda lib, x, w, b: lib.nn.functional.linear(x, w, b),
        (
            ((2, 3), (4, 3), (4,)),
            ((3,), (4, 3), (4,)),
            ((5, 2, 3), (4, 3), (4,)),
            ((2, 5, 1, 3), (4, 3), (4,)),
            ((0, 3), (4, 3), (4,)),
            ((2, 0, 3), (4, 3), (4,)),
            ((2, 0), (4, 0), (4,)),
            ((2, 3), (4, 3), (1,)),
            ((2, 3), (4, 3), ()),
        ),
    ),
    Row(
        "linear",
        lambda lib, x, w: lib.nn.functional.linear(x, w),
        (((2, 3), (4, 3)), ((3,), (4, 3)), ((5, 2, 3), (4, 3)), ((5, 3), (3,)), ((3,), (3,))),
    ),
    Row(
        "linear",
        lambda lib, x, w: lib.nn.functional.linear(x.mT, w.mT, bias=None),
        (((3, 2), (3, 4)), ((5, 3, 2), (3, 4))),
    ),
    # einsum
    Row(
        "contract",
        lambda lib, a, b: contract(a, b, "ij", "kj", "ki"),
        (((2, 3), (4, 3)),),
        torch="PyTorch keeps it internal",
    ),
    einsum("ij,jk->ik", ((2, 3), (3, 4)), ((2, 1), (3, 4)), ((0, 3), (3, 4))),
    einsum("ij,jk", ((2, 3), (3, 4))),
    einsum("bij,bjk->bik", ((5, 2, 3), (5, 3, 4)), ((1, 2, 3), (5, 3, 4))),
    einsum("bij,kj->bki", ((5, 2, 3), (4, 3))),
    einsum("bthd,bshd->bhts", ((2, 3, 4, 5), (2, 6, 4, 5))),
    einsum("bhts,bshd->bthd", ((2, 4, 3, 6), (2, 6, 4, 5))),
    einsum("i,i->", ((3,), (3,))),
    einsum("i,j->ji", ((2,), (3,))),
    einsum("bi,bi->b", ((2, 3), (2, 3)), ((2, 3), (1, 3))),
    einsum("bi,bi->bi", ((2, 3), (2, 3))),
    einsum("ij,ij->", ((2, 3), (2, 3))),
    einsum("ij,kl->", ((2, 3), (4, 5))),
    einsum("ijk,jil->kl", ((2, 3, 4), (3, 2, 5))),
    einsum("...ij,...jk->...ik", ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 1, 2, 3), (6, 3, 4))),
    einsum("...i,i->...", ((2, 3), (3,)), ((3,), (3,))),
    einsum("i...,i...->...", ((2, 3), (2, 1))),
    einsum("ij,jk,kl->il", ((2, 3), (3, 4), (4, 2))),
    einsum("bi,ijk,bk->bj", ((5, 2), (2, 3, 4), (5, 4))),
    einsum("i,j,k->kij", ((2,), (1,), (3,))),
    einsum("ii,ij->j", ((3, 3), (3, 2))),
    einsum("ij->ji", ((2, 3),)),
    einsum("ij->i", ((2, 3),)),
    einsum("ij->", ((2, 3),)),
    einsum("ii", ((3, 3),)),
    einsum("ii->i", ((3, 3),)),
    einsum("iji->j", ((3, 2, 3),)),
    einsum("iii->i", ((3, 3, 3),)),
    einsum("b...a->...ab", ((2, 3, 4, 5),)),
    Row("contract", lambda lib, a, b: lib.einsum(a, [0, 1], b, [1, 2], [2, 0]), (((2, 3), (3, 4)),)),
    Row("contract", lambda lib, a, b: lib.tensordot(a, b), (((5, 2, 3), (2, 3, 4)),)),
    Row("contract", lambda lib, a, b: lib.tensordot(a, b, dims=0), (((2, 3), (4,)),)),
    Row(
        "contract", lambda lib, a, b: lib.tensordot(a, b, ([0, -1], [1, 0])), (((2, 4, 3), (3, 2)), ((1, 4, 3), (3, 2)))
    ),
]

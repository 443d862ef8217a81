"""Several results at once print as PyTorch prints them."""

import pytest

import tinygrad_lite as tl

CALLS = [
    "aminmax(arange(3))",
    "aminmax(arange(6.0).view(2, 3), dim=1)",
    "max(eye(2), 0)",
    "mode(ones(2))",
    "histogram(ones(2), 2)",
    "svd(eye(2))",
    "triangular_solve(ones(2, 1), eye(2))",
    "linalg.eigh(eye(2))",
    "linalg.svd(eye(2))",
    "linalg.qr(eye(2))",
    "linalg.slogdet(eye(2))",
    "linalg.lu(eye(2))",
    "linalg.lu_factor(eye(2))",
    "linalg.lu_factor_ex(eye(2))",
    "linalg.lstsq(eye(2), ones(2, 1))",
    "linalg.cholesky_ex(eye(2))",
    "linalg.inv_ex(eye(2))",
    "linalg.solve_ex(eye(2), ones(2))",
]


def shown(lib, call):
    return repr(eval(call, {}, {name: getattr(lib, name) for name in dir(lib) if name[0] != "_"}))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", CALLS)
def test_as_the_reference(call):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    assert shown(tl, call) == shown(torch, call)


def test_fields():
    low, high = tl.aminmax(tl.tensor([3, 1]))
    assert (low.item(), high.item()) == (1, 3)
    assert repr(tl.aminmax(tl.tensor([3, 1]))) == "torch.return_types.aminmax(\nmin=tensor(1),\nmax=tensor(3))"

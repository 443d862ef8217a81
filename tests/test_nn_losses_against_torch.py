"""The losses' modules against PyTorch, over a grid of arguments: text, value, derivatives of both orders."""

import warnings
from itertools import product

import numpy as np
import pytest

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)

SIGNS = [1, -1, 1, 1, -1]
N, C = 5, 3


def indices(lib):
    return lib.tensor([0, 2, 1, 1, 0])


def weight(lib):
    return lib.tensor([0.5, 2.0, 1.5], dtype=lib.float64)


def grid(**options):
    return [dict(zip(options, values, strict=True)) for values in product(*options.values())]


REDUCTIONS = ("mean", "sum", "none")
# (module, its arguments, shapes of the inputs that need a derivative, further inputs, domain)
CASES = [
    *[("MSELoss", o, 2, (), "real") for o in grid(reduction=REDUCTIONS)],
    *[("L1Loss", o, 2, (), "real") for o in grid(reduction=REDUCTIONS)],
    *[("SmoothL1Loss", o, 2, (), "real") for o in grid(reduction=REDUCTIONS, beta=(1.0, 0.3))],
    *[("HuberLoss", o, 2, (), "real") for o in grid(reduction=REDUCTIONS, delta=(1.0, 0.3))],
    *[("BCELoss", o, 2, (), "unit") for o in grid(reduction=REDUCTIONS, weight=(None, weight))],
    *[
        ("BCEWithLogitsLoss", o, 1, ("unit",), "real")
        for o in grid(reduction=REDUCTIONS, weight=(None, weight), pos_weight=(None, weight))
    ],
    *[
        ("NLLLoss", o, 1, (indices,), "real")
        for o in grid(reduction=REDUCTIONS, weight=(None, weight), ignore_index=(-100, 1))
    ],
    *[
        ("CrossEntropyLoss", o, 1, (indices,), "real")
        for o in grid(reduction=REDUCTIONS, weight=(None, weight), ignore_index=(-100, 1), label_smoothing=(0.0, 0.3))
    ],
    *[
        ("CrossEntropyLoss", o, 2, (), "unit")
        for o in grid(reduction=REDUCTIONS, weight=(None, weight), label_smoothing=(0.0, 0.3))
    ],
    *[("KLDivLoss", o, 2, (), "unit") for o in grid(reduction=(*REDUCTIONS, "batchmean"), log_target=(False, True))],
    *[
        ("PoissonNLLLoss", o, 1, ("counts",), "unit")
        for o in grid(reduction=REDUCTIONS, log_input=(True, False), full=(False, True))
    ],
    *[("GaussianNLLLoss", o, 3, (), "unit") for o in grid(reduction=REDUCTIONS, full=(False, True), eps=(1e-6, 0.4))],
    *[("HingeEmbeddingLoss", o, 1, ("signs",), "real") for o in grid(reduction=REDUCTIONS, margin=(1.0, 0.3))],
    *[("MarginRankingLoss", o, 2, ("signs",), "real") for o in grid(reduction=REDUCTIONS, margin=(0.0, 0.3))],
    *[("CosineEmbeddingLoss", o, 2, ("signs1",), "real") for o in grid(reduction=REDUCTIONS, margin=(0.0, 0.3))],
    *[("SoftMarginLoss", o, 1, ("signs",), "real") for o in grid(reduction=REDUCTIONS)],
    *[
        ("MultiMarginLoss", o, 1, (indices,), "real")
        for o in grid(reduction=REDUCTIONS, p=(1, 2), margin=(1.0, 0.3), weight=(None, weight))
    ],
    *[("MultiLabelMarginLoss", o, 1, ("lists",), "real") for o in grid(reduction=REDUCTIONS)],
    *[("MultiLabelSoftMarginLoss", o, 1, ("unit",), "real") for o in grid(reduction=REDUCTIONS, weight=(None, weight))],
    *[
        ("TripletMarginLoss", o, 3, (), "real")
        for o in grid(reduction=REDUCTIONS, margin=(1.0, 0.3), p=(2.0, 1.0), swap=(False, True))
    ],
    *[("TripletMarginWithDistanceLoss", o, 3, (), "real") for o in grid(reduction=REDUCTIONS, swap=(False, True))],
]
NO_SECOND = {"MultiMarginLoss", "MultiLabelMarginLoss"}  # PyTorch has no derivative of the derivative of these


def further(lib, kind):
    if callable(kind):
        return kind(lib)
    random = np.random.default_rng(9)
    signs = np.array(SIGNS, np.float64)
    return lib.tensor(
        {
            "unit": random.uniform(0, 1, (N, C)),
            "counts": random.integers(0, 5, (N, C)).astype(np.float64),
            "signs": np.broadcast_to(signs[:, None], (N, C)).copy(),
            "signs1": signs,
            "lists": np.array([[2, -1, 0], [0, 1, -1], [-1, 1, 1], [0, 1, 2], [1, 0, -1]]),
        }[kind]
    )


def run(lib, case):
    name, options, count, rest, domain = case
    random = np.random.default_rng(4)
    low, high = (0.1, 0.9) if domain == "unit" else (-2.0, 2.0)
    leaves = [lib.tensor(random.uniform(low, high, (N, C)), requires_grad=True) for _ in range(count)]
    options = {key: value(lib) if callable(value) else value for key, value in options.items()}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="reduction: 'mean' divides")
        loss = getattr(lib.nn, name)(**options)
        y = loss(*leaves, *[further(lib, kind) for kind in rest])
    g = lib.tensor(np.asarray(np.random.default_rng(6).normal(size=tuple(y.shape))))
    second = name not in NO_SECOND
    first = lib.autograd.grad(y, leaves, g, create_graph=second)
    found = [y, *first]
    if second:
        parts = [(d * lib.sin(d)).sum() for d in first if d.requires_grad]
        if parts:
            twice = lib.autograd.grad(sum(parts), leaves, allow_unused=True)
            found += [lib.zeros(1).double() if d is None else d for d in twice]
    return repr(loss), found


@pytest.mark.parametrize("case", CASES, ids=lambda c: c[0] + "-" + "-".join(map(str, c[1].values())).replace("<", ""))
def test_loss(case):
    text, ours = run(tl, case)
    expected, theirs = run(torch, case)
    assert text == expected
    for i, (a, b) in enumerate(zip(ours, theirs, strict=False)):
        a, b = a.numpy(force=True), b.numpy(force=True)
        if a.shape != b.shape:
            assert not a.any()
            assert not b.any()
            continue
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11, err_msg=f"output {i}")


MIXED = [("float32", "float64"), ("float64", "float32"), ("float32", "int64")]
MIXED = [*product(("mse_loss", "l1_loss", "smooth_l1_loss"), MIXED), *product(("cross_entropy",), MIXED[:2])]


@pytest.mark.parametrize(("name", "dtypes"), MIXED)
def test_mixed_dtypes(name, dtypes):
    random = np.random.default_rng(0)
    x, t = random.uniform(0, 1, (4, 3)).astype(dtypes[0]), random.uniform(0, 1, (4, 3)).astype(dtypes[1])
    found = []
    for lib in (tl, torch):
        leaf = lib.tensor(x, requires_grad=True)
        y = getattr(lib.nn.functional, name)(leaf, lib.tensor(t))
        y.backward()
        found.append((y.detach().numpy(), leaf.grad.numpy()))
    for a, b in zip(*found, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=1e-6)


@pytest.mark.parametrize("count", [0, 1, 63, 64, 500])
@pytest.mark.parametrize("target", ["indices", "uint8"])
def test_cross_entropy_of_many_classes(count, target):
    """Around the number of classes at which the kernel changes its layout."""
    random = np.random.default_rng(count)
    x = random.normal(size=(7, max(count, 1))).astype(np.float32) * 5
    t = random.integers(0, min(max(count, 1), 255), 7).astype("int64" if target == "indices" else "uint8")
    found = []
    for lib in (tl, torch):
        leaf = lib.tensor(x[:, : max(count, 1)], requires_grad=True)
        y = lib.nn.functional.cross_entropy(leaf.mT.mT if count % 2 else leaf, lib.tensor(t))
        y.backward()
        found.append((y.detach().numpy(), leaf.grad.numpy()))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-6)

"""Initialisations: the numbers against PyTorch's after the same seed, and what each promises."""

import math
from contextlib import nullcontext

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite.nn import init

SEEDED = [
    ("uniform_", (), {}),
    ("uniform_", (-0.3, 2.0), {}),
    ("normal_", (), {}),
    ("normal_", (1.0, 0.02), {}),
    ("trunc_normal_", (), {}),
    ("trunc_normal_", (0.5, 2.0, -1.0, 1.5), {}),
    ("trunc_normal_", (0.0, 1.0, 1.5, 2.5), {}),
    ("trunc_normal_", (0.0, 5.0, -0.5, 1.0), {}),
    ("constant_", (0.3,), {}),
    ("ones_", (), {}),
    ("zeros_", (), {}),
    ("xavier_uniform_", (), {}),
    ("xavier_uniform_", (), {"gain": 5 / 3}),
    ("xavier_normal_", (2.0,), {}),
    ("kaiming_uniform_", (), {}),
    ("kaiming_uniform_", (math.sqrt(5),), {}),
    ("kaiming_uniform_", (), {"mode": "fan_out", "nonlinearity": "relu"}),
    ("kaiming_normal_", (0.1,), {}),
    ("kaiming_normal_", (), {"mode": "fan_out", "nonlinearity": "tanh"}),
    ("orthogonal_", (), {}),
    ("orthogonal_", (math.sqrt(2),), {}),
]
FLAT = [("eye_", (), {}), ("sparse_", (0.3,), {}), ("sparse_", (0.5, 2.0), {})]
KERNELS = [("dirac_", (), {}), ("dirac_", (2,), {})]
CASES = (
    [(*case, shape) for case in SEEDED for shape in ((25, 2), (3, 40), (6, 2, 3, 3))]
    + [(*case, shape) for case in FLAT for shape in ((7, 4), (4, 7))]
    + [(*case, shape) for case in KERNELS for shape in ((6, 2, 3), (4, 4, 3, 2), (2, 3, 1, 2, 3))]
)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case[0]}{case[1]}{case[3]}" if isinstance(case, tuple) else ""
)
def test_same_numbers_as_pytorch(case, dtype):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    name, args, kwargs, shape = case
    filled = []
    for lib in (tl, torch):
        lib.manual_seed(11)
        tensor = lib.empty(shape, dtype=getattr(lib, dtype))
        assert getattr(lib.nn.init, name)(tensor, *args, **kwargs) is tensor
        filled.append(tensor.numpy())
        filled.append(lib.rand(1).numpy())  # the stream is at the same place afterwards
    tolerance = 1e-6 if dtype == "float32" else 1e-13
    exact = name in ("uniform_", "kaiming_uniform_", "xavier_uniform_", "constant_", "dirac_", "eye_")
    np.testing.assert_allclose(
        filled[0], filled[2], rtol=0 if exact else 10 * tolerance, atol=0 if exact else tolerance
    )
    np.testing.assert_array_equal(filled[1], filled[3])


def test_every_initialisation_has_a_case():
    """PyTorch's, in both spellings: the older one, without an underscore, warns and does the same."""
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    names = {name for name in dir(torch.nn.init) if name.endswith("_") and name[0] != "_"}
    assert names == {case[0] for case in CASES}
    for name in names:
        old = name.removesuffix("_")
        assert hasattr(init, old) == hasattr(torch.nn.init, old), old
        if hasattr(init, old):
            _, args, kwargs, shape = next(case for case in CASES if case[0] == name)
            found = []
            for spelling in (old, name):
                tl.manual_seed(0)
                with pytest.warns(FutureWarning, match=old) if spelling == old else nullcontext():
                    found.append(getattr(init, spelling)(tl.empty(shape), *args, **kwargs).numpy())
            np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("name", ["uniform_", "normal_", "trunc_normal_", "xavier_uniform_", "kaiming_normal_"])
def test_generators_and_layouts(name):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    filled = []
    for lib in (tl, torch):
        generator = lib.Generator().manual_seed(5)
        tensor = lib.zeros(7, 3).mT  # filled as it lies in memory
        getattr(lib.nn.init, name)(tensor, generator=generator)
        filled.append(tensor.numpy())
    np.testing.assert_allclose(*filled, rtol=1e-5, atol=1e-6)


def test_parameters_are_filled_in_place_and_unrecorded():
    weight = tl.nn.Parameter(tl.zeros(3, 3))
    array, version = weight.array, weight._version
    assert init.normal_(weight) is weight
    assert weight.array is array
    assert weight.is_leaf
    assert weight._version > version


def test_a_stale_tape_is_noticed():
    weight = tl.nn.Parameter(tl.ones(3))
    loss = (weight * weight).sum()
    init.zeros_(weight)
    with pytest.raises(RuntimeError, match=r"init.zeros_"):
        loss.backward()


def test_gains():
    assert [init.calculate_gain(name) for name in ("linear", "conv2d", "conv_transpose3d", "sigmoid")] == [1] * 4
    assert init.calculate_gain("tanh") == 5 / 3
    assert init.calculate_gain("relu") == math.sqrt(2)
    assert init.calculate_gain("leaky_relu") == pytest.approx(math.sqrt(2 / 1.0001))
    assert init.calculate_gain("leaky_relu", 0.2) == math.sqrt(2 / 1.04)
    assert init.calculate_gain("selu") == 0.75
    with pytest.raises(ValueError, match="negative_slope True not a valid number"):
        init.calculate_gain("leaky_relu", True)
    with pytest.raises(ValueError, match="Unsupported nonlinearity gelu"):
        init.calculate_gain("gelu")


def test_orthogonal_rows_or_columns():
    tl.manual_seed(0)
    for shape in ((4, 9), (9, 4), (5, 5), (3, 2, 4)):
        q = init.orthogonal_(tl.empty(shape, dtype=tl.float64), gain=2).numpy().reshape(shape[0], -1)
        gram = q @ q.T if q.shape[0] <= q.shape[1] else q.T @ q
        np.testing.assert_allclose(gram, 4 * np.eye(len(gram)), atol=1e-12)


def test_what_cannot_be_filled():
    with pytest.raises(ValueError, match="Fan in and fan out can not be computed for tensor with fewer than 2 dim"):
        init.xavier_uniform_(tl.empty(3))
    with pytest.raises(ValueError, match="Mode fan not supported"):
        init.kaiming_normal_(tl.empty(3, 3), mode="fan")
    for fill, shape in ((init.eye_, (3,)), (lambda t: init.sparse_(t, 0.1), (3,)), (init.dirac_, (3, 3))):
        with pytest.raises(ValueError, match="Only tensors with"):
            fill(tl.empty(shape))
    with pytest.raises(ValueError, match="Only tensors with 2 or more dimensions"):
        init.orthogonal_(tl.empty(3))
    with pytest.raises(ValueError, match="dim 0 must be divisible by groups"):
        init.dirac_(tl.empty(3, 3, 3), groups=2)
    with pytest.warns(UserWarning, match="zero-element tensors is a no-op"):
        init.kaiming_uniform_(tl.empty(0, 3))
    with pytest.warns(UserWarning, match="mean is more than 2 std from"):
        init.trunc_normal_(tl.empty(3), mean=5.0)


def test_the_reports_initialisations():
    layer = tl.nn.Linear(200, 300)
    tl.manual_seed(4)
    assert init.xavier_normal_all_(layer.weight, layer.bias, gain=math.sqrt(2)) is layer.weight
    sigma = math.sqrt(2) * math.sqrt(2 / 500)
    assert layer.weight.std().item() == pytest.approx(sigma, rel=0.02)
    assert layer.bias.std().item() == pytest.approx(sigma, rel=0.2)

    tl.manual_seed(4)
    init.linear_uniform_(layer.weight, layer.bias, scale=1)
    tl.manual_seed(4)
    plain = tl.nn.Linear(200, 300)
    np.testing.assert_allclose(layer.weight.detach().numpy(), plain.weight.detach().numpy(), atol=1e-8)
    np.testing.assert_allclose(layer.bias.detach().numpy(), plain.bias.detach().numpy(), atol=1e-8)
    init.linear_uniform_(layer.weight)
    assert layer.weight.var().item() == pytest.approx(1 / (9 * 200), rel=0.02)
    init.linear_uniform_(layer.weight, scale=3**0.25)
    assert layer.weight.var().item() == pytest.approx(1 / (math.sqrt(3) * 200), rel=0.02)

"""The modules that few programs use, against PyTorch; and what is left out says what to use instead."""

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite import nn
from tinygrad_lite.nn import functional as F


def arrays(*shapes, seed=0):
    random = np.random.default_rng(seed)
    return [random.standard_normal(shape).astype("float32") for shape in shapes]


def both(call, *inputs):
    """Value and gradients, here and in PyTorch."""
    torch = pytest.importorskip("torch")
    for ours, theirs in zip(run(tl, call, inputs), run(torch, call, inputs), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=2e-6)


def run(lib, call, inputs):
    lib.manual_seed(0)
    tensors = [lib.tensor(x, requires_grad=True) for x in inputs]
    y = call(lib, *tensors)
    (y * lib.arange(1.0, y.numel() + 1).reshape(y.shape)).sum().backward()
    return [y.detach().numpy(), *(t.grad.numpy() for t in tensors)]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("shape", [(2, 5, 3), (2, 4, 3, 2), (1, 3, 2, 2, 2)])
def test_local_response_norm(size, shape):
    both(lambda lib, x: lib.nn.LocalResponseNorm(size, alpha=0.5, beta=0.6, k=1.5)(x), *arrays(shape))


def test_local_response_norm_at_the_edges():
    torch = pytest.importorskip("torch")
    assert repr(nn.LocalResponseNorm(2)) == repr(torch.nn.LocalResponseNorm(2))
    assert F.local_response_norm(tl.zeros(0, 3, 2), 2).shape == (0, 3, 2)
    with pytest.raises(ValueError, match="Expected 3D or higher"):
        F.local_response_norm(tl.zeros(2, 3), 2)


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, float("inf")])
def test_pdist(p):
    both(lambda lib, x: lib.nn.functional.pdist(x, p), *arrays((5, 3)))


def test_pdist_at_the_edges():
    assert F.pdist(tl.zeros(1, 3)).shape == (0,)
    x = tl.ones(2, 3, requires_grad=True)
    F.pdist(x).sum().backward()
    assert x.grad is not None
    assert not x.grad.numpy().any()
    with pytest.raises(RuntimeError, match="only supports 2D tensors, got: 1D"):
        F.pdist(tl.zeros(3))
    with pytest.raises(RuntimeError, match="non-negative p values"):
        F.pdist(tl.zeros(2, 2), -1)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("relu_", ()), ("leaky_relu_", (0.2,)), ("elu_", (0.5,)), ("selu_", ()), ("celu_", (0.7,)),
        ("hardtanh_", (-0.5, 0.4)), ("threshold_", (0.1, 0.3)), ("rrelu_", ()), ("rrelu_", (0.1, 0.4, True)),
    ],
)  # fmt: skip
def test_in_place(name, args):
    def call(lib, x):
        y = x * 1
        assert getattr(lib.nn.functional, name)(y, *args) is y
        return y

    both(call, *arrays((4, 5)))


def adaptive(lib, **options):
    return lib.nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 9, 15], div_value=2.0, **options)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("targets", [[0, 3, 4, 19, 8, 9, 15, 1], [1, 2], [17], [5, 5, 5]])
def test_adaptive_softmax(bias, targets):
    def call(lib, x):
        layer = adaptive(lib, head_bias=bias)
        output, loss = layer(x, lib.tensor(targets))
        assert layer(x, lib.tensor(targets)).loss.item() == loss.item()
        return lib.cat([output * loss, layer.log_prob(x).flatten()])

    both(call, *arrays((len(targets), 8)))
    both(lambda lib, x: adaptive(lib)(x, lib.tensor(targets[0])).output.reshape(1), *arrays((8,)))


def test_adaptive_softmax_predicts():
    torch = pytest.importorskip("torch")
    (x,) = arrays((40, 8))
    found = []
    for lib in (tl, torch):
        lib.manual_seed(3)
        layer = adaptive(lib)
        found.append([layer.predict(lib.tensor(part * 9)).tolist() for part in (x, x[:1], x[5:9])])
        found[-1].append({key: tuple(t.shape) for key, t in layer.state_dict().items()})
        assert layer.predict(lib.tensor(x)).tolist() == layer.log_prob(lib.tensor(x)).argmax(1).tolist()
    assert found[0] == found[1]
    layer.reset_parameters()


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda lib: lib.nn.AdaptiveLogSoftmaxWithLoss(8, 20, []), ValueError),
        (lambda lib: lib.nn.AdaptiveLogSoftmaxWithLoss(8, 20, [5, 4]), ValueError),
        (lambda lib: lib.nn.AdaptiveLogSoftmaxWithLoss(8, 20, [0, 4]), ValueError),
        (lambda lib: lib.nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 20]), ValueError),
        (lambda lib: adaptive(lib)(lib.zeros(2, 8), lib.tensor([1, 20])), RuntimeError),
        (lambda lib: adaptive(lib)(lib.zeros(2, 8), lib.tensor([1, -1])), RuntimeError),
        (lambda lib: adaptive(lib)(lib.zeros(2, 8), lib.tensor([1])), RuntimeError),
        (lambda lib: adaptive(lib)(lib.zeros(8), lib.tensor([1])), RuntimeError),
        (lambda lib: adaptive(lib)(lib.zeros(1, 8), lib.tensor(1)), RuntimeError),
        (lambda lib: adaptive(lib)(lib.zeros(1, 8), lib.tensor([[1]])), RuntimeError),
    ],
)
def test_adaptive_softmax_refuses(call, error):
    with pytest.raises(error):
        call(tl)
    torch = pytest.importorskip("torch")
    with pytest.raises(error):
        call(torch)


def test_buffers_by_assignment():
    torch = pytest.importorskip("torch")
    for lib in (tl, torch):
        module = lib.nn.Module()
        module.steps = lib.nn.Buffer(lib.ones(2))
        module.cache = lib.nn.Buffer(lib.zeros(2), persistent=False)
        assert list(module.state_dict()) == ["steps"]
        assert [name for name, _ in module.named_buffers()] == ["steps", "cache"]
        assert not list(module.parameters())
        assert isinstance(module.steps, lib.Tensor)
        module.steps = lib.zeros(2)
        assert module.state_dict()["steps"].tolist() == [0.0, 0.0]


@pytest.mark.filterwarnings("ignore:.*NLLLoss2d.*deprecated:FutureWarning")
def test_nll_loss_of_images():
    both(
        lambda lib, x: lib.nn.NLLLoss2d(reduction="none")(x.log_softmax(1), lib.tensor([[[0, 2], [1, 1]]])),
        *arrays((1, 3, 2, 2)),
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [("SyncBatchNorm", "use BatchNorm1d"), ("DataParallel", "one process")],
)
def test_what_is_left_out(name, words):
    with pytest.raises(AttributeError, match=f"no attribute '{name}': .*{words}"):
        getattr(nn, name)
    assert not hasattr(nn, "Linnear")


def test_nothing_else_is_missing():
    """Every module of PyTorch is here, or is left out with a reason."""
    torch = pytest.importorskip("torch")
    for name in dir(torch.nn):
        if isinstance(getattr(torch.nn, name), type) and not hasattr(nn, name):
            with pytest.raises(AttributeError, match=f"no attribute '{name}': "):
                getattr(nn, name)

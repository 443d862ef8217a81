"""Losses: warnings, errors, large logits, what is fused against what it stands for."""

import warnings

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite.nn import functional as F
from tinygrad_lite.operation import OPERATIONS

FUSED = {
    "mse_loss": lambda f, x, t: f(x, t),
    "l1_loss": lambda f, x, t: f(x, t, None, None, "sum"),
    "smooth_l1_loss": lambda f, x, t: f(x, t, beta=0.7),
    "huber_loss": lambda f, x, t: f(x, t, "none", 0.7),
    "binary_cross_entropy": lambda f, x, t: f(x, t, t * 0 + 0.3),
    "binary_cross_entropy_with_logits": lambda f, x, t: f(x, t, None, None, None, "mean", t * 0 + 3.0),
    "cross_entropy": lambda f, x, t: f(x, t, tl.tensor([0.5, 1.0, 2.0], dtype=tl.float64), label_smoothing=0.2),
    "layer_norm": lambda f, x, t: f(x, (3,), t[0], t[1]),
    "rms_norm": lambda f, x, t: f(x, (3,), t[0]),
    "group_norm": lambda f, x, t: f(x.reshape(2, 6), 3, t.reshape(-1)[:6], t.reshape(-1)[6:]),
    "batch_norm": lambda f, x, t: f(x, t[0], t[1]),
}


def grad_of(leaf):
    """The derivative that backward gathered, as an array."""
    assert leaf.grad is not None
    return leaf.grad.numpy()


def leaves(*shapes, low=0.05, high=0.95):
    random = np.random.default_rng(0)
    return [tl.tensor(random.uniform(low, high, shape), requires_grad=True) for shape in shapes]


def derivatives(y, inputs):
    weights = tl.tensor(np.random.default_rng(1).normal(size=y.shape))
    return tl.autograd.grad((y * weights).sum(), inputs)


@pytest.mark.parametrize("name", FUSED)
def test_fused_equals_its_expression(name):
    operation, call = OPERATIONS[name], FUSED[name]
    assert operation.kind == "fused"
    x, t = leaves((4, 3), (4, 3))
    y, z = call(operation, x, t), call(operation.expression, x, t)
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=1e-12)
    for a, b in zip(derivatives(y, [x, t]), derivatives(z, [x, t]), strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("options", [{}, {"ignore_index": 1}, {"label_smoothing": 0.3}, {"weight": True}])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_cross_entropy_of_indices_equals_its_expression(options, reduction):
    (x,) = leaves((5, 3), low=-2, high=2)
    t = tl.tensor([0, 2, 1, 1, 2])
    if "weight" in options:
        options = {"weight": tl.tensor([0.5, 1.0, 2.0], dtype=tl.float64)}
    y = F.cross_entropy(x, t, reduction=reduction, **options)
    z = F.cross_entropy.expression(x, t, reduction=reduction, **options)
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(derivatives(y, [x])[0].numpy(), derivatives(z, [x])[0].numpy(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("classes", [2, 10, 100])
def test_large_logits(classes):
    x = np.random.default_rng(0).choice([-1e4, 0.0, 1e4], (20, classes)).astype(np.float32)
    t = np.random.default_rng(1).integers(0, classes, 20)
    leaf = tl.tensor(x, requires_grad=True)
    y = F.cross_entropy(leaf, tl.tensor(t), reduction="none")
    wide = x.astype(np.float64)
    top = wide.max(1)
    exact = np.log(np.exp(wide - top[:, None]).sum(1)) + top - wide[np.arange(20), t]
    np.testing.assert_allclose(y.detach().numpy(), exact, rtol=1e-6)
    y.sum().backward()
    assert np.isfinite(grad_of(leaf)).all()
    np.testing.assert_allclose(grad_of(leaf).sum(1), 0, atol=1e-5)
    z = tl.tensor(np.array([-1e4, 1e4, 0], np.float32), requires_grad=True)
    y = F.binary_cross_entropy_with_logits(z, tl.tensor([1.0, 0.0, 1.0]), reduction="none")
    y.sum().backward()
    np.testing.assert_allclose(y.detach().numpy(), [1e4, 1e4, np.log(2)], rtol=1e-6)
    np.testing.assert_allclose(grad_of(z), [-1, 1, -0.5], rtol=1e-6)


def test_masked_logits():
    """−∞ for a class that cannot be: no weight, no derivative, no NaN."""
    x = tl.tensor([[0.0, -np.inf, 1.0]], requires_grad=True)
    y = F.cross_entropy(x, tl.tensor([2]))
    y.backward()
    assert y.item() == pytest.approx(np.log(1 + np.exp(-1)), rel=1e-6)
    assert grad_of(x)[0, 1] == 0
    assert np.isfinite(grad_of(x)).all()


def test_sure_mistakes_cost_a_hundred():
    x = tl.tensor([0.0, 1.0, 0.0], requires_grad=True)
    y = F.binary_cross_entropy(x, tl.tensor([1.0, 0.0, 0.0]), reduction="none")
    assert y.tolist() == [100.0, 100.0, 0.0]
    y.sum().backward()
    assert np.isfinite(grad_of(x)).all()


class TestWarnings:
    @pytest.mark.parametrize("loss", [F.mse_loss, F.l1_loss, F.smooth_l1_loss, F.huber_loss])
    def test_sizes_that_differ(self, loss):
        with pytest.warns(UserWarning, match=r"Using a target size .torch.Size.\[4\].. that is different") as caught:
            assert loss(tl.zeros(4, 1), tl.zeros(4), reduction="none").shape == (4, 4)
        assert caught[0].filename == __file__

    def test_old_arguments(self):
        with pytest.warns(UserWarning, match="please use reduction='sum' instead") as caught:
            assert F.mse_loss(tl.zeros(3), tl.ones(3), size_average=False).item() == 3
        assert caught[0].filename == __file__
        with pytest.warns(UserWarning, match="please use reduction='none' instead"):
            assert F.cross_entropy(tl.zeros(3, 2), tl.zeros(3).long(), reduce=False).shape == (3,)
        with pytest.warns(UserWarning, match="please use reduction='mean' instead"):
            assert tl.nn.MSELoss(size_average=True).reduction == "mean"

    def test_mean_of_kl_div(self):
        with pytest.warns(UserWarning, match="batchmean"):
            F.kl_div(tl.zeros(3), tl.ones(3))

    def test_second_derivatives_do_not_warn_again(self):
        x = tl.zeros(4, 1, requires_grad=True)
        with pytest.warns(UserWarning, match="different to the input size"):
            y = F.mse_loss(x, tl.zeros(4))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tl.autograd.grad(y, x, create_graph=True)


def logits(*shape):
    return tl.zeros(shape)


def classes(*numbers, dtype=None):
    return tl.tensor(list(numbers), dtype=dtype)


@pytest.mark.parametrize("loss", [F.cross_entropy, F.nll_loss])
@pytest.mark.parametrize(
    ("x", "t", "options", "error", "message"),
    [
        (logits(4, 3), classes(0, 1, 5, 2), {}, IndexError, "Target 5 is out of bounds. There are 3 classes"),
        (logits(4, 3), classes(0, 1, -1, 2), {}, IndexError, "Target -1 is out of bounds"),
        (logits(2, 3), classes(1, 3), {}, IndexError, "labels that start at 1 need target - 1"),
        (logits(3), tl.tensor(7), {}, IndexError, "Target 7 is out of bounds"),
        (logits(4, 3), classes(0, 1, 2), {}, ValueError, "input batch_size .4. to match target batch_size .3."),
        (logits(4, 3), tl.zeros(4, 1).long(), {}, RuntimeError, "0D or 1D target tensor expected, multi-target"),
        (logits(2, 3, 4), tl.zeros(2, 5).long(), {}, RuntimeError, r"Expected target size \[2, 4\], got \[2, 5\]"),
        (logits(4, 3), classes(0, 1, 2, 0, dtype=tl.int32), {}, RuntimeError, "Long or Byte, but got int32.*long"),
        (logits(4, 3), classes(0.0, 1.0, 2.0, 0.0), {}, RuntimeError, "Long or Byte, but got float32"),
        (logits(4, 3), classes(0, 1, 2, 0), {"weight": tl.ones(2)}, RuntimeError, "either for all 3 classes or no cl"),
        (logits(4, 3), classes(0, 1, 2, 0), {"weight": tl.ones(3).double()}, RuntimeError, "weight of dtype float32"),
        (logits(4, 3), classes(0, 1, 2, 0), {"reduction": "men"}, ValueError, "men is not a valid value for reduction"),
        (logits(4, 3).long(), classes(0, 1, 2, 0), {}, NotImplementedError, "not implemented for int64"),
        (logits(), tl.tensor(0).reshape(1), {}, RuntimeError, "a dimension of classes"),
    ],
)
def test_wrong_targets(loss, x, t, options, error, message):
    with pytest.raises(error, match=message):
        loss(x, t, **options)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: F.cross_entropy(logits(4, 3), tl.zeros(4, 3).long()), RuntimeError, "Expected floating point type"),
        (
            lambda: F.cross_entropy(logits(4, 3), tl.ones(4, 3), ignore_index=2),
            RuntimeError,
            "ignore_index is not supp",
        ),
        (lambda: F.cross_entropy(logits(4, 3), classes(0, 0, 0, 0), label_smoothing=1.5), RuntimeError, "Got: 1.5"),
        (
            lambda: F.mse_loss(tl.zeros(4, 3), tl.zeros(4, 2)),
            RuntimeError,
            "mse_loss: .4, 3. and .4, 2.: the sizes 3 a",
        ),
        (lambda: F.mse_loss(tl.zeros(3).long(), tl.zeros(3).long()), NotImplementedError, "not implemented for int64"),
        (lambda: F.mse_loss(tl.zeros(3), 1.0), TypeError, "mse_loss: expected a Tensor, got float"),
        (lambda: F.mse_loss(tl.zeros(3), tl.zeros(3), weight=tl.ones(1)), ValueError, "must have the same size"),
        (lambda: F.smooth_l1_loss(tl.zeros(3), tl.zeros(3), beta=-1), RuntimeError, "negative values for beta"),
        (lambda: F.huber_loss(tl.zeros(3), tl.zeros(3), delta=0), RuntimeError, "non-positive values for delta"),
        (lambda: F.binary_cross_entropy(tl.ones(3) * 2, tl.ones(3)), RuntimeError, "elements of input should be betw"),
        (lambda: F.binary_cross_entropy(tl.ones(3), tl.ones(3) * 2), RuntimeError, "elements of target should be betw"),
        (lambda: F.binary_cross_entropy(tl.ones(3) * np.nan, tl.ones(3)), RuntimeError, "elements of input should be"),
        (lambda: F.binary_cross_entropy(tl.ones(4, 3), tl.ones(3)), ValueError, "size that is different"),
        (
            lambda: F.binary_cross_entropy(tl.ones(3), tl.ones(3).double()),
            RuntimeError,
            "Found dtype float64 but expected",
        ),
        (
            lambda: F.binary_cross_entropy_with_logits(tl.ones(4, 1), tl.ones(4)),
            ValueError,
            "must be the same as input size",
        ),
        (
            lambda: F.binary_cross_entropy_with_logits(tl.ones(4), tl.ones(4), pos_weight=tl.ones(3)),
            RuntimeError,
            "the sizes 3 and 4 differ",
        ),
        (lambda: F.gaussian_nll_loss(tl.ones(4), tl.ones(4), -tl.ones(4)), ValueError, "var has negative"),
        (lambda: F.gaussian_nll_loss(tl.ones(4, 3), tl.ones(4, 3), tl.ones(2)), ValueError, "var is of incorrect size"),
        (lambda: F.triplet_margin_loss(tl.ones(4), tl.ones(4), tl.ones(4), margin=0), ValueError, "greater than 0"),
        (lambda: F.triplet_margin_loss(tl.ones(1, 4), tl.ones(4), tl.ones(4)), RuntimeError, "anchor 2D, positive 1D"),
        (
            lambda: F.cosine_embedding_loss(tl.ones(4), tl.ones(4), tl.ones(4)),
            RuntimeError,
            "1D target tensor expects 2D",
        ),
        (
            lambda: F.margin_ranking_loss(tl.ones(4, 1), tl.ones(4), tl.ones(4)),
            RuntimeError,
            "should have same dimension",
        ),
        (lambda: F.multi_margin_loss(tl.ones(4, 3), tl.tensor([0, 1, 2, 3])), IndexError, "out of range"),
        (lambda: F.multilabel_margin_loss(tl.ones(4, 3), tl.zeros(4).long()), RuntimeError, "inconsistent target size"),
        (lambda: tl.nn.MultiMarginLoss(p=3), ValueError, "only p == 1 and p == 2"),
        (lambda: tl.nn.TripletMarginLoss(margin=0), ValueError, "greater than 0"),
        (lambda: tl.nn.Dropout(1.5), ValueError, "probability has to be between 0 and 1, but got 1.5"),
        (lambda: F.dropout(tl.ones(3), -0.1), ValueError, "probability has to be between 0 and 1, but got -0.1"),
        (lambda: F.dropout1d(tl.ones(3)), RuntimeError, "Expected 2D or 3D input, but received a 1D input"),
        (lambda: F.glu(tl.ones(3)), RuntimeError, "Halving dimension must be even"),
        (lambda: F.prelu(tl.ones(2, 3), tl.ones(2)), RuntimeError, "parameter numbers = 2 and channel size = 3"),
        (
            lambda: F.embedding(tl.tensor([5]), tl.zeros(3, 2)),
            IndexError,
            "out of range in self: 5, where the table",
        ),
        (lambda: F.embedding(tl.tensor([-1]), tl.zeros(3, 2)), IndexError, "index out of range in self: -1"),
        (lambda: F.embedding(tl.tensor([1.0]), tl.zeros(3, 2)), RuntimeError, "Long, Int; but got float32"),
        (lambda: F.embedding(tl.tensor([1]), tl.zeros(3)), RuntimeError, "'weight' must be 2-D"),
        (lambda: F.layer_norm(tl.zeros(2, 3), (4,)), RuntimeError, "Given normalized_shape=.4., expected input"),
        (lambda: F.layer_norm(tl.zeros(2, 3), (3,), tl.ones(2)), RuntimeError, "Expected weight to be of same shape"),
        (lambda: F.layer_norm(tl.zeros(2, 3), (3,), tl.ones(3).double()), RuntimeError, "mixed dtype"),
        (lambda: F.layer_norm(tl.zeros(2, 3).long(), (3,)), NotImplementedError, "not implemented for int64"),
        (lambda: F.layer_norm(tl.zeros(2, 3), 3), TypeError, "normalized_shape must be a tuple of ints"),
        (lambda: F.group_norm(tl.zeros(2, 3, 4), 2), RuntimeError, "channels in input to be divisible by num_groups"),
        (lambda: F.group_norm(tl.zeros(2), 1), RuntimeError, "at least 2 dimensions"),
        (lambda: tl.nn.GroupNorm(2, 3), ValueError, "must be divisible by num_groups"),
        (lambda: tl.nn.GroupNorm(1, 3)(tl.zeros(2, 4, 3)), RuntimeError, "Expected weight to be a vector of size"),
        (lambda: tl.nn.BatchNorm1d(3)(tl.zeros(3)), ValueError, "expected 2D or 3D input .got 1D"),
        (lambda: tl.nn.BatchNorm1d(3)(tl.zeros(1, 3)), ValueError, "Expected more than 1 value per channel"),
        (lambda: tl.nn.BatchNorm1d(3, affine=False)(tl.zeros(2, 4)), RuntimeError, "running_mean should contain 4"),
        (lambda: tl.nn.InstanceNorm1d(3)(tl.zeros(2, 3, 1)), ValueError, "more than 1 spatial element"),
        (lambda: tl.nn.InstanceNorm1d(3, affine=True)(tl.zeros(2, 4, 5)), ValueError, "to match num_features .3."),
        (lambda: F.batch_norm(tl.zeros(2, 3), None, None), RuntimeError, "running_mean and running_var to be defined"),
        (lambda: F.bilinear(tl.ones(2, 3), tl.ones(2, 3), tl.ones(1, 3, 4)), RuntimeError, "do not go with a weight"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_target_overwritten_before_backward():
    """What a pullback still needs must not be overwritten; what it has a copy of may be."""
    x = tl.rand(4, 3, requires_grad=True)
    t = tl.rand(4, 3)
    y = F.binary_cross_entropy(tl.sigmoid(x), t)
    t.zero_()
    with pytest.raises(RuntimeError, match="wrote into it"):
        y.backward()
    labels = tl.tensor([0, 1, 2, 0])
    y = F.cross_entropy(x, labels)
    labels.zero_()
    with pytest.raises(RuntimeError, match="wrote into it"):
        y.backward()
    for loss in (F.mse_loss, F.cross_entropy):
        t = tl.rand(4, 3)
        (expected,) = tl.autograd.grad(loss(x, t), x)
        y = loss(x, t)
        t.zero_()
        assert tl.equal(tl.autograd.grad(y, x)[0], expected)


def test_the_mean_of_nothing_is_nan_without_a_warning():
    assert np.isnan(F.mse_loss(tl.zeros(0), tl.zeros(0)).item())
    assert np.isnan(F.cross_entropy(tl.zeros(0, 3), tl.zeros(0).long()).item())
    x = tl.zeros(2, 3, requires_grad=True)
    y = F.cross_entropy(x, tl.tensor([-100, -100]))
    y.backward()
    assert np.isnan(y.item())
    assert not grad_of(x).any()


def test_dropout_in_evaluation_returns_its_input():
    x = tl.ones(3, requires_grad=True)
    assert F.dropout(x, training=False) is x
    assert F.dropout(x, 0.0) is x
    assert tl.nn.Dropout().eval()(x) is x
    assert F.alpha_dropout(x) is x

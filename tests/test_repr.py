"""Printed tensors are PyTorch's, character by character; so are the names of nodes."""

import numpy as np
import pytest
from table import ROWS

import tinygrad_lite as tl
from tinygrad_lite.node_names import NAMES
from tinygrad_lite.operation import OPERATIONS

SHAPES = [(), (1,), (3,), (0,), (0, 3), (2, 0), (2, 3), (2, 3, 4), (30,), (1001,), (7, 150), (2, 1, 2, 2), (1200, 1)]
SCALES = [1.0, 1e-3, 1e-6, 1e3, 1e6, 1e9, 1e20]
DTYPES = ["float32", "float64", "float16", "int64", "int32", "int8", "uint8", "bool"]
OPTIONS = [
    {},
    {"precision": 2},
    {"profile": "short"},
    {"sci_mode": True},
    {"sci_mode": False},
    {"threshold": 5, "edgeitems": 1},
    {"threshold": 5, "edgeitems": 0},
    {"linewidth": 40},
    {"profile": "full", "threshold": 200},
]


@pytest.fixture(autouse=True)
def options_restored():
    yield
    tl.set_printoptions(profile="default")


def drawn(shape, scale, dtype):
    """Numbers of a magnitude, as an array of a dtype; whole ones too, and some that are not finite."""
    x = np.random.default_rng(0).standard_normal(shape) * scale
    if dtype == "bool":
        return [np.asarray(x > 0)]
    if not dtype.startswith("float"):
        limits = np.iinfo(dtype)
        return [np.clip(x, max(limits.min, -(2**60)), min(limits.max, 2**60)).astype(dtype)]
    x = np.asarray(np.clip(x, -60000, 60000) if dtype == "float16" else x).astype(dtype)
    strange = x.copy().reshape(-1)
    strange[::2], strange[::3] = np.inf, np.nan
    strange[:1] = -np.inf
    strange = strange.reshape(shape)
    return [x, np.round(x), strange, np.where(np.isfinite(strange), 0, strange).astype(dtype)]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("dtype", DTYPES)
def test_text(dtype, options):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    tl.set_printoptions(**options)
    torch.set_printoptions(**options)
    try:
        for shape in SHAPES if not options else [(), (0, 3), (30,), (2, 3, 4), (7, 40)]:
            for scale in SCALES if not options else [1.0, 1e-6, 1e6]:
                for array in drawn(shape, scale, dtype):
                    assert repr(tl.tensor(array)) == repr(torch.tensor(array))
    finally:
        torch.set_printoptions(profile="default")


@pytest.mark.parametrize("shape", [(), (2,), (4,), (5,), (6,), (7,), (2, 3), (3, 6), (0, 2)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_suffixes(shape, dtype):
    """requires_grad and grad_fn stand on the last line if they fit."""
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    array = np.random.default_rng(0).integers(-9999, 9999, shape).astype(dtype) / 8
    texts = []
    for lib in (tl, torch):
        x = lib.tensor(array, requires_grad=True)
        texts.append(
            [repr(x), repr(x * 2), repr(x.detach()), repr(x.sum()), str(x), repr(lib.nn.Parameter(x.detach()))]
        )
        texts[-1].append(repr(lib.nn.Parameter(x.detach(), requires_grad=False)))
    assert texts[0] == texts[1]


def test_default_dtype_is_not_mentioned():
    assert repr(tl.ones(1, dtype=tl.float64)) == "tensor([1.], dtype=torch.float64)"
    try:
        tl.set_default_dtype(tl.float64)
        assert repr(tl.ones(1)) == "tensor([1.])"
        assert repr(tl.ones(1, dtype=tl.float32)) == "tensor([1.], dtype=torch.float32)"
    finally:
        tl.set_default_dtype(tl.float32)


def test_subclasses_print_their_name():
    class Mine(tl.Tensor):
        pass

    assert repr(Mine([1.0])) == "Mine([1.])"


def test_containers():
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    calls = [
        lambda lib, x: x.max(1),
        lambda lib, x: x.min(0, keepdim=True),
        lambda lib, x: x.median(1),
        lambda lib, x: x.sort(),
        lambda lib, x: x.topk(2),
        lambda lib, x: x.kthvalue(1),
        lambda lib, x: x.mode(),
        lambda lib, x: x.cummax(0),
        lambda lib, x: x.shape,
        lambda lib, x: {"a": x, "b": [x.shape, x[0]]},
        lambda lib, x: x.split(1),
        lambda lib, x: lib.device("cpu"),
    ]
    for call in calls:
        ours, theirs = (call(lib, lib.tensor([[1.0, 3.0, 2.0], [6.0, 5.0, 4.0]])) for lib in (tl, torch))
        assert repr(ours) == repr(theirs)


class TestOptions:
    def test_set_and_restored(self):
        default = tl.get_printoptions()
        assert default == {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80, "sci_mode": None}
        with tl.printoptions(precision=1, sci_mode=True):
            assert repr(tl.tensor([1.5])) == "tensor([1.5e+00])"
            assert tl.get_printoptions()["precision"] == 1
        assert tl.get_printoptions() == default
        with pytest.raises(KeyError), tl.printoptions(precision=1):
            raise KeyError
        assert tl.get_printoptions() == default

    def test_sci_mode_lasts_for_one_setting(self):
        """As in PyTorch, a call without sci_mode sets it back to automatic."""
        tl.set_printoptions(sci_mode=True)
        tl.set_printoptions(precision=3)
        assert repr(tl.tensor([1.5])) == "tensor([1.500])"

    def test_unknown_profile(self):
        before = tl.get_printoptions()
        with pytest.raises(ValueError, match="default, short, full"):
            tl.set_printoptions(precision=9, profile="long")
        assert tl.get_printoptions() == before

    def test_summaries_are_quick(self):
        """Only what is shown is formatted: a large tensor is printed from its edges."""
        text = repr(tl.zeros(3000, 3000).expand(2, 3000, 3000))
        assert text.count("0.") == 2 * 6 * 6
        assert len(repr(tl.arange(10**6)).split(",")) == 7


# Operations in this library's words, with the node that PyTorch has for them.
NODES = """
x.T x.mT x.flatten() x.reshape(4) x.view(-1) x.clone() x.abs() -x x+x x-1 x*x x/2 x**2 2**x x**x x.pow(3.0)
x.sum() x.sum(0) x.mean() x.mean(0) x.prod() x.max() x.min() x.max(0)[0] x.amax(0) x.var(0) x.std()
x[0] x[:,0] x[0,1:] x[...,None] x[[0,1]] x[x>0] x.select(0,0) x.narrow(0,0,1) x.index_select(0,lib.tensor([0]))
x.gather(0,lib.tensor([[0,1]])) x.masked_fill(x>0,0.0) lib.where(x>0,x,0.0)
x@x x.mm(x) x.mv(x[0]) x[0].dot(x[0]) x[0]@x lib.outer(x[0],x[0])
lib.cat([x,x]) lib.stack([x,x]) x.unsqueeze(0) x.squeeze() x.expand(3,2,2) x.repeat(2,2) x.permute(1,0) x.transpose(0,1)
x.exp() x.log() x.log1p() x.sqrt() x.rsqrt() x.square() x.reciprocal() x.sin() x.tanh() x.sigmoid() x.relu()
x.clamp(0,1) x.clamp(min=x) x.maximum(x) x.atan2(x) x.fmod(2) x.remainder(x) x.lerp(x,0.5) x.double() x.cumsum(0)
x.logsumexp(0) x.softmax(0) x.log_softmax(0) x.norm() x.tril() x.diagonal() x.trace() x.flip(0) x.roll(1)
F.mse_loss(x,2*x) F.l1_loss(x,2*x) F.smooth_l1_loss(x,2*x) F.cross_entropy(x,lib.tensor([0,1])) F.gelu(x) F.elu(x)
F.nll_loss(x,lib.tensor([0,1])) F.binary_cross_entropy_with_logits(x,x.sigmoid()) F.silu(x) F.leaky_relu(x)
F.linear(x,x) F.linear(x,x,x[0]) F.linear(x[None],x,x[0]) F.layer_norm(x,(2,)) F.dropout(x) F.relu6(x) F.softplus(x)
lib.addcmul(x,x,x) x.clone().add_(1) x.clone().mul_(x) x.clone().copy_(x)
"""


@pytest.mark.parametrize("expression", NODES.split())
def test_node(expression):
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    found = []
    for lib in (tl, torch):
        x = lib.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        found.append(repr(eval(expression, {"lib": lib, "x": x, "F": lib.nn.functional})).rsplit("grad_fn=", 1)[1])
    assert found[0] == found[1]


def test_a_write_into_a_part():
    x = tl.ones(3, requires_grad=True) * 1
    x[0] = 2.0
    assert repr(x).endswith("grad_fn=<CopySlices>)")
    y = tl.ones(3, requires_grad=True) * 1
    y[tl.tensor([0])] = 2.0
    assert repr(y).endswith("grad_fn=<IndexPutBackward0>)")


def test_every_node_has_a_name():
    """Also after backward has freed the node, when its inputs are unknown."""
    for row in ROWS:
        if not row.differentiable:
            continue
        inputs = [tl.full(shape, sum(row.domain) / 2 + 0.1, requires_grad=True) for shape in row.shapes[0]]
        outputs = row.call(tl, *inputs)
        for y in outputs if isinstance(outputs, (tuple, list)) else [outputs]:
            if isinstance(y, tl.Tensor) and y.grad_fn is not None:
                name = y.grad_fn.name()
                assert name.isidentifier()
                y.grad_fn.edges = None
                assert y.grad_fn.name().isidentifier()


def test_the_table_of_names_names_operations():
    assert set(NAMES) <= set(OPERATIONS)

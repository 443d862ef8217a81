"""Layers against PyTorch: the same text, the same first weights after the same seed, values, derivatives, states."""

import inspect
import warnings

import numpy as np
import pytest

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)

LAYERS = [
    ("Identity", lambda nn: nn.Identity(), ((3, 4),)),
    ("Linear", lambda nn: nn.Linear(4, 3), ((5, 4),)),
    ("Linear", lambda nn: nn.Linear(4, 3, bias=False), ((2, 5, 4),)),
    ("Linear", lambda nn: nn.Linear(4, 3), ((4,),)),
    ("Bilinear", lambda nn: nn.Bilinear(3, 4, 2), ((5, 3), (5, 4))),
    ("Bilinear", lambda nn: nn.Bilinear(3, 4, 2, bias=False), ((2, 5, 3), (2, 5, 4))),
    ("Flatten", lambda nn: nn.Flatten(), ((2, 3, 4),)),
    ("Flatten", lambda nn: nn.Flatten(0, 1), ((2, 3, 4),)),
    ("Unflatten", lambda nn: nn.Unflatten(1, (2, 3)), ((2, 6),)),
    ("ReLU", lambda nn: nn.ReLU(), ((3, 4),)),
    ("ReLU", lambda nn: nn.ReLU(inplace=True), ((3, 4),)),
    ("ReLU6", lambda nn: nn.ReLU6(), ((3, 4),)),
    ("LeakyReLU", lambda nn: nn.LeakyReLU(0.05), ((3, 4),)),
    ("LeakyReLU", lambda nn: nn.LeakyReLU(0.1, True), ((3, 4),)),
    ("PReLU", lambda nn: nn.PReLU(), ((3, 4),)),
    ("PReLU", lambda nn: nn.PReLU(4, 0.1), ((3, 4),)),
    ("PReLU", lambda nn: nn.PReLU(3), ((2, 3, 4),)),
    ("RReLU", lambda nn: nn.RReLU(), ((3, 4),)),
    ("RReLU", lambda nn: nn.RReLU(0.1, 0.2).eval(), ((3, 4),)),
    ("ELU", lambda nn: nn.ELU(0.7), ((3, 4),)),
    ("ELU", lambda nn: nn.ELU(inplace=True), ((3, 4),)),
    ("SELU", lambda nn: nn.SELU(), ((3, 4),)),
    ("CELU", lambda nn: nn.CELU(0.7), ((3, 4),)),
    ("GELU", lambda nn: nn.GELU(), ((3, 4),)),
    ("GELU", lambda nn: nn.GELU("tanh"), ((3, 4),)),
    ("SiLU", lambda nn: nn.SiLU(), ((3, 4),)),
    ("SiLU", lambda nn: nn.SiLU(inplace=True), ((3, 4),)),
    ("Mish", lambda nn: nn.Mish(), ((3, 4),)),
    ("Softplus", lambda nn: nn.Softplus(2, 10), ((3, 4),)),
    ("Softsign", lambda nn: nn.Softsign(), ((3, 4),)),
    ("Sigmoid", lambda nn: nn.Sigmoid(), ((3, 4),)),
    ("LogSigmoid", lambda nn: nn.LogSigmoid(), ((3, 4),)),
    ("Tanh", lambda nn: nn.Tanh(), ((3, 4),)),
    ("Hardtanh", lambda nn: nn.Hardtanh(-0.5, 0.7), ((3, 4),)),
    ("Hardsigmoid", lambda nn: nn.Hardsigmoid(), ((3, 4),)),
    ("Hardswish", lambda nn: nn.Hardswish(), ((3, 4),)),
    ("Tanhshrink", lambda nn: nn.Tanhshrink(), ((3, 4),)),
    ("Softshrink", lambda nn: nn.Softshrink(0.3), ((3, 4),)),
    ("Hardshrink", lambda nn: nn.Hardshrink(0.3), ((3, 4),)),
    ("Threshold", lambda nn: nn.Threshold(0.1, 20), ((3, 4),)),
    ("Threshold", lambda nn: nn.Threshold(0.1, 20, inplace=True), ((3, 4),)),
    ("GLU", lambda nn: nn.GLU(), ((3, 4),)),
    ("GLU", lambda nn: nn.GLU(0), ((4, 3),)),
    ("Softmax", lambda nn: nn.Softmax(dim=1), ((3, 4),)),
    ("Softmax2d", lambda nn: nn.Softmax2d(), ((2, 3, 2, 2),)),
    ("LogSoftmax", lambda nn: nn.LogSoftmax(dim=0), ((3, 4),)),
    ("Softmin", lambda nn: nn.Softmin(-1), ((3, 4),)),
    ("Dropout", lambda nn: nn.Dropout(), ((3, 4),)),
    ("Dropout", lambda nn: nn.Dropout(0.3, inplace=True), ((3, 4),)),
    ("Dropout", lambda nn: nn.Dropout(1.0), ((3, 4),)),
    ("Dropout", lambda nn: nn.Dropout(0.3).eval(), ((3, 4),)),
    ("Dropout1d", lambda nn: nn.Dropout1d(0.3), ((2, 3, 4),)),
    ("Dropout1d", lambda nn: nn.Dropout1d(0.3), ((3, 4),)),
    ("Dropout2d", lambda nn: nn.Dropout2d(0.3), ((2, 3, 4, 2),)),
    ("Dropout3d", lambda nn: nn.Dropout3d(0.3), ((2, 3, 2, 2, 2),)),
    ("AlphaDropout", lambda nn: nn.AlphaDropout(0.3), ((3, 4),)),
    ("AlphaDropout", lambda nn: nn.AlphaDropout(1.0), ((3, 4),)),
    ("FeatureAlphaDropout", lambda nn: nn.FeatureAlphaDropout(0.3), ((2, 3, 4),)),
    ("LayerNorm", lambda nn: nn.LayerNorm(4), ((3, 4),)),
    ("LayerNorm", lambda nn: nn.LayerNorm((3, 4), eps=0.1, bias=False), ((2, 5, 3, 4),)),
    ("LayerNorm", lambda nn: nn.LayerNorm(4, elementwise_affine=False), ((4,),)),
    ("RMSNorm", lambda nn: nn.RMSNorm(4), ((3, 4),)),
    ("RMSNorm", lambda nn: nn.RMSNorm([3, 4], eps=0.1), ((2, 3, 4),)),
    ("RMSNorm", lambda nn: nn.RMSNorm(4, elementwise_affine=False), ((2, 3, 4),)),
    ("GroupNorm", lambda nn: nn.GroupNorm(2, 6), ((3, 6, 2, 2),)),
    ("GroupNorm", lambda nn: nn.GroupNorm(3, 6, affine=False), ((3, 6, 3),)),
    ("GroupNorm", lambda nn: nn.GroupNorm(1, 3, bias=False), ((2, 3, 4),)),
    ("BatchNorm1d", lambda nn: nn.BatchNorm1d(4), ((5, 4),)),
    ("BatchNorm1d", lambda nn: nn.BatchNorm1d(4, momentum=None), ((3, 4, 2),)),
    ("BatchNorm1d", lambda nn: nn.BatchNorm1d(4).eval(), ((5, 4),)),
    ("BatchNorm1d", lambda nn: nn.BatchNorm1d(4, affine=False, track_running_stats=False).eval(), ((5, 4),)),
    ("BatchNorm2d", lambda nn: nn.BatchNorm2d(3, eps=0.1, momentum=0.3, bias=False), ((2, 3, 4, 2),)),
    ("BatchNorm2d", lambda nn: nn.BatchNorm2d(3, track_running_stats=False), ((2, 3, 4, 2),)),
    ("BatchNorm3d", lambda nn: nn.BatchNorm3d(3), ((2, 3, 2, 2, 2),)),
    ("InstanceNorm1d", lambda nn: nn.InstanceNorm1d(3), ((2, 3, 4),)),
    ("InstanceNorm1d", lambda nn: nn.InstanceNorm1d(3, affine=True, track_running_stats=True), ((3, 4),)),
    ("InstanceNorm2d", lambda nn: nn.InstanceNorm2d(3, affine=True), ((2, 3, 4, 2),)),
    ("InstanceNorm2d", lambda nn: nn.InstanceNorm2d(3, track_running_stats=True).eval(), ((2, 3, 4, 2),)),
    ("InstanceNorm3d", lambda nn: nn.InstanceNorm3d(3), ((2, 3, 2, 2, 2),)),
    ("CosineSimilarity", lambda nn: nn.CosineSimilarity(), ((3, 4), (3, 4))),
    ("CosineSimilarity", lambda nn: nn.CosineSimilarity(dim=0), ((3, 4), (4,))),
    ("PairwiseDistance", lambda nn: nn.PairwiseDistance(), ((3, 4), (3, 4))),
    ("PairwiseDistance", lambda nn: nn.PairwiseDistance(1, keepdim=True), ((3, 4), (3, 4))),
]

IN_SINGLE = {"CELU", "Hardsigmoid"}  # PyTorch keeps their constants in float32, also for float64


def case_id(case):
    return case[0] if not isinstance(case, str) else case


def pair(make, dtype=np.float32):
    """The layer here and in PyTorch, each made after the same seed."""
    made = []
    for lib in (tl, torch):
        lib.manual_seed(7)
        layer = make(lib.nn)
        made.append(layer.double() if dtype is np.float64 else layer)
    return made


@pytest.mark.parametrize("case", LAYERS, ids=case_id)
def test_text_and_first_weights(case):
    ours, theirs = pair(case[1])
    assert repr(ours) == repr(theirs)
    a, b = ours.state_dict(), theirs.state_dict()
    assert list(a) == list(b)
    for path in a:
        np.testing.assert_array_equal(a[path].numpy(), b[path].numpy(), strict=True)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", LAYERS, ids=case_id)
def test_values_and_derivatives(case, dtype):
    _, make, shapes = case
    random = np.random.default_rng(3)
    arrays = [random.uniform(-2, 2, shape).astype(dtype) for shape in shapes]
    results = []
    for lib, layer in zip((tl, torch), pair(make, dtype), strict=True):
        leaves = [lib.tensor(x, requires_grad=True) for x in arrays]
        lib.manual_seed(5)
        y = layer(*[x * 1 for x in leaves])  # not a leaf, so that it may be written in place
        (y * y * y).sum().backward()
        results.append((y, [x.grad for x in leaves], [*(p.grad for p in layer.parameters()), *layer.buffers()]))
    (y, dx, dp), (z, dz, dq) = results
    tolerance = 2e-6 if dtype is np.float32 else 1e-7 if case[0] in IN_SINGLE else 1e-12
    for a, b in zip([y, *dx, *dp], [z, *dz, *dq], strict=True):
        assert str(a.dtype) == str(b.dtype).removeprefix("torch.")
        b = b.detach().numpy()
        np.testing.assert_allclose(a.detach().numpy(), b, rtol=tolerance, atol=tolerance * max(1, np.abs(b).max()))


EMBEDDINGS = [
    {},
    {"padding_idx": 1},
    {"padding_idx": -1, "scale_grad_by_freq": True},
    {"max_norm": 1.0},
    {"max_norm": 1.5, "norm_type": 1.0, "sparse": False},
]


@pytest.mark.parametrize("options", EMBEDDINGS, ids=str)
def test_embedding(options):
    rows = np.array([[1, 0, 3], [1, 3, 1]])
    found = []
    for lib, layer in zip((tl, torch), pair(lambda nn: nn.Embedding(4, 5, **options)), strict=True):
        y = layer(lib.tensor(rows))
        (y * y * y).sum().backward()
        found.append((repr(layer), y, layer.weight, layer.weight.grad))
    assert found[0][0] == found[1][0]
    for a, b in zip(found[0][1:], found[1][1:], strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=2e-5, atol=1e-6)
    frozen = [lib.nn.Embedding.from_pretrained(lib.eye(3)) for lib in (tl, torch)]
    assert not any(layer.weight.requires_grad for layer in frozen)
    assert repr(frozen[0]) == repr(frozen[1])


@pytest.mark.parametrize("momentum", [0.1, None])
@pytest.mark.parametrize("kind", ["BatchNorm1d", "InstanceNorm1d"])
def test_running_statistics(kind, momentum):
    """Three batches in training, then one in evaluation."""
    random = np.random.default_rng(0)
    batches = [random.normal(2, 3, (4, 3, 5)) for _ in range(4)]
    found = []
    for lib in (tl, torch):
        options = {} if kind == "BatchNorm1d" else {"track_running_stats": True, "affine": True}
        layer = getattr(lib.nn, kind)(3, momentum=momentum or 0.2, **options).double()
        layer.momentum = momentum if kind == "BatchNorm1d" else 0.2
        for x in batches[:3]:
            layer(lib.tensor(x))
        leaf = lib.tensor(batches[3], requires_grad=True)
        y = layer.eval()(leaf)
        (y * y).sum().backward()
        found.append([y, leaf.grad, layer.weight.grad, layer.bias.grad, *layer.buffers()])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-11, atol=1e-12)


def named(parameter):
    """The default, "-" if there is none; a function by its name, for those of two libraries are never equal."""
    default = parameter.default
    return "-" if default is parameter.empty else default.__name__ if inspect.isfunction(default) else default


def test_signatures():
    """Every module has PyTorch's arguments and defaults."""
    for name in dir(tl.nn):
        ours, theirs = getattr(tl.nn, name), getattr(torch.nn, name, None)
        if name in ("Module", "Parameter") or not (inspect.isclass(ours) and inspect.isclass(theirs)):
            continue
        a, b = ([(p.name, named(p)) for p in inspect.signature(c).parameters.values()] for c in (ours, theirs))
        if {n for n, _ in b} == {"args", "kwargs"}:
            continue  # RNN, LSTM and GRU: PyTorch's arguments have no names that could be read
        assert [n for n, _ in a if n not in ("args", "kwargs")] == [n for n, _ in b if n not in ("args", "kwargs")], (
            name
        )
        assert (
            a == b
            or dict(a) == dict(b)
            or all(x == y or x is None or y is None for (_, x), (_, y) in zip(a, b, strict=False))
        ), name


def test_functions_have_pytorchs_arguments():
    for name in dir(tl.nn.functional):
        ours, theirs = getattr(tl.nn.functional, name), getattr(torch.nn.functional, name, None)
        if not callable(ours) or theirs is None:
            continue
        try:
            b = list(inspect.signature(theirs).parameters)
        except ValueError:
            continue  # written in C++
        a = list(inspect.signature(ours).parameters)
        if a[0] == "x":  # a rule of one variable; its operation takes the name `input`, as PyTorch's
            a[0] = "input"
        assert a == [p for p in b if p != "out"], name


def test_containers_print_alike():
    def build(lib):
        nn = lib.nn
        lib.manual_seed(0)
        net = nn.Sequential(nn.Linear(2, 3), nn.ModuleList([nn.ReLU(), nn.ReLU(), nn.Tanh()]))
        net.add_module("named", nn.ModuleDict({"a": nn.Sequential(nn.Dropout(0.1), nn.CrossEntropyLoss())}))
        net.add_module("deep", nn.ModuleList([nn.Sequential(nn.Linear(1, 1), nn.ReLU()) for _ in range(3)]))
        net.add_module("none", None)
        net.add_module("list", nn.ParameterList([lib.zeros(2, 3), lib.zeros(()), 3]))
        net.add_module("dict", nn.ParameterDict({"a": lib.zeros(2, 3), "b": "text"}))
        return net

    assert repr(build(tl)) == repr(build(torch))


def test_states_go_both_ways():
    ours, theirs = pair(lambda nn: nn.Sequential(nn.Linear(3, 4), nn.PReLU(4), nn.Linear(4, 2)))
    for lib, layer in ((tl, ours), (torch, theirs)):
        with lib.no_grad():
            for parameter in layer.parameters():
                parameter.mul_(3 if lib is tl else 5)
    expected = {path: t.numpy().copy() for path, t in theirs.state_dict().items()}
    ours.load_state_dict(theirs.state_dict())  # PyTorch's tensors are taken as the arrays that they are
    for path, t in ours.state_dict().items():
        np.testing.assert_array_equal(t.numpy(), expected[path], strict=True)
    with tl.no_grad():
        ours[0].weight.mul_(2)
    theirs.load_state_dict({path: torch.from_numpy(t.numpy()) for path, t in ours.state_dict().items()})
    np.testing.assert_array_equal(theirs[0].weight.detach().numpy(), 2 * expected["0.weight"], strict=True)


def test_implied_dimension_warns_as_pytorch_does():
    for lib in (tl, torch):
        with pytest.warns(UserWarning, match="Implicit dimension choice for softmax has been deprecated") as caught:
            lib.nn.functional.softmax(lib.zeros(2, 3))
        assert caught[0].filename == __file__
    for shape in ((), (3,), (2, 3), (2, 3, 4), (2, 3, 4, 5)):
        x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
        for name in ("softmax", "log_softmax", "softmin"):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                a, b = (getattr(lib.nn.functional, name)(lib.tensor(x)) for lib in (tl, torch))
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=2e-6, atol=1e-6)


def test_gumbel_softmax():
    x = np.random.default_rng(0).normal(size=(5, 4))
    for hard in (False, True):
        found = []
        for lib in (tl, torch):
            lib.manual_seed(2)
            leaf = lib.tensor(x, requires_grad=True)
            y = lib.nn.functional.gumbel_softmax(leaf, tau=0.7, hard=hard)
            (y * y * y).sum().backward()
            found.append((y.detach().numpy(), leaf.grad.numpy()))
        for a, b in zip(*found, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


def test_normalize():
    x = np.random.default_rng(0).normal(size=(5, 4))
    x[2] = 0
    for p, dim in ((2.0, 1), (1.0, 0), (3.0, -1)):
        found = []
        for lib in (tl, torch):
            leaf = lib.tensor(x, requires_grad=True)
            y = lib.nn.functional.normalize(leaf, p, dim)
            (y * y * y).sum().backward()
            found.append((y.detach().numpy(), leaf.grad.numpy()))
        for a, b in zip(*found, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-12)

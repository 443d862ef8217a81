"""Recurrent layers and cells: arguments, packed sequences, errors; against PyTorch where that is installed."""

import warnings
from itertools import product

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite import nn
from tinygrad_lite.kernels import recurrent as kernels
from tinygrad_lite.nn.utils import rnn as utils
from tinygrad_lite.ops.recurrent import lstm, plain_lstm

try:
    import torch
except ImportError:
    torch = None
else:
    torch.set_num_threads(1)

reference = pytest.mark.skipif(torch is None, reason="PyTorch, the reference, is not installed")
KINDS = ("RNN", "LSTM", "GRU")


def close(ours, theirs, tolerance=3e-5):
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            assert tuple(a.shape) == tuple(b.shape)
            np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=tolerance, atol=tolerance)


def states(found):
    """The states that a layer or a cell gives, as a list."""
    return list(found) if isinstance(found, tuple) else [found]


# --- without PyTorch ---


@pytest.mark.parametrize("kind", KINDS)
def test_layer_is_its_cell_step_by_step(kind):
    """A layer over a sequence, and the cell with the same weights called for each step."""
    tl.manual_seed(0)
    layer = getattr(nn, kind)(3, 4).double()
    cell = getattr(nn, f"{kind}Cell")(3, 4).double()
    cell.load_state_dict({name.removesuffix("_l0"): value for name, value in layer.state_dict().items()})
    x = tl.randn(5, 2, 3, dtype=tl.float64)
    y, last = layer(x)
    h = None
    for step, row in zip(x, y, strict=True):
        h = cell(step, h)
        close([states(h)[0]], [row], 1e-12)
    close(states(h), [state[0] for state in states(last)], 1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_directions(kind):
    """The other direction reads the sequence from its end: the same as the first one on the reversed sequence."""
    tl.manual_seed(0)
    layer = getattr(nn, kind)(3, 4, bidirectional=True)
    one = getattr(nn, kind)(3, 4)
    suffix = "_reverse"
    one.load_state_dict({k.removesuffix(suffix): v for k, v in layer.state_dict().items() if k.endswith(suffix)})
    x = tl.randn(5, 2, 3)
    y, last = layer(x)
    z, other = one(x.flip(0))
    close([y[:, :, 4:], *(state[1] for state in states(last))], [z.flip(0), *(state[0] for state in states(other))])


@pytest.mark.parametrize("kind", KINDS)
def test_packed_is_each_sequence_alone(kind):
    """No sequence sees the padding, or another sequence, in either direction."""
    tl.manual_seed(0)
    layer = getattr(nn, kind)(3, 4, num_layers=2, bidirectional=True).double()
    sequences = [tl.randn(n, 3, dtype=tl.float64) for n in (2, 5, 1, 5)]
    y, last = layer(utils.pack_sequence(sequences, enforce_sorted=False))
    for i, (sequence, row) in enumerate(zip(sequences, utils.unpack_sequence(y), strict=True)):
        alone, state = layer(sequence)
        close([row, *(s[:, i] for s in states(last))], [alone, *states(state)], 1e-12)


def test_fused_lstm_is_its_expression(random):
    """Values and derivatives of all arguments, with and without the input in the step's product."""
    for inputs in (2, 4500):
        arrays = [
            random.standard_normal(s) for s in ((7, inputs), (3, 8), (3, 15), (60, inputs), (60, 8), (60,), (60,))
        ]
        arrays.append(random.standard_normal((8, 15)))
        arrays[3] /= inputs**0.5
        assert (60 * inputs > kernels.CACHED) == (inputs == 4500)
        found = []
        for f in (lstm, plain_lstm):
            leaves = [tl.tensor(x, requires_grad=True) for x in arrays]
            y = f(*leaves, (3, 2, 1, 1), True)
            y.sin().sum().backward()
            found.append([y, *(leaf.grad for leaf in leaves)])
        close(*found, 1e-10)


def test_product_in_parts(random):
    for n, k, m in ((3, 5, 7), (16, 512, 128), (40, 301, 256), (100, 400, 400)):
        a, b = random.standard_normal((n, k)), random.standard_normal((k, m))
        np.testing.assert_allclose(kernels.product(a, b), a @ b, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("kind", KINDS)
def test_derivatives(kind):
    """Of input, first states and every parameter, to the second order, through layers, directions and packing."""
    tl.manual_seed(0)
    layer = getattr(nn, kind)(2, 2, num_layers=2, bidirectional=True).double()
    x = tl.randn(3, 2, 2, dtype=tl.float64, requires_grad=True)
    first = [tl.randn(4, 2, 2, dtype=tl.float64, requires_grad=True) for _ in range(1 + (kind == "LSTM"))]

    def loss(x, *first):
        y, last = layer(utils.pack_padded_sequence(x, [3, 1]), first if kind == "LSTM" else first[0])
        return (y.data, *states(last))

    assert tl.autograd.gradcheck(loss, (x, *first))
    assert tl.autograd.gradgradcheck(loss, (x, *first))
    (y, *_) = loss(x, *first)
    y.pow(2).sum().backward()
    for parameter in layer.parameters():  # along the derivative itself
        d, eps, values = parameter.grad.numpy(), 1e-6, []
        for sign in (1, -1):
            parameter.array += sign * eps * d
            values.append(loss(x, *first)[0].detach().pow(2).sum().item())
            parameter.array -= sign * eps * d
        np.testing.assert_allclose((values[0] - values[1]) / (2 * eps), (d * d).sum(), rtol=1e-6)


def test_no_sequences_and_shared_arguments():
    y, (h, c) = nn.LSTM(3, 4)(tl.zeros(5, 0, 3))
    assert (y.shape, h.shape, c.shape) == ((5, 0, 4), (1, 0, 4), (1, 0, 4))
    layer = nn.GRU(3, 4, num_layers=2, bidirectional=True)
    assert layer.flatten_parameters() is None
    assert [len(weights) for weights in layer.all_weights] == [4] * 4
    assert layer.all_weights[3][0] is layer.weight_ih_l1_reverse


def test_no_grad_records_nothing():
    x = tl.ones(3, 1, 2)
    with tl.no_grad():
        y, _ = nn.LSTM(2, 3)(x)
    assert not y.requires_grad


def test_write_into_the_output_is_noticed():
    layer = nn.RNN(2, 3)
    y, _ = layer(tl.ones(3, 1, 2))
    y.detach().mul_(2)
    with pytest.raises(RuntimeError, match="rnn"):
        y.sum().backward()


H = (1, 3, 4)
ERRORS = {
    "1-D": (ValueError, lambda m, x: m(x[0, 0])),
    "4-D": (ValueError, lambda m, x: m(x[None])),
    "features": (RuntimeError, lambda m, x: m(x[..., :2])),
    "dtype": (ValueError, lambda m, x: m(x.double())),
    "no steps": (RuntimeError, lambda m, x: m(x[:0])),
    "batch of state": (RuntimeError, lambda m, x: m(x, given(m, (1, 2, 4)))),
    "layers of state": (RuntimeError, lambda m, x: m(x, given(m, (2, 3, 4)))),
    "state without batch": (RuntimeError, lambda m, x: m(x, given(m, (1, 4)))),
    "state with batch": (RuntimeError, lambda m, x: m(x[:, 0], given(m, (1, 1, 4)))),
    "dtype of state": (RuntimeError, lambda m, x: m(x, given(m, H, "float64"))),
    "packed features": (RuntimeError, lambda m, x: m(packed(x[..., :2]))),
    "packed batch of state": (RuntimeError, lambda m, x: m(packed(x), given(m, (1, 2, 4)))),
}


def library(module):
    return tl if isinstance(module, nn.Module) else torch


def given(module, shape, dtype="float32"):
    lib = library(module)
    state = lib.zeros(shape, dtype=getattr(lib, dtype))
    return (state, state) if type(module).__name__ == "LSTM" else state


def packed(x):
    lib = tl if isinstance(x, tl.Tensor) else torch
    return lib.nn.utils.rnn.pack_padded_sequence(x, [5, 5, 2])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", ERRORS)
def test_errors(kind, case):
    error, call = ERRORS[case]
    for lib in [tl] if torch is None else [tl, torch]:
        with pytest.raises(error):
            call(getattr(lib.nn, kind)(3, 4), lib.zeros(5, 3, 3))


ARGUMENTS = {
    "nonlinearity": (ValueError, lambda nn: nn.RNN(3, 4, nonlinearity="gelu")),
    "proj_size of RNN": (ValueError, lambda nn: nn.RNN(3, 4, proj_size=2)),
    "proj_size of GRU": (ValueError, lambda nn: nn.GRU(3, 4, proj_size=2)),
    "proj_size": (ValueError, lambda nn: nn.LSTM(3, 4, proj_size=4)),
    "negative proj_size": (ValueError, lambda nn: nn.LSTM(3, 4, proj_size=-1)),
    "dropout": (ValueError, lambda nn: nn.LSTM(3, 4, 2, dropout=2)),
    "dropout of bool": (ValueError, lambda nn: nn.LSTM(3, 4, 2, dropout=True)),
    "input_size": (TypeError, lambda nn: nn.LSTM(3.0, 4)),
    "no input_size": (ValueError, lambda nn: nn.LSTM(0, 4)),
    "hidden_size": (ValueError, lambda nn: nn.GRU(3, 0)),
    "num_layers": (ValueError, lambda nn: nn.GRU(3, 4, 0)),
    "bias": (TypeError, lambda nn: nn.RNN(3, 4, bias=1)),
    "batch_first": (TypeError, lambda nn: nn.RNN(3, 4, batch_first=1)),
    "mode": (ValueError, lambda nn: nn.RNNBase("MLP", 3, 4)),
}


@pytest.mark.parametrize("case", ARGUMENTS)
def test_argument_errors(case):
    error, call = ARGUMENTS[case]
    for module in [nn] if torch is None else [nn, torch.nn]:
        with pytest.raises(error):
            call(module)


def test_useless_dropout_warns():
    with pytest.warns(UserWarning, match="dropout option"):
        nn.LSTM(3, 4, dropout=0.1)


CELL_ERRORS = {
    "3-D": (ValueError, lambda m, x: m(x[None])),
    "features": (RuntimeError, lambda m, x: m(x[:, :2])),
    "batch of state": (RuntimeError, lambda m, x: m(x, of_cell(m, (1, 4)))),
    "3-D state": (ValueError, lambda m, x: m(x, of_cell(m, (2, 1, 4)))),
    "size of state": (RuntimeError, lambda m, x: m(x, of_cell(m, (2, 5)))),
    "dtype": (RuntimeError, lambda m, x: m(x.double())),
}


def of_cell(module, shape):
    state = library(module).zeros(shape)
    return (state, state) if type(module).__name__ == "LSTMCell" else state


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CELL_ERRORS)
def test_cell_errors(kind, case):
    error, call = CELL_ERRORS[case]
    for lib in [tl] if torch is None else [tl, torch]:
        with pytest.raises(error):
            call(getattr(lib.nn, f"{kind}Cell")(3, 4), lib.zeros(2, 3))


def test_unknown_nonlinearity_of_a_cell():
    with pytest.raises(RuntimeError, match="nonlinearity"):
        nn.RNNCell(3, 4, nonlinearity="gelu")(tl.zeros(2, 3))


# --- against PyTorch ---

OPTIONS = [
    dict(zip(("num_layers", "bidirectional", "batch_first", "bias", "dropout"), values, strict=True))
    for values in product((1, 2, 3), (False, True), (False, True), (True, False), (0.0, 0.4))
]
SPECIAL = {"RNN": {"nonlinearity": ("tanh", "relu")}, "LSTM": {"proj_size": (0, 2)}, "GRU": {}}
FORMS = ("batch", "single", "packed", "unsorted")


@reference
@pytest.mark.filterwarnings("ignore:LSTM with projections")  # PyTorch's, of its own speed
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", FORMS)
def test_layers(kind, form):
    """A generated grid of arguments: the same text, first weights, dropped numbers, results and derivatives."""
    random = np.random.default_rng(0)
    for number, options in enumerate(OPTIONS):
        if options["dropout"] and options["num_layers"] == 1:
            continue
        special = {name: values[number // 2 % 2] for name, values in SPECIAL[kind].items()}
        compare_layers(kind, {**options, **special}, form, number % 3 != 0, random)


def compare_layers(kind, options, form, with_states, random):
    inputs, hidden, steps, batch = 5, 4, 6, 3
    layers = []
    for lib in (tl, torch):
        lib.manual_seed(1)
        layers.append(getattr(lib.nn, kind)(inputs, hidden, **options))
    ours, theirs = layers
    assert repr(ours) == repr(theirs)
    a, b = ours.state_dict(), theirs.state_dict()
    assert list(a) == list(b)
    for name in a:
        np.testing.assert_array_equal(a[name].numpy(), b[name].numpy())
    first = options["batch_first"]
    shape = (steps, inputs) if form == "single" else (batch, steps, inputs) if first else (steps, batch, inputs)
    x = random.standard_normal(shape).astype(np.float32)
    depth = options["num_layers"] * (1 + options["bidirectional"])
    widths = [options.get("proj_size") or hidden, hidden][: 1 + (kind == "LSTM")]
    starts = [random.standard_normal((depth, batch, width)).astype(np.float32) for width in widths]
    starts = [start[:, 0] for start in starts] if form == "single" else starts
    lengths = [6, 3, 1] if form == "packed" else [2, 6, 4]
    found = []
    for lib, layer in zip((tl, torch), layers, strict=True):
        lib.manual_seed(2)
        leaf = lib.tensor(x, requires_grad=True)
        hx = [lib.tensor(start, requires_grad=True) for start in starts]
        input = leaf
        if form in ("packed", "unsorted"):
            input = lib.nn.utils.rnn.pack_padded_sequence(leaf, lengths, first, form == "packed")
        y, last = layer(input, *([tuple(hx) if kind == "LSTM" else hx[0]] if with_states else []))
        if form in ("packed", "unsorted"):
            y, _ = lib.nn.utils.rnn.pad_packed_sequence(y, first)
        loss = (y * y.cos()).sum()
        for i, state in enumerate(states(last)):
            loss = loss + (i + 1) * (state * state.sin()).sum()
        loss.backward()
        found.append([y, *states(last), leaf.grad, *(h.grad for h in hx), *(w.grad for w in layer.parameters())])
    close(*found)


@reference
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bias", [True, False])
def test_cells(kind, bias, random):
    x = random.standard_normal((2, 3)).astype(np.float32)
    found = []
    for lib in (tl, torch):
        lib.manual_seed(0)
        options = {"nonlinearity": "relu"} if kind == "RNN" and bias else {}
        cell = getattr(lib.nn, f"{kind}Cell")(3, 4, bias=bias, **options)
        leaf = lib.tensor(x, requires_grad=True)
        h = cell(leaf, cell(leaf))
        alone = cell(leaf[0])
        sum((s * s.sin()).sum() for s in [*states(h), *states(alone)]).backward()
        found.append([*states(h), *states(alone), leaf.grad, *(w.grad for w in cell.parameters())])
        found[-1].append(repr(cell))
    assert found[0].pop() == found[1].pop()
    close(*found)


@reference
def test_second_derivative_of_a_layer(random):
    x = random.standard_normal((4, 2, 3))
    found = []
    for lib in (tl, torch):
        lib.manual_seed(0)
        layer = lib.nn.LSTM(3, 4, bidirectional=True).double()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            leaf = lib.tensor(x, requires_grad=True)
            y, _ = layer(leaf)
            (dx,) = lib.autograd.grad(y.pow(2).sum(), leaf, create_graph=True)
            found.append(lib.autograd.grad(dx.pow(2).sum(), [leaf, *layer.parameters()]))
    close(*found, 1e-9)


@reference
def test_state_travels_both_ways(random):
    x = random.standard_normal((5, 2, 3)).astype(np.float32)
    ours, theirs = nn.GRU(3, 4, 2), torch.nn.GRU(3, 4, 2)
    theirs.load_state_dict({name: torch.tensor(value.numpy()) for name, value in ours.state_dict().items()})
    close([ours(tl.tensor(x))[0]], [theirs(torch.tensor(x))[0]])

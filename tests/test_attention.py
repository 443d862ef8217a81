"""Attention and Transformers: masks, arguments, first weights, errors; against PyTorch where that is installed."""

import math
from itertools import product

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite import nn
from tinygrad_lite.nn import functional as F

try:
    import torch
except ImportError:
    torch = None
else:
    torch.set_num_threads(1)

reference = pytest.mark.skipif(torch is None, reason="PyTorch, the reference, is not installed")


def close(ours, theirs, tolerance=2e-5):
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            assert tuple(a.shape) == tuple(b.shape)
            np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=tolerance, atol=tolerance)


# --- without PyTorch ---


def test_attention_is_an_average(random):
    """Of equal keys all values count the same; of one that matches best, almost only its own value."""
    v = tl.tensor(random.standard_normal((4, 3)))
    zeros = tl.zeros(2, 5, dtype=tl.float64)
    y = F.scaled_dot_product_attention(zeros, tl.zeros(4, 5, dtype=tl.float64), v)
    np.testing.assert_allclose(y.numpy(), np.tile(v.numpy().mean(0), (2, 1)))
    k = tl.eye(4, dtype=tl.float64) * 100
    np.testing.assert_allclose(F.scaled_dot_product_attention(k, k, v).numpy(), v.numpy(), rtol=1e-12)


def test_large_scores_do_not_overflow(random):
    """Scores of ±10⁴ overflow an exponential: the result is that of the largest score alone."""
    q = np.array([[1e4], [-1e4]], np.float32)
    k = np.array([[1.0], [-1.0]], np.float32)
    v = random.standard_normal((2, 3)).astype(np.float32)
    y = F.scaled_dot_product_attention(tl.tensor(q), tl.tensor(k), tl.tensor(v), scale=1.0)
    np.testing.assert_array_equal(y.numpy(), v)
    low = F.scaled_dot_product_attention(tl.tensor(q), tl.tensor(k), tl.tensor(v), tl.full((2, 2), -1e6), scale=1.0)
    np.testing.assert_array_equal(low.numpy(), v)


def test_nothing_to_attend_to_gives_zero():
    x = tl.ones(2, 3, requires_grad=True)
    y = F.scaled_dot_product_attention(x, x, x, tl.tensor([[False, False], [True, False]]))
    y.sum().backward()
    assert y.tolist() == [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]
    assert x.grad.isfinite().all()


def test_a_batch_in_parts_is_the_batch(random):
    """Large batches are taken in parts: each sequence gets what it gets alone."""
    q, k, v, g = (random.standard_normal((24, 4, 40, 3)) for _ in range(4))
    mask = random.standard_normal((24, 1, 40, 40))
    whole = [tl.tensor(x, requires_grad=True) for x in (q, k, v, mask)]
    y = F.scaled_dot_product_attention(*whole)
    y.backward(tl.tensor(g))
    for i in (0, 7, 23):
        alone = [tl.tensor(x[i], requires_grad=True) for x in (q, k, v, mask)]
        z = F.scaled_dot_product_attention(*alone)
        z.backward(tl.tensor(g[i]))
        close([y[i], *(x.grad[i] for x in whole)], [z, *(x.grad for x in alone)], 1e-12)


def test_a_write_into_a_value_is_noticed():
    q, k, v = (tl.ones(2, 3, requires_grad=True) * 1 for _ in range(3))
    y = F.scaled_dot_product_attention(q, k, v)
    v.mul_(2)
    with pytest.raises(RuntimeError, match="attention"):
        y.sum().backward()


def test_retained_tape_gives_the_same_again(random):
    q, k, v = (tl.tensor(random.standard_normal((2, 3)), requires_grad=True) for _ in range(3))
    y = F.scaled_dot_product_attention(q, k, v)
    first = tl.autograd.grad(y, (q, k, v), tl.ones(2, 3, dtype=tl.float64), retain_graph=True)
    twice = tl.autograd.grad(y, (q, k, v), tl.full((2, 3), 2.0, dtype=tl.float64), retain_graph=True)
    again = tl.autograd.grad(y, (q, k, v), tl.ones(2, 3, dtype=tl.float64))
    close(first, again, 0)
    close([2 * d for d in first], twice, 1e-14)


def two(q):
    """Keys and values of two heads."""
    return (q.expand(2, 2, 3),) * 2


ATTENTION_ERRORS = {
    "dims": (RuntimeError, lambda q: F.scaled_dot_product_attention(q[0], q, q)),
    "dtype": (RuntimeError, lambda q: F.scaled_dot_product_attention(q, q.double(), q)),
    "ints": (RuntimeError, lambda q: F.scaled_dot_product_attention(q.int(), q.int(), q.int())),
    "sizes": (RuntimeError, lambda q: F.scaled_dot_product_attention(q, q[:, :1], q)),
    "lengths": (RuntimeError, lambda q: F.scaled_dot_product_attention(q, q, q[:1])),
    "batch": (RuntimeError, lambda q: F.scaled_dot_product_attention(q.expand(3, 2, 3), q.expand(2, 2, 3), q)),
    "both masks": (RuntimeError, lambda q: F.scaled_dot_product_attention(q, q, q, tl.ones(2, 2), is_causal=True)),
    "mask dtype": (RuntimeError, lambda q: F.scaled_dot_product_attention(q, q, q, tl.ones(2, 2).long())),
    "mask shape": (RuntimeError, lambda q: F.scaled_dot_product_attention(q, q, q, tl.ones(3, 2))),
    "mask larger": (RuntimeError, lambda q: F.scaled_dot_product_attention(q, q, q, tl.ones(3, 2, 2))),
    "probability": (RuntimeError, lambda q: F.scaled_dot_product_attention(q, q, q, dropout_p=1.5)),
    "no tensor": (TypeError, lambda q: F.scaled_dot_product_attention(q.numpy(), q, q)),
    "heads": (RuntimeError, lambda q: F.scaled_dot_product_attention(q.expand(3, 2, 3), *two(q), enable_gqa=True)),
    "no heads": (IndexError, lambda q: F.scaled_dot_product_attention(q, q, q, enable_gqa=True)),
    "embed_dim": (AssertionError, lambda q: nn.MultiheadAttention(4, 3)),
    "no embed_dim": (ValueError, lambda q: nn.MultiheadAttention(0, 1)),
    "query": (AssertionError, lambda q: nn.MultiheadAttention(3, 1)(q[0], q, q)),
    "key": (AssertionError, lambda q: nn.MultiheadAttention(3, 1)(q, q[None], q)),
    "shape": (AssertionError, lambda q: nn.MultiheadAttention(3, 1)(q, q, q[:1])),
    "width": (AssertionError, lambda q: nn.MultiheadAttention(4, 1)(q, q, q)),
    "padding": (AssertionError, lambda q: nn.MultiheadAttention(3, 1)(q, q, q, tl.zeros(1, 2))),
    "padding length": (AssertionError, lambda q: nn.MultiheadAttention(3, 1)(q, q, q, tl.zeros(3))),
    "mask of ints": (AssertionError, lambda q: nn.MultiheadAttention(3, 1)(q, q, q, attn_mask=tl.ones(2, 2).long())),
    "mask size": (RuntimeError, lambda q: nn.MultiheadAttention(3, 1)(q, q, q, attn_mask=tl.zeros(2, 3))),
    "hint": (RuntimeError, lambda q: nn.MultiheadAttention(3, 1)(q, q, q, is_causal=True)),
    "activation": (RuntimeError, lambda q: nn.TransformerEncoderLayer(4, 2, activation="tanh")),
    "batches": (RuntimeError, lambda q: small_transformer()(tl.ones(2, 3, 4), tl.ones(2, 2, 4))),
    "features": (RuntimeError, lambda q: small_transformer()(tl.ones(2, 3, 4), tl.ones(2, 3, 5))),
}  # fmt: skip


def small_transformer():
    return nn.Transformer(4, 2, 1, 1, 8)


@pytest.mark.parametrize("case", ATTENTION_ERRORS)
def test_errors(case):
    kind, call = ATTENTION_ERRORS[case]
    with pytest.raises(kind):
        call(tl.ones(2, 3))


def test_causal_mask_hides_the_future():
    tl.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)
    encoder = nn.TransformerEncoder(layer, 2)
    mask = nn.Transformer.generate_square_subsequent_mask(5)
    x = tl.randn(1, 5, 8)
    y = encoder(x, mask=mask)
    x[0, 3:] += 1
    z = encoder(x, mask=mask)
    assert tl.equal(y[0, :3], z[0, :3])
    assert not tl.isclose(y[0, 3:], z[0, 3:]).all(1).any()
    np.testing.assert_allclose(z.detach().numpy(), encoder(x, mask=mask, is_causal=True).detach().numpy(), atol=1e-6)


def test_gradcheck_of_a_layer():
    tl.manual_seed(0)
    layer = nn.TransformerDecoderLayer(4, 2, 6, dropout=0.0, activation="gelu").double()
    x, memory = tl.randn(3, 2, 4, dtype=tl.float64, requires_grad=True), tl.randn(2, 2, 4, dtype=tl.float64)
    memory.requires_grad = True
    assert tl.autograd.gradcheck(layer, (x, memory))
    assert tl.autograd.gradgradcheck(layer, (x, memory))


# --- against PyTorch ---


@reference
@pytest.mark.parametrize("mask", [None, "bool", "float", "causal"])
@pytest.mark.parametrize("dropout", [0.0, 0.4, 1.0])
def test_attention_and_dropout(mask, dropout, random):
    """The same weights are dropped after the same seed."""
    arrays = [random.standard_normal(shape).astype(np.float32) for shape in ((2, 3, 4, 8), (2, 3, 5, 8), (2, 3, 5, 6))]
    made = {"bool": random.random((4, 5)) > 0.4, "float": random.standard_normal((3, 4, 5)).astype(np.float32)}.get(
        mask
    )
    found = []
    for lib in (tl, torch):
        lib.manual_seed(5)
        inputs = [lib.tensor(x, requires_grad=True) for x in arrays]
        attn_mask = None if made is None else lib.tensor(made)
        y = lib.nn.functional.scaled_dot_product_attention(*inputs, attn_mask, dropout, mask == "causal", scale=0.3)
        (y * y.cos()).sum().backward()
        found.append([y, *(x.grad for x in inputs)])
    close(*found)


MODULES = [
    dict(zip(("bias", "add_bias_kv", "add_zero_attn", "batch_first", "other_dims", "dropout"), values, strict=True))
    for values in product((True, False), (False, True), (False, True), (False, True), (False, True), (0.0, 0.3))
]
CALLS = [
    (masks, padding, weights, average, batched)
    for masks, padding in product((None, "bool", "float", "of heads", "hint"), (None, "bool", "float"))
    for weights, average in ((True, True), (True, False), (False, True))
    for batched in (True, False)
]


@reference
@pytest.mark.filterwarnings("ignore:Support for mismatched")
@pytest.mark.parametrize("start", range(16))
def test_multihead_attention(start):
    """A generated grid of arguments: the same first weights, text, results and derivatives."""
    random = np.random.default_rng(start)
    for number, call in enumerate(CALLS[start % 8 :: 8]):
        multihead(MODULES[(5 * number + 3 * start) % len(MODULES)], call, random)


def multihead(options, call, random):
    masks, padding, weights, average, batched = call
    embed, heads, rows, columns, batch = 8, 2, 4, 5, 3
    options = dict(options)
    kdim, vdim = (6, 7) if options.pop("other_dims") else (embed, embed)
    layers = []
    for lib in (tl, torch):
        lib.manual_seed(1)
        layers.append(lib.nn.MultiheadAttention(embed, heads, kdim=kdim, vdim=vdim, **options))
    same_start(*layers)

    def sequence(length, width):
        shape = (batch, length, width) if options["batch_first"] else (length, batch, width)
        return random.standard_normal(shape if batched else (length, width)).astype(np.float32)

    arrays = [sequence(rows, embed), sequence(columns, kdim), sequence(columns, vdim)]
    hidden = np.triu(np.ones((rows, columns), bool), 1)
    mask = {
        "bool": hidden,
        "hint": hidden,
        "float": random.standard_normal((rows, columns)).astype(np.float32),
        "of heads": random.standard_normal(((batch if batched else 1) * heads, rows, columns)).astype(np.float32),
    }.get(masks)
    ignored = None
    if padding is not None:
        ignored = random.random((batch, columns) if batched else (columns,)) > 0.6
        ignored[..., 0] = False
        ignored = ignored if padding == "bool" else np.where(ignored, -np.inf, 0).astype(np.float32)
    found = []
    for lib, layer in zip((tl, torch), layers, strict=True):
        lib.manual_seed(2)
        inputs = [lib.tensor(x, requires_grad=True) for x in arrays]
        y, p = layer(
            *inputs,
            key_padding_mask=None if ignored is None else lib.tensor(ignored),
            need_weights=weights,
            attn_mask=None if mask is None else lib.tensor(mask),
            average_attn_weights=average,
            is_causal=masks == "hint" and (weights or ignored is not None),
        )
        loss = (y * y.cos()).sum() + (0 if p is None else (p * p).sum())
        loss.backward()
        found.append([y, p, *(x.grad for x in inputs), *(w.grad for w in layer.parameters())])
    close(*found)


def same_start(ours, theirs):
    """The same text, and the same state under the same names, to the last bit."""
    assert repr(ours) == repr(theirs)
    a, b = ours.state_dict(), theirs.state_dict()
    assert list(a) == list(b)
    for name in a:
        np.testing.assert_array_equal(a[name].numpy(), b[name].numpy())


@reference
def test_self_attention_and_static_keys(random):
    """One tensor in three places; keys and values given instead of projected."""
    x = random.standard_normal((4, 3, 8)).astype(np.float32)
    static = random.standard_normal((6, 5, 4)).astype(np.float32)
    found = []
    for lib in (tl, torch):
        lib.manual_seed(0)
        layer = lib.nn.MultiheadAttention(8, 2)
        leaf, fixed = lib.tensor(x, requires_grad=True), lib.tensor(static, requires_grad=True)
        y, p = layer(leaf, leaf, leaf)
        z, _ = layer(leaf, leaf.detach(), leaf.detach(), need_weights=False)
        s, _ = lib.nn.functional.multi_head_attention_forward(
            leaf, leaf, leaf, 8, 2, layer.in_proj_weight, layer.in_proj_bias, None, None, False, 0.0,
            layer.out_proj.weight, layer.out_proj.bias, static_k=fixed, static_v=fixed,
        )  # fmt: skip
        (y * y + z.sin() + s.cos()).sum().backward()
        found.append([y, p, z, s, leaf.grad, fixed.grad, *(w.grad for w in layer.parameters())])
    close(*found)


STACKS = [
    dict(zip(("norm_first", "batch_first", "bias", "activation", "dropout"), values, strict=True))
    for values in product((False, True), (False, True), (True, False), ("relu", "gelu"), (0.0, 0.2))
]


@reference
@pytest.mark.filterwarnings("ignore:enable_nested_tensor", "ignore:Support for mismatched")
@pytest.mark.parametrize("options", STACKS[::3], ids=str)
def test_transformer(options, random):
    """Encoder and decoder with masks: first weights, text, result, derivatives; also of single sequences."""
    shapes = ((2, 5, 8), (2, 4, 8)) if options["batch_first"] else ((5, 2, 8), (4, 2, 8))
    arrays = [random.standard_normal(shape).astype(np.float32) for shape in shapes]
    models = []
    for lib in (tl, torch):
        lib.manual_seed(3)
        models.append(lib.nn.Transformer(8, 2, 2, 2, 16, **options))
    same_start(*models)
    found = []
    for lib, model in zip((tl, torch), models, strict=True):
        lib.manual_seed(4)
        src, tgt = (lib.tensor(x, requires_grad=True) for x in arrays)
        y = model(
            src,
            tgt,
            tgt_mask=model.generate_square_subsequent_mask(4),
            src_key_padding_mask=lib.tensor([[False] * 5, [False] * 3 + [True] * 2]),
        )
        part = 0 if options["batch_first"] else (slice(None), 0)
        z = model(src[part], tgt[part])
        (y * y.cos()).sum().backward()
        found.append([y, z, src.grad, tgt.grad, *(w.grad for w in model.parameters())])
    close(*found, 2e-4)


@reference
@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
def test_encoder_in_evaluation(random):
    """A model trained here gives the same results there, and the other way round."""
    x = random.standard_normal((2, 5, 8)).astype(np.float32)
    found = []
    for lib in (tl, torch):
        lib.manual_seed(0)
        layer = lib.nn.TransformerEncoderLayer(8, 2, 16, activation=lib.nn.GELU(), batch_first=True, norm_first=True)
        encoder = lib.nn.TransformerEncoder(layer, 2, norm=lib.nn.LayerNorm(8)).eval()
        found.append((encoder, encoder(lib.tensor(x))))
    (ours, y), (theirs, z) = found
    close([y], [z])
    theirs.load_state_dict({name: torch.tensor(value.numpy() * 1.5) for name, value in ours.state_dict().items()})
    ours.load_state_dict({name: value.numpy() for name, value in theirs.state_dict().items()})
    close([ours(tl.tensor(x))], [theirs(torch.tensor(x))])


@reference
def test_error_kinds_are_pytorchs():
    """Calls that PyTorch refuses, with the same kind of error."""
    calls = {
        "dtype": lambda F, q: F.scaled_dot_product_attention(q, q.double(), q),
        "lengths": lambda F, q: F.scaled_dot_product_attention(q, q, q[:1]),
        "mask": lambda F, q: F.scaled_dot_product_attention(q, q, q, q[:, :2].long()),
        "both": lambda F, q: F.scaled_dot_product_attention(q, q, q, q[:, :2], is_causal=True),
        "probability": lambda F, q: F.scaled_dot_product_attention(q, q, q, dropout_p=math.pi),
        "heads": lambda F, q: F.scaled_dot_product_attention(q, q, q, enable_gqa=True),
    }
    for name, call in calls.items():
        kinds = []
        for lib in (tl, torch):
            with pytest.raises(Exception) as caught:  # noqa: PT011
                call(lib.nn.functional, lib.ones(2, 3))
            kinds.append(next(kind for kind in (IndexError, RuntimeError, ValueError) if caught.errisinstance(kind)))
        assert kinds[0] is kinds[1], name

"""Packed and padded sequences, and embedding bags: round trips, arguments, errors, derivatives."""

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite import nn
from tinygrad_lite.nn.utils import rnn

try:
    import torch
except ImportError:
    torch = None

LIBRARIES = [tl] if torch is None else [tl, torch]
reference = pytest.mark.skipif(torch is None, reason="PyTorch, the reference, is not installed")


def same(a, b):
    if a is None or b is None:
        assert a is b
        return
    assert tuple(a.shape) == tuple(b.shape)
    assert str(a.dtype) == str(b.dtype).removeprefix("torch.")
    np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy())


@pytest.mark.parametrize("lengths", [[3, 2, 1], [1, 4, 2, 4], [2]])
@pytest.mark.parametrize("trailing", [(), (2,), (2, 3)])
def test_round_trips(lengths, trailing, random):
    sequences = [tl.tensor(random.standard_normal((n, *trailing))) for n in lengths]
    packed = rnn.pack_sequence(sequences, enforce_sorted=lengths == sorted(lengths, reverse=True))
    assert packed.batch_sizes.tolist() == [sum(n > i for n in lengths) for i in range(max(lengths))]
    for a, b in zip(rnn.unpack_sequence(packed), sequences, strict=True):
        same(a, b)
    for batch_first in (False, True):
        padded = rnn.pad_sequence(sequences, batch_first)
        again, found = rnn.pad_packed_sequence(packed, batch_first)
        same(padded, again)
        assert found.tolist() == lengths
        for a, b in zip(rnn.unpad_sequence(padded, found, batch_first), sequences, strict=True):
            same(a, b)


def test_derivatives(random):
    x = tl.tensor(random.standard_normal((4, 3, 2)), requires_grad=True)

    def through(x):
        packed = rnn.pack_padded_sequence(x * x, [2, 4, 1], enforce_sorted=False)
        padded, _ = rnn.pad_packed_sequence(packed._replace(data=packed.data.sin()), True, 3.0, 5)
        return padded, rnn.pad_sequence([x[0], x[:2, 0]], padding_side="left")

    assert tl.autograd.gradcheck(through, (x,))
    assert tl.autograd.gradgradcheck(through, (x,))


def test_packed_sequence():
    packed = rnn.pack_sequence([tl.ones(2), tl.ones(3)], enforce_sorted=False)
    assert isinstance(packed, tuple)
    assert packed._fields == ("data", "batch_sizes", "sorted_indices", "unsorted_indices")
    assert packed.to(tl.float32) is packed.cpu() is packed
    assert not packed.is_cuda
    dtypes = [getattr(packed, name)().data.dtype for name in ("double", "half", "long", "int", "short", "char", "byte")]
    assert dtypes == [tl.float64, tl.float16, tl.int64, tl.int32, tl.int16, tl.int8, tl.uint8]
    assert packed.float().data.dtype == tl.float32
    assert isinstance(packed.double(), rnn.PackedSequence)
    assert packed.double().batch_sizes.dtype == tl.int64
    pair = rnn.PackedSequence((packed.data, packed.batch_sizes))
    assert pair.sorted_indices is None
    assert rnn.invert_permutation(None) is None
    with pytest.raises(AssertionError):
        rnn.PackedSequence(packed.data)


X = np.arange(30, dtype=np.float32).reshape(5, 3, 2)
ERRORS = {
    "not sorted": (RuntimeError, lambda r, x: r.pack_padded_sequence(x, [3, 5, 2])),
    "no length": (RuntimeError, lambda r, x: r.pack_padded_sequence(x, [5, 3, 0])),
    "few lengths": (RuntimeError, lambda r, x: r.pack_padded_sequence(x, [5, 3])),
    "one dimension": (IndexError, lambda r, x: r.pack_padded_sequence(x[:, 0, 0], [5])),
    "empty": (RuntimeError, lambda r, x: r.pack_padded_sequence(x[:, :0], [])),
    "not sorted sequences": (RuntimeError, lambda r, x: r.pack_sequence([x[:1, 0], x[:2, 0]])),
    "total_length": (ValueError, lambda r, x: r.pad_packed_sequence(r.pack_sequence([x[0], x[1]]), total_length=1)),
    "padding_side": (RuntimeError, lambda r, x: r.pad_sequence([x], padding_side="up")),
    "no sequences": (RuntimeError, lambda r, x: r.pad_sequence([])),
    "not iterable": (RuntimeError, lambda r, x: r.pad_sequence(3)),
    "other shapes": (RuntimeError, lambda r, x: r.pad_sequence([x[:, 0], x[:, :, 0]])),
    "unpad": (ValueError, lambda r, x: r.unpad_sequence(x, x[0, :2, 0].long())),
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors(case):
    error, call = ERRORS[case]
    for lib in LIBRARIES:
        with pytest.raises(error):
            call(lib.nn.utils.rnn, lib.tensor(X))


def test_a_length_beyond_the_input_is_refused():
    with pytest.raises(RuntimeError, match="5 steps"):
        rnn.pack_padded_sequence(tl.tensor(X), [6, 3, 1])


@reference
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("lengths", [[4, 3, 3], [1, 4, 2], [2, 2, 1]])
@pytest.mark.parametrize("as_tensor", [False, True])
def test_packing_against_torch(batch_first, lengths, as_tensor):
    found = []
    for lib in (tl, torch):
        x = lib.tensor(X.transpose(1, 0, 2).copy() if batch_first else X)
        given = lib.tensor(lengths) if as_tensor else lengths
        packed = lib.nn.utils.rnn.pack_padded_sequence(x, given, batch_first, lengths == [4, 3, 3])
        padded = lib.nn.utils.rnn.pad_packed_sequence(packed, batch_first, -1.0, 7)
        found.append([*packed, *padded])
    for a, b in zip(*found, strict=True):
        same(a, b)


@reference
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("side", ["left", "right"])
def test_padding_against_torch(batch_first, side):
    found = []
    for lib in (tl, torch):
        x = lib.tensor(X)
        sequences = [x[:2, 0], x[:5, 1], x[:3, 2]]
        mixed = [lib.tensor([1, 2]), lib.tensor([0.5])]
        found.append(
            [
                lib.nn.utils.rnn.pad_sequence(sequences, batch_first, 9.0, side),
                lib.nn.utils.rnn.pad_sequence(mixed, batch_first, padding_side=side),
                lib.nn.utils.rnn.pad_sequence(x, batch_first, padding_side=side),
            ]
        )
    for a, b in zip(*found, strict=True):
        same(a, b)


# --- embedding bags ---

WORDS, OFFSETS = [1, 2, 4, 5, 4, 3], [0, 3, 3, 4]
BAGS = [
    {"mode": mode, "padding_idx": padding, "max_norm": norm}
    for mode in ("sum", "mean", "max")
    for padding in (None, 4, -3)
    for norm in (None, 2.0)
]


@reference
@pytest.mark.parametrize("options", BAGS, ids=str)
def test_embedding_bag(options, random):
    """Bags of words by offsets and by rows: first table, text, values and derivatives."""
    g = random.standard_normal((6, 3)).astype(np.float32)
    found = []
    for lib in (tl, torch):
        lib.manual_seed(0)
        layer = lib.nn.EmbeddingBag(6, 3, **options)
        words = lib.tensor(WORDS)
        y = lib.cat([layer(words, lib.tensor(OFFSETS)), layer(words.reshape(2, 3).int())])
        y.backward(lib.tensor(g))
        layer.include_last_offset = True
        found.append([y, layer(words, lib.tensor([*OFFSETS, 6])), layer.weight, layer.weight.grad, repr(layer)])
    assert found[0].pop() == found[1].pop()
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-6, atol=1e-6)


@reference
def test_weighted_bags(random):
    table, factors = random.standard_normal((6, 3)).astype(np.float32), random.standard_normal(6).astype(np.float32)
    found = []
    for lib in (tl, torch):
        layer = lib.nn.EmbeddingBag.from_pretrained(lib.tensor(table), freeze=False, mode="sum", padding_idx=2)
        weights = lib.tensor(factors, requires_grad=True)
        y = layer(lib.tensor(WORDS), lib.tensor(OFFSETS), weights)
        (y * y).sum().backward()
        found.append([y, layer.weight.grad, weights.grad])
        assert not lib.nn.EmbeddingBag.from_pretrained(lib.tensor(table)).weight.requires_grad
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-6, atol=1e-6)


def test_derivatives_shared_by_frequency():
    """With scale_grad_by_freq each use of a row that comes n times counts 1/n."""
    table = tl.ones(3, 2, requires_grad=True)
    words, offsets = tl.tensor([0, 2, 2, 2]), tl.tensor([0, 2])
    nn.functional.embedding_bag(words, table, offsets, mode="sum", scale_grad_by_freq=True).sum().backward()
    np.testing.assert_allclose(table.grad.numpy(), [[1, 1], [0, 0], [1, 1]])


def bag(lib, words, offsets=None, table=None, **options):
    table = lib.ones(6, 2) if table is None else table
    offsets = None if offsets is None else lib.tensor(offsets)
    return lib.nn.functional.embedding_bag(lib.tensor(words), table, offsets, **options)


BAG_ERRORS = {
    "no offsets": (ValueError, lambda lib: bag(lib, WORDS)),
    "2-D offsets": (ValueError, lambda lib: bag(lib, WORDS, [[0, 1]])),
    "offsets of rows": (ValueError, lambda lib: bag(lib, [WORDS], [0])),
    "3-D": (ValueError, lambda lib: bag(lib, [[WORDS]])),
    "3-D table": (ValueError, lambda lib: bag(lib, WORDS, [0], lib.ones(1, 6, 2))),
    "mode": (ValueError, lambda lib: bag(lib, WORDS, [0], mode="min")),
    "first offset": (RuntimeError, lambda lib: bag(lib, WORDS, [1])),
    "last offset": (RuntimeError, lambda lib: bag(lib, WORDS, [0, 7])),
    "word": (RuntimeError, lambda lib: bag(lib, [6], [0])),
    "negative word": (RuntimeError, lambda lib: bag(lib, [-1], [0])),
    "floats": (RuntimeError, lambda lib: bag(lib, [1.0], [0])),
    "weights of mean": (NotImplementedError, lambda lib: bag(lib, [1], [0], per_sample_weights=lib.ones(1))),
    "weights": (ValueError, lambda lib: bag(lib, [1], [0], mode="sum", per_sample_weights=lib.ones(2))),
    "frequencies of max": (ValueError, lambda lib: bag(lib, [1], [0], mode="max", scale_grad_by_freq=True)),
    "padding_idx": (AssertionError, lambda lib: lib.nn.EmbeddingBag(3, 2, padding_idx=3)),
    "padding": (AssertionError, lambda lib: lib.nn.Embedding(3, 2, padding_idx=-4)),
    "pretrained": (AssertionError, lambda lib: lib.nn.EmbeddingBag.from_pretrained(lib.ones(3))),
    "table": (AssertionError, lambda lib: lib.nn.EmbeddingBag(3, 2, _weight=lib.ones(2, 3))),
}


@pytest.mark.parametrize("case", BAG_ERRORS)
def test_bag_errors(case):
    error, call = BAG_ERRORS[case]
    for lib in LIBRARIES:
        with pytest.raises(error):
            call(lib)


def test_falling_offsets_are_refused():
    with pytest.raises(RuntimeError, match="decrease"):
        bag(tl, WORDS, [0, 4, 2])


def test_sparse_derivatives_are_refused():
    for call in (lambda: nn.Embedding(3, 2, sparse=True), lambda: nn.EmbeddingBag(3, 2, sparse=True)):
        with pytest.raises(NotImplementedError, match="sparse"):
            call()

"""Data sets, samplers and collating: PyTorch's results, and its order after the same seed."""

from collections import OrderedDict, UserList, namedtuple
from typing import Any

import numpy as np
import pytest
from data_examples import Squares, Stream, plain, samples, seeded, tensors

import tinygrad_lite as tl
from tinygrad_lite.utils import data

Pair = namedtuple("Pair", "a b")
untyped: Any = data  # for wrong arguments


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")


@pytest.fixture(scope="module")
def theirs(torch):
    return torch.utils.data


# --- data sets ---


def test_tensor_dataset():
    dataset = tensors(4)
    assert len(dataset) == 4
    assert plain(dataset[1]) == ("tuple", [("float32", [3, 4, 5]), ("int64", 1)])
    assert plain(dataset[-1][1]) == ("int64", 3)
    assert plain(list(untyped.Subset(dataset, range(4)))) == plain(samples(dataset))


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((np.zeros((2, 2)), np.zeros(3)), AssertionError),
        ((), IndexError),
        ((np.float32(1),), IndexError),
        (("text",), TypeError),
    ],
)
def test_tensor_dataset_refuses(arguments, error):
    arguments = [tl.tensor(a) if isinstance(a, (np.ndarray, np.generic)) else a for a in arguments]
    with pytest.raises(error, match="TensorDataset"):
        data.TensorDataset(*arguments)


def test_concat_subset_stack():
    a, b = Squares(3), Squares(2)
    both = a + b
    assert isinstance(both, data.ConcatDataset)
    assert [i for i, _ in both] == [0, 1, 2, 0, 1]
    assert both[-1] == b[1]
    assert both[-5] == a[0]
    with pytest.raises(IndexError):
        both[5]
    with pytest.raises(ValueError, match="index -6"):
        both[-6]
    part = data.Subset(both, [4, 0])
    assert [i for i, _ in part] == [1, 0]
    assert len(part) == 2
    assert plain(data.Subset(tensors(4), [3, 1])[[0, 1]])[1][1] == ("int64", [3, 1])
    assert data.StackDataset(a, a)[2] == (a[2], a[2])
    assert data.StackDataset(x=a, y=a)[2] == {"x": a[2], "y": a[2]}
    for arguments in ([], [a, b]):
        with pytest.raises(ValueError, match="StackDataset"):
            data.StackDataset(*arguments)
    with pytest.raises(ValueError, match="not both"):
        data.StackDataset(a, x=a)
    with pytest.raises(AssertionError, match="empty"):
        data.ConcatDataset([])
    with pytest.raises(AssertionError, match="ChainDataset"):
        data.ConcatDataset([Stream(2)])


def test_chain():
    stream = Stream(2) + Stream(3)
    assert isinstance(stream, data.ChainDataset)
    assert list(stream) == [0, 1, 0, 1, 2]
    assert len(stream) == 5
    with pytest.raises(AssertionError, match="ConcatDataset"):
        data.ChainDataset([Squares()])


def test_what_a_subclass_must_define():
    with pytest.raises(NotImplementedError, match="__getitem__"):
        data.Dataset()[0]
    with pytest.raises(NotImplementedError, match="__iter__"):
        iter(data.IterableDataset())
    with pytest.raises(NotImplementedError, match="__iter__"):
        iter(data.Sampler())

    class Doubled(data.Subset):
        def __getitem__(self, index):
            return 2 * super().__getitem__(index)

    with pytest.raises(NotImplementedError, match="__getitems__"):
        Doubled(range(3), [0])


SPLITS = [[7, 3], [10, 0], [0.3, 0.3, 0.4], [0.25, 0.25, 0.5], [0.5, 0.5], [1.0], [0.1] * 10]


@pytest.mark.parametrize("n", [10, 11, 23])
@pytest.mark.parametrize("lengths", SPLITS, ids=str)
def test_random_split_is_pytorchs(theirs, torch, n, lengths):
    if sum(lengths) == 10:
        lengths = [lengths[0], lengths[1] + n - 10]
    ours = data.random_split(range(n), lengths, seeded())
    assert [samples(s) for s in ours] == [list(s) for s in theirs.random_split(range(n), lengths, seeded(lib=torch))]


def test_random_split():
    parts = data.random_split(range(10), [0.3, 0.3, 0.4], seeded())
    assert [samples(part) for part in parts] == [[4, 1, 7], [5, 3, 9], [0, 8, 6, 2]]
    tl.manual_seed(0)
    assert samples(data.random_split(range(10), [10])[0]) == [4, 1, 7, 5, 3, 9, 0, 8, 6, 2]
    with pytest.raises(ValueError, match="does not equal"):
        data.random_split(range(10), [7, 4])
    with pytest.raises(ValueError, match="does not equal"):
        data.random_split(range(10), [0.5, 0.4])
    with pytest.raises(ValueError, match="Fraction at index 0"):
        data.random_split(range(10), [1.5, -0.5])
    with pytest.warns(UserWarning, match="index 1 is 0"):
        data.random_split(range(1), [0.9, 0.1])


# --- samplers ---

SAMPLERS = {
    "sequential": lambda lib, g: lib.SequentialSampler(range(5)),
    "random": lambda lib, g: lib.RandomSampler(range(100), generator=g),
    "random, fewer": lambda lib, g: lib.RandomSampler(range(7), num_samples=3, generator=g),
    "random, more": lambda lib, g: lib.RandomSampler(range(7), num_samples=24, generator=g),
    "random, default generator": lambda lib, g: lib.RandomSampler(range(9)),
    "replacement": lambda lib, g: lib.RandomSampler(range(7), True, generator=g),
    "replacement, blocks": lambda lib, g: lib.RandomSampler(range(7), True, 64, g),
    "replacement, a block and a rest": lambda lib, g: lib.RandomSampler(range(7), True, 70, g),
    "subset": lambda lib, g: lib.SubsetRandomSampler([3, 5, 7, 9], g),
    "weighted": lambda lib, g: lib.WeightedRandomSampler([0.1, 0.9, 0.4, 0.7, 3.0, 0.6], 20, generator=g),
    "weighted, once": lambda lib, g: lib.WeightedRandomSampler([0.1, 0.9, 0.4, 0.7, 3.0, 0.6], 5, False, g),
    "weighted, default generator": lambda lib, g: lib.WeightedRandomSampler([1, 2, 3], 9),
    "batches": lambda lib, g: lib.BatchSampler(lib.RandomSampler(range(10), generator=g), 4, False),
    "full batches": lambda lib, g: lib.BatchSampler(lib.RandomSampler(range(10), generator=g), 4, True),
}


@pytest.mark.parametrize("make", SAMPLERS.values(), ids=SAMPLERS)
def test_samplers_give_pytorchs_order(theirs, torch, make):
    """Pass after pass, and what is drawn next from the generators."""
    results = []
    for lib, module in ((tl, data), (torch, theirs)):
        lib.manual_seed(5)
        generator = seeded(3, lib)
        sampler = make(module, generator)
        passes = [list(sampler) for _ in range(3)]
        follow = lib.rand(2, generator=generator).tolist(), lib.rand(2).tolist()
        results.append((passes, len(sampler), follow))
    assert results[0] == results[1]


def test_sampler_orders():
    """The same, as numbers, for where PyTorch is not installed."""
    assert list(data.RandomSampler(range(5), num_samples=7, generator=seeded())) == [4, 0, 1, 3, 2, 3, 4]
    assert list(data.RandomSampler(range(7), True, generator=seeded())) == [4, 3, 0, 2, 1, 2, 6]
    assert list(data.SubsetRandomSampler([3, 5, 7, 9], seeded())) == [3, 5, 9, 7]
    weights = [0.1, 0.9, 0.4, 0.7, 3.0, 0.6]
    assert list(data.WeightedRandomSampler(weights, 8, generator=seeded())) == [5, 4, 4, 5, 4, 4, 2, 3]
    assert list(data.WeightedRandomSampler(weights, 5, False, seeded())) == [4, 1, 2, 5, 3]


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: untyped.RandomSampler([]), ValueError),
        (lambda: untyped.RandomSampler([1], num_samples=0), ValueError),
        (lambda: untyped.RandomSampler([1], num_samples=1.5), ValueError),
        (lambda: untyped.RandomSampler([1], replacement=1), TypeError),
        (lambda: untyped.WeightedRandomSampler([1.0], 0), ValueError),
        (lambda: untyped.WeightedRandomSampler([1.0], True), ValueError),
        (lambda: untyped.WeightedRandomSampler([[1.0]], 1), ValueError),
        (lambda: untyped.WeightedRandomSampler([1.0], 1, replacement=0), ValueError),
        (lambda: untyped.BatchSampler([1], 0, False), ValueError),
        (lambda: untyped.BatchSampler([1], 2.0, False), ValueError),
        (lambda: untyped.BatchSampler([1], True, False), ValueError),
        (lambda: untyped.BatchSampler([1], 2, None), ValueError),
    ],
)
def test_samplers_refuse(make, error):
    with pytest.raises(error, match="Sampler"):
        make()


# --- collating ---


def batches(lib):
    t = lib.tensor
    return {
        "tensors": [t([1.0, 2.0]), t([3.0, 4.0])],
        "0-d tensors": [t(1), t(2)],
        "empty tensors": [lib.zeros(0, 2), lib.zeros(0, 2)],
        "unlike dtypes": [t([1.0, 2.0]), t([3, 4])],
        "arrays": [np.ones((2, 2)), np.zeros((2, 2))],
        "uint8 arrays": [np.array([1], np.uint8)],
        "0-d arrays": [np.array(1.5), np.array(2.5)],
        "float32 scalars": [np.float32(1), np.float32(2)],
        "float64 scalars": [np.float64(1), np.float64(2)],
        "int32 scalars": [np.int32(1)],
        "bool scalars": [np.bool_(1), np.bool_(0)],
        "floats": [1.5, 2],
        "ints": [1, 2],
        "bools": [True, False],
        "an int, then a float": [1, 2.5],
        "strings": ["a", "b"],
        "bytes": [b"a"],
        "tuples": [(1, "a", t([1.0])), (2, "b", t([2.0]))],
        "lists": [[1, 2.0], [3, 4.0]],
        "dicts": [{"x": 1, "y": (1.0, "a")}, {"x": 2, "y": (2.0, "b")}],
        "ordered dicts": [OrderedDict(x=1, y=2)],
        "named tuples": [Pair(1, [2.0]), Pair(3, [4.0])],
        "user lists": [UserList([1, 2])],
        "ranges": [range(3), range(3)],
        "np.str_": [np.str_("a")],
        "empty tuples": [(), ()],
    }


@pytest.mark.parametrize("name", batches(tl))
def test_collate_is_pytorchs(theirs, torch, name):
    assert plain(data.default_collate(batches(tl)[name])) == plain(theirs.default_collate(batches(torch)[name]))
    ours, reference = batches(tl)[name][0], batches(torch)[name][0]
    assert plain(data.default_convert(ours)) == plain(theirs.default_convert(reference))


@pytest.mark.parametrize(
    "batch",
    [
        [None],
        [object()],
        [{1}],
        [1j],
        [np.array(["a"])],
        [np.array([1, None])],
        [(1, None), (2, None)],
    ],
    ids=str,
)
def test_collate_refuses_what_is_no_number(batch):
    with pytest.raises(TypeError, match="batch must contain tensors, numpy arrays, numbers, dicts or lists; found"):
        data.default_collate(batch)


def test_collate_refuses_unequal_samples():
    with pytest.raises(RuntimeError, match=r"equal size.*\[1, 2\].*collate_fn"):
        data.default_collate([[1], [1, 2]])
    with pytest.raises(RuntimeError, match="stack"):
        data.default_collate([tl.zeros(2), tl.zeros(3)])
    with pytest.raises(KeyError):
        data.default_collate([{"a": 1}, {"b": 1}])


def test_collate_records():
    x = tl.ones(2, requires_grad=True)
    batch = data.default_collate([x, tl.zeros(2), x])
    batch.sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [2, 2]


def test_convert_shares_memory_and_leaves_the_rest():
    array = np.zeros(2)
    converted = data.default_convert({"x": array, "y": None, "z": np.array(["a"])})
    converted["x"].numpy()[0] = 7
    assert array[0] == 7
    assert converted["y"] is None
    assert isinstance(converted["z"], np.ndarray)

"""DataLoader without and with workers: PyTorch's batches in PyTorch's order."""

import numpy as np
import pytest
from data_examples import Squares, Stream, plain, seeded, tensors

import tinygrad_lite as tl
from tinygrad_lite.utils import data


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")


@pytest.fixture(scope="module")
def theirs(torch):
    return torch.utils.data


LOADERS = {
    "plain": {},
    "batches": {"batch_size": 4},
    "full batches": {"batch_size": 4, "drop_last": True},
    "shuffled": {"batch_size": 4, "shuffle": True},
    "shuffled, generator": {"batch_size": 4, "shuffle": True, "generator": 1},
    "one by one": {"batch_size": None},
    "one by one, shuffled": {"batch_size": None, "shuffle": True},
    "sampler": {"sampler": "SubsetRandomSampler", "batch_size": 2},
    "batch sampler": {"batch_sampler": [[1, 2], [3], [0, 0, 0]]},
}


def compared(torch, theirs, dataset, options):
    """Three passes here and in PyTorch, with what the generators give afterwards."""
    results = []
    for lib, module in ((tl, data), (torch, theirs)):
        lib.manual_seed(11)
        used = dict(options)
        if "generator" in used:
            used["generator"] = seeded(used["generator"], lib)
        if "sampler" in used:
            used["sampler"] = module.SubsetRandomSampler([5, 2, 7], seeded(4, lib))
        if lib is torch:
            used["num_workers"] = 0
            used.pop("persistent_workers", None)
        loader = module.DataLoader(dataset(lib, module), **used)
        results.append(([plain(list(loader)) for _ in range(3)], len(loader), lib.rand(3).tolist()))
    return results


@pytest.mark.parametrize("workers", [0, 1, 3])
@pytest.mark.parametrize("options", LOADERS.values(), ids=LOADERS)
def test_loader_gives_pytorchs_batches(torch, theirs, options, workers):
    def dataset(lib, module):
        return module.TensorDataset(lib.arange(10), lib.arange(10).reshape(10, 1) * 0.5)

    ours, reference = compared(torch, theirs, dataset, options | {"num_workers": workers})
    assert ours == reference


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("options", LOADERS.values(), ids=LOADERS)
def test_loader_gives_pytorchs_batches_of_samples(torch, theirs, options, workers):
    ours, reference = compared(torch, theirs, lambda lib, module: Squares(), options | {"num_workers": workers})
    assert ours == reference


def test_persistent_workers_draw_their_seed_once_as_in_pytorch(torch, theirs):
    orders = []
    for lib, module in ((tl, data), (torch, theirs)):
        options = {"shuffle": True, "batch_size": 4, "generator": seeded(2, lib)}
        loader = module.DataLoader(range(10), num_workers=1, persistent_workers=True, **options)
        orders.append([plain(list(loader)) for _ in range(3)])
    assert orders[0] == orders[1]


def test_orders():
    """The same, as numbers, for where PyTorch is not installed."""
    loader = data.DataLoader(range(6), 4, shuffle=True, generator=seeded())
    assert [[batch.tolist() for batch in loader] for _ in range(2)] == [[[5, 1, 0, 3], [2, 4]], [[4, 2, 1, 3], [0, 5]]]
    tl.manual_seed(0)
    assert [b.tolist() for b in data.DataLoader(range(10), 4, shuffle=True)] == [[6, 7, 1, 4], [2, 0, 9, 8], [3, 5]]


def test_fast_path_equals_stacking():
    """A gather for each tensor, against the samples one by one; also through subsets of subsets."""
    whole = tensors(20)
    nested = data.Subset(data.Subset(whole, [19, 3, 5, 7, 11]), np.array([4, 0, 2]).tolist())
    for dataset in (whole, nested):
        options = {"batch_size": 2, "shuffle": True}
        fast = list(data.DataLoader(dataset, generator=seeded(), **options))
        slow = list(
            data.DataLoader(dataset, collate_fn=lambda b: data.default_collate(b), generator=seeded(), **options)
        )
        assert plain(fast) == plain(slow)
    tensor_indices = data.DataLoader(whole, batch_sampler=[tl.tensor([3, 1]), [np.int64(2), tl.tensor(0)]])
    assert [y.tolist() for _, y in tensor_indices] == [[3, 1], [2, 0]]


def test_fast_path_gives_copies_and_records():
    x = tl.zeros(3, 2)
    (batch,) = next(iter(data.DataLoader(data.TensorDataset(x), batch_size=3)))
    batch.numpy()[:] = 1
    assert x.tolist() == [[0, 0]] * 3
    w = tl.ones(3, requires_grad=True)
    (batch,) = next(iter(data.DataLoader(data.TensorDataset(w), batch_sampler=[[0, 2, 2]])))
    batch.sum().backward()
    assert w.grad is not None
    assert w.grad.tolist() == [1, 0, 2]


def test_a_subclass_of_tensor_dataset_keeps_its_say():
    class Negated(data.TensorDataset):
        def __getitem__(self, index):
            return tuple(-t for t in super().__getitem__(index))

    (batch,) = next(iter(data.DataLoader(Negated(tl.arange(3)), batch_size=3)))
    assert batch.tolist() == [0, -1, -2]


def test_getitems_serves_whole_batches():
    class Whole(Squares):
        asked = ()

        def __getitems__(self, indices):
            self.asked += (indices,)
            return [self[i] for i in indices]

    dataset = Whole(3)
    assert plain(list(data.DataLoader(dataset, batch_size=2))) == plain(list(data.DataLoader(Squares(3), batch_size=2)))
    assert dataset.asked == ([0, 1], [2])


EXCLUSIVE = [
    {"shuffle": True, "sampler": [0]},
    {"batch_sampler": [[0]], "batch_size": 2},
    {"batch_sampler": [[0]], "shuffle": True},
    {"batch_sampler": [[0]], "sampler": [0]},
    {"batch_sampler": [[0]], "drop_last": True},
    {"batch_size": None, "drop_last": True},
    {"batch_size": 0},
    {"batch_size": 2.5},
    {"num_workers": -1},
    {"timeout": -1},
    {"prefetch_factor": 2},
    {"num_workers": 1, "prefetch_factor": -1},
    {"persistent_workers": True},
]


@pytest.mark.parametrize("options", EXCLUSIVE, ids=str)
def test_options_that_exclude_each_other(options):
    with pytest.raises(ValueError, match=r"^(DataLoader|BatchSampler): .*(option|batch_size)"):
        data.DataLoader(range(4), **options)


@pytest.mark.parametrize("options", EXCLUSIVE, ids=str)
def test_pytorch_refuses_the_same(theirs, options):
    with pytest.raises(ValueError, match=r"option|batch_size"):
        theirs.DataLoader(range(4), **options)


@pytest.mark.parametrize("options", [{"shuffle": True}, {"sampler": [0]}, {"batch_sampler": [[0]]}], ids=str)
def test_a_stream_has_its_own_order(options):
    with pytest.raises(ValueError, match="IterableDataset: expected unspecified"):
        data.DataLoader(Stream(3), **options)


def test_what_is_fixed_cannot_be_set_afterwards():
    loader = data.DataLoader(range(4), pin_memory=True, pin_memory_device="cuda", in_order=False)
    with pytest.raises(ValueError, match="batch_size"):
        loader.batch_size = 2
    assert loader.batch_size == 1
    loader.collate_fn = list
    assert list(loader) == [[0], [1], [2], [3]]

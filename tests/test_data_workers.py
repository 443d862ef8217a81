"""DataLoader's worker threads: order, errors, repetition, and that none stays behind."""

import gc
import threading
import time

import pytest
from data_examples import Squares, Stream, seeded

import tinygrad_lite as tl
from tinygrad_lite.utils import data


@pytest.mark.parametrize("options", [{}, {"batch_size": 3}, {"batch_size": 3, "drop_last": True}, {"batch_size": None}])
def test_streams(options):
    expected = {1: [[i] for i in range(7)], 3: [[0, 1, 2], [3, 4, 5], [6]], None: list(range(7))}
    expected = expected[options.get("batch_size", 1)][: 2 if "drop_last" in options else None]
    for workers in (0, 1):
        loader = data.DataLoader(Stream(7), num_workers=workers, **options)
        assert len(loader) == len(expected)
        for _ in range(2):
            assert [b if isinstance(b, int) else b.tolist() for b in loader] == expected


def test_streams_in_several_workers():
    """Each delivers everything, in turn, unless it is told its part; in PyTorch's documented example too."""
    assert [b.tolist() for b in data.DataLoader(Stream(2), num_workers=2)] == [[0], [0], [1], [1]]

    def part(worker):
        info = data.get_worker_info()
        assert info is not None
        assert info.id == worker
        share = -(-len(info.dataset) // info.num_workers)
        info.dataset.start = worker * share
        info.dataset.stop = min(info.dataset.start + share, info.dataset.stop)

    stream = Stream(7)
    loader = data.DataLoader(stream, num_workers=2, worker_init_fn=part)
    assert [b.item() for b in loader] == [0, 4, 1, 5, 2, 6, 3]
    assert len(stream) == 7  # each worker had a copy
    assert data.get_worker_info() is None


class Here(data.Dataset):
    """Tells who loaded a sample, and whether recording was on."""

    def __len__(self):
        return 8

    def __getitem__(self, i):
        info = data.get_worker_info()
        assert info is not None
        noise = tl.rand((), generator=info.generator).item()
        return info.id, info.seed, threading.get_ident(), tl.is_grad_enabled(), noise


def test_workers_take_turns_and_repeat():
    def run():
        return list(data.DataLoader(Here(), batch_size=None, num_workers=3, generator=seeded()))

    with tl.no_grad():
        first = run()
    again = run()
    assert [sample[0] for sample in first] == [0, 1, 2, 0, 1, 2, 0, 1]
    assert len({sample[2] for sample in first} | {threading.get_ident()}) == 4
    assert not any(sample[3] for sample in first)
    assert all(sample[3] for sample in again)
    assert [(s[0], s[1], s[4]) for s in first] == [(s[0], s[1], s[4]) for s in again]
    assert {s[1] - s[0] for s in first} == {900450186894289455}  # PyTorch's base seed after manual_seed(0)


def test_order_does_not_depend_on_who_is_faster():
    class Uneven(Squares):
        def __getitem__(self, i):
            time.sleep(0.02 if i % 2 == 0 else 0)
            return i

    loader = data.DataLoader(Uneven(9), batch_size=None, num_workers=3)
    assert list(loader) == list(range(9))
    assert list(loader) == list(range(9))


def test_workers_load_ahead_but_not_further():
    loaded = []

    class Counted(Squares):
        def __getitem__(self, i):
            loaded.append(i)
            return i

    iterator = iter(data.DataLoader(Counted(20), batch_size=None, num_workers=2, prefetch_factor=3))
    assert next(iterator) == 0
    deadline = time.monotonic() + 5
    while len(loaded) < 7 and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(0.02)
    assert sorted(loaded) == list(range(7))
    assert list(iterator) == list(range(1, 20))
    with pytest.raises(StopIteration):
        next(iterator)


class Broken(Squares):
    def __getitem__(self, i):
        if i == 5:
            raise KeyError("no such picture")
        return i


@pytest.mark.parametrize("workers", [0, 2])
def test_an_error_tells_the_sample_and_the_pass_goes_on(workers):
    iterator = iter(data.DataLoader(Broken(8), batch_size=2, num_workers=workers))
    assert next(iterator).tolist() == [0, 1]
    assert next(iterator).tolist() == [2, 3]
    with pytest.raises(KeyError, match="no such picture") as caught:
        next(iterator)
    notes = " ".join(caught.value.__notes__)
    assert "sample 5 of Broken" in notes
    assert ("worker 0 of 2" in notes) == (workers == 2)
    assert next(iterator).tolist() == [6, 7]


@pytest.mark.parametrize("workers", [0, 2])
def test_stop_iteration_in_a_data_set_does_not_end_the_pass_in_silence(workers):
    class Empty(Squares):
        def __getitem__(self, i):
            return next(iter(()))

    with pytest.raises(RuntimeError, match=r"Empty\[0\] raised StopIteration"):
        list(data.DataLoader(Empty(), num_workers=workers))


def test_an_error_in_worker_init_fn_arrives():
    def init(worker):
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        list(data.DataLoader(range(3), num_workers=1, worker_init_fn=init))


def test_timeout():
    release = threading.Event()

    class Slow(Squares):
        def __getitem__(self, i):
            release.wait(10)
            return i

    iterator = iter(data.DataLoader(Slow(2), batch_size=None, num_workers=1, timeout=0.01))
    with pytest.raises(RuntimeError, match=r"timed out after 0\.01 seconds"):
        next(iterator)
    release.set()

    class Own(Squares):
        def __getitem__(self, i):
            raise TimeoutError("the network")

    with pytest.raises(TimeoutError, match="the network"):
        list(data.DataLoader(Own(), num_workers=1, timeout=5))


def threads():
    return [t for t in threading.enumerate() if t.name.startswith("DataLoader")]


def gone():
    """Whether the workers' threads end within a few seconds."""
    deadline = time.monotonic() + 5
    while threads() and time.monotonic() < deadline:
        time.sleep(0.001)
    return not threads()


def test_no_thread_stays_behind():
    gc.collect()
    assert gone()
    loader = data.DataLoader(Squares(50), num_workers=2)
    for _ in loader:
        assert len(threads()) == 2
        break
    assert gone()
    list(loader)
    assert gone()


def test_persistent_workers_stay_and_start_again():
    started = []
    loader = data.DataLoader(
        Squares(12), batch_size=None, num_workers=2, persistent_workers=True, worker_init_fn=started.append
    )
    assert [i for i, _ in loader] == list(range(12))
    names = {t.ident for t in threads()}
    for i, _ in loader:  # a pass that is not finished
        if i == 3:
            break
    assert [i for i, _ in loader] == list(range(12))
    assert {t.ident for t in threads()} == names
    assert sorted(started) == [0, 1]
    stream = data.DataLoader(Stream(3), num_workers=1, persistent_workers=True)
    assert [[b.item() for b in stream] for _ in range(2)] == [[0, 1, 2]] * 2
    del loader, stream
    gc.collect()
    assert gone()

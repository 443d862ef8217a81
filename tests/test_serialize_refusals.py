"""What save and load refuse: objects, options, damaged files; and files that are written while the process dies."""

import json
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from test_serialize import FORMS, same

import tinygrad_lite as tl
from tinygrad_lite import nn
from tinygrad_lite.serialize import write_atomically


@pytest.fixture(params=FORMS)
def path(request, tmp_path):
    return tmp_path / request.param


# --- refusals ---


class Words(list):
    pass


@pytest.mark.parametrize(
    ("obj", "error", "message"),
    [
        ({"a": [print]}, TypeError, r"a/0 is a builtin_function_or_method: tensors, arrays"),
        (nn.Linear(1, 1), TypeError, r"the object is a Linear: of a module.*save the state_dict\(\)"),
        ([Words()], TypeError, r"0 is a Words: a subclass would not come back"),
        ({(1, 2): 3}, TypeError, r"the object has the key \(1, 2\)"),
        ({"a": np.array(["x"])}, TypeError, r"a is an array of <U1"),
        ([1j], TypeError, r"0 is a complex"),
    ],
)
def test_what_is_not_saved(obj, error, message, path):
    path.write_bytes(b"old")
    with pytest.raises(error, match=message):
        tl.save(obj, path)
    assert path.read_bytes() == b"old"
    assert os.listdir(path.parent) == [path.name]


def test_an_object_that_contains_itself(path):
    loop: list = []
    loop.append(loop)
    with pytest.raises(ValueError, match="contains itself"):
        tl.save(loop, path)
    assert not os.listdir(path.parent)


def test_options(tmp_path):
    path = tmp_path / "a.npz"
    tl.save(tl.ones(1), path, pickle_protocol=4, _use_new_zipfile_serialization=True)
    options: dict
    for options in (
        {"map_location": "cpu"},
        {"map_location": tl.device("cpu"), "weights_only": True},
        {"map_location": lambda storage, location: storage, "weights_only": False},
        {"map_location": {"cuda:0": "cpu"}, "mmap": False},
    ):
        assert tl.load(path, **options).tolist() == [1.0]
    with pytest.raises(RuntimeError, match="cuda"):
        tl.load(path, map_location="cuda")
    with pytest.raises(NotImplementedError, match="mmap=True"):
        tl.load(path, mmap=True)
    with pytest.raises(NotImplementedError, match="pickle_module"):
        tl.load(path, pickle_module=json)
    with pytest.raises(NotImplementedError, match="pickle_module"):
        tl.save(1, path, json)
    with pytest.raises(TypeError, match="'colour'"):
        tl.load(path, colour=1)
    with pytest.raises(FileNotFoundError):
        tl.load(tmp_path / "none.npz")
    with pytest.raises(FileNotFoundError, match="no directory"):
        tl.save(1, tmp_path / "none" / "a.npz")
    with pytest.raises(IsADirectoryError):
        tl.load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"P", b"PK\x03\x04", b"words words words", b"\x80\x02K\x01.", b"\0" * 100])
def test_not_a_file_of_ours(content, path):
    path.write_bytes(content)
    with pytest.raises(RuntimeError, match=r"load: .*model\.\w+ is "):
        tl.load(path)


@pytest.mark.parametrize("name", FORMS[:2])
def test_every_damaged_byte_is_noticed_or_harmless(name, tmp_path):
    obj = {"w": tl.tensor([1.0, 2.0]), "n": [1, "a"], "t": (tl.tensor(7),)}
    path = tmp_path / name
    tl.save(obj, path)
    data = path.read_bytes()
    refused = 0
    for cut in range(0, len(data), 3):
        path.write_bytes(data[:cut])
        with pytest.raises(RuntimeError, match=r"load: .*model"):
            tl.load(path)
    for i in range(len(data)):
        path.write_bytes(data[:i] + bytes([data[i] ^ (1 << i % 8)]) + data[i + 1 :])
        found = error = None
        try:
            found = tl.load(path)
        except RuntimeError as caught:
            error = str(caught)
        if error is None:
            same(obj, found)
        else:
            assert name in error
            refused += 1
    assert refused > len(data) // 2


def test_a_structure_that_lies(tmp_path):
    for structure in (
        {"format": 99, "content": {"value": 1}},
        {"format": 2, "content": {"tensor": "none", "requires_grad": False}},
        {"format": 2, "content": {"eval": "1"}},
        {"format": 2},
        [],
        {"format": 2, "content": {"tensor": "x", "requires_grad": True}},
    ):
        text = np.frombuffer(json.dumps(structure).encode(), np.uint8)
        np.savez(tmp_path / "a.npz", __structure__=text, x=np.arange(3))
        with pytest.raises(RuntimeError):
            tl.load(tmp_path / "a.npz")
    deep = "[" * 100_000 + "]" * 100_000
    np.savez(tmp_path / "a.npz", __structure__=np.frombuffer(deep.encode(), np.uint8))
    with pytest.raises(RuntimeError, match=r"a\.npz is damaged"):
        tl.load(tmp_path / "a.npz")


def test_without_safetensors(tmp_path, monkeypatch):
    tl.save(tl.ones(1), tmp_path / "a.safetensors")
    monkeypatch.setitem(__import__("sys").modules, "safetensors", None)
    with pytest.raises(ImportError, match="pip install safetensors"):
        tl.save(tl.ones(1), tmp_path / "b.safetensors")
    with pytest.raises(ImportError, match="pip install safetensors"):
        tl.load(tmp_path / "a.safetensors")
    assert os.listdir(tmp_path) == ["a.safetensors"]


# --- at any moment, the old file or the new one ---


@pytest.mark.parametrize("stage", ["write", "fsync", "replace"])
def test_a_failure_leaves_the_old_file(stage, path, monkeypatch):
    tl.save([tl.zeros(1000)], path)

    def fail(*_):
        raise OSError("no space left on device")

    if stage != "write":
        monkeypatch.setattr(os, stage, fail)
        with pytest.raises(OSError, match="no space"):
            tl.save([tl.ones(1000)], path)
    else:

        def fill(file):
            file.write(b"half")
            fail()

        with pytest.raises(OSError, match="no space"):
            write_atomically(path, fill)
    monkeypatch.undo()
    assert tl.load(path)[0].sum() == 0
    assert os.listdir(path.parent) == [path.name]


def test_permissions_and_links(tmp_path):
    path, link = tmp_path / "a.npz", tmp_path / "link.npz"
    tl.save(1, path)
    mask = os.umask(0)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask
    path.chmod(0o640)
    link.symlink_to(path)
    tl.save(2, link)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert tl.load(path) == 2
    tl.save(tl.ones(2), os.devnull)
    assert not Path(os.devnull).is_file()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("name", FORMS[:2])
def test_killed_while_saving(name, tmp_path):
    """A process that saves in a loop is killed 100 times: every time the file loads, and is one of the versions."""
    path = tmp_path / name
    versions = [{"w": tl.full((50_000,), float(v)), "version": v} for v in (0, 1)]
    start = time.perf_counter()
    tl.save(versions[0], path)
    duration = time.perf_counter() - start
    random = np.random.default_rng(0)
    seen = set()
    for _ in range(100):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                for i in range(10_000):
                    tl.save(versions[i % 2], path)
                    os.write(writing, b".")
            finally:
                os._exit(1)
        os.close(writing)
        for _ in range(random.integers(0, 3)):  # saves that are waited for
            assert os.read(reading, 1) == b"."
        time.sleep(random.uniform(0, 1.5 * duration))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(reading)
        assert os.WIFSIGNALED(status)
        found = tl.load(path)
        same(versions[found["version"]], found)
        seen.add(found["version"])
    assert seen == {0, 1}
    assert any(part.suffix == ".part" for part in tmp_path.iterdir()), "no process was killed while it wrote"

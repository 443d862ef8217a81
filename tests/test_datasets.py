"""The disk, and MNIST: reading what a user has, refusing what is damaged, downloading what is absent."""

import gzip
import hashlib
import math
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite import datasets

REAL = Path(__file__).parent.parent / ".." / "shared" / "data" / "mnist"
NAMES = list(datasets.FILES)


def idx(array):
    """The bytes of an IDX file, written here independently of the reader."""
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(np.uint8).tobytes()


@pytest.fixture
def arrays(random):
    """Tiny training and test images and labels, in the order of NAMES."""
    return [
        random.integers(0, 256, (5, 28, 28)).astype(np.uint8),
        np.array([3, 1, 4, 1, 9]),
        random.integers(0, 256, (2, 28, 28)).astype(np.uint8),
        np.array([0, 8]),
    ]


@pytest.fixture
def folder(tmp_path, arrays):
    """The four files, gzipped, as they are published."""
    for name, array in zip(NAMES, arrays, strict=True):
        (tmp_path / name).write_bytes(gzip.compress(idx(array)))
    return tmp_path


# --- the disk ---


def test_disk():
    points, labels = tl.datasets.disk(20_000, tl.Generator().manual_seed(0))
    assert tuple(points.shape) == (20_000, 2)
    assert points.dtype == tl.float32
    assert tuple(labels.shape) == (20_000,)
    assert labels.dtype == tl.int64
    x = points.numpy().astype(np.float64)
    assert x.min() >= 0
    assert x.max() < 1
    inside = np.hypot(x[:, 0] - 0.5, x[:, 1] - 0.5) < 1 / math.sqrt(2 * math.pi)
    np.testing.assert_array_equal(labels.numpy(), inside)
    assert abs(inside.mean() - 0.5) < 5 * 0.5 / math.sqrt(20_000)  # the area is ½: within 5 standard deviations


def test_disk_repeats_with_its_generator():
    first = tl.datasets.disk(10, tl.Generator().manual_seed(1))[0]
    again = tl.datasets.disk(10, tl.Generator().manual_seed(1))[0]
    other = tl.datasets.disk(10, tl.Generator().manual_seed(2))[0]
    np.testing.assert_array_equal(first.numpy(), again.numpy())
    assert (first.numpy() != other.numpy()).any()


def test_disk_has_1000_points_and_any_radius():
    points, labels = tl.datasets.disk(radius=0.5)
    distance = np.linalg.norm(points.numpy() - 0.5, axis=1)
    assert len(labels) == 1000
    np.testing.assert_array_equal(labels.numpy(), distance < 0.5)
    assert tuple(tl.datasets.disk(0)[0].shape) == (0, 2)


@pytest.mark.parametrize("options", [{"n": -1}, {"radius": 0}, {"radius": -0.5}, {"radius": math.nan}])
def test_disk_refuses(options):
    with pytest.raises(ValueError, match=r"^disk: "):
        tl.datasets.disk(**options)


def test_disk_is_the_reports_set():
    torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
    theirs = torch.rand(500, 2, generator=torch.Generator().manual_seed(7))
    target = theirs.sub(0.5).pow(2).sum(1).sub(1 / (2 * math.pi)).sign().sub(1).div(-2).long()
    points, labels = tl.datasets.disk(500, tl.Generator().manual_seed(7))
    np.testing.assert_array_equal(points.numpy(), theirs.numpy())
    np.testing.assert_array_equal(labels.numpy(), target.numpy())


# --- reading MNIST ---


def same(data, arrays):
    for tensor, array in zip(data, arrays, strict=True):
        np.testing.assert_array_equal(tensor.numpy(), array)


RENAMED = {
    "published": lambda name: name,
    "unpacked": lambda name: name.removesuffix(".gz"),
    "dotted": lambda name: name.replace("-idx", ".idx"),
    "dotted and unpacked": lambda name: name.replace("-idx", ".idx").removesuffix(".gz"),
    "torchvision's": lambda name: f"MNIST/raw/{name.removesuffix('.gz')}",
}


@pytest.mark.parametrize("rename", RENAMED.values(), ids=RENAMED)
@pytest.mark.parametrize("zipped", [True, False])
def test_reads_files_under_their_usual_names(tmp_path, arrays, rename, zipped):
    """What a file is, its content says: also a file that a browser unpacked but left its name."""
    for name, array in zip(NAMES, arrays, strict=True):
        path = tmp_path / rename(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(idx(array)) if zipped else idx(array))
    data = tl.datasets.mnist(tmp_path, download=False)
    same(data, arrays)
    assert data.train_images.dtype == tl.uint8
    assert data.test_labels.dtype == tl.int64
    data.train_images.numpy()[0] = 0  # the memory can be written to
    same(tl.datasets.mnist(str(tmp_path), download=False), arrays)


def flipped(content):
    middle = (10 + len(content) - 8) // 2  # between gzip's header and its checksum
    return content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]


DAMAGE = {  # of a gzipped file z, which holds the bytes x
    "cut off": lambda z, x: z[:-9],
    "cut off to the header": lambda z, x: z[:5],
    "empty": lambda z, x: b"",
    "flipped bits": lambda z, x: flipped(z),
    "wrong checksum": lambda z, x: z[:-8] + bytes(4) + z[-4:],
    "one byte short": lambda z, x: x[:-1],
    "one byte long": lambda z, x: gzip.compress(x + b"\0"),
    "half a header": lambda z, x: x[:6],
    "absurd sizes": lambda z, x: x[:4] + b"\xff" * 8 + x[12:],
    "another type of number": lambda z, x: b"\0\0\x0d" + x[3:],
    "not IDX at all": lambda z, x: b"<html>404</html>",
}


@pytest.mark.parametrize("name", NAMES[:2])
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_refuses_a_damaged_file_by_name(folder, name, damage):
    path = folder / name
    content = path.read_bytes()
    path.write_bytes(before := damage(content, gzip.decompress(content)))
    with pytest.raises(ValueError, match=name) as caught:
        tl.datasets.mnist(folder)
    assert "truncated or damaged" in str(caught.value) or "magic number" in str(caught.value)
    assert path.read_bytes() == before  # it is the user's file


@pytest.mark.parametrize(
    ("which", "array", "message"),
    [
        (0, np.zeros((4, 28, 28)), "4 images, but .* 5 labels"),
        (3, np.zeros(3), "2 images, but .* 3 labels"),
        (0, np.zeros((5, 28, 29)), "28×29, not 28×28"),
        (1, np.array([0, 1, 2, 10, 4]), "label 10 is not a digit"),
        (0, np.zeros(5), "magic number is 0x00000801, not 0x00000803"),
    ],
)
def test_refuses_files_that_do_not_go_together(folder, which, array, message):
    (folder / NAMES[which]).write_bytes(idx(array))
    with pytest.raises(ValueError, match=message):
        tl.datasets.mnist(folder)


def test_says_what_is_absent(folder):
    (folder / NAMES[2]).unlink()
    with pytest.raises(FileNotFoundError, match=NAMES[2]) as caught:
        tl.datasets.mnist(folder, download=False)
    assert NAMES[0] not in str(caught.value)
    assert str(folder) in str(caught.value)


def test_refuses_a_root_that_is_a_file(folder):
    with pytest.raises(NotADirectoryError, match="is a file"):
        tl.datasets.mnist(folder / NAMES[0])


def test_the_cache_is_where_it_is_said_to_be(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert datasets.cache() == tmp_path / "tinygrad_lite" / "mnist"
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    for relative in ("", "relative/path"):  # the XDG specification says to ignore relative ones
        monkeypatch.setenv("XDG_CACHE_HOME", relative)
        assert datasets.cache() == tmp_path / "home" / ".cache" / "tinygrad_lite" / "mnist"


@pytest.mark.skipif(not REAL.is_dir(), reason="MNIST is not in ../shared/data/mnist")
def test_the_real_files():
    images, labels, test_images, test_labels = tl.datasets.mnist(REAL, download=False)
    assert tuple(images.shape) == (60_000, 28, 28)
    assert tuple(test_images.shape) == (10_000, 28, 28)
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]  # of the digits, as often published
    assert np.bincount(labels.numpy()).tolist() == counts
    assert test_labels.numpy()[:5].tolist() == [7, 2, 1, 0, 4]
    assert abs(images.numpy().mean() / 255 - 0.1307) < 1e-4


# --- downloading ---


class Server:
    """Two mirrors on this machine. `answers` maps a path to what is sent: (status, body, length that is promised)."""

    def __init__(self):
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.asked.append(self.path)
                queue = server.answers.get(self.path) or [(404, b"not here", None)]
                status, body, length = queue.pop(0) if len(queue) > 1 else queue[0]
                self.send_response(status)
                self.send_header("Content-Length", str(len(body) if length is None else length))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.asked, self.answers = [], {}
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def originals(arrays):
    return {name: gzip.compress(idx(array), mtime=0) for name, array in zip(NAMES, arrays, strict=True)}


@pytest.fixture
def server(monkeypatch, originals):
    server = Server()
    monkeypatch.setattr(datasets, "MIRRORS", (f"{server.url}/a/", f"{server.url}/b/"))
    monkeypatch.setattr(datasets, "PAUSES", (0, 0))
    monkeypatch.setattr(datasets, "FILES", {n: hashlib.md5(content).hexdigest() for n, content in originals.items()})
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server.answers = {f"/a/{name}": [(200, content, None)] for name, content in originals.items()}
    yield server
    server.stop()


def test_downloads_what_is_absent(server, originals, arrays, tmp_path):
    root = tmp_path / "new" / "folder"
    same(tl.datasets.mnist(root), arrays)
    assert server.asked == [f"/a/{name}" for name in NAMES]
    assert {path.name: path.read_bytes() for path in root.iterdir()} == originals
    (root / NAMES[1]).unlink()
    same(tl.datasets.mnist(root), arrays)
    assert server.asked[4:] == [f"/a/{NAMES[1]}"]


def test_downloads_into_the_cache(server, arrays, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    same(tl.datasets.mnist(), arrays)
    assert len(list((tmp_path / "tinygrad_lite" / "mnist").iterdir())) == 4


BAD = {
    "404": (404, b"not here", None),
    "503": (503, b"busy", None),
    "another file": (200, b"<html>log in to the network first</html>", None),
    "cut off": (200, b"half", 1000),
    "nothing": (200, b"", None),
}


@pytest.mark.parametrize("answer", BAD.values(), ids=BAD)
def test_another_mirror_steps_in(server, arrays, originals, tmp_path, answer):
    server.answers[f"/a/{NAMES[0]}"] = [answer]
    server.answers[f"/b/{NAMES[0]}"] = [(200, originals[NAMES[0]], None)]
    same(tl.datasets.mnist(tmp_path), arrays)
    assert server.asked[:3] == [f"/a/{NAMES[0]}", f"/b/{NAMES[0]}", f"/a/{NAMES[1]}"]


@pytest.mark.parametrize("answer", BAD.values(), ids=BAD)
def test_tries_again(server, arrays, originals, tmp_path, answer):
    server.answers[f"/a/{NAMES[0]}"] = [answer, (200, originals[NAMES[0]], None)]
    same(tl.datasets.mnist(tmp_path), arrays)
    assert server.asked[:3] == [f"/a/{NAMES[0]}", f"/b/{NAMES[0]}", f"/a/{NAMES[0]}"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (BAD["404"], "404"),
        (BAD["another file"], "MD5 sum"),
        (BAD["cut off"], "after 4 of 1000 bytes"),
    ],
)
def test_a_failure_names_the_addresses_and_the_remedy(server, tmp_path, answer, reason):
    server.answers[f"/a/{NAMES[0]}"] = [answer]
    root = tmp_path / "new"
    with pytest.raises(ConnectionError, match=reason) as caught:
        tl.datasets.mnist(root)
    message = str(caught.value)
    for expected in (f"{server.url}/a/{NAMES[0]}", f"{server.url}/b/{NAMES[0]}", *NAMES, str(root)):
        assert expected in message
    assert not root.exists()


def test_a_failure_keeps_the_files_that_are_whole(server, originals, tmp_path):
    server.answers[f"/a/{NAMES[2]}"] = [BAD["cut off"]]
    with pytest.raises(ConnectionError, match=NAMES[2]):
        tl.datasets.mnist(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {n: originals[n] for n in NAMES[:2]}


def test_nobody_answers(server, tmp_path):
    server.http.server_close()
    with pytest.raises(ConnectionError, match="put them into"):
        tl.datasets.mnist(tmp_path)
    assert not list(tmp_path.iterdir())


def interrupt(*args, **kwargs):
    raise KeyboardInterrupt


def test_ctrl_c_during_a_download_leaves_nothing(server, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets._Line, "update", interrupt)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(KeyboardInterrupt):
        tl.datasets.mnist(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("function", ["fsync", "replace"])
def test_ctrl_c_during_the_write_leaves_nothing(server, tmp_path, monkeypatch, function):
    monkeypatch.setattr(f"os.{function}", interrupt)
    with pytest.raises(KeyboardInterrupt):
        tl.datasets.mnist(tmp_path)
    assert not list(tmp_path.iterdir())


def test_without_tqdm_a_line_says_what_is_downloaded(server, arrays, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    same(tl.datasets.mnist(tmp_path), arrays)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[:2] for line in lines] == [["downloading", f"{server.url}/a/{name}"] for name in NAMES]


def test_with_tqdm_a_bar_shows_the_progress(server, arrays, tmp_path, capsys):
    pytest.importorskip("tqdm", reason="tqdm, of the extra demo, is not installed")
    same(tl.datasets.mnist(tmp_path), arrays)
    assert "100%" in capsys.readouterr().err

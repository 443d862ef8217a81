"""tl.draw: rendering, and files."""

import os
import re
import stat
import sys
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings, strategies as st

import tinygrad_lite as tl
from tinygrad_lite.viz import render

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}title"


@pytest.fixture
def rendered():
    """Skips where there is nothing to render with."""
    if not render.shutil.which("dot"):
        pytest.importorskip("pygraphviz")


def boxes(source: str) -> dict[str, str]:
    """The words of each box, by its key: the label without its markup."""
    found = re.findall(r"^\t(\w+) \[label=<(.*)> color=", source, re.MULTILINE)
    return {key: " ".join(re.sub(r"<[^>]*>", " ", text).split()) for key, text in found}


def arrows(source: str) -> list[tuple[str, str, str]]:
    """(from, to, label) of each arrow."""
    found = re.findall(r'^\t(\w+) -> (\w+) \[(?:label="([^"]*)")?', source, re.MULTILINE)
    return [(tail, head, label.strip()) for tail, head, label in found]


def leaf(first: float, *more: float) -> tl.Tensor:
    return tl.tensor([first, *more] if more else first, requires_grad=True)


def network() -> tl.nn.Sequential:
    tl.manual_seed(0)
    return tl.nn.Sequential(tl.nn.Linear(2, 25), tl.nn.Tanh(), tl.nn.Linear(25, 2))


@pytest.mark.usefixtures("rendered")
def test_the_svg_can_be_read_by_people_and_programs():
    x = leaf(2.0)
    picture = tl.draw(tl.tanh(x) * x, names={"x": x})
    svg = ElementTree.fromstring(picture.svg())
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == picture.title == "tape of loss: 2 operations, 1 leaf"
    assert next(title.text for title in svg.iter(f"{SVG}title")) == picture.title
    assert "mul: y = a·b, dy = b da + a db" in {link.get(LINK) for link in svg.iter(f"{SVG}a")}
    assert picture._repr_svg_() == picture.svg()
    assert ElementTree.fromstring(picture._repr_html_()).find(f"{SVG}svg") is not None


HOSTILE = [
    '"quoted"',
    "a<b>&amp;</b>",
    "back\\slash\\",
    "\\N \\l",
    "tab\there",
    "nul\0",
    "<>",
    ":n",
    "{}|",
    "∂θ",
    "node",
]


@pytest.mark.usefixtures("rendered")
@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_is_shown_as_it_is(name):
    x = leaf(2.0)
    z = x * x
    svg = ElementTree.fromstring(tl.draw(z, names={name: x}).svg())
    shown = name if name.isprintable() else repr(name)[1:-1]
    assert shown in {"".join(text.itertext()).replace("\xa0", " ") for text in svg.iter(f"{SVG}text")}
    assert f"input {shown}, shape scalar" in {link.get(LINK) for link in svg.iter(f"{SVG}a")}
    root = ElementTree.fromstring(tl.draw(z, names={name: z}).svg())
    assert root.get("aria-label") == f"tape of {shown}: 1 operation, 1 leaf"


@pytest.mark.usefixtures("rendered")
@settings(max_examples=25, deadline=None)
@given(st.text(min_size=1, max_size=80))
def test_no_name_breaks_the_picture(name):
    x = leaf(2.0)
    z = x * x
    ElementTree.fromstring(tl.draw([z, x], names={name: x, name + "!": z}).svg())


@pytest.mark.usefixtures("rendered")
@pytest.mark.parametrize(
    ("suffix", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF"), ("dot", b"digraph")]
)
def test_save(tmp_path, suffix, start):
    x = leaf(2.0)
    path = tmp_path / f"tape.{suffix}"
    path.write_text("an older file")
    assert tl.draw(x * x).save(str(path)) == path
    assert path.read_bytes().startswith(start)
    assert os.listdir(tmp_path) == [path.name]


def test_save_refuses_what_it_cannot_write(tmp_path):
    x = leaf(2.0)
    picture = tl.draw(x * x)
    with pytest.raises(ValueError, match=r"'tape.jpeg' ends in none of \.svg, \.png, \.pdf, \.dot"):
        picture.save(tmp_path / "tape.jpeg")
    with pytest.raises(FileNotFoundError, match="no folder"):
        picture.save(tmp_path / "nowhere" / "tape.dot")
    assert os.listdir(tmp_path) == []


def test_a_failed_save_leaves_the_older_file(tmp_path, monkeypatch):
    x = leaf(2.0)
    path = tmp_path / "tape.dot"
    path.write_text("an older file")

    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="no space"):
        tl.draw(x * x).save(path)
    assert os.listdir(tmp_path) == ["tape.dot"]
    assert path.read_text() == "an older file"


def test_without_a_renderer_the_text_is_there_and_the_error_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    x = leaf(2.0)
    picture = tl.draw(x * x)
    with pytest.raises(ImportError, match=re.escape('pip install "tinygrad_lite[graph]"')):
        picture.svg()
    with pytest.raises(ImportError, match=re.escape('pip install "tinygrad_lite[graph]"')):
        picture.save(tmp_path / "tape.png")
    assert os.listdir(tmp_path) == []
    assert picture._repr_svg_() is None
    page = picture._repr_html_()
    assert "pip install" in page
    assert "digraph" in page
    picture.save(tmp_path / "tape.dot")


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for dot is a shell script")
def test_a_dot_on_the_path_is_used_first(monkeypatch, tmp_path):
    program = tmp_path / "dot"
    program.write_text('#!/bin/sh\nwhile read -r line; do :; done\necho "<svg $*></svg>"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    x = leaf(2.0)
    assert "-Kdot -Tsvg" in tl.draw(x * x).svg()

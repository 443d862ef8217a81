"""tl.draw: what the picture says of a tape, in DOT, SVG and files."""

import gc
import re
import weakref

import pytest

import tinygrad_lite as tl
from tinygrad_lite.viz import facts, render

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


# --- what is drawn ---


def test_an_expression_is_drawn_whole():
    x, y = leaf(2.0), leaf(-3.5)
    source = tl.draw(x * y + x, names={"x": x, "y": y}).source
    assert boxes(source) == {
        "x_0": "x scalar value 2",
        "y_1": "y scalar value -3.5",
        "mul_2": "mul scalar",
        "add_3": "add scalar",
        "loss_4": "loss scalar value -5",
    }
    assert arrows(source) == [
        ("x_0", "mul_2", "a"),
        ("y_1", "mul_2", "b"),
        ("mul_2", "add_3", "a"),
        ("x_0", "add_3", "b"),
        ("add_3", "loss_4", ""),
    ]
    assert 'tooltip="mul: y = a·b, dy = b da + a db"' in source


def test_derivatives_are_shown_once_they_are_known():
    x, y = leaf(2.0), leaf(-3.5)
    z = x * y + x
    z.backward(retain_graph=True)
    assert boxes(tl.draw(z, names={"x": x}).source)["x_0"] == "x scalar value 2 grad -2.5"


def test_a_network_has_its_parameters_names_shapes_and_ranges():
    model = network()
    x, t = tl.rand(50, 2), tl.randint(0, 2, (50,))
    loss = tl.nn.functional.cross_entropy(model(x), t)
    source = tl.draw(loss, names=model).source
    texts = list(boxes(source).values())
    for name, parameter in model.named_parameters():
        assert any(text.startswith(f"{name} {tuple(parameter.shape)} value ") for text in texts)
    assert any(text.startswith("tanh (50, 25)") for text in texts)
    assert "cross_entropy scalar" in texts
    assert texts[-1] == f"loss scalar value {loss.item():.4g}"
    assert source.count('fillcolor="#dbe8f9"') == 4  # the colour of parameters


def test_a_parameter_is_told_from_an_input_without_names():
    w, x = tl.nn.Parameter(tl.ones(2)), leaf(1.0, 2.0)
    texts = boxes(tl.draw(w * x).source)
    assert texts["parameter_1_0"] == "parameter 1 (2,) value [1, 1]"
    assert texts["leaf_1_1"] == "leaf 1 (2,) value [1, 2]"


def test_a_shared_leaf_is_one_box_and_both_of_its_names_are_said():
    w = leaf(1.5)
    source = tl.draw(tl.tanh(w * w) * w, names={"encoder": w, "decoder": w}).source
    assert [text for text in boxes(source).values() if "encoder" in text] == ["encoder = decoder scalar value 1.5"]
    assert sum(tail.startswith("encoder") for tail, _, _ in arrows(source)) == 3


def test_a_named_result_shows_its_value_and_the_derivative_that_it_retained():
    x = leaf(1.0, 2.0)
    h = x * x
    h.retain_grad()
    z = h.sum()
    z.backward(retain_graph=True)
    assert boxes(tl.draw(z, names={"h": h}).source)["h_mul_1"] == "h = mul (2,) value [1, 4] grad [1, 1]"


def test_a_result_that_is_a_root_and_named_bears_its_name():
    x = leaf(1.0)
    z = tl.tanh(x)
    texts = boxes(tl.draw(z, names={"energy": z}).source)
    assert texts == {
        "leaf_1_0": "leaf 1 scalar value 1",
        "tanh_1": "tanh scalar",
        "energy_2": "energy scalar value 0.7616",
    }


def test_constants_are_drawn_with_the_value_that_the_tape_keeps():
    x, c = leaf(1.0, 2.0), tl.tensor([3.0, 4.0])
    texts = list(boxes(tl.draw(x * c * 2.0, names={"c": c}).source).values())
    assert "c (2,) value [3, 4]" in texts
    assert "2" in texts


def test_a_constant_of_which_the_tape_keeps_nothing_is_still_there():
    x = leaf(1.0)
    source = tl.draw(x + 5.0).source
    assert "no gradient" in boxes(source).values()
    assert len(arrows(source)) == 3


def test_an_argument_that_was_not_given_is_not_drawn():
    layer = tl.nn.Linear(2, 1, bias=False)
    source = tl.draw(layer(tl.ones(1, 2)), names=layer).source
    assert [label for _, _, label in arrows(source)] == ["input", "", ""]
    assert "no gradient" not in boxes(source).values()


def test_a_frozen_parameter_is_drawn_as_a_constant():
    layer = tl.nn.Linear(2, 2, bias=False)
    layer.weight.requires_grad_(False)
    x = leaf(1.0, 2.0)
    text = boxes(tl.draw(layer(x), names={"x": x, "weight": layer.weight}).source)["weight_1"]
    assert text.startswith("weight (2, 2) value [")


def test_an_operation_that_says_nothing_of_itself_is_drawn():
    x = leaf(1.0)
    y = tl.tanh(x)
    assert y.grad_fn is not None
    y.grad_fn.op = lambda x: x
    assert list(boxes(tl.draw(y).source).values())[1] == "&lt;lambda&gt; scalar"


def test_the_target_of_a_fused_loss_is_drawn():
    x, t = tl.zeros(3, 2, requires_grad=True), tl.tensor([0, 1, 1])
    texts = boxes(tl.draw(tl.nn.functional.cross_entropy(x, t), names={"t": t}).source).values()
    assert "t (3,) value [0, 1, 1]" in texts


def test_several_roots():
    x = leaf(1.0, 2.0)
    y = x * x
    z = y.sum()
    texts = boxes(tl.draw([y, z]).source).values()
    assert {"output 1 (2,) value [1, 4]", "loss 2 scalar value 5"} <= set(texts)
    assert sum(text.startswith("mul") for text in texts) == 1


def test_a_leaf_alone_is_a_picture():
    x = leaf(1.0)
    assert list(boxes(tl.draw(x, names={"x": x}).source).values()) == ["x scalar value 1"]


def test_a_leaf_outlives_its_tensor():
    z = tl.tanh(leaf(1.0, 2.0))
    gc.collect()
    assert "leaf 1 (2,)" in boxes(tl.draw(z).source).values()


def test_a_sequence_of_tensors_names_each_place():
    a, b = leaf(1.0, 2.0), leaf(3.0, 4.0)
    labels = [label for _, _, label in arrows(tl.draw(tl.cat([a, b])).source) if label]
    assert labels == ["tensors[0]", "tensors[1]"]


def test_rules_are_written_into_the_boxes_when_asked():
    x = leaf(1.0)
    assert boxes(tl.draw(x * x, rules=True).source)["mul_1"] == "mul scalar y = a·b dy = b da + a db"


def test_direction():
    x = leaf(1.0)
    assert "rankdir=LR" in tl.draw(x * x, direction="LR").source
    assert "rankdir=TB" in tl.draw(x * x).source


def test_the_same_graph_gives_the_same_text():
    def text() -> str:
        model = network()
        return tl.draw(model(tl.ones(3, 2)).sum(), names=model).source

    assert text() == text()


def test_drawing_leaves_the_tape_as_it_was_and_does_not_keep_it():
    x = leaf(3.0)
    z = x * x
    picture = tl.draw(z)
    node = weakref.ref(z.grad_fn)
    z.backward()
    assert x.grad is not None
    assert x.grad.item() == 6.0
    del z
    assert node() is None
    assert picture.source


def test_many_nodes_are_cut_and_the_picture_says_so():
    x = leaf(0.5)
    y = x
    for _ in range(20_000):
        y = tl.tanh(y)
    picture = tl.draw(y, max_nodes=3)
    assert picture.title == "tape of loss: 20,000 operations, 1 leaf"
    texts = list(boxes(picture.source).values())
    assert texts[0] == "⋮ 19,997 older operations not drawn to draw all max_nodes=20000"
    assert texts[1:-1] == ["tanh scalar"] * 3
    assert arrows(picture.source)[0] == (*list(boxes(picture.source))[:2], "scalar")


# --- numbers ---


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (3.14159265, "3.142"),
        ([1.0, -0.5], "[1, -0.5]"),
        ([[1.0, 2.0], [3.0, 4.0]], "[1, 2]\n[3, 4]"),
        ([], "empty"),
        ([True, False], "[True, False]"),
        (list(range(10)), "0 … 9"),
        ([0.0] * 6 + [7.0], "0 … 7, mean 1"),
        ([True] * 7 + [False], "7 of 8 true"),
        ([float("nan")] + [1.0] * 9, "1 … 1, 1 of 10 not finite"),
        ([float("inf")] * 8, "none of 8 is finite"),
    ],
)
def test_numbers(values, text):
    assert facts.numbers(tl.tensor(values).array) == text


# --- errors ---


def test_a_tensor_without_a_tape_is_refused():
    with pytest.raises(RuntimeError, match=r"no tape.*requires_grad=True"):
        tl.draw(tl.ones(2).sum())


def test_a_freed_tape_is_refused():
    z = tl.tanh(leaf(1.0))
    z.backward()
    with pytest.raises(RuntimeError, match=r"the tape below tanh was used and freed.*retain_graph=True"):
        tl.draw(z)


def test_bad_arguments_are_refused():
    x = leaf(1.0)
    z = x * x
    with pytest.raises(TypeError, match="expected a Tensor or a sequence of Tensors, got float"):
        tl.draw(1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="got int"):
        tl.draw([z, 3])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="empty"):
        tl.draw([])
    with pytest.raises(ValueError, match=r'"TB".*"LR"'):
        tl.draw(z, direction="up")
    with pytest.raises(ValueError, match="max_nodes is 0"):
        tl.draw(z, max_nodes=0)
    with pytest.raises(TypeError, match="names is a list; pass a Module, or a dict"):
        tl.draw(z, names=[x])
    with pytest.raises(TypeError, match="names maps 'x' to a float"):
        tl.draw(z, names={"x": 1.0})

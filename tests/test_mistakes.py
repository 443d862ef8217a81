"""Likely mistakes are said aloud, in the user's line, once; and what is meant stays quiet."""

import copy
import subprocess
import sys
import threading
import warnings

import pytest

import tinygrad_lite as tl
from tinygrad_lite import nn
from tinygrad_lite.nn import functional as F

LABELS = tl.tensor([0, 2])


def logits():
    return tl.tensor([[1.0, 2.0, 0.5], [0.1, 0.2, 0.3]], requires_grad=True)


def said(function):
    """What is warned of, and the file in which."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function()
    assert all(w.category is tl.MistakeWarning and w.filename == __file__ for w in caught), caught
    return [str(w.message) for w in caught]


def test_the_class():
    assert issubclass(tl.MistakeWarning, UserWarning)
    assert tl.MistakeWarning.__doc__


# --- losses ---


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (lambda: F.cross_entropy(logits().softmax(1), LABELS), "cross_entropy: its input is the output of softmax"),
        (
            lambda: F.cross_entropy(logits().log_softmax(1), LABELS),
            "cross_entropy: its input is the output of log_soft",
        ),
        (lambda: nn.CrossEntropyLoss()(nn.Softmax(1)(logits()), LABELS), "taken twice: leave the softmax out"),
        (lambda: F.cross_entropy(input=F.softmax(logits(), 1), target=LABELS), "leave the softmax out"),
        (lambda: F.nll_loss(logits().softmax(1), LABELS), "expects logarithms of probabilities: use log_softmax"),
        (lambda: nn.BCEWithLogitsLoss()(logits().sigmoid(), tl.ones(2, 3)), "leave the sigmoid out"),
        (lambda: F.kl_div(logits().softmax(1), tl.ones(2, 3) / 3, reduction="sum"), "kl_div: .*use log_softmax"),
    ],
)
def test_probabilities_where_logits_are_expected(loss, words):
    with pytest.warns(tl.MistakeWarning, match=words):
        loss().backward()
    assert len(said(loss)) == 1


@pytest.mark.parametrize(
    "loss",
    [
        lambda: F.cross_entropy(logits(), LABELS),
        lambda: F.cross_entropy(logits(), logits().detach().softmax(1)),  # another model's probabilities as targets
        lambda: F.cross_entropy(nn.Linear(3, 3)(logits().softmax(1)), LABELS),
        lambda: F.nll_loss(logits().log_softmax(1), LABELS),
        lambda: F.nll_loss(logits().softmax(1).log(), LABELS),
        lambda: F.binary_cross_entropy(logits().sigmoid(), tl.ones(2, 3)),
        lambda: F.binary_cross_entropy_with_logits(logits(), tl.ones(2, 3)),
        lambda: F.kl_div(logits().log_softmax(1), tl.ones(2, 3) / 3, reduction="sum"),
    ],
)
def test_what_losses_expect(loss):
    assert said(lambda: loss().backward()) == []


@pytest.mark.parametrize("loss", [F.mse_loss, F.l1_loss, F.smooth_l1_loss, F.huber_loss, F.poisson_nll_loss])
def test_shapes_that_only_broadcast(loss):
    """(n, 1) against (n,) is (n, n): every prediction against every target."""
    x = tl.ones(4, 1, requires_grad=True)
    (message,) = said(lambda: loss(x, tl.ones(4)))
    assert "(torch.Size([4]))" in message
    assert "(torch.Size([4, 1]))" in message
    assert said(lambda: loss(x, tl.ones(4, 1))) == []


def test_gaussian_shapes():
    x = tl.ones(4, 1)
    (message,) = said(lambda: F.gaussian_nll_loss(x, tl.ones(4), tl.ones(4, 1)))
    assert "different to the input size" in message


@pytest.mark.parametrize("value", [1.5, -0.1, float("nan")])
def test_bce_outside_of_probabilities_is_an_error(value):
    with pytest.raises(RuntimeError, match="between 0 and 1"):
        nn.BCELoss()(tl.tensor([0.5, value]), tl.tensor([0.0, 1.0]))


# --- the training loop ---


def network():
    tl.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))


def loss_of(model):
    return (model(tl.tensor([[1.0, 2.0]])) ** 2).mean()


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "LBFGS"])
def test_no_zero_grad(name):
    model = network()
    optimizer = getattr(tl.optim, name)(model.parameters(), lr=0.01)

    def train():
        for _ in range(4):
            loss = loss_of(model)
            loss.backward()
            optimizer.step(lambda loss=loss: loss)

    messages = said(train)
    assert messages == [messages[0]]  # at the second step, and never again
    assert f"{name}.step: the gradients of the last step were not cleared" in messages[0]
    assert "call optimizer.zero_grad() before backward()" in messages[0]


def accumulated(model, optimizer, clear):
    for _ in range(4):
        clear()
        for _ in range(3):
            loss_of(model).backward()
        optimizer.step()


@pytest.mark.parametrize(
    "clear",
    [
        lambda m, o: o.zero_grad(),
        lambda m, o: o.zero_grad(set_to_none=False),
        lambda m, o: m.zero_grad(),
        lambda m, o: m.zero_grad(set_to_none=False),
        lambda m, o: [p.grad.zero_() for p in m.parameters() if p.grad is not None],
        lambda m, o: [p.grad.array.fill(0) for p in m.parameters() if p.grad is not None],
        lambda m, o: [setattr(p, "grad", None) for p in m.parameters()],
    ],
)
def test_gathering_the_gradients_of_several_batches(clear):
    model = network()
    optimizer = tl.optim.SGD(model.parameters(), lr=0.01)
    assert said(lambda: accumulated(model, optimizer, lambda: clear(model, optimizer))) == []


def test_derivatives_between_steps():
    """Others may ask for derivatives, and leave them there, as long as they are cleared before the step."""
    model = network()
    optimizer = tl.optim.SGD(model.parameters(), lr=0.01)

    def train():
        for set_to_none in (True, False, True):
            tl.autograd.grad(loss_of(model), model[0].weight)
            loss_of(model).backward()
            optimizer.zero_grad(set_to_none)
            loss_of(model).backward()
            optimizer.step()

    assert said(train) == []


def test_two_optimizers_in_turn():
    """A generator's loss fills the gradients of the discriminator, which clears them before its own."""
    first, second = network(), nn.Linear(1, 1)
    optimizers = [tl.optim.Adam(m.parameters()) for m in (first, second)]

    def train():
        for _ in range(4):
            for optimizer in optimizers:
                optimizer.zero_grad()
                second(first(tl.ones(1, 2))).sum().backward()
                optimizer.step()

    assert said(train) == []


def test_the_same_gradient_given_at_every_step():
    w = tl.ones(2, requires_grad=True)
    w.grad = tl.ones(2)
    optimizer = tl.optim.SGD([w], lr=0.1)
    assert said(lambda: [optimizer.step() for _ in range(3)]) == []


def test_hooks_of_the_user_stay():
    model = network()
    seen = []
    handle = model[0].weight.register_hook(lambda g: seen.append(1))
    optimizer = tl.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(4):
        optimizer.zero_grad()
        loss_of(model).backward()
        optimizer.step()
    assert len(seen) == 4
    assert optimizer._after_step == []
    assert model[0].weight.node is not None
    assert len(model[0].weight.node.hooks) == 1
    handle.remove()


def test_missing_gradients():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.unused = nn.Linear(2, 1), nn.Linear(2, 1)

        def forward(self, x):
            return self.used(x)

    model = Net()
    optimizer = tl.optim.Adam(model.parameters())

    def train():
        for _ in range(3):
            optimizer.zero_grad()
            loss_of(model).backward()
            optimizer.step()

    (message,) = said(train)
    assert "Adam.step: 2 of 4 parameters have no gradient at the first step" in message
    assert "unused.weight, unused.bias" in message
    model.unused.requires_grad_(False)
    optimizer = tl.optim.Adam(model.parameters())
    assert said(train) == []


def test_steps_without_any_gradient_are_quiet():
    """Schedules are tried out without a model."""
    optimizer = tl.optim.SGD([tl.ones(1, requires_grad=True)], lr=0.1)
    scheduler = tl.optim.lr_scheduler.StepLR(optimizer, 1)
    assert said(lambda: [(optimizer.step(), scheduler.step()) for _ in range(3)]) == []


# --- layers that nobody knows ---


class Listed(nn.Module):
    def __init__(self, wrap):
        super().__init__()
        self.first = nn.Linear(2, 2)
        self.layers = wrap([nn.Linear(2, 2), nn.Linear(2, 2)])

    def forward(self, x):
        x = self.first(x)
        for layer in self.layers.values() if isinstance(self.layers, dict) else self.layers:
            layer = layer[0] if isinstance(layer, list) else layer
            x = layer(x)
        return x


def train(model, *more, steps=3):
    optimizer = tl.optim.SGD([*model.parameters(), *more], lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        loss_of(model).backward()
        optimizer.step()


@pytest.mark.parametrize(
    "wrap",
    [list, tuple, lambda layers: {"a": layers[0], "b": layers[1]}, lambda layers: [[layer] for layer in layers]],
)
def test_layers_in_a_plain_container(wrap):
    model = nn.Sequential(nn.Identity(), Listed(wrap))
    (message,) = said(lambda: train(model))
    kind = type(model[1].layers).__name__
    assert f"SGD.step: Listed.1.layers is a plain {kind} that holds layers" in message
    assert "4 parameters in it have gradients, but no optimizer trains them" in message
    assert "nn.ModuleList" in message


def test_parameters_in_a_plain_list():
    model = nn.Linear(2, 2)
    model.extra = [nn.Parameter(tl.ones(2))]
    model.register_forward_hook(lambda module, args, output: output * module.extra[0])
    (message,) = said(lambda: train(model))
    assert "Linear.extra is a plain list" in message


def test_containers_that_are_meant():
    assert said(lambda: train(Listed(nn.ModuleList))) == []
    by_hand = Listed(list)
    assert said(lambda: train(by_hand, *(p for layer in by_hand.layers for p in layer.parameters()))) == []
    registered = Listed(list)
    registered.again = nn.ModuleList(registered.layers)
    assert said(lambda: train(registered)) == []
    frozen = Listed(list)
    for layer in frozen.layers:
        layer.requires_grad_(False)
    assert said(lambda: train(frozen)) == []
    teacher = nn.Sequential(nn.Linear(2, 1))
    teacher.teacher = [network()]  # a list hides it from the state
    assert said(lambda: train(teacher)) == []
    two = Listed(list)
    other = tl.optim.SGD([p for layer in two.layers for p in layer.parameters()], lr=0.1)
    assert said(lambda: train(two)) == []
    assert other.param_groups


def test_no_parameters():
    with pytest.raises(ValueError, match="empty parameter list"):
        tl.optim.SGD(nn.ReLU().parameters(), lr=0.1)


# --- where, how often, and how to switch it off ---


def test_once_for_each_place():
    code = """
import tinygrad_lite as tl
x = tl.zeros(2, 3, requires_grad=True)
for _ in range(5):
    tl.nn.functional.cross_entropy(x.softmax(1), tl.tensor([0, 1]))
tl.nn.functional.cross_entropy(x.softmax(1), tl.tensor([0, 1]))
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr
    assert shown.count("MistakeWarning") == 2
    assert "<string>:5: MistakeWarning: cross_entropy" in shown
    assert "<string>:6: MistakeWarning: cross_entropy" in shown


def mistaken():
    F.cross_entropy(logits().softmax(1), LABELS)


def test_the_switch():
    with tl.warn_mistakes(False):
        assert said(mistaken) == []
        with tl.warn_mistakes(True):
            assert len(said(mistaken)) == 1
        thread: list = []
        other = threading.Thread(target=lambda: thread.append(said(mistaken)))
        other.start()
        other.join()
        assert thread == [[]]
    assert len(said(mistaken)) == 1
    tl.warn_mistakes(False)
    try:
        assert said(mistaken) == []
    finally:
        tl.warn_mistakes()
    assert len(said(mistaken)) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", category=tl.MistakeWarning)
        mistaken()


def test_as_an_error_it_changes_nothing():
    """Under "error" the loss is not recorded, and the step is taken."""
    x = logits()
    with pytest.raises(tl.MistakeWarning):
        F.cross_entropy(x.softmax(1), LABELS)
    F.cross_entropy(x, LABELS).backward()


def test_copies_look_for_themselves():
    model = network()
    optimizer = tl.optim.SGD(model.parameters(), lr=0.01)
    loss_of(model).backward()
    optimizer.step()
    twin_model, twin = copy.deepcopy((model, optimizer))

    def go_on():
        for _ in range(3):
            loss_of(twin_model).backward()
            twin.step()

    assert len(said(go_on)) == 1

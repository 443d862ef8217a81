"""detect_anomaly: which operation made the first nan, where in the program, and of what."""

import gc
import linecache
import re
import weakref

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite.autograd.engine import recording


@pytest.fixture(autouse=True)
def _nan_is_the_subject():
    with np.errstate(all="ignore"):
        yield


def leaf(*values):
    return tl.tensor(list(values), requires_grad=True)


def looking(check_nan=True):
    return tl.autograd.set_detect_anomaly(True, check_nan)


def line_of(error):
    """The program line that an error names, and whether its text is there too."""
    file, line = re.search(r'File "(.+)", line (\d+)', str(error)).groups()
    assert file == __file__
    text = linecache.getline(file, int(line)).strip()
    assert text in str(error)
    return text


def test_the_operation_its_line_its_position_and_its_operands():
    a, b = leaf(1.0, 2.0, 3.0), leaf(1.0, 0.0, 1.0)
    with looking():
        y = a / b
        z = (y * tl.tensor([1.0, 0.0, 1.0])).sum()  # 0 · ∞
        with pytest.raises(RuntimeError) as caught:
            z.backward()
    message = str(caught.value)
    assert message.startswith("Function 'DivBackward0' returned nan values in its 0th output")
    assert line_of(caught.value) == "y = a / b"
    assert "position (1,)" in message
    assert "float32 of shape (3,), 2.0 there" in message
    assert "float32 of shape (3,), 0.0 there" in message
    assert "the derivative that arrived: float32 of shape (3,), 0.0 there" in message
    assert "test_the_operation_its_line" in message


def test_the_second_of_two_inputs_is_named_by_its_number():
    x = tl.tensor([0.0, 1.0])
    p = leaf(0.0, 2.0)
    with looking():
        y = (x * 0).pow(p) * 0 + x / p
        with pytest.raises(RuntimeError, match=r"'DivBackward0' returned nan values in its 1th output.*\(0,\)"):
            y.sum().backward()


def test_a_chain_blames_the_first_on_the_way_down():
    x = leaf(0.0, 1.0)
    with looking():
        h = x * 2
        r = h.sqrt()
        loss = (r * 0).exp().sum()
        with pytest.raises(RuntimeError, match="SqrtBackward0") as caught:
            loss.backward()
    assert line_of(caught.value) == "r = h.sqrt()"
    assert tl.is_grad_enabled()


def test_infinite_derivatives_are_no_anomaly():
    x = leaf(0.0, 1.0)
    with looking():
        x.sqrt().sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [np.inf, 0.5])


@pytest.mark.parametrize(
    "f",
    [
        lambda x: (x.tanh() * x).sum(),
        lambda x: tl.nn.functional.cross_entropy(x.reshape(2, 2), tl.tensor([0, 1])),
        lambda x: tl.cat([x, x.exp(), x[:1]]).square().mean(),
        lambda x: tl.nn.functional.linear(x.reshape(2, 2), x.reshape(2, 2), x[:2]).logsumexp(0).sum(),
        lambda x: (x.reshape(2, 2) @ x.reshape(2, 2)).softmax(1).var(),
        lambda x: tl.stack(x.unbind()).cumsum(0).norm(),
    ],
)
def test_results_are_those_of_plain_recording(f):
    """First and second derivatives, through every kind of operation; only the order of sums may differ."""
    found = []
    for on in (False, True):
        x = tl.tensor([0.5, -1.0, 2.0, 1.5], dtype=tl.float64, requires_grad=True)
        with tl.autograd.set_detect_anomaly(on):
            (first,) = tl.autograd.grad(f(x), x, create_graph=True)
            second = tl.autograd.grad((first * first).sum(), x)[0]
            f(x).backward()
        found.append([first.detach().numpy(), second.numpy(), x.grad.numpy()])
    for plain, watched in zip(*found, strict=True):
        np.testing.assert_allclose(plain, watched, rtol=1e-14)


def test_second_derivatives_are_looked_at_too():
    x = leaf(0.0)
    with looking():
        (first,) = tl.autograd.grad((x**1.5).sum(), x, create_graph=True)  # 1.5 √x: its derivative is infinite at 0
        with pytest.raises(RuntimeError, match="returned nan values"):
            (first * 0).sum().backward()


def test_values_may_be_nan_where_the_derivative_is_not():
    x = leaf(1.0, 2.0)
    with looking():
        (x + tl.tensor([np.nan, 0.0])).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [1, 1])


def test_a_reduced_derivative_and_a_number():
    w = tl.tensor(0.0, requires_grad=True)
    with looking():
        y = (tl.ones(3) * w).sqrt() * 0
        with pytest.raises(RuntimeError) as caught:
            y.sum().backward()
        loss = (w * float("nan")).sum()
        with pytest.raises(RuntimeError, match=r"shape \(\)\.\n") as second:
            loss.backward()
    assert "SqrtBackward0" in str(caught.value)
    assert "\n  b: nan" in str(second.value)


def test_sequences_of_inputs():
    x = leaf(0.0, 1.0)
    bad = tl.tensor([np.nan, 1.0])
    with looking():
        y = tl.cat([bad * 1, x, x])
        with pytest.raises(RuntimeError, match=r"'CatBackward0' .* 1th output[\s\S]*tensors\[1\]"):
            y.backward(tl.tensor([0.0, 0.0, np.nan, 0.0, 0.0, 0.0]))


def test_functions_are_named():
    class Bad(tl.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * float("nan")

    class Failing(Bad):
        @staticmethod
        def backward(ctx, g):
            raise KeyError("mine")

    x = leaf(1.0, 2.0)
    with looking():
        y = Bad.apply(x)
        with pytest.raises(RuntimeError, match="'BadBackward'") as caught:
            y.sum().backward()
        z = Failing.apply(x)
        with pytest.raises(KeyError) as other:
            z.sum().backward()
    assert line_of(caught.value) == "y = Bad.apply(x)"
    assert "z = Failing.apply(x)" in other.value.__notes__[0]


def test_modules():
    model = tl.nn.Sequential(tl.nn.Linear(2, 3), tl.nn.ReLU(), tl.nn.Linear(3, 1))
    with looking():
        with tl.no_grad():
            model[0].weight.fill_(0)
            model[0].bias.fill_(0)
        loss = (model(tl.ones(4, 2)) * 0).norm(dim=0).sum() / tl.zeros(())
        with pytest.raises(RuntimeError, match="returned nan values"):
            loss.backward()


def test_switches():
    assert not tl.autograd.is_anomaly_enabled()
    with looking(check_nan=False):
        assert tl.autograd.is_anomaly_enabled()
        assert not tl.autograd.is_anomaly_check_nan_enabled()
        x = leaf(0.0)
        (x.sqrt() * 0).sum().backward()
        assert np.isnan(x.grad.item())
        with tl.no_grad():
            assert not (x * 2).requires_grad
            with tl.enable_grad():
                assert recording.get() is not True
    assert recording.get() is True
    tl.autograd.set_detect_anomaly(True)
    try:
        assert tl.autograd.is_anomaly_enabled()
        tl.autograd.set_detect_anomaly(True)
        tl.autograd.set_detect_anomaly(False)
        assert not tl.autograd.is_anomaly_enabled()
    finally:
        tl.autograd.set_detect_anomaly(False)
    assert recording.get() is True
    with pytest.warns(UserWarning, match="Anomaly Detection"), tl.autograd.detect_anomaly():
        assert tl.autograd.is_anomaly_check_nan_enabled()
    assert not tl.autograd.is_anomaly_enabled()


def test_stale_values_name_the_line():
    for check_nan in (True, False):
        h = leaf(1.0, 2.0) * 1
        with looking(check_nan):
            y = h * h
            h.add_(1)
            with pytest.raises(RuntimeError, match="modified by an inplace operation") as caught:
                y.sum().backward()
        assert line_of(caught.value) == "y = h * h"
    y = h * h
    h.add_(1)
    with pytest.raises(RuntimeError, match="set_detect_anomaly"):
        y.sum().backward()


def test_off_means_off():
    """Without the mode a node has neither note nor hooks, and its edges lead to the inputs themselves."""
    x = leaf(1.0)
    y = x * 2
    assert y.grad_fn.hooks is None
    assert not hasattr(y.grad_fn, "note")
    assert y.grad_fn.parents == (x.node,)


def test_nothing_is_kept_alive():
    gc.disable()
    try:
        with looking():
            x = leaf(1.0, 2.0)
            h = x * 1
            kept = weakref.ref(h.array)
            y = (h * h).sum()
            del h
            assert kept() is not None
            y.backward()
            del y
            assert kept() is None
    finally:
        gc.enable()


def test_it_looks_beside_another_recorder():
    class Counter:
        names = ()

        def note(self, node, args):
            self.names += (node.op.__name__,)

    counter = Counter()
    token = recording.set(counter)
    try:
        x = leaf(0.0)
        with looking():
            y = (x.sqrt() * 0).sum()
            with pytest.raises(RuntimeError, match="SqrtBackward0"):
                y.backward()
        assert recording.get() is counter
    finally:
        recording.reset(token)
    assert counter.names == ("sqrt", "mul", "sum")

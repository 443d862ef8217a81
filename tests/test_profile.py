"""tl.profile: what it counts, to whom it gives the time, and that it leaves no trace."""

import sys

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite import operation


class Clock:
    """Each look at it takes a second, so times are known without a measurement."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 1
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(tl.profiler, "clock", clock)
    return clock


def by_name(p):
    return {row.name: row for row in p.rows}


def leaf(*shape):
    return tl.ones(*shape, requires_grad=True)


def test_calls_and_memory_of_each_operation():
    x = leaf(5, 4)
    with tl.profile() as p:
        y = (x * 2).tanh().tanh() @ tl.ones(4, 3)
        y.sum().backward()
    rows = by_name(p)
    assert {name: row.calls for name, row in rows.items()} == {"mul": 1, "tanh": 2, "matmul": 1, "sum": 1}
    assert {name: row.bytes for name, row in rows.items()} == {"mul": 80, "tanh": 160, "matmul": 60, "sum": 4}
    assert all(row.forward > 0 and row.backward > 0 for row in rows.values())
    assert rows["tanh"].total == rows["tanh"].forward + rows["tanh"].backward


def test_time_goes_to_the_operation_that_took_it(clock):
    @operation.unary(linear=True)
    def slow_in_a_test(x):
        """y = x        dy = dx"""
        clock.now += 1000

        def pullback(g):
            clock.now += 5000
            return g * 1

        return x * 1, pullback

    try:
        x = leaf(3)
        with tl.profile() as p:
            clock.now += 30_000  # between operations: nobody's
            slow_in_a_test(x * 2).sum().backward()
            clock.now += 30_000
    finally:
        del operation.OPERATIONS["slow_in_a_test"]
    row = p.rows[0]
    assert row.name == "slow_in_a_test"
    assert 1000 < row.forward < 1010
    assert 5000 < row.backward < 5010
    assert sum(other.total for other in p.rows[1:]) < 20
    assert 66_000 < p.seconds < 66_050


def test_views_take_no_memory_and_are_counted():
    x = leaf(4, 4)
    with tl.profile() as p:
        x.T.reshape(16)[2:5].sum()
    rows = by_name(p)
    assert sum(row.calls for row in p.rows) == 4
    assert sum(row.bytes for row in p.rows) == 4 + 64  # the reshape of a transposed matrix is a copy
    assert rows["sum"].bytes == 4


def test_what_is_not_recorded_is_seen_too():
    x = tl.ones(3)
    with tl.profile() as p, tl.no_grad():
        (x + x).exp()
    assert by_name(p).keys() == {"add", "exp"}
    assert all(row.backward == 0 for row in p.rows)


def test_an_operation_within_an_operation_belongs_to_it():
    x = leaf(3, 3)
    with tl.profile() as p:
        x.logsumexp(0)
    assert [row.calls for row in p.rows] == [1]


def test_a_backward_counts_for_nodes_that_were_recorded_before():
    x = leaf(3)
    y = (x * x).sum()
    with tl.profile() as p:
        y.backward()
    assert {row.name: row.calls for row in p.rows} == {"mul": 0, "sum": 0}
    assert all(row.backward > 0 for row in p.rows)


def test_derivatives_of_derivatives():
    x = leaf(3)
    with tl.profile() as p:
        (dx,) = tl.autograd.grad((x**3).sum(), x, create_graph=True)
        (d2x,) = tl.autograd.grad(dx.sum(), x)
    assert d2x.tolist() == [6, 6, 6]
    assert by_name(p)["pow"].calls == 1  # what a backward computes is the backward's
    assert by_name(p)["mul"].calls == 0
    assert by_name(p)["mul"].backward > 0


def test_a_backward_within_a_backward():
    class Checkpoint(tl.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.exp().tanh()

        @staticmethod
        def backward(ctx, g):
            with tl.enable_grad():
                x = ctx.saved_tensors[0].detach().requires_grad_()
                return tl.autograd.grad(x.exp().tanh(), x, g)[0]

    x = leaf(3)
    with tl.profile() as p:
        (Checkpoint.apply(x * 2) * 3).sum().backward()
    rows = by_name(p)
    assert rows["Checkpoint"].calls == 1
    assert rows["Checkpoint"].forward > 0
    assert rows["mul"].calls == 2
    assert {"exp", "tanh"} < rows.keys()  # their derivatives were called from the Function's backward
    assert rows["exp"].calls == 0
    assert rows["Checkpoint"].backward > 0


def test_the_step_of_an_optimizer_without_what_its_closure_computes():
    w = leaf(3)
    optimizer = tl.optim.Adam([w])

    def closure():
        optimizer.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    with tl.profile() as p:
        optimizer.step(closure)
    rows = by_name(p)
    assert rows["Adam.step"].calls == 1
    assert rows["mul"].calls == 1
    whole = rows["Adam.step"].forward + rows["mul"].total + rows["sum"].total
    assert whole == sum(row.total for row in p.rows) <= p.seconds


def test_times_of_one_node():
    x = leaf(3)
    other = x * 2
    with tl.profile() as p:
        y = x * 3
        z = y.tanh()
        z.sum().backward(retain_graph=True)
        assert p.of(other.grad_fn) is None
    assert p.of(z.grad_fn).name == "tanh"
    assert p.of(z.grad_fn).calls == 1
    assert p.of(z.grad_fn).forward > 0
    assert p.of(z.grad_fn).backward > 0
    nodes = [p.of(t.grad_fn) for t in (y, z)]
    assert nodes == [by_name(p)["mul"], by_name(p)["tanh"]]


def test_a_refused_operation_is_not_counted_and_does_not_end_the_profile():
    x = leaf(3)
    with tl.profile() as p:
        with pytest.raises(RuntimeError):
            x + tl.ones(4)
        x.exp()
    assert by_name(p)["exp"].calls == 1


def test_an_error_in_backward_ends_the_backward():
    x = leaf(3)

    def fail(g):
        raise ValueError("no")

    with tl.profile() as p:
        y = x * 2
        y.register_hook(fail)
        with pytest.raises(ValueError, match="no"):
            y.sum().backward()
        x.exp()
    assert by_name(p)["exp"].calls == 1
    assert by_name(p)["sum"].backward > 0


def test_nothing_is_left_behind():
    x, seen = leaf(3), []

    def outer(frame, event, argument):
        seen.append(event)

    sys.setprofile(outer)
    try:
        with pytest.raises(ZeroDivisionError), tl.profile() as p:  # noqa: PT012
            x.exp()
            raise ZeroDivisionError
        assert sys.getprofile() is outer
    finally:
        sys.setprofile(None)
    with tl.profile():
        y = x.exp()
    assert sys.getprofile() is None
    assert y.grad_fn.hooks is None
    assert not hasattr(y.grad_fn, "note")
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.array, y.array)
    assert by_name(p)["exp"].calls == 1


def test_a_profile_goes_on_in_a_second_block_but_not_in_itself():
    x = leaf(3)
    p = tl.profile()
    for _ in range(2):
        with p:
            x.exp()
    assert by_name(p)["exp"].calls == 2
    with p, pytest.raises(RuntimeError, match="running already"):
        p.__enter__()


def test_the_table():
    x = leaf(1000)
    with tl.profile() as p:
        for _ in range(3):
            x.exp().sum().backward()
    lines = str(p).splitlines()
    assert lines[0].split() == ["operation", "calls", "forward", "backward", "total", "memory"]
    assert lines[1].split()[0] == p.rows[0].name
    assert [row.total for row in p.rows] == sorted((row.total for row in p.rows), reverse=True)
    assert lines[-1].endswith(f"of {p.seconds:.3f} s")
    assert "12.0 kB" in str(p)
    assert [line.split()[0] for line in p.table("name").splitlines()[1:3]] == ["exp", "sum"]
    assert "… and 1 more" in p.key_averages().table(sort_by="cpu_time_total", row_limit=1)
    with pytest.raises(ValueError, match="sort_by is 'cuda_time'"):
        p.table("cuda_time")
    assert repr(p).startswith("<profile: 2 operations")
    assert str(tl.profile()).splitlines()[-1].startswith("0.0 µs in operations")


def test_the_names_of_pytorch():
    profiler = tl.profiler
    assert profiler.profile is tl.profile
    with profiler.profile(activities=[profiler.ProfilerActivity.CPU], record_shapes=True) as p:
        leaf(2).exp()
    assert by_name(p)["exp"].calls == 1
    with pytest.raises(RuntimeError, match="computes on the CPU"):
        tl.profile(activities=[profiler.ProfilerActivity.CUDA])
    with pytest.raises(AttributeError, match="schedule: a profile covers its whole"):
        profiler.schedule  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        profiler.nothing  # noqa: B018
    with pytest.raises(TypeError):
        tl.profile(on_trace_ready=print)


def test_drawings_show_it():
    x = leaf(3)
    before = x * 2
    with tl.profile() as p:
        loss = before.tanh().sum()
        loss.backward(retain_graph=True)
    source = tl.draw(loss, profile=p).source
    assert source.count(" µs forward") == 2
    assert source.count(" µs backward") == 3  # the product was recorded before, and differentiated within
    assert source.count('fillcolor="#ff7878"') == 2  # the longest: forward and backward took a second each
    assert source.count('fillcolor="#ffbcbc"') == 1
    assert "#ff7878" not in tl.draw(loss).source
    with pytest.raises(TypeError, match="profile is a str"):
        tl.draw(loss, profile="time")

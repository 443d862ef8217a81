"""Schedules: worked out by hand, and number for number like PyTorch's."""

import math

import numpy as np
import pytest

import tinygrad_lite as tl
from tinygrad_lite.optim import lr_scheduler as schedulers


def optimizer_of(library, adam=False, tensor=False):
    w, v = library.zeros(2, requires_grad=True), library.zeros(3, requires_grad=True)
    lr = library.tensor(0.125) if tensor else 0.1
    groups = [{"params": [w]}, {"params": [v], "lr": library.tensor(0.0625) if tensor else 0.05}]
    return library.optim.Adam(groups, lr=lr) if adam else library.optim.SGD(groups, lr=lr, momentum=0.9)


def rates(scheduler, epochs, *results):
    """The first group's rate in each epoch."""
    seen = []
    for i in range(epochs):
        seen.append(scheduler.optimizer.param_groups[0]["lr"])
        scheduler.optimizer.step()
        scheduler.step(*(r[i] for r in results))
    return seen


def harmonic(epoch):
    return 1 / (1 + epoch)


class Scale:
    """A callable object: its attributes are saved."""

    def __init__(self, base):
        self.base = base

    def __call__(self, epoch):
        return self.base**epoch


# --- by hand ---


def cosine(t, T, low=0.0):
    return low + (0.1 - low) * (1 + math.cos(math.pi * t / T)) / 2


@pytest.mark.parametrize(
    ("build", "rate"),
    [
        (lambda o: schedulers.StepLR(o, 3, 0.5), lambda t: 0.1 * 0.5 ** (t // 3)),
        (lambda o: schedulers.MultiStepLR(o, [2, 5, 5], 0.5), lambda t: 0.1 * 0.5 ** ((t >= 2) + 2 * (t >= 5))),
        (lambda o: schedulers.ExponentialLR(o, 0.9), lambda t: 0.1 * 0.9**t),
        (lambda o: schedulers.ConstantLR(o, 0.3, 4), lambda t: 0.1 * (0.3 if t < 4 else 1)),
        (lambda o: schedulers.LinearLR(o, 0.2, 0.8, 6), lambda t: 0.1 * (0.2 + 0.6 * min(t, 6) / 6)),
        (lambda o: schedulers.PolynomialLR(o, 8, 2.0), lambda t: 0.1 * (1 - min(t, 8) / 8) ** 2),
        (lambda o: schedulers.CosineAnnealingLR(o, 5, 0.01), lambda t: cosine(t, 5, 0.01)),
        (lambda o: schedulers.CosineAnnealingWarmRestarts(o, 4), lambda t: cosine(t % 4, 4)),
        (lambda o: schedulers.LambdaLR(o, harmonic), lambda t: 0.1 / (1 + t)),
        (lambda o: schedulers.MultiplicativeLR(o, lambda t: 0.5), lambda t: 0.1 * 0.5**t),
        (lambda o: schedulers.CyclicLR(o, 0.1, 0.5, 4), lambda t: 0.5 - 0.1 * abs(t % 8 - 4)),
        (
            lambda o: schedulers.OneCycleLR(o, 1.0, 11, pct_start=3 / 11, anneal_strategy="linear"),
            lambda t: 0.04 + 0.48 * t if t < 2 else 1 - (1 - 4e-6) * (t - 2) / 8,
        ),
        (
            lambda o: schedulers.SequentialLR(
                o, [schedulers.ConstantLR(o, 0.1), schedulers.ExponentialLR(o, 0.5)], milestones=[3]
            ),
            lambda t: 0.01 if t < 3 else 0.1 * 0.5 ** (t - 3),
        ),
        (
            lambda o: schedulers.ChainedScheduler([schedulers.ConstantLR(o, 0.1, 3), schedulers.ExponentialLR(o, 0.5)]),
            lambda t: 0.1 * 0.5**t * (0.1 if t < 3 else 1),
        ),
    ],
)
def test_by_hand(build, rate):
    scheduler = build(optimizer_of(tl))
    np.testing.assert_allclose(rates(scheduler, 10), [rate(t) for t in range(10)], rtol=1e-9, atol=1e-12)


def test_plateau_by_hand():
    optimizer = optimizer_of(tl)
    scheduler = schedulers.ReduceLROnPlateau(optimizer, factor=0.5, patience=1, threshold=0.0, cooldown=1, min_lr=0.03)
    losses = [3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0, tl.tensor(0.5), 0.5]
    seen = rates(scheduler, 10, losses)
    np.testing.assert_allclose(seen, [0.1] * 4 + [0.05] * 3 + [0.03] * 3)
    assert scheduler.best == 0.5


def test_decay_whenever_the_loss_rose():
    scheduler = schedulers.ReduceLROnPlateau(optimizer_of(tl), factor=0.5, patience=0, threshold=0.0)
    np.testing.assert_allclose(rates(scheduler, 5, [3.0, 4.0, 2.0, 3.0, 1.0]), [0.1, 0.1, 0.05, 0.05, 0.025])


# --- PyTorch ---

CASES = [
    lambda s, o: s.StepLR(o, 3, 0.5),
    lambda s, o: s.MultiStepLR(o, [3, 5, 5, 9], 0.7),
    lambda s, o: s.ExponentialLR(o, 0.9),
    lambda s, o: s.ConstantLR(o, 0.3, 4),
    lambda s, o: s.LinearLR(o, 0.2, 0.9, 7),
    lambda s, o: s.PolynomialLR(o, 8, 1.7),
    lambda s, o: s.CosineAnnealingLR(o, 5, 0.001),
    lambda s, o: s.CosineAnnealingWarmRestarts(o, 5),
    lambda s, o: s.CosineAnnealingWarmRestarts(o, 3, 2, 0.01),
    lambda s, o: s.OneCycleLR(o, 1.0, 30),
    lambda s, o: s.OneCycleLR(o, [1.0, 2.0], epochs=5, steps_per_epoch=6, three_phase=True, anneal_strategy="linear"),
    lambda s, o: s.CyclicLR(o, 0.1, 1.0, 4, 7),
    lambda s, o: s.CyclicLR(o, 0.1, 1.0, 4, mode="triangular2", base_momentum=[0.5, 0.6]),
    lambda s, o: s.CyclicLR(o, 0.1, [1.0, 3.0], 3, mode="exp_range", gamma=0.95),
    lambda s, o: s.CyclicLR(o, 0.1, 1.0, 3, scale_fn=Scale(0.9), scale_mode="iterations", cycle_momentum=False),
    lambda s, o: s.LambdaLR(o, harmonic),
    lambda s, o: s.LambdaLR(o, [harmonic, Scale(0.9)]),
    lambda s, o: s.MultiplicativeLR(o, harmonic),
    lambda s, o: s.SequentialLR(o, [s.ConstantLR(o, 0.1, 3), s.ExponentialLR(o, 0.9)], [5]),
    lambda s, o: s.SequentialLR(o, [s.LinearLR(o, 0.1), s.CosineAnnealingLR(o, 10), s.StepLR(o, 2)], [4, 12]),
    lambda s, o: s.ChainedScheduler([s.ConstantLR(o, 0.1, 3), s.ExponentialLR(o, 0.9)]),
    lambda s, o: s.ChainedScheduler([s.ExponentialLR(o, 0.9), s.CosineAnnealingLR(o, 10, 0.001)], o),
]


def options(optimizer):
    return [{key: value for key, value in group.items() if key != "params"} for group in optimizer.param_groups]


@pytest.mark.parametrize("adam", [False, True], ids=["momentum", "betas"])
@pytest.mark.parametrize("build", CASES, ids=range(len(CASES)))
def test_like_torch(build, adam):
    """30 epochs, every option of the groups equal to the last bit; the state goes through a checkpoint on the way."""
    torch = pytest.importorskip("torch")
    ours, theirs = optimizer_of(tl, adam), optimizer_of(torch, adam)
    mine, other = build(schedulers, ours), build(torch.optim.lr_scheduler, theirs)
    for epoch in range(30):
        assert mine.get_last_lr() == other.get_last_lr()
        assert options(ours) == options(theirs)
        ours.step()
        theirs.step()
        if epoch < 29:
            mine.step()
            other.step()
        if epoch == 12:
            saved, groups = mine.state_dict(), ours.state_dict()
            assert saved.keys() == other.state_dict().keys()
            ours = optimizer_of(tl, adam)
            mine = build(schedulers, ours)
            ours.step()
            mine.load_state_dict(saved)
            ours.load_state_dict(groups)


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("threshold_mode", ["rel", "abs"])
def test_plateau_like_torch(mode, threshold_mode):
    torch = pytest.importorskip("torch")
    ours, theirs = optimizer_of(tl), optimizer_of(torch)
    settings = {"factor": 0.7, "patience": 2, "threshold": 0.01, "cooldown": 2, "min_lr": [0.01, 0.02]}
    mine = schedulers.ReduceLROnPlateau(ours, mode, threshold_mode=threshold_mode, **settings)
    other = torch.optim.lr_scheduler.ReduceLROnPlateau(theirs, mode, threshold_mode=threshold_mode, **settings)
    for metric in np.random.default_rng(0).standard_normal(60):
        mine.step(metric)
        other.step(metric)
        assert options(ours) == options(theirs)
        assert mine.state_dict() == other.state_dict()


@pytest.mark.parametrize("build", [CASES[i] for i in (0, 1, 2, 3, 4, 5, 6, 7, 8, 15)])
def test_resumed_and_jumping_like_torch(build):
    """last_epoch at construction, and step(epoch)."""
    torch = pytest.importorskip("torch")
    ours, theirs = optimizer_of(tl), optimizer_of(torch)
    mine, other = build(schedulers, ours), build(torch.optim.lr_scheduler, theirs)
    for epoch in (4, 2, 11):
        ours.step()
        theirs.step()
        if isinstance(mine, schedulers.CosineAnnealingWarmRestarts):
            mine.step(epoch + 0.5)
            other.step(epoch + 0.5)
        else:
            for scheduler in (mine, other):
                with pytest.warns(UserWarning, match="epoch parameter"):
                    scheduler.step(epoch)
        assert options(ours) == options(theirs)
    if isinstance(mine, (schedulers.StepLR, schedulers.CosineAnnealingLR, schedulers.LinearLR)):
        name, arguments = type(mine).__name__, {"StepLR": {"step_size": 3}, "CosineAnnealingLR": {"T_max": 5}}
        arguments = arguments.get(name, {})
        mine = getattr(schedulers, name)(ours, last_epoch=3, **arguments)
        other = getattr(torch.optim.lr_scheduler, name)(theirs, last_epoch=3, **arguments)
        for _ in range(5):
            assert options(ours) == options(theirs)
            mine.step()
            other.step()


# --- what all share ---


def test_a_rate_that_is_a_tensor_stays_the_same_tensor():
    optimizer = optimizer_of(tl, tensor=True)
    lr = optimizer.param_groups[0]["lr"]
    scheduler = schedulers.ExponentialLR(optimizer, 0.5)
    for _ in range(2):
        optimizer.step()
        scheduler.step()
    assert optimizer.param_groups[0]["lr"] is lr
    assert lr.item() == 0.03125
    last = scheduler.get_last_lr()[0]
    last.fill_(7.0)
    assert lr.item() == 0.03125


def test_order_of_steps():
    optimizer = optimizer_of(tl)
    scheduler = schedulers.StepLR(optimizer, 3)
    with pytest.warns(UserWarning, match=r"`lr_scheduler\.step\(\)` before `optimizer\.step\(\)`"):
        scheduler.step()
    with pytest.warns(UserWarning, match="get_last_lr"):
        scheduler.get_lr()


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda s, o: s.StepLR(None, 3), TypeError, "NoneType is not an Optimizer"),
        (lambda s, o: s.StepLR(o, 3, last_epoch=2), KeyError, "initial_lr"),
        (lambda s, o: s.ConstantLR(o, 2.0), ValueError, "between 0 and 1"),
        (lambda s, o: s.LinearLR(o, 0.0), ValueError, "greater than 0"),
        (lambda s, o: s.LinearLR(o, end_factor=2.0), ValueError, "between 0 and 1"),
        (lambda s, o: s.LambdaLR(o, [harmonic]), ValueError, "Expected 2 lr_lambdas, but got 1"),
        (lambda s, o: s.MultiplicativeLR(o, 0.5), TypeError, "should be a function, but got float"),
        (lambda s, o: s.CosineAnnealingWarmRestarts(o, 0), ValueError, "positive integer T_0"),
        (lambda s, o: s.CosineAnnealingWarmRestarts(o, 3, 0), ValueError, "T_mult >= 1"),
        (lambda s, o: s.OneCycleLR(o, 1.0), ValueError, "total_steps OR"),
        (lambda s, o: s.OneCycleLR(o, 1.0, -3), ValueError, "positive integer total_steps"),
        (lambda s, o: s.OneCycleLR(o, 1.0, 3, pct_start=2.0), ValueError, "pct_start"),
        (lambda s, o: s.OneCycleLR(o, 1.0, 3, anneal_strategy="flat"), ValueError, "anneal_strategy"),
        (lambda s, o: s.OneCycleLR(o, [1.0], 3), ValueError, "same length as optimizer.param_groups"),
        (lambda s, o: s.CyclicLR(o, 0.1, 1.0, mode="square"), ValueError, "mode is invalid"),
        (lambda s, o: s.ReduceLROnPlateau(o, factor=1.0), ValueError, "Factor should be < 1.0"),
        (lambda s, o: s.ReduceLROnPlateau(o, "most"), ValueError, "mode most is unknown"),
        (lambda s, o: s.ReduceLROnPlateau(o, threshold_mode="some"), ValueError, "threshold mode some is unknown"),
        (lambda s, o: s.ReduceLROnPlateau(o, min_lr=[0.1]), ValueError, "expected 2 min_lrs, got 1"),
        (lambda s, o: s.SequentialLR(o, [], []), ValueError, "at least one scheduler"),
        (lambda s, o: s.SequentialLR(o, [s.StepLR(o, 3)], [3]), ValueError, "one more"),
        (lambda s, o: s.ChainedScheduler([]), ValueError, "at least one scheduler"),
        (lambda s, o: s.ChainedScheduler([s.ReduceLROnPlateau(o)]), ValueError, "does not support"),
    ],
)
def test_refused(build, error, message):
    with pytest.raises(error, match=message):
        build(schedulers, optimizer_of(tl))
    torch = pytest.importorskip("torch")
    with pytest.raises(error, match=message):
        build(torch.optim.lr_scheduler, optimizer_of(torch))


def test_refused_without_momentum():
    adagrad = tl.optim.Adagrad([tl.zeros(2)])
    for build in (lambda: schedulers.CyclicLR(adagrad, 0.1, 1.0), lambda: schedulers.OneCycleLR(adagrad, 1.0, 10)):
        with pytest.raises(ValueError, match="must support momentum or beta1"):
            build()
    assert adagrad.param_groups[0]["lr"] == 0.01


def test_one_cycle_ends():
    optimizer = optimizer_of(tl)
    scheduler = schedulers.OneCycleLR(optimizer, 1.0, 3)
    rates(scheduler, 3)
    with pytest.raises(ValueError, match="Tried to step 4 times"):
        scheduler.step()


def test_composed_of_one_optimizer():
    one, other = optimizer_of(tl), optimizer_of(tl)
    with pytest.raises(ValueError, match="same optimizer"):
        schedulers.ChainedScheduler([schedulers.StepLR(one, 3), schedulers.StepLR(other, 3)])


def test_plateau_with_a_group_added_later():
    optimizer = optimizer_of(tl)
    one = schedulers.ReduceLROnPlateau(optimizer, factor=0.5, patience=0)
    each = schedulers.ReduceLROnPlateau(optimizer, factor=0.5, patience=0, min_lr=[0.0, 0.0])
    optimizer.add_param_group({"params": [tl.zeros(1)], "lr": 1.0})
    one.step(1.0)
    one.step(2.0)
    assert one.get_last_lr() == [0.05, 0.025, 0.5]
    each.step(1.0)
    with pytest.raises(RuntimeError, match="3 param groups now"):
        each.step(2.0)


def test_callable_objects_are_saved():
    scheduler = schedulers.LambdaLR(optimizer_of(tl), [Scale(0.5), harmonic])
    saved = scheduler.state_dict()
    assert saved["lr_lambdas"] == [{"base": 0.5}, None]
    loaded = schedulers.LambdaLR(optimizer_of(tl), [Scale(0.9), harmonic])
    loaded.load_state_dict(saved)
    assert loaded.lr_lambdas[0].base == 0.5
    assert loaded.lr_lambdas[1] is harmonic

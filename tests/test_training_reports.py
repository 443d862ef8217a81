"""The five reports' networks on the disk: each activation, loss and optimizer beside PyTorch; BFGS beside NumPy.

And a sine wave learned by L-BFGS, the reports' other second-order method in PyTorch's spelling.
"""

from itertools import pairwise

import numpy as np
import pytest
from beside import beside

import tinygrad_lite as tl

torch = pytest.importorskip("torch", reason="PyTorch, the reference, is not installed")
torch.set_num_threads(1)

BATCHES, BATCH = 10, 50


def disk(lib):
    """Points of the unit square in batches, and 1 where a point lies in the disk that covers half of it."""
    random = np.random.default_rng(0)
    for _ in range(BATCHES):
        points = random.uniform(0, 1, (BATCH, 2))
        inside = ((points - 0.5) ** 2).sum(1) <= 1 / (2 * np.pi)
        yield lib.tensor(points, dtype=lib.get_default_dtype()), lib.tensor(inside.astype(np.int64))


def rectified_tanh(lib):
    """½(1 + tanh x), which PyTorch has no module for."""
    if lib is tl:
        return lib.nn.RectifiedTanh()

    class RectifiedTanh(lib.nn.Module):
        def forward(self, x):
            return 0.5 * (1 + lib.tanh(x))

    return RectifiedTanh()


ACTIVATIONS = {
    "ReLU": lambda lib: lib.nn.ReLU(),
    "Tanh": lambda lib: lib.nn.Tanh(),
    "LeakyReLU 0.05": lambda lib: lib.nn.LeakyReLU(0.05),
    "LeakyReLU 0.1": lambda lib: lib.nn.LeakyReLU(0.1),
    "Sigmoid": lambda lib: lib.nn.Sigmoid(),
    "RectifiedTanh": rectified_tanh,
}


def one_hot(lib, y, like):
    return lib.nn.functional.one_hot(y, 2).to(like.dtype)


LOSSES = {
    "MSE": lambda lib, z, y: lib.nn.MSELoss()(z, one_hot(lib, y, z)),
    "CE": lambda lib, z, y: lib.nn.CrossEntropyLoss()(z, y),
    "BCE": lambda lib, z, y: lib.nn.BCELoss()(z.sigmoid(), one_hot(lib, y, z)),
    "MAE": lambda lib, z, y: lib.nn.L1Loss()(z, one_hot(lib, y, z)),
}

OPTIMIZERS = {
    "SGD": ("SGD", {"lr": 0.5}),
    "momentum": ("SGD", {"lr": 0.5, "momentum": 0.9, "dampening": 0.9}),  # m ← βm + (1 − β)g
    "Adam": ("Adam", {"lr": 5e-3}),
}


def network(activation, first=None):
    """2-25-25-25-2. The reports' initialisation, normal with 2/(inputs + outputs), or the library's own."""

    def make(lib):
        widths, layers = [2, 25, 25, 25, 2], []
        for i, (inputs, outputs) in enumerate(pairwise(widths)):
            linear = lib.nn.Linear(inputs, outputs)
            if first == "normal":
                for parameter in linear.parameters():
                    lib.nn.init.normal_(parameter, 0.0, (2 / (inputs + outputs)) ** 0.5)
            elif first == "Glorot":
                lib.nn.init.xavier_uniform_(linear.weight)
                lib.nn.init.zeros_(linear.bias)
            layers += [linear] if i == 3 else [linear, ACTIVATIONS[activation](lib)]
        return lib.nn.Sequential(*layers)

    return make


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_network(activation, loss, optimizer):
    def step(lib, model):
        rule, options = OPTIMIZERS[optimizer]
        update = getattr(lib.optim, rule)(model.parameters(), **options)
        for x, y in disk(lib):
            update.zero_grad()
            error = LOSSES[loss](lib, model(x), y)
            error.backward()
            update.step()
            yield error.item()

    for dtype in ("float32", "float64"):
        # MAE's derivative jumps, and Adam's first steps depend on the sign of a derivative alone.
        beside(network(activation), step, (tl, torch), dtype, tolerance=5e-5, weights=2e-3)


@pytest.mark.parametrize("first", ["normal", "Glorot"])
def test_gradients_gathered_over_batches(first):
    """Batch learning: the derivatives of all batches add up before one step; the rate falls when the loss rose."""

    def step(lib, model):
        update = lib.optim.SGD(model.parameters(), lr=0.2)
        before = float("inf")
        for _ in range(6):
            update.zero_grad()
            total = 0.0
            for x, y in disk(lib):
                loss = LOSSES["MSE"](lib, model(x), y) / BATCHES
                loss.backward()
                total += loss.item()
            update.step()
            if total > before:
                update.param_groups[0]["lr"] *= 0.5
            before = total
            yield total
        assert update.param_groups[0]["lr"] < 0.2
        yield update.param_groups[0]["lr"]

    for dtype in ("float32", "float64"):
        beside(network("Tanh", first), step, (tl, torch), dtype, tolerance=5e-5, weights=1e-3)


class Dense:
    """BFGS in NumPy from the formula: x ← x − η H g, H ← (I − ρsyᵀ) H (I − ρysᵀ) + ρssᵀ."""

    def __init__(self, parameters, lr, eps=0.1):
        self.parameters, self.lr, self.eps = list(parameters), lr, eps
        self.last = None

    def vector(self, parts):
        return np.concatenate([part.detach().numpy().ravel() for part in parts])

    def zero_grad(self):
        for p in self.parameters:
            p.grad = None

    def step(self):
        x, g = self.vector(self.parameters), self.vector([p.grad for p in self.parameters])
        eye = np.eye(x.size)
        if self.last is None:
            self.H = eye
        else:
            s, y = x - self.last[0], g - self.last[1]
            if y @ s > self.eps * np.linalg.norm(y) * np.linalg.norm(s):
                rho = 1 / (y @ s)
                left = eye - rho * np.outer(s, y)
                self.H = left @ self.H @ left.T + rho * np.outer(s, s)
        self.last = x, g
        rest = x - self.lr * self.H @ g
        with torch.no_grad():
            for p in self.parameters:
                part, rest = rest[: p.numel()], rest[p.numel() :]
                p.copy_(torch.from_numpy(part.reshape(p.shape)))


@pytest.mark.parametrize("activation", ["Tanh", "Sigmoid"])
@pytest.mark.parametrize("loss", ["MSE", "CE"])
def test_bfgs(activation, loss):
    """PyTorch has none: its network is trained by the formula, with its derivatives. 2-8-8-2, for H is a matrix."""

    def make(lib):
        nn = lib.nn
        return nn.Sequential(
            nn.Linear(2, 8),
            ACTIVATIONS[activation](lib),
            nn.Linear(8, 8),
            ACTIVATIONS[activation](lib),
            nn.Linear(8, 2),
        )

    def step(lib, model):
        rule = tl.optim.BFGS if lib is tl else Dense
        update = rule(model.parameters(), lr=0.2, eps=0.1)
        data = list(disk(lib))
        x, y = (lib.cat(parts) for parts in zip(*data, strict=True))
        for _ in range(25):
            update.zero_grad()
            error = LOSSES[loss](lib, model(x), y)
            error.backward()
            update.step()
            yield error.item()

    beside(make, step, (tl, torch), "float64")


def test_sine_waves_by_lbfgs():
    """Two LSTM cells that predict the next number, in float64, with a closure; then they go on by themselves."""

    def make(lib):
        nn = lib.nn

        class Sequence(nn.Module):
            def __init__(self):
                super().__init__()
                self.lstm1, self.lstm2 = nn.LSTMCell(1, 9), nn.LSTMCell(9, 9)
                self.linear = nn.Linear(9, 1)

            def forward(self, input, future=0):
                outputs = []
                h, c, k, d = (lib.zeros(input.size(0), 9, dtype=lib.double) for _ in range(4))
                for x in input.split(1, dim=1):
                    h, c = self.lstm1(x, (h, c))
                    k, d = self.lstm2(h, (k, d))
                    output = self.linear(k)
                    outputs += [output]
                for _ in range(future):
                    h, c = self.lstm1(output, (h, c))
                    k, d = self.lstm2(h, (k, d))
                    output = self.linear(k)
                    outputs += [output]
                return lib.cat(outputs, dim=1)

        return Sequence().double()

    def step(lib, model):
        phases = np.random.default_rng(2).integers(-20, 20, (5, 1))
        data = np.sin((np.arange(21) + phases) / 5.0).astype("float64")
        input, target = lib.from_numpy(data[1:, :-1]), lib.from_numpy(data[1:, 1:])
        criterion = lib.nn.MSELoss()
        optimizer = lib.optim.LBFGS(model.parameters(), lr=0.8, max_iter=6)
        losses = []

        def closure():
            optimizer.zero_grad()
            loss = criterion(model(input), target)
            losses.append(loss.item())
            loss.backward()
            return loss

        for _ in range(3):
            optimizer.step(closure)
        yield from losses
        with lib.no_grad():
            future = model(lib.from_numpy(data[:1, :-1]), future=5)
            yield from 3 + future[0, -6:].detach().numpy()

    beside(make, step, (tl, torch), "float64")

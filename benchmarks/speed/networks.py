"""Training steps of small fully connected networks."""

from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from . import gradients
from .networks_by_hand import Network
from .workload import HAND, MYGRAD, Case, Workload, numpy_like, torch_like


class Spec(NamedTuple):
    """Linear layers with relu between them, a loss, and an update rule."""

    sizes: tuple[int, ...]
    batch: int
    loss: str  # mse or cross_entropy
    rule: str  # sgd, momentum or adam

    @property
    def lr(self) -> float:
        return 0.005 if self.rule == "adam" else 0.05

    def start(self) -> list[np.ndarray]:
        """Weights (out, in) and biases, alternately."""
        random = np.random.default_rng(0)
        arrays = []
        for d_in, d_out in pairwise(self.sizes):
            arrays.append(random.standard_normal((d_out, d_in)) * (2 / d_in) ** 0.5)
            arrays.append(random.standard_normal(d_out) * 0.1)
        return [a.astype(np.float32) for a in arrays]

    def data(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Inputs, labels, and the labels as vectors of 0 and 1."""
        random = np.random.default_rng(1)
        x = random.random((self.batch, self.sizes[0]), dtype=np.float32)
        labels = random.integers(0, self.sizes[-1], self.batch)
        return x, labels, np.eye(self.sizes[-1], dtype=np.float32)[labels]


def model_of(lib: Any, spec: Spec) -> Any:
    layers: list = []
    for d_in, d_out in pairwise(spec.sizes):
        layers += [lib.nn.Linear(d_in, d_out), lib.nn.ReLU()]
    model = lib.nn.Sequential(*layers[:-1])
    load(lib, model, spec.start())
    return model


def load(lib: Any, model: Any, arrays: list[np.ndarray]) -> None:
    """Copy arrays into a model's parameters, in their order."""
    with lib.no_grad():
        for p, a in zip(model.parameters(), arrays, strict=True):
            p.copy_(lib.tensor(a))


def optimizer_of(lib: Any, parameters: Any, rule: str, lr: float) -> Any:
    """Adam is PyTorch's fused one, which is its quickest."""
    if rule == "adam":
        return lib.optim.Adam(parameters, lr=lr, fused=True)
    if rule == "adamw":
        return lib.optim.AdamW(parameters, lr=lr, fused=True)
    return lib.optim.SGD(parameters, lr=lr, momentum=0.9 if rule == "momentum" else 0)


def training(model: Any, loss_of: Any, optimizer: Any) -> Case:
    """A training step, as everybody writes it."""
    parameters = list(model.parameters())

    def run():
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
        return loss

    def results():
        loss = run()
        return [loss, *(p.grad for p in parameters), *parameters]

    return Case(run, results)


def torch_case(lib: Any, compile: Any, spec: Spec) -> Case:
    x, labels, vectors = (lib.tensor(a) for a in spec.data())
    model = model_of(lib, spec)
    if spec.loss == "mse":
        loss, target = lib.nn.MSELoss(), vectors
    else:
        loss, target = lib.nn.CrossEntropyLoss(), labels
    loss_of = compile(lambda: loss(model(x), target))
    return training(model, loss_of, optimizer_of(lib, model.parameters(), spec.rule, spec.lr))


def numpy_loss(spec: Spec, x: np.ndarray, labels: np.ndarray, vectors: np.ndarray, xp: Any, p: Any) -> Any:
    y = x
    for weight, bias in zip(p[0:-2:2], p[1:-2:2], strict=True):
        y = xp.maximum(xp.matmul(y, weight.T) + bias, np.float32(0))
    y = xp.matmul(y, p[-2].T) + p[-1]
    if spec.loss == "mse":
        return xp.mean((y - vectors) * (y - vectors))
    return cross_entropy(xp, y, vectors)


def cross_entropy(xp: Any, logits: Any, vectors: Any) -> Any:
    if xp.__name__ == "mygrad":
        from mygrad.nnet.losses import softmax_crossentropy

        return softmax_crossentropy(logits, np.argmax(vectors, -1))
    z = logits - xp.max(logits, axis=-1, keepdims=True)
    picked = xp.sum(z * vectors, axis=-1)
    return xp.mean(xp.log(xp.sum(xp.exp(z), axis=-1)) - picked)


def numpy_case(name: str, xp: Any, spec: Spec) -> Case:
    start = spec.start()
    zeros = [np.zeros_like(p) for p in start]
    rule, state = {
        "sgd": (partial(gradients.sgd, lr=spec.lr), None),
        "momentum": (partial(gradients.momentum, lr=spec.lr, keep=0.9), zeros),
        "adam": (partial(gradients.adam, lr=spec.lr), (0, zeros, zeros)),
    }[spec.rule]
    return gradients.training(name, xp, partial(numpy_loss, spec, *spec.data()), start, rule, state)


def hessian_vector(lib: Any, compile: Any, spec: Spec) -> Case:
    """Hv of the loss of the network with tanh, through the derivative of gᵀv."""
    x, _, target = (lib.tensor(a) for a in spec.data())
    model = model_of(lib, spec)
    for i, layer in enumerate(model):
        if isinstance(layer, lib.nn.ReLU):
            model[i] = lib.nn.Tanh()
    parameters, v = list(model.parameters()), [lib.tensor(a) for a in directions(spec)]
    loss = lib.nn.MSELoss()

    def run():
        grads = lib.autograd.grad(loss(model(x), target), parameters, create_graph=True)
        slope = sum((g * d).sum() for g, d in zip(grads, v, strict=True))
        return lib.autograd.grad(slope, parameters)

    return Case(run, run)


def directions(spec: Spec) -> list[np.ndarray]:
    random = np.random.default_rng(2)
    return [random.standard_normal(p.shape).astype(np.float32) for p in spec.start()]


def numpy_hessian_vector(name: str, xp: Any, spec: Spec) -> Case:
    x, _, target = spec.data()
    start, v = spec.start(), directions(spec)

    def loss(p):
        y = x
        for weight, bias in zip(p[0:-2:2], p[1:-2:2], strict=True):
            y = xp.tanh(xp.matmul(y, weight.T) + bias)
        d = xp.matmul(y, p[-2].T) + p[-1] - target
        return xp.mean(d * d)

    if name == "JAX":
        import jax

        product = jax.jit(lambda p, d: jax.jvp(jax.grad(loss), (p,), (d,))[1])
        inputs = [xp.array(a) for a in start], [xp.array(a) for a in v]
        return Case(lambda: jax.block_until_ready(product(*inputs)), lambda: product(*inputs))
    from autograd import hessian_vector_product
    from autograd.misc import flatten

    (p, unflatten), (d, _) = flatten(start), flatten(v)
    both = hessian_vector_product(lambda p: loss(unflatten(p)))
    return Case(lambda: both(p, d), lambda: unflatten(both(p, d)))


def row(name: str, spec: Spec, target: float, compiled: bool = False) -> Workload:
    cases = torch_like(torch_case, spec, compiled=compiled) | numpy_like(numpy_case, spec)
    return Workload(name, target, cases | {HAND: lambda: Network(spec).case()}, 1e-3)


def workloads(quick: bool) -> list[Workload]:
    disk, rows = (2, 25, 25, 25, 2), []
    for batch, target in ((1, 0.11), (50, 0.14), (1000, 0.43)):
        name = f"step 2-25-25-25-2, MSE, SGD, batch {batch}"
        rows.append(row(name, Spec(disk, batch, "mse", "sgd"), target, compiled=True))
    spec = Spec(disk, 50, "cross_entropy", "adam")
    rows.append(row("step 2-25-25-25-2, cross-entropy, Adam, batch 50", spec, 0.19, compiled=True))
    spec = Spec((784, 128, 10), 64, "cross_entropy", "momentum")
    rows.append(row("step 784-128-10, momentum, batch 64", spec, 0.55, compiled=True))
    spec = Spec((784, 256, 256, 10), 256, "cross_entropy", "momentum")
    rows.append(row("step 784-256-256-10, momentum, batch 256", spec, 0.82, compiled=True))
    spec = Spec(disk, 50, "mse", "sgd")
    cases = torch_like(hessian_vector, spec, compiled=False) | numpy_like(numpy_hessian_vector, spec, without=[MYGRAD])
    rows.append(Workload("Hessian–vector product, 2-25-25-25-2, tanh, batch 50", 1.0, cases))
    return rows

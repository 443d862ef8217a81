"""Loss and gradients in the three libraries with NumPy's names, each the way that its manual recommends."""

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from .workload import AUTOGRAD, JAX, MYGRAD, Case


def slopes(name: str, loss: Callable) -> Callable[[list], tuple]:
    """A function of a list of parameters: (loss, list of its derivatives). JAX's is yet to be jitted."""
    if name == JAX:
        import jax

        return jax.value_and_grad(loss)
    if name == AUTOGRAD:
        autograd: Any = import_module("autograd")
        return autograd.value_and_grad(loss)

    mygrad: Any = import_module("mygrad")

    def both(parameters):
        leaves = [mygrad.tensor(p, copy=False) for p in parameters]
        value = loss(leaves)
        value.backward()
        return value, [leaf.grad for leaf in leaves]

    return both


def training(name: str, xp: Any, loss: Callable, start: Sequence[np.ndarray], rule: Callable, state: Any) -> Case:
    """Training steps: loss(xp, parameters), and rule(NumPy, parameters, gradients, state) → (parameters, state)."""
    f = slopes(name, partial(loss, xp))

    def step(parameters, state):
        value, grads = f(parameters)
        return value, grads, *rule(xp if name == JAX else np, parameters, grads, state)

    if name == JAX:
        import jax

        step = jax.jit(step)
    kept: list = [[xp.array(p) if name == JAX else p for p in start], state]

    def run():
        value, grads, *kept[:] = step(*kept)
        if name == JAX:
            value.block_until_ready()
        return value, grads

    def results():
        value, grads = run()
        return [value, *grads, *kept[0]]

    return Case(run, results)


def pulled_back(name: str, xp: Any, call: Callable, arrays: Sequence[np.ndarray], g: np.ndarray) -> Case:
    """One function, call(xp, *arrays), forward, and back from the derivative g of its value."""
    run = {JAX: jax_run, AUTOGRAD: autograd_run, MYGRAD: mygrad_run}[name](xp, partial(call, xp), tuple(arrays), g)

    def results():
        value, grads = run()
        return [value, *grads]

    return Case(run, results)


def jax_run(xp: Any, function: Callable, arrays: tuple, g: np.ndarray) -> Callable[[], tuple]:
    import jax

    @jax.jit
    def both(arrays, g):
        value, vjp = jax.vjp(function, *arrays)
        return value, vjp(g)

    inputs, seed = tuple(map(xp.array, arrays)), xp.array(g)
    return lambda: jax.block_until_ready(both(inputs, seed))


def autograd_run(xp: Any, function: Callable, arrays: tuple, g: np.ndarray) -> Callable[[], tuple]:
    autograd: Any = import_module("autograd")
    whole = autograd.make_vjp(lambda inputs: function(*inputs))

    def run():
        vjp, value = whole(arrays)
        return value, vjp(g)

    return run


def mygrad_run(xp: Any, function: Callable, arrays: tuple, g: np.ndarray) -> Callable[[], tuple]:
    leaves = [xp.tensor(a) for a in arrays]

    def run():
        value = function(*leaves)
        value.backward(g)
        return value, [leaf.grad for leaf in leaves]

    return run


# --- update rules as functions, for those who do not write in place ---


def sgd(xp: Any, parameters: list, grads: list, state: Any, lr: float) -> tuple:
    return [p - lr * g for p, g in zip(parameters, grads, strict=True)], state


def momentum(xp: Any, parameters: list, grads: list, state: Any, lr: float, keep: float) -> tuple:
    state = [keep * b + g for b, g in zip(state, grads, strict=True)]
    return [p - lr * b for p, b in zip(parameters, state, strict=True)], state


def adam(xp: Any, parameters: list, grads: list, state: Any, lr: float, decay: float = 0.0) -> tuple:
    """Adam, or with decay AdamW; the state is (step, averages, averages of squares)."""
    step, m, v = state[0] + 1, state[1], state[2]
    m = [0.9 * a + 0.1 * g for a, g in zip(m, grads, strict=True)]
    v = [0.999 * b + 0.001 * (g * g) for b, g in zip(v, grads, strict=True)]
    one, two = 1 - 0.9**step, 1 - 0.999**step
    moved = [
        p * (1 - lr * decay) - (lr / one) * a / (xp.sqrt(b) / two**0.5 + 1e-8)
        for p, a, b in zip(parameters, m, v, strict=True)
    ]
    return [p.astype(np.float32) for p in moved], (step, m, v)

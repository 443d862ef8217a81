"""Training steps of fully connected networks by hand: reused buffers, products written where they are needed."""

from typing import Any

import numpy as np

from .workload import Case

Z = np.zeros((), np.float32)


class Vector:
    """Parameters, and something like them, as pieces of one vector each, so that an update is a few passes."""

    def __init__(self, start: list[np.ndarray]):
        self.p = np.concatenate([a.ravel() for a in start])
        self.g = np.empty_like(self.p)
        ends = np.cumsum([a.size for a in start])
        self.parameters, self.grads = (
            [v[end - a.size : end].reshape(a.shape) for a, end in zip(start, ends, strict=True)]
            for v in (self.p, self.g)
        )
        self.m, self.v = np.zeros_like(self.p), np.zeros_like(self.p)
        self.d = np.empty_like(self.p)
        self.steps = 0

    def sgd(self, lr: float) -> None:
        np.multiply(self.g, lr, out=self.d)
        self.p -= self.d

    def momentum(self, lr: float) -> None:
        self.m *= 0.9
        self.m += self.g
        np.multiply(self.m, lr, out=self.d)
        self.p -= self.d

    def adam(self, lr: float, decay: float = 0.0) -> None:
        """In blocks of 2¹⁵ elements, which stay in the cache."""
        self.steps += 1
        one, two = 1 - 0.9**self.steps, (1 - 0.999**self.steps) ** 0.5
        for i in range(0, self.p.size, 1 << 15):
            p, g, m, v, d = (a[i : i + (1 << 15)] for a in (self.p, self.g, self.m, self.v, self.d))
            m *= 0.9
            np.multiply(g, 0.1, out=d)
            m += d
            v *= 0.999
            np.multiply(g, g, out=d)
            d *= 0.001
            v += d
            np.sqrt(v, out=d)
            d += 1e-8 * two
            np.divide(m, d, out=d)
            d *= lr * two / one
            if decay:
                p *= 1 - lr * decay
            p -= d


class Network:
    """The network of a Spec."""

    def __init__(self, spec: Any):
        self.spec, n = spec, spec.batch
        self.x, self.labels, self.vectors = spec.data()
        self.vector = Vector(spec.start())
        widths = spec.sizes[1:]
        self.y, self.dy = ([np.empty((n, w), np.float32) for w in widths] for _ in range(2))
        self.mask = [np.empty((n, w), bool) for w in widths[:-1]]
        self.masked = [np.empty((n, w), np.float32) for w in widths[:-1]]
        self.column = np.empty((n, 1), np.float32)
        self.ones, self.rows = np.ones(n, np.float32), np.arange(n)
        self.turned = np.empty((widths[-1], n), np.float32)
        self.update = getattr(self.vector, spec.rule)

    def loss(self) -> Any:
        """The loss; its derivative goes to dy[-1]."""
        y, d = self.y[-1], self.dy[-1]
        if self.spec.loss == "mse":
            np.subtract(y, self.vectors, out=d)
            flat = d.reshape(-1)
            value = flat.dot(flat) / flat.size
            d *= 2 / d.size
            return value
        z = self.turned  # classes first: maxima and sums of few long rows are quick
        z[...] = y.T
        z -= np.maximum.reduce(z)
        picked = z[self.labels, self.rows]
        np.exp(z, out=z)
        s = np.add.reduce(z)
        value = (np.log(s) - picked).dot(self.ones) / len(y)
        s *= len(y)
        z /= s
        z[self.labels, self.rows] -= 1 / len(y)
        d[...] = z.T
        return value

    def run(self) -> Any:
        x, p, grads = self.x, self.vector.parameters, self.vector.grads
        inputs = [x, *self.y[:-1]]
        last = len(self.y) - 1
        for i, y in enumerate(self.y):
            np.dot(inputs[i], p[2 * i].T, out=y)
            y += p[2 * i + 1]
            if i < last:
                np.maximum(y, Z, out=y)
        value = self.loss()
        for i in range(last, -1, -1):
            g = self.dy[i]
            if i < last:
                np.greater(self.y[i], Z, out=self.mask[i])
                np.copyto(self.masked[i], self.mask[i])  # a product of floats is quicker than one with a mask
                g *= self.masked[i]
            np.dot(g.T, inputs[i], out=grads[2 * i])
            np.dot(self.ones, g, out=grads[2 * i + 1])
            if i:
                np.dot(g, p[2 * i], out=self.dy[i - 1])
        self.update(self.spec.lr)
        return value

    def case(self) -> Case:
        return Case(self.run, lambda: [self.run(), *self.vector.grads, *self.vector.parameters])

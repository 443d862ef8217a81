"""The convolutional network by hand. The batch comes last, (C, H, W, N): a window's row is then a run of memory.

For each of the five columns of the kernel the input is copied once, shifted; the windows of one output row are then a
plain piece of that copy, and a convolution is one product for each output row. Pooling comes before relu, which is
the same and is a quarter of the work.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .networks_by_hand import Vector
from .workload import Case

K = 5


class Layer:
    """Convolution, pooling by 2 and relu: (C, S, S, N) to (O, P, P, N)."""

    def __init__(self, x: np.ndarray, out: int, inner: bool):
        c, s, _, n = x.shape
        self.side = o = s - K + 1
        self.x, self.n, self.c, self.out, self.inner = x, n, c, out, inner
        self.seen = np.empty((s, K, c, o, n), np.float32)  # row, column of the kernel, channel, place, image
        step = x.strides
        self.shifted = as_strided(x, self.seen.shape, (step[1], step[2], step[0], step[2], step[3]))
        flat = self.seen.reshape(s, K * c, o * n)
        self.windows = [flat[i : i + K].reshape(K * K * c, o * n) for i in range(o)]
        self.z = np.empty((o, out, o * n), np.float32)  # row first
        self.y = np.empty((out, o // 2, o // 2, n), np.float32)
        self.dy, self.dz = np.empty_like(self.y), np.empty_like(self.z)
        self.dx, self.d_seen = np.empty_like(x), np.empty_like(self.seen)
        self.d_windows = np.empty((K * K * c, o * n), np.float32)
        self.dw = np.empty((out, K * K * c), np.float32)
        self.part = np.empty_like(self.dw)

    def corners(self, z: np.ndarray) -> list[np.ndarray]:
        """The four places of every pool, as views (O, P, P, N)."""
        places = z.reshape(self.side, self.out, self.side, self.n)
        return [places[i::2, :, j::2].transpose(1, 0, 2, 3) for i in (0, 1) for j in (0, 1)]

    def forward(self, weight: np.ndarray, bias: np.ndarray) -> None:
        self.seen[...] = self.shifted
        self.matrix = np.ascontiguousarray(weight.transpose(0, 2, 3, 1)).reshape(self.out, -1)
        for window, z in zip(self.windows, self.z, strict=True):
            np.dot(self.matrix, window, out=z)
        a, b, c, d = self.corners(self.z)
        np.maximum(a, b, out=self.y)
        np.maximum(self.y, c, out=self.y)
        np.maximum(self.y, d, out=self.y)
        self.largest = self.y.copy()
        self.y += bias[:, None, None, None]
        np.maximum(self.y, 0, out=self.y)

    def backward(self, dw: np.ndarray, db: np.ndarray) -> None:
        self.dy *= self.y > 0
        np.einsum("ohwn->o", self.dy, out=db)
        free = np.ones(self.y.shape, np.float32)  # the first of equal maxima gets the derivative
        for z, d in zip(self.corners(self.z), self.corners(self.dz), strict=True):
            here = np.equal(z, self.largest).astype(np.float32)
            here *= free
            free -= here
            np.multiply(here, self.dy, out=d)
        self.dw[...] = 0
        for window, d in zip(self.windows, self.dz, strict=True):
            np.dot(d, window.T, out=self.part)
            self.dw += self.part
        dw[...] = self.dw.reshape(self.out, K, K, self.c).transpose(0, 3, 1, 2)
        if not self.inner:  # nobody asks for the derivative of the images
            return
        self.d_seen[...] = 0
        flat = self.d_seen.reshape(len(self.d_seen), K * self.c, -1)
        for i, d in enumerate(self.dz):
            np.dot(self.matrix.T, d, out=self.d_windows)
            flat[i : i + K] += self.d_windows.reshape(K, K * self.c, -1)
        self.dx[...] = 0
        for j in range(K):
            self.dx[:, :, j : j + self.side] += self.d_seen[:, j].transpose(1, 0, 2, 3)


class Convolutional:
    """conv 1→8, relu, pool, conv 8→16, relu, pool, linear, cross-entropy, momentum."""

    def __init__(self, start: list[np.ndarray], x: np.ndarray, labels: np.ndarray):
        self.vector, n = Vector(start), len(x)
        self.first = Layer(np.ascontiguousarray(x.transpose(1, 2, 3, 0)), 8, False)
        self.second = Layer(self.first.y, 16, True)
        self.first.dy = self.second.dx
        self.labels, self.images, self.ones = labels, np.arange(n), np.ones(n, np.float32)
        self.logits = np.empty((10, n), np.float32)

    def run(self):
        w1, b1, w2, b2, w3, b3 = self.vector.parameters
        dw1, db1, dw2, db2, dw3, db3 = self.vector.grads
        self.first.forward(w1, b1)
        self.second.forward(w2, b2)
        features, z, n = self.second.y.reshape(256, -1), self.logits, len(self.labels)
        np.dot(w3, features, out=z)
        z += b3[:, None]
        z -= np.maximum.reduce(z)
        picked = z[self.labels, self.images]
        np.exp(z, out=z)
        s = np.add.reduce(z)
        value = (np.log(s) - picked).dot(self.ones) / n
        z /= s * n
        z[self.labels, self.images] -= 1 / n
        np.dot(z, features.T, out=dw3)
        np.dot(z, self.ones, out=db3)
        np.dot(w3.T, z, out=self.second.dy.reshape(256, -1))
        self.second.backward(dw2, db2)
        self.first.backward(dw1, db1)
        self.vector.momentum(0.05)
        return np.float32(value)

    def case(self) -> Case:
        return Case(self.run, lambda: [self.run(), *self.vector.grads, *self.vector.parameters])

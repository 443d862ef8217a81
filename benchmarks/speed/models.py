"""Training steps of a small convolutional network and of a small transformer."""

from functools import partial
from typing import Any

import numpy as np

from . import gradients
from .models_by_hand import Convolutional
from .networks import cross_entropy, load, optimizer_of, training
from .workload import AUTOGRAD, HAND, MYGRAD, Case, Workload, numpy_like, torch_like

VOCABULARY, WIDTH, HEADS, LENGTH = 65, 64, 4, 64


def scaled(shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    """Random parameters, of the size that keeps activations near 1."""
    random = np.random.default_rng(0)
    return [
        (random.standard_normal(s) * (np.prod(s[1:]) ** -0.5 if len(s) > 1 else 0.1)).astype(np.float32) for s in shapes
    ]


# --- the convolutional network ---

CNN = [(8, 1, 5, 5), (8,), (16, 8, 5, 5), (16,), (10, 256), (10,)]


def images(batch: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    return random.random((batch, 1, 28, 28), dtype=np.float32), random.integers(0, 10, batch)


def cnn(lib: Any, compile: Any, batch: int) -> Case:
    nn = lib.nn
    model = nn.Sequential(
        nn.Conv2d(1, 8, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(256, 10),
    )  # fmt: skip
    load(lib, model, scaled(CNN))
    x, labels = (lib.tensor(a) for a in images(batch))
    loss = compile(lambda: nn.functional.cross_entropy(model(x), labels))
    return training(model, loss, optimizer_of(lib, model.parameters(), "momentum", 0.05))


def numpy_cnn(name: str, xp: Any, batch: int) -> Case:
    x, labels = images(batch)
    start = scaled(CNN)

    def layer(x, weight, bias):
        if name == MYGRAD:
            from mygrad.nnet.layers import conv_nd, max_pool

            y = xp.maximum(conv_nd(x, weight, stride=1) + xp.reshape(bias, (1, -1, 1, 1)), np.float32(0))
            return max_pool(y, (2, 2), 2)
        from jax import lax

        y = lax.conv_general_dilated(x, weight, (1, 1), "VALID") + bias[:, None, None]
        return lax.reduce_window(xp.maximum(y, 0), -xp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")

    def loss(xp, p):
        y = layer(layer(x, p[0], p[1]), p[2], p[3])
        y = xp.matmul(xp.reshape(y, (batch, 256)), p[4].T) + p[5]
        return cross_entropy(xp, y, np.eye(10, dtype=np.float32)[labels])

    rule = partial(gradients.momentum, lr=0.05, keep=0.9)
    return gradients.training(name, xp, loss, start, rule, [np.zeros_like(p) for p in start])


# --- the transformer ---


def transformer_shapes() -> list[tuple[int, ...]]:
    d, v = WIDTH, VOCABULARY
    norm: list[tuple[int, ...]] = [(d,), (d,)]
    attention = [(3 * d, d), (3 * d,), (d, d), (d,)]
    feedforward = [(4 * d, d), (4 * d,), (d, 4 * d), (d,)]
    return [(v, d), (LENGTH, d), *norm, *attention, *norm, *feedforward, *norm, (v, d), (v,)]


def text(batch: int) -> tuple[np.ndarray, np.ndarray]:
    tokens = np.random.default_rng(1).integers(0, VOCABULARY, (batch, LENGTH + 1))
    return tokens[:, :-1].copy(), tokens[:, 1:].copy()


def transformer(lib: Any, compile: Any, batch: int) -> Case:
    nn, F = lib.nn, lib.nn.functional

    class Block(nn.Module):
        """Characters to characters: one causal block, normalised before each part."""

        def __init__(self):
            super().__init__()
            self.token, self.place = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(LENGTH, WIDTH)
            self.norm1 = nn.LayerNorm(WIDTH)
            self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
            self.norm2 = nn.LayerNorm(WIDTH)
            self.wide, self.narrow = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
            self.norm3, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, VOCABULARY)

        def forward(self, tokens):
            b, t = tokens.shape
            x = self.token(tokens) + self.place.weight
            q, k, v = self.qkv(self.norm1(x)).view(b, t, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.out(y.transpose(1, 2).reshape(b, t, WIDTH))
            x = x + self.narrow(F.gelu(self.wide(self.norm2(x))))
            return self.head(self.norm3(x))

    model = Block()
    load(lib, model, scaled(transformer_shapes()))
    tokens, target = (lib.tensor(a) for a in text(batch))
    loss = compile(lambda: F.cross_entropy(model(tokens).reshape(-1, VOCABULARY), target.reshape(-1)))
    return training(model, loss, optimizer_of(lib, model.parameters(), "adamw", 1e-3))


def numpy_transformer(name: str, xp: Any, batch: int) -> Case:
    from .operations import numpy_gelu, numpy_layer_norm, numpy_softmax

    tokens, target = text(batch)
    vectors = np.eye(VOCABULARY, dtype=np.float32)[target.reshape(-1)]
    hidden = np.triu(np.full((LENGTH, LENGTH), -np.inf, np.float32), 1)
    start = scaled(transformer_shapes())

    def loss(xp, p):
        token, place, w1, b1, qkv, qkv_b, out, out_b, w2, b2, wide, wide_b, narrow, narrow_b, w3, b3, head, head_b = p
        x = token[tokens] + place
        y = xp.matmul(numpy_layer_norm(xp, x, w1, b1), qkv.T) + qkv_b
        y = xp.transpose(xp.reshape(y, (batch, LENGTH, 3, HEADS, WIDTH // HEADS)), (2, 0, 3, 1, 4))
        q, k, v = y[0], y[1], y[2]
        s = xp.matmul(q, xp.swapaxes(k, -1, -2)) * np.float32((WIDTH // HEADS) ** -0.5) + hidden
        y = xp.transpose(xp.matmul(numpy_softmax(xp, s), v), (0, 2, 1, 3))
        x = x + xp.matmul(xp.reshape(y, (batch, LENGTH, WIDTH)), out.T) + out_b
        y = numpy_gelu(xp, xp.matmul(numpy_layer_norm(xp, x, w2, b2), wide.T) + wide_b)
        x = x + xp.matmul(y, narrow.T) + narrow_b
        y = xp.matmul(numpy_layer_norm(xp, x, w3, b3), head.T) + head_b
        return cross_entropy(xp, xp.reshape(y, (-1, VOCABULARY)), vectors)

    zeros = [np.zeros_like(p) for p in start]
    rule = partial(gradients.adam, lr=1e-3, decay=0.01)
    return gradients.training(name, xp, loss, start, rule, (0, zeros, zeros))


def workloads(quick: bool) -> list[Workload]:
    few = 4 if quick else 32
    cases = torch_like(cnn, few) | numpy_like(numpy_cnn, few, without=[AUTOGRAD])
    cases[HAND] = lambda: Convolutional(scaled(CNN), *images(few)).case()
    rows = [Workload("CNN 1-8-16, 5×5, batch 32, 28×28, momentum", 0.70, cases, exact=1e-3)]
    batch = 2 if quick else 16
    cases = torch_like(transformer, batch) | numpy_like(numpy_transformer, batch, without=[MYGRAD])
    name = "transformer block, d 64, 4 heads, T 64, batch 16, AdamW"
    # Adam's first step is along the sign of the gradient, also where that is rounding: parameters differ by up to lr
    rows.append(Workload(name, 0.95, cases, exact=1e-2))
    return rows

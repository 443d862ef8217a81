"""One direction of one recurrent layer over packed sequences; the step-by-step expression is beside each.

Rows are packed: those of the first time step of all sequences, then those of the second step of all that have one, …
`batch_sizes` says how many sequences each step has. The value is one vector: the states of all rows, (rows, width),
then the last state of each sequence, (sequences, width), and, of an LSTM, its last cell, (sequences, hidden).
"""

from collections.abc import Callable
from typing import Any

from ..kernels import recurrent as kernels
from ..operation import nary
from .activations import sigmoid
from .index import split
from .join import cat
from .linalg import linear
from .once import once
from .rectifiers import relu as rectifier
from .trigonometry import tanh


def steps(rows: Any, states: tuple, step: Callable, batch_sizes: tuple[int, ...], reverse: bool) -> Any:
    """The step-by-step expression: step(row, *states) gives the next states, of which the first is the row's value."""
    current: list[list] = [[] for _ in states]  # one tensor (1, width) for each sequence
    values = {}
    for first, n in kernels.order_of(batch_sizes, reverse):
        for state, start in zip(current, states, strict=True):
            state += [start[i : i + 1] for i in range(len(state), n)]
        made = step(rows[first : first + n], *(cat(state[:n]) for state in current))
        values[first] = made[0].reshape(-1)
        for state, new in zip(current, made, strict=True):
            state[:n] = split(new, 1)
    return cat([values[first] for first in sorted(values)] + [cat(state).reshape(-1) for state in current])


def plain_rnn(input, h0, weight_ih, weight_hh, bias_ih, bias_hh, batch_sizes, reverse=False, relu=False):
    def step(x, h):
        a = linear(x, weight_ih, bias_ih) + linear(h, weight_hh, bias_hh)
        return (rectifier(a) if relu else tanh(a),)

    return steps(input, (h0,), step, batch_sizes, reverse)


def plain_lstm(input, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh, weight_hr, batch_sizes, reverse=False):
    def step(x, h, c):
        gates = linear(x, weight_ih, bias_ih) + linear(h, weight_hh, bias_hh)
        i, f, g, o = split(gates, c.shape[1], 1)
        c = sigmoid(f) * c + sigmoid(i) * tanh(g)
        h = sigmoid(o) * tanh(c)
        return (h if weight_hr is None else linear(h, weight_hr)), c

    return steps(input, (h0, c0), step, batch_sizes, reverse)


def plain_gru(input, h0, weight_ih, weight_hh, bias_ih, bias_hh, batch_sizes, reverse=False):
    def step(x, h):
        r, z, n = split(linear(x, weight_ih, bias_ih), h.shape[1], 1)
        hr, hz, hn = split(linear(h, weight_hh, bias_hh), h.shape[1], 1)
        z, n = sigmoid(z + hz), tanh(n + sigmoid(r + hr) * hn)
        return ((1 - z) * n + z * h,)

    return steps(input, (h0,), step, batch_sizes, reverse)


def pullbacks(saved: kernels.Saved, slopes: Callable, biased: bool) -> tuple:
    """Those of input, weight_ih, weight_hh, bias_ih and bias_hh."""
    weights = once(lambda g, saved: kernels.of_weights(slopes(g, saved), saved))
    return (
        lambda g: slopes(g, saved).gates_ih.dot(saved.weight_ih),
        lambda g: weights(g, saved)[0],
        lambda g: weights(g, saved)[1],
        (lambda g: weights(g, saved)[2]) if biased else None,
        (lambda g: weights(g, saved)[3]) if biased else None,
    )


@nary(fuses=plain_rnn)
def rnn(input, h0, weight_ih, weight_hh, bias_ih, bias_hh, batch_sizes, reverse=False, relu=False):
    """hₜ = f(W xₜ + U hₜ₋₁ + b)        dhₜ = f′ (dW xₜ + W dxₜ + dU hₜ₋₁ + U dhₜ₋₁ + db)

    f = tanh or relu; x: (rows, in), W: (hidden, in), U: (hidden, hidden) (PyTorch's page torch.nn.RNN).
    """
    bias = None if bias_ih is None else bias_ih + bias_hh
    order = kernels.order_of(batch_sizes, reverse)
    y, saved = kernels.rnn(input, h0, weight_ih, weight_hh, bias, order, relu)
    slopes = once(lambda g, saved: kernels.of_rnn(g, saved, relu))
    of_input, *of_weights = pullbacks(saved, slopes, bias is not None)
    return y, of_input, lambda g: slopes(g, saved).h0, *of_weights


@nary(fuses=plain_lstm)
def lstm(input, h0, c0, weight_ih, weight_hh, bias_ih, bias_hh, weight_hr, batch_sizes, reverse=False):
    """cₜ = fₜ cₜ₋₁ + iₜ gₜ, hₜ = oₜ tanh cₜ        dcₜ = fₜ dcₜ₋₁ + cₜ₋₁ dfₜ + iₜ dgₜ + gₜ diₜ

    i, f, o = σ, g = tanh of the four parts of W x + U h + b; with weight_hr R, hₜ = R·(oₜ tanh cₜ)
    (PyTorch's page torch.nn.LSTM; S. Hochreiter and J. Schmidhuber, Long Short-Term Memory, 1997).
    """
    bias = None if bias_ih is None else bias_ih + bias_hh
    order = kernels.order_of(batch_sizes, reverse)
    y, saved = kernels.lstm(input, h0, c0, weight_ih, weight_hh, bias, weight_hr, order)
    slopes = once(kernels.of_lstm)
    of_input, *of_weights = pullbacks(saved, slopes, bias is not None)
    of_projection = None if weight_hr is None else lambda g: slopes(g, saved).weight_hr
    return y, of_input, lambda g: slopes(g, saved).h0, lambda g: slopes(g, saved).c0, *of_weights, of_projection


@nary(fuses=plain_gru)
def gru(input, h0, weight_ih, weight_hh, bias_ih, bias_hh, batch_sizes, reverse=False):
    """hₜ = (1 − zₜ) nₜ + zₜ hₜ₋₁        dhₜ = (1 − zₜ) dnₜ + zₜ dhₜ₋₁ + (hₜ₋₁ − nₜ) dzₜ

    r, z = σ(W x + b + U h + c), n = tanh(Wₙ x + bₙ + r (Uₙ h + cₙ)) (PyTorch's page torch.nn.GRU; K. Cho et al.,
    Learning Phrase Representations using RNN Encoder–Decoder, 2014).
    """
    order = kernels.order_of(batch_sizes, reverse)
    y, saved = kernels.gru(input, h0, weight_ih, weight_hh, bias_ih, bias_hh, order)
    slopes = once(kernels.of_gru)
    of_input, *of_weights = pullbacks(saved, slopes, bias_ih is not None)
    return y, of_input, lambda g: slopes(g, saved).h0, *of_weights

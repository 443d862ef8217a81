"""Recurrent layers through time, forwards and backwards, over packed sequences: arrays in, arrays out.

Rows are packed: those of the first time step of all sequences, then those of the second step of all that have one, …
Every row is extended to [h, 1, x], state, one and input, so that a step is one product with [Uᵀ; bᵀ; Wᵀ], and the
derivative of all weights one product over the whole sequence. Where W is too large for the cache, its part is one
product over the whole sequence too.

The gates of a step lie one behind the other in memory, each a product of its own: OpenBLAS has quicker ways for small
matrices. And σ(x) = ½ + ½ tanh ½x, with the halves put into the weights, makes all gates one call of tanh.
"""

from typing import NamedTuple

import numpy as np
from numpy import ndarray

SMALL = 1_000_000  # multiplications in a matrix product up to which OpenBLAS takes its quick way (measured)
CACHED = 1 << 18  # elements of the weights that stay in the cache from step to step


class Layer(NamedTuple):
    """A layer made ready for its steps.

    rows      [h, 1, x] or [h, 1] of all rows; h is filled in by the steps
    matrices  of each gate, what a row is multiplied by
    gates     None, or x's part of all gates: (gates, rows, hidden)
    order     (first row, number of sequences) of each step, in the order in which the layer reads them
    """

    rows: ndarray
    matrices: list[ndarray]
    gates: ndarray | None
    order: list[tuple[int, int]]


class Saved(NamedTuple):
    """What the derivatives need: what the layer was given, its value, and what each step left behind."""

    input: ndarray
    weight_ih: ndarray
    weight_hh: ndarray
    weight_hr: ndarray | None
    y: ndarray
    layer: Layer
    sizes: tuple[int, int, int]  # rows, sequences, hidden units
    trace: list[tuple]


class Slopes(NamedTuple):
    """Derivatives: of the gates by way of the input and of the state, of the first states, of the projection."""

    gates_ih: ndarray
    gates_hh: ndarray
    h0: ndarray
    c0: ndarray | None = None
    weight_hr: ndarray | None = None


def order_of(batch_sizes: tuple[int, ...], reverse: bool) -> list[tuple[int, int]]:
    """(first row, number of sequences) of each step."""
    order, first = [], 0
    for n in batch_sizes:
        order.append((first, n))
        first += n
    return order[::-1] if reverse else order


def prepared(x: ndarray, w_ih: ndarray, w_hh: ndarray, bias: ndarray | None, scales: tuple, order: list) -> Layer:
    """The layer with the weights of each gate times its scale."""
    (rows, inputs), count, width = x.shape, len(scales), w_hh.shape[1]
    hidden = len(w_hh) // count
    joint = len(w_hh) * (width + 1 + inputs) <= CACHED
    matrices = np.empty((count, width + 1 + (inputs if joint else 0), hidden), x.dtype)
    factors, w_ih = np.array(scales, x.dtype).reshape(count, 1, 1), w_ih.reshape(count, hidden, inputs)
    matrices[:, :width] = w_hh.reshape(count, hidden, width).swapaxes(1, 2)
    matrices[:, width] = 0 if bias is None else bias.reshape(count, hidden)
    if joint:
        matrices[:, width + 1 :] = w_ih.swapaxes(1, 2)
    matrices *= factors
    extended = np.empty((rows, matrices.shape[1]), x.dtype)
    extended[:, width] = 1
    if joint:
        extended[:, width + 1 :] = x
        return Layer(extended, list(matrices), None, order)
    gates = x.dot((w_ih * factors).reshape(-1, inputs).T).reshape(rows, count, hidden).swapaxes(0, 1)
    return Layer(extended, list(matrices), gates, order)


def resized(state: ndarray, n: int, beginning: ndarray, ended: ndarray) -> ndarray:
    """The state of n sequences: those that are over leave theirs in `ended`, new ones bring it from `beginning`."""
    m = len(state)
    if n < m:
        ended[n:m] = state[n:]
        return state[:n]
    return state if n == m else np.concatenate([state, beginning[m:n]])


def product(a: ndarray, b: ndarray) -> ndarray:
    """a·b of a few rows; where it is a little too large for OpenBLAS's quick way, in parts of the inner dimension."""
    n, k = a.shape
    parts = -(-n * k * b.shape[1] // SMALL)
    if not 1 < parts <= 4:
        return a.dot(b)
    step = -(-k // parts)
    y = a[:, :step].dot(b[:step])
    for first in range(step, k, step):
        y += a[:, first : first + step].dot(b[first : first + step])
    return y


def parts_of(flat: ndarray, *shapes: tuple[int, int]) -> list[ndarray]:
    """Views of a vector as matrices, one behind the other."""
    views, first = [], 0
    for rows, columns in shapes:
        views.append(flat[first : first + rows * columns].reshape(rows, columns))
        first += rows * columns
    return views


def of_weights(slopes: Slopes, saved: Saved) -> tuple[ndarray, ndarray, ndarray, ndarray]:
    """The derivatives of weight_ih, weight_hh, bias_ih and bias_hh."""
    d_ih, d_hh, extended, width = slopes.gates_ih, slopes.gates_hh, saved.layer.rows, saved.weight_hh.shape[1]
    state = d_hh.T.dot(extended if d_ih is d_hh else extended[:, : width + 1])
    if saved.layer.gates is not None:
        input = d_ih.T.dot(saved.input)
        bias_ih = state[:, width] if d_ih is d_hh else d_ih.T.dot(extended[:, width])
    else:
        both = state[:, width:] if d_ih is d_hh else d_ih.T.dot(extended[:, width:])
        bias_ih, input = both[:, 0], both[:, 1:]
    return input, state[:, :width], bias_ih, state[:, width]


def rnn(x, h0, w_ih, w_hh, bias, order, relu: bool) -> tuple[ndarray, Saved]:
    """h ← f(W x + b + U h), f = tanh or relu: the states of all rows, then the last one of each sequence."""
    (sequences, hidden), rows = h0.shape, len(x)
    layer = prepared(x, w_ih, w_hh, bias, (1,), order)
    extended, (matrix,), gates, order = layer
    flat = np.empty((rows + sequences) * hidden, x.dtype)
    y, hn = parts_of(flat, (rows, hidden), (sequences, hidden))
    h, trace = h0[: order[0][1]], []
    for first, n in order:
        h = resized(h, n, h0, hn)
        row, out = extended[first : first + n], y[first : first + n]
        row[:, :hidden] = h
        row.dot(matrix, out)
        if gates is not None:
            out += gates[0, first : first + n]
        h = np.maximum(out, 0, out=out) if relu else np.tanh(out, out)
        trace.append((h,))
    hn[: len(h)] = h
    return flat, Saved(x, w_ih, w_hh, None, flat, layer, (rows, sequences, hidden), trace)


def of_rnn(g: ndarray, saved: Saved, relu: bool) -> Slopes:
    """The derivatives of `rnn`."""
    (rows, sequences, hidden), order = saved.sizes, saved.layer.order
    gy, ghn = parts_of(g, (rows, hidden), (sequences, hidden))
    d, dh0 = np.empty((rows, hidden), g.dtype), np.empty((sequences, hidden), g.dtype)
    dh = ghn[: order[-1][1]]
    for (first, n), (h,) in zip(order[::-1], saved.trace[::-1], strict=True):
        dh = resized(dh, n, ghn, dh0) + gy[first : first + n]
        dh *= h > 0 if relu else 1 - h * h
        d[first : first + n] = dh
        dh = product(dh, saved.weight_hh)
    dh0[: len(dh)] = dh
    return Slopes(d, d, dh0)


def lstm(x, h0, c0, w_ih, w_hh, bias, w_hr, order) -> tuple[ndarray, Saved]:
    """i, f, g, o from W x + b + U h;  c ← f c + i g;  h ← o tanh c, or R·(o tanh c)

    The states h of all rows, then the last h and c of each sequence.
    """
    (sequences, width), hidden, rows, dtype = h0.shape, c0.shape[1], len(x), x.dtype
    layer = prepared(x, w_ih, w_hh, bias, (0.5, 0.5, 1, 0.5), order)
    extended, matrices, gates, order = layer
    flat = np.empty((rows + sequences) * width + sequences * hidden, dtype)
    y, hn, cn = parts_of(flat, (rows, width), (sequences, width), (sequences, hidden))
    n = order[0][1]
    h, c, trace = h0[:n], c0[:n], []
    for first, n in order:
        h, c = resized(h, n, h0, hn), resized(c, n, c0, cn)
        row, a = extended[first : first + n], np.empty((4, n, hidden), dtype)
        row[:, :width] = h
        for gate, matrix in zip(a, matrices, strict=True):
            row.dot(matrix, gate)
        if gates is not None:
            a += gates[:, first : first + n]
        np.tanh(a, a)
        i, f, g, o = a
        for halves in (a[:2], o):
            halves *= 0.5
            halves += 0.5
        previous = c
        c = f * c
        c += i * g
        t = np.tanh(c)
        trace.append((a, previous, t))
        out = y[first : first + n]
        h = np.multiply(o, t, out) if w_hr is None else (o * t).dot(w_hr.T, out)
    hn[: len(h)], cn[: len(c)] = h, c
    return flat, Saved(x, w_ih, w_hh, w_hr, flat, layer, (rows, sequences, hidden), trace)


def of_lstm(g: ndarray, saved: Saved) -> Slopes:
    """The derivatives of `lstm`."""
    (rows, sequences, hidden), order, w_hr = saved.sizes, saved.layer.order, saved.weight_hr
    width = saved.weight_hh.shape[1]
    gy, ghn, gcn = parts_of(g, (rows, width), (sequences, width), (sequences, hidden))
    d, dh0, dc0 = np.empty((rows, 4, hidden), g.dtype), np.empty_like(ghn), np.empty_like(gcn)
    by_gate, by_row = d.swapaxes(0, 1), d.reshape(rows, 4 * hidden)
    dw_hr = None if w_hr is None else np.zeros_like(w_hr)
    n = order[-1][1]
    dh, dc = ghn[:n], gcn[:n]
    for (first, n), (a, previous, t) in zip(order[::-1], saved.trace[::-1], strict=True):
        dh = resized(dh, n, ghn, dh0) + gy[first : first + n]
        i, f, candidate, o = a
        if w_hr is not None and dw_hr is not None:
            dw_hr += dh.T.dot(o * t)
            dh = dh.dot(w_hr)
        s = t * t  # becomes the derivative of the cell
        np.subtract(1, s, s)
        s *= o
        s *= dh
        s += resized(dc, n, gcn, dc0)
        e, slope = np.empty_like(a), a * a
        np.multiply(s, candidate, e[0])
        np.multiply(s, previous, e[1])
        np.multiply(s, i, e[2])
        np.multiply(dh, t, e[3])
        np.subtract(a[:2], slope[:2], slope[:2])
        np.subtract(1, slope[2], slope[2])
        np.subtract(o, slope[3], slope[3])
        np.multiply(e, slope, by_gate[:, first : first + n])
        dc = np.multiply(s, f, s)
        dh = product(by_row[first : first + n], saved.weight_hh)
    dh0[: len(dh)], dc0[: len(dc)] = dh, dc
    return Slopes(by_row, by_row, dh0, dc0, dw_hr)


def gru(x, h0, w_ih, w_hh, b_ih, b_hh, order) -> tuple[ndarray, Saved]:
    """r, z from W x + b + U h + c;  n = tanh(Wₙ x + bₙ + r·(Uₙ h + cₙ));  h ← (1 − z) n + z h

    The states of all rows, then the last one of each sequence.
    """
    (sequences, hidden), (rows, inputs), dtype = h0.shape, x.shape, x.dtype
    layer = prepared(x, w_ih, w_hh, b_hh, (0.5, 0.5, 1), order)
    extended, (*matrices, matrix), gates, order = layer
    state, by_input = matrix[: hidden + 1], np.empty((inputs + 1, hidden), dtype)  # of the candidate
    by_input[0], by_input[1:] = 0, w_ih[2 * hidden :].T
    if b_ih is not None:
        by_input[0] = b_ih[2 * hidden :]
        for i, gate in enumerate(matrices):
            gate[hidden] += b_ih[i * hidden : (i + 1) * hidden] * 0.5
    flat = np.empty((rows + sequences) * hidden, dtype)
    y, hn = parts_of(flat, (rows, hidden), (sequences, hidden))
    h, trace = h0[: order[0][1]], []
    for first, n in order:
        h = resized(h, n, h0, hn)
        row, a = extended[first : first + n], np.empty((3, n, hidden), dtype)
        row[:, :hidden] = h
        for gate, weights in zip(a, matrices, strict=False):
            row.dot(weights, gate)
        inner = row[:, : hidden + 1].dot(state)
        sigmoids, candidate = a[:2], a[2]
        if gates is None:
            row[:, hidden:].dot(by_input, candidate)
        else:
            sigmoids += gates[:2, first : first + n]
            np.add(gates[2, first : first + n], by_input[0], candidate)
        np.tanh(sigmoids, sigmoids)
        sigmoids *= 0.5
        sigmoids += 0.5
        candidate += sigmoids[0] * inner
        np.tanh(candidate, candidate)
        difference = h - candidate
        trace.append((sigmoids, inner, candidate, difference))
        h = np.multiply(sigmoids[1], difference, y[first : first + n])
        h += candidate
    hn[: len(h)] = h
    return flat, Saved(x, w_ih, w_hh, None, flat, layer, (rows, sequences, hidden), trace)


def of_gru(g: ndarray, saved: Saved) -> Slopes:
    """The derivatives of `gru`."""
    (rows, sequences, hidden), order = saved.sizes, saved.layer.order
    gy, ghn = parts_of(g, (rows, hidden), (sequences, hidden))
    d_ih, d_hh = np.empty((rows, 3, hidden), g.dtype), np.empty((rows, 3, hidden), g.dtype)
    ih, hh, by_row, dh0 = d_ih.swapaxes(0, 1), d_hh.swapaxes(0, 1), d_hh.reshape(rows, 3 * hidden), np.empty_like(ghn)
    dh = ghn[: order[-1][1]]
    for (first, n), (sigmoids, inner, candidate, difference) in zip(order[::-1], saved.trace[::-1], strict=True):
        (r, z), part = sigmoids, slice(first, first + n)
        dh = resized(dh, n, ghn, dh0) + gy[part]
        kept = dh * z
        slope = candidate * candidate
        np.subtract(1, slope, slope)
        slope *= dh - kept  # the derivative inside the candidate's tanh
        e, slopes = np.empty_like(sigmoids), sigmoids * sigmoids
        np.multiply(slope, inner, e[0])
        np.multiply(dh, difference, e[1])
        np.subtract(sigmoids, slopes, slopes)
        e *= slopes
        ih[:2, part] = hh[:2, part] = e
        ih[2, part] = slope
        np.multiply(slope, r, hh[2, part])
        dh = product(by_row[part], saved.weight_hh)
        dh += kept
    dh0[: len(dh)] = dh
    return Slopes(d_ih.reshape(rows, 3 * hidden), by_row, dh0)

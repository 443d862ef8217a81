"""RNNBase: through the layers and directions of a recurrent network."""

import math
import warnings
from numbers import Number
from typing import Any

import numpy as np

from .. import creation, ops
from ..ops import recurrent
from ..tensor import Parameter, Tensor
from . import functional as F, init
from .module import Module
from .utils.rnn import PackedSequence

GATES = {"RNN_TANH": 1, "RNN_RELU": 1, "LSTM": 4, "GRU": 3}


class RNNBase(Module):
    """What RNN, LSTM and GRU have in common: their parameters, and the way through layers and directions."""

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ):
        super().__init__()
        check_arguments(mode, input_size, hidden_size, num_layers, bias, batch_first, dropout, proj_size)
        self.mode, self.input_size, self.hidden_size, self.num_layers = mode, input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self.bidirectional, self.proj_size = bidirectional, proj_size
        self._all_weights: list[list[str]] = []
        rows, width = GATES[mode] * hidden_size, proj_size or hidden_size
        for layer in range(num_layers):
            for suffix in ("", "_reverse") if bidirectional else ("",):
                inputs = input_size if layer == 0 else width * (1 + bidirectional)
                shapes = {"weight_ih": (rows, inputs), "weight_hh": (rows, width)}
                if bias:
                    shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
                if proj_size:
                    shapes["weight_hr"] = (proj_size, hidden_size)
                names = {f"{name}_l{layer}{suffix}": shape for name, shape in shapes.items()}
                for name, shape in names.items():
                    self.register_parameter(name, Parameter(creation.empty(*shape, dtype=dtype, device=device)))
                self._all_weights.append(list(names))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all weights and biases anew, from U(−1/√hidden_size, 1/√hidden_size)."""
        bound = 1 / math.sqrt(self.hidden_size)
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The parameters of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    def flatten_parameters(self) -> None:
        """Nothing: for scripts that call it for the sake of a GPU."""

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        for name, usual in (("proj_size", 0), ("num_layers", 1), ("bias", True), ("batch_first", False)):
            if getattr(self, name) != usual:
                text += f", {name}={getattr(self, name)}"
        if self.dropout:
            text += f", dropout={self.dropout}"
        return text + (f", bidirectional={self.bidirectional}" if self.bidirectional else "")

    def _layer(self, x: Tensor, states: list, weights: dict, batch_sizes: tuple[int, ...], reverse: bool) -> list:
        """One direction of one layer: the states of all rows, and the last ones of each sequence."""
        w_ih, w_hh, b_ih, b_hh = (weights.get(k) for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
        if self.mode == "LSTM":
            flat = recurrent.lstm(x, *states, w_ih, w_hh, b_ih, b_hh, weights.get("weight_hr"), batch_sizes, reverse)
        elif self.mode == "GRU":
            flat = recurrent.gru(x, *states, w_ih, w_hh, b_ih, b_hh, batch_sizes, reverse)
        else:
            flat = recurrent.rnn(x, *states, w_ih, w_hh, b_ih, b_hh, batch_sizes, reverse, self.mode == "RNN_RELU")
        parts, first = [], 0
        for shape in [(x.shape[0], states[0].shape[1]), *(state.shape for state in states)]:
            parts.append(flat[first : first + shape[0] * shape[1]].reshape(*shape))
            first += shape[0] * shape[1]
        return parts

    def _layers(self, x: Tensor, states: list[Tensor], batch_sizes: tuple[int, ...]) -> tuple[Tensor, list[Tensor]]:
        """All layers, on packed rows: the states of the last layer in all rows, and the last states of all layers."""
        directions, lasts = 1 + self.bidirectional, []
        for layer in range(self.num_layers):
            outputs = []
            for direction in range(directions):
                k = layer * directions + direction
                names = self._all_weights[k]
                weights = {name[: name.index("_l")]: getattr(self, name) for name in names}
                own = [state if state.ndim == 2 else state[k] for state in states]
                y, *last = self._layer(x, own, weights, batch_sizes, direction == 1)
                outputs.append(y)
                lasts.append(last)
            x = outputs[0] if len(outputs) == 1 else ops.cat(outputs, 1)
            if self.dropout and layer < self.num_layers - 1:
                x = F.dropout(x, self.dropout, self.training)
        return x, [ops.stack(state) for state in zip(*lasts, strict=True)]

    def _sizes(self) -> list[int]:
        """The widths of the states."""
        return [self.proj_size or self.hidden_size, self.hidden_size][: 1 + (self.mode == "LSTM")]

    def _check(self, input: Tensor, packed: bool) -> None:
        """Refuse an input of another dtype or size."""
        weight = getattr(self, self._all_weights[0][0])
        if input.dtype != weight.dtype:
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({weight.dtype}). Convert input: "
                f"input.to({weight.dtype}), or convert model: model.to({input.dtype})"
            )
        if packed and input.ndim != 2:
            raise RuntimeError(f"input must have 2 dimensions, got {input.ndim}")
        if input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}"
            )

    def _initial(self, hx: Any, batch: int, dtype: np.dtype, ndim: int) -> list[Tensor]:
        """The first states: those given, of as many dimensions as the input, or zeros, (batch, width)."""
        if hx is None:
            return [creation.zeros(batch, width, dtype=dtype) for width in self._sizes()]
        states = list(hx) if self.mode == "LSTM" else [hx]
        names = ("hx", "cx")[: len(states)]
        if any(state.ndim != ndim for state in states):
            kind = "batched 3-D" if ndim == 3 else "unbatched 2-D"
            found = ", ".join(f"{state.ndim}-D" for state in states)
            raise RuntimeError(f"For {kind} input, {' and '.join(names)} should also be {ndim}-D but got {found}")
        checked = []
        for state, width in zip(states, self._sizes(), strict=True):
            state = state if ndim == 3 else state.unsqueeze(1)
            wanted = (self.num_layers * (1 + self.bidirectional), batch, width)
            if tuple(state.shape) != wanted:
                raise RuntimeError(f"Expected hidden size {wanted}, got {list(state.shape)}")
            if state.dtype != dtype:
                raise RuntimeError(f"{type(self).__name__}: the input is {dtype}, a hidden state {state.dtype}")
            checked.append(state)
        return checked

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        """(output, last state); the states may be given, and are zeros otherwise.

        output  (T, N, D·width) for an input (T, N, input_size); (N, T, …) with batch_first; (T, …) for (T, input_size);
                a PackedSequence for one
        state   (num_layers·D, N, width), or without N; of an LSTM the pair (h, c)
        """
        name = type(self).__name__
        if isinstance(input, PackedSequence):
            data, sizes, order, back = input
            self._check(data, packed=True)
            batch_sizes = tuple(sizes.array.tolist())
            if hx is not None and order is not None:
                pair = isinstance(hx, (tuple, list))
                hx = tuple(state.index_select(1, order) for state in hx) if pair else hx.index_select(1, order)
            states = self._initial(hx, batch_sizes[0], data.dtype, 3)
            y, lasts = self._layers(data, states, batch_sizes)
            lasts = lasts if back is None else [last.index_select(1, back) for last in lasts]
            return PackedSequence(y, sizes, order, back), tuple(lasts) if self.mode == "LSTM" else lasts[0]
        if input.ndim not in (2, 3):
            raise ValueError(f"{name}: Expected input to be 2D or 3D, got {input.ndim}D instead")
        self._check(input, packed=False)
        x = input.unsqueeze(1) if input.ndim == 2 else input.transpose(0, 1) if self.batch_first else input
        steps, batch, inputs = x.shape
        if not steps:
            raise RuntimeError(f"{name}: Expected sequence length to be larger than 0 in RNN")
        states = self._initial(hx, batch, x.dtype, input.ndim)
        y, lasts = self._layers(x.reshape(steps * batch, inputs), states, (batch,) * steps)
        y = y.reshape(steps, batch, y.shape[1])
        if input.ndim == 2:
            y, lasts = y.squeeze(1), [last.squeeze(1) for last in lasts]
        elif self.batch_first:
            y = y.transpose(0, 1)
        return y, tuple(lasts) if self.mode == "LSTM" else lasts[0]


def check_arguments(
    mode: str,
    input_size: Any,
    hidden_size: Any,
    num_layers: int,
    bias: Any,
    batch_first: Any,
    dropout: Any,
    proj_size: int,
) -> None:
    """Refuse what no recurrent layer can be made of."""
    if mode not in GATES:
        raise ValueError(f"Unrecognized RNN mode: {mode}; there are {', '.join(GATES)}")
    if isinstance(dropout, bool) or not isinstance(dropout, Number) or not 0 <= dropout <= 1:  # type: ignore[operator]
        raise ValueError(
            f"dropout should be a number in range [0, 1] representing the probability of an element being zeroed, "
            f"not {dropout!r}"
        )
    if dropout > 0 and num_layers == 1:  # type: ignore[operator]
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
            f"greater than 1, but got dropout={dropout} and num_layers={num_layers}",
            stacklevel=4,
        )
    for name, value in (("bias", bias), ("batch_first", batch_first)):
        if not isinstance(value, bool):
            raise TypeError(f"{name} should be of type bool, got: {type(value).__name__}")
    for name, value in (("input_size", input_size), ("hidden_size", hidden_size)):
        if not isinstance(value, int):
            raise TypeError(f"{name} should be of type int, got: {type(value).__name__}")
        if value <= 0:
            raise ValueError(f"{name} must be greater than zero")
    if num_layers <= 0:
        raise ValueError("num_layers must be greater than zero")
    if proj_size < 0:
        raise ValueError("proj_size should be a positive integer or zero to disable projections")
    if proj_size >= hidden_size:
        raise ValueError("proj_size has to be smaller than hidden_size")

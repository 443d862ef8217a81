"""Recurrent cells: one time step of RNN, LSTM and GRU."""

import math
from typing import Any

from .. import creation
from ..ops import recurrent
from ..tensor import Parameter, Tensor
from . import init
from .module import Module


class RNNCellBase(Module):
    """What the cells have in common: their parameters, and how input and states are checked."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None, dtype: Any = None
    ):
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows = num_chunks * hidden_size
        for name, shape in (
            ("weight_ih", (rows, input_size)),
            ("weight_hh", (rows, hidden_size)),
            ("bias_ih", (rows,)),
            ("bias_hh", (rows,)),
        ):
            wanted = bias or name.startswith("weight")
            parameter = Parameter(creation.empty(*shape, dtype=dtype, device=device)) if wanted else None
            self.register_parameter(name, parameter)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all weights and biases anew, from U(−1/√hidden_size, 1/√hidden_size)."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias is True else f", bias={self.bias}")

    def _checked(self, input: Tensor, states: tuple | None, names: tuple[str, ...]) -> tuple[Tensor, list[Tensor]]:
        """Input and states with a batch dimension; zeros for states that are not given."""
        name = type(self).__name__
        if input.ndim not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.ndim}D instead")
        x = input if input.ndim == 2 else input.unsqueeze(0)
        if x.shape[1] != self.input_size:
            raise RuntimeError(
                f"{name}: input has inconsistent input_size: got {x.shape[1]} expected {self.input_size}"
            )
        if states is None:
            states = tuple(creation.zeros(x.shape[0], self.hidden_size, dtype=x.dtype) for _ in names)
            return self._same_dtype(x, list(states))
        checked = []
        for i, (what, state) in enumerate(zip(names, states, strict=True)):
            if state.ndim not in (1, 2):
                raise ValueError(f"{name}: Expected {what} to be 1D or 2D, got {state.ndim}D instead")
            state = state if input.ndim == 2 else state.unsqueeze(0)
            if state.shape[0] != x.shape[0]:
                raise RuntimeError(
                    f"{name}: Input batch size {x.shape[0]} doesn't match hidden{i} batch size {state.shape[0]}"
                )
            if state.ndim != 2 or state.shape[1] != self.hidden_size:
                raise RuntimeError(
                    f"{name}: hidden{i} has inconsistent hidden_size: got {state.shape[-1]}, expected "
                    f"{self.hidden_size}"
                )
            checked.append(state)
        return self._same_dtype(x, checked)

    def _same_dtype(self, x: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        found = [x.dtype, self.weight_ih.dtype, *(state.dtype for state in states)]
        if any(dtype != x.dtype for dtype in found):
            raise RuntimeError(
                f"{type(self).__name__}: input, weights and states must have the same dtype, but are "
                + ", ".join(map(str, found))
            )
        return x, states

    def _parts(self, flat: Tensor, rows: int, unbatched: bool, *places: int) -> list[Tensor]:
        """Matrices (rows, hidden_size) out of what the operation gives, without the batch if there was none."""
        size, shape = rows * self.hidden_size, (self.hidden_size,) if unbatched else (rows, self.hidden_size)
        return [flat[i * size : (i + 1) * size].reshape(*shape) for i in places]


class RNNCell(RNNCellBase):
    """h′ = f(W x + b + U h + c), f = tanh or relu (PyTorch's page torch.nn.RNNCell).

    Shapes: x (N, input_size), h (N, hidden_size), zeros if it is not given; or both without N.

    >>> import tinygrad_lite as tl
    >>> tl.nn.RNNCell(10, 20)(tl.zeros(3, 10)).shape
    torch.Size([3, 20])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ):
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def extra_repr(self) -> str:
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}")

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}; there are tanh and relu")
        x, (h,) = self._checked(input, None if hx is None else (hx,), ("hidden",))
        rows, relu = x.shape[0], self.nonlinearity == "relu"
        weights = self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh
        flat = recurrent.rnn(x, h, *weights, (rows,), False, relu)
        return self._parts(flat, rows, input.ndim == 1, 0)[0]


class LSTMCell(RNNCellBase):
    """c′ = f c + i g, h′ = o tanh c′; i, f, o = σ and g = tanh of the parts of W x + b + U h + c (PyTorch's page
    torch.nn.LSTMCell).

    Shapes: x (N, input_size), the states h and c, a pair, (N, hidden_size), zeros if not given; or all without N.

    >>> import tinygrad_lite as tl
    >>> h, c = tl.nn.LSTMCell(10, 20)(tl.zeros(3, 10))
    >>> h.shape, c.shape
    (torch.Size([3, 20]), torch.Size([3, 20]))
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None):
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        x, (h, c) = self._checked(input, hx, ("hx[0]", "hx[1]"))
        rows, weights = x.shape[0], (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        flat = recurrent.lstm(x, h, c, *weights, None, (rows,))
        h, c = self._parts(flat, rows, input.ndim == 1, 0, 2)
        return h, c


class GRUCell(RNNCellBase):
    """h′ = (1 − z) n + z h; r, z = σ of parts of W x + b + U h + c, n = tanh(Wₙ x + bₙ + r (Uₙ h + cₙ)) (PyTorch's
    page torch.nn.GRUCell).

    Shapes: x (N, input_size), h (N, hidden_size), zeros if it is not given; or both without N.

    >>> import tinygrad_lite as tl
    >>> tl.nn.GRUCell(10, 20)(tl.zeros(3, 10)).shape
    torch.Size([3, 20])
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None):
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        x, (h,) = self._checked(input, None if hx is None else (hx,), ("hidden",))
        weights = self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh
        flat = recurrent.gru(x, h, *weights, (x.shape[0],))
        return self._parts(flat, x.shape[0], input.ndim == 1, 0)[0]

"""Recurrent layers: RNN, LSTM and GRU, in several layers and both directions."""

from typing import Any

from .rnn_base import RNNBase


def only_of_lstm(proj_size: Any) -> None:
    if proj_size is not None:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")


class RNN(RNNBase):
    """hₜ = f(W xₜ + b + U hₜ₋₁ + c), f = tanh or relu (PyTorch's page torch.nn.RNN; J. Elman, Finding Structure in
    Time, 1990).

    Parameters of layer k: weight_ih_lk (hidden_size, input_size), weight_hh_lk (hidden_size, hidden_size), bias_ih_lk,
    bias_hh_lk; and the same with _reverse for the other direction; all from U(−1/√hidden_size, 1/√hidden_size).

    >>> import tinygrad_lite as tl
    >>> y, h = tl.nn.RNN(10, 20, num_layers=2)(tl.zeros(5, 3, 10))
    >>> y.shape, h.shape
    (torch.Size([5, 3, 20]), torch.Size([2, 3, 20]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: Any = None,
        device: Any = None,
        dtype: Any = None,
    ):
        only_of_lstm(proj_size)
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        mode = f"RNN_{nonlinearity.upper()}"
        super().__init__(
            mode, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype
        )
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """cₜ = f cₜ₋₁ + i g, hₜ = o tanh cₜ; i, f, o = σ and g = tanh of parts of W xₜ + b + U hₜ₋₁ + c (PyTorch's page
    torch.nn.LSTM; S. Hochreiter and J. Schmidhuber, Long Short-Term Memory, 1997).

    Parameters of layer k: weight_ih_lk (4·hidden_size, input_size), weight_hh_lk (4·hidden_size, hidden_size),
    bias_ih_lk, bias_hh_lk, in the order i, f, g, o; with proj_size also weight_hr_lk (proj_size, hidden_size), which
    hₜ is multiplied by (H. Sak et al., 2014).

    >>> import tinygrad_lite as tl
    >>> y, (h, c) = tl.nn.LSTM(10, 20, bidirectional=True, batch_first=True)(tl.zeros(3, 5, 10))
    >>> y.shape, h.shape, c.shape
    (torch.Size([3, 5, 40]), torch.Size([2, 3, 20]), torch.Size([2, 3, 20]))
    """

    def __init__(
        self,
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
        super().__init__(
            "LSTM",
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            proj_size,
            device,
            dtype,
        )


class GRU(RNNBase):
    """hₜ = (1 − z) n + z hₜ₋₁; r, z = σ of parts of W xₜ + b + U hₜ₋₁ + c, n = tanh(Wₙ xₜ + bₙ + r (Uₙ hₜ₋₁ + cₙ))
    (PyTorch's page torch.nn.GRU; K. Cho et al., Learning Phrase Representations using RNN Encoder–Decoder, 2014).

    Parameters of layer k: weight_ih_lk (3·hidden_size, input_size), weight_hh_lk (3·hidden_size, hidden_size),
    bias_ih_lk, bias_hh_lk, in the order r, z, n.

    >>> import tinygrad_lite as tl
    >>> y, h = tl.nn.GRU(10, 20)(tl.zeros(5, 3, 10))
    >>> y.shape, h.shape
    (torch.Size([5, 3, 20]), torch.Size([1, 3, 20]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: Any = None,
        device: Any = None,
        dtype: Any = None,
    ):
        only_of_lstm(proj_size)
        super().__init__(
            "GRU", input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype
        )

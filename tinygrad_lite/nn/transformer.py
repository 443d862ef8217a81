"""Stacks of Transformer layers: the encoder, the decoder, and both together."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import creation, ops
from ..tensor import Tensor
from . import functional as F, init
from .containers import ModuleList
from .functional.attention import canonical_mask
from .module import Module
from .normalization import LayerNorm
from .transformer_layers import TransformerDecoderLayer, TransformerEncoderLayer


def causal_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
    """(sz, sz): −∞ above the diagonal, else 0."""
    return ops.triu(creation.full((sz, sz), float("-inf"), dtype=dtype, device=device), 1)


def is_causal_mask(mask: Tensor | None, is_causal: bool | None, length: int) -> bool:
    """Whether a mask is the causal one: as the caller says, and if he says nothing, by comparing."""
    if is_causal is not None or mask is None:
        return is_causal is True
    causal = causal_mask(length, dtype=mask.dtype if mask.dtype.kind == "f" else None).array
    return mask.array.shape == causal.shape and bool(np.array_equal(mask.array, causal))


def length_of(x: Tensor, batch_first: bool) -> int:
    """The length of the sequences in (S, E), (S, N, E) or (N, S, E)."""
    return x.shape[1] if batch_first and x.ndim == 3 else x.shape[0]


class TransformerEncoder(Module):
    """num_layers copies of an encoder layer, one after the other (PyTorch's page torch.nn.TransformerEncoder).

    The copies start from the same weights; `norm` follows the last one. enable_nested_tensor and mask_check are
    accepted for scripts that pass them: there are no nested tensors here.

    >>> import tinygrad_lite as tl
    >>> layer = tl.nn.TransformerEncoderLayer(d_model=8, nhead=2, dim_feedforward=16)
    >>> tl.nn.TransformerEncoder(layer, num_layers=2)(tl.zeros(10, 5, 8)).shape
    torch.Size([10, 5, 8])
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ):
        super().__init__()
        self.layers = ModuleList([copy.deepcopy(encoder_layer) for _ in range(num_layers)])
        self.num_layers, self.norm = num_layers, norm
        self.enable_nested_tensor, self.mask_check = enable_nested_tensor, mask_check

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """The masks go to every layer; is_causal=None finds out whether the mask is the causal one."""
        other = None if mask is None else mask.dtype
        padding = canonical_mask(src_key_padding_mask, "src_key_padding_mask", other, "mask", src.dtype)
        mask = canonical_mask(mask, "mask", None, "", src.dtype, check_other=False)
        causal = is_causal_mask(mask, is_causal, length_of(src, self.layers[0].self_attn.batch_first))
        x = src
        for layer in self.layers:
            x = layer(x, src_mask=mask, is_causal=causal, src_key_padding_mask=padding)
        return x if self.norm is None else self.norm(x)


class TransformerDecoder(Module):
    """num_layers copies of a decoder layer, one after the other (PyTorch's page torch.nn.TransformerDecoder).

    >>> import tinygrad_lite as tl
    >>> layer = tl.nn.TransformerDecoderLayer(d_model=8, nhead=2, dim_feedforward=16)
    >>> tl.nn.TransformerDecoder(layer, num_layers=2)(tl.zeros(7, 5, 8), tl.zeros(10, 5, 8)).shape
    torch.Size([7, 5, 8])
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None):
        super().__init__()
        self.layers = ModuleList([copy.deepcopy(decoder_layer) for _ in range(num_layers)])
        self.num_layers, self.norm = num_layers, norm

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """The masks go to every layer; tgt_is_causal=None finds out whether tgt_mask is the causal one."""
        causal = is_causal_mask(tgt_mask, tgt_is_causal, length_of(tgt, self.layers[0].self_attn.batch_first))
        x = tgt
        for layer in self.layers:
            x = layer(
                x,
                memory,
                tgt_mask=tgt_mask,
                memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=causal,
                memory_is_causal=memory_is_causal,
            )
        return x if self.norm is None else self.norm(x)


class Transformer(Module):
    """An encoder, and a decoder that attends to what it gives (PyTorch's page torch.nn.Transformer; A. Vaswani et al.,
    Attention Is All You Need, 2017).

    Shapes: src (S, N, d_model), tgt (T, N, d_model), or N first with batch_first, or none; result as tgt.

    >>> import tinygrad_lite as tl
    >>> model = tl.nn.Transformer(8, 2, num_encoder_layers=1, num_decoder_layers=1, dim_feedforward=16)
    >>> model(tl.zeros(10, 5, 8), tl.zeros(7, 5, 8), tgt_mask=model.generate_square_subsequent_mask(7)).shape
    torch.Size([7, 5, 8])
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable = F.relu,
        custom_encoder: Any = None,
        custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ):
        super().__init__()
        made: Any = {"bias": bias, "device": device, "dtype": dtype}
        of_layer = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first)
        if custom_encoder is None:
            layer = TransformerEncoderLayer(*of_layer, **made)
            norm = LayerNorm(d_model, eps=layer_norm_eps, **made)
            custom_encoder = TransformerEncoder(layer, num_encoder_layers, norm)
        self.encoder = custom_encoder
        if custom_decoder is None:
            layer = TransformerDecoderLayer(*of_layer, **made)
            norm = LayerNorm(d_model, eps=layer_norm_eps, **made)
            custom_decoder = TransformerDecoder(layer, num_decoder_layers, norm)
        self.decoder = custom_decoder
        self._reset_parameters()
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first

    def _reset_parameters(self) -> None:
        """Draw every matrix anew by Xavier's uniform rule."""
        for parameter in self.parameters():
            if parameter.ndim > 1:
                init.xavier_uniform_(parameter)

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """decoder(tgt, encoder(src)), with the masks of both."""
        batch = 0 if self.batch_first else 1
        if src.ndim == 3 and src.size(batch) != tgt.size(batch):
            raise RuntimeError(
                f"Transformer: the batch number of src and tgt must be equal: {tuple(src.shape)}, {tuple(tgt.shape)}"
            )
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise RuntimeError(
                f"Transformer: the feature number of src and tgt must be equal to d_model, {self.d_model}: "
                f"{tuple(src.shape)}, {tuple(tgt.shape)}"
            )
        memory = self.encoder(src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal)
        return self.decoder(
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """(sz, sz): −∞ above the diagonal, else 0: position i sees positions 0 to i.

        >>> import tinygrad_lite as tl
        >>> tl.nn.Transformer.generate_square_subsequent_mask(2)
        tensor([[0., -inf],
                [0., 0.]])
        """
        return causal_mask(sz, device, dtype)

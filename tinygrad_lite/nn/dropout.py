"""Dropout: in training some numbers are set to 0 at random and the others scaled up; in evaluation nothing happens."""

from ..tensor import Tensor
from . import functional as F
from .module import Module


class Dropout(Module):
    """Each element is 0 with probability p, else divided by 1 − p (PyTorch's page torch.nn.Dropout).

    After the same seed the same elements as in PyTorch. Nothing happens after `eval()`.

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> layer = tl.nn.Dropout(0.5)
    >>> layer(tl.ones(4))
    tensor([0., 0., 2., 0.])
    >>> layer.eval()(tl.ones(4))
    tensor([1., 1., 1., 1.])
    """

    def __init__(self, p: float = 0.5, inplace: bool = False):
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout1d(Dropout):
    """Whole channels of (N, C, L) or (C, L) are dropped (PyTorch's page torch.nn.Dropout1d)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(Dropout):
    """Whole channels of (N, C, H, W) or (C, H, W) are dropped (PyTorch's page torch.nn.Dropout2d)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(Dropout):
    """Whole channels of (N, C, D, H, W) or (C, D, H, W) are dropped (PyTorch's page torch.nn.Dropout3d)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(Dropout):
    """Dropout that keeps mean 0 and variance 1, for SELU (PyTorch's page torch.nn.AlphaDropout).

    A dropped element becomes −λα, what SELU approaches at −∞; then all are scaled and shifted.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(Dropout):
    """AlphaDropout of whole channels (PyTorch's page torch.nn.FeatureAlphaDropout)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.feature_alpha_dropout(input, self.p, self.training)

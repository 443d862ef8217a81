"""Smooth activations, and those over a dimension. Each is the module of a function in `functional`."""

from ..tensor import Tensor
from . import functional as F
from .module import Module


class Sigmoid(Module):
    """y = 1/(1 + e⁻ˣ) (PyTorch's page torch.nn.Sigmoid)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.sigmoid(input)


class LogSigmoid(Module):
    """y = log(1/(1 + e⁻ˣ)) (PyTorch's page torch.nn.LogSigmoid)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.logsigmoid(input)


class Tanh(Module):
    """y = tanh x (PyTorch's page torch.nn.Tanh)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.tanh(input)


class RectifiedTanh(Module):
    """y = ½(1 + tanh x), between 0 and 1: the reports' activation; equal to σ(2x).

    >>> import tinygrad_lite as tl
    >>> tl.nn.RectifiedTanh()(tl.tensor([-10.0, 0.0, 10.0]))
    tensor([0.0000, 0.5000, 1.0000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.rectified_tanh(input)


class Tanhshrink(Module):
    """y = x − tanh x (PyTorch's page torch.nn.Tanhshrink)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.tanhshrink(input)


class Softsign(Module):
    """y = x/(1 + |x|) (PyTorch's page torch.nn.Softsign)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.softsign(input)


class Softplus(Module):
    """y = log(1 + e^(βx))/β, and x where βx > threshold (PyTorch's page torch.nn.Softplus)."""

    def __init__(self, beta: float = 1.0, threshold: float = 20.0):
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Tensor) -> Tensor:
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        return f"beta={self.beta}, threshold={self.threshold}"


class GELU(Module):
    """y = x Φ(x), Φ the normal distribution; "tanh" is a faster formula (PyTorch's page torch.nn.GELU)."""

    def __init__(self, approximate: str = "none"):
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return F.gelu(input, self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class SiLU(Module):
    """y = x σ(x) (PyTorch's page torch.nn.SiLU)."""

    def __init__(self, inplace: bool = False):
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.silu(input, self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class Mish(SiLU):
    """y = x tanh(log(1 + eˣ)) (PyTorch's page torch.nn.Mish)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.mish(input, self.inplace)


class GLU(Module):
    """y = a σ(b), for the halves a and b of x along a dimension (PyTorch's page torch.nn.GLU)."""

    def __init__(self, dim: int = -1):
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax(Module):
    """y_i = e^(x_i) / Σ_j e^(x_j) along a dimension (PyTorch's page torch.nn.Softmax).

    >>> import tinygrad_lite as tl
    >>> tl.nn.Softmax(dim=1)(tl.zeros(1, 4))
    tensor([[0.2500, 0.2500, 0.2500, 0.2500]])
    """

    def __init__(self, dim: int | None = None):
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.softmax(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmin(Softmax):
    """y = softmax(−x) along a dimension (PyTorch's page torch.nn.Softmin)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.softmin(input, self.dim, _stacklevel=5)


class LogSoftmax(Softmax):
    """y = log softmax(x) along a dimension, exact for large x (PyTorch's page torch.nn.LogSoftmax)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.log_softmax(input, self.dim, _stacklevel=5)


class Softmax2d(Module):
    """Softmax over the channels of (N, C, H, W) or (C, H, W) (PyTorch's page torch.nn.Softmax2d)."""

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, but got {input.ndim}D instead")
        return F.softmax(input, -3)

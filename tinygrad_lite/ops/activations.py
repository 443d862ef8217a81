"""Activations: the smooth nonlinear functions between the layers of a network. Those of straight pieces: rectifiers."""

import numpy as np

from ..kernels import gelu as kernels, logistic
from ..kernels.blocks import through_sigmoid
from ..kernels.choice import ZERO
from ..operation import unary
from .choice import where
from .special import erf
from .trigonometry import tanh

ROOT_HALF, ROOT_2_PI, CUBIC = 0.5**0.5, (2 / np.pi) ** 0.5, 0.044715
LAMBDA, ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717  # of selu, from the paper


@unary
def sigmoid(x):
    """y = 1/(1 + e⁻ˣ)        dy = y (1 − y) dx

    It does not overflow for any x. PyTorch's page torch.sigmoid.

    >>> import tinygrad_lite as tl
    >>> tl.sigmoid(tl.tensor([-2.0, 0.0, 2.0]))
    tensor([0.1192, 0.5000, 0.8808])
    """
    y = logistic.sigmoid(x)
    return y, lambda g: through_sigmoid(g, y)


@unary
def rectified_tanh(x):
    """y = ½ (1 + tanh x)        dy = 2 y (1 − y) dx

    Between 0 and 1, with slope ½ at 0.

    >>> import tinygrad_lite as tl
    >>> tl.rectified_tanh(tl.tensor([-1.0, 0.0, 1.0]))
    tensor([0.1192, 0.5000, 0.8808])
    """
    y = 0.5 + 0.5 * np.tanh(x)
    return y, lambda g: (g + g) * (y * (1 - y))


@unary
def softplus(x, beta=1.0, threshold=20.0):
    """y = ln(1 + e^βx)/β        dy = σ(βx) dx

    y = x where βx > threshold. PyTorch's page torch.nn.functional.softplus.

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.softplus(tl.tensor([-1000.0, 0.0, 1000.0]))
    tensor([0.0000e+00, 6.9315e-01, 1.0000e+03])
    """
    y = np.where(beta * x > threshold, x, logistic.softplus(beta * x) / beta)
    return y, lambda g: g * where(beta * x > threshold, 1.0, sigmoid(beta * x))


@unary
def logsigmoid(x):
    """y = ln σ(x)        dy = σ(−x) dx

    PyTorch's page torch.nn.functional.logsigmoid.
    """
    if x.dtype.kind != "f":
        raise NotImplementedError(f"logsigmoid: not implemented for {x.dtype}; convert with .float()")
    return -logistic.softplus(-x), lambda g: g * sigmoid(-x)


def plain_silu(x):
    return x * sigmoid(x)


@unary(fuses=plain_silu)
def silu(x):
    """y = x σ(x)        dy = (σ(x) + y (1 − σ(x))) dx

    PyTorch's page torch.nn.functional.silu; Elfwing, Uchibe, Doya 2017.

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.silu(tl.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.2689,  0.0000,  0.7311])
    """
    s = logistic.sigmoid(x)
    y = x * s
    return y, lambda g: g * (s + (y - y * s))


def plain_gelu(x, approximate="none"):
    if approximate == "none":
        return 0.5 * x * (1 + erf(x * ROOT_HALF))
    return 0.5 * x * (1 + tanh(ROOT_2_PI * (x + CUBIC * x * x * x)))


@unary(fuses=plain_gelu)
def gelu(x, approximate="none"):
    """y = x Φ(x)        dy = (Φ(x) + x φ(x)) dx

    Φ is the normal distribution's cumulative function ½ (1 + erf(x/√2)), φ its density; with approximate="tanh",
    Φ(x) ≈ ½ (1 + tanh(√(2/π) (x + 0.044715 x³))). PyTorch's page torch.nn.functional.gelu; Hendrycks, Gimpel 2016.

    >>> import tinygrad_lite as tl
    >>> tl.nn.functional.gelu(tl.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1587,  0.0000,  0.8413])
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError(f"gelu: approximate argument must be either none or tanh, not {approximate!r}")
    if x.dtype.kind != "f":
        raise NotImplementedError(f"gelu: not implemented for {x.dtype}; convert the input with .float()")
    y, normal = kernels.gelu(x, approximate == "tanh")
    return y, lambda g: kernels.of_gelu(g, x, normal, approximate == "tanh")


def plain_mish(x):
    return x * tanh(softplus(x))


@unary(fuses=plain_mish)
def mish(x):
    """y = x tanh ln(1 + eˣ)        dy = (t + x σ(x) (1 − t²)) dx with t = tanh ln(1 + eˣ)

    PyTorch's page torch.nn.functional.mish; Misra 2019.
    """
    t = np.tanh(logistic.softplus(x))
    return x * t, lambda g: g * (t + x * logistic.sigmoid(x) * (1 - t * t))


@unary
def elu(x, alpha=1.0):
    """y = x where x > 0, else α (eˣ − 1)        dy = dx where x > 0, else (y + α) dx

    PyTorch's page torch.nn.functional.elu; Clevert, Unterthiner, Hochreiter 2015.
    """
    y = bent(x, 1.0, alpha, 1.0)
    return y, lambda g: g * where(x <= 0, y + alpha, 1.0)


@unary
def selu(x):
    """y = λx where x > 0, else λα (eˣ − 1)        dy = λ dx where x > 0, else (y + λα) dx

    λ = 1.0507…, α = 1.6733…: activations keep mean 0 and variance 1. PyTorch's page torch.nn.functional.selu;
    Klambauer, Unterthiner, Mayr, Hochreiter 2017.
    """
    y = bent(x, LAMBDA, LAMBDA * ALPHA, 1.0)
    return y, lambda g: g * where(x <= 0, y + LAMBDA * ALPHA, LAMBDA)


@unary
def celu(x, alpha=1.0):
    """y = x where x > 0, else α (e^(x/α) − 1)        dy = dx where x > 0, else (y/α + 1) dx

    RuntimeError for α = 0. PyTorch's page torch.nn.functional.celu; Barron 2017.
    """
    if alpha == 0:
        raise RuntimeError("celu: ZeroDivisionError: alpha cannot be 0 for CELU")
    y = bent(x, 1.0, alpha, 1 / alpha)
    return y, lambda g: g * where(x <= 0, y / alpha + 1, 1.0)


def bent(x, slope, height, rate):
    """slope · x to the right of 0, height · (e^(rate · x) − 1) to the left."""
    zero = ZERO[x.dtype]
    try:
        return slope * np.maximum(x, zero) + height * np.expm1(rate * np.minimum(x, zero))
    except TypeError:
        raise TypeError(f"elu: alpha and its scales must be numbers, not {height!r}, {slope!r}, {rate!r}") from None


@unary
def softsign(x):
    """y = x/(1 + |x|)        dy = dx/(1 + |x|)²

    PyTorch's page torch.nn.functional.softsign.
    """
    return x / (1 + np.abs(x)), lambda g: g / ((1 + np.abs(x)) * (1 + np.abs(x)))


@unary
def tanhshrink(x):
    """y = x − tanh x        dy = tanh² x dx

    PyTorch's page torch.nn.functional.tanhshrink.
    """
    return x - np.tanh(x), lambda g: g * (np.tanh(x) * np.tanh(x))

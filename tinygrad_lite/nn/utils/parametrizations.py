"""Parametrizations to use: weight_norm, spectral_norm, orthogonal (PyTorch's page torch.nn.utils.parametrizations)."""

from typing import Any

import numpy as np

from ... import creation, linalg, ops
from ...autograd.modes import no_grad
from ...operation import result
from ...ranges import eye
from ...tensor import Tensor
from .. import functional as F
from ..conv import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from ..module import Module
from .parametrize import register_parametrization

MAPS = ("matrix_exp", "cayley", "householder")


def norm_except(v: Tensor, dim: int) -> Tensor:
    """√Σ v² over all dimensions but one, which is kept; over all of them for dim = −1."""
    if dim == -1:
        return (v * v).sum().sqrt()
    dims = tuple(d for d in range(v.ndim) if d != dim)
    return (v * v).sum(dims, keepdim=True).sqrt() if dims else abs(v)


def scaled(v: Tensor, g: Tensor, dim: int) -> Tensor:
    """g v/‖v‖."""
    return v * (g / norm_except(v, dim))


def checked(module: Module, name: str) -> Tensor:
    """A tensor of a module, by name."""
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    return weight


def outputs_of(module: Module, dim: int | None) -> int:
    """The dimension of a weight that counts the outputs: the second one of transposed convolutions."""
    if dim is not None:
        return dim
    return 1 if isinstance(module, (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)) else 0


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """One row for each place along a dimension."""
    return (weight.movedim(dim, 0) if dim else weight).flatten(1)


class _WeightNorm(Module):
    def __init__(self, dim: int | None = 0):
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return scaled(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return norm_except(weight, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """w = g v/‖v‖: length and direction of a weight as two parameters, `original0` and `original1`

    The norm is taken for each place along `dim`, or over the whole weight if dim is None. PyTorch's page
    torch.nn.utils.parametrizations.weight_norm; T. Salimans and D. Kingma, Weight Normalization, 2016.

    States of the older utils.weight_norm can be loaded.

    >>> import tinygrad_lite as tl
    >>> layer = tl.nn.utils.parametrizations.weight_norm(tl.nn.Linear(2, 3))
    >>> {path: tuple(t.shape) for path, t in layer.state_dict().items()}
    {'bias': (3,), 'parametrizations.weight.original0': (3, 1), 'parametrizations.weight.original1': (3, 2)}
    """
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def older(module: Module, state: Any, prefix: str, *_: Any) -> None:
        keys = [f"{prefix}{name}_{part}" for part in "gv"]
        if all(key in state for key in keys):
            for i, key in enumerate(keys):
                state[f"{prefix}parametrizations.{name}.original{i}"] = state.pop(key)

    module.register_load_state_dict_pre_hook(older)
    return module


class _SpectralNorm(Module):
    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12):
        super().__init__()
        n = weight.ndim
        if not -n <= dim < n:
            raise IndexError(f"Dimension out of range (expected to be in range of [-{n}, {n - 1}] but got {dim})")
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.dim, self.eps = dim % n, eps
        if n > 1:
            self.n_power_iterations = n_power_iterations
            matrix = as_matrix(weight, self.dim).detach()
            vectors = [creation.empty(size, dtype=weight.dtype).normal_(0, 1) for size in matrix.shape]
            self.register_buffer("_u", F.normalize(vectors[0], dim=0, eps=eps))
            self.register_buffer("_v", F.normalize(vectors[1], dim=0, eps=eps))
            self._power_method(matrix, 15)

    @no_grad()
    def _power_method(self, matrix: Tensor, iterations: int) -> None:
        """u ← W v/‖W v‖, v ← Wᵀu/‖Wᵀu‖: towards the singular vectors of the largest singular value."""
        for _ in range(iterations):
            self._u.copy_(F.normalize(ops.mv(matrix, self._v), dim=0, eps=self.eps))
            self._v.copy_(F.normalize(ops.mv(matrix.T, self._u), dim=0, eps=self.eps))

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return F.normalize(weight, dim=0, eps=self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._power_method(matrix, self.n_power_iterations)
        u, v = self._u.clone(), self._v.clone()  # a second forward pass changes them before the first one's backward
        return weight / ops.dot(u, ops.mv(matrix, v))

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """w = v/σ(v): a weight over its largest singular value, so that the layer stretches nothing

    σ is found by a power iteration that goes on by some steps at every use in training. PyTorch's page
    torch.nn.utils.parametrizations.spectral_norm; T. Miyato et al., Spectral Normalization for Generative Adversarial
    Networks, 2018.

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> layer = tl.nn.utils.parametrizations.spectral_norm(tl.nn.Linear(4, 3), n_power_iterations=20)
    >>> tl.linalg.matrix_norm(layer.weight, 2).round(decimals=3).item()
    1.0
    """
    weight = checked(module, name)
    register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, outputs_of(module, dim), eps))
    return module


class _Orthogonal(Module):
    def __init__(self, weight: Tensor, orthogonal_map: str, *, use_trivialization: bool = True):
        super().__init__()
        self.shape, self.orthogonal_map = weight.shape, orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, x: Tensor) -> Tensor:
        wide = x.shape[-2] < x.shape[-1]
        x = x.mT if wide else x
        n, k = x.shape[-2:]
        if self.orthogonal_map == "householder":
            a = x.tril(-1)
            q = linalg.householder_product(a, 2.0 / (1.0 + (a * a).sum(-2)))
            q = q * x.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)
        else:
            a = x.tril()
            if n != k:
                a = ops.cat([a, creation.zeros((*x.shape[:-1], n - k), dtype=x.dtype)], -1)
            a = a - a.mT  # skew-symmetric
            if self.orthogonal_map == "matrix_exp":
                q = linalg.matrix_exp(a)
            else:
                one = eye(n, dtype=a.dtype)
                q = linalg.solve(one - 0.5 * a, one + 0.5 * a)
            q = q[..., :k] if n != k else q
        if hasattr(self, "base"):
            q = self.base @ q
        return q.mT if wide else q

    @no_grad()
    def right_inverse(self, q: Tensor) -> Tensor:
        if q.shape != self.shape:
            raise ValueError(
                f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of shape {q.shape}."
            )
        wide = q.shape[-2] < q.shape[-1]
        tall = q.mT if wide else q
        n, k = tall.shape[-2:]
        if not hasattr(self, "base"):
            if self.orthogonal_map != "householder":
                raise NotImplementedError(
                    "It is not possible to assign to the matrix exponential or the Cayley parametrizations when "
                    "use_trivialization=False."
                )
            reflectors = result(householder(tall.detach().array))
            return reflectors.mT if wide else reflectors
        if n != k:
            tall = ops.cat([tall, creation.empty((*tall.shape[:-2], n, n - k), dtype=q.dtype).normal_()], -1)
        self.base = tall.clone() if n == k and is_orthogonal(tall) else orthogonalized(tall)
        return -eye(*q.shape[-2:], dtype=q.dtype).expand(q.shape).clone()


def is_orthogonal(q: Tensor) -> bool:
    """Whether QᵀQ = 1 up to rounding."""
    n, k = q.shape[-2:]
    eps = 10.0 * n * float(np.finfo(q.dtype).eps)
    return bool(np.allclose((q.mT @ q).array, np.eye(k), atol=eps))


def orthogonalized(a: Tensor) -> Tensor:
    """The orthogonal factor of A = QR whose R has a positive diagonal: the one that is unique."""
    q, r = np.linalg.qr(a.detach().array)
    return result(q * np.sign(np.diagonal(r, axis1=-2, axis2=-1))[..., None, :])


def householder(q: np.ndarray) -> np.ndarray:
    """Reflectors whose product is Q, below the diagonal; on it, the signs of the columns."""
    raw, tau = np.linalg.qr(q, mode="raw")
    a = np.swapaxes(raw, -1, -2).copy()
    i = np.arange(a.shape[-1])
    a[..., i, i] = np.where(tau == 0, -1, 1) * np.sign(a[..., i, i])
    return a


def orthogonal(
    module: Module, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True
) -> Module:
    """QᵀQ = 1: a weight with orthonormal columns (rows, if it is wide), however its original changes

    orthogonal_map      "matrix_exp", Q = e^A of a skew-symmetric A (the default for square weights); "cayley",
                        Q = (1 + A/2)(1 − A/2)⁻¹; "householder", a product of reflections (the default otherwise)
    use_trivialization  multiply by a fixed orthogonal matrix, `base`, so that training starts at the present weight

    PyTorch's page torch.nn.utils.parametrizations.orthogonal; M. Lezcano-Casado, Trivializations for Gradient-Based
    Optimization on Manifolds, 2019.

    >>> import tinygrad_lite as tl
    >>> layer = tl.nn.utils.parametrizations.orthogonal(tl.nn.Linear(3, 5))
    >>> tl.allclose(layer.weight.T @ layer.weight, tl.eye(3), atol=1e-5)
    True
    """
    weight = checked(module, name)
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    if orthogonal_map is None:
        orthogonal_map = "matrix_exp" if weight.shape[-2] == weight.shape[-1] else "householder"
    if orthogonal_map not in MAPS:
        raise ValueError(
            f'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: {orthogonal_map}'
        )
    register_parametrization(
        module, name, _Orthogonal(weight, orthogonal_map, use_trivialization=use_trivialization), unsafe=True
    )
    return module

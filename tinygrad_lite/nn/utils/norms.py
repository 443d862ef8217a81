"""weight_norm and spectral_norm in their older form: a hook computes the weight before every forward pass.

States have the older names: weight_g and weight_v, or weight_orig, weight_u and weight_v. The newer form, in
`parametrizations`, computes the weight whenever it is read.
"""

import warnings
from typing import Any

from ... import creation, ops
from ...autograd.modes import no_grad
from ...tensor import Parameter, Tensor
from .. import functional as F
from ..module import Module
from .parametrizations import as_matrix, norm_except, outputs_of, scaled


class WeightNorm:
    """The hook of weight_norm: w = g v/‖v‖."""

    def __init__(self, name: str, dim: int | None):
        self.name, self.dim = name, -1 if dim is None else dim

    def compute_weight(self, module: Module) -> Tensor:
        return scaled(getattr(module, f"{self.name}_v"), getattr(module, f"{self.name}_g"), self.dim)

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


class SpectralNorm:
    """The hook of spectral_norm: w = v/σ(v), σ by power iteration."""

    def __init__(self, name: str, n_power_iterations: int, dim: int, eps: float):
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.name, self.n_power_iterations, self.dim, self.eps = name, n_power_iterations, dim, eps

    def compute_weight(self, module: Module, do_power_iteration: bool) -> Tensor:
        weight = getattr(module, f"{self.name}_orig")
        u, v = getattr(module, f"{self.name}_u"), getattr(module, f"{self.name}_v")
        matrix = as_matrix(weight, self.dim)
        if do_power_iteration:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    v.copy_(F.normalize(ops.mv(matrix.T, u), dim=0, eps=self.eps))
                    u.copy_(F.normalize(ops.mv(matrix, v), dim=0, eps=self.eps))
        # Clones: a second forward pass changes the vectors before the first one's backward.
        return weight / ops.dot(u.clone(), ops.mv(matrix, v.clone()))

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, module.training))


def hook_of(module: Module, cls: type, name: str) -> Any:
    """The hook of this kind for this tensor, or None."""
    hooks = module._hooks.before if module._hooks is not None else ()
    return next((h for h in hooks if isinstance(h.function, cls) and h.function.name == name), None)


def parameter_of(module: Module, kind: str, cls: type, name: str) -> Parameter:
    """The parameter to replace, or an error."""
    if hook_of(module, cls, name) is not None:
        raise RuntimeError(f"Cannot register two {kind} hooks on the same parameter {name}")
    weight = module._parameters[name]
    if weight is None:
        raise ValueError(f"`{cls.__name__}` cannot be applied as parameter `{name}` is None")
    return weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """w = g v/‖v‖, computed before every forward pass from the parameters weight_g and weight_v

    The older form of parametrizations.weight_norm (PyTorch's page torch.nn.utils.weight_norm), with its FutureWarning.
    """
    warnings.warn(
        "`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`.",
        FutureWarning,
        stacklevel=2,
    )
    weight = parameter_of(module, "weight_norm", WeightNorm, name)
    hook = WeightNorm(name, dim)
    delattr(module, name)
    module.register_parameter(f"{name}_g", Parameter(norm_except(weight, hook.dim).detach()))
    module.register_parameter(f"{name}_v", Parameter(weight.detach()))
    hook(module, None)
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: Module, name: str = "weight") -> Module:
    """Make the weight a parameter again, with its present value."""
    hook = hook_of(module, WeightNorm, name)
    if hook is None:
        raise ValueError(f"weight_norm of '{name}' not found in {module}")
    weight = hook.function.compute_weight(module).detach()
    return restored(module, hook, name, weight, ("", "_g", "_v"))


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """w = v/σ(v), computed before every forward pass from the parameter weight_orig

    The older form of parametrizations.spectral_norm (PyTorch's page torch.nn.utils.spectral_norm).

    >>> import tinygrad_lite as tl
    >>> list(tl.nn.utils.spectral_norm(tl.nn.Linear(4, 3)).state_dict())
    ['bias', 'weight_orig', 'weight_u', 'weight_v']
    """
    weight = parameter_of(module, "spectral_norm", SpectralNorm, name)
    hook = SpectralNorm(name, n_power_iterations, outputs_of(module, dim), eps)
    sizes = as_matrix(weight.detach(), hook.dim).shape
    u, v = [F.normalize(creation.empty(n, dtype=weight.dtype).normal_(0, 1), dim=0, eps=eps) for n in sizes]
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)
    setattr(module, name, weight.data)
    module.register_buffer(f"{name}_u", u)
    module.register_buffer(f"{name}_v", v)
    module.register_forward_pre_hook(hook)
    return module


def remove_spectral_norm(module: Module, name: str = "weight") -> Module:
    """Make the weight a parameter again, with its present value."""
    hook = hook_of(module, SpectralNorm, name)
    if hook is None:
        raise ValueError(f"spectral_norm of '{name}' not found in {module}")
    weight = hook.function.compute_weight(module, False).detach()
    return restored(module, hook, name, weight, ("", "_u", "_v", "_orig"))


def restored(module: Module, hook: Any, name: str, weight: Tensor, parts: tuple) -> Module:
    """The module with an ordinary parameter in place of what the hook computed it from."""
    for part in parts:
        delattr(module, name + part)
    module.register_parameter(name, Parameter(weight))
    assert module._hooks is not None
    module._hooks.before.remove(hook)
    return module

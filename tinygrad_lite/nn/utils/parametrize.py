"""Tensors of a module as functions of other tensors, computed anew whenever they are read.

A parametrized module gets a class of its own, with a property in place of the tensor: reading `module.weight` calls
the parametrizations on the original tensors, and assigning to it calls their `right_inverse`. The originals are
parameters of `module.parametrizations.weight`, so optimizers and state_dict find them. PyTorch's page
torch.nn.utils.parametrize.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from ...autograd.modes import no_grad
from ...tensor import Parameter, Tensor
from ..containers import ModuleDict, ModuleList
from ..module import Module

_depth = 0  # of `cached` blocks
_values: dict[tuple[int, str], Tensor] = {}  # what was computed inside them


@contextmanager
def cached() -> Iterator[None]:
    """Inside, each parametrized tensor is computed once, however often it is read.

    For modules that read a weight several times in a forward pass, such as a cell in a loop.

    >>> import tinygrad_lite as tl
    >>> layer = tl.nn.utils.parametrizations.weight_norm(tl.nn.Linear(2, 2))
    >>> with tl.nn.utils.parametrize.cached():
    ...     layer.weight is layer.weight
    True
    """
    global _depth
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1
        if not _depth:
            _values.clear()


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor, and its originals: `original`, or `original0`, `original1`, … of several.

    Made by `register_parametrization`. Its value is fₙ(… f₁(originals)).
    """

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False):
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        with no_grad():
            new: Any = original
            for module in reversed(list(self)):
                new = inverted(module, new)
        if not isinstance(new, (Tensor, Sequence)):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                f"Got {type(new).__name__}"
            )
        self.is_tensor = isinstance(new, Tensor)
        self.ntensors = 1 if isinstance(new, Tensor) else len(new)
        shape, dtype, present = original.shape, original.dtype, original.data
        if isinstance(new, Tensor):
            if new.dtype != dtype:
                raise ValueError(
                    "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                    f"original.dtype: {dtype}\nright_inverse(original).dtype: {new.dtype}"
                )
            hold(self, "original", original)
            original.data = new.detach()
        else:
            for i, part in enumerate(new):
                if not isinstance(part, Tensor):
                    raise ValueError(
                        "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                        f"Got element {i} of the sequence with type {type(part).__name__}."
                    )
                part = part.detach()
                hold(self, f"original{i}", Parameter(part, original.requires_grad)
                     if isinstance(original, Parameter) else part.requires_grad_(original.requires_grad))  # fmt: skip
        if not unsafe:
            try:
                refuse_change("registering a parametrization", self(), shape, dtype)
            except BaseException:
                original.data = present  # the module is as it was
                raise

    @no_grad()
    def right_inverse(self, value: Any) -> None:
        """Set the originals so that the parametrized tensor is this one: what assigning to the tensor does."""
        for module in reversed(list(self)):
            if not hasattr(module, "right_inverse"):
                raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
            value = module.right_inverse(value)
        values = [value] if self.is_tensor else value
        if self.is_tensor and not isinstance(value, Tensor):
            raise ValueError(f"`right_inverse` should return a tensor. Got {type(value).__name__}")
        if not isinstance(values, Sequence):
            raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(value).__name__}.")
        if len(values) != self.ntensors:
            raise ValueError(
                f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. "
                f"Got a sequence of length {len(values)}."
            )
        originals = self.originals()
        for i, (original, part) in enumerate(zip(originals, values, strict=True)):
            if not isinstance(part, Tensor) or part.dtype != original.dtype:
                what = part.dtype if isinstance(part, Tensor) else type(part).__name__
                raise ValueError(
                    f"Tensor {i} returned by `right_inverse` has dtype {what} while its original has dtype "
                    f"{original.dtype}"
                )
        for original, part in zip(originals, values, strict=True):
            original.data = part.detach()

    def originals(self) -> list[Tensor]:
        """The tensors from which the value is computed."""
        return [self.original] if self.is_tensor else [getattr(self, f"original{i}") for i in range(self.ntensors)]

    def forward(self) -> Any:
        first, *others = self
        x = first(*self.originals())
        for module in others:
            x = module(x)
        return x


def inverted(module: Module, value: Any) -> Any:
    """The value that a parametrization takes for this one; the value itself if it says nothing."""
    try:
        return module.right_inverse(value) if hasattr(module, "right_inverse") else value
    except NotImplementedError:
        return value


def hold(module: Module, name: str, tensor: Tensor) -> None:
    """Register a tensor as the parameter or buffer that it is."""
    if isinstance(tensor, Parameter):
        module.register_parameter(name, tensor)
    else:
        module.register_buffer(name, tensor)


def refuse_change(what: str, new: Any, shape: tuple, dtype: Any) -> None:
    """A parametrization must give a tensor of the same shape and dtype, unless it is `unsafe`."""
    if not isinstance(new, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(new).__name__}.")
    if new.dtype != dtype:
        raise ValueError(
            f"{what}: it may not change the dtype of the tensor, unless `unsafe` flag is enabled.\n"
            f"unparametrized dtype: {dtype}\nparametrized dtype: {new.dtype}"
        )
    if new.shape != shape:
        raise ValueError(
            f"{what}: it may not change the shape of the tensor, unless `unsafe` flag is enabled.\n"
            f"unparametrized shape: {shape}\nparametrized shape: {new.shape}"
        )


def property_of(name: str) -> property:
    """What stands for a parametrized tensor in its module's class."""

    def get(module: Module) -> Any:
        key = id(module), name
        if not _depth:
            return module.parametrizations[name]()
        if key not in _values:
            _values[key] = module.parametrizations[name]()
        return _values[key]

    def set(module: Module, value: Any) -> None:
        module.parametrizations[name].right_inverse(value)
        _values.pop((id(module), name), None)

    return property(get, set)


class Parametrized:
    """What the class of a parametrized module adds to the module's own."""

    def __deepcopy__(self, memo: dict) -> Any:
        twin = object.__new__(own_class(type(self).__bases__[1], vars(type(self))))
        memo[id(self)] = twin
        twin.__dict__.update(deepcopy(self.__dict__, memo))
        return twin

    def __getstate__(self) -> Any:
        raise RuntimeError(
            "Serialization of parametrized modules is only supported through state_dict(): save that, and "
            "parametrize a new module before loading it"
        )


def own_class(cls: type, properties: Any = ()) -> type:
    """A class for one parametrized module, so that changing it changes no other module."""
    members = {name: member for name, member in dict(properties).items() if isinstance(member, property)}
    return type(f"Parametrized{cls.__name__}", (Parametrized, cls), members)


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """Make a parameter or buffer of a module a function of itself: module.weight = parametrization(original).

    Derivatives flow through the function to the original, which is what an optimizer changes. Several
    parametrizations of one tensor are applied in the order of their registration. If the function has a method
    `right_inverse`, it gives the original's first value, and `module.weight = value` works; where it returns several
    tensors, they are all originals, and the arguments of the function. `unsafe` allows another shape or dtype.

    Errors: ValueError if there is no such tensor, or if shape or dtype would change; the module is then as it was.

    >>> import tinygrad_lite as tl
    >>> class Symmetric(tl.nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).T
    >>> layer = tl.nn.Linear(3, 3)
    >>> _ = tl.nn.utils.parametrize.register_parametrization(layer, "weight", Symmetric())
    >>> bool((layer.weight == layer.weight.T).all()), [name for name, _ in layer.named_parameters()]
    (True, ['bias', 'parametrizations.weight.original'])
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        chain = module.parametrizations[tensor_name]
        if not unsafe:
            present = getattr(module, tensor_name)
            refuse_change(
                "registering a parametrization", new := parametrization(present), present.shape, present.dtype
            )
            with no_grad():
                refuse_change("its right_inverse", inverted(parametrization, new), present.shape, present.dtype)
        chain.append(parametrization)
        chain.unsafe |= unsafe
        return module
    if tensor_name not in module._buffers and tensor_name not in module._parameters:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
            f"'{tensor_name}'"
        )
    chain = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe)
    delattr(module, tensor_name)
    if not is_parametrized(module):
        object.__setattr__(module, "__class__", own_class(type(module)))
        module.parametrizations = ModuleDict()
    setattr(type(module), tensor_name, property_of(tensor_name))
    module.parametrizations[tensor_name] = chain
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether a tensor of a module, or any, is parametrized."""
    chains = getattr(module, "parametrizations", None)
    if not isinstance(chains, ModuleDict):
        return False
    return len(chains) > 0 if tensor_name is None else tensor_name in chains


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Make a parametrized tensor an ordinary one: with its present value, or (`leave_parametrized=False`) its original.

    Errors: ValueError if it is not parametrized, or if there are several originals to be left.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    chain = module.parametrizations[tensor_name]
    if chain.is_tensor:
        tensor = chain.original
        if leave_parametrized:
            with no_grad():
                tensor.data = chain().detach()
    elif leave_parametrized:
        value = chain()
        tensor = Parameter(value.detach()) if value.requires_grad else value
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a "
            "sequence of tensors."
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    hold(module, tensor_name, tensor)
    if not is_parametrized(module):
        del module.parametrizations
        object.__setattr__(module, "__class__", type_before_parametrizations(module))
    return module


def type_before_parametrizations(module: Module) -> type:
    """The class that a module had, or has, without parametrizations."""
    return type(module).__bases__[1] if isinstance(module, Parametrized) else type(module)

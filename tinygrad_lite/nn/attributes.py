"""The tree of modules: which attributes are parameters, buffers and submodules, and how to walk over them.

What is assigned is sorted by its type: a Parameter, a Module, or (once registered under that name) a buffer goes into
its registry, `_parameters`, `_modules` or `_buffers`, *and* stays a plain attribute of the instance. The registries
keep the order and the names; reading `self.weight` costs what any attribute costs. So change an attribute by
assigning it, never by writing into a registry.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from .. import mistakes
from ..tensor import Parameter, Tensor

KINDS = ("_parameters", "_buffers", "_modules")


class Buffer(Tensor):
    """A tensor that is state but not trained: assigned to a module, it becomes a buffer (PyTorch's page nn.Buffer).

    >>> import tinygrad_lite as tl
    >>> module = tl.nn.Module()
    >>> module.steps = tl.nn.Buffer(tl.zeros(1))
    >>> list(module.state_dict())
    ['steps']
    """

    def __init__(self, data: Tensor | None = None, *, persistent: bool = True):
        self.array = data.array if data is not None else Tensor(0).array
        self.node = data.node if data is not None else None
        self.persistent = persistent


class Attributes:
    """Sorts what is assigned to a module into its registries, and lists what they hold."""

    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: "dict[str, Any]"
    _non_persistent_buffers_set: set[str]

    def __init__(self) -> None:
        own = self.__dict__
        own["training"] = True
        own["_parameters"], own["_buffers"], own["_modules"] = {}, {}, {}
        own["_non_persistent_buffers_set"] = set()

    if TYPE_CHECKING:  # a checker cannot know the names; at run time a missing one is Python's own AttributeError

        def __getattr__(self, name: str) -> Any: ...

    # --- assignment ---

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        if isinstance(value, Parameter):
            if "_parameters" not in own:
                raise AttributeError("cannot assign parameters before Module.__init__() call")
            self._release(name, "_parameters")
            self.register_parameter(name, value)
        elif isinstance(value, Attributes):
            if "_modules" not in own:
                raise AttributeError("cannot assign module before Module.__init__() call")
            self._release(name, "_modules")
            own["_modules"][name] = own[name] = value
        elif isinstance(value, Buffer):
            if "_buffers" not in own:
                raise AttributeError("cannot assign buffer before Module.__init__() call")
            self._release(name, "_buffers")
            self.register_buffer(name, value, value.persistent)
        elif name in own.get("_parameters", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as parameter '{name}' (torch.nn.Parameter or None "
                    "expected); wrap it in nn.Parameter(...), or delete the attribute first"
                )
            own["_parameters"][name] = own[name] = None
        elif name in own.get("_modules", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as child module '{name}' (torch.nn.Module or None "
                    "expected)"
                )
            own["_modules"][name] = own[name] = None
        elif name in own.get("_buffers", ()):
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(
                    f"cannot assign '{type(value).__name__}' as buffer '{name}' (torch.nn.Buffer, torch.Tensor or None "
                    "expected)"
                )
            own["_buffers"][name] = own[name] = value
        else:
            object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        object.__delattr__(self, name)
        for kind in KINDS:
            self.__dict__.get(kind, {}).pop(name, None)
        self._non_persistent_buffers_set.discard(name)

    def _release(self, name: str, kind: str) -> None:
        """Take a name away from what held it, so that another kind of thing can have it."""
        own = self.__dict__
        if name in own and name not in own[kind]:
            object.__delattr__(self, name)
            for other in KINDS:
                own[other].pop(name, None)
            self._non_persistent_buffers_set.discard(name)

    def _check_name(self, kind: str, name: Any, registry: str) -> None:
        """Refuse a name that could not be part of a path such as "encoder.0.weight", or that is taken."""
        if registry not in self.__dict__:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call")
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {type(name).__name__}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain "."' + (f", got: {name}" if kind == "module" else ""))
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if hasattr(self, name) and name not in self.__dict__[registry]:
            raise KeyError(f"attribute '{name}' already exists")

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter under a name; None reserves the name, as `bias=False` does in Linear.

        >>> import tinygrad_lite as tl
        >>> scale = tl.nn.Module()
        >>> scale.register_parameter("factor", tl.nn.Parameter(tl.ones(1)))
        >>> scale.factor
        Parameter containing:
        tensor([1.], requires_grad=True)
        """
        self._check_name("parameter", name, "_parameters")
        if param is not None:
            if not isinstance(param, Parameter):
                raise TypeError(
                    f"cannot assign '{type(param).__name__}' object to parameter '{name}' (torch.nn.Parameter or None "
                    "required)"
                )
            if param.grad_fn is not None:
                raise ValueError(
                    f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created "
                    f"explicitly. To express '{name}' as a function of another Tensor, compute the value in forward()."
                )
        self._parameters[name] = self.__dict__[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that is state but not trained, such as a running mean.

        It is part of `state_dict`, unless `persistent=False`.

        >>> import tinygrad_lite as tl
        >>> counter = tl.nn.Module()
        >>> counter.register_buffer("steps", tl.zeros(1))
        >>> list(counter.state_dict())
        ['steps']
        """
        self._check_name("buffer", name, "_buffers")
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{type(tensor).__name__}' object to buffer '{name}' (torch Tensor or None required)"
            )
        self._buffers[name] = self.__dict__[name] = tensor
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name: str, module: Any) -> None:
        """Add a submodule under a name; what `self.name = module` does, for names made at run time."""
        if module is not None and not isinstance(module, Attributes):
            raise TypeError(f"{type(module).__name__} is not a Module subclass")
        self._check_name("module", name, "_modules")
        self._modules[name] = self.__dict__[name] = module

    def register_module(self, name: str, module: Any) -> None:
        """Alias of `add_module`."""
        self.add_module(name, module)

    # --- the tree ---

    def named_modules(self, memo: set | None = None, prefix: str = "", remove_duplicate: bool = True) -> Iterator:
        """(path, module) of this module and all below, parents first; a shared module once.

        >>> from tinygrad_lite import nn
        >>> [path for path, _ in nn.Sequential(nn.Linear(2, 3), nn.ReLU()).named_modules()]
        ['', '0', '1']
        """
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self) -> Iterator:
        """This module and all below, each once."""
        for _, module in self.named_modules():
            yield module

    def named_children(self) -> Iterator:
        """(name, module) of the direct submodules, each once."""
        memo = set()
        for name, module in self._modules.items():
            if module is not None and module not in memo:
                memo.add(module)
                yield name, module

    def children(self) -> Iterator:
        """The direct submodules, each once."""
        for _, module in self.named_children():
            yield module

    def _named(self, registry: str, prefix: str, recurse: bool, remove_duplicate: bool) -> Iterator:
        """(path, tensor) of everything in one registry of the tree, without None."""
        memo = set()
        if registry == "_parameters":
            mistakes.asked.add(self)
        own = ((prefix, self),)
        for path, module in self.named_modules(None, prefix, remove_duplicate) if recurse else own:
            for name, tensor in module.__dict__[registry].items():
                if tensor is not None and tensor not in memo:
                    if remove_duplicate:
                        memo.add(tensor)
                    yield (f"{path}.{name}" if path else name), tensor

    def named_parameters(self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> Iterator:
        """(path, parameter) of this module and all below; a shared parameter once, under its first path.

        >>> from tinygrad_lite import nn
        >>> [(path, tuple(p.shape)) for path, p in nn.Sequential(nn.Linear(2, 3)).named_parameters()]
        [('0.weight', (3, 2)), ('0.bias', (3,))]
        """
        return self._named("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The parameters of this module and all below, each once: what an optimizer takes."""
        for _, parameter in self._named("_parameters", "", recurse, True):
            yield parameter

    def named_buffers(self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True) -> Iterator:
        """(path, buffer) of this module and all below."""
        return self._named("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers of this module and all below, each once."""
        for _, buffer in self._named("_buffers", "", recurse, True):
            yield buffer

    def get_submodule(self, target: str) -> Any:
        """The module at a path such as "encoder.0"; "" is this one.

        >>> from tinygrad_lite import nn
        >>> nn.Sequential(nn.Sequential(nn.Tanh())).get_submodule("0.0")
        Tanh()
        """
        module: Any = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
            module = getattr(module, name)
            if not isinstance(module, Attributes):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at a path such as "encoder.0.weight"."""
        return self._get(target, lambda module, name, found: isinstance(found, Parameter), "an nn.Parameter")

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at a path such as "norm.running_mean"."""
        return self._get(target, lambda module, name, found: name in module._buffers, "a buffer")

    def _get(self, target: str, fits: Callable, what: str) -> Any:
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{type(module).__name__} has no attribute `{name}`")
        found = getattr(module, name)
        if not fits(module, name, found):
            raise AttributeError(f"`{name}` is not {what}")
        return found

"""Modules that hold modules or parameters: a sequence to run through, lists, dictionaries."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from operator import index
from typing import Any, Self

from .module import Module, indented


class Identity(Module):
    """y = x, whatever arguments it was made with (PyTorch's page torch.nn.Identity).

    >>> from tinygrad_lite import nn
    >>> nn.Identity()(5)
    5
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__()

    def forward(self, input: Any) -> Any:
        return input


class Numbered(Module):
    """Submodules under the names "0", "1", …: what Sequential and ModuleList have in common."""

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def _key(self, i: Any) -> str:
        """The name at a position, which may count from the end."""
        i, n = index(i), len(self)
        if not -n <= i < n:
            raise IndexError(f"index {i} is out of range")
        return next(islice(self._modules, i % n, None))

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return self._made(dict(list(self._modules.items())[i]))
        return self._modules[self._key(i)]

    def __setitem__(self, i: int, module: Module) -> None:
        Module.__setattr__(self, self._key(i), module)

    def __delitem__(self, i: int | slice) -> None:
        for key in list(self._modules)[i] if isinstance(i, slice) else [self._key(i)]:
            delattr(self, key)
        self._renumber(list(self._modules.values()))  # as in PyTorch, also the names of an OrderedDict

    def _made(self, modules: dict[str, Any]) -> Any:
        """A container of this class with a part of the modules."""
        raise NotImplementedError

    def _renumber(self, modules: list) -> None:
        """Hold exactly these modules, under the names "0", "1", …"""
        for key in list(self._modules):
            delattr(self, key)
        for i, module in enumerate(modules):
            self.add_module(str(i), module)

    def append(self, module: Module) -> Self:
        """Add a module at the end."""
        self.add_module(str(len(self)), module)
        return self

    def pop(self, i: int | slice = -1) -> Any:
        """Take a module out, and return it."""
        module = self[i]
        del self[i]
        return module


class Sequential(Numbered):
    """Modules that run one after the other: y = fₙ(… f₂(f₁(x))) (PyTorch's page torch.nn.Sequential).

    Takes modules, or an OrderedDict of them by name.

    >>> import tinygrad_lite as tl
    >>> from tinygrad_lite import nn
    >>> model = nn.Sequential(nn.Linear(2, 25), nn.ReLU(), nn.Linear(25, 2))
    >>> model(tl.zeros(50, 2)).shape
    torch.Size([50, 2])
    >>> model[:2]
    Sequential(
      (0): Linear(in_features=2, out_features=25, bias=True)
      (1): ReLU()
    )
    """

    def __init__(self, *args: Any):
        super().__init__()
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            for name, module in args[0].items():
                self.add_module(name, module)
        else:
            for i, module in enumerate(args):
                self.add_module(str(i), module)

    def forward(self, input: Any) -> Any:
        for module in self._modules.values():
            input = module(input)
        return input

    def _made(self, modules: dict[str, Any]) -> Any:
        return type(self)(OrderedDict(modules))

    def insert(self, i: int, module: Module) -> Self:
        """Add a module before position i."""
        if not isinstance(module, Module):
            raise AssertionError(f"module should be of type: {Module}")
        n = len(self)
        if not -n <= i <= n:
            raise IndexError(f"Index out of range: {i}")
        modules = list(self)
        modules.insert(i + n if i < 0 else i, module)
        self._renumber(modules)
        return self

    def extend(self, sequential: Iterable) -> Self:
        """Add all modules of another sequence at the end."""
        for module in list(sequential):
            self.append(module)
        return self

    def __add__(self, other: Any) -> "Sequential":
        if not isinstance(other, Sequential):
            raise ValueError(f"add operator supports only objects of Sequential class, but {type(other)} is given.")
        return Sequential(*self, *other)

    def __iadd__(self, other: Any) -> Self:
        if not isinstance(other, Sequential):
            raise ValueError(f"add operator supports only objects of Sequential class, but {type(other)} is given.")
        return self.extend(other)

    def _times(self, times: Any) -> list:
        if not isinstance(times, int):
            raise TypeError(f"unsupported operand type(s) for *: {type(self)} and {type(times)}")
        if times <= 0:
            raise ValueError(f"Non-positive multiplication factor {times} for {type(self)}")
        return list(self) * times

    def __mul__(self, times: int) -> "Sequential":
        return Sequential(*self._times(times))

    __rmul__ = __mul__

    def __imul__(self, times: int) -> Self:
        return self.extend(self._times(times)[len(self) :])


class ModuleList(Numbered):
    """A list of modules whose parameters are found; it has no `forward` (PyTorch's page torch.nn.ModuleList).

    >>> from tinygrad_lite import nn
    >>> nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])
    ModuleList(
      (0-2): 3 x Linear(in_features=2, out_features=2, bias=True)
    )
    """

    def __init__(self, modules: Iterable | None = None):
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def _made(self, modules: dict[str, Any]) -> Any:
        return type(self)(modules.values())

    def insert(self, index: int, module: Module) -> None:
        """Add a module before a position."""
        modules = list(self)
        modules.insert(index, module)
        self._renumber(modules)

    def extend(self, modules: Iterable) -> Self:
        """Add modules at the end."""
        if not isinstance(modules, Iterable):
            raise TypeError(f"ModuleList.extend should be called with an iterable, but got {type(modules).__name__}")
        for module in list(modules):
            self.append(module)
        return self

    def __add__(self, other: Iterable) -> "ModuleList":
        return ModuleList([*self, *other])

    def __iadd__(self, other: Iterable) -> Self:
        return self.extend(other)

    def __repr__(self) -> str:
        """Equal modules that follow each other are shown once, with their range and number."""
        runs: list[list] = []
        for i, module in enumerate(self):
            if runs and runs[-1][2] == repr(module):
                runs[-1][1] = i
            else:
                runs.append([i, i, repr(module)])
        if not runs:
            return f"{self._get_name()}()"
        lines = []
        for first, last, text in runs:
            heading = f"({first}): " if first == last else f"({first}-{last}): {last - first + 1} x "
            lines.append(indented(heading + text, 2))
        return f"{self._get_name()}(\n  " + "\n  ".join(lines) + "\n)"


class ModuleDict(Module):
    """Modules by name, in the order of their insertion (PyTorch's page torch.nn.ModuleDict).

    >>> from tinygrad_lite import nn
    >>> choices = nn.ModuleDict({"relu": nn.ReLU(), "tanh": nn.Tanh()})
    >>> choices["tanh"]
    Tanh()
    """

    def __init__(self, modules: Any = None):
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Any:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]
        delattr(self, key)

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: object) -> bool:
        return key in self._modules

    def clear(self) -> None:
        """Remove all."""
        for key in list(self._modules):
            del self[key]

    def pop(self, key: str) -> Any:
        """Take a module out, and return it."""
        module = self[key]
        del self[key]
        return module

    def keys(self) -> Iterable[str]:
        """The names."""
        return self._modules.keys()

    def items(self) -> Iterable:
        """(name, module) pairs."""
        return self._modules.items()

    def values(self) -> Iterable:
        """The modules."""
        return self._modules.values()

    def update(self, modules: Any) -> None:
        """Add or replace modules: from a mapping, or from (name, module) pairs."""
        if not isinstance(modules, Iterable):
            raise TypeError(
                f"ModuleDict.update should be called with an iterable of key/value pairs, but got "
                f"{type(modules).__name__}"
            )
        for i, pair in enumerate(modules.items() if isinstance(modules, (Mapping, ModuleDict)) else modules):
            if not isinstance(pair, Iterable):
                raise TypeError(f"ModuleDict update sequence element #{i} should be Iterable; is {type(pair).__name__}")
            pair = tuple(pair)
            if len(pair) != 2:
                raise ValueError(f"ModuleDict update sequence element #{i} has length {len(pair)}; 2 is required")
            self[pair[0]] = pair[1]

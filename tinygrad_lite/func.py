"""Modules as functions of their parameters (PyTorch's page torch.func)."""

from collections.abc import Iterable, Mapping
from typing import Any

from .nn.module import Module
from .tensor import Tensor


def functional_call(
    module: Module,
    parameter_and_buffer_dicts: Mapping[str, Tensor] | Iterable[Mapping[str, Tensor]],
    args: Any = None,
    kwargs: Mapping[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """module(*args, **kwargs) with other tensors in place of its parameters and buffers, by name.

    The module is afterwards as it was; derivatives go to the tensors that were given. A parameter that is in two places
    is replaced in both, unless tie_weights=False. With `strict` every parameter and buffer has to be given.
    PyTorch's page torch.func.functional_call.

    >>> import tinygrad_lite as tl
    >>> layer = tl.nn.Linear(2, 1)
    >>> weights = {"weight": tl.tensor([[1.0, 2.0]], requires_grad=True), "bias": tl.zeros(1)}
    >>> y = tl.func.functional_call(layer, weights, tl.tensor([3.0, 4.0]))
    >>> y, tl.autograd.grad(y, weights["weight"])
    (tensor([11.], grad_fn=<ViewBackward0>), (tensor([[3., 4.]]),))
    """
    dictionaries = parameter_and_buffer_dicts
    given = merged([dictionaries] if isinstance(dictionaries, Mapping) else list(dictionaries))
    places = dict(module.named_parameters(remove_duplicate=False)) | dict(module.named_buffers(remove_duplicate=False))
    unknown = sorted(given.keys() - places.keys())
    missing = sorted(places.keys() - given.keys())
    if strict and (unknown or missing):
        raise RuntimeError(f"functional_call: unexpected keys {unknown}, missing keys {missing}")
    for name, tensor in given.items():
        if not isinstance(tensor, Tensor):
            raise TypeError(f"functional_call: {name}: {tensor!r} is not an instance of Tensor")
    if tie_weights:
        given = tied(given, places)
    arguments = () if args is None else args if isinstance(args, tuple) else (args,)
    replaced = []
    try:
        for name, tensor in given.items():
            path, _, leaf = name.rpartition(".")
            owner = module.get_submodule(path)
            registry = owner._parameters if leaf in owner._parameters else owner._buffers
            if leaf not in registry:
                continue  # as PyTorch, unless strict
            replaced.append((owner, registry, leaf, registry[leaf]))
            registry[leaf] = owner.__dict__[leaf] = tensor  # type: ignore[assignment]
        return module(*arguments, **(kwargs or {}))
    finally:
        for owner, registry, leaf, tensor in reversed(replaced):
            registry[leaf] = owner.__dict__[leaf] = tensor


def tied(given: dict[str, Tensor], places: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors for all names of a parameter that one of its names was given a tensor for."""
    names: dict[int, list[str]] = {}
    for name, tensor in places.items():
        names.setdefault(id(tensor), []).append(name)
    wanted = dict(given)
    for together in names.values():
        named = [name for name in together if name in given]
        if len({id(given[name]) for name in named}) > 1:
            raise ValueError(
                f"functional_call got multiple values for keys {named}, which are tied. Consider tie_weights=False"
            )
        wanted |= {name: given[named[0]] for name in together if named}
    return wanted


def merged(dictionaries: list) -> dict[str, Tensor]:
    """One dictionary of all; a name may be in one of them only."""
    whole: dict[str, Tensor] = {}
    for dictionary in dictionaries:
        if twice := sorted(whole.keys() & dictionary.keys()):
            raise ValueError(f"functional_call: {twice} appeared in multiple dictionaries: which one is meant?")
        whole |= dictionary
    return whole

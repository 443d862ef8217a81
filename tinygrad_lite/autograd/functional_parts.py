"""What autograd.functional does with what goes in and out: tuples, histories, strictness."""

from typing import Any

import numpy as np

from ..operation import result
from ..ops.shape import clone
from ..tape import Variable
from .engine import grad


def tensors(values: Any, what: str, name: str) -> tuple[bool, tuple]:
    """Whether `values` is a tuple, and the tuple."""
    if not isinstance(values, tuple):
        if not isinstance(values, Variable):
            raise TypeError(
                f"{name}: the {what} must be either a Tensor or a tuple of Tensors but the given {what} has type "
                f"{type(values).__name__}"
            )
        return False, (values,)
    for i, t in enumerate(values):
        if not isinstance(t, Variable):
            raise TypeError(
                f"{name}: the {what} must be either a Tensor or a tuple of Tensors but the value at index {i} has "
                f"type {type(t).__name__}"
            )
    return True, values


def own(inputs: tuple, create_graph: bool, tracked: bool = True) -> tuple:
    """The inputs under names of their own, so that what `func` captures by itself counts as constant."""
    found = []
    for t in inputs:
        if create_graph and t.node is not None:
            found.append(clone(t))
        else:
            alone = result(t.array)
            if tracked:
                leaf(alone)
            found.append(alone)
    return tuple(found)


def leaf(t: Any) -> Any:
    return t.requires_grad_()


def zeros_leaf(t: Variable) -> Any:
    """Zeros of a tensor's shape, that ask for their derivative: the u of u ↦ uᵀJ, whose value does not matter."""
    return leaf(result(np.zeros_like(t.array)))


def finished(found: tuple, create_graph: bool) -> tuple:
    return found if create_graph else tuple(result(t.array) for t in found)


def alone_or_all(found: tuple, many: bool) -> Any:
    return found if many else found[0]


def vector(v: Any, like: tuple, many: bool, create_graph: bool, name: str, what: str) -> tuple | None:
    """The vector v, of the shapes of `like`; None stands for 1 where `like` is a single number."""
    if v is None:
        if len(like) != 1 or like[0].array.size != 1:
            raise RuntimeError(f"{name}: the vector v can only be None if {what} is a single Tensor with one element")
        return None
    _, given = tensors(v, "v", name)
    given = own(given, create_graph, tracked=False)
    if len(given) != len(like):
        if many:
            raise RuntimeError(f"{name}: v is a tuple of invalid length: should be {len(like)} but got {len(given)}")
        raise RuntimeError(f"{name}: the given v should contain a single Tensor")
    for i, (u, t) in enumerate(zip(given, like, strict=True)):
        if u.array.shape != t.array.shape:
            entry = f"entry {i} in " if many else ""
            raise RuntimeError(f"{name}: {entry}v has invalid size: should be {t.array.shape} but got {u.array.shape}")
    return given


def refuse_constant(found: tuple, strict: bool, name: str, complaint: str) -> None:
    """With strict, every one of the tensors must depend on the inputs."""
    for i, t in enumerate(found if strict else ()):
        if t is None or t.node is None:
            raise RuntimeError(f"{name}: {complaint.format(i)}. This is not allowed in strict mode.")


def derivatives(outputs: tuple, inputs: tuple, v: tuple | None = None, create_graph: bool = False) -> tuple:
    """`grad` of those outputs that depend on anything; None for an input that they do not depend on."""
    pairs = [(y, None if v is None else v[i]) for i, y in enumerate(outputs) if y is not None and y.node is not None]
    if not pairs:
        return (None,) * len(inputs)
    ys, vs = zip(*pairs, strict=True)
    return grad(ys, inputs, vs, retain_graph=True, create_graph=create_graph, allow_unused=True)


def filled(found: tuple, like: tuple, strict: bool, create_graph: bool, name: str, complaint: str) -> tuple:
    """Zeros for the derivatives that are None; with strict, an error that says which."""
    whole = []
    for i, (d, t) in enumerate(zip(found, like, strict=True)):
        if d is None and strict:
            raise RuntimeError(f"{name}: {complaint.format(i)}. This is not allowed in strict mode.")
        if d is not None and strict and create_graph and d.node is None:
            raise RuntimeError(
                f"{name}: the derivative with respect to input {i} is independent of the inputs. This is not allowed "
                "in strict mode when create_graph=True."
            )
        whole.append(result(np.zeros_like(t.array)) if d is None else d)
    return tuple(whole)


INDEPENDENT = "the output of the user-provided function is independent of input {}"
CONSTANT = (
    "output {} of the user-provided function does not require gradients: the outputs must be computed in a "
    "differentiable manner from the input"
)
STRAIGHT = "the gradient with respect to input {} is independent of the inputs of the user-provided function"


def number(outputs: tuple, many: bool, name: str) -> None:
    if many:
        raise RuntimeError(f"{name}: the function given to {name} should return a single Tensor")
    if outputs[0].array.size != 1:
        raise RuntimeError(
            f"{name}: the Tensor returned by the function given to {name} should contain a single element, and has "
            f"shape {outputs[0].array.shape}"
        )

"""One line of the test table: an operation, how to call it, and on what."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """An operation and the inputs it is tested on.

    name            the operation's name in `tinygrad_lite.operation.OPERATIONS`
    call            call(lib, *tensors), written once for lib = tinygrad_lite and lib = torch
    shapes          several cases, each a tuple of input shapes
    domain          inputs are drawn uniformly from it
    torch           True, or the reason why PyTorch cannot be asked
    kinks           values without a derivative, from which inputs keep a distance
    differentiable  False: only the value and the dtype are compared
    order           derivatives are checked up to this order
    """

    name: str
    call: Callable
    shapes: tuple
    domain: tuple[float, float] = (-2.0, 2.0)
    torch: bool | str = True
    kinks: tuple[float, ...] = ()
    differentiable: bool = True
    order: int = 2

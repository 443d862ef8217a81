"""grad with the arguments in PyTorch's order."""

import warnings
from typing import Any

from . import engine


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple:
    """The derivatives of the outputs' sum with respect to each input, as a tuple (PyTorch's page torch.autograd.grad).

    Nothing is added to `.grad`. With `create_graph` the derivatives are themselves recorded. An input that the
    outputs do not depend on is an error, unless `allow_unused` (its derivative is None) or `materialize_grads` (zeros).
    `only_inputs` is what older scripts say; it has no effect.

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor(3.0, requires_grad=True)
    >>> (dx,) = tl.autograd.grad(x**3, x, create_graph=True)
    >>> tl.autograd.grad(dx, x)
    (tensor(18.),)
    """
    if not only_inputs:
        warnings.warn(
            "grad: only_inputs=False has no effect; backward() adds to the gradients of other parts of the graph",
            FutureWarning,
            stacklevel=2,
        )
    return engine.grad(
        outputs, inputs, grad_outputs, retain_graph, create_graph, allow_unused, is_grads_batched, materialize_grads
    )

"""Parameters as one vector (PyTorch's page torch.nn.utils.parameters_to_vector)."""

from collections.abc import Iterable

from ... import ops
from ...operation import result
from ...tensor import Tensor


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All elements of all parameters as one vector, recorded (PyTorch's page torch.nn.utils.parameters_to_vector).

    >>> from tinygrad_lite import nn
    >>> nn.utils.parameters_to_vector(nn.Linear(2, 3).parameters()).shape
    torch.Size([9])
    """
    return ops.cat([p.reshape(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Make the parameters views of a vector, in their order: the inverse of `parameters_to_vector`."""
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {type(vec).__name__}")
    start = 0
    for parameter in parameters:
        stop = start + parameter.numel()
        parameter.data = result(vec.array[start:stop].reshape(parameter.array.shape))
        start = stop

"""The bilinear map of two inputs."""

from ... import ops
from ...errors import ShapeError
from ...tensor import Tensor


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """y_k = x₁ᵀ W_k x₂ + b_k (PyTorch's page torch.nn.functional.bilinear).

    Shapes: (…, n), (…, m), (k, n, m), (k,) → (…, k).
    """
    k, n, m = weight.shape
    if input1.shape[:-1] != input2.shape[:-1] or input1.shape[-1] != n or input2.shape[-1] != m:
        raise ShapeError(
            f"bilinear(): inputs of shapes {tuple(input1.shape)} and {tuple(input2.shape)} do not go with a weight of "
            f"shape {tuple(weight.shape)}: (…, {n}) and (…, {m}) are needed, of equal leading dimensions"
        )
    # First x₁ with all W_k at once, one matrix product: (…, n) (n, k·m) → (…, k, m); then with x₂, one for each sample.
    left = ops.matmul(input1, weight.transpose(0, 1).reshape(n, k * m)).reshape(*input1.shape[:-1], k, m)
    y = ops.matmul(left, input2.unsqueeze(-1)).squeeze(-1)
    return y if bias is None else y + bias

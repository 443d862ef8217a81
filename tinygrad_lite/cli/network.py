"""The networks: layers with an activation in between, which take the data as it comes."""

from itertools import pairwise

import tinygrad_lite as tl
from tinygrad_lite import nn

# Each activation with the factor that PyTorch's default weights need before it. Those suit slopes near 1; a sigmoid's
# slope at 0 is ¼ and a rectified tanh's ½, so that signals would fade from layer to layer, and plain SGD would not
# leave its starting point.
ACTIVATIONS = {
    "relu": (nn.ReLU, 1),
    "leaky-relu": (lambda: nn.LeakyReLU(0.05), 1),  # the reports' slopes are 0.05 and 0.1
    "tanh": (nn.Tanh, 1),
    "rectified-tanh": (nn.RectifiedTanh, 2),
    "sigmoid": (nn.Sigmoid, 4),
}


class Standardize(nn.Module):
    """y = (x − mean)/std: inputs around 0 with spread 1, which is what the weights' initialisation expects.

    Mean and standard deviation are those of the training data. As buffers they are saved with the model, so that it
    can be given raw data anywhere; as they are no parameters, no optimizer changes them.
    """

    def __init__(self, mean: tl.Tensor, std: tl.Tensor):
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)

    def forward(self, x: tl.Tensor) -> tl.Tensor:
        return (x - self.mean) / self.std


def multilayer_perceptron(
    widths: list[int], activation: str, mean: tl.Tensor, std: tl.Tensor, dropout: float = 0.0
) -> nn.Sequential:
    """Linear layers between the given widths, for instance [2, 25, 25, 25, 2]: x (n, 2) → scores (n, 2).

    The last layer has no activation: its outputs are scores, the largest of which names the class.

    >>> import tinygrad_lite as tl
    >>> model = multilayer_perceptron([2, 25, 2], "tanh", mean=tl.zeros(2), std=tl.ones(2))
    >>> model(tl.rand(5, 2)).shape
    torch.Size([5, 2])
    """
    make_activation, gain = ACTIVATIONS[activation]
    model = nn.Sequential()
    model.add_module("standardize", Standardize(mean, std))
    for i, (inputs, outputs) in enumerate(pairwise(widths), start=1):
        linear = nn.Linear(inputs, outputs)
        model.add_module(f"linear{i}", linear)
        if i < len(widths) - 1:
            with tl.no_grad():  # the starting point is no part of any derivative
                linear.weight *= gain
            model.add_module(f"activation{i}", make_activation())
            if dropout:
                model.add_module(f"dropout{i}", nn.Dropout(dropout))
    return model

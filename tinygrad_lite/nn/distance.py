"""Distance and similarity as modules."""

from ..tensor import Tensor
from . import functional as F
from .module import Module


class CosineSimilarity(Module):
    """y = x₁·x₂/(‖x₁‖ ‖x₂‖) along a dimension (PyTorch's page torch.nn.CosineSimilarity)."""

    def __init__(self, dim: int = 1, eps: float = 1e-8):
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.cosine_similarity(x1, x2, self.dim, self.eps)


class PairwiseDistance(Module):
    """y = ‖x₁ − x₂ + eps‖_p along the last dimension (PyTorch's page torch.nn.PairwiseDistance)."""

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False):
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)

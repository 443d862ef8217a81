"""A softmax over very many classes: the frequent ones directly, the rare ones in clusters."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from .. import ops
from ..tensor import Tensor
from .containers import ModuleList, Sequential
from .linear import Linear
from .module import Module


class ASMoutput(NamedTuple):
    """What AdaptiveLogSoftmaxWithLoss returns: log-probabilities of the targets, and the loss."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """log p(c | x) = log p(cluster of c | x) + log p(c | cluster, x), for classes in the order of their frequency

    cutoffs    the classes below the first are rated one by one, those up to the next are a cluster, and so on
    div_value  the hidden sizes of the clusters: in_features/div_value, in_features/div_value², …

    Called with inputs (N, in_features) or (in_features,) and targets (N,) or (), it returns the log-probabilities of
    the targets, and their negative mean, the loss. PyTorch's page torch.nn.AdaptiveLogSoftmaxWithLoss; E. Grave et al.,
    Efficient Softmax Approximation for GPUs, 2017.

    >>> import tinygrad_lite as tl
    >>> _ = tl.manual_seed(0)
    >>> layer = tl.nn.AdaptiveLogSoftmaxWithLoss(4, 10, cutoffs=[2, 5])
    >>> layer.log_prob(tl.ones(1, 4)).exp().sum().item()
    1.0
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ):
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        rising = all(a < b for a, b in pairwise([0, *cutoffs, n_classes]))
        if not rising or any(int(c) != c for c in cutoffs):
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each "
                "value is between 1 and n_classes-1"
            )
        self.in_features, self.n_classes, self.cutoffs = in_features, n_classes, [*cutoffs, n_classes]
        self.div_value, self.head_bias = div_value, head_bias
        self.shortlist_size, self.n_clusters = cutoffs[0], len(cutoffs)
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias, device=device, dtype=dtype)
        self.tail = ModuleList()
        for i, (low, high) in enumerate(pairwise(self.cutoffs)):
            hidden = int(in_features // div_value ** (i + 1))
            self.tail.append(
                Sequential(
                    Linear(in_features, hidden, bias=False, device=device, dtype=dtype),
                    Linear(hidden, high - low, bias=False, device=device, dtype=dtype),
                )
            )

    def reset_parameters(self) -> None:
        """Draw all parameters anew."""
        self.head.reset_parameters()
        for layer in self.tail.modules():
            if isinstance(layer, Linear):
                layer.reset_parameters()

    def forward(self, input: Tensor, target: Tensor) -> ASMoutput:
        if target.ndim > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        if input.ndim != target.ndim + 1:
            raise RuntimeError(
                f"{target.ndim}D target tensor expects {target.ndim + 1}D input tensors, "
                f"but found inputs with size {input.shape}"
            )
        if target.ndim and len(input) != len(target):
            raise RuntimeError("Input and target should have the same size in the batch dimension.")
        x, classes = (input, target.array) if target.ndim else (input.unsqueeze(0), target.array[None])
        if classes.size and not 0 <= classes.min() <= classes.max() < self.n_classes:
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range "
                f"[{classes.min()}, {classes.max()}] were found. "
            )
        places = classes.copy()  # of the class, or of its cluster, in the head
        parts = []
        for i, (low, high) in enumerate(pairwise(self.cutoffs)):
            (rows,) = ((classes >= low) & (classes < high)).nonzero()
            if rows.size:
                places[rows] = self.shortlist_size + i
                within = self.tail[i](x[rows]).log_softmax(1)
                parts.append((rows, within[range(rows.size), classes[rows] - low]))
        output = self.head(x).log_softmax(1)[range(classes.size), places]
        for rows, part in parts:
            output = ops.index_add(output, 0, rows, part)
        return ASMoutput(output if target.ndim else output.squeeze(0), (-output).mean())

    def log_prob(self, input: Tensor) -> Tensor:
        """The log-probabilities of all classes, (N, n_classes)."""
        head = self.head(input).log_softmax(1)
        n = self.shortlist_size
        clusters = [cluster(input).log_softmax(1) + head[:, n + i, None] for i, cluster in enumerate(self.tail)]
        return ops.cat([head[:, :n], *clusters], 1)

    def predict(self, input: Tensor) -> Tensor:
        """The most probable class of each sample, (N,)."""
        best = self.head(input).argmax(1)
        (rare,) = (best.array >= self.shortlist_size).nonzero()
        if rare.size:  # the others need no look into the clusters: each of their classes is less probable still
            best[rare] = self.log_prob(input[rare]).argmax(1)
        return best

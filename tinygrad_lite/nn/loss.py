"""Losses as modules: each keeps the arguments of the function of the same kind in `functional`.

`reduction` is "mean" (the default), "sum" or "none"; `size_average` and `reduce` are its old form.
"""

import warnings
from typing import Any

from ..ops.losses import reduction_of
from ..tensor import Tensor
from . import functional as F
from .module import Module


class Loss(Module):
    """What all losses have in common: the reduction."""

    def __init__(self, size_average: Any = None, reduce: Any = None, reduction: str = "mean"):
        super().__init__()
        old = size_average is not None or reduce is not None
        self.reduction = reduction_of(reduction, size_average, reduce) if old else reduction


class WeightedLoss(Loss):
    """A loss with weights, kept as a buffer: they are part of the state, but not trained."""

    def __init__(self, weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean"):
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


class MSELoss(Loss):
    """y = mean (x − t)² (PyTorch's page torch.nn.MSELoss).

    >>> import tinygrad_lite as tl
    >>> tl.nn.MSELoss()(tl.tensor([[1.0, 2.0]]), tl.tensor([[1.0, 4.0]]))
    tensor(2.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, None, None, self.reduction)


class L1Loss(Loss):
    """y = mean |x − t|, the mean absolute error (PyTorch's page torch.nn.L1Loss).

    >>> import tinygrad_lite as tl
    >>> tl.nn.L1Loss()(tl.tensor([1.0, 2.0]), tl.tensor([1.0, 4.0]))
    tensor(1.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, None, None, self.reduction)


class SmoothL1Loss(Loss):
    """y = mean h(x − t)/β, h(d) = ½d² if |d| ≤ β else β(|d| − ½β) (PyTorch's page torch.nn.SmoothL1Loss)."""

    def __init__(self, size_average: Any = None, reduce: Any = None, reduction: str = "mean", beta: float = 1.0):
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.smooth_l1_loss(input, target, None, None, self.reduction, self.beta)


class HuberLoss(Loss):
    """y = mean h(x − t), h(d) = ½d² if |d| ≤ δ else δ(|d| − ½δ) (PyTorch's page torch.nn.HuberLoss)."""

    def __init__(self, reduction: str = "mean", delta: float = 1.0):
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.huber_loss(input, target, self.reduction, self.delta)


class CrossEntropyLoss(WeightedLoss):
    """y = −mean log softmax(x)[n, tₙ], of logits and class indices or probabilities

    PyTorch's page torch.nn.CrossEntropyLoss.

    weight           one number for each class
    ignore_index     targets that do not count
    label_smoothing  ε: every class gets ε/C of each target

    Shapes: logits (N, C, …) or (C,); indices (N, …) or (), or probabilities of the logits' shape.

    >>> import tinygrad_lite as tl
    >>> tl.nn.CrossEntropyLoss()(tl.tensor([[1.0, 2.0, 3.0]]), tl.tensor([2]))
    tensor(0.4076)
    """

    def __init__(
        self,
        weight: Any = None,
        size_average: Any = None,
        ignore_index: int = -100,
        reduce: Any = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ):
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(
            input, target, self.weight, None, self.ignore_index, None, self.reduction, self.label_smoothing
        )


class NLLLoss(WeightedLoss):
    """y = −mean x[n, tₙ], of log-probabilities and class indices (PyTorch's page torch.nn.NLLLoss)."""

    def __init__(
        self,
        weight: Any = None,
        size_average: Any = None,
        ignore_index: int = -100,
        reduce: Any = None,
        reduction: str = "mean",
    ):
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(input, target, self.weight, None, self.ignore_index, None, self.reduction)


class NLLLoss2d(NLLLoss):
    """NLLLoss under the name that it had for images (N, C, H, W), with PyTorch's FutureWarning."""

    def __init__(
        self,
        weight: Any = None,
        size_average: Any = None,
        ignore_index: int = -100,
        reduce: Any = None,
        reduction: str = "mean",
    ):
        warnings.warn(
            "`NLLLoss2d` has been deprecated. Please use `NLLLoss` instead as a drop-in replacement.",
            FutureWarning,
            stacklevel=2,
        )
        super().__init__(weight, size_average, ignore_index, reduce, reduction)


class BCELoss(WeightedLoss):
    """y = −mean (t log x + (1 − t) log(1 − x)), of probabilities (PyTorch's page torch.nn.BCELoss)."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(input, target, self.weight, None, None, self.reduction)


class BCEWithLogitsLoss(WeightedLoss):
    """y = −mean (p t log σ(x) + (1 − t) log(1 − σ(x))), of logits (PyTorch's page torch.nn.BCEWithLogitsLoss)."""

    def __init__(
        self,
        weight: Any = None,
        size_average: Any = None,
        reduce: Any = None,
        reduction: str = "mean",
        pos_weight: Any = None,
    ):
        super().__init__(weight, size_average, reduce, reduction)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, None, None, self.reduction, self.pos_weight
        )


class KLDivLoss(Loss):
    """y = mean t (log t − x), of log-probabilities x and probabilities t (PyTorch's page torch.nn.KLDivLoss).

    reduction="batchmean" is the Kullback–Leibler divergence for each sample; log_target: t is given as log t.
    """

    def __init__(self, size_average: Any = None, reduce: Any = None, reduction: str = "mean", log_target: bool = False):
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class PoissonNLLLoss(Loss):
    """y = mean (eˣ − t x), of the logarithm x of a rate and counts t (PyTorch's page torch.nn.PoissonNLLLoss).

    log_input  False: x is the rate itself, y = mean (x − t log(x + eps))
    full       add Stirling's approximation of log t!, where t > 1
    """

    def __init__(
        self,
        log_input: bool = True,
        full: bool = False,
        size_average: Any = None,
        eps: float = 1e-8,
        reduce: Any = None,
        reduction: str = "mean",
    ):
        super().__init__(size_average, reduce, reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        return F.poisson_nll_loss(log_input, target, self.log_input, self.full, eps=self.eps, reduction=self.reduction)


class GaussianNLLLoss(Loss):
    """y = ½ mean (log v + (x − t)²/v), of means x and variances v (PyTorch's page torch.nn.GaussianNLLLoss).

    full  add ½ log 2π;  eps  the least variance
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean"):
        super().__init__(reduction=reduction)
        self.full, self.eps = full, eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        return F.gaussian_nll_loss(input, target, var, full=self.full, eps=self.eps, reduction=self.reduction)


class CTCLoss(Loss):
    """y = −mean log Σ over the alignments π of a target with a sequence of Π p[t, π_t], over the target's length

    For sequences whose labels are known, and not when they come (PyTorch's page torch.nn.CTCLoss); see
    functional.ctc_loss.

    Shapes: log-probabilities (T, N, C) or (T, C); targets (N, S), or all in one dimension; lengths (N,), or tuples.

    >>> import tinygrad_lite as tl
    >>> log_probs = tl.log_softmax(tl.zeros(2, 1, 2), dim=2)
    >>> tl.nn.CTCLoss()(log_probs, tl.tensor([[1]]), (2,), (1,))
    tensor(0.2877)
    """

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False):
        super().__init__(reduction=reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(self, log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any) -> Tensor:
        return F.ctc_loss(
            log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction, self.zero_infinity
        )

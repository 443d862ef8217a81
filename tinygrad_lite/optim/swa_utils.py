"""Averages of a model over its training: equal weights (SWA) or exponential ones (EMA), and a rate to go with them.

PyTorch's page torch.optim.swa_utils; P. Izmailov et al., Averaging Weights Leads to Wider Optima and Better
Generalization, 2018.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from itertools import chain, groupby
from math import cos, pi
from typing import Any

from .. import creation
from ..autograd.modes import no_grad
from ..dtypes import int64
from ..nn.batchnorm import BatchNorm
from ..nn.module import Module
from ..tensor import Tensor
from .lr_scheduler.base import LRScheduler, for_each_group
from .optimizer import Optimizer

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]


def checked_decay(decay: float) -> float:
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")
    return decay


def get_ema_avg_fn(decay: float = 0.999) -> Callable:
    """a ← decay · a + (1 − decay) · p, for one parameter: an `avg_fn` of AveragedModel."""
    checked_decay(decay)

    @no_grad()
    def ema_update(ema_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_swa_avg_fn() -> Callable:
    """a ← a + (p − a)/(n + 1), for one parameter: the mean of all that came so far."""

    @no_grad()
    def swa_update(averaged_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable:
    """a ← decay · a + (1 − decay) · p in place, for lists of parameters: a `multi_avg_fn` of AveragedModel."""
    checked_decay(decay)

    @no_grad()
    def ema_update(ema_param_list: list, current_param_list: list, num_averaged: Any) -> None:
        for a, p in zip(ema_param_list, current_param_list, strict=True):
            if a.is_floating_point():
                a.lerp_(p, 1 - decay)
            else:
                a.copy_(a * decay + p * (1 - decay))

    return ema_update


def get_swa_multi_avg_fn() -> Callable:
    """a ← a + (p − a)/(n + 1) in place, for lists of parameters."""

    @no_grad()
    def swa_update(averaged_param_list: list, current_param_list: list, num_averaged: Any) -> None:
        share = 1 / (num_averaged + 1)
        for a, p in zip(averaged_param_list, current_param_list, strict=True):
            if not a.is_floating_point():
                raise RuntimeError(
                    f"AveragedModel: the buffers are averaged too, and one is of {a.dtype}, which has no averages: "
                    "use avg_fn, or use_buffers=False, which copies them"
                )
            a.lerp_(p, float(share))

    return swa_update


class AveragedModel(Module):
    """A copy of a model whose parameters are averages of the model's, one more at each `update_parameters`.

    avg_fn        avg_fn(average, parameter, how many came so far) → the new average; equal weights if left out
    multi_avg_fn  the same in place, for lists: multi_avg_fn(averages, parameters, how many)
    use_buffers   average the buffers too; otherwise they are copied

    The first update copies. `module` is the averaged model, and `n_averaged`, part of the state, counts the updates.
    PyTorch's page torch.optim.swa_utils.AveragedModel.

    >>> import tinygrad_lite as tl
    >>> model = tl.nn.Linear(1, 1, bias=False)
    >>> average = tl.optim.swa_utils.AveragedModel(model)
    >>> for value in [1.0, 2.0, 6.0]:
    ...     _ = tl.nn.init.constant_(model.weight, value)
    ...     average.update_parameters(model)
    >>> average(tl.ones(1, 1)).item()
    3.0
    """

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Callable | None = None,
        multi_avg_fn: Callable | None = None,
        use_buffers: bool = False,
    ):
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model).to(device=device)
        self.register_buffer("n_averaged", creation.tensor(0, dtype=int64))
        self.avg_fn, self.multi_avg_fn, self.use_buffers = avg_fn, multi_avg_fn, use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    @no_grad()
    def update_parameters(self, model: Module) -> None:
        """Take the model's present parameters into the average."""
        averages, present = [list(tensors(m, self.use_buffers)) for m in (self.module, model)]
        if [a.shape for a in averages] != [p.shape for p in present]:
            raise ValueError("update_parameters: the model has not the parameters of the one that was copied")
        averages, present = [a.detach() for a in averages], [p.detach() for p in present]
        if self.n_averaged == 0:
            for a, p in zip(averages, present, strict=True):
                a.copy_(p)
        elif self.multi_avg_fn is not None:
            pairs = sorted(zip(averages, present, strict=True), key=lambda pair: str(pair[0].dtype))
            for _, group in groupby(pairs, key=lambda pair: pair[0].dtype):
                ours, theirs = zip(*group, strict=True)
                self.multi_avg_fn(list(ours), list(theirs), self.n_averaged)
        else:
            average = self.avg_fn or get_swa_avg_fn()
            for a, p in zip(averages, present, strict=True):
                a.copy_(average(a, p, self.n_averaged))
        if not self.use_buffers:
            for a, p in zip(self.module.buffers(), model.buffers(), strict=True):
                a.detach().copy_(p.detach())
        self.n_averaged += 1


def tensors(model: Module, buffers: bool) -> Iterable[Tensor]:
    return chain(model.parameters(), model.buffers()) if buffers else model.parameters()


@no_grad()
def update_bn(loader: Iterable, model: Module, device: Any = None) -> None:
    """Compute the running statistics of every BatchNorm anew, as plain means over the batches of a loader.

    An averaged model has never seen data: call this before it is used, if it holds BatchNorm. Batches are tensors, or
    tuples of which the first is the input. PyTorch's page torch.optim.swa_utils.update_bn.
    """
    layers = [module for module in model.modules() if isinstance(module, BatchNorm)]
    if not layers:
        return
    momenta, training = [layer.momentum for layer in layers], model.training
    model.train()
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # every batch counts alike
    try:
        for batch in loader:
            input = batch[0] if isinstance(batch, (list, tuple)) else batch
            model(input if device is None else input.to(device))
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
        model.train(training)


class SWALR(LRScheduler):
    """From the present rate to `swa_lr` in `anneal_epochs` epochs, along a "cos" or a "linear" way; then it stays.

    swa_lr  one rate for all groups, or a list of one for each

    PyTorch's page torch.optim.swa_utils.SWALR.

    >>> import tinygrad_lite as tl
    >>> optimizer = tl.optim.SGD([tl.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = tl.optim.swa_utils.SWALR(optimizer, swa_lr=0.2, anneal_epochs=4, anneal_strategy="linear")
    >>> rates = []
    >>> for epoch in range(6):
    ...     optimizer.step()
    ...     scheduler.step()
    ...     rates.append(round(optimizer.param_groups[0]["lr"], 4))
    >>> rates
    [0.8, 0.6, 0.4, 0.2, 0.2, 0.2]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: Any,
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ):
        rates = for_each_group("swa_lr", optimizer, swa_lr)
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        for rate, group in zip(rates, optimizer.param_groups, strict=True):
            group["swa_lr"] = rate
        self._anneal_strategy, self.anneal_epochs = anneal_strategy, anneal_epochs
        super().__init__(optimizer, last_epoch)

    def way(self, step: int) -> float:
        """The part of the way that lies behind after some steps."""
        t = max(0.0, min(1.0, step / max(1, self.anneal_epochs)))
        return (1 - cos(pi * t)) / 2 if self._anneal_strategy == "cos" else t

    def get_lr(self) -> list:
        self._warn_outside_step()
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self.way(step - 1), self.way(step)
        rates = []
        for group in self.optimizer.param_groups:
            lr, end = group["lr"], group["swa_lr"]
            start = end if before == 1 else (lr - before * end) / (1 - before)  # where the way began
            rates.append(end * now + start * (1 - now))
        return rates

"""Optimizers: each one an update rule; and lr_scheduler, how the rate changes (PyTorch's page torch.optim)."""

from . import lr_scheduler
from .adam import Adam, AdamW
from .hooks import register_optimizer_step_post_hook, register_optimizer_step_pre_hook
from .optimizer import Optimizer
from .sgd import SGD

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "Optimizer",
    "lr_scheduler",
    "register_optimizer_step_post_hook",
    "register_optimizer_step_pre_hook",
]

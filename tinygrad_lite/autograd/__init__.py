"""Derivatives on demand: recording modes, backward and grad, and checks against finite differences."""

from .check import gradcheck as gradcheck
from .check import gradgradcheck as gradgradcheck
from .engine import backward as backward
from .engine import grad as grad
from .modes import enable_grad as enable_grad
from .modes import inference_mode as inference_mode
from .modes import is_grad_enabled as is_grad_enabled
from .modes import no_grad as no_grad
from .modes import set_grad_enabled as set_grad_enabled

"""Derivatives on demand: recording modes, backward and grad, and checks against finite differences."""

from . import anomaly as anomaly_mode, functional as functional, graph as graph, modes as grad_mode
from .anomaly import (
    detect_anomaly as detect_anomaly,
    is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled,
    is_anomaly_enabled as is_anomaly_enabled,
    set_detect_anomaly as set_detect_anomaly,
)
from .check import gradcheck as gradcheck, gradgradcheck as gradgradcheck
from .engine import backward as backward
from .function import Function as Function
from .gradient import grad as grad
from .modes import (
    enable_grad as enable_grad,
    inference_mode as inference_mode,
    is_grad_enabled as is_grad_enabled,
    is_inference_mode_enabled as is_inference_mode_enabled,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from .variable import Variable as Variable

"""Helpers for training: limits on gradients, and parameters as one vector (PyTorch's page torch.nn.utils)."""

from . import rnn as rnn
from .clip import (
    clip_grad_norm_ as clip_grad_norm_,
    clip_grad_value_ as clip_grad_value_,
    clip_grads_with_norm_ as clip_grads_with_norm_,
    get_total_norm as get_total_norm,
)
from .vector import parameters_to_vector as parameters_to_vector, vector_to_parameters as vector_to_parameters

"""Helpers for training: limits on gradients, and parameters as one vector (PyTorch's page torch.nn.utils)."""

from . import parametrizations as parametrizations, parametrize as parametrize, rnn as rnn
from .clip import (
    clip_grad_norm as clip_grad_norm,
    clip_grad_norm_ as clip_grad_norm_,
    clip_grad_value_ as clip_grad_value_,
    clip_grads_with_norm_ as clip_grads_with_norm_,
    get_total_norm as get_total_norm,
)
from .norms import (
    remove_spectral_norm as remove_spectral_norm,
    remove_weight_norm as remove_weight_norm,
    spectral_norm as spectral_norm,
    weight_norm as weight_norm,
)
from .vector import parameters_to_vector as parameters_to_vector, vector_to_parameters as vector_to_parameters

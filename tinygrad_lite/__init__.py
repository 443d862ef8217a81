"""tinygrad_lite: PyTorch's names, NumPy's install, and a tape that explains itself.

>>> import tinygrad_lite as tl
>>> x = tl.tensor([1.0, 2.0], requires_grad=True)
>>> loss = (x * x).sum()
>>> loss.backward()
>>> x.grad
tensor([2., 4.])
"""
# ruff: noqa: F403
from . import autograd as autograd
from .autograd.modes import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled
from .creation import *
from .ops import *
from .random import *
from .serialize import load, save
from .sizes import Device as device
from .sizes import Size
from .tensor import Parameter, Tensor
from .dtypes import *
long=int64
bool=bool_
try:
    from . import nn as nn
except ImportError as e: print("nn:",e)
try:
    from . import optim as optim
except ImportError as e: print("optim:",e)
try:
    from . import utils as utils
    from . import datasets as datasets
except ImportError as e: print("data:",e)
try:
    from .viz import draw
except ImportError as e: print("viz:",e)

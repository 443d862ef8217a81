"""tinygrad_lite: PyTorch's names, NumPy's install, and a tape that explains itself.

>>> import tinygrad_lite as tl
>>> x = tl.tensor([1.0, 2.0], requires_grad=True)
>>> loss = (x * x).sum()
>>> loss.backward()
>>> x.grad
tensor([2., 4.])
"""

from math import e as e, inf as inf, nan as nan, pi as pi
from types import ModuleType as _ModuleType
from typing import TYPE_CHECKING, Any

from numpy import dtype as dtype

from . import (
    accelerator as accelerator,
    amp as amp,
    autograd as autograd,
    cuda as cuda,
    linalg as linalg,
    random as random,
)
from .amp import autocast as autocast, is_autocast_enabled as is_autocast_enabled
from .autograd.modes import (
    enable_grad as enable_grad,
    inference_mode as inference_mode,
    is_grad_enabled as is_grad_enabled,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from .dtypes import (
    bfloat16 as bfloat16,
    bool_ as bool,
    can_cast as can_cast,
    complex64 as cfloat,
    complex64 as complex64,
    complex128 as cdouble,
    complex128 as complex128,
    finfo as finfo,
    float16 as float16,
    float16 as half,
    float32 as float,
    float32 as float32,
    float64 as double,
    float64 as float64,
    get_default_dtype as get_default_dtype,
    iinfo as iinfo,
    int8 as int8,
    int16 as int16,
    int16 as short,
    int32 as int,
    int32 as int32,
    int64 as int64,
    int64 as long,
    promote_types as promote_types,
    set_default_dtype as set_default_dtype,
    uint8 as uint8,
)
from .functions import *
from .mistakes import MistakeWarning as MistakeWarning, warn_mistakes as warn_mistakes
from .random import (
    Generator as Generator,
    _sample_dirichlet as _sample_dirichlet,
    _standard_gamma as _standard_gamma,
    bernoulli as bernoulli,
    binomial as binomial,
    default_generator as default_generator,
    get_rng_state as get_rng_state,
    initial_seed as initial_seed,
    manual_seed as manual_seed,
    multinomial as multinomial,
    normal as normal,
    poisson as poisson,
    rand as rand,
    rand_like as rand_like,
    randint as randint,
    randint_like as randint_like,
    randn as randn,
    randn_like as randn_like,
    randperm as randperm,
    seed as seed,
    set_rng_state as set_rng_state,
)
from .representation import (
    get_printoptions as get_printoptions,
    printoptions as printoptions,
    set_printoptions as set_printoptions,
)
from .sizes import (
    Device as device,
    Layout as layout,
    Layout as memory_format,
    Size as Size,
    channels_last as channels_last,
    contiguous_format as contiguous_format,
    preserve_format as preserve_format,
    strided as strided,
)
from .tensor import Parameter as Parameter, Tensor as Tensor

# The function `tensor` comes after everything else: it takes the name of the module that defines the class.
# isort: split
from .creation import (
    BoolTensor as BoolTensor,
    ByteTensor as ByteTensor,
    CharTensor as CharTensor,
    DoubleTensor as DoubleTensor,
    FloatTensor as FloatTensor,
    HalfTensor as HalfTensor,
    IntTensor as IntTensor,
    LongTensor as LongTensor,
    ShortTensor as ShortTensor,
    as_tensor as as_tensor,
    asarray as asarray,
    empty as empty,
    empty_like as empty_like,
    from_dlpack as from_dlpack,
    from_numpy as from_numpy,
    full as full,
    full_like as full_like,
    ones as ones,
    ones_like as ones_like,
    scalar_tensor as scalar_tensor,
    tensor as tensor,
    zeros as zeros,
    zeros_like as zeros_like,
)
from .functions_inplace import (
    abs_ as abs_,
    acos_ as acos_,
    acosh_ as acosh_,
    addmv_ as addmv_,
    arccos_ as arccos_,
    arccosh_ as arccosh_,
    arcsin_ as arcsin_,
    arcsinh_ as arcsinh_,
    arctan_ as arctan_,
    arctanh_ as arctanh_,
    asin_ as asin_,
    asinh_ as asinh_,
    atan_ as atan_,
    atanh_ as atanh_,
    ceil_ as ceil_,
    clamp_ as clamp_,
    clamp_max_ as clamp_max_,
    clamp_min_ as clamp_min_,
    clip_ as clip_,
    cos_ as cos_,
    cosh_ as cosh_,
    deg2rad_ as deg2rad_,
    detach_ as detach_,
    erf_ as erf_,
    erfc_ as erfc_,
    exp2_ as exp2_,
    exp_ as exp_,
    expm1_ as expm1_,
    fill_ as fill_,
    fix_ as fix_,
    floor_ as floor_,
    frac_ as frac_,
    gcd_ as gcd_,
    i0_ as i0_,
    index_put_ as index_put_,
    lcm_ as lcm_,
    ldexp_ as ldexp_,
    log1p_ as log1p_,
    log2_ as log2_,
    log10_ as log10_,
    log_ as log_,
    logit_ as logit_,
    nan_to_num_ as nan_to_num_,
    neg_ as neg_,
    negative_ as negative_,
    rad2deg_ as rad2deg_,
    reciprocal_ as reciprocal_,
    relu_ as relu_,
    round_ as round_,
    rsqrt_ as rsqrt_,
    sigmoid_ as sigmoid_,
    sin_ as sin_,
    sinc_ as sinc_,
    sinh_ as sinh_,
    sqrt_ as sqrt_,
    square_ as square_,
    tan_ as tan_,
    tanh_ as tanh_,
    trunc_ as trunc_,
    xlogy_ as xlogy_,
    zero_ as zero_,
)
from .questions import (
    are_deterministic_algorithms_enabled as are_deterministic_algorithms_enabled,
    compile as compile,
    detach as detach,
    get_default_device as get_default_device,
    get_device as get_device,
    get_float32_matmul_precision as get_float32_matmul_precision,
    get_num_interop_threads as get_num_interop_threads,
    get_num_threads as get_num_threads,
    is_complex as is_complex,
    is_conj as is_conj,
    is_floating_point as is_floating_point,
    is_inference as is_inference,
    is_neg as is_neg,
    is_nonzero as is_nonzero,
    is_same_size as is_same_size,
    is_signed as is_signed,
    is_storage as is_storage,
    is_tensor as is_tensor,
    numel as numel,
    result_type as result_type,
    set_default_device as set_default_device,
    set_default_tensor_type as set_default_tensor_type,
    set_float32_matmul_precision as set_float32_matmul_precision,
    set_flush_denormal as set_flush_denormal,
    set_num_interop_threads as set_num_interop_threads,
    set_num_threads as set_num_threads,
    typename as typename,
    use_deterministic_algorithms as use_deterministic_algorithms,
)
from .ranges import (
    arange as arange,
    eye as eye,
    linspace as linspace,
    logspace as logspace,
    meshgrid as meshgrid,
)
from .windows import (
    bartlett_window as bartlett_window,
    blackman_window as blackman_window,
    hamming_window as hamming_window,
    hann_window as hann_window,
    kaiser_window as kaiser_window,
)

if TYPE_CHECKING:
    from . import (
        backends as backends,
        datasets as datasets,
        distributions as distributions,
        func as func,
        jit as jit,
        nn as nn,
        optim as optim,
        profiler as profiler,
        testing as testing,
        training as training,
        utils as utils,
        viz as viz,
    )
    from .profiler import profile as profile
    from .serialize import load as load, save as save
    from .viz import draw as draw

__version__ = "0.1.0"

# What `from tinygrad_lite import *` gives: PyTorch's functions, classes and dtypes, not the files they come from.
__all__ = [
    name
    for name, value in list(globals().items())
    if not (name.startswith("_") or name in ("Any", "TYPE_CHECKING") or isinstance(value, _ModuleType))
]

# What not every program needs, and what takes half of the import's time, is imported when it is first asked for.
_LATE = {
    name: name
    for name in (
        "backends",
        "datasets",
        "distributions",
        "func",
        "jit",
        "nn",
        "optim",
        "special",
        "testing",
        "utils",
        "viz",
    )
}
_LATE |= {"draw": "viz", "load": "serialize", "save": "serialize", "training": "training"}
_LATE |= {"profile": "profiler", "profiler": "profiler"}
_LATE |= dict.fromkeys(
    (
        "alpha_dropout", "bilinear", "celu_", "cosine_similarity", "feature_alpha_dropout", "group_norm", "layer_norm",
        "pairwise_distance", "pdist", "rms_norm", "rrelu", "rrelu_", "selu_", "threshold_",
    ),
    "nn.functional",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _LATE:
        why = import_module(".absent", __name__).ABSENT.get(name)
        reason = f", on purpose: {why}" if why else ""
        raise AttributeError(f"module 'tinygrad_lite' has no attribute {name!r}{reason}")

    module = import_module(f".{_LATE[name]}", __name__)
    return module if name == _LATE[name] else getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATE})

"""What to pass for each argument of PyTorch's functions and methods, so that a call shows whether its name is known.

A value is an expression of Python on the names of a library and on the arrays of `ARRAYS` as tensors.
"""

import numpy as np

random = np.random.default_rng(0)


def uniform(*shape):
    return random.uniform(0.1, 0.9, shape).astype(np.float32)


ARRAYS = {name: uniform(3, 4) for name in "XYZ"} | {
    "M": uniform(3, 3),
    "V3": uniform(3),
    "V4": uniform(4),
    "M34": uniform(3, 4),
    "M43": uniform(4, 3),
    "B1": uniform(2, 3, 4),
    "B2": uniform(2, 4, 3),
    "C1": uniform(2, 4, 9),
    "C2": uniform(2, 4, 9, 8),
    "C3": uniform(2, 4, 5, 6, 5),
    "I": np.array([2, 0, 1]),
    "J": random.integers(0, 3, (3, 4)),
    "K": random.integers(1, 9, (3, 4)),
    "L": random.integers(1, 9, (3, 4)),
    "S": np.array([0.2, 0.4, 0.6], np.float32),
    "mask": random.uniform(0, 1, (3, 4)) > 0.5,
}
ARRAYS["SPD"] = ARRAYS["M"] @ ARRAYS["M"].T + np.eye(3, dtype=np.float32)
ARRAYS["CH"] = np.linalg.cholesky(ARRAYS["SPD"])

# By the argument's name; name:type where it has several types.
VALUES = """
    A = SPD; N = 3; accumulate = True; alpha = 2; append = ones(1, 4); as_tuple = True; as_tuple:Literal[False] = False
    assume_unique = False; atol = 1e-3; aweights = V4; axis0 = 0; axis1 = 1; base = 2.0; batch1 = B1; batch2 = B2
    beta = 3; bias = V4; bins:_int = 5; bins:Tensor = S; boundaries = S; ceil_mode = True; chunks = 2; col = 4
    compute_uv = True; condition = mask; copy = True; correction = 0; count = K; count_include_pad = False
    data = [1, 2]; decimals = 1; density = True; descending = True; destination:_int = 1; destination:_size = (1,)
    device = "cpu"; diagonal = 1; dilation = 1; dim:_int = 0; dim:_size = (0,); dim0 = 0; dim1 = 1; dim2 = 2
    dimension = 0; dims = (0,); downscale_factor = 2; dtype = float64; dx = 2.0; edge_order = 1; element = 0.5
    elements = X; end:Number = 7; end:Tensor = Y; end:_int = 2; end_dim = 1; eps = 0.01; equal_nan = True
    exponent:Number = 2; exponent:Tensor = Y; fill_value = 2.0; force = True; from_ = int64
    fweights = tensor([1, 2, 1, 1]); generator = Generator().manual_seed(7); groups = 2; high = 7; implicit = False
    include_self = False; increasing = True; index:Tensor = J; index:_int = 1; indices = (1,); input:Tensor = X
    input2 = M43; interpolation = "lower"; invert = True; k = 1; keepdim = True; kernel_size = 3; lambd = 1.0
    largest = False; layout = strided; length = 2; low = 2; m = 4; mask = mask; mat = M34; mat1 = M34; mat2 = M43
    max:Number = 0.6; max:Tensor = Y; maxnorm = 1.0; mean:Tensor = X; mean:float = 1.0; median = 0.0
    memory_format = preserve_format; min:Number = 0.3; min:Tensor = Y; minlength = 5; mode = True; n = 2; nan = 0.0
    ndarray = np.ones(3); neginf = 2.0; non_blocking = False; num = 3; num_samples = 2; obj = [1.0, 2.0]; offset = 1
    other:Tensor = Y; other:Number = 2; out_dtype = float32; out_int32 = True; output_padding = 1; output_size = 2
    p:Number = 3; p:int = 2; p:float = 0.4; p:Tensor = X; padding:str = "same"; padding:_int = 1; pin_memory = False
    periodic = False; split_sizes = (1, 2)
    pos_weight = Y; posinf = 1.0; prepend = zeros(1, 4); prob = X; q:Tensor = S; q:float = 0.3; r = 2
    range = (0.0, 1.0); rcond = 1e-6; reduce = "sum"; reduction = 1; repeats:Tensor = I; repeats:_int = 2
    replacement = True; requires_grad = True; right = True; rounding_mode = "floor"; row = 3; rtol = 1e-3; s = 2.0
    scalar = 2.0; scalar1 = 2; scalar2 = 3; sections = 2; self:Tensor = X; self:Number = 2; shape = (4, 3); shifts = 1
    side = "right"; sigma = 1.0; size = (3, 4); sizes = (2, 2); some = True; sorted = True; sorted_sequence = S
    sorter = tensor([0, 1, 2]); source:_int = 0; source:_size = (0,); source:Tensor = Y; spacing:Sequence = (1.0, 2.0)
    spacing:Number = 2.0; spacing:tuple = (V3, V4); sparse_grad = False; split_size = 2; src = Y; stable = True
    start:Number = 1; start:Tensor = X; start:_int = 0; start_dim = 0; std:Tensor = Y; std:float = 2.0; step = 1
    steps = 5; stride = 2; target = Y; tensor = V4; tensor1 = Y; tensor2 = Z; tensors = [X, Y]; test_element = 0.5
    test_elements = Y; threshold = 0.5; to = float64; train = False; transpose = True; type1 = float64; type2 = int64
    unbiased = False; unitriangular = False; upper = True; upscale_factor = 2; value:Number = 2
    value:Tensor = tensor(2.0); values = X; vec = V4; vec1 = V3; vec2 = V4; weight:Tensor = Y; weight:Number = 0.3
    weights = Y; window_length = 4; with_replacement = True; wrap = True; x = X; y = Y
"""

# Where one function needs another value. "input" is also the tensor that a method is called on; "-" is left out.
OWN = """
    acosh arccosh: input = X + 1
    adaptive_avg_pool1d adaptive_max_pool1d avg_pool1d max_pool1d: input = C1
    addbmm addmm: input = M
    addmv ger outer: input = V3
    addr multinomial where: input = X
    baddbmm: input = ones(2, 3, 3)
    bernoulli: p = 0.4; input = X
    bincount: input = tensor([1, 2, 4]); weights = V3
    bitwise_and bitwise_left_shift bitwise_or: input = K; other:Tensor = L; other:Number = 2
    bitwise_right_shift bitwise_xor gcd lcm: input = K; other:Tensor = L; other:Number = 2
    binomial: count = tensor([5.0, 7.0]); prob = tensor([0.3, 0.6])
    bitwise_not: input = K
    bmm: input = B1; mat2 = B2
    broadcast_to: size = (2, 3, 4)
    channel_shuffle max_pool2d pixel_shuffle: input = C2
    cholesky cholesky_inverse det inverse logdet matrix_exp matrix_power slogdet: input = SPD
    cholesky_solve: input = ones(3, 2); input2 = CH; upper = False
    combinations dot: input = V4
    conv1d: input = ones(2, 2, 9); weight = ones(2, 2, 3); bias = ones(2); groups = 1; stride = 1
    conv2d: input = ones(2, 2, 9, 9); weight = ones(2, 2, 3, 3); bias = ones(2); groups = 1; stride = 1
    conv3d: input = ones(2, 2, 9, 9, 9); weight = ones(2, 2, 3, 3, 3); bias = ones(2); groups = 1; stride = 1
    conv_transpose1d: input = C1; weight = ones(4, 2, 3); bias = ones(4)
    conv_transpose2d: input = C2; weight = ones(4, 2, 3, 3); bias = ones(4)
    conv_transpose3d: input = C3; weight = ones(4, 2, 3, 3, 3); bias = ones(4)
    cross: input = M; other = SPD
    cumprod_ cumsum_: dtype = float32
    cumulative_trapezoid trapezoid trapz: x = tensor([1.0, 2.0, 4.0, 5.0]); dim = 1
    diag_embed: dim1 = 0
    diagonal: dim2 = 0
    diagonal_scatter: src = zeros(3); offset = 0; dim1 = 0; dim2 = 1
    diff nanquantile quantile: dim = 0
    dist: p = 3
    dropout: p = 0.4
    expand: size = (2, 3, 4); implicit = -
    dsplit: input = ones(2, 4, 8)
    eye: n = 3
    float_power_: exponent:Tensor = tensor(2.0); exponent:Number = 2; input = ones(2, 2, dtype=float64)
    full new_full: size = (2,)
    geometric_: p = 0.3
    gradient: dim = (0, 1)
    hamming_window: alpha = 0.6; beta = 0.3
    heaviside: values = tensor(0.5)
    histc: min = 0; max = 1; bins = 5
    index_add index_copy: index = I
    index_fill: index = tensor([0, 2])
    index_put: indices = (I,); values = tensor(2.0)
    index_reduce: reduce = "mean"; index = I
    index_select: index = tensor([2, 0])
    is_nonzero: input = tensor(1.0)
    item: input = tensor(2.0)
    ldexp: other = tensor(2)
    kaiser_window: beta = 7.0
    lerp: end = Y
    linspace: start:Tensor = tensor(1.0); start:Number = 1; end:Tensor = tensor(7.0); end:Number = 7
    log_normal_: mean = 1.0; std = 0.5
    logit: eps = 0.2
    logspace: start:Tensor = tensor(1.0); start:Number = 1; end:Tensor = tensor(3.0); end:Number = 3
    lu_solve: input = ones(3, 2); LU_data = linalg.lu_factor(SPD)[0]; LU_pivots = linalg.lu_factor(SPD)[1]
    masked_scatter: source = Y
    matmul: other = M43
    max_pool3d: input = C3
    mvlgamma: input = X + 3
    narrow: start:Tensor = tensor(1); start:_int = 1
    new_tensor: pin_memory = -
    normal_: mean = 1.0; std = 2.0
    permute: dims = (1, 0)
    pixel_unshuffle: input = C2; downscale_factor = 1
    polygamma: n = 1; input = X
    put: index = tensor([0, 5]); source = zeros(2)
    randint: size = (3,)
    randint_like: high:Tensor = tensor(9); high:_int = 9
    random_: from_ = 1; to = 9
    renorm: p = 2.0; dim = 0
    repeat: repeats = (2, 1)
    repeat_interleave: input = X; dim = 0; output_size:_int = 6; repeats:Tensor = tensor([1, 3, 2]); repeats:_int = 2
    retain_grad: input = ones(2, requires_grad=True) * 2
    roll: shifts = (1,)
    rot90: dims = (0, 1)
    scatter: reduce = "add"; value = 2.0
    scatter_reduce: reduce = "mean"
    select_scatter: src = V4; dim = 0; index = 1
    size stride: dim:None = None; dim:int = 0
    slice_scatter: src = zeros(3, 4); start = 0; end = 3
    squeeze: input = ones(1, 3)
    take_along_dim: indices = J
    tensor_split: tensor_indices_or_sections = tensor([1]); dim = 0
    threshold: value = 2.0
    tile: dims = (2, 1)
    triangular_solve: input = ones(3, 2)
    tril_indices triu_indices: dtype = int64; requires_grad = -
    unflatten: dim = 1
    unfold: dimension = 1; size = 2
    uniform_: from_ = 0.5; to = 2.0
    vander: x = V4
    vdot: input = V4; other = ones(4)
    view: size = (4, 3)
    vsplit: input = M43
"""


def table(text):
    """{name: {type or "": expression}} of a text of "name = expression" or "name:type = expression"."""
    found = {}
    for entry in text.replace("\n", ";").split(";"):
        if entry.strip():
            key, _, value = entry.partition(" = ")
            name, _, kind = key.strip().partition(":")
            found.setdefault(name, {})[kind] = value.strip()
    return found


def own_tables(text):
    rows = [line.partition(": ") for line in text.strip().splitlines()]
    return {name: table(values) for names, _, values in rows for name in names.split()}


DEFAULT, SPECIAL = table(VALUES), own_tables(OWN)


def value_of(function, argument, kind):
    """The expression for an argument of a type."""
    for rows in (SPECIAL.get(function, {}), SPECIAL.get(function.rstrip("_"), {}), DEFAULT):
        for wanted, expression in rows.get(argument, {}).items():
            if wanted in kind:
                return expression
    raise KeyError(f"say in argument_values.py what to pass for {argument}: {kind} of {function}")

"""The names that PyTorch-style programs use, by where PyTorch has them: a name with both spellings is in two lists."""

CREATION = """
    tensor zeros ones arange randn rand randint randperm full empty eye linspace from_numpy as_tensor zeros_like
    ones_like full_like randn_like rand_like empty_like meshgrid tril triu bernoulli multinomial normal manual_seed
    Generator Tensor tril_indices triu_indices logspace float16 float32 float64 bfloat16 int8 int16 int32 int64
    uint8 bool long int float double half short finfo iinfo set_default_dtype get_default_dtype promote_types
    result_type can_cast device cuda.is_available FloatTensor DoubleTensor HalfTensor LongTensor IntTensor
    ShortTensor CharTensor ByteTensor BoolTensor randint_like scalar_tensor asarray from_dlpack seed initial_seed
    get_rng_state set_rng_state random.fork_rng Size e pi inf nan is_tensor numel is_floating_point set_printoptions
    save load
"""

RECORDING = """
    no_grad enable_grad set_grad_enabled inference_mode is_grad_enabled autograd.grad autograd.backward
    autograd.Function autograd.functional.jacobian autograd.functional.hessian autograd.functional.vjp
    autograd.functional.jvp autograd.functional.hvp autograd.functional.vhp autograd.gradcheck
    autograd.gradgradcheck autograd.detect_anomaly autograd.set_detect_anomaly autograd.Variable
    autograd.function.once_differentiable autograd.no_grad autograd.enable_grad autograd.set_grad_enabled
    autograd.inference_mode
"""

FUNCTIONS = """
    abs absolute acos acosh add addcdiv addcmul addmm all allclose amax amin any arccos arccosh arcsin arcsinh
    arctan arctan2 arctanh argmax argmin argsort asin asinh atan atan2 atanh baddbmm bernoulli bincount bitwise_and
    bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor bmm bool broadcast_to bucketize cat
    ceil chunk clamp clip clone concat concatenate copysign cos cosh count_nonzero cross cummax cummin cumprod
    cumsum det detach device diag diagonal div divide dot double dtype einsum eq equal erf erfc erfinv exp exp2 expm1
    fix flatten flip float floor floor_divide fmod frac gather ge greater greater_equal gt half histc histogram hstack
    hypot index_add index_copy index_fill index_put index_reduce index_select int inverse is_floating_point
    is_tensor isclose isfinite isinf isnan kron kthvalue le lerp less less_equal log log10 log1p log2 log_softmax
    logaddexp logcumsumexp logical_and logical_not logical_or logical_xor logsumexp long lt masked_fill
    masked_scatter masked_select matmul max maximum mean median min minimum mm mode moveaxis movedim mul multinomial
    multiply mv nan_to_num nanmean nansum narrow ne neg negative nonzero norm not_equal numel outer permute pow prod
    put quantile ravel reciprocal relu remainder repeat_interleave reshape roll rot90 round rsqrt scatter
    scatter_add scatter_reduce searchsorted select short sigmoid sign sin sinh softmax sort split sqrt square
    squeeze stack std std_mean sub subtract sum swapaxes swapdims t take take_along_dim tan tanh tensordot tile topk
    trace transpose tril triu true_divide trunc unbind unflatten unique unsqueeze var var_mean vstack where
"""

METHODS = """
    T __abs__ __add__ __and__ __array__ __bool__ __contains__ __deepcopy__ __dlpack__ __dlpack_device__ __eq__
    __float__ __floordiv__ __format__ __ge__ __getitem__ __gt__ __hash__ __iadd__ __imul__ __index__ __int__
    __invert__ __ipow__ __isub__ __iter__ __itruediv__ __le__ __len__ __lshift__ __lt__ __matmul__ __mod__ __mul__
    __ne__ __neg__ __or__ __pos__ __pow__ __radd__ __repr__ __reversed__ __rfloordiv__ __rlshift__ __rmatmul__
    __rmod__ __rmul__ __rpow__ __rrshift__ __rshift__ __rsub__ __rtruediv__ __setitem__ __sub__ __truediv__ __xor__
    abs absolute acos acosh add addcdiv addcmul addmm all allclose amax amin any arccos arccosh arcsin arcsinh
    arctan arctan2 arctanh argmax argmin argsort asin asinh atan atan2 atanh backward baddbmm bernoulli bincount
    bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor bmm bool broadcast_to byte
    ceil char chunk clamp clamp_ clip clone contiguous copysign cos cosh count_nonzero cpu cross cummax cummin
    cumprod cumsum data data_ptr det detach detach_ device diag diagonal dim div divide dot double dtype
    element_size eq equal erf erfc erfinv exp exp2 exp_ expand expand_as expm1 fill_ fix flatten flip float floor
    floor_divide fmod frac gather ge grad grad_fn greater greater_equal gt half histc histogram hypot index_add
    index_copy index_fill index_put index_reduce index_select int inverse is_contiguous is_floating_point is_leaf
    isclose isfinite isinf isnan item kron kthvalue le lerp less less_equal log log10 log1p log2 log_softmax
    logaddexp logcumsumexp logical_and logical_not logical_or logical_xor logsumexp long lt mT masked_fill
    masked_scatter masked_select matmul max maximum mean median min minimum mm mode moveaxis movedim mul multinomial
    multiply mv nan_to_num nanmean nansum narrow ndim ne neg neg_ negative nelement new_empty new_full new_ones
    new_tensor new_zeros nonzero norm not_equal numel numpy outer permute pow prod put quantile ravel reciprocal
    register_hook register_post_accumulate_grad_hook relu remainder repeat repeat_interleave requires_grad
    requires_grad_ reshape reshape_as retain_grad roll rot90 round rsqrt scatter scatter_add scatter_reduce select
    shape short sigmoid sign sin sinh size softmax sort split sqrt sqrt_ square squeeze std stride sub subtract sum
    swapaxes swapdims t take take_along_dim tan tanh tile to tolist topk trace transpose tril triu true_divide trunc
    type type_as unbind unflatten unfold unique unsqueeze var view view_as where zero_
"""

IN_PLACE = """
    abs_ absolute_ acos_ acosh_ add_ addcdiv_ addcmul_ addmm_ arccos_ arccosh_ arcsin_ arcsinh_ arctan2_ arctan_
    arctanh_ asin_ asinh_ atan2_ atan_ atanh_ baddbmm_ bernoulli_ bitwise_and_ bitwise_left_shift_ bitwise_not_
    bitwise_or_ bitwise_right_shift_ bitwise_xor_ ceil_ clamp_ clip_ copy_ copysign_ cos_ cosh_ cumprod_ cumsum_
    div_ divide_ eq_ erf_ erfc_ erfinv_ exp2_ exp_ expm1_ fix_ floor_ floor_divide_ fmod_ frac_ ge_ greater_
    greater_equal_ gt_ hypot_ index_add_ index_copy_ index_fill_ index_put_ index_reduce_ le_ lerp_ less_
    less_equal_ log10_ log1p_ log2_ log_ logical_and_ logical_not_ logical_or_ logical_xor_ lt_ masked_fill_
    masked_scatter_ mul_ multiply_ nan_to_num_ ne_ neg_ negative_ normal_ not_equal_ pow_ put_ reciprocal_ relu_
    remainder_ round_ rsqrt_ scatter_ scatter_add_ scatter_reduce_ sigmoid_ sign_ sin_ sinh_ sqrt_ square_ squeeze_
    sub_ subtract_ swapaxes_ swapdims_ t_ tan_ tanh_ transpose_ tril_ triu_ true_divide_ trunc_ uniform_ unsqueeze_
"""

LINALG = """
    norm inv det slogdet solve lstsq cholesky qr svd eigh eigvalsh pinv matrix_rank matrix_power vector_norm
    matrix_norm svdvals cross solve_triangular multi_dot
"""

NN = """
    Module Parameter Sequential ModuleList ModuleDict ParameterList ParameterDict Identity Linear Bilinear Embedding
    EmbeddingBag Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d Unfold Fold MaxPool1d
    MaxPool2d MaxPool3d AvgPool1d AvgPool2d AvgPool3d AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d
    AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d MaxUnpool2d Upsample PixelShuffle ZeroPad2d
    ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d ConstantPad1d
    ConstantPad2d ConstantPad3d BatchNorm1d BatchNorm2d BatchNorm3d LayerNorm GroupNorm InstanceNorm1d
    InstanceNorm2d InstanceNorm3d RMSNorm Dropout Dropout1d Dropout2d AlphaDropout RNN LSTM GRU RNNCell LSTMCell
    GRUCell MultiheadAttention TransformerEncoderLayer TransformerDecoderLayer TransformerEncoder TransformerDecoder
    Transformer Flatten Unflatten ReLU LeakyReLU PReLU RReLU ELU SELU CELU GELU SiLU Mish Softplus Softsign Sigmoid
    LogSigmoid Tanh Hardtanh Hardswish Hardsigmoid ReLU6 Tanhshrink Softshrink Hardshrink Threshold GLU Softmax
    LogSoftmax Softmin MSELoss L1Loss SmoothL1Loss HuberLoss CrossEntropyLoss NLLLoss BCELoss BCEWithLogitsLoss
    KLDivLoss PoissonNLLLoss GaussianNLLLoss HingeEmbeddingLoss MarginRankingLoss TripletMarginLoss
    CosineEmbeddingLoss SoftMarginLoss MultiMarginLoss MultiLabelSoftMarginLoss CTCLoss
"""

MODULE = """
    parameters named_parameters buffers named_buffers children named_children modules named_modules get_parameter
    get_submodule state_dict load_state_dict train eval zero_grad requires_grad_ apply to float double half
    register_buffer register_parameter register_module add_module register_forward_hook register_forward_pre_hook
    register_full_backward_hook register_full_backward_pre_hook extra_repr cpu type get_buffer
"""

FUNCTIONAL = """
    adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d
    adaptive_max_pool3d alpha_dropout avg_pool1d avg_pool2d avg_pool3d batch_norm bilinear binary_cross_entropy
    binary_cross_entropy_with_logits celu conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d
    cosine_embedding_loss cosine_similarity cross_entropy ctc_loss dropout dropout1d dropout2d dropout3d elu
    embedding embedding_bag fold gaussian_nll_loss gelu glu group_norm gumbel_softmax hardshrink hardsigmoid
    hardswish hardtanh hinge_embedding_loss huber_loss instance_norm interpolate kl_div l1_loss layer_norm
    leaky_relu linear log_softmax logsigmoid margin_ranking_loss max_pool1d max_pool2d max_pool3d max_unpool2d mish
    mse_loss multi_margin_loss multilabel_soft_margin_loss nll_loss normalize one_hot pad pairwise_distance
    pixel_shuffle poisson_nll_loss prelu relu relu6 rms_norm rrelu scaled_dot_product_attention selu sigmoid silu
    smooth_l1_loss soft_margin_loss softmax softmin softplus softshrink softsign tanh tanhshrink threshold
    triplet_margin_loss unfold upsample
"""

INIT = """
    uniform_ normal_ constant_ ones_ zeros_ eye_ xavier_uniform_ xavier_normal_ kaiming_uniform_ kaiming_normal_
    orthogonal_ trunc_normal_ sparse_ calculate_gain dirac_
"""

NN_UTILS = """
    clip_grad_norm_ clip_grad_value_ parameters_to_vector vector_to_parameters rnn.pad_sequence
    rnn.pack_padded_sequence rnn.pad_packed_sequence weight_norm spectral_norm
"""

OPTIM = """
    SGD Adam AdamW NAdam RAdam Adamax Adadelta Adagrad RMSprop Rprop ASGD LBFGS Optimizer lr_scheduler.StepLR
    lr_scheduler.MultiStepLR lr_scheduler.ExponentialLR lr_scheduler.ConstantLR lr_scheduler.LinearLR
    lr_scheduler.PolynomialLR lr_scheduler.CosineAnnealingLR lr_scheduler.CosineAnnealingWarmRestarts
    lr_scheduler.OneCycleLR lr_scheduler.CyclicLR lr_scheduler.LambdaLR lr_scheduler.MultiplicativeLR
    lr_scheduler.ReduceLROnPlateau lr_scheduler.SequentialLR lr_scheduler.ChainedScheduler lr_scheduler.LRScheduler
    swa_utils.AveragedModel swa_utils.get_ema_multi_avg_fn
"""

OPTIMIZER = """
    state_dict load_state_dict zero_grad step add_param_group
"""

DATA = """
    Dataset IterableDataset TensorDataset ConcatDataset Subset random_split DataLoader RandomSampler
    SequentialSampler WeightedRandomSampler BatchSampler Sampler default_collate
"""

DISTRIBUTIONS = """
    Categorical Normal Bernoulli Uniform Multinomial kl_divergence Distribution
"""

DISTRIBUTION = """
    sample rsample log_prob entropy mean variance
"""

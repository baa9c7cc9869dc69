"""What of PyTorch's databases is in scope: dense nets. Everything else is listed by its reason."""

OPERATIONS = """
    abs acos acosh add arange clamp_max clamp_min mul sub addmm addmv baddbmm dot bmm mv addr addcmul addcdiv asin asinh atan
    atan2 atanh allclose broadcast_to broadcast_tensors bitwise_not cdist ceil chunk clone clamp copysign cos cosh cumsum
    cumprod cummax cummin deg2rad diff div.no_rounding_mode div.trunc_rounding div.floor_rounding true_divide equal exp
    expand expand_as diag diagonal eq fmax fmin fmod remainder frac floor flip fliplr flipud floor_divide log1p ge gt isin
    kthvalue le linspace logspace log log10 log2 logaddexp logaddexp2 logical_not lt masked_fill masked_select matmul
    max.reduction_with_dim max.reduction_no_dim median var_mean var_mean.unbiased std_mean std_mean.unbiased
    min.reduction_with_dim min.reduction_no_dim quantile max.binary maximum min.binary minimum logical_and logical_or
    logical_xor bitwise_and bitwise_or bitwise_xor heaviside isclose softmax nn.functional.softmin
    nn.functional.cross_entropy nn.functional.normalize aminmax nn.functional.cosine_similarity
    nn.functional.binary_cross_entropy_with_logits nn.functional.relu nn.functional.group_norm nn.functional.layer_norm
    nn.functional.rms_norm nn.functional.hardswish nn.functional.soft_margin_loss nn.functional.margin_ranking_loss
    nn.functional.multi_margin_loss nn.functional.multilabel_margin_loss nn.functional.leaky_relu
    nn.functional.multilabel_soft_margin_loss nn.functional.linear nn.functional.bilinear nn.functional.glu
    nn.functional.elu nn.functional.prelu nn.functional.celu nn.functional.selu nn.functional.silu
    nn.functional.hardsigmoid nn.functional.logsigmoid nn.functional.mish nn.functional.softsign
    nn.functional.tanhshrink nn.functional.threshold nn.functional.triplet_margin_loss to topk nn.functional.batch_norm
    nn.functional.binary_cross_entropy nn.functional.softshrink nn.functional.hardshrink nn.functional.hardtanh
    nn.functional.gelu nn.functional.relu6 mm mode ne narrow neg dist outer permute pow float_power rad2deg repeat roll
    rot90 round sin sinc sinh sign sgn split split.list_args split_with_sizes __radd__ __rdiv__ __rmul__ __rand__ __ror__
    __rxor__ __rmatmul__ __rmod__ __rpow__ __rsub__ rsub select tan tanh tensor_split trunc exp2 expm1 nan_to_num
    reciprocal rsqrt sqrt square lerp isfinite isinf isposinf isneginf isnan ravel reshape reshape_as view view_as
    atleast_1d atleast_2d flatten unflatten column_stack gather index_fill index_copy index_select index_add sort unique
    take scatter zeros_like ones_like full_like zeros ones full eye scatter_add stack hstack hypot bincount bucketize
    searchsorted cat unbind vstack dstack movedim renorm squeeze squeeze.multiple take_along_dim tile trapezoid unsqueeze
    xlogy logsumexp trace transpose T mT tril triu tril_indices triu_indices kron inner logcumsumexp sigmoid erf erfc
    erfinv lgamma digamma nn.functional.smooth_l1_loss nn.functional.l1_loss log_softmax logit where nonzero argwhere norm
    norm.inf linalg.vector_norm t nn.functional.one_hot nn.functional.embedding nn.functional.embedding_bag
    nn.functional.softplus nn.functional.mse_loss all any amax amin argmax argmin count_nonzero mean nanmean std
    std.unbiased var var.unbiased prod sum nansum nn.functional.cosine_embedding_loss nn.functional.nll_loss
    nn.functional.gaussian_nll_loss nn.functional.hinge_embedding_loss nn.functional.huber_loss
    nn.functional.poisson_nll_loss argsort repeat_interleave nn.functional.pairwise_distance nn.functional.kl_div
    scatter_reduce.sum scatter_reduce.prod scatter_reduce.mean scatter_reduce.amax scatter_reduce.amin index_put
""".split()

# Modules of torch.nn, and parametrisations of Linear; what the database lacks is in more.py.
MODULES = """
    Linear Bilinear Identity Flatten Unflatten Embedding EmbeddingBag BatchNorm1d LayerNorm RMSNorm GroupNorm
    InstanceNorm1d Dropout AlphaDropout FeatureAlphaDropout CELU ELU GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh
    LeakyReLU LogSigmoid LogSoftmax Mish PReLU ReLU ReLU6 RReLU SELU SiLU Sigmoid Softmax Softmin Softplus Softshrink
    Softsign Tanh Tanhshrink Threshold weight_norm spectral_norm
""".split()

LOSSES = """
    L1Loss SmoothL1Loss MSELoss HuberLoss NLLLoss CrossEntropyLoss BCELoss BCEWithLogitsLoss KLDivLoss PoissonNLLLoss
    GaussianNLLLoss HingeEmbeddingLoss MarginRankingLoss CosineEmbeddingLoss SoftMarginLoss MultiLabelMarginLoss
    MultiLabelSoftMarginLoss MultiMarginLoss TripletMarginLoss
""".split()

OPTIMIZERS = """
    Adadelta Adafactor Adagrad Adam Adamax AdamW ASGD LBFGS Muon NAdam RAdam RMSprop Rprop SGD
""".split()

# Constructor arguments that say how, not what, is computed: they are left out of cases.
WITHOUT_EFFECT = {'device', 'dtype', 'foreach', 'fused', 'differentiable', 'capturable'}

"""Special functions under the names of PyTorch's page torch.special.

>>> import tinygrad_lite as tl
>>> tl.special.expit(tl.tensor([0.0, 2.0]))
tensor([0.5000, 0.8808])
"""

from . import ops

digamma = psi = ops.digamma
gammaln, multigammaln, polygamma = ops.lgamma, ops.mvlgamma, ops.polygamma
erf, erfc, erfcx, erfinv = ops.erf, ops.erfc, ops.erfcx, ops.erfinv
ndtr, log_ndtr, ndtri = ops.ndtr, ops.log_ndtr, ops.ndtri
i0, i0e, i1, i1e = ops.i0, ops.i0e, ops.i1, ops.i1e
entr, xlogy, xlog1py = ops.entr, ops.xlogy, ops.xlog1py
exp2, expm1, log1p = ops.exp2, ops.expm1, ops.log1p
expit, logit, sinc, round = ops.sigmoid, ops.logit, ops.sinc, ops.round
softmax, log_softmax, logsumexp = ops.softmax, ops.log_softmax, ops.logsumexp

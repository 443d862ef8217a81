"""How fast tinygrad_lite is, beside PyTorch and others: `python -m benchmarks.speed --help`.

Every workload is written once for tinygrad_lite and PyTorch, which share an API, once in NumPy's names for HIPS
autograd, MyGrad and JAX, and once by hand: NumPy with reused buffers and without a tape, the limit of what a tape on
NumPy can reach. All must compute the same before anything is timed.

Everything runs on one core, also a linear algebra library: it reads its number of threads when it is first imported,
and that is below.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

"""Imported before NumPy: each run has one core to itself, so that its time means something, and N jobs fit N cores."""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

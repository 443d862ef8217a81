"""Settings of GPUs that are not there."""

from types import SimpleNamespace

matmul = SimpleNamespace(allow_tf32=False, allow_fp16_reduced_precision_reduction=True)


def is_built() -> bool:
    """False: tinygrad_lite computes on the CPU."""
    return False

"""Settings of a GPU library that is not used: `deterministic = True` and the like are accepted."""

enabled = True
deterministic = False
benchmark = False
benchmark_limit = 10
allow_tf32 = True


def is_available() -> bool:
    """False: tinygrad_lite computes on the CPU."""
    return False


def version() -> None:
    """None: the library is not there."""

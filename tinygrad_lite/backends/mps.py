"""What scripts ask about Apple's GPUs before they use one."""


def is_available() -> bool:
    """False: tinygrad_lite computes on the CPU."""
    return False


def is_built() -> bool:
    """False: tinygrad_lite computes on the CPU."""
    return False

"""What scripts ask about GPUs before they use one (PyTorch's page torch.cuda): there are none."""


def is_available() -> bool:
    """False: tinygrad_lite computes on the CPU."""
    return False


def device_count() -> int:
    """0: tinygrad_lite computes on the CPU."""
    return 0


def manual_seed(seed: int) -> None:
    """Without effect: there is no GPU whose generator could be seeded."""


manual_seed_all = manual_seed

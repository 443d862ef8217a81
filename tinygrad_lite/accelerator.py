"""What scripts ask before they choose a device (PyTorch's page torch.accelerator): there is none but the CPU."""

from typing import Any


def is_available() -> bool:
    """False: tinygrad_lite computes on the CPU."""
    return False


def device_count() -> int:
    """0: tinygrad_lite computes on the CPU."""
    return 0


def current_accelerator(check_available: bool = False) -> None:
    """None: tinygrad_lite computes on the CPU."""


def synchronize(device: Any = None) -> None:
    """Refused with a RuntimeError, as by a PyTorch without accelerators."""
    raise RuntimeError(
        "accelerator.synchronize: tinygrad_lite computes on the CPU; ask accelerator.is_available() first"
    )


current_device_index = set_device_index = synchronize

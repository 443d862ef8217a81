"""What scripts ask about GPUs before they use one (PyTorch's page torch.cuda): there are none.

Questions are answered as PyTorch answers them on a machine without a GPU, what only cleans up or seeds has no effect,
and what needs a GPU is refused.
"""

from typing import Any

from . import amp as amp


def is_available() -> bool:
    """False: tinygrad_lite computes on the CPU."""
    return False


def is_initialized() -> bool:
    """False: tinygrad_lite computes on the CPU."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False: tinygrad_lite computes on the CPU."""
    return False


def device_count() -> int:
    """0: tinygrad_lite computes on the CPU."""
    return 0


def manual_seed(seed: int) -> None:
    """Without effect: there is no GPU whose generator could be seeded."""


def empty_cache() -> None:
    """Without effect: there is no GPU whose memory could be freed."""


def memory_allocated(device: Any = None) -> int:
    """0: no GPU's memory is used."""
    return 0


manual_seed_all, seed_all = manual_seed, empty_cache
max_memory_allocated = memory_reserved = max_memory_reserved = memory_allocated
reset_peak_memory_stats = ipc_collect = empty_cache


def missing(name: str) -> Any:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError(f"cuda.{name}: tinygrad_lite computes on the CPU; ask cuda.is_available() first")

    refuse.__name__ = refuse.__qualname__ = name
    refuse.__doc__ = "Refused with an AssertionError, as by a PyTorch without CUDA."
    return refuse


synchronize = missing("synchronize")
current_device = missing("current_device")
set_device = missing("set_device")
get_device_name = missing("get_device_name")
get_device_properties = missing("get_device_properties")
get_device_capability = missing("get_device_capability")

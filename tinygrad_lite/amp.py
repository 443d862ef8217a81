"""Mixed precision as far as a CPU without bfloat16 goes (PyTorch's page torch.amp): a loss may be scaled."""

import warnings
from contextlib import ContextDecorator
from typing import Any

import numpy as np

from . import writes
from .tape import Variable


class autocast(ContextDecorator):
    """A block, or a decorated function, that computes in the tensors' own dtypes (PyTorch's page torch.autocast).

    Asked for a GPU, or for float32, it warns and changes nothing, as PyTorch does on a machine without a GPU. Lower
    precision on the CPU is refused: PyTorch would take bfloat16, which NumPy has not, and float16 is slow in NumPy.

    >>> import tinygrad_lite as tl
    >>> with tl.autocast("cpu", enabled=False):
    ...     (tl.ones(2) @ tl.ones(2)).dtype
    dtype('float32')
    """

    def __init__(self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None):
        if not isinstance(device_type, str):
            raise ValueError(f"autocast: expected device_type of type str, got: {type(device_type).__name__}")
        if enabled and device_type == "cpu" and dtype != np.float32:
            raise TypeError(
                "autocast: there is no mixed precision on the CPU: say enabled=False, or convert the model and its "
                "input with .half() or .double()"
            )
        if enabled:
            what = "float32 is what is computed in" if device_type == "cpu" else f"{device_type} is not available"
            warnings.warn(f"{what}: autocast changes nothing", UserWarning, stacklevel=2)
        self.device, self.fast_dtype = device_type, dtype

    def __enter__(self) -> "autocast":
        return self

    def __exit__(self, *error: Any) -> None:
        pass


def is_autocast_enabled(device_type: str | None = None) -> bool:
    """False: operations compute in the dtypes of their tensors (PyTorch's page torch.is_autocast_enabled)."""
    return False


def is_autocast_available(device_type: str) -> bool:
    """False: there is no mixed precision (PyTorch's page torch.amp.autocast_mode.is_autocast_available)."""
    return False


READY, UNSCALED, STEPPED = "ready", "unscaled", "stepped"


class GradScaler:
    """Multiply a loss by a large number, so that small derivatives do not vanish in half precision (torch.amp).

    Before the optimizer's step the gradients are divided by it again. A step with an infinite or undefined gradient is
    left out and the scale multiplied by `backoff_factor`; after `growth_interval` good steps it is multiplied by
    `growth_factor`. For "cuda" it warns and does nothing, as in PyTorch without a GPU.

    >>> import tinygrad_lite as tl
    >>> w = tl.tensor([1.0], requires_grad=True)
    >>> optimizer, scaler = tl.optim.SGD([w], lr=0.1), tl.amp.GradScaler("cpu", init_scale=1024.0)
    >>> scaler.scale((w * w).sum()).backward()
    >>> w.grad
    tensor([2048.])
    >>> scaler.step(optimizer)
    >>> scaler.update()
    >>> w
    tensor([0.8000], requires_grad=True)
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ):
        if enabled and device != "cpu":
            warnings.warn(
                f"GradScaler is enabled, but {device} is not available. Disabling.", UserWarning, stacklevel=2
            )
            enabled = False
        if enabled and growth_factor <= 1:
            raise AssertionError(f"GradScaler: growth_factor must be > 1, got {growth_factor}")
        if enabled and backoff_factor >= 1:
            raise AssertionError(f"GradScaler: backoff_factor must be < 1, got {backoff_factor}")
        self._enabled = enabled
        self._factor, self._growth_factor, self._backoff_factor = float(init_scale), growth_factor, backoff_factor
        self._growth_interval, self._good_steps = growth_interval, 0
        self._used = False  # nothing was scaled yet, so there is nothing to unscale
        self._stages: dict[
            int, tuple[str, bool]
        ] = {}  # of each optimizer: how far it is, and were all gradients finite

    def scale(self, outputs: Any) -> Any:
        """A tensor, or each of several, times the scale."""
        if not self._enabled:
            return outputs
        self._used = True
        if isinstance(outputs, Variable):
            return outputs * self._factor  # type: ignore[operator]
        if isinstance(outputs, (list, tuple)):
            return type(outputs)(self.scale(output) for output in outputs)
        if hasattr(outputs, "__iter__"):
            return map(self.scale, outputs)
        raise ValueError(f"scale: outputs must be a Tensor or an iterable of Tensors, got {type(outputs).__name__}")

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of an optimizer's parameters by the scale, before they are clipped, say."""
        if not self._enabled:
            return
        self._check("unscale_")
        stage, _ = self._stages.get(id(optimizer), (READY, True))
        if stage is UNSCALED:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        if stage is STEPPED:
            raise RuntimeError("unscale_() is being called after step().")
        gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        if any(g.array.dtype == np.float16 for g in gradients):
            raise ValueError("Attempting to unscale FP16 gradients: keep the parameters in float32.")
        if not gradients:
            raise AssertionError(
                "No inf checks were recorded for this optimizer: none of its parameters has a gradient"
            )
        finite = True
        for g in gradients:
            finite = finite and bool(np.isfinite(g.array).all())
            g.array[...] *= g.array.dtype.type(1 / self._factor)
            writes.mark(g.array, "unscale_")
        self._stages[id(optimizer)] = UNSCALED, finite

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """optimizer.step(*args, **kwargs) with unscaled gradients, or nothing if one of them is not finite."""
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("step: closures cannot be used while GradScaler is enabled")
        self._check("step")
        stage, _ = self._stages.get(id(optimizer), (READY, True))
        if stage is STEPPED:
            raise RuntimeError("step() has already been called since the last update().")
        if stage is READY:
            self.unscale_(optimizer)
        _, finite = self._stages[id(optimizer)]
        value = optimizer.step(*args, **kwargs) if finite else None
        self._stages[id(optimizer)] = STEPPED, finite
        return value

    def update(self, new_scale: Any = None) -> None:
        """Choose the next scale: `new_scale`, or a smaller or larger one if the last steps were bad or good."""
        if not self._enabled:
            return
        self._check("update")
        if new_scale is not None:
            self._factor = float(new_scale)
        elif not self._stages:
            raise AssertionError("No inf checks were recorded prior to update: call step() first")
        elif all(finite for _, finite in self._stages.values()):
            self._good_steps += 1
            if self._good_steps == self._growth_interval:
                self._factor, self._good_steps = self._factor * self._growth_factor, 0
        else:
            self._factor, self._good_steps = self._factor * self._backoff_factor, 0
        self._stages = {}

    def _check(self, name: str) -> None:
        if not self._used:
            raise AssertionError(f"Attempted {name} before scaler.scale(loss)")

    def is_enabled(self) -> bool:
        """Whether anything is scaled."""
        return self._enabled

    def get_scale(self) -> float:
        """The number that a loss is multiplied by."""
        return self._factor if self._enabled else 1.0

    def get_growth_factor(self) -> float:
        """What the scale is multiplied by after many good steps."""
        return self._growth_factor

    def set_growth_factor(self, new_factor: float) -> None:
        """Set what the scale is multiplied by after many good steps."""
        self._growth_factor = new_factor

    def get_backoff_factor(self) -> float:
        """What the scale is multiplied by after a bad step."""
        return self._backoff_factor

    def set_backoff_factor(self, new_factor: float) -> None:
        """Set what the scale is multiplied by after a bad step."""
        self._backoff_factor = new_factor

    def get_growth_interval(self) -> int:
        """How many good steps it takes until the scale grows."""
        return self._growth_interval

    def set_growth_interval(self, new_interval: int) -> None:
        """Set how many good steps it takes until the scale grows."""
        self._growth_interval = new_interval

    def state_dict(self) -> dict:
        """What a later run needs to go on; empty if nothing is scaled."""
        if not self._enabled:
            return {}
        return {
            "scale": self._factor,
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._good_steps,
        }

    def load_state_dict(self, state_dict: dict) -> None:
        """Go on from what `state_dict` returned."""
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError("load_state_dict: the state is empty, perhaps that of a disabled GradScaler")
        self._factor, self._good_steps = state_dict["scale"], state_dict["_growth_tracker"]
        self._growth_factor, self._backoff_factor = state_dict["growth_factor"], state_dict["backoff_factor"]
        self._growth_interval = state_dict["growth_interval"]

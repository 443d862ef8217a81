"""Functions that are called around an optimizer's step, and when its state is saved or loaded."""

from collections.abc import Callable
from functools import wraps

from ..hooks import RemovableHandle
from ..mistakes import optimizers
from .first_steps import FirstSteps

_before_any_step: list[Callable] = []
_after_any_step: list[Callable] = []


def register_optimizer_step_pre_hook(hook: Callable) -> RemovableHandle:
    """Call hook(optimizer, args, kwargs) before every step of every optimizer; it may return new (args, kwargs)."""
    return added(_before_any_step, hook)


def register_optimizer_step_post_hook(hook: Callable) -> RemovableHandle:
    """Call hook(optimizer, args, kwargs) after every step of every optimizer."""
    return added(_after_any_step, hook)


def added(hooks: list[Callable], hook: Callable, first: bool = False) -> RemovableHandle:
    hooks.insert(0 if first else len(hooks), hook)
    return RemovableHandle(hooks, hook)


def hooked(step: Callable) -> Callable:
    """A step with its hooks around it. That it ran is noted: schedulers ask."""

    @wraps(step)
    def wrapper(self, *args, **kwargs):
        self._opt_called = True
        if not (self._before_step or self._after_step or _before_any_step or _after_any_step):
            return step(self, *args, **kwargs)
        for hook in (*_before_any_step, *self._before_step):
            changed = hook(self, args, kwargs)
            if changed is not None:
                if not (isinstance(changed, tuple) and len(changed) == 2):
                    raise RuntimeError(f"step: a pre hook must return None or (args, kwargs), but returned {changed}")
                args, kwargs = changed
        loss = step(self, *args, **kwargs)
        for hook in (*self._after_step, *_after_any_step):
            hook(self, args, kwargs)
        return loss

    return wrapper


class Hooks:
    """The hooks of one optimizer. A handle's remove() takes a hook away again; saving an optimizer drops them."""

    def _without_hooks(self) -> None:
        self._opt_called = False  # since the first scheduler was made, if one was
        self._scheduled = False
        self._before_step: list[Callable] = []
        self._after_step: list[Callable] = [FirstSteps()]
        optimizers.add(self)
        self._before_state_dict: list[Callable] = []
        self._after_state_dict: list[Callable] = []
        self._before_load: list[Callable] = []
        self._after_load: list[Callable] = []

    def __init_subclass__(cls) -> None:
        if "step" in cls.__dict__:  # an optimizer may define its whole step itself
            cls.step = hooked(cls.__dict__["step"])

    def register_step_pre_hook(self, hook: Callable) -> RemovableHandle:
        """Call hook(optimizer, args, kwargs) before each step; it may return new (args, kwargs)."""
        return added(self._before_step, hook)

    def register_step_post_hook(self, hook: Callable) -> RemovableHandle:
        """Call hook(optimizer, args, kwargs) after each step."""
        return added(self._after_step, hook)

    def register_state_dict_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call hook(optimizer) before `state_dict` collects the state."""
        return added(self._before_state_dict, hook, prepend)

    def register_state_dict_post_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call hook(optimizer, state_dict) on what `state_dict` collected; it may return another one."""
        return added(self._after_state_dict, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call hook(optimizer, state_dict) before a state is loaded; it may return another one."""
        return added(self._before_load, hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable, prepend: bool = False) -> RemovableHandle:
        """Call hook(optimizer) after a state was loaded."""
        return added(self._after_load, hook, prepend)

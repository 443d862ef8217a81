"""Mistakes that raise no error: a program that runs, and trains badly or not at all. They are said aloud, as warnings.

Each is of the class MistakeWarning, names the user's line, and appears once for each place, as Python's warnings do.
`warn_mistakes(False)` switches them off, and so does `warnings.filterwarnings("ignore", category=MistakeWarning)`.
Where a mistake is looked for:

    a softmax before cross_entropy and the like    when a loss is recorded (`of_logits`, below)
    shapes that only broadcast                     in the losses of a difference
    gradients that are missing, or of old,         after an optimizer's first two steps (optim/first_steps.py)
    layers in a plain list
"""

import os
import sys
import warnings
import weakref
from collections.abc import Callable
from typing import Any

PACKAGE = os.path.dirname(os.path.abspath(__file__))

asked: weakref.WeakSet = weakref.WeakSet()  # the modules whose parameters were listed, perhaps for an optimizer
optimizers: weakref.WeakSet = weakref.WeakSet()

_aloud = True


class MistakeWarning(UserWarning):
    """Something is most probably not meant, although it can be computed: see `warn_mistakes`."""


class warn_mistakes:
    """Whether likely mistakes are warned of: at once, and until the end of a `with` block.

    >>> import tinygrad_lite as tl
    >>> probabilities = tl.zeros(1, 3, requires_grad=True).softmax(1)
    >>> with tl.warn_mistakes(False):
    ...     loss = tl.nn.functional.cross_entropy(probabilities, tl.tensor([0]))  # it expects logits
    """

    def __init__(self, mode: bool = True):
        global _aloud
        self._before, _aloud = _aloud, bool(mode)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: Any) -> None:
        global _aloud
        _aloud = self._before


def warn(message: str) -> None:
    """Warn of a mistake in the line of the user's program that has led here."""
    if not _aloud:
        return
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, MistakeWarning, stacklevel=level)


TWICE = "{loss}: its input is the output of {found}, and it takes the {found} itself, so that it is taken twice: {what}"
UNLIKE = "{loss}: its input is the output of {found}, and it expects logarithms of probabilities: {what}"

# For each loss, the operations whose output it should not be given, and what to do.
UNEXPECTED = {
    "cross_entropy": {
        "softmax": (TWICE, "leave the softmax out. Of probabilities it learns slowly, and never becomes sure"),
        "log_softmax": (TWICE, "the value is the same, but computed twice: leave it out, or use nll_loss"),
    },
    "binary_cross_entropy_with_logits": {
        "sigmoid": (TWICE, "leave the sigmoid out, or use binary_cross_entropy"),
    },
    "nll_loss": {"softmax": (UNLIKE, "use log_softmax, or cross_entropy of the logits")},
    "kl_div": {"softmax": (UNLIKE, "use log_softmax")},
}


def expecting(loss: str) -> Callable[[Any], None]:
    """A function that looks at the node of a loss's input, and warns if it is of an unexpected operation."""
    unexpected = UNEXPECTED[loss]

    def look(node: Any) -> None:
        op = getattr(node, "op", None)
        if op is not None and op.__name__ in unexpected:
            template, what = unexpected[op.__name__]
            warn(template.format(loss=loss, found=op.__name__, what=what))

    return look

"""What went wrong, and what to do: the errors that the engine raises.

Each is of the class that PyTorch raises, so that code which catches PyTorch's errors catches these; where NumPy users
expect another class (ValueError for shapes), the error is of both.
"""

from numpy.linalg import LinAlgError as LinearAlgebraError


class ShapeError(RuntimeError, ValueError):
    """Sizes that do not go together: PyTorch's RuntimeError, NumPy's ValueError."""


class OutOfBoundsError(IndexError, RuntimeError):
    """An index beyond a dimension: PyTorch raises an IndexError in some functions, and a RuntimeError in others."""


class FreedTapeError(RuntimeError):
    """A second backward through a tape whose pullbacks were dropped by the first."""

    def __init__(self, node):
        super().__init__(
            f"backward: the tape behind {node!r} was used and freed by an earlier backward: trying to backward "
            "through the graph a second time. Pass retain_graph=True to the earlier call, or run the forward again."
        )


class StaleValueError(RuntimeError):
    """A pullback needs a value that an in-place operation has overwritten since."""

    def __init__(self, node, writer: str, shape: tuple):
        line = getattr(node, "note", None)
        where = line or "recorded where set_detect_anomaly(True, check_nan=False) around the forward would tell"
        super().__init__(
            f"backward: one of the variables needed for gradient computation has been modified by an inplace "
            f"operation: {node!r} captured an array of shape {shape}, and {writer} wrote into it afterwards. "
            f"Write out of place (y = y + 1, not y += 1), or give {node.op.__name__} a clone(). "
            f"{node!r} was {where}"
        )


def broadcasting(operation: str, a: tuple, b: tuple) -> ShapeError:
    """The error for two shapes that do not broadcast; names the dimension at fault."""
    for k in range(1, min(len(a), len(b)) + 1):
        if a[-k] != b[-k] and 1 not in (a[-k], b[-k]):
            return ShapeError(
                f"{operation}: {a} and {b}: the sizes {a[-k]} and {b[-k]} differ at dimension {-k}; "
                "they must be equal, or one of them 1 (the size of tensor a must match the size of tensor b)"
            )
    return ShapeError(f"{operation}: {a} and {b} do not broadcast")


class LinAlgError(RuntimeError, LinearAlgebraError):
    """A matrix that an operation cannot work on, singular or not positive definite: PyTorch's linalg.LinAlgError.

    Also of NumPy's class of that name, so that code which catches either catches this.
    """

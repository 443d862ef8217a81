"""What PyTorch calls the node of an operation, where that is not the operation's own name.

The rule is CamelCase + "Backward0": mul gives MulBackward0. PyTorch counts the forms of a function by the digit, and
splits some functions by the shapes of what they are given. Once `backward` has freed a node, its inputs are unknown,
and the commonest form is named.
"""

from collections.abc import Callable
from typing import Any


def node_name(node: Any) -> str:
    """The name that PyTorch gives to this node: MulBackward0, or CopySlices."""
    name = NAMES.get(node.op.__name__)
    if name is not None:
        return name if isinstance(name, str) else name(node)
    words = node.op.__name__.strip("_").split("_")
    return "".join(word[:1].upper() + word[1:] for word in words) + "Backward0"


def captured(node: Any, name: str) -> Any:
    """What a pullback of the node holds under a name, or None."""
    for pullback in (node.edges or ())[1::2]:
        code = getattr(pullback, "__code__", None)
        if code is not None and name in code.co_freevars:
            return pullback.__closure__[code.co_freevars.index(name)].cell_contents
    return None


def number(node: Any, place: int) -> bool:
    """Whether the input at a place has no derivative on the tape, as a number has not."""
    edges = node.edges or ()
    return 2 * place >= len(edges) or edges[2 * place] is None


def over(name: str) -> Callable:
    """Form 0 reduces everything, form 1 a dimension."""
    return lambda node: f"{name}Backward{int(node.shape != ())}"


def second(name: str) -> Callable:
    """Form 0 takes a number as its second input, form 1 a tensor."""
    return lambda node: f"{name}Backward{int(not number(node, 1))}"


def powers(node: Any) -> str:
    return "PowBackward0" if number(node, 1) else "PowBackward2" if number(node, 0) else "PowBackward1"


def bounded(node: Any) -> str:
    return "ClampBackward1" if number(node, 1) and number(node, 2) else "ClampBackward0"


def interpolation(node: Any) -> str:
    return "LerpBackward1" if hasattr(captured(node, "weight"), "dtype") else "LerpBackward0"


def extreme(name: str) -> Callable:
    """amax and amin of everything are what max and min without a dimension call."""
    return lambda node: f"A{name}Backward0" if node.shape else f"{name.title()}Backward1"


def absolute_error(node: Any) -> str:
    return "AbsBackward0" if node.shape else "MeanBackward0"


def xlogy(node: Any) -> str:
    return "XlogyBackward2" if number(node, 1) else "XlogyBackward1" if number(node, 0) else "XlogyBackward0"


def product(node: Any) -> str:
    """By the dimensions of the operands: a PyTorch matmul is one of its products, and perhaps a change of shape."""
    ndims = [len(parent.shape) for parent in (node.edges or ())[:4:2] if parent is not None]
    if max(ndims, default=0) > 2 or len(node.shape) > 2:
        return "UnsafeViewBackward0"
    if len(node.shape) == 1:
        return "SqueezeBackward4" if ndims[:1] == [1] else "MvBackward0"
    return "MmBackward0" if node.shape else "DotBackward0"


def affine(node: Any) -> str:
    biased = node.edges is None or node.edges[4] is not None
    if len(node.shape) == 2:
        return "AddmmBackward0" if biased else "MmBackward0"
    return "ViewBackward0" if biased else "SqueezeBackward4" if len(node.shape) == 1 else "UnsafeViewBackward0"


def indexing(node: Any) -> str:
    """The last of the steps that PyTorch takes: for each item one, then one for all tensors together."""
    if captured(node, "advanced") is not None:
        return "IndexBackward0"
    name = "AliasBackward0"
    for item in captured(node, "basic") or ():
        if isinstance(item, int):
            name = "SelectBackward0"
        elif item is None:
            name = "UnsqueezeBackward0"
        elif isinstance(item, slice) and item != slice(None):
            name = "SliceBackward0"
    return name


def assignment(node: Any) -> str:
    return "CopySlices" if captured(node, "advanced") is None else "IndexPutBackward0"


def likelihood(node: Any) -> str:
    parent = (node.edges or (None,))[0]
    return "NllLossBackward0" if parent is None or len(parent.shape) < 3 else "NllLoss2DBackward0"


def whole(node: Any) -> str:
    """One of several results is named after the operation that computed them all."""
    parent = (node.edges or (None,))[0]
    return "LinalgSvdBackward0" if parent is None else parent.name()


NAMES: dict[str, str | Callable[[Any], str]] = {
    "T": "PermuteBackward0",
    "amax": extreme("max"),
    "amin": extreme("min"),
    "batch_norm": "NativeBatchNormBackward0",
    "cholesky": "LinalgCholeskyExBackward0",
    "clamp": bounded,
    "cross": "LinalgCrossBackward0",
    "cross_entropy": likelihood,
    "det": "LinalgDetBackward0",
    "div_floor": "DivBackward2",
    "div_trunc": "DivBackward2",
    "dropout": "MulBackward0",
    "eigen": "LinalgEigBackward0",
    "eigvals": "LinalgEigvalsBackward0",
    "eigvalsh": "LinalgEighBackward0",
    "elimination": "LinalgLuFactorExBackward0",
    "euclidean_distances": "CdistBackward0",
    "fmod": second("Fmod"),
    "getitem": indexing,
    "group_norm": "NativeGroupNormBackward0",
    "inv": "LinalgInvExBackward0",
    "l1_loss": absolute_error,
    "layer_norm": "NativeLayerNormBackward0",
    "least_squares": "LinalgLstsqBackward0",
    "lerp": interpolation,
    "linear": affine,
    "log1p": "Log1PBackward0",
    "logsigmoid": "LogSigmoidBackward0",
    "mT": "TransposeBackward0",
    "matmul": product,
    "matrix_exp": "LinalgMatrixExpBackward0",
    "mean": over("Mean"),
    "median": over("Median"),
    "nll_loss": likelihood,
    "orthogonal_and_triangular": "LinalgQrBackward0",
    "overwrite": "CopyBackwards",
    "part": whole,
    "pinv": "LinalgPinvBackward0",
    "pow": powers,
    "prod": over("Prod"),
    "relu6": "HardtanhBackward0",
    "remainder": second("Remainder"),
    "reshape": "ViewBackward0",
    "selu": "EluBackward0",
    "setitem": assignment,
    "sign_and_logarithm": "LinalgSlogdetBackward0",
    "singular": "LinalgSvdBackward0",
    "singular_values": "LinalgSvdBackward0",
    "softsign": "DivBackward0",
    "solve": "LinalgSolveExBackward0",
    "solve_triangular": "LinalgSolveTriangularBackward0",
    "square": "PowBackward0",
    "sum": over("Sum"),
    "symmetric_eigen": "LinalgEighBackward0",
    "tanhshrink": "SubBackward0",
    "to_dtype": "ToCopyBackward0",
    "vector_norm": "LinalgVectorNormBackward0",
    "xlogy": xlogy,
}

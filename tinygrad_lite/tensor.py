"""Tensor and Parameter: an array and its place on the tape.

The operations, as methods and operators, come from `methods`, the writes in place from `inplace_methods`, the ways
to and from Python and NumPy from `conversion`.
"""

import copy
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from . import dtypes, hooks, inplace, writes
from .arrays import legacy, own_dtype
from .autograd.engine import backward
from .autograd.graph import output_number
from .conversion import Conversion
from .inplace_methods import InPlace
from .memory_methods import Memory
from .methods import Calculus
from .new_methods import Making
from .operation import result, results_are
from .random_methods import Fill
from .representation import represent
from .sizes import CPU, Device, Layout, Size, as_device, channels_last, strided
from .tape import Leaf, Node, Variable


class Tensor(Calculus, InPlace, Fill, Conversion, Making, Memory, Variable):
    """An n-dimensional array that can remember how it was computed (PyTorch's page torch.Tensor).

    array          the ndarray itself
    grad           the derivative that `backward` gathered, or None
    requires_grad  whether operations on it are recorded
    grad_fn        the node of the operation that made it, or None for a leaf

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = ("_grad", "__dict__")  # scripts put attributes of their own on tensors
    __hash__ = object.__hash__  # type: ignore[assignment] # identity, as in PyTorch: == compares element by element

    def __init__(self, *data: Any, device: Any = None):
        """Tensor(sequence) or Tensor(*sizes), of the default dtype, or Tensor(tensor): the legacy constructor."""
        as_device(device)
        own = len(data) == 1 and isinstance(data[0], Variable)
        self.array = legacy(data, None if own else dtypes.get_default_dtype(), "Tensor")
        self.node = None

    # --- its place on the tape ---

    @property
    def requires_grad(self) -> bool:
        """Whether operations on this tensor are recorded; can be set on a leaf."""
        return self.node is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad: bool = True) -> "Tensor":
        """Ask for a derivative of this leaf, or stop asking (PyTorch's page torch.Tensor.requires_grad_)."""
        if not requires_grad:
            if isinstance(self.node, Node):
                raise RuntimeError(
                    "requires_grad_: you can only change requires_grad flags of leaf variables; detach() gives a "
                    "tensor without its history"
                )
            self.node = None
        elif self.node is None:
            if self.array.dtype.kind != "f":
                raise RuntimeError(
                    f"requires_grad_: only Tensors of floating point dtype can require gradients, not {self.dtype}; "
                    "convert it with .float() first"
                )
            self.node = self._own_leaf()
        return self

    def _own_leaf(self) -> Leaf:
        try:
            return self._leaf
        except AttributeError:
            self._leaf = leaf = Leaf(self)
            return leaf

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made this tensor."""
        return not isinstance(self.node, Node)

    @property
    def grad_fn(self) -> Node | None:
        """The node of the operation that made this tensor."""
        return self.node if isinstance(self.node, Node) else None

    @property
    def output_nr(self) -> int:
        """Which output of its `grad_fn` this tensor is: not 0 only for a Function with several outputs."""
        return output_number(self)

    @property
    def grad(self) -> "Tensor | None":
        """The derivative that `backward` gathered here: of a leaf, or of a tensor after `retain_grad()`."""
        if not isinstance(self.node, Node):
            leaf = getattr(self, "_leaf", None)
            return None if leaf is None else leaf.grad
        grad = getattr(self, "_grad", None)
        if grad is None and not hooks.retains(self):
            warnings.warn(
                "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed: backward() does not "
                "fill it. Call .retain_grad() on the tensor first, or read the leaf's .grad.",
                UserWarning,
                stacklevel=2,
            )
        return grad

    @grad.setter
    def grad(self, grad: "Tensor | None") -> None:
        if grad is None and (leaf := getattr(self, "_leaf", None)) is not None:
            leaf.grad = None
            return
        if grad is not None:
            if not isinstance(grad, Tensor):
                raise TypeError(f"grad: assigned grad expected to be a Tensor or None but got {type(grad).__name__}")
            if grad.array.shape != self.array.shape:
                raise RuntimeError(
                    f"grad: assigned grad has data of a different size: {grad.array.shape}, not {self.array.shape}"
                )
            if grad.dtype != self.dtype:
                raise RuntimeError(f"grad: assigned grad has data of a different type: {grad.dtype}, not {self.dtype}")
        if isinstance(self.node, Node):
            self._grad = grad
        else:
            self._own_leaf().grad = grad

    @grad.deleter
    def grad(self) -> None:
        self.grad = None

    def backward(
        self,
        gradient: "Tensor | None" = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Add d self/d leaf to `.grad` of every leaf below (PyTorch's page torch.Tensor.backward).

        A tensor with more than one element needs `gradient`, of its shape: ∂L/∂self.

        >>> import tinygrad_lite as tl
        >>> x = tl.tensor(3.0, requires_grad=True)
        >>> (x * x).backward()
        >>> x.grad
        tensor(6.)
        """
        backward(self, gradient, retain_graph, create_graph, inputs)

    def retain_grad(self) -> None:
        """Keep the derivative of this tensor although it is not a leaf."""
        hooks.retain(self)

    @property
    def retains_grad(self) -> bool:
        """Whether `retain_grad()` was called."""
        return hooks.retains(self)

    def register_hook(self, hook: Callable) -> hooks.RemovableHandle:
        """Call hook(grad) when the derivative of this tensor is known; what it returns replaces the derivative."""
        return hooks.on_derivative(self, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable) -> hooks.RemovableHandle:
        """Call hook(self) after `backward` has added to this leaf's derivative."""
        return hooks.after_accumulation(self, hook)

    def detach(self) -> "Tensor":
        """The same memory without a history (PyTorch's page torch.Tensor.detach)."""
        return result(self.array)

    def detach_(self) -> "Tensor":
        """Forget this tensor's history."""
        if inplace.base_of(self) is not None and self.node is not None:
            raise RuntimeError("detach_: can't detach views in-place. Use detach() instead")
        self.node = None
        return self

    @property
    def data(self) -> "Tensor":
        """A detached tensor on the same memory; assigning to it gives this tensor another array."""
        return result(self.array)

    @data.setter
    def data(self, data: Any) -> None:
        if not isinstance(data, Tensor):
            raise TypeError(f"data: expected a Tensor, got {type(data).__name__}")
        self.array = data.array
        if (leaf := getattr(self, "_leaf", None)) is not None:
            leaf.shape = data.array.shape

    @property
    def _version(self) -> int:
        return writes.version(self.array)

    @property
    def _base(self) -> "Tensor | None":
        return inplace.base_of(self)  # type: ignore[return-value]

    # --- its shape, type and place ---

    @property
    def shape(self) -> Size:
        """The sizes of all dimensions."""
        return Size(self.array.shape)

    def size(self, dim: int | None = None) -> Any:
        """All sizes, or the size of one dimension."""
        if dim is None:
            return Size(self.array.shape)
        try:
            return self.array.shape[dim]
        except IndexError:
            n = max(self.array.ndim, 1)
            raise IndexError(
                f"size: Dimension out of range (expected to be in range of [{-n}, {n - 1}], but got {dim})"
            ) from None

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    def dim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    ndimension = dim

    def is_signed(self) -> bool:
        """Whether the dtype has negative numbers."""
        return self.array.dtype.kind in "fi"

    def numel(self) -> int:
        """The number of elements."""
        return self.array.size

    nelement = numel

    def element_size(self) -> int:
        """The bytes of one element."""
        return self.array.itemsize

    @property
    def itemsize(self) -> int:
        return self.array.itemsize

    @property
    def nbytes(self) -> int:
        return self.array.nbytes

    def stride(self, dim: int | None = None) -> Any:
        """How many elements apart neighbours are along each dimension, or along one."""
        strides = tuple(step // self.array.itemsize for step in self.array.strides)
        return strides if dim is None else strides[dim]

    def is_contiguous(self, memory_format: Any = None) -> bool:
        """Whether the elements lie in memory in row-major order, or with the channels of (N, C, H, W) last."""
        if memory_format is channels_last:
            return self.array.ndim == 4 and self.array.transpose(0, 2, 3, 1).flags.c_contiguous
        return self.array.flags.c_contiguous

    def data_ptr(self) -> int:
        """The address of the first element."""
        return self.array.ctypes.data

    @property
    def dtype(self) -> np.dtype:
        """The type of the elements: one of NumPy's."""
        return self.array.dtype

    @property
    def device(self) -> Device:
        """Where the elements are: on the CPU."""
        return CPU

    def get_device(self) -> int:
        """−1: the CPU has no number."""
        return -1

    @property
    def layout(self) -> Layout:
        """torch.strided: an array with strides."""
        return strided

    is_cpu = True
    is_cuda = is_sparse = is_quantized = is_meta = is_mps = is_xpu = is_nested = False

    def is_pinned(self, device: Any = None) -> bool:
        """False: memory is pinned for a GPU only."""
        return False

    def is_floating_point(self) -> bool:
        """Whether the elements are floats."""
        return self.array.dtype.kind == "f"

    def is_complex(self) -> bool:
        return False

    # --- values ---

    def __setitem__(self, index: Any, value: Any) -> None:
        inplace.assign(self, index, value)

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        suffixes = []
        if isinstance(self.node, Node):
            suffixes.append(f"grad_fn={self.node!r}")
        elif self.node is not None:
            suffixes.append("requires_grad=True")
        kind = "tensor" if type(self) in (Tensor, Parameter) else type(self).__name__
        return represent(self.array, suffixes, f"{kind}(")

    def __format__(self, format_spec: str) -> str:
        """f"{t:.3f}" of a tensor without dimensions formats its number."""
        if self.array.ndim == 0 and type(self) is Tensor:
            return format(self.array.item(), format_spec)
        return object.__format__(self, format_spec)

    def __deepcopy__(self, memo: dict) -> "Tensor":
        if isinstance(self.node, Node):
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the "
                "moment: detach() or clone() this one"
            )
        twin = object.__new__(type(self))
        memo[id(self)] = twin
        array = copy.deepcopy(self.array, memo)  # of an array that two tensors share there will be one copy
        twin.__setstate__((array, self.node is not None, copy.deepcopy(self.grad, memo)))
        if not isinstance(self, Parameter):
            twin.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return twin

    def __reduce__(self) -> tuple:
        grad = None if isinstance(self.node, Node) else self.grad
        return object.__new__, (type(self),), (self.array, self.node is not None, grad)  # a leaf, as in PyTorch

    def __setstate__(self, state: tuple) -> None:
        array, requires_grad, grad = state
        self.array = own_dtype(array)
        self.node = None
        if requires_grad:
            self.node = self._own_leaf()
        if grad is not None:
            self.grad = grad


results_are(Tensor)


class Parameter(Tensor):
    """A tensor that a module owns and an optimizer changes: a leaf that asks for its derivative (nn.Parameter).

    >>> import tinygrad_lite as tl
    >>> tl.nn.Parameter(tl.zeros(2))
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    def __init__(self, data: Any = None, requires_grad: bool = True):
        if data is None:
            self.array = np.zeros(0, dtypes.get_default_dtype())
        elif isinstance(data, Tensor):
            self.array = data.array
        else:
            raise TypeError(f"Parameter: data must be a Tensor, got {type(data).__name__}; make one with tensor(...)")
        self.node = None
        self.requires_grad_(requires_grad)

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return "Parameter containing:\n" + super().__repr__()

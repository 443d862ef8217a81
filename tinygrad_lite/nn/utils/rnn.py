"""Sequences of unlike lengths: padded to one length, or packed without padding (PyTorch's page torch.nn.utils.rnn).

Packed are the rows of the first time step of all sequences, longest first, then those of the second step of all that
have one, and so on: so a recurrent layer reads, at each step, one block of memory.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple, Self

import numpy as np

from ... import creation, dtypes, ops
from ...operation import result
from ...tensor import Tensor


class _Packed(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Packed):
    """Packed sequences, a named tuple; made by `pack_sequence` and `pack_padded_sequence`.

    data              (sum of the lengths, …): the rows of step 0, then those of step 1, …
    batch_sizes       how many sequences each step has
    sorted_indices    None, or the order, longest first, in which the sequences were packed
    unsorted_indices  None, or its inverse

    >>> import tinygrad_lite as tl
    >>> tl.nn.utils.rnn.pack_sequence([tl.tensor([1, 2, 3]), tl.tensor([4])]).data
    tensor([1, 4, 2, 3])
    """

    __slots__ = ()

    def __new__(
        cls,
        data: Any,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> Self:
        if batch_sizes is None:
            if not (isinstance(data, (list, tuple)) and len(data) == 2):
                raise AssertionError("PackedSequence: expected data and batch_sizes, or a pair of them")
            return cls(data[0], data[1], sorted_indices, unsorted_indices)
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """With data.to(…), of another dtype; itself where that changes nothing."""
        data = self.data.to(*args, **kwargs)
        if data is self.data:
            return self
        return type(self)(data, self.batch_sizes, self.sorted_indices, self.unsorted_indices)

    def cpu(self) -> Self:
        """Itself: it is on the CPU already."""
        return self

    def double(self) -> Self:
        """With data of float64."""
        return self.to(dtypes.float64)

    def float(self) -> Self:
        """With data of float32."""
        return self.to(dtypes.float32)

    def half(self) -> Self:
        """With data of float16."""
        return self.to(dtypes.float16)

    def long(self) -> Self:
        """With data of int64."""
        return self.to(dtypes.int64)

    def int(self) -> Self:
        """With data of int32."""
        return self.to(dtypes.int32)

    def short(self) -> Self:
        """With data of int16."""
        return self.to(dtypes.int16)

    def char(self) -> Self:
        """With data of int8."""
        return self.to(dtypes.int8)

    def byte(self) -> Self:
        """With data of uint8."""
        return self.to(dtypes.uint8)

    @property
    def is_cuda(self) -> bool:
        """False: there is only the CPU."""
        return False


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """q with q[p[i]] = i, or None for None.

    >>> import tinygrad_lite as tl
    >>> tl.nn.utils.rnn.invert_permutation(tl.tensor([2, 0, 1]))
    tensor([1, 2, 0])
    """
    return None if permutation is None else result(np.argsort(permutation.array).astype(permutation.dtype))


def pack_padded_sequence(
    input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Padded sequences without their padding (PyTorch's page torch.nn.utils.rnn.pack_padded_sequence).

    input           (T, B, …), or (B, T, …) with batch_first
    lengths         B ints, from 1 to T
    enforce_sorted  the lengths must not grow; otherwise the sequences are sorted

    RuntimeError for lengths that do not fit.

    >>> import tinygrad_lite as tl
    >>> x = tl.tensor([[1, 2, 0], [3, 4, 5]])
    >>> packed = tl.nn.utils.rnn.pack_padded_sequence(x, [2, 3], batch_first=True, enforce_sorted=False)
    >>> packed.data, packed.batch_sizes, packed.sorted_indices
    (tensor([3, 1, 4, 2, 5]), tensor([2, 2, 1]), tensor([1, 0]))
    """
    name = "pack_padded_sequence"
    if input.ndim < 2:
        raise IndexError(f"{name}: input has shape {tuple(input.shape)}; two dimensions, time and batch, are needed")
    given = np.asarray(lengths.array if isinstance(lengths, Tensor) else lengths).astype(np.int64)
    x = input.transpose(0, 1) if batch_first else input
    steps, batch = x.shape[:2]
    if not x.numel():
        raise RuntimeError(f"{name}: Cannot pack empty tensors.")
    if given.shape != (batch,):
        raise RuntimeError(
            f"{name}: Expected `len(lengths)` to be equal to batch_size, but got {given.size} (batch_size={batch})"
        )
    order = None
    if not enforce_sorted:
        order = np.argsort(-given, kind="stable")
        given = given[order]
    elif (given[1:] > given[:-1]).any():
        raise RuntimeError(
            f"{name}: `lengths` array must be sorted in decreasing order when `enforce_sorted` is True. Pass "
            "`enforce_sorted=False` to have the sequences sorted"
        )
    if given[-1] <= 0:
        raise RuntimeError(f"{name}: Length of all samples has to be greater than 0, but one is {given[-1]}")
    if given[0] > steps:
        raise RuntimeError(f"{name}: a length is {given[0]}, but the input, {tuple(input.shape)}, has {steps} steps")
    present = np.arange(given[0])[:, None] < given  # (T, B)
    step, sequence = present.nonzero()
    data = x[result(step), result(sequence if order is None else order[sequence])]
    return PackedSequence(data, result(present.sum(1)), None if order is None else result(order))


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Tensor, Tensor]:
    """(padded, lengths): the inverse of `pack_padded_sequence`, in the order from before the sorting.

    padded has shape (T, B, …), or (B, T, …) with batch_first; T is the largest length, or total_length, which
    ValueError refuses if it is less (PyTorch's page torch.nn.utils.rnn.pad_packed_sequence).

    >>> import tinygrad_lite as tl
    >>> packed = tl.nn.utils.rnn.pack_sequence([tl.tensor([1, 2, 3]), tl.tensor([4])])
    >>> tl.nn.utils.rnn.pad_packed_sequence(packed, batch_first=True, padding_value=-1)
    (tensor([[ 1,  2,  3],
            [ 4, -1, -1]]), tensor([3, 1]))
    """
    data, sizes = sequence.data, sequence.batch_sizes.array
    steps = len(sizes)
    if total_length is not None and total_length < steps:
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, but got "
            f"total_length={total_length} and max sequence length being {steps}"
        )
    total, batch = steps if total_length is None else total_length, int(sizes[0])
    present = np.arange(batch) < np.concatenate([sizes, np.zeros(total - steps, sizes.dtype)])[:, None]  # (T, B)
    step, place = present.nonzero()
    lengths = present.sum(0)
    if sequence.unsorted_indices is not None:
        order = sequence.unsorted_indices.array
        lengths, place = lengths[order], np.argsort(order)[place]
    shape = (batch, total) if batch_first else (total, batch)
    where = (place, step) if batch_first else (step, place)
    empty = creation.full((*shape, *data.shape[1:]), padding_value, dtype=data.dtype)
    return ops.index_put(empty, tuple(result(i) for i in where), data), result(lengths)


def pad_sequence(
    sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Sequences (Lᵢ, …) padded to the length T of the longest: (T, B, …), or (B, T, …) with batch_first
    (PyTorch's page torch.nn.utils.rnn.pad_sequence).

    >>> import tinygrad_lite as tl
    >>> tl.nn.utils.rnn.pad_sequence([tl.tensor([1, 2, 3]), tl.tensor([4])], batch_first=True, padding_side="left")
    tensor([[1, 2, 3],
            [0, 0, 4]])
    """
    if not isinstance(sequences, Iterable):
        raise RuntimeError(f"pad_sequence: Expected iterable for input sequences, but got {type(sequences).__name__}")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"pad_sequence: Expected padding_side to be one of left or right, but got {padding_side}.")
    parts = tuple(sequences)
    if not parts:
        raise RuntimeError("pad_sequence: received an empty list of sequences")
    first, total = parts[0], max(len(part) for part in parts)
    rows = []
    for part in parts:
        if part.shape[1:] != first.shape[1:]:
            raise RuntimeError(
                f"pad_sequence: the sequences' shapes, {tuple(first.shape)} and {tuple(part.shape)}, differ in more "
                "than the first dimension"
            )
        part = part if part.dtype == first.dtype else part.to(first.dtype)
        if len(part) < total:
            fill = creation.full((total - len(part), *first.shape[1:]), padding_value, dtype=first.dtype)
            part = ops.cat([fill, part] if padding_side == "left" else [part, fill])
        rows.append(part)
    return ops.stack(rows, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Any, batch_first: bool = False) -> list[Tensor]:
    """Padded sequences, each without its padding: the inverse of `pad_sequence`.

    >>> import tinygrad_lite as tl
    >>> tl.nn.utils.rnn.unpad_sequence(tl.tensor([[1, 2], [4, 0]]), tl.tensor([2, 1]), batch_first=True)
    [tensor([1, 2]), tensor([4])]
    """
    rows = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [row[: int(length)] for row, length in zip(rows.unbind(), lengths, strict=True)]


def pack_sequence(sequences: Any, enforce_sorted: bool = True) -> PackedSequence:
    """Sequences (Lᵢ, …), packed; without enforce_sorted in any order (PyTorch's page
    torch.nn.utils.rnn.pack_sequence).

    >>> import tinygrad_lite as tl
    >>> tl.nn.utils.rnn.pack_sequence([tl.tensor([4]), tl.tensor([1, 2, 3])], enforce_sorted=False).batch_sizes
    tensor([2, 1, 1])
    """
    lengths = [len(sequence) for sequence in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences of which `pack_sequence` was made.

    >>> import tinygrad_lite as tl
    >>> packed = tl.nn.utils.rnn.pack_sequence([tl.tensor([1, 2]), tl.tensor([3])])
    >>> tl.nn.utils.rnn.unpack_sequence(packed)
    [tensor([1, 2]), tensor([3])]
    """
    return unpad_sequence(*pad_packed_sequence(packed_sequences, batch_first=True), batch_first=True)

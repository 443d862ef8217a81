"""The tape: what an operation leaves behind, and how derivatives travel back along it.

Recording. An operation on tensors leaves a `Node` that names the operation and holds one *edge* for each input that
needs a derivative: a backpointer to the input's node, and a pullback that turns the derivative of the output, g,
into the derivative of that input. A leaf, a tensor that a user made, has a `Leaf` instead: the place where its
derivative gathers. Tensor → Node → Node → … → Leaf: no arrow points from a node to a tensor, so there is no cycle,
and reference counting alone frees a tape that nobody needs.

Order. A node is born after its inputs. So "always take the youngest node that has a derivative waiting" visits every
node after all of its consumers: a priority queue of births is the topological order.

Memory. What a pullback uses later is what its closure captured, and nothing else is kept. `backward` drops the edges
of each node as soon as it has used them, unless `retain_graph` is set.

Writes. A write in place notes the time. A captured array that was written after its node was born is stale, and
`backward` refuses it, naming the operation that captured and the operation that wrote.
"""

import weakref
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from heapq import heappop, heappush
from typing import Any

import numpy as np

from . import writes
from .errors import FreedTapeError, StaleValueError
from .node_names import node_name
from .pieces import Pieces
from .writes import tick as tick

NOTHING = (None, None)  # the edge of an input without a derivative

# True, False, or a recorder that wants to see every node (see `debug`). A context variable is right under threads
# and asyncio alike.
recording: ContextVar[Any] = ContextVar("recording", default=True)


class Variable:
    """What the tape knows of a tensor: its array, and the node or leaf through which derivatives reach it."""

    __slots__ = ("array", "node", "_leaf", "_view", "__weakref__")

    array: np.ndarray
    node: "Node | Leaf | None"


class Node:
    """One recorded operation.

    op     the operation: `op.__name__`, and its mathematics in `op.__doc__`
    edges  (parent, pullback, parent, pullback, …), a pair for each input; (None, None) for an input without derivative
    birth  a number that grows: a node is always younger than its parents
    shape  of the value, so that a derivative that was broadcast can be summed back
    hooks  None, or functions that see, and may replace, the derivative of the value
    saved  only of a fused operation: (its arguments as arrays, their nodes, its keywords), from which derivatives of
           derivatives start
    note   only under debug recording: what the recorder noted
    """

    __slots__ = ("op", "edges", "birth", "shape", "hooks", "saved", "note", "__weakref__")

    op: Callable
    edges: tuple | None
    birth: int
    shape: tuple[int, ...]
    hooks: list[Callable] | None
    saved: Any
    note: Any

    @property
    def parents(self) -> tuple:
        """The nodes and leaves of the inputs that need a derivative."""
        return tuple(parent for parent in (self.edges or ())[::2] if parent is not None)

    @property
    def next_functions(self) -> tuple:
        """The parents as PyTorch lists them: (node, output number)."""
        return tuple((parent, 0) for parent in (self.edges or ())[::2])

    def name(self) -> str:
        """PyTorch's name for it: MulBackward0."""
        return node_name(self)

    def __repr__(self) -> str:
        return f"<{self.name()}>"


class Leaf:
    """Where the derivative of a leaf gathers. It knows its tensor only weakly: the tensor owns the leaf."""

    __slots__ = ("shape", "grad", "hooks", "after", "tensor", "__weakref__")

    birth = 0  # older than every operation
    edges = ()

    def __init__(self, tensor: Variable):
        self.shape = tensor.array.shape
        self.grad: Variable | None = None
        self.hooks: list[Callable] | None = None
        self.after: list[Callable] | None = None
        self.tensor = weakref.ref(tensor)

    next_functions = ()

    @property
    def variable(self) -> Variable | None:
        """The leaf tensor itself, as PyTorch's AccumulateGrad.variable."""
        return self.tensor()

    def name(self) -> str:
        return "AccumulateGrad"

    def __repr__(self) -> str:
        return "<AccumulateGrad>"


def captured(pullback: Callable) -> Iterable[np.ndarray]:
    """The arrays that a pullback's closure holds: all that the tape keeps of the forward pass."""
    for cell in getattr(pullback, "__closure__", None) or ():
        content = cell.cell_contents
        for item in content if isinstance(content, (tuple, list)) else (content,):
            if isinstance(item, np.ndarray):
                yield item


def refuse_stale(node: Node) -> None:
    """Raise if an array that the node's pullbacks captured was written in place after the node was born."""
    for pullback in (node.edges or ())[1::2]:
        for array in captured(pullback):
            writer = writes.writer_since(array, node.birth)
            if writer is not None:
                raise StaleValueError(node, writer, array.shape)


def leading_to(root: Any, wanted: set) -> set:
    """The nodes and leaves between the root and the wanted ones, both included."""
    seen, stack = {root}, [root]
    oldest = min((node.birth for node in wanted), default=0)
    while stack:
        node = stack.pop()
        if node.edges is None:
            raise FreedTapeError(node)
        for parent in node.edges[::2]:
            if parent is not None and parent not in seen and parent.birth >= oldest:
                seen.add(parent)
                stack.append(parent)
    useful = set(wanted) & seen
    for node in sorted(seen, key=lambda node: node.birth):  # oldest first: parents before their consumers
        if not useful.isdisjoint(node.edges[::2]):
            useful.add(node)
    return useful


def steering(root: Node, wanted: set | None, lift: Callable | None, found: dict) -> Callable:
    """What `backward` asks at each node, when it must not simply follow every edge: the edges to follow.

    Derivatives of wanted nodes are noted in `found`; edges that lead to nothing wanted are blanked out.
    """
    useful = None if wanted is None else leading_to(root, wanted)

    def steer(node: Node, g: Any, edges: tuple) -> tuple:
        if wanted is not None and useful is not None:
            if node in wanted:
                found[node] = g
            if useful.isdisjoint(edges[::2]):
                return ()
            pairs = zip(edges[::2], edges[1::2], strict=True)
            edges = tuple(part for pair in pairs for part in (pair if pair[0] in useful else NOTHING))
        return edges if lift is None else lift(node, edges)

    return steer


def backward(
    node: Node,
    g: Any,
    fit: Callable,
    *,
    retain_graph: bool = False,
    lift: Callable | None = None,
    wanted: set | None = None,
) -> dict:
    """Send derivatives from a node downwards: ∂L/∂x = Σ pullback(∂L/∂y) over the consumers y of x.

    node, g       where to start, and the derivative there, ∂L/∂(the node's value)
    fit           sums a derivative that was broadcast back to a given shape
    retain_graph  keep the edges for another backward
    lift          for derivatives of derivatives: gives the edges of a node with pullbacks that record themselves
    wanted        the nodes and leaves whose derivative is asked for; None asks for every leaf

    Returns the derivative of each one asked for that was reached; that of a leaf may still be in `Pieces`.
    """
    pending: dict = {}  # derivatives on their way down
    queue: list[tuple[int, Node]] = []  # their nodes, the youngest first
    arrived: dict = {}  # derivatives of leaves, and of wanted nodes
    steer = None if wanted is None and lift is None else steering(node, wanted, lift, arrived)
    while True:
        if node.hooks is not None:
            for hook in node.hooks:
                g = hook(g)
        edges = node.edges
        if edges is None:
            raise FreedTapeError(node)
        if steer is not None:
            edges = steer(node, g, edges)
        if node.birth < writes.latest and edges:
            refuse_stale(node)
        if not retain_graph and edges:
            node.edges = None
        following = iter(edges)
        for parent in following:
            pullback = next(following)
            if parent is None:
                continue
            d = pullback(g)
            if d.shape != parent.shape:
                d = fit(d, parent.shape)
            if parent.birth:
                if parent in pending:
                    pending[parent] = pending[parent] + d
                else:
                    pending[parent] = d
                    heappush(queue, (-parent.birth, parent))
            elif parent in arrived:
                arrived[parent] = arrived[parent] + d
            else:  # a leaf's derivative is its own: g itself, or a view of something, is copied
                arrived[parent] = d.copy() if lift is None and (d is g or d.base is not None) else d
        if not queue:
            return arrived
        node = heappop(queue)[1]
        g = pending.pop(node)
        if g.__class__ is Pieces:
            g = g.whole()

"""Work that several pullbacks of one operation share."""

from collections.abc import Callable


def once(f: Callable) -> Callable:
    """f(g, saved), computed once for all pullbacks of an operation, which are called with the same g one after another.

    `saved` is a tuple of what f uses of the forward pass. The pullbacks pass it: so each of them has captured it, and
    the tape notices when one of its arrays was written.
    """
    known: list = [None, None]

    def shared(g, saved):
        if known[0] is not g:
            known[:] = g, f(g, saved)
        return known[1]

    return shared

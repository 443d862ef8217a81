"""The table of nn: every module and every function with arguments and inputs, on which it is compared with PyTorch."""

from . import activations, dense, grids, losses, sequences, statistics
from .case import Case

PARTS = (dense, activations, grids, statistics, sequences, losses)

MODULES: list[Case] = [case for part in PARTS for case in part.MODULES]
FUNCTIONS: list[Case] = [case for part in PARTS for case in part.FUNCTIONS]


def label(case: Case) -> str:
    """The name of a case in test reports."""
    return f"{case.text} {case.call}".strip()

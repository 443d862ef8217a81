"""Interleaved timing: the contenders take turns, so that a slow moment of the machine hits all of them.

Single times on a shared machine mean little; the medians of many turns, and their ratios, repeat.
"""

import gc
import os
import statistics
import time
from collections.abc import Callable, Mapping


def one_core() -> None:
    """Pin this process to one core, and say so when the numerical libraries may still use more threads."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if os.environ.get("OMP_NUM_THREADS") != "1":
        print("note: set OMP_NUM_THREADS=1 before Python starts; the numerical libraries read it only then")


def calibrated(function: Callable[[], object], seconds: float) -> int:
    """How many calls take about `seconds`."""
    calls = 1
    while True:
        start = time.perf_counter()
        for _ in range(calls):
            function()
        passed = time.perf_counter() - start
        if passed >= seconds / 4:
            return max(1, round(calls * seconds / max(passed, 1e-9)))
        calls *= 4


def compare(
    contenders: Mapping[str, Callable[[], object]], *, turns: int = 21, seconds: float = 0.01
) -> dict[str, float]:
    """The median time of one call of each contender, in seconds. Each turn warms each contender up, then times it."""
    calls = {name: calibrated(function, seconds) for name, function in contenders.items()}
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(turns):
        for name, function in contenders.items():
            function()
            gc.collect(0)
            start = time.perf_counter()
            for _ in range(calls[name]):
                function()
            samples[name].append((time.perf_counter() - start) / calls[name])
    return {name: statistics.median(times) for name, times in samples.items()}


def microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:.2f}" if seconds < 1e-5 else f"{seconds * 1e6:.1f}"

"""Interleaved timing: the contenders take turns, so that a slow moment of the machine hits all of them.

What is measured is processor time. On one core that is the elapsed time, less what other programs took of the core:
single times on a shared machine mean little; the medians of many turns, and their ratios, repeat.
"""

import gc
import os
import statistics
import time
from collections.abc import Callable, Mapping


def one_core() -> None:
    """Pin this process to one core. Threads that libraries start later are pinned with it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def calibrated(function: Callable[[], object], seconds: float) -> tuple[int, float]:
    """How many calls take about `seconds`, and how long so many take."""
    calls = 1
    while True:
        start = time.process_time()
        for _ in range(calls):
            function()
        passed = time.process_time() - start
        if passed >= seconds / 4:
            wanted = max(1, round(calls * seconds / max(passed, 1e-9)))
            return wanted, passed * wanted / calls
        calls *= 4


def compare(contenders: Mapping[str, Callable[[], object]], *, seconds: float, budget: float) -> dict[str, float]:
    """The median time of one call of each contender, in seconds. Each turn warms each contender up, then times it.

    seconds  how long one sample lasts, at least one call
    budget   about how long all samples of all contenders may last; there are 3 turns at least, and 25 at most
    """
    plans = {name: calibrated(function, seconds) for name, function in contenders.items()}
    expected = sum(sample + sample / calls for calls, sample in plans.values())  # with warming up
    turns = min(25, max(3, round(budget / max(expected, 1e-9))))
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(turns):
        for name, function in contenders.items():
            calls, sample = plans[name]
            if sample > 0.5 * calls:  # what runs for half a second warms itself up, and was timed once already
                if not turn:
                    samples[name].append(sample)
                    continue
            else:
                function()
            gc.collect(0)
            start = time.process_time()
            for _ in range(calls):
                function()
            samples[name].append((time.process_time() - start) / calls)
    return {name: statistics.median(times) for name, times in samples.items()}

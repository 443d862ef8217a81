"""A line search: how far to go along a direction so that a quasi-Newton method makes progress."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Point(NamedTuple):
    """A point on the line: how far along it is, the loss there, its gradient, and the slope gᵀd along the line."""

    step: float
    loss: float
    gradient: np.ndarray
    slope: float


def cubic_minimum(a: Point, b: Point, low: float, high: float) -> float:
    """Where the cubic through two points, with their slopes, is least between low and high.

    d₁ = a' + b' − 3 (a − b)/(t_a − t_b),  d₂ = √(d₁² − a'b'),  t = t_b − (t_b − t_a) (b' + d₂ − d₁)/(b' − a' + 2d₂),
    with t_a ≤ t_b; the middle if the cubic has no minimum (Nocedal and Wright, "Numerical Optimization", 3.59).
    """
    if a.step > b.step:
        a, b = b, a
    slopes = np.float64(a.slope), np.float64(b.slope)
    d1 = slopes[0] + slopes[1] - 3 * (a.loss - b.loss) / (a.step - b.step)
    square = d1 * d1 - slopes[0] * slopes[1]
    if not square >= 0:
        return (low + high) / 2
    d2 = np.sqrt(square)
    with np.errstate(divide="ignore", invalid="ignore"):  # a straight line has its minimum at infinity
        t = b.step - (b.step - a.step) * ((slopes[1] + d2 - d1) / (slopes[1] - slopes[0] + 2 * d2))
    return float(min(max(t, low), high))


def strong_wolfe(
    evaluate: Callable[[float], Point],
    start: Point,
    step: float,
    length: float,
    max_evaluations: int,
    c1: float = 1e-4,
    c2: float = 0.9,
    tolerance_change: float = 1e-9,
) -> tuple[Point, int]:
    """A point t with f(t) ≤ f(0) + c₁ t f'(0) and |f'(t)| ≤ c₂ |f'(0)|, and how many evaluations that took.

    First steps grow until they enclose such a point, then the bracket shrinks (Nocedal and Wright, "Numerical
    Optimization", algorithms 3.5 and 3.6; the choices in it are PyTorch's and minFunc's).

    evaluate  the point at a step
    start     the point at 0; its slope must be negative
    step      the first to try
    length    the largest element of the direction: a bracket shorter than tolerance_change/length is left as it is
    """

    def too_high(point: Point) -> bool:
        return point.loss > start.loss + c1 * point.step * start.slope

    def flat_enough(point: Point) -> bool:
        return abs(point.slope) <= -c2 * start.slope

    previous, point = start, evaluate(step)
    evaluations, searched = 1, 0
    done = False
    while searched < max_evaluations:
        if too_high(point) or (searched > 1 and point.loss >= previous.loss):
            bracket = [previous, point]
            break
        if flat_enough(point):
            return point, evaluations
        if point.slope >= 0:
            bracket = [previous, point]
            break
        farther = cubic_minimum(previous, point, point.step + 0.01 * (point.step - previous.step), point.step * 10)
        previous, point = point, evaluate(farther)
        evaluations += 1
        searched += 1
    else:
        bracket = [start, point]

    stuck = False
    low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
    while not done and searched < max_evaluations:
        ends = sorted(point.step for point in bracket)
        if (ends[1] - ends[0]) * length < tolerance_change:
            break
        step = cubic_minimum(bracket[0], bracket[1], *ends)
        margin = 0.1 * (ends[1] - ends[0])
        if min(ends[1] - step, step - ends[0]) < margin:  # near an end: tolerated once, unless it is the end itself
            if stuck or step >= ends[1] or step <= ends[0]:
                step = ends[1] - margin if abs(step - ends[1]) < abs(step - ends[0]) else ends[0] + margin
                stuck = False
            else:
                stuck = True
        else:
            stuck = False
        point = evaluate(step)
        evaluations += 1
        searched += 1
        if too_high(point) or point.loss >= bracket[low].loss:
            bracket[high] = point
            low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
        else:
            done = flat_enough(point)
            if not done and point.slope * (bracket[high].step - bracket[low].step) >= 0:
                bracket[high] = bracket[low]
            bracket[low] = point
    return bracket[low], evaluations

"""What an operation costs here and in PyTorch: one operation on 8×8, and one training step of the reports' network.

    OMP_NUM_THREADS=1 taskset -c 0 python -m benchmarks.overhead [--quick]

Before anything is timed, both must compute the same values and derivatives. Without PyTorch only our own times are
shown.
"""

import argparse
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

import tinygrad_lite as tl

from .timing import compare, microseconds, one_core

try:
    import torch
except ImportError:
    torch = None  # type: ignore[assignment]

BINARY = {"add": lambda lib, a, b: a + b, "mul": lambda lib, a, b: a * b, "matmul": lambda lib, a, b: a @ b}
UNARY = {"relu": lambda lib, a: lib.relu(a), "exp": lambda lib, a: lib.exp(a), "sum": lambda lib, a: a.sum()}


def operation(lib: Any, call: Callable, arrays: list[np.ndarray]) -> tuple[Callable, Callable, Callable]:
    """Closures that run one operation forward, forward and backward, and that show what it computed."""
    inputs = [lib.tensor(a, requires_grad=True) for a in arrays]
    seed = lib.ones_like(call(lib, *inputs).detach())

    def forward():
        return call(lib, *inputs)

    def both():
        for x in inputs:
            x.grad = None
        call(lib, *inputs).backward(seed)

    def shown():
        both()
        return [call(lib, *inputs).detach().numpy(), *(x.grad.numpy() for x in inputs)]

    return forward, both, shown


def network_step(lib: Any, optimizer: str, batch: int) -> tuple[Callable, Callable]:
    """One training step of 2-25-25-25-2, and a closure that shows its parameters."""
    random = np.random.default_rng(0)
    sizes = [2, 25, 25, 25, 2]
    nn = lib.nn
    layers: list = []
    for d_in, d_out in pairwise(sizes):
        layers += [nn.Linear(d_in, d_out), nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    with lib.no_grad():
        for p in model.parameters():
            p.copy_(lib.tensor(random.standard_normal(tuple(p.shape)).astype(np.float32) * 0.3))
    x = lib.tensor(random.random((batch, 2), dtype=np.float32))
    labels = random.integers(0, 2, batch)
    if optimizer == "sgd":
        loss_of, step = nn.MSELoss(), lib.optim.SGD(model.parameters(), lr=0.05)
        target = lib.tensor(np.eye(2, dtype=np.float32)[labels])
    else:
        loss_of, step = nn.CrossEntropyLoss(), lib.optim.Adam(model.parameters(), lr=0.005)
        target = lib.tensor(labels)

    def train():
        step.zero_grad()
        loss_of(model(x), target).backward()
        step.step()

    return train, lambda: [p.detach().numpy() for p in model.parameters()]


def check(ours: list[np.ndarray], theirs: list[np.ndarray], what: str) -> None:
    for a, b in zip(ours, theirs, strict=True):
        if not np.allclose(a, b, rtol=1e-4, atol=1e-5):
            raise SystemExit(f"{what}: the two libraries disagree by {np.abs(a - b).max():.3g}; nothing was timed")


TABLE: list[str] = []


def row(name: str, times: dict[str, float], bar: str = "") -> None:
    ours = microseconds(times["ours"])
    if "PyTorch" in times:
        ratio = times["ours"] / times["PyTorch"]
        print(f"{name:34}{ours:>10}{microseconds(times['PyTorch']):>12}{ratio:>9.2f}  {bar}")
        TABLE.append(f"| {name} | {ours} | {microseconds(times['PyTorch'])} | {ratio:.2f} |")
    else:
        print(f"{name:34}{ours:>10}{'–':>12}{'–':>9}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="check that the results agree; time next to nothing")
    parser.add_argument("--readme", action="store_true", help="write the table into the README (needs PyTorch)")
    options = parser.parse_args()
    quick = options.quick
    one_core()
    if torch is not None:
        torch.set_num_threads(1)
    timing = {"turns": 1, "seconds": 0.0005} if quick else {"turns": 41, "seconds": 0.01}
    libs = {"ours": tl} | ({"PyTorch": torch} if torch is not None else {})
    print(f"{'one core, float32, medians':34}{'ours µs':>10}{'PyTorch µs':>12}{'ratio':>9}  asked")

    random = np.random.default_rng(0)
    a, b = (random.random((8, 8), dtype=np.float32) for _ in range(2))
    ratios: dict[str, list[float]] = {"forward": [], "with backward": []}
    for name, call in (BINARY | UNARY).items():
        arrays = [a, b] if name in BINARY else [a]
        built = {lib: operation(module, call, arrays) for lib, module in libs.items()}
        if torch is not None:
            check(built["ours"][2](), built["PyTorch"][2](), name)
        for k, (what, bar) in enumerate({"forward": "≤ 0.50", "with backward": "≤ 0.15"}.items()):
            times = compare({lib: parts[k] for lib, parts in built.items()}, **timing)
            row(f"{name} 8×8, {what}", times, bar)
            if torch is not None:
                ratios[what].append(times["ours"] / times["PyTorch"])
    for what, found in ratios.items():
        if found:
            print(f"{'median over the operations, ' + what:56}{np.median(found):>9.2f}")

    for optimizer in ("sgd", "adam"):
        for batch in (1, 50, 1000):
            steps = {lib: network_step(module, optimizer, batch) for lib, module in libs.items()}
            if torch is not None:
                for train, _ in steps.values():
                    train()
                    train()
                check(steps["ours"][1](), steps["PyTorch"][1](), f"network, {optimizer}")
            loss = "MSE, SGD" if optimizer == "sgd" else "cross-entropy, Adam"
            times = compare({lib: train for lib, (train, _) in steps.items()}, **timing)
            row(f"step 2-25-25-25-2 {loss}, batch {batch}", times, "≤ 0.20" if batch == 50 else "")
    if options.readme and TABLE:
        write_readme(Path(__file__).parent.parent / "README.md")


def write_readme(readme: Path) -> None:
    """Put the table between the marks in the README."""
    text = readme.read_text(encoding="utf-8")
    head, rest = text.split("<!-- speed -->")
    tail = rest.split("<!-- /speed -->")[1]
    lines = ["| | here, µs | PyTorch eager, µs | ratio |", "|---|---|---|---|", *TABLE]
    readme.write_text(f"{head}<!-- speed -->\n" + "\n".join(lines) + f"\n<!-- /speed -->{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()

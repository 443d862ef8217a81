"""Import arrows point downwards, nobody imports PyTorch, and the package is quick to import."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "tinygrad_lite"

# From the ground up. A module may import those on lower floors, and those of its own part on its own floor.
FLOORS = [
    {"absent", "quiet", "errors", "mistakes", "dtypes", "sizes", "accelerator", "backends", "jit", "node_names"},
    {"writes", "pieces"},
    {"tape"},
    {"arguments", "amp"},
    {"operation", "arrays", "cuda"},
    {"kernels"},
    {"ops"},
    {"hooks", "numpy_functions", "functions"},
    {"autograd", "numpy_table", "representation"},
    {"inplace", "methods"},
    {"inplace_functions"},
    {"inplace_methods", "random_methods", "conversion", "new_methods", "memory_methods"},
    {"tensor"},
    {"creation", "linalg", "serialize", "questions", "functions_inplace"},
    {"random", "ranges", "windows"},
    {"nn", "utils", "datasets", "special", "distributions"},
    {"optim", "func"},
    {"viz", "training", "profiler", "testing"},
    {"__init__"},
    {"cli"},  # the first program on the library: it imports it as its users do
    {"__main__"},
]
FLOOR = {name: level for level, names in enumerate(FLOORS) for name in names}


def modules():
    return sorted(ROOT.rglob("*.py"))


def part_of(path):
    relative = path.relative_to(ROOT)
    return relative.parts[0].removesuffix(".py")


def imports(path):
    """The modules of the package that a file imports, as tuples of names below the package; also late imports."""
    package = list(path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - (node.level - 1)]
            target = base + (node.module.split(".") if node.module else [])
            for name in node.names if not node.module else ():
                yield (*target, name.name)
            if node.module:
                yield tuple(target)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tinygrad_lite":
            yield tuple((node.module or "").split(".")[1:]) or ("__init__",)
        elif isinstance(node, ast.Import):
            for name in node.names:
                if name.name.split(".")[0] == "tinygrad_lite":
                    yield tuple(name.name.split(".")[1:]) or ("__init__",)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_arrows_point_downwards(path):
    part = part_of(path)
    assert part in FLOOR, f"{part} has no floor in the house: add it to FLOORS"
    for target in imports(path):
        other = target[0]
        assert other in FLOOR, f"{path}: imports {'.'.join(target)}, which has no floor"
        assert FLOOR[other] < FLOOR[part] or other == part, f"{part} imports {other}, which stands above or beside it"


def test_no_circles():
    """No circle among the files, also within one part of the house."""
    files = {path.relative_to(ROOT).with_suffix("").parts: path for path in modules()}
    edges = {}
    for key, path in files.items():
        targets = set()
        for target in imports(path):
            for candidate in (target, target[:-1], (*target, "__init__")):
                if candidate in files and candidate != key and candidate[-1:] != ("__init__",):
                    targets.add(candidate)
                    break
        edges[key] = targets
    done, path = set(), []

    def visit(key):
        assert key not in path, f"a circle of imports: {' → '.join('.'.join(k) for k in [*path, key])}"
        if key in done:
            return
        path.append(key)
        for target in edges[key]:
            visit(target)
        path.pop()
        done.add(key)

    for key in edges:
        visit(key)


def test_pytorch_is_never_imported():
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert not any(name.split(".")[0] == "torch" for name in names), path


def test_nothing_heavy_is_imported():
    """Extras, and even graphviz, are imported when they are first used."""
    heavy = "{'matplotlib', 'graphviz', 'pygraphviz', 'tqdm', 'safetensors', 'joblib', 'scipy', 'torch', 'asyncio'}"
    code = f"import sys, tinygrad_lite; print(sorted({heavy} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip() == "[]"


def test_no_file_is_too_long():
    for folder in ("tinygrad_lite", "tests", "benchmarks"):
        for path in sorted((ROOT.parent / folder).rglob("*.py")):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            assert lines <= 400, f"{path.relative_to(ROOT.parent)} has {lines} lines: split it"

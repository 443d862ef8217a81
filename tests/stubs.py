"""The argument names of PyTorch's functions and methods, read from the stubs that it is installed with."""

import ast
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Argument:
    """One argument of one overload: how it is passed ("position", "keyword" or "star"), and whether it must be."""

    name: str
    type: str
    kind: str
    required: bool


def read(path: Path, cls: str | None = None) -> dict[str, list[list[Argument]]]:
    """The overloads of every public function of a stub file, or of every method of a class in it, without self."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    if cls is not None:
        body = next(node.body for node in body if isinstance(node, ast.ClassDef) and node.name == cls)
    found = defaultdict(list)
    for node in body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            found[node.name].append(arguments(node.args)[cls is not None :])
    return dict(found)


def arguments(args: ast.arguments) -> list[Argument]:
    first = args.posonlyargs + args.args
    bare = len(first) - len(args.defaults)
    listed = [Argument(a.arg, of(a), "position", i < bare) for i, a in enumerate(first)]
    if args.vararg:
        listed.append(Argument(args.vararg.arg, of(args.vararg), "star", True))
    pairs = zip(args.kwonlyargs, args.kw_defaults, strict=True)
    return listed + [Argument(a.arg, of(a), "keyword", default is None) for a, default in pairs]


def of(arg: ast.arg) -> str:
    return ast.unparse(arg.annotation) if arg.annotation else ""

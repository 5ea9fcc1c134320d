"""Who may import what: the layers of the package, held by reading its syntax."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from support import ROOT

PACKAGE = ROOT / "assistant"
# Each vendor has one door.
DOORS = {
    "chromadb": {"store"},
    "llama_index": {"split", "read", "convert", "model", "llamaindex"},
    "sentence_transformers": {"embed"},
    "transformers": {"embed"},
    "torch": set[str](),
    "onnxruntime": {"onnx"},
    "tokenizers": {"onnx"},
    "gradio": {"web"},
    "fastapi": {"web", "server", "api", "openai_api"},
    "uvicorn": {"web", "server", "mcp"},
    "openai": {"model"},
    "mcp": {"mcp"},
    "bm25s": {"lexical"},
    "Stemmer": {"text"},
    "pypdf": {"convert"},
    "pdfplumber": {"convert"},
    "pypdfium2": {"convert"},
    "selectolax": {"convert"},
    "charset_normalizer": {"convert"},
    "argon2": {"beheer"},
}
# The first stages know the values and one another's results, but none of the stages that come after them.
FIRST = {"text", "settings", "read", "entries", "roles", "vocabulary", "embed", "onnx", "store", "lexical", "split",
         "bank", "findable"}  # fmt: skip
LATER = {"build", "state", "shelf", "vectors", "snapshot", "retrieve", "answer", "extract", "groups", "confidence",
         "question", "assistant", "batch", "present", "cli", "arguments", "progress", "check", "web"}  # fmt: skip

# The command line: its arguments, and the commands that have a module of their own.
COMMAND_LINE = {"cli", "arguments", "output", "account_command", "add_command", "index_commands", "questions_command",
                "report_commands", "version_commands"}  # fmt: skip


def module_of(path: Path) -> str:
    """'store' for assistant/store.py, 'web' for everything in assistant/web."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path, *, at_start: bool = False) -> set[str]:
    """Full names of the modules a file imports; `at_start` leaves out what is imported in functions or for types."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if at_start:
        nodes: list[ast.AST] = list(tree.body)
    else:
        nodes = list(ast.walk(tree))
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports by dots"
            names.add(str(node.module))
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


FILES = sorted(PACKAGE.rglob("*.py"))
OWN = {module_of(path) for path in FILES}


@pytest.mark.parametrize("vendor", DOORS)
def test_a_vendor_is_only_met_behind_its_door(vendor: str) -> None:
    met = {module_of(p) for p in FILES if any(n == vendor or n.startswith(vendor + ".") for n in imported(p))}
    assert met <= DOORS[vendor]


def test_types_and_errors_stand_on_the_standard_library() -> None:
    for name in ("types", "errors"):
        tops = {module.split(".")[0] for module in imported(PACKAGE / f"{name}.py")}
        assert tops <= sys.stdlib_module_names


def test_early_stages_do_not_know_later_ones() -> None:
    assert FIRST | {"types", "errors"} <= OWN
    for path in FILES:
        if module_of(path) in FIRST:
            known = {name.split(".")[1] for name in imported(path) if name.startswith("assistant.")}
            assert not known & LATER, f"{path.name} imports {known & LATER}"


def test_only_the_command_line_knows_the_evals_and_only_in_one_function() -> None:
    for path in FILES:
        assert module_of(path) in COMMAND_LINE or not any(n.split(".")[0] == "evals" for n in imported(path)), path.name
    for module in COMMAND_LINE:
        assert not any(name.startswith("evals") for name in imported(PACKAGE / f"{module}.py", at_start=True))


def test_nothing_but_the_command_line_knows_the_command_line() -> None:
    for path in FILES:
        known = {name.split(".")[1] for name in imported(path) if name.startswith("assistant.")}
        assert not known & COMMAND_LINE or module_of(path) in COMMAND_LINE, path.name


def test_only_the_command_line_prints() -> None:
    for path in FILES:
        calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        prints = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
        assert not prints or module_of(path) in COMMAND_LINE, path.name


def test_there_are_no_cycles_not_even_for_types_or_in_functions() -> None:
    paths = {
        ".".join(("assistant", *p.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): p
        for p in FILES
    }
    graph: dict[str, set[str]] = {}
    for name, path in paths.items():
        found = imported(path) & paths.keys()
        # 'from assistant.web import page' is about the page, not about the package that it lies in.
        graph[name] = {n for n in found if not any(other.startswith(n + ".") for other in found)}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " → ".join((*way[way.index(name) :], name))
        if name in graph and name not in done:
            for other in graph[name] - {name}:
                visit(other, (*way, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_the_rule_would_notice(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text("def f():\n    from chromadb.config import Settings\n    import evals.run\n")
    assert {"chromadb.config", "evals.run"} <= imported(path)
    assert imported(path, at_start=True) == set()

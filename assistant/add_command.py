"""`assistant add`: shows what each file would become, asks, and adds it; a batch goes on after a failure."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from assistant.errors import ConversionError, FailedError, UsageError
from assistant.output import note, print_json, say
from assistant.settings import Settings

# How much of the text and how many passages are shown before the question whether to add.
_LINES, _PASSAGES = 30, 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `assistant add`."""
    parser.add_argument(
        "files",
        nargs="+",
        metavar="BESTAND",
        type=Path,
        help="PDF, DOCX, HTML, Markdown, tekst, afbeelding, of een map",
    )
    parser.add_argument("--yes", action="store_true", help="voeg toe zonder te vragen")
    parser.add_argument("--preview", action="store_true", help="toon alleen wat er zou gebeuren")
    parser.add_argument("--id", help="naam van het document in de corpus (bij één bestand); standaard uit de titel")
    parser.add_argument("--no-ocr", dest="ocr", action="store_false", help="lees scans niet met OCR")
    parser.add_argument("--json", action="store_true", help="verslag als JSON")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Run the command; exit code 1 when a file was not added that should have been.

    Raises:
        UsageError: flags that do not go together, or nobody to ask.
    """
    from assistant.add import expand

    paths = expand(options.files)
    if not paths:
        raise UsageError("In die map staan geen bestanden.")
    if options.id and len(paths) > 1:
        raise UsageError("--id geldt voor één bestand.")
    if options.yes and options.preview:
        raise UsageError("Kies --yes of --preview, niet beide.")
    asking = not options.yes and not options.preview
    if asking and (options.json or not sys.stdin.isatty()):
        raise UsageError(
            "Er is niemand om te vragen. Geef --preview om te zien wat er zou gebeuren, of --yes om toe te voegen."
        )
    outcomes = []
    for number, path in enumerate(paths, 1):
        if len(paths) > 1 and sys.stderr.isatty():
            note(f"{number} van {len(paths)}: {path.name}")
        outcomes.append(_one(path, options, settings, asking))
    _tell(outcomes, options)
    return 1 if any(outcome["status"] == "failed" for outcome in outcomes) else 0


def _one(path: Path, options: argparse.Namespace, settings: Settings, asking: bool) -> dict[str, Any]:
    """Convert one file and add it when that is wanted; a failure becomes part of the report."""
    from assistant.add import accept, prepare
    from assistant.convert.preview import preview_json
    from assistant.convert.sniff import shown_name

    shown: dict[str, Any] = {"file": shown_name(path.name)}
    try:
        with _waiting(shown["file"]):
            preview = prepare(path, settings.corpus, id=options.id, ocr=options.ocr)
        shown |= preview_json(preview, full=options.preview)
        if not options.json:
            _show(Console(), shown, preview.text)
        if options.preview:
            return {**shown, "status": "preview"}
        if asking and not preview.known_as:
            answer = _ask()
            if answer == "b":
                from assistant.add import vocabulary
                from assistant.convert.preview import with_text

                preview = with_text(preview, _edited(preview.text), vocabulary(settings.corpus))
            elif answer != "j":
                return {**shown, "status": "skipped"}
        added = accept(preview, settings.corpus)
    except (ConversionError, FailedError) as error:
        note(str(error))
        return {**shown, "status": "failed", "error": str(error)}
    status = "unchanged" if not added.changed else "replaced" if added.archived else "added"
    return {**shown, "status": status, "document": added.file, "original": added.original, "archived": added.archived}


def _waiting(name: str) -> AbstractContextManager[object]:
    """Something that moves on a terminal while a file is read: a scan of many pages takes minutes."""
    console = Console(stderr=True)
    return console.status(f"{escape(name)} wordt gelezen …") if console.is_terminal else nullcontext()


def _ask() -> str:
    try:
        return input("Toevoegen? [j]a, [b]ewerken, [n]ee: ").strip().lower()[:1]
    except EOFError:
        return "n"


def _edited(text: str) -> str:
    """The text after the maintainer changed it in an editor.

    Raises:
        FailedError: no editor, or one that gave up.
    """
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "nano")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "document.md"
        file.write_text(text, encoding="utf-8")
        try:
            subprocess.run([*editor, str(file)], check=True)
        except (OSError, subprocess.SubprocessError) as error:
            raise FailedError(
                f"De tekstverwerker {editor[0]} kon niet worden gebruikt. Stel EDITOR in en probeer opnieuw."
            ) from error
        return file.read_text(encoding="utf-8")


def _show(console: Console, shown: dict[str, Any], text: str) -> None:
    """A preview for people."""

    def tell(line: str = "", style: str = "") -> None:
        console.print(line, style=style, markup=False, highlight=False, soft_wrap=True)

    tell(f"{shown['file']} → {shown['id']}.md", "bold")
    if shown["already_in"]:
        tell(f"  staat er al als {shown['already_in']}; er verandert niets")
        return
    if replaced := shown["replaces"]:
        tell(
            f"  vervangt {replaced['file']} (herkend aan {replaced['why']}; {replaced['overlap']:.0%} van de "
            f"tekst is gelijk)"
        )
    for line in shown["front_matter"]:
        tell(f"  {line['key']}: {line['value']}  ({line['source']})")
    recognised = shown["recognised"]
    tell(
        f"  {shown['passages']} passages; actoren: {_counts(recognised['actors'])}; domeinen: "
        f"{_counts(recognised['domains'])}"
    )
    if new := [item for item in shown["abbreviations"] if not item["known"]]:
        meanings = "; ".join(f"{item['short']} = {item['long']}" for item in new)
        tell(f"  afkortingen die de woordenlijst niet heeft: {meanings} (assistant terms --add)")
    for warning in shown["warnings"]:
        tell(f"  ! {warning}", "yellow")
    if "citations" in shown:
        lines = text.splitlines()
        tell()
        for line in lines[:_LINES]:
            tell(f"  | {line}")
        if len(lines) > _LINES:
            tell(f"  | … nog {len(lines) - _LINES} regels (alles met --json)")
        tell("\n  Passages zoals ze worden aangehaald:")
        for passage in shown["citations"][:_PASSAGES]:
            tell(f"  - {' › '.join(passage['section'])}: {passage['quote'][:140]}")


def _counts(found: dict[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in found.items()) or "geen"


def _tell(outcomes: Iterable[dict[str, Any]], options: argparse.Namespace) -> None:
    if options.json:
        print_json(list(outcomes))
        return
    changed = False
    for outcome in outcomes:
        if outcome["status"] in {"added", "replaced"}:
            changed = True
            earlier = f"; de vorige versie staat in {outcome['archived']}" if outcome["archived"] else ""
            say(f"Toegevoegd: {outcome['document']}{earlier}")
        elif outcome["status"] == "skipped":
            say(f"Niet toegevoegd: {outcome['file']}")
    if changed:
        say("Werk de index bij met: assistant index")

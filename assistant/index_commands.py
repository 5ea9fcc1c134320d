"""`assistant index --dry-run | --candidate | --gate` and `assistant diff`: what changes, before it goes live."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.arguments import Add
from assistant.errors import FailedError, IndexMismatch
from assistant.output import note, print_json, say
from assistant.progress import progress
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.answer import Parts
    from assistant.beheer.tools import Tools
    from assistant.difference import PassageChange
    from evals.effect import Effect

_SHOWN = 20


def add_diff(command: Add) -> None:
    """The command `diff`."""
    diff = command("diff", run_diff, "toon wat er tussen twee versies van de index verschilt")
    diff.add_argument("before", metavar="A", help="een versie, haar begin, of 'huidig'")
    diff.add_argument("after", metavar="B")
    diff.add_argument("--answers", action="store_true", help="stel ook de vragen van de evals aan beide")
    diff.add_argument("--json", action="store_true", help="als JSON")


def dry_run(options: argparse.Namespace, settings: Settings) -> int:
    """Show the plan of a build; exit code 1 when a document would fail."""
    from assistant.embed import load_encoder
    from assistant.plan import plan_index

    plan = plan_index(settings.corpus, settings.index, load_encoder(settings.embedder))
    if options.json:
        print_json(dataclasses.asdict(plan))
        return 1 if plan.failed else 0
    if plan.up_to_date:
        say(f"De index is bij: {plan.documents} documenten ({plan.published}).")
    for mark, files in (("+", plan.added), ("~", plan.updated), ("-", plan.removed)):
        _lines(mark, files)
    _lines(">", [f"{old} → {new}" for old, new in plan.moved])
    _lines("!", [str(problem) for problem in (*plan.failed, *plan.problems)])
    say(
        f"{len(plan.added)} nieuw, {len(plan.updated)} gewijzigd, {len(plan.moved)} verplaatst, "
        f"{len(plan.removed)} verwijderd, "
        f"{len(plan.failed)} mislukt; {plan.to_embed} van {plan.texts} teksten te berekenen. Er is niets veranderd."
    )
    return 1 if plan.failed else 0


def pass_gate(candidate: str, options: argparse.Namespace, settings: Settings) -> int:
    """Measure a candidate against what is published, and publish it when the answers did not become worse.

    Raises:
        FailedError: the evals are not installed.
    """
    from assistant.losses import losses, warnings_of
    from assistant.publication import record, save_gate
    from assistant.snapshot import publish, published_id

    published = published_id(settings.index)
    if published == candidate:
        say(f"De index is al bij ({candidate}).")
        return 0
    effect = _effect(settings, published, candidate)
    lost = losses(settings.index, published, candidate)
    gate = {**dataclasses.asdict(effect), "losses": warnings_of(lost, map(dataclasses.asdict, effect.vanished))}
    save_gate(settings.index, candidate, {"compared_with": published, **gate})
    why = [*effect.failures, *gate["losses"]]
    if options.json:
        print_json({"snapshot": candidate, "published": not why, **gate})
    else:
        _show_effect(effect)
    if why:
        note(
            f"niet gepubliceerd: {'; '.join(why)}. Publiceer toch met: "
            f"assistant publish {candidate} --past-gate 'reden'"
        )
        return 1
    publish(settings.index, candidate)
    record(settings.index, candidate, "passed")
    if not options.json:
        say(f"In gebruik: {candidate}")
    return 0


def run_diff(options: argparse.Namespace, settings: Settings) -> int:
    """Compare two snapshots."""
    from assistant.difference import compare, snapshot_named

    before, after = (snapshot_named(settings.index, name) for name in (options.before, options.after))
    found = compare(settings.index, before, after)
    effect = _effect(settings, before, after) if options.answers else None
    if options.json:
        print_json({**dataclasses.asdict(found), "answers": dataclasses.asdict(effect) if effect else None})
        return 0
    say(f"{before} → {after}")
    for mark, files in (("+", found.documents_added), ("~", found.documents_changed), ("-", found.documents_removed)):
        _lines(mark, files)
    say(f"Passages: {found.passages_kept} gelijk, {len(found.passages_added)} nieuw, {len(found.passages_removed)} weg")
    _passages("+", found.passages_added)
    _passages("-", found.passages_removed)
    if effect:
        _show_effect(effect)
    return 0


def _effect(settings: Settings, before: str | None, after: str) -> Effect:
    with progress() as tell:

        def step(done: int, total: int) -> None:
            if tell:
                tell("Antwoorden vergelijken", done, total)

        return _measured(settings, before, after, step)


def say_losses(settings: Settings, before: str | None, after: str) -> None:
    """Warn of documents that lost much of their text with a build that went live without a gate."""
    from assistant.losses import MOST_LOST, losses
    from assistant.snapshot import snapshot_ids

    try:
        lost = losses(settings.index, before, after) if before in snapshot_ids(settings.index) else ()
    except IndexMismatch:
        return  # the earlier index is damaged or of another format: there is nothing to compare with
    for loss in lost:
        note(f"let op: {loss} (meer dan {MOST_LOST:.0%}). Niet de bedoeling? Ga terug met: assistant rollback")


def _measured(
    settings: Settings, before: str | None, after: str, step: Callable[[int, int], None], corpus: Path | None = None
) -> Effect:
    try:
        from evals.cases import CaseError
        from evals.effect import measure_effect
    except ImportError as error:
        raise FailedError(
            "De vragen van de evals zijn hier niet geïnstalleerd, dus de antwoorden zijn niet te vergelijken. "
            "Werk in een checkout met: pip install -e '.[dev]'"
        ) from error
    old = _parts(settings, before) if before else None
    new = _parts(settings, after, corpus)
    try:
        return measure_effect(old, new, tell=step)
    except CaseError as error:
        raise FailedError(f"De vragen van de evals zijn niet bruikbaar: {error}") from error
    finally:
        for parts in (old, new):
            if parts:
                parts.snapshot.store.close()


def tools(settings: Settings) -> Tools:
    """What the pages of maintainers use of the evals."""
    from assistant.beheer.state import Place
    from assistant.beheer.tools import Tools

    def measure(before: str | None, after: str, tell: Callable[[int, int], None]) -> dict[str, Any]:
        # A proposal may change the vocabulary: the candidate is asked with its own.
        stage = Place(settings.corpus, settings.index).stage
        return dataclasses.asdict(_measured(settings, before, after, tell, stage if stage.is_dir() else None))

    return Tools(measure, lambda row: _draft(settings, row))


def _draft(settings: Settings, row: Mapping[str, Any]) -> dict[str, Any]:
    from assistant.read import read_corpus

    try:
        from evals.cases import CaseError
        from evals.feedback import ACCEPTED, drafts
    except ImportError as error:
        raise FailedError(
            "De evals zijn hier niet geïnstalleerd. Werk in een checkout met: pip install -e '.[dev]'"
        ) from error
    documents = {document.id: document for document in read_corpus(settings.corpus)[0]}
    try:
        return next(drafts([json.dumps({**row, "verdict": ACCEPTED})], documents))
    except CaseError as error:
        raise FailedError(f"Hiervan kan geen evalvraag worden gemaakt: {error}") from error


def _parts(settings: Settings, snapshot: str, corpus: Path | None = None) -> Parts:
    from assistant.answer import parts_of
    from assistant.embed import load_encoder
    from assistant.snapshot import open_snapshot

    encoder = load_encoder(settings.embedder)
    opened = open_snapshot(settings.index / snapshot, encoder, settings.chroma_url)
    return parts_of(opened, encoder, corpus or settings.corpus)


def _show_effect(effect: Effect) -> None:
    """Changed answers side by side, the worst first."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    counts = {name: sum(change.verdict == name for change in effect.changes) for name in ("worse", "other", "better")}
    say(
        f"{effect.cases} vragen: {counts['worse']} slechter, {counts['other']} anders, {counts['better']} beter; "
        f"{len({gone.id for gone in effect.vanished})} met een verdwenen citaat"
    )
    table = Table("", "vraag", "nu", "straks", show_lines=True)
    words = {"worse": "slechter", "other": "anders", "better": "beter"}
    for change in effect.changes[:_SHOWN]:
        cells = (words[change.verdict], change.question, change.before[:300], change.after[:300])
        table.add_row(*(Text(cell) for cell in cells))
    if effect.changes:
        (Console() if sys.stdout.isatty() else Console(width=150)).print(table)
    if len(effect.changes) > _SHOWN:
        say(f"… nog {len(effect.changes) - _SHOWN}; alles met --json")
    _lines("?", [f"{gone.id}: staat niet meer in {gone.document}: {gone.quote[:100]}" for gone in effect.vanished])


def _passages(mark: str, changes: Iterable[PassageChange]) -> None:
    _lines(mark, [f"{change.document} › {' › '.join(change.section)}: {change.quote[:120]}" for change in changes])


def _lines(mark: str, lines: Iterable[str]) -> None:
    shown = list(lines)
    for line in shown[:_SHOWN]:
        say(f"{mark} {line}")
    if len(shown) > _SHOWN:
        say(f"{mark} … nog {len(shown) - _SHOWN}; alles met --json")

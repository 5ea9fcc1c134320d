"""`assistant eval`: measures a set of cases, shows and saves what came out, compares runs, and holds the gate.

Imported whenever the command line starts: what is heavy is imported when it is used.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import FailedError, UsageError
from assistant.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from assistant import Assistant
    from evals.cases import Case
    from evals.results import Rival, Run
    from evals.rivals import Start
    from evals.score import Outcome

WORST = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `assistant eval`."""
    parser.add_argument(
        "--set", choices=["dev", "test", "field", "unseen"], default="dev", help="welke vragen (standaard: dev)"
    )
    parser.add_argument(
        "--out", metavar="MAP", type=Path, help="waar resultaat en verslag komen (standaard: evals/results)"
    )
    parser.add_argument(
        "--limit", metavar="N", type=int, help="hoogstens N vragen, gelijk verdeeld over de verzameling"
    )
    parser.add_argument(
        "--compare",
        metavar=("A", "B"),
        nargs=2,
        type=Path,
        help="toon welke antwoorden tussen twee resultaten veranderden",
    )
    parser.add_argument(
        "--gate", action="store_true", help="geef 1 als een maat verder dan haar ruis onder evals/gate.toml zakt"
    )
    parser.add_argument("--peers", action="store_true", help="meet ook de andere systemen (extra: peers)")
    parser.add_argument("--ablation", action="store_true", help="meet ook wat elk onderdeel waard is")
    parser.add_argument(
        "--laws", metavar="MAP", type=Path, help="bij --set unseen: map met de wetten van evals/unseen/wetten.jsonl"
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Run the command; gives the exit code: 1 when the gate is broken.

    Raises:
        UsageError: flags that do not go together, or a file that is no result.
        FailedError: a library for measuring is not installed, a case or an index cannot be used.
    """
    try:
        import ir_measures  # noqa: F401
    except ImportError as error:
        raise FailedError(
            "Voor assistant eval is de extra 'dev' nodig. Installeer met: pip install -e '.[dev]'"
        ) from error
    from rich.console import Console

    # Piped output is read by people too: as wide as the tables are.
    console = Console() if sys.stdout.isatty() else Console(width=150)
    _check(options)
    if options.compare:
        return _compare(options, console)
    return _measure(options, settings, console)


def _check(options: argparse.Namespace) -> None:
    if options.limit is not None and options.limit < 1:
        raise UsageError("--limit moet 1 of meer zijn.")
    if options.gate and options.limit:
        raise UsageError("--gate geldt voor de hele verzameling: laat --limit weg.")
    if options.laws and options.set != "unseen":
        raise UsageError("--laws hoort bij --set unseen.")
    if options.set in ("unseen", "field") and (options.peers or options.ablation):
        raise UsageError("--peers en --ablation meten over het eigen corpus: gebruik --set dev of test.")


def _measure(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    from evals.gate import breaches, load_gate
    from evals.report import report
    from evals.results import RESULTS, last_committed, save, write
    from evals.terminal import show_rivals, show_run, show_worst

    bounds = load_gate(options.set) if options.gate else []
    done = _run(options, settings)
    before = last_committed(options.set)
    # Saved first: a reader of the tables who leaves early ends the program.
    path = save(done, options.out or RESULTS)
    page = write(path.with_suffix(".html"), report(done, before))
    show_run(console, done, before)
    for title, rivals in (("Andere systemen", done.peers), ("Wat elk onderdeel waard is", done.ablation)):
        if rivals:
            show_rivals(console, title, done, rivals)
    show_worst(console, done, WORST)
    console.print(f"\nBewaard: {path} en {page.name}", soft_wrap=True)
    broken = breaches(bounds, done.outcomes)
    for line in broken:
        print(f"assistant: onder de poort: {line}", file=sys.stderr)
    return 1 if broken else 0


def _run(options: argparse.Namespace, settings: Settings) -> Run:
    """Ask every case of the set, and have the rivals answer them that were asked for."""
    from evals.results import Run, current_commit, now
    from evals.score import run_cases
    from evals.sets import open_set, spread
    from evals.terminal import progress_bar

    def say(message: str) -> None:
        print(f"assistant: {message}", file=sys.stderr)

    began = time.perf_counter()
    outcomes: list[Outcome] = []
    kept = settings.index if options.index else None
    with progress_bar() as start, open_set(options.set, settings, options.laws, kept, say) as parts:
        for part in parts:
            cases = spread(part.cases, options.limit)
            outcomes += run_cases(part.system, cases, start(part.system.name, len(cases)))
        seconds = round(time.perf_counter() - began, 1)
        first = parts[0].assistant
        peers, ablation = _rivals(options, first, cases, outcomes, start)
        return Run(
            set=options.set,
            created=now(),
            commit=current_commit(),
            index=first.snapshot.manifest.id,
            encoder=first.encoder.fingerprint,
            threshold=parts[0].system.threshold,
            seconds=seconds,
            outcomes=tuple(outcomes),
            peers=peers,
            ablation=ablation,
        )


def _rivals(
    options: argparse.Namespace, assistant: Assistant, cases: Sequence[Case], outcomes: Sequence[Outcome], start: Start
) -> tuple[tuple[Rival, ...], tuple[Rival, ...]]:
    """What the peers and the ablation make of the cases; empty for what was not asked for."""
    from evals.ablation import ablation_systems
    from evals.peers import PeerError
    from evals.rivals import measure_rivals, peer_systems

    peers: tuple[Rival, ...] = ()
    ablation: tuple[Rival, ...] = ()
    if options.peers:
        try:
            peers = measure_rivals(peer_systems(assistant.settings.corpus, assistant.encoder, cases), outcomes, start)
        except PeerError as error:
            raise FailedError(str(error)) from error
    if options.ablation:
        with ablation_systems(assistant, cases) as systems:
            ablation = measure_rivals(systems, outcomes, start)
    return peers, ablation


def _compare(options: argparse.Namespace, console: Console) -> int:
    """Show which answers changed between two results; the page comes beside the later one, or in --out."""
    from evals.compare import comparison, show_comparison
    from evals.results import load, write

    before, after = map(load, options.compare)
    if before.set != after.set:
        raise UsageError(f"Deze resultaten zijn van verschillende verzamelingen: {before.set} en {after.set}.")
    folder = options.out or options.compare[1].parent
    path = write(folder / f"{before.name}-{after.name}.html", comparison(before, after))
    show_comparison(console, before, after)
    console.print(f"\nBewaard: {path}", soft_wrap=True)
    return 0

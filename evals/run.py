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
    from rich.console import Console

    from evals.results import Run

WORST = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The flags of `assistant eval`."""
    parser.add_argument("--set", choices=["dev", "test", "unseen"], default="dev", help="welke vragen (standaard: dev)")
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
    if options.set == "unseen" and (options.peers or options.ablation):
        raise UsageError("--peers en --ablation meten over het eigen corpus: gebruik --set dev of test.")


def _measure(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    from evals.gate import breaches, load_gate
    from evals.results import RESULTS, last_committed, save
    from evals.terminal import show_run, show_worst

    bounds = load_gate(options.set) if options.gate else []
    done = _run(options, settings)
    before = last_committed(options.set)
    show_run(console, done, before)
    show_worst(console, done, WORST)
    path = save(done, options.out or RESULTS)
    console.print(f"\nBewaard: {path}", soft_wrap=True)
    broken = breaches(bounds, done.outcomes)
    for line in broken:
        print(f"assistant: onder de poort: {line}", file=sys.stderr)
    return 1 if broken else 0


def _run(options: argparse.Namespace, settings: Settings) -> Run:
    """Ask every case of the set."""
    from evals.results import Run, current_commit, now
    from evals.score import Outcome, run_cases
    from evals.sets import open_set, spread
    from evals.terminal import progress_bar

    def say(message: str) -> None:
        print(f"assistant: {message}", file=sys.stderr)

    began = time.perf_counter()
    outcomes: list[Outcome] = []
    with progress_bar() as start, open_set(options.set, settings, options.laws, say) as parts:
        for system, _, cases in parts:
            chosen = spread(cases, options.limit)
            outcomes += run_cases(system, chosen, start(system.name, len(chosen)))
        _, assistant, _ = parts[0]
        manifest = assistant.snapshot.manifest
        return Run(
            set=options.set,
            created=now(),
            commit=current_commit(),
            index=manifest.id,
            encoder=manifest.encoder_fingerprint,
            threshold=parts[0][0].threshold,
            seconds=round(time.perf_counter() - began, 1),
            outcomes=tuple(outcomes),
        )


def _compare(options: argparse.Namespace, console: Console) -> int:
    raise UsageError("--compare is er nog niet.")

"""python -m evals.llm [--questions 120] [--seed 1] [--show]: dev questions in quotes, and by a scripted model.

The model runs behind a real local server that speaks the OpenAI chat protocol. It writes faithful and wrong sentences,
drawn by a seed, over the spans that its prompt holds: the measures say what becomes of an answer, and the second table
what the check did with each kind of sentence. `--failures` measures each way in which an endpoint fails instead.
"""

from __future__ import annotations

import argparse
import logging
import sys
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.console import Console
from rich.table import Table

from assistant import Answer, Assistant, Settings
from assistant.settings import load_settings
from evals.cases import Case
from evals.llm.failures import FAILURES, measure_failures
from evals.llm.server import MODEL, Exchange, LlmServer, llm_server, says
from evals.llm.writer import FAITHFUL, KINDS, Written, write_reply
from evals.score import Outcome, System, run_cases
from evals.sets import open_set, product, spread
from evals.summary import figures_of
from evals.terminal import bounds, changed, progress_bar

SHOWN = ("correct", "right_citation", "facts", "pure", "false_refusal", "false_answer", "citation_precision", "length")
FATES = ("kept", "replaced", "dropped")


@dataclass(frozen=True, slots=True)
class Fate:
    """A sentence of the scripted model and what became of it."""

    case: str
    written: Written
    verdict: str

    @property
    def how(self) -> str:
        """Kept, replaced or dropped."""
        return self.verdict.partition(":")[0]


def main(arguments: Sequence[str]) -> int:
    """Run the command; 1 when a failure is not met as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=120, help="so many, spread evenly over dev")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="list the sentences that were judged wrongly")
    parser.add_argument("--failures", action="store_true", help="measure each way to fail")
    parser.add_argument("--seconds", type=float, help="the budget for --failures; by default that of the settings")
    options = parser.parse_args(arguments)
    console = Console() if sys.stdout.isatty() else Console(width=170)
    # The tables say what the product logs; without a handler it would go to standard error as well.
    logging.getLogger("assistant").addHandler(logging.NullHandler())
    settings = load_settings({"llm_seconds": options.seconds} if options.seconds else {})
    if options.failures:
        return _failures(console, settings)
    quoted, written, fates = measure(settings, options.questions, options.seed)
    _show_measures(console, quoted, written)
    _show_fates(console, fates)
    if options.show:
        for fate in fates:
            if (fate.how == "kept") != (fate.written.kind in FAITHFUL):
                console.print(f"{fate.case} {fate.written.kind} → {fate.verdict}: {fate.written.text}", markup=False)
    return 0


def measure(settings: Settings, questions: int, seed: int) -> tuple[list[Outcome], list[Outcome], list[Fate]]:
    """Answer dev questions with quotes and by the scripted model.

    Returns:
        The outcomes of both, and what became of each sentence.
    """
    with (
        llm_server() as server,
        progress_bar() as start,
        open_set("dev", settings, None, None, lambda message: print(message, file=sys.stderr)) as (part,),
    ):
        cases = spread(part.cases, questions)
        quoted = run_cases(product("quote", part.assistant), cases, start("quote", len(cases)))
        with_model = Assistant.open(
            replace(part.assistant.settings, mode="llm", llm_base_url=server.url, llm_model=MODEL)
        )
        fates: dict[str, list[Fate]] = {}
        system = _watched(with_model, server, seed, fates)
        written = run_cases(system, cases, start("llm", len(cases)))
    return quoted, written, [fate for of_case in fates.values() for fate in of_case]


def _watched(assistant: Assistant, server: LlmServer, seed: int, fates: dict[str, list[Fate]]) -> System:
    """The product with the scripted model, telling what became of each sentence."""
    said: list[list[Written]] = []

    def reply(exchange: Exchange) -> None:
        said.append(write_reply(exchange.body["messages"], assistant.vocabulary, seed))
        text = " ".join(sentence.text for sentence in said[-1]) or "GEEN ANTWOORD"
        # Pieces of a length that differs by text, so that marks are cut in different places.
        says(text, 3 + zlib.crc32(text.encode()) % 9)(exchange)

    server.script = reply
    plain = product("llm", assistant)

    def ask(case: Case) -> Answer:
        said.clear()
        answer = plain.ask(case)
        fates[case.id] = []
        if said and answer.status == "answered":
            if answer.generation is None or len(said) != 1 or len(answer.generation.verdicts) != len(said[0]):
                raise AssertionError(f"{case.id}: {answer.generation} does not match {said}")
            fates[case.id] = [Fate(case.id, *pair) for pair in zip(said[0], answer.generation.verdicts, strict=True)]
        return answer

    return replace(plain, ask=ask)


def _show_measures(console: Console, quoted: Sequence[Outcome], written: Sequence[Outcome]) -> None:
    table = Table(box=None, pad_edge=False, title=f"{len(quoted)} vragen van dev", title_justify="left")
    table.add_column("maat")
    for heading in ("citaat", "taalmodel", "95 %", "verschil"):
        table.add_column(heading, justify="right")
    for one, other in zip(figures_of(quoted, (), SHOWN), figures_of(written, quoted, SHOWN), strict=True):
        if one.now and other.now:
            show = one.measure.show
            table.add_row(
                one.measure.label,
                show(one.now.mean),
                show(other.now.mean),
                bounds(other.measure, other.now),
                changed(other),
            )
    refusals = [str(sum(o.status == "not_found" for o in outcomes)) for outcomes in (quoted, written)]
    table.add_row("weigeringen (aantal)", *refusals)
    console.print(table)


def _show_fates(console: Console, fates: Sequence[Fate]) -> None:
    counts = Counter((fate.written.kind, fate.how) for fate in fates)
    table = Table(box=None, pad_edge=False, title="\nZinnen van het taalmodel", title_justify="left")
    table.add_column("soort")
    for heading in ("geschreven", *FATES):
        table.add_column(heading, justify="right")
    for kind in KINDS:
        row = [counts[kind, how] for how in FATES]
        table.add_row(kind, str(sum(row)), *map(str, row))
    console.print(table)
    kept = [fate for fate in fates if fate.how == "kept"]
    right = sum(fate.written.kind in FAITHFUL for fate in kept)
    faithful = sum(fate.written.kind in FAITHFUL for fate in fates)
    console.print(f"gehouden en trouw {right}/{len(kept)}; trouw en gehouden {right}/{faithful}")


def _failures(console: Console, settings: Settings) -> int:
    title = f"Tijd per antwoord van het taalmodel: {settings.llm_seconds:g} s"
    table = Table(pad_edge=False, title=title, title_justify="left", show_lines=True)
    for heading in ("taalmodel", "lezer ziet citaten, met deze regel", "na (s)", "hoogstens", "bewaard", "log", ""):
        table.add_column(heading)
    good = True
    with progress_bar() as start:
        for found in measure_failures(settings, start("failures", len(FAILURES) + 2)):
            good = good and found.good
            table.add_row(
                found.failure.name,
                "\n".join(found.answer.notices) if found.is_quote else "GEEN CITATEN",
                f"{found.seconds:.2f}",
                f"{found.limit:.1f}",
                "niets" if found.anew else "JA",
                "\n".join(found.log) or "-",
                "goed" if found.good else "FOUT",
            )
    console.print(table)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

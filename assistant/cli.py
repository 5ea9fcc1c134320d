"""The command line: the only place that prints, and that turns errors into exit codes (0 done, 1 failed, 2 wrong usage)."""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from assistant import add_command
from assistant.errors import AssistantError, IndexMissing, UsageError
from assistant.settings import Settings, load_settings

_STAGES = {"split": "Passages maken", "embed": "Betekenis berekenen", "store": "Opslaan"}


class _Parser(argparse.ArgumentParser):
    """argparse, with its complaint on one line and in Dutch."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"Onjuist gebruik: {message}. Zie: {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    logging.getLogger("chromadb").setLevel(logging.ERROR)
    try:
        options = _parser().parse_args(arguments)
        settings = load_settings(vars(options))
        return int(options.run(options, settings))
    except AssistantError as error:
        print(f"assistant: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    except KeyboardInterrupt:
        print("assistant: afgebroken", file=sys.stderr)  # noqa: T201
        return 130
    except BrokenPipeError:
        # The reader of our output has gone; nothing is left to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="assistant", description="Stel vragen aan de opleidingsdocumenten; elk antwoord is een bewezen citaat.")
    places = argparse.ArgumentParser(add_help=False)
    places.add_argument("--corpus", metavar="MAP", help="map met Markdown-documenten")
    places.add_argument("--index", metavar="MAP", help="map voor de index (standaard: index)")
    places.add_argument("--embedder", metavar="NAAM", help="bundled, een map of een hubnaam")
    asking = argparse.ArgumentParser(add_help=False)
    asking.add_argument("question", nargs="?", metavar="VRAAG")
    asking.add_argument("--actor", help="voor wie het antwoord is: aios, opleider, coc, rvb, cluster, oor of docent")
    asking.add_argument("--json", action="store_true", help="antwoord als JSON")
    asking.add_argument("--batch", metavar="BESTAND", help="JSON Lines met vragen, - voor standaardinvoer")
    asking.add_argument("--out", metavar="BESTAND", help="waar de uitvoer van --batch komt")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser, metavar="OPDRACHT")

    def command(name: str, run: Callable[[Any, Settings], int], help: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, parents=[*parents, places], help=help, description=help)
        sub.set_defaults(run=run)
        return sub

    index = command("index", _index, "breng de index bij en publiceer hem")
    index.add_argument("--full", action="store_true", help="alles opnieuw, ook wat niet veranderde")
    index.add_argument("--json", action="store_true", help="verslag als JSON")
    ask = command("ask", _ask, "stel een vraag", asking)
    ask.add_argument("--mode", choices=["auto", "quote"], help="hoe er geantwoord wordt")
    command("search", _search, "zoek passages", asking).add_argument("--k", type=_positive, default=10, help="hoeveel passages")
    chat = command("chat", _chat, "start de webchat")
    chat.add_argument("--host", default="127.0.0.1")
    chat.add_argument("--port", type=_port, default=7860)
    command("check", _check, "controleer documenten, woordenlijst en vragenbank")
    add_command.add_arguments(command("add", add_command.run, "zet documenten om naar Markdown en voeg ze toe aan het corpus"))
    command("snapshots", _snapshots, "toon de bewaarde versies van de index")
    command("publish", _publish, "zet een bewaarde versie van de index in gebruik").add_argument("id")
    command("rollback", _rollback, "ga terug naar de vorige versie van de index")
    _add_eval(command)
    return parser


def _add_eval(command: Callable[..., argparse.ArgumentParser]) -> None:
    """The evals live beside the package in a checkout; an installed wheel does without."""
    try:
        from evals import run as evals_run
    except ImportError:
        return
    evals_run.add_arguments(command("eval", evals_run.run, "meet de antwoorden aan de vragen van evals/"))


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("moet 1 of meer zijn")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError("een poort ligt tussen 1 en 65535")
    return number


def _index(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.build import build_index
    from assistant.embed import load_encoder

    with _progress() as tell:
        report = build_index(
            settings.corpus, settings.index, load_encoder(settings.embedder), full=options.full, chroma_url=settings.chroma_url, progress=tell
        )
    for problem in report.problems:
        print(f"assistant: let op: {problem}", file=sys.stderr)  # noqa: T201
    if options.json:
        _print_json(dataclasses.asdict(report))
    elif not report.changed:
        print(f"De index is al bij: {report.documents} documenten, {report.passages} passages ({report.snapshot}).")  # noqa: T201
    else:
        print(  # noqa: T201
            f"Index {report.snapshot} gepubliceerd: {report.documents} documenten, {report.passages} passages; "
            f"{len(report.added)} nieuw, {len(report.updated)} gewijzigd, {len(report.removed)} verwijderd; "
            f"{report.embedded} van {report.vectors} teksten berekend."
        )
    return 0


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.batch import answer_lines
    from assistant.present import answer_json, show_answer

    _one_of(options)
    assistant = _open(settings)
    if options.batch:
        return _write_rows(answer_lines(assistant, _lines(options.batch)), options.out)
    answer = assistant.ask(options.question, actor=options.actor)
    if options.json:
        _print_json(answer_json(answer))
    else:
        show_answer(Console(), answer)
    return 0


def _search(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.batch import search_lines
    from assistant.present import hits_json, show_hits

    _one_of(options)
    assistant = _open(settings)
    if options.batch:
        return _write_rows(search_lines(assistant, _lines(options.batch), options.k), options.out)
    started = time.perf_counter()
    hits = assistant.search(options.question, k=options.k, actor=options.actor)
    if options.json:
        _print_json(hits_json(options.question, hits, assistant.snapshot.documents, time.perf_counter() - started))
    else:
        show_hits(Console(), hits)
    return 0


def _chat(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.web.app import serve

    def announce(address: str) -> None:
        print(f"De assistent staat op {address} (stop met Ctrl+C)", flush=True)  # noqa: T201

    serve(_open(settings), options.host, options.port, announce)
    return 0


def _check(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.check import check_corpus

    problems, summary = check_corpus(settings.corpus)
    for line in summary:
        print(line)  # noqa: T201
    for problem in problems:
        print(f"! {problem}")  # noqa: T201
    print(f"{len(problems)} opmerking(en)." if problems else "Alles in orde.")  # noqa: T201
    return 1 if problems else 0


def _snapshots(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.snapshot import published_id, read_manifest, snapshot_ids

    names = snapshot_ids(settings.index)
    if not names:
        raise IndexMissing(f"Er is nog geen index in {settings.index}. Maak hem met: assistant index")
    for name in names:
        manifest = read_manifest(settings.index / name)
        mark = "*" if name == published_id(settings.index) else " "
        print(f"{mark} {name}  {manifest.created}  {manifest.documents} documenten, {manifest.passages} passages")  # noqa: T201
    return 0


def _publish(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.snapshot import publish, read_manifest, snapshot_ids

    if options.id not in snapshot_ids(settings.index):
        raise UsageError(f"Er is geen versie {options.id}. Bekijk ze met: assistant snapshots")
    read_manifest(settings.index / options.id)
    publish(settings.index, options.id)
    print(f"In gebruik: {options.id}")  # noqa: T201
    return 0


def _rollback(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.snapshot import published_id, snapshot_ids

    current = published_id(settings.index)
    earlier = [name for name in snapshot_ids(settings.index) if current is None or name < current]
    if not earlier:
        raise UsageError("Er is geen eerdere versie om naar terug te gaan. Bekijk ze met: assistant snapshots")
    options.id = earlier[-1]
    return _publish(options, settings)


def _one_of(options: argparse.Namespace) -> None:
    if bool(options.batch) == (options.question is not None):
        raise UsageError("Geef een VRAAG of --batch BESTAND, een van beide.")


def _open(settings: Settings) -> Any:
    """The assistant over the published index, which is built first when there is none; says when the corpus has changed."""
    from assistant.assistant import Assistant
    from assistant.build import build_index
    from assistant.embed import load_encoder
    from assistant.snapshot import published_id
    from assistant.state import corpus_changed

    if published_id(settings.index) is None:
        with _progress() as tell:
            report = build_index(
                settings.corpus, settings.index, load_encoder(settings.embedder), chroma_url=settings.chroma_url, progress=tell
            )
        for problem in report.problems:
            print(f"assistant: let op: {problem}", file=sys.stderr)  # noqa: T201
    elif corpus_changed(settings.corpus, settings.index):
        print(  # noqa: T201
            "assistant: let op: de documenten zijn veranderd sinds deze index; dit antwoord komt uit de vorige stand. "
            "Werk bij met: assistant index",
            file=sys.stderr,
        )
    return Assistant.open(settings)


def _lines(source: str) -> Iterator[str]:
    if source == "-":
        yield from sys.stdin
        return
    try:
        with Path(source).open(encoding="utf-8-sig") as file:
            yield from file
    except OSError as error:
        raise UsageError(f"{source} kan niet worden gelezen ({error.strerror}). Controleer de naam en de rechten.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{source} is geen UTF-8. Sla het op als UTF-8 en probeer opnieuw.") from error


def _write_rows(rows: Iterable[dict[str, Any]], out: str | None) -> int:
    try:
        file = Path(out).open("w", encoding="utf-8") if out else sys.stdout
    except OSError as error:
        raise UsageError(f"{out} kan niet worden geschreven ({error.strerror}). Kies een andere plaats met --out.") from error
    try:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
    finally:
        if out:
            file.close()
    return 0


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))  # noqa: T201


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """A progress bar on standard error, only on a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(_STAGES.get(stage, stage), total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield tell


if __name__ == "__main__":
    sys.exit(main())

"""The command line: the only place that prints, and turns errors into exit codes (0 done, 1 failed, 2 wrong usage)."""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import os
import re
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from assistant import account_command, add_command, index_commands, questions_command
from assistant.arguments import Add, Run, build_parser, check_question_or_batch
from assistant.errors import AssistantError, IndexMismatch, IndexMissing, UsageError
from assistant.progress import progress
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    logging.getLogger("chromadb").setLevel(logging.ERROR)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        options = build_parser(_RUNS, _extend).parse_args(arguments)
        code = int(options.run(options, load_settings(vars(options))))
        sys.stdout.flush()
        return code
    except AssistantError as error:
        return _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _fail("afgebroken", 130)
    except BrokenPipeError:
        _discard_output()  # The reader of our output has gone; nothing is left to say to it.
        return 1
    except OSError as error:
        _discard_output()
        return _fail(f"{error.filename or 'uitvoer'}: {error.strerror or error}. Controleer de plaats en de ruimte.", 1)


def _fail(message: str, code: int) -> int:
    _say(message)
    return code


def _say(message: str) -> None:
    """One line on standard error, whatever is in the message."""
    print(f"assistant: {' '.join(_CONTROL.sub(' ', message).split())}", file=sys.stderr)  # noqa: T201


def _discard_output() -> None:
    """Send what is still in the buffer nowhere, so that the interpreter does not stumble over it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _extend(command: Add) -> None:
    """Commands of modules of their own; the evals live beside the package in a checkout, a wheel does without."""
    add_command.add_arguments(command("add", add_command.run, "zet documenten om naar Markdown en voeg ze toe"))
    index_commands.add_diff(command)
    questions_command.add_arguments(command)
    account_command.add_arguments(command("account", account_command.run, "beheer wie er in Beheer mag"))
    try:
        from evals import run as evals_run
    except ImportError:
        return
    evals_run.add_arguments(command("eval", evals_run.run, "meet de antwoorden aan de vragen van evals/"))


def _index(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.build import build_index
    from assistant.embed import load_encoder
    from assistant.publication import record
    from assistant.snapshot import published_id

    if options.dry_run:
        return index_commands.dry_run(options, settings)
    before = published_id(settings.index)
    with progress() as tell:
        report = build_index(
            settings.corpus,
            settings.index,
            load_encoder(settings.embedder),
            full=options.full,
            chroma_url=settings.chroma_url,
            progress=tell,
            publishing=not (options.candidate or options.gate),
        )
    for problem in report.problems:
        _say(f"let op: {problem}")
    if options.gate:
        return index_commands.pass_gate(report.snapshot, options, settings)
    if report.changed and not options.candidate:
        record(settings.index, report.snapshot, "none")
        index_commands.say_losses(settings, before, report.snapshot)
    if options.json:
        _print_json(dataclasses.asdict(report))
    elif not report.changed:
        print(f"De index is al bij: {report.documents} documenten, {report.passages} passages ({report.snapshot}).")  # noqa: T201
    else:
        print(  # noqa: T201
            f"Index {report.snapshot} {'klaargezet' if options.candidate else 'gepubliceerd'}: {report.documents} "
            f"documenten, {report.passages} passages; "
            f"{len(report.added)} nieuw, {len(report.updated)} gewijzigd, {len(report.removed)} verwijderd; "
            f"{report.embedded} van {report.vectors} teksten berekend."
        )
    return 0


def _ask(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.batch import answer_lines, open_lines, write_rows
    from assistant.present import answer_json, show_answer

    check_question_or_batch(options)
    assistant = _open_as_of(options.as_of, settings) if options.as_of else _open(settings)
    if options.batch:
        with open_lines(options.batch) as lines:
            write_rows(answer_lines(assistant, lines), options.out, options.batch)
        return 0
    answer = assistant.ask(options.question, actor=options.actor, plain=options.plain)
    if options.json:
        _print_json(answer_json(answer))
    else:
        show_answer(Console(), answer)
    return 0


def _search(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.batch import open_lines, search_lines, write_rows
    from assistant.present import hits_json, show_hits

    check_question_or_batch(options)
    assistant = _open(settings)
    if options.batch:
        with open_lines(options.batch) as lines:
            write_rows(search_lines(assistant, lines, options.k), options.out, options.batch)
        return 0
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

    serve(_open(settings), options.host, options.port, announce, index_commands.tools(settings))
    return 0


def _mcp(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.mcp import serve_http, serve_stdio

    assistant = _open(settings)
    if options.http:
        _say(f"MCP staat op http://{options.host}:{options.port}/mcp (stop met Ctrl+C)")
        serve_http(assistant, options.host, options.port)
    else:
        serve_stdio(assistant)
    return 0


def _doctor(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.doctor import examine

    findings = examine(settings)
    for finding in findings:
        print(f"{'ok ' if finding.good else '!  '} {finding.what}: {finding.found}")  # noqa: T201
    return 0 if all(finding.good for finding in findings) else 1


def _check(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.check import check_corpus

    problems, summary = check_corpus(settings.corpus)
    for line in summary:
        print(line)  # noqa: T201
    for problem in problems:
        print(f"! {' '.join(_CONTROL.sub(' ', str(problem)).split())}")  # noqa: T201
    print(f"{len(problems)} opmerking(en)." if problems else "Alles in orde.")  # noqa: T201
    return 1 if problems else 0


def _feedback(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.feedback import Feedback, line_of

    verdicts = Feedback(settings.index).all()
    if options.json:
        _print_json([dataclasses.asdict(verdict) for verdict in verdicts])
    else:
        for verdict in verdicts:
            print(line_of(verdict))  # noqa: T201
        print(f"{len(verdicts)} oordeel(en).")  # noqa: T201
    return 0


def _snapshots(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.snapshot import published_id, read_manifest, snapshot_ids

    names = snapshot_ids(settings.index)
    if not names:
        raise IndexMissing(f"Er is nog geen index in {settings.index}. Maak hem met: assistant index")
    for name in names:
        mark = "*" if name == published_id(settings.index) else " "
        try:
            manifest = read_manifest(settings.index / name)
        except IndexMismatch:
            print(f"{mark} {name}  onbruikbaar: beschadigd of van een andere versie van dit programma")  # noqa: T201
            continue
        print(f"{mark} {name}  {manifest.created}  {manifest.documents} documenten, {manifest.passages} passages")  # noqa: T201
    return 0


def _publish(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.publication import check_gate, record
    from assistant.snapshot import publish, read_manifest, snapshot_ids

    if options.id not in snapshot_ids(settings.index):
        raise UsageError(f"Er is geen versie {options.id}. Bekijk ze met: assistant snapshots")
    read_manifest(settings.index / options.id)
    gate = check_gate(settings.index, options.id, options.past_gate)
    publish(settings.index, options.id)
    record(settings.index, options.id, gate, options.past_gate)
    print(f"In gebruik: {options.id}")  # noqa: T201
    return 0


def _rollback(options: argparse.Namespace, settings: Settings) -> int:
    from assistant.snapshot import published_id, snapshot_ids

    current = published_id(settings.index)
    earlier = [name for name in snapshot_ids(settings.index) if current is None or name < current]
    if not earlier:
        raise UsageError("Er is geen eerdere versie om naar terug te gaan. Bekijk ze met: assistant snapshots")
    options.id, options.past_gate = earlier[-1], "terug naar de vorige versie"
    return _publish(options, settings)


def _open(settings: Settings) -> Assistant:
    """The assistant over the published index, built first when there is none; says when the corpus has changed."""
    from assistant.assistant import Assistant
    from assistant.build import build_index
    from assistant.embed import load_encoder
    from assistant.snapshot import published_id
    from assistant.state import corpus_changed

    if published_id(settings.index) is None:
        with progress() as tell:
            report = build_index(
                settings.corpus,
                settings.index,
                load_encoder(settings.embedder),
                chroma_url=settings.chroma_url,
                progress=tell,
            )
        for problem in report.problems:
            _say(f"let op: {problem}")
    elif corpus_changed(settings.corpus, settings.index):
        _say(
            "let op: de documenten zijn veranderd sinds deze index; dit antwoord komt uit de vorige stand. "
            "Werk bij met: assistant index"
        )
    return Assistant.open(settings)


def _open_as_of(text: str, settings: Settings) -> Assistant:
    """The assistant over the documents that held on a day."""
    from assistant.as_of import day, open_as_of

    when = day(text)
    with progress() as tell:
        return open_as_of(settings, when, tell)


def _print_json(value: object) -> None:
    from assistant.batch import utf8

    utf8(sys.stdout)
    print(json.dumps(value, ensure_ascii=False, indent=1))  # noqa: T201


_RUNS: dict[str, Run] = {
    "index": _index,
    "ask": _ask,
    "search": _search,
    "chat": _chat,
    "mcp": _mcp,
    "doctor": _doctor,
    "check": _check,
    "feedback": _feedback,
    "snapshots": _snapshots,
    "publish": _publish,
    "rollback": _rollback,
}


if __name__ == "__main__":
    sys.exit(main())

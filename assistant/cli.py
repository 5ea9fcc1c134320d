"""The command line: builds, asks and serves, and turns errors into exit codes (0 done, 1 failed, 2 wrong usage)."""

from __future__ import annotations

import argparse
import dataclasses
import logging
import os
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from assistant import (
    account_command,
    add_command,
    index_commands,
    questions_command,
    report_commands,
    version_commands,
)
from assistant.arguments import Add, Run, build_parser, check_question_or_batch
from assistant.errors import AssistantError
from assistant.output import note, print_json, say
from assistant.progress import progress
from assistant.settings import Settings, load_settings

if TYPE_CHECKING:
    from assistant.assistant import Assistant


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
    note(message)
    return code


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
        note(f"let op: {problem}")
    if options.gate:
        return index_commands.pass_gate(report.snapshot, options, settings)
    if report.changed and not options.candidate:
        record(settings.index, report.snapshot, "none")
        index_commands.say_losses(settings, before, report.snapshot)
    if options.json:
        print_json(dataclasses.asdict(report))
    elif not report.changed:
        say(f"De index is al bij: {report.documents} documenten, {report.passages} passages ({report.snapshot}).")
    else:
        say(
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
        print_json(answer_json(answer))
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
        print_json(hits_json(options.question, hits, assistant.snapshot.documents, time.perf_counter() - started))
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
        note(f"MCP staat op http://{options.host}:{options.port}/mcp (stop met Ctrl+C)")
        serve_http(assistant, options.host, options.port)
    else:
        serve_stdio(assistant)
    return 0


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
            note(f"let op: {problem}")
    elif corpus_changed(settings.corpus, settings.index):
        note(
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


_RUNS: dict[str, Run] = {
    "index": _index,
    "ask": _ask,
    "search": _search,
    "chat": _chat,
    "mcp": _mcp,
    "doctor": report_commands.doctor,
    "check": report_commands.check,
    "feedback": report_commands.feedback,
    "snapshots": version_commands.snapshots,
    "publish": version_commands.publish,
    "rollback": version_commands.rollback,
}


if __name__ == "__main__":
    sys.exit(main())

"""`assistant questions` and `assistant terms`: what a document still lacks, drafted or found, taken over on purpose."""

from __future__ import annotations

import argparse
import dataclasses
from typing import TYPE_CHECKING, Any

from assistant.arguments import Add
from assistant.errors import UsageError
from assistant.output import note, print_json, say
from assistant.progress import progress
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.types import Document
    from assistant.written_questions import Coverage

_SHOWN = 20


def add_arguments(command: Add) -> None:
    """The commands `questions` and `terms`."""
    questions = command("questions", run_questions, "toon passages zonder vragen, en laat er vragen bij opstellen")
    questions.add_argument("document", metavar="DOC", nargs="?", help="een document; zonder: alle documenten, geteld")
    questions.add_argument("--accept", action="store_true", help="neem de nagekeken concepten van DOC op")
    questions.add_argument("--json", action="store_true", help="als JSON")
    terms = command("terms", run_terms, "toon de afkortingen die documenten zelf uitleggen")
    terms.add_argument("document", metavar="DOC", nargs="?", help="een document; zonder: alle documenten")
    terms.add_argument("--add", metavar="KORT", nargs="+", default=[], help="zet deze in de woordenlijst")
    terms.add_argument("--json", action="store_true", help="als JSON")


def run_questions(options: argparse.Namespace, settings: Settings) -> int:
    """List what has no questions; with a language model, draft them for one document; with --accept, take them over.

    Raises:
        UsageError: there is no such document, or there are no drafts.
    """
    from assistant.read import read_corpus
    from assistant.written_questions import coverage, drafts_file, read_written, take_over

    documents = read_corpus(settings.corpus)[0]
    if options.accept:
        document = _one(documents, options.document)
        file = drafts_file(settings.index, document.id)
        rows = read_written(file)
        if not rows:
            raise UsageError(
                f"Er zijn geen concepten voor {document.id}. Maak ze met: assistant questions {document.id}"
            )
        count = take_over(settings.corpus, document.id, rows)
        file.unlink()
        say(f"{count} vragen opgenomen. Werk de index bij met: assistant index --gate")
        return 0
    wanted = [_one(documents, options.document)] if options.document else documents
    found = coverage(settings.corpus, wanted)
    report: dict[str, Any] = {"documents": [_json_of(one, bool(options.document)) for one in found]}
    if options.document:
        report |= _draft(found[0], settings, options.json)
    if options.json:
        print_json(report)
    elif not options.document:
        for one in found:
            say(f"{one.document.id}: {len(one.without)} van {one.passages} passages zonder vragen")
    return 1 if report.get("stopped") else 0


def _draft(found: Coverage, settings: Settings, quiet: bool) -> dict[str, Any]:
    """Draft questions for what has none, where a language model is set; else list it."""
    from assistant.model import load_model
    from assistant.written_questions import draft_all, drafts_file, read_written, undrafted, write_written

    model, document = load_model(settings), found.document
    show = (lambda line: None) if quiet else say
    show(f"{document.id}: {len(found.without)} van {found.passages} passages zonder vragen")
    file = drafts_file(settings.index, document.id)
    kept = read_written(file)
    if model is None:
        for passage in found.without[:_SHOWN]:
            show(f"- {' › '.join(passage.section[-2:])}: {passage.quote.strip()[:100]}")
        show(
            "Er is geen taalmodel ingesteld (llm_base_url en llm_model), dus er zijn geen vragen opgesteld. Schrijf ze "
            "zelf in Beheer of in corpus/questions."
        )
        return {"drafted": 0, "file": None}
    with progress() as tell:
        made, why = draft_all(
            model,
            document,
            undrafted(found.without, kept),
            lambda done, total: tell("Vragen opstellen", done, total) if tell else None,
        )
    if made or kept:
        write_written(file, document.id, [*kept, *made])
        show(f"{len(made)} passages met concepten in {file}.")
        show(f"Kijk ze na en verbeter ze daar; neem ze dan op met: assistant questions {document.id} --accept")
    if why:
        note(f"gestopt: {why}")
    return {"drafted": len(made), "file": str(file) if made or kept else None, "stopped": why}


def run_terms(options: argparse.Namespace, settings: Settings) -> int:
    """List abbreviations that documents define, and add chosen ones to the vocabulary.

    Raises:
        UsageError: there is no such document, or none of the abbreviations is a new one.
    """
    from assistant.abbreviations import abbreviations_in, add_to_vocabulary, named
    from assistant.read import read_corpus
    from assistant.vocabulary import load_vocabulary

    documents = read_corpus(settings.corpus)[0]
    wanted = [_one(documents, options.document)] if options.document else documents
    vocabulary = load_vocabulary(settings.corpus / "vocabulary.yaml")
    found = {one.id: abbreviations_in(one.text[one.body_start :], vocabulary) for one in wanted}
    if options.add:
        chosen = named(options.add, [item for items in found.values() for item in items])
        if not chosen:
            raise UsageError("Geen van deze afkortingen is nieuw. Bekijk ze met: assistant terms")
        add_to_vocabulary(settings.corpus, chosen)
        say(f"In de woordenlijst gezet: {', '.join(f'{item.short} ({item.long})' for item in chosen)}.")
        return 0
    if options.json:
        rows = {name: [dataclasses.asdict(item) for item in items] for name, items in found.items()}
        print_json(rows)
        return 0
    for name, items in found.items():
        for item in items:
            state = (
                "nieuw" if item.new else f"de woordenlijst zegt: {', '.join(item.known)}" if item.differs else "bekend"
            )
            say(f"{name}: {item.short} = {item.long} ({state})")
    return 0


def _one(documents: list[Document], name: str | None) -> Document:
    found = next((document for document in documents if document.id == name), None)
    if found is None:
        known = ", ".join(document.id for document in documents[:20])
        raise UsageError(f"Er is geen document {name or '(geen naam gegeven)'}. Kies uit: {known}")
    return found


def _json_of(found: Coverage, full: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "document": found.document.id,
        "passages": found.passages,
        "without_questions": len(found.without),
    }
    if full:
        row["passages_without"] = [
            {"section": list(passage.section), "quote": passage.quote.strip()} for passage in found.without
        ]
    return row

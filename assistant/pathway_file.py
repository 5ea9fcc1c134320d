"""corpus/pathways/*.yaml → pathways, each quote found in its document. A file with one wrong quote gives no pathway."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from assistant.pathways import (
    Choice,
    Claim,
    Event,
    Pathways,
    Route,
    Rule,
    State,
    Step,
    Timeline,
    Words,
    inconsistencies,
)
from assistant.read import Problem
from assistant.types import Citation, Document

_SHOWN = 90


def load_pathways(folder: Path, documents: Iterable[Document]) -> Pathways:
    """Read every pathway file and prove what it says.

    Args:
        folder: `corpus/pathways`; when it is missing there are no pathways.
        documents: the documents that quotes are looked for in.

    Returns:
        The pathways that hold, by file stem, and a fatal problem for everything that kept one from being built:
        it names the file, the place in it, and the quote that the document does not have (any more).
    """
    known = {document.id: document for document in documents}
    routes: dict[str, Route] = {}
    timelines: dict[str, Timeline] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else []:
        reader = _Reader(path, f"{folder.name}/{path.name}", known)
        pathway = reader.read()
        problems += reader.problems
        if reader.problems:
            continue
        if isinstance(pathway, Route):
            routes[pathway.id] = pathway
        elif pathway is not None:
            timelines[pathway.id] = pathway
    return Pathways(routes, timelines, tuple(problems))


class _Wrong(Exception):
    """The shape of the file is not as it should be; nothing after it can be read."""


class _Reader:
    """Reads one file. Wrong quotes are gathered, so that a maintainer sees them all at once."""

    def __init__(self, path: Path, name: str, documents: Mapping[str, Document]) -> None:
        self._path = path
        self._name = name
        self._documents = documents
        self._default = ""
        self.problems: list[Problem] = []

    def read(self) -> Route | Timeline | None:
        try:
            raw = yaml.safe_load(self._path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
            self._problem(f"geen leesbare YAML ({' '.join(str(error).split())[:160]})")
            return None
        try:
            top = _mapping(raw, "bovenaan")
            self._default = _text(top, "document", "bovenaan")
            kind = _text(top, "kind", "bovenaan")
            if kind not in {"route", "timeline"}:
                raise _Wrong(f"bovenaan: kind '{kind}' bestaat niet; het is route of timeline")
            return self._route(top) if kind == "route" else self._timeline(top)
        except _Wrong as error:
            self._problem(str(error))
            return None

    def _route(self, top: dict[str, Any]) -> Route:
        route = Route(
            id=self._path.stem,
            title=_words(top.get("title"), "title"),
            about=self._claim(top.get("about"), "about"),
            steps=tuple(self._step(raw) for raw in _list(top.get("steps"), "steps")),
            choices=tuple(self._choice(raw) for raw in _list(top.get("questions", []), "questions")),
            rules=tuple(self._rule(raw) for raw in _list(top.get("rules", []), "rules")),
        )
        for message in inconsistencies(route):
            self._problem(message)
        return route

    def _timeline(self, top: dict[str, Any]) -> Timeline:
        events = [self._event(raw, number) for number, raw in enumerate(_list(top.get("events"), "events"), 1)]
        remarks = _mapping(top.get("remarks", {"title": top.get("title"), "items": []}), "remarks")
        items = _list(remarks.get("items"), "remarks › items")
        return Timeline(
            id=self._path.stem,
            title=_words(top.get("title"), "title"),
            about=self._claim(top.get("about"), "about"),
            # What has no year keeps its place after the others: sorting is stable.
            events=tuple(sorted(events, key=lambda event: event.sort or "9999")),
            remarks_title=_words(remarks.get("title"), "remarks › title"),
            remarks=tuple(self._claim(raw, f"remarks › {number}") for number, raw in enumerate(items, 1)),
        )

    def _step(self, raw: object) -> Step:
        step = _mapping(raw, "steps")
        name = _text(step, "id", "steps")
        where = f"stap {name}"
        return Step(
            id=name,
            title=_words(step.get("title"), f"{where} › title"),
            purpose=self._claims(step, "purpose", where),
            conditions=self._claims(step, "conditions", where),
            next=_names(step.get("next", []), f"{where} › next"),
            beside=_names(step["beside"], f"{where} › beside") if "beside" in step else None,
        )

    def _choice(self, raw: object) -> Choice:
        choice = _mapping(raw, "questions")
        name = _text(choice, "id", "questions")
        options = _mapping(choice.get("options"), f"vraag {name} › options")
        return Choice(
            id=name,
            text=_words(choice.get("text"), f"vraag {name} › text"),
            options={str(key): _words(value, f"vraag {name} › {key}") for key, value in options.items()},
            proofs=self._proofs(choice, f"vraag {name}"),
        )

    def _rule(self, raw: object) -> Rule:
        rule = _mapping(raw, "rules")
        where = f"regel {_text(rule, 'id', 'rules')}"
        when = _mapping(rule.get("when"), f"{where} › when")
        return Rule(
            id=rule["id"],
            when={str(question): _names(options, f"{where} › when › {question}") for question, options in when.items()},
            here=_text(rule, "here", where),
            next=_names(rule.get("next", []), f"{where} › next"),
            done=_names(rule.get("done", []), f"{where} › done"),
            claim=self._claim(rule, where),
        )

    def _event(self, raw: object, number: int) -> Event:
        event = _mapping(raw, "events")
        where = f"gebeurtenis {number}"
        state = _text(event, "state", where)
        if state not in {"past", "planned"}:
            raise _Wrong(f"{where}: state '{state}' bestaat niet; het is past of planned")
        date = _words(event.get("date"), f"{where} › date")
        return Event(date, str(event.get("sort", "")), cast(State, state), self._claim(event, where))

    def _claims(self, step: dict[str, Any], part: str, where: str) -> tuple[Claim, ...]:
        where = f"{where} › {part}"
        return tuple(self._claim(raw, where) for raw in _list(step.get(part, []), where))

    def _claim(self, raw: object, where: str) -> Claim:
        claim = _mapping(raw, where)
        return Claim(_words(claim.get("says"), f"{where} › says"), self._proofs(claim, where))

    def _proofs(self, raw: dict[str, Any], where: str) -> tuple[Citation, ...]:
        """The citations of `quote` (with `document`), or of each entry of `proofs`."""
        entries = [_mapping(entry, where) for entry in _list(raw.get("proofs", [raw]), f"{where} › proofs")]
        if not entries:
            raise _Wrong(f"{where}: zonder citaat mag er niets staan")
        found = [self._citation(entry, where) for entry in entries]
        return tuple(citation for citation in found if citation is not None)

    def _citation(self, entry: dict[str, Any], where: str) -> Citation | None:
        quote, name = _text(entry, "quote", where), str(entry.get("document", self._default))
        document = self._documents.get(name)
        shown = quote if len(quote) <= _SHOWN else quote[:_SHOWN] + "…"
        if document is None:
            self._problem(f"{where}: het document '{name}' is er niet (meer); citaat: “{shown}”")
            return None
        start = document.text.find(quote, document.body_start)
        if start < 0:
            remedy = "Neem de nieuwe tekst over of haal het weg"
            self._problem(f"{where}: dit citaat staat niet (meer) in {document.file}: “{shown}”. {remedy}")
            return None
        if document.text.find(quote, start + 1) >= 0:
            self._problem(f"{where}: dit citaat staat vaker in {document.file}: “{shown}”. Maak het langer")
            return None
        end = start + len(quote)
        return Citation(
            0, name, document.title, (), quote, start, end, document.sha256, document.file, document.url,
            document.page_at(start),
        )  # fmt: skip

    def _problem(self, message: str) -> None:
        self.problems.append(Problem(self._name, message, True))


def _mapping(raw: object, where: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise _Wrong(f"{where}: hier horen namen met waarden te staan, niet {str(raw)[:40]!r}")
    return raw


def _list(raw: object, where: str) -> list[Any]:
    if not isinstance(raw, list):
        raise _Wrong(f"{where}: hier hoort een lijst te staan, niet {str(raw)[:40]!r}")
    return raw


def _names(raw: object, where: str) -> tuple[str, ...]:
    return tuple(str(name) for name in _list(raw, where))


def _text(raw: dict[str, Any], name: str, where: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value.strip():
        raise _Wrong(f"{where}: '{name}' ontbreekt of is geen tekst")
    return value.strip()


def _words(raw: object, where: str) -> Words:
    words = _mapping(raw, where)
    if left := sorted(map(str, set(words) - {"nl", "en"})):
        # A comma in a text without quotation marks cuts it in two.
        remedy = "zet een tekst met een komma tussen aanhalingstekens"
        raise _Wrong(f"{where}: hier horen alleen nl en en te staan, niet '{left[0]}'; {remedy}")
    return Words(_text(words, "nl", where), _text(words, "en", where))

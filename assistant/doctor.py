"""Settings → what works and what does not: the index, the encoder, and a real question to the model, if any."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from assistant.assistant import Assistant
from assistant.embed import load_encoder
from assistant.errors import AssistantError, ModelError
from assistant.model import Done, load_model
from assistant.prompts import load_prompt
from assistant.settings import Settings
from assistant.state import corpus_changed


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what, whether it is good, and what was found, in words for a maintainer."""

    what: str
    good: bool
    found: str


# What to do about each way to fail.
_DO = {
    "unreachable": "kijk of het draait en of llm_base_url klopt",
    "key": "kijk naar llm_api_key",
    "not_found": "kijk naar llm_model, en of llm_base_url op /v1 hoort te eindigen",
    "busy": "probeer het later, of kies een ander eindpunt",
    "request": "kijk of dit model het chatprotocol van OpenAI kent",
    "first_token": "het model is misschien nog aan het laden; probeer het nog eens of verhoog llm_seconds",
    "stalled": "verhoog llm_seconds of kies een kleiner model",
    "budget": "verhoog llm_seconds of kies een kleiner model",
    "garbage": "kijk of llm_base_url naar de API wijst en niet naar een webpagina",
}


def examine(settings: Settings) -> list[Finding]:
    """Look at everything that answering needs; a model is asked one short question, and nothing else is sent."""
    return [
        _look("encoder", lambda: _encoder(settings)),
        _look("index", lambda: _index(settings)),
        _look("prompts", _prompts),
        *_endpoint(settings),
    ]


def _look(what: str, find: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, find())
    except AssistantError as error:
        return Finding(what, False, str(error))


def _encoder(settings: Settings) -> str:
    encoder = load_encoder(settings.embedder)
    return f"{encoder.name}, {encoder.dimensions} dimensies"


def _index(settings: Settings) -> str:
    manifest = Assistant.open(settings).snapshot.manifest
    changed = (
        "; de documenten zijn sindsdien veranderd, werk bij met: assistant index"
        if corpus_changed(settings.corpus, settings.index)
        else ""
    )
    return f"{manifest.id}, {manifest.documents} documenten, {manifest.passages} passages{changed}"


def _prompts() -> str:
    names = [(name, language) for name in ("answer", "plain", "usual") for language in ("nl", "en")]
    for name, language in names:
        load_prompt(name, language)
    return f"{len(names)} gelezen"


def _endpoint(settings: Settings) -> Iterator[Finding]:
    given = {"llm_base_url": settings.llm_base_url, "llm_model": settings.llm_model}
    if not any(given.values()):
        yield Finding("taalmodel", True, "niet ingesteld: antwoorden zijn citaten, en er gaat niets naar buiten")
        return
    if missing := [name for name, value in given.items() if not value]:
        yield Finding(
            "taalmodel", False, f"{missing[0]} ontbreekt; zonder die instelling wordt het taalmodel niet gebruikt"
        )
        return
    yield _look("taalmodel", lambda: _trial(settings))


def _trial(settings: Settings) -> str:
    model = load_model(settings)
    if model is None:
        raise ModelError("er is geen taalmodel ingesteld", "not_found")
    started = time.perf_counter()
    first, done = 0.0, None
    where = urlsplit(settings.llm_base_url).netloc
    try:
        for item in model.stream({"user": "Antwoord met het woord: goed"}):
            if isinstance(item, Done):
                done = item
            else:
                first = first or time.perf_counter() - started
    except ModelError as error:
        waited = time.perf_counter() - started
        advice = f"; {_DO[error.reason]}" if error.reason in _DO else ""
        raise ModelError(
            f"{settings.llm_model} op {where}: {error} (na {waited:.1f} s){advice}", error.reason
        ) from error
    counted = (
        f", {done.prompt_tokens} + {done.completion_tokens} tokens" if done and done.prompt_tokens is not None else ""
    )
    return (
        f"{settings.llm_model} op {where} antwoordt: eerste woord na {first:.1f} s, "
        f"klaar na {time.perf_counter() - started:.1f} s"
        f"{counted}. Per vraag gaan daarheen: de vraag, de gevonden passages en de opdracht; verder niets"
    )

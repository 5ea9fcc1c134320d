"""What the reader is told when a model's answer was changed, given up for the quotes, or a refusal."""

from __future__ import annotations

from dataclasses import replace

from assistant.answer import shown
from assistant.types import Answer, Generation

_SAY = {
    "nl": {
        "failed": "Letterlijk uit de documenten: {reason}.",
        "stopped": "Gestopt op uw verzoek: dit zijn de citaten zelf.",
        "unproven": "Letterlijk uit de documenten: het taalmodel gaf geen zin die de bronnen bewijzen.",
        "replaced": "Vervangen door het citaat: {n} van het taalmodel, met iets anders dan de bron.",
        "dropped": "Weggelaten: {n} van het taalmodel zonder bewijs.",
        "one": "één zin",
        "more": "{n} zinnen",
        "refused": "Dat staat niet in de documenten.",
        "nearest": "Het dichtst in de buurt komen:",
    },
    "en": {
        "failed": "Quoted from the documents: the language model could not be used ({reason}).",
        "stopped": "Stopped as you asked: these are the quotes themselves.",
        "unproven": "Quoted from the documents: the language model gave no sentence that the sources prove.",
        "replaced": "Replaced by the quote: {n} of the language model that said something else than the source.",
        "dropped": "Left out: {n} of the language model without proof.",
        "one": "one sentence",
        "more": "{n} sentences",
        "refused": "The documents do not say that. (Dat staat niet in de documenten.)",
        "nearest": "The nearest passages are:",
    },
}

# The reasons of failures.py, for who reads English.
_IN_ENGLISH = {
    "unreachable": "it cannot be reached",
    "key": "it refuses the key",
    "not_found": "the address or the model does not exist there",
    "busy": "it is too busy",
    "server": "it has a fault",
    "request": "it refuses the request",
    "first_token": "it did not answer in time",
    "stalled": "it fell silent",
    "budget": "it is too slow",
    "cut": "its answer broke off",
    "garbage": "its answer could not be read",
    "empty": "its answer was empty",
    "open": "it failed a few times and is left alone for a moment",
}


def fall_back(quoted: Answer, generation: Generation, say: str, reason: str) -> Answer:
    """The quote answer with one line that says why it is not the model's: `say` is a key of `_SAY`."""
    language = quoted.understood.language
    if language == "en":
        reason = _IN_ENGLISH.get(generation.failure, reason)
    notice = _SAY[language][say].format(reason=reason)
    return replace(quoted, generation=generation, notices=(*quoted.notices, notice))


def notices(quoted: Answer, generation: Generation) -> list[str]:
    """What the check changed, a line each."""
    say = _SAY[quoted.understood.language]
    counts = {"replaced": generation.replaced, "dropped": generation.dropped}
    return [say[how].format(n=say["one" if n == 1 else "more"].format(n=n)) for how, n in counts.items() if n]


def refusal(quoted: Answer, generation: Generation) -> Answer:
    """The model read the spans and found no answer in them: say so, and show them as the nearest."""
    say = _SAY[quoted.understood.language]
    nearest = tuple(replace(c, n=n) for n, c in enumerate(quoted.citations[:3], 1))
    lines = [say["refused"], "", say["nearest"], ""]
    lines += [f"- {shown(' › '.join(dict.fromkeys((c.title, *c.section))))}" for c in nearest]
    return replace(
        quoted,
        status="not_found",
        text="\n".join(lines),
        statements=(),
        citations=(),
        nearest=nearest,
        mode="llm",
        generation=generation,
    )

"""The question as understood → one line, with what can be corrected by one click."""

from __future__ import annotations

from html import escape

from assistant.assistant import Assistant
from assistant.entries import Entry
from assistant.roles import Role
from assistant.text import fold, words
from assistant.types import Mention, Question
from assistant.vocabulary import Vocabulary
from assistant.web.texts import TEXTS, Language
from assistant.web.turns import Turn


def again(
    turn: Turn, text: str | None = None, role: str | None = None, alone: bool = False, plain: bool | None = None
) -> str:
    """The attributes of a button that asks a turn's question again in its place; what is not given stays as it was."""
    asked = turn.asked
    attributes = {
        "data-ask": turn.question if text is None else text,
        "data-at": str(turn.number),
        "data-role": (asked.role or "") if role is None else role,
        "data-plain": str(asked.plain if plain is None else plain).lower(),
        **({"data-alone": "true"} if alone or asked.alone else {}),
    }
    return " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())


def day_of(iso: str) -> str:
    """A date as people write it: 2026-11-24 → 24-11-2026."""
    return "-".join(reversed(iso.split("-")))


def understood_line(question: Question, assistant: Assistant, language: Language, role: str | None = None) -> str:
    """The question as understood: aspect, actors, domain in the reader's language; `role` is the one it is asked in."""
    say, vocabulary = TEXTS[language], assistant.vocabulary
    parts = [_label(question.aspect, vocabulary.aspects, language)]
    chosen = vocabulary.role(role)
    for actor in question.actors:
        label = _label(actor, vocabulary.actors, language)
        if actor.source == "role":
            own = label_of(chosen, language) if chosen and chosen.actor == actor.id else label
            label = f"{own} ({say['by_role']})"
        parts.append(label)
    parts.append(_label(question.domain, vocabulary.domains, language))
    if question.follow_up:
        parts.append(say["follow_up"])
    return " · ".join(filter(None, parts))


def understood_html(turn: Turn, assistant: Assistant, language: Language) -> str:
    """The line, and buttons that ask the question again with another actor, without the role, or by itself."""
    if turn.answer is None:
        return ""
    say, question = TEXTS[language], turn.answer.understood
    line = understood_line(question, assistant, language, turn.asked.role)
    quick = ""
    if any(actor.source == "role" for actor in question.actors):
        quick += _again(turn, turn.question, say["without_role"], role="")
    if question.follow_up:
        quick += _again(turn, turn.question, say["alone"], alone=True)
    others = _other_actors(turn, question, assistant, language)
    more = f'<details class="otherwise"><summary>{say["otherwise"]}</summary>{others}</details>' if others else ""
    shown = f'<span class="understood">{say["understood"]}: {escape(line)}</span>' if line else ""
    return f"{shown}{quick}{more}"


def with_actor(text: str, actor: str, other: Entry, vocabulary: Vocabulary) -> str | None:
    """The question with the words that name an actor replaced by another actor; None when it names none."""
    folded, tokens = fold(text), words(text)
    if len(folded) != len(text):
        return None
    spans: list[tuple[int, int]] = []
    for token in tokens:
        start = folded.index(token, spans[-1][1] if spans else 0)
        spans.append((start, start + len(token)))
    for found in vocabulary.actors_in(tokens):
        if found.entry == actor:
            return text[: spans[found.start][0]] + _in_a_sentence(other.label) + text[spans[found.end - 1][1] :]
    return None


def _other_actors(turn: Turn, question: Question, assistant: Assistant, language: Language) -> str:
    vocabulary = assistant.vocabulary
    current = question.actors[0].id if question.actors else ""
    said = next((actor.id for actor in question.actors if actor.source == "said"), "")
    buttons = ""
    for name, entry in vocabulary.actors.items():
        if name == current:
            continue
        text = with_actor(turn.question, said, entry, vocabulary) if said else None
        label = TEXTS[language]["about"].format(actor=_in_a_sentence(label_of(entry, language)))
        buttons += _again(turn, text or turn.question, label, role=None if text else name)
    return f'<div class="chips">{buttons}</div>' if buttons else ""


def _again(turn: Turn, text: str, label: str, role: str | None = None, alone: bool = False) -> str:
    button = f'<button type="button" class="chip small" {again(turn, text, role, alone)}>'
    return f"{button}{escape(label)}</button>"


def _label(mention: Mention | None, entries: dict[str, Entry], language: Language) -> str:
    entry = entries.get(mention.id) if mention else None
    return label_of(entry, language) if entry else ""


def label_of(entry: Entry | Role, language: Language) -> str:
    """What an actor, domain, aspect or role is called in the reader's language."""
    return (entry.label_en if language == "en" else "") or entry.label


def _in_a_sentence(label: str) -> str:
    """A label as it stands inside a sentence: 'Cluster' → 'cluster', 'COC' stays."""
    return label if label[1:2].isupper() or not label[1:].islower() else label[:1].lower() + label[1:]

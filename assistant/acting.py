"""Who acts in a sentence and in its proof, by the actors of the vocabulary. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.clauses import agent_differs, owner_differs, said_of_you, subject_differs
from assistant.entries import Found
from assistant.grammar import before_determiners, follows_preposition, main_clause
from assistant.proof import Proof
from assistant.text import words
from assistant.vocabulary import Vocabulary

_DUTIES = frozenset(
    "taak taken rol verantwoordelijkheid verantwoordelijkheden plicht task tasks role duty responsibility".split()
)
_PRONOUNS = frozenset("zij ze hij they he she".split())


def actor_differs(sentence: str, proof: Proof, vocabulary: Vocabulary, language: str) -> bool:
    """Whether someone is named whom the proof does not name, or someone else acts than in the proof.

    The proof is Dutch: word order is compared only where the sentence is Dutch too.
    """
    return (language == "nl" and _order_differs(sentence, proof, vocabulary)) or _named_differs(
        sentence, proof, vocabulary
    )


def _order_differs(sentence: str, proof: Proof, vocabulary: Vocabulary) -> bool:
    tokens = words(sentence)
    actors = {w for f in _actors(tokens, vocabulary) for w in tokens[f.start : f.end]}
    you = {f.entry for noun in said_of_you(sentence, proof.near) for f in _actors([noun], vocabulary)}
    meant = {*_addressed(proof, vocabulary), *_as_you(words(proof.close), vocabulary)}
    return (
        bool(you and meant and not you & meant)
        or subject_differs(sentence, proof.near)
        or agent_differs(sentence, proof.near, actors)
        or owner_differs(sentence, proof.near)
    )


def _named_differs(sentence: str, proof: Proof, vocabulary: Vocabulary) -> bool:
    said, agent = _acting(sentence, vocabulary)
    near, near_agent = _acting(proof.close, vocabulary)
    everyone = set(near) | set(_acting(proof.quotes, vocabulary)[0])
    heading = _addressed(proof, vocabulary)
    if set(said) - everyone - set(heading):
        return True
    own = near_agent if near_agent and not proof.close[:1].islower() else None
    right = {own} if own else set(heading[:1]) or ({near_agent} if near_agent else set())
    if words(sentence)[:1] and words(sentence)[0] in _PRONOUNS and right & set(said):
        # 'Zij stimuleren de opleider': who acts is somebody else than the one who is named.
        return True
    if agent is None or not right or agent in right or not (set(said) & everyone | set(heading)):
        return False
    if agent in set(_subjects(proof.close, vocabulary)) - _led_in(proof.close, vocabulary) and not right & set(said):
        return False
    return not (agent in heading and not (own and own in said))


def _as_you(tokens: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """Whom 'als opleider bepaalt u' speaks to."""
    return [f.entry for f in _actors(tokens, vocabulary) if f.start and tokens[f.start - 1] == "als" and "u" in tokens]


def _addressed(proof: Proof, vocabulary: Vocabulary) -> list[str]:
    """The actors of the nearest heading that names one; the title's only where the text says 'u' to its reader."""
    parts = proof.headings if "u" in words(proof.close) else proof.headings[:-1]
    named = (_of_heading(words(part), vocabulary) for part in parts)
    return next((actors for actors in named if actors), [])


def _of_heading(tokens: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    """Whose heading it is: not who is only met there, as in 'Samen met de aios', or is the reader's: 'uw aios'."""
    return [
        f.entry
        for f in _actors(tokens, vocabulary)
        if tokens[max(0, before_determiners(tokens, f.start))] != "met" and tokens[max(0, f.start - 1)] != "uw"
    ]


def _acting(text: str, vocabulary: Vocabulary) -> tuple[list[str], str | None]:
    """The actors in order, and the one who acts: after 'door', whose task it is, else the first that is a subject."""
    tokens = words(text)
    found = _actors(tokens, vocabulary)
    by = [f.entry for f in found if f.start and "door" in tokens[max(0, f.start - 2) : f.start]]
    duty = [f.entry for f in found if _has_duty(tokens, f)]
    return [f.entry for f in found], next(iter((*by, *duty, *_subjects(main_clause(text), vocabulary))), None)


def _has_duty(tokens: Sequence[str], found: Found) -> bool:
    """Whether a task is said to be theirs: 'de taak van de aios', 'uw taak als opleider', "the resident's task"."""
    before = before_determiners(tokens, found.start)
    if before >= 1 and tokens[before] in {"van", "als", "voor", "of", "as", "for"} and tokens[before - 1] in _DUTIES:
        return True
    return list(tokens[found.end : found.end + 1]) == ["s"] and bool(
        set(tokens[found.end + 1 : found.end + 2]) & _DUTIES
    )


def _subjects(text: str, vocabulary: Vocabulary) -> list[str]:
    tokens = words(text)
    return [f.entry for f in _actors(tokens, vocabulary) if not follows_preposition(tokens, f.start)]


def _led_in(text: str, vocabulary: Vocabulary) -> set[str]:
    """Who acts only in a description: 'een door aios ervaren klimaat'."""
    tokens = words(text)
    return {f.entry for f in _actors(tokens, vocabulary) if f.start and tokens[f.start - 1] == "door"}


def _actors(tokens: Sequence[str], vocabulary: Vocabulary) -> list[Found]:
    return [f for f in vocabulary.actors_in(tokens) if f.weight >= 1.0]

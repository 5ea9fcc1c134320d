"""The words of a Dutch sentence: which may be its subject, which are verbs, and what stands around a verb. Pure.

This is no parser: capitals, determiners, prepositions and endings tell what a word is, as often as
evals/support-test.jsonl says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from assistant.polarity import CLAIM_OF
from assistant.proof import form_of
from assistant.text import STOP, fold, stem

_PREPOSITIONS = frozenset(
    "van voor aan met over naar tegen tussen tot onder bij in op om rond uit of for "
    "to with about between by under at on from the into".split()
)
_CONDITION = re.compile(r"\s*(?:als|wanneer|indien|zodra|mocht|if|when|once)\s(?=(?:\S+\s+){3})[^,]*,", re.IGNORECASE)
# Forms of a verb that no rule of spelling brings together.
_IRREGULAR = {
    "hebben": "heeft", "have": "has", "zijn": "is", "are": "is", "worden": "wordt", "moeten": "moet", "mogen": "mag",
    "kunnen": "kan", "kunt": "kan", "doen": "doet", "gaan": "gaat", "geven": "geeft", "geef": "geeft",
}  # fmt: skip
# What ends as a plural noun at the start of a sentence, and is none.
_ADVERBS = frozenset("vervolgens soms steeds tevens eveneens overigens trouwens telkens volgens tijdens samen".split())
_PRONOUNS = frozenset("u we wij ze zij hij je jij men you they he she".split())
DETERMINERS = frozenset(
    "de het een the a an deze die elke zijn haar hun uw alle andere nieuwe eigen other each".split()
)
_AUXILIARIES = frozenset(
    "heeft hebben is wordt worden moet moeten mag mogen kan kunt kunnen has have is are must may can".split()
)


def before_determiners(tokens: Sequence[str], start: int) -> int:
    """The place of the word before a noun at a place and its determiners; -1 when there is none."""
    before = start - 1
    while before >= 0 and tokens[before] in DETERMINERS:
        before -= 1
    return before


def follows_preposition(tokens: Sequence[str], start: int) -> bool:
    """Whether the word at a place is talked about rather than acting: 'van de aios'."""
    before = before_determiners(tokens, start)
    return before >= 0 and tokens[before] in _PREPOSITIONS


def main_clause(text: str) -> str:
    """A sentence without a condition that it starts with: 'Als …, moet de opleider …'."""
    return _CONDITION.sub("", text, count=1)


def _verb(token: str) -> str:
    return _IRREGULAR.get(token) or (token if token in _AUXILIARIES else form_of(token))


def _is_verb(tokens: Sequence[str], place: int) -> bool:
    token = tokens[place]
    if token in _AUXILIARIES:
        return True
    looks = token not in CLAIM_OF and len(token) > 3 and token.endswith(("t", "en")) and token not in STOP
    return looks and not (place and tokens[place - 1] in DETERMINERS | _PREPOSITIONS)


def passive(tokens: Sequence[str]) -> bool:
    """Whether a sentence names who acts after 'door' or 'by'."""
    return ("door" in tokens and bool({"wordt", "worden", "werd", "werden"} & set(tokens))) or (
        "by" in tokens and bool({"is", "are"} & set(tokens))
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A folded word: whether it can be a subject (a noun that follows no preposition), and its form if it is a verb."""

    token: str
    noun: bool
    verb: str


@lru_cache(maxsize=2048)
def rows_of(text: str) -> tuple[Row, ...]:
    """The words of a text."""
    raw = re.findall(r"[^\W_]+", text)
    tokens = [fold(t) for t in raw]
    listed = _listed(text)
    rows: list[Row] = []
    for place, token in enumerate(tokens):
        noun = place > 0 and (
            tokens[place - 1] in DETERMINERS | {"als", "as"}
            or raw[place][0].isupper()
            or (rows[-1].noun and raw[place - 1][0].isupper())
            or _behind_adjective(tokens, place, rows[-1].noun)
        )
        named = place == 0 and (sum(c.isupper() for c in raw[0]) >= 2 or _plural_start(tokens))
        subject = (noun or named) and token not in STOP and not follows_preposition(tokens, place)
        name = place > 0 and raw[place][0].isupper()
        # What ends in -en and stands in a row is a plural noun sooner than a verb.
        verbal = _is_verb(tokens, place) and (token in _AUXILIARIES or token.endswith("t") or not listed[place])
        rows.append(Row(token, subject, _verb(token) if verbal and not name else ""))
    return tuple(rows)


def _listed(text: str) -> list[bool]:
    """For each word whether a comma, colon, slash or bracket, or 'en' or 'of', stands beside it."""
    marked = re.sub(r"\b(?:en|of)\b", lambda m: f",{m.group()},", text)
    gaps = re.split(r"[^\W_]+", marked)
    return [any(mark in before + after for mark in ",:;/()") for before, after in pairwise(gaps)]


def _behind_adjective(tokens: Sequence[str], place: int, noun: bool) -> bool:
    """Whether the word before may be an adjective of this one: 'de uiteindelijke koers'."""
    return noun and place > 1 and tokens[place - 1].endswith("e") and tokens[place - 2] in DETERMINERS


def _plural_start(tokens: Sequence[str]) -> bool:
    """Whether a sentence starts with a plural noun and its verb: 'Opleiders organiseren'."""
    first = tokens[0]
    plural = first.endswith(("s", "en")) and first not in _ADVERBS
    return plural and len(tokens) > 1 and tokens[1].endswith("en") and _is_verb(tokens, 1)


def place_of(rows: Sequence[Row], verb: Row) -> int | None:
    """Where a verb stands: in the same form sooner than in another."""
    places = [place for place, row in enumerate(rows) if row.verb == verb.verb]
    return next((place for place in places if rows[place].token == verb.token), next(iter(places), None))


def around(rows: Sequence[Row], verb: Row) -> tuple[set[str], set[str]]:
    """(nouns that may be the subject of a verb, words after it); after an inversion the subject follows the verb.

    A pronoun beside the verb is its subject, and says nothing of who that is.
    """
    place = place_of(rows, verb)
    if place is None:
        return set(), set()
    if any(row.token in _PRONOUNS for row in (*rows[max(0, place - 1) : place], *rows[place + 1 : place + 2])):
        return set(), set()
    before = {stem(row.token) for row in rows[:place] if row.noun}
    behind = {stem(row.token) for row in rows[place + 1 : place + 3] if row.noun and place > 0}
    return before or behind, {stem(row.token) for row in rows[place + 1 :]}

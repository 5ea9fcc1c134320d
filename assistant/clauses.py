"""Who does what in a Dutch sentence, as far as word order tells: subjects, agents, owners. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.polarity import CLAIM_OF
from assistant.proof import form_of, holds
from assistant.text import STOP, fold, stem, words

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
_ASKING = frozenset("hoe wat wie waar welke welk waarom of dat how what who where which whether that".split())
# What ends as a plural noun at the start of a sentence, and is none.
_ADVERBS = frozenset("vervolgens soms steeds tevens eveneens overigens trouwens telkens volgens tijdens samen".split())
_PRONOUNS = frozenset("u we wij ze zij hij je jij men you they he she".split())
_DETERMINERS = frozenset(
    "de het een the a an deze die elke zijn haar hun uw alle andere nieuwe eigen other each".split()
)
_AUXILIARIES = frozenset(
    "heeft hebben is wordt worden moet moeten mag mogen kan kunt kunnen has have is are must may can".split()
)


def before_determiners(tokens: Sequence[str], start: int) -> int:
    """The place of the word before a noun at a place and its determiners; -1 when there is none."""
    before = start - 1
    while before >= 0 and tokens[before] in _DETERMINERS:
        before -= 1
    return before


def follows_preposition(tokens: Sequence[str], start: int) -> bool:
    """Whether the word at a place is talked about rather than acting: 'van de aios'."""
    before = before_determiners(tokens, start)
    return before >= 0 and tokens[before] in _PREPOSITIONS


def main_clause(text: str) -> str:
    """A sentence without a condition that it starts with: 'Als …, moet de opleider …'."""
    return _CONDITION.sub("", text, count=1)


def subject_differs(sentence: str, proof: Sequence[str]) -> bool:
    """Whether a verb that both have gets another subject: nothing of what stands before it in the sentence is its
    subject in the proof, where it stands after the verb, is no possible subject, or is not there at all."""
    said = _marked(main_clause(sentence))
    tokens = [row.token for row in said]
    # 'Hoe dat gaat, verschilt': the clause is the subject, no noun in it.
    if _passive(tokens) or (tokens[:1] and tokens[0] in _ASKING):
        return False
    # The verb at the end belongs to the clause with 'die', whose subject is another.
    main = said[:-1] if "die" in tokens[1:] else said
    for verb in {row for row in main if row.verb}:
        before, after = _around(said, verb)
        judged = [p for p in proof if any(row.verb == verb.verb for row in _marked(p)) and not _passive(words(p))]
        if before and judged and all(_other_subject(before, verb, piece) for piece in _nearest(after, judged)):
            return True
    return False


def _verb(token: str) -> str:
    return _IRREGULAR.get(token) or (token if token in _AUXILIARIES else form_of(token))


def _is_verb(tokens: Sequence[str], place: int) -> bool:
    token = tokens[place]
    if token in _AUXILIARIES:
        return True
    looks = token not in CLAIM_OF and len(token) > 3 and token.endswith(("t", "en")) and token not in STOP
    return looks and not (place and tokens[place - 1] in _DETERMINERS | _PREPOSITIONS)


def _other_subject(before: set[str], verb: _Row, piece: str) -> bool:
    if piece[:1].islower():
        return False  # a list item that leaves its subject to its heading, where actors are looked for
    rows = _marked(main_clause(piece))
    theirs, after = _around(rows, verb)
    # Whom a clause with 'die' is about may follow a preposition: 'op de nieuwsbrief die verstuurd wordt'.
    led = {stem(row.token) for row, relative in pairwise(rows) if relative.token in {"die", "dat"}}
    possible = {stem(row.token) for row in rows if row.noun} | led
    return bool(theirs) and not before & theirs and (before <= after or not before & possible)


def _nearest(said: set[str], pieces: Sequence[str]) -> list[str]:
    """The pieces that share most with what is said of the subject."""
    shared = [len(said & {stem(w) for w in words(piece)}) for piece in pieces]
    return [piece for piece, n in zip(pieces, shared, strict=True) if n == max(shared)]


def agent_differs(sentence: str, proof: Sequence[str], actors: Collection[str]) -> bool:
    """Whether 'door X' names someone who does not act in the proof; `actors` are words that are judged as actors."""
    for noun in _after(sentence, {"door", "by"}):
        nearest = _nearest({stem(w) for w in words(sentence)}, proof)
        # An actor of the heading acts where a piece leaves its subject to the heading, or says 'u'.
        open_ = noun in actors and any(p[:1].islower() or "u" in words(p) for p in nearest)
        if noun in {"middel", "means"} or open_ or any(_acts(noun, piece) for piece in nearest):
            continue
        return True
    return False


def _acts(noun: str, piece: str) -> bool:
    rows = _marked(piece)
    acting = {row.token for row in rows if row.noun} | set(_after(piece, {"door", "by"}))
    # 'door de visitatie- en registratiecommissie': the second of two agents has no preposition of its own.
    acting |= {row.token for joint, row in pairwise(rows) if joint.token in {"en", "of"}}
    return holds({stem(t) for t in acting}, noun) or any(len(t) > 4 and noun.startswith(t) for t in acting)


def _after(text: str, prepositions: Collection[str]) -> list[str]:
    """The nouns after these prepositions: what follows a determiner there, or has a capital."""
    raw = re.findall(r"[^\W_]+", text)
    tokens = [fold(t) for t in raw]
    found: list[str] = []
    for place, token in enumerate(tokens[:-1]):
        if token not in prepositions:
            continue
        start = place + 1
        while start < len(tokens) - 1 and tokens[start] in _DETERMINERS:
            start += 1
        if (start > place + 1 or raw[start][0].isupper()) and tokens[start] not in STOP:
            found.append(tokens[start])
    return found


def owner_differs(sentence: str, proof: Sequence[str]) -> bool:
    """Whether 'X van Y' is said where the proof has X of others only: 'het plan van de docent', '… van het bestuur'."""
    held: dict[str, set[str]] = {}
    for piece in proof:
        for thing, owners in _owned(piece):
            held.setdefault(thing, set()).update(owners)
    return any(thing in held and not holds(held[thing], owners[0]) for thing, owners in _owned(sentence))


def _owned(text: str) -> list[tuple[str, list[str]]]:
    """(stem of a noun, stems of the words near behind 'van' after it)."""
    tokens = words(re.sub(r"\([^()]*\)", " ", text))
    found: list[tuple[str, list[str]]] = []
    for place, token in enumerate(tokens):
        if token == "van" and place and tokens[place - 1] not in STOP and len(tokens[place - 1]) > 3:
            owners = [stem(t) for t in tokens[place + 1 : place + 6] if t not in STOP]
            if owners and tokens[place + 1] in _DETERMINERS:
                found.append((stem(tokens[place - 1]), owners))
    return found


def _passive(tokens: Sequence[str]) -> bool:
    return ("door" in tokens and bool({"wordt", "worden", "werd", "werden"} & set(tokens))) or (
        "by" in tokens and bool({"is", "are"} & set(tokens))
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A folded word: whether it can be a subject (a noun that follows no preposition), and its form if it is a verb."""

    token: str
    noun: bool
    verb: str


def _marked(text: str) -> list[_Row]:
    """The words of a text."""
    raw = re.findall(r"[^\W_]+", text)
    tokens = [fold(t) for t in raw]
    listed = _listed(text)
    rows: list[_Row] = []
    for place, token in enumerate(tokens):
        noun = place > 0 and (
            tokens[place - 1] in _DETERMINERS | {"als", "as"}
            or raw[place][0].isupper()
            or (rows[-1].noun and raw[place - 1][0].isupper())
        )
        named = place == 0 and (sum(c.isupper() for c in raw[0]) >= 2 or _plural_start(tokens))
        subject = (noun or named) and token not in STOP and not follows_preposition(tokens, place)
        name = place > 0 and raw[place][0].isupper()
        # What ends in -en and stands in a row is a plural noun sooner than a verb.
        verbal = _is_verb(tokens, place) and (token in _AUXILIARIES or token.endswith("t") or not listed[place])
        rows.append(_Row(token, subject, _verb(token) if verbal and not name else ""))
    return rows


def _listed(text: str) -> list[bool]:
    """For each word whether a comma, colon, slash or bracket, or 'en' or 'of', stands beside it."""
    marked = re.sub(r"\b(?:en|of)\b", lambda m: f",{m.group()},", text)
    gaps = re.split(r"[^\W_]+", marked)
    return [any(mark in before + after for mark in ",:;/()") for before, after in pairwise(gaps)]


def _plural_start(tokens: Sequence[str]) -> bool:
    """Whether a sentence starts with a plural noun and its verb: 'Opleiders organiseren'."""
    first = tokens[0]
    plural = first.endswith(("s", "en")) and first not in _ADVERBS
    return plural and len(tokens) > 1 and tokens[1].endswith("en") and _is_verb(tokens, 1)


def _place(rows: Sequence[_Row], verb: _Row) -> int | None:
    """Where a verb stands: in the same form sooner than in another."""
    places = [place for place, row in enumerate(rows) if row.verb == verb.verb]
    return next((place for place in places if rows[place].token == verb.token), next(iter(places), None))


def said_of_you(sentence: str, proof: Sequence[str]) -> set[str]:
    """The nouns that in a sentence are the subject of a verb which in its proof has 'u' as subject."""
    said = _marked(main_clause(sentence))
    found: set[str] = set()
    for verb in {row for row in said if row.verb}:
        for piece in proof:
            rows = _marked(piece)
            place = _place(rows, verb)
            own = _place(said, verb) or 0
            if place is not None and "u" in {row.token for row in rows[max(0, place - 1) : place + 2]}:
                found |= {row.token for row in said[:own] if row.noun}
    return found


def _around(rows: Sequence[_Row], verb: _Row) -> tuple[set[str], set[str]]:
    """(nouns that may be the subject of a verb, words after it); after an inversion the subject follows the verb.

    A pronoun beside the verb is its subject, and says nothing of who that is.
    """
    place = _place(rows, verb)
    if place is None:
        return set(), set()
    if any(row.token in _PRONOUNS for row in (*rows[max(0, place - 1) : place], *rows[place + 1 : place + 2])):
        return set(), set()
    before = {stem(row.token) for row in rows[:place] if row.noun}
    behind = {stem(row.token) for row in rows[place + 1 : place + 3] if row.noun and place > 0}
    return before or behind, {stem(row.token) for row in rows[place + 1 :]}

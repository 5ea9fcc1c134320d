"""Who does what in a sentence and in its proof, as far as word order tells: subjects, agents, owners. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from assistant.grammar import DETERMINERS, Row, around, main_clause, passive, place_of, rows_of
from assistant.proof import holds
from assistant.text import STOP, fold, stem, words

_ASKING = frozenset("hoe wat wie waar welke welk waarom of dat how what who where which whether that".split())


def subject_differs(sentence: str, proof: Sequence[str]) -> bool:
    """Whether a verb that both have gets another subject: nothing of what stands before it in the sentence is its
    subject in the proof, where it stands after the verb, is no possible subject, or is not there at all."""
    said = rows_of(main_clause(sentence))
    tokens = [row.token for row in said]
    # 'Hoe dat gaat, verschilt': the clause is the subject, no noun in it.
    if passive(tokens) or (tokens[:1] and tokens[0] in _ASKING):
        return False
    # The verb at the end belongs to the clause with 'die', whose subject is another.
    main = said[:-1] if "die" in tokens[1:] else said
    for verb in {row for row in main if row.verb}:
        before, after = around(said, verb)
        judged = [p for p in proof if any(row.verb == verb.verb for row in rows_of(p)) and not passive(words(p))]
        nearest = _nearest(after, judged)
        if before and nearest and all(_other_subject(before, verb, piece) for piece in nearest):
            return True
        if before and any(_says_we(piece, verb) for piece in nearest) and _only_met(before, proof):
            return True
    return False


def _other_subject(before: set[str], verb: Row, piece: str) -> bool:
    if piece[:1].islower():
        return False  # a list item that leaves its subject to its heading, where actors are looked for
    rows = rows_of(main_clause(piece))
    theirs, after = around(rows, verb)
    # Whom a clause with 'die' is about may follow a preposition: 'op de nieuwsbrief die verstuurd wordt'.
    led = {stem(row.token) for row, relative in pairwise(rows) if relative.token in {"die", "dat"}}
    possible = {stem(row.token) for row in rows if row.noun} | led
    return bool(theirs) and not before & theirs and (before <= after or not before & possible)


def _nearest(said: set[str], pieces: Sequence[str]) -> list[str]:
    """The pieces, if any, that share most with what is said of the subject."""
    shared = [len(said & {stem(w) for w in words(piece)}) for piece in pieces]
    return [piece for piece, n in zip(pieces, shared, strict=True) if n == max(shared)]


def _says_we(piece: str, verb: Row) -> bool:
    rows = rows_of(piece)
    place = place_of(rows, verb)
    return place is not None and bool({"we", "wij"} & {row.token for row in rows[max(0, place - 1) : place + 2]})


def _only_met(nouns: set[str], proof: Sequence[str]) -> bool:
    """Whether nouns stand in the proof, and never where a subject can: who writes 'wij' is another."""
    rows = [row for piece in proof for row in rows_of(piece)]
    return bool(nouns & {stem(row.token) for row in rows}) and not nouns & {stem(row.token) for row in rows if row.noun}


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
    rows = rows_of(piece)
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
        while start < len(tokens) - 1 and tokens[start] in DETERMINERS:
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
            if owners and tokens[place + 1] in DETERMINERS:
                found.append((stem(tokens[place - 1]), owners))
    return found


def said_of_you(sentence: str, proof: Sequence[str]) -> set[str]:
    """The nouns that in a sentence are the subject of a verb which in its proof has 'u' as subject."""
    said = rows_of(main_clause(sentence))
    found: set[str] = set()
    for verb in {row for row in said if row.verb}:
        for piece in proof:
            rows = rows_of(piece)
            place = place_of(rows, verb)
            own = place_of(said, verb) or 0
            if place is not None and "u" in {row.token for row in rows[max(0, place - 1) : place + 2]}:
                found |= {row.token for row in said[:own] if row.noun}
    return found

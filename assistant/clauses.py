"""Who acts in a sentence, as far as word order tells: subjects, prepositions, conditions. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.text import STOP, fold, stem, words
from assistant.wording import CLAIM_OF

_PREPOSITIONS = frozenset(
    "van voor aan met over naar tegen tussen tot onder bij in op om rond uit of for "
    "to with about between by under at on from the into".split()
)
_CONDITION = re.compile(r"\s*(?:als|wanneer|indien|zodra|mocht|if|when|once)\s(?=(?:\S+\s+){3})[^,]*,", re.IGNORECASE)
_DETERMINERS = frozenset("de het een the a an deze die elke zijn haar hun alle andere nieuwe eigen other each".split())
_AUXILIARIES = frozenset(
    "heeft hebben is wordt worden moet moeten mag mogen kan kunnen has have is are must may can".split()
)


def follows_preposition(tokens: Sequence[str], start: int) -> bool:
    """Whether the word at a place is talked about rather than acting: 'van de aios'."""
    before = start - 1
    while before >= 0 and tokens[before] in _DETERMINERS:
        before -= 1
    return before >= 0 and tokens[before] in _PREPOSITIONS


def main_clause(text: str) -> str:
    """A sentence without a condition that it starts with: 'Als …, moet de opleider …'."""
    return _CONDITION.sub("", text, count=1)


def subject_differs(sentence: str, proof: Sequence[str]) -> bool:
    """Whether a verb that both have gets another subject: nothing of what stands before it in the sentence is its
    subject in the proof, where it stands after the verb or not at all."""
    said = _marked(main_clause(sentence))
    verbs = {
        t
        for t, _ in said
        if t in _AUXILIARIES or (t not in CLAIM_OF and len(t) > 3 and t.endswith(("t", "en")) and t not in STOP)
    }
    if _passive([t for t, _ in said]):
        return False
    held = {stem(w) for piece in proof for w in words(piece)}
    for verb in verbs:
        before, _ = _around(said, verb)
        judged = [
            _around(_marked(main_clause(piece)), verb)
            for piece in proof
            if verb in words(piece) and not _passive(words(piece))
        ]
        if (
            before
            and judged
            and all(
                theirs and not before & theirs and (before <= after or not before & held) for theirs, after in judged
            )
        ):
            return True
    return False


def _passive(tokens: Sequence[str]) -> bool:
    return ("door" in tokens and bool({"wordt", "worden", "werd", "werden"} & set(tokens))) or (
        "by" in tokens and bool({"is", "are"} & set(tokens))
    )


def _marked(text: str) -> list[tuple[str, bool]]:
    """The folded words of a text, each with whether it can be a subject: a noun that follows no preposition."""
    raw = re.findall(r"[^\W_]+", text)
    tokens = [fold(t) for t in raw]
    rows: list[tuple[str, bool]] = []
    for place, token in enumerate(tokens):
        noun = place > 0 and (
            tokens[place - 1] in _DETERMINERS | {"als", "as"}
            or raw[place][0].isupper()
            or (rows[-1][1] and raw[place - 1][0].isupper())
        )
        named = place == 0 and sum(c.isupper() for c in raw[0]) >= 2
        rows.append((token, (noun or named) and token not in STOP and not follows_preposition(tokens, place)))
    return rows


def _around(rows: Sequence[tuple[str, bool]], verb: str) -> tuple[set[str], set[str]]:
    """(nouns that may be the subject of a verb, words after it); after an inversion the subject follows the verb."""
    place = next((i for i, (token, _) in enumerate(rows) if token == verb), None)
    if place is None:
        return set(), set()
    before = {stem(t) for t, noun in rows[:place] if noun}
    behind = {stem(t) for t, noun in rows[place + 1 : place + 3] if noun and place > 0}
    return before or behind, {stem(t) for t, _ in rows[place + 1 :]}

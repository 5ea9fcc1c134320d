"""The numbers, times and names that a Dutch or English sentence commits itself to. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.text import fold, words

_NUMBER_WORDS = {
    word: number
    for number, group in enumerate(
        "nul|een one|twee two beide both|drie three|vier four|vijf five|zes six|zeven seven|acht eight|negen nine|"
        "tien ten|elf eleven|twaalf twelve|dertien thirteen|veertien fourteen|vijftien fifteen".split("|")
    )
    for word in group.split()
} | {
    "twintig": 20,
    "twenty": 20,
    "dertig": 30,
    "thirty": 30,
    "veertig": 40,
    "forty": 40,
    "vijftig": 50,
    "fifty": 50,
    "honderd": 100,
    "hundred": 100,
}
_UNITS = {
    unit: name
    for name, group in {
        "year": "jaar jaren jarig jarige year years", "month": "maand maanden month months", "week": "week weken weeks",
        "day": "dag dagen day days dagdeel dagdelen",
        "hour": "uur uren hour hours", "minute": "minuut minuten minute minutes",
        "percent": "procent percent", "euro": "euro euros", "time": "keer maal times", "point": "punt punten points",
    }.items()
    for unit in group.split()
}  # fmt: skip
_TIMES_A_YEAR = {
    "jaarlijks": "year",
    "jaarlijkse": "year",
    "maandelijks": "month",
    "wekelijks": "week",
    "dagelijks": "day",
    "annually": "year",
    "yearly": "year",
}
# 'vierjarige' is four years; the numbers up to twelve are written so.
_COMPOUND = re.compile(r"([a-z]+?)(jarige?|maands?e?|weekse?|daagse?|urige?)")
_COMPOUND_UNITS = {"jar": "year", "maa": "month", "wee": "week", "daa": "day", "uri": "hour"}
_EVERY = frozenset("elk elke ieder iedere per every each".split())
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and, where one follows it, its unit."""

    value: str
    unit: str | None = None


def quantities(text: str) -> list[Quantity]:
    """The numbers of a text, words and digits alike, without addresses; 'een' without an accent is none."""
    text = re.sub(
        r"https?://\S+|www\.\S+|\S+@\S+", " ", text.replace("één", "1").replace("Eén", "1").replace("Één", "1")
    )
    tokens = re.findall(r"\d[\d.,]*%?|[^\W\d_]+|%|€", text)
    found: list[Quantity] = []
    for place, token in enumerate(tokens):
        word = fold(token)
        if (compound := _COMPOUND.fullmatch(word)) and compound.group(1) in _NUMBER_WORDS:
            number = str(_NUMBER_WORDS[compound.group(1)])
            found.append(Quantity(number, _COMPOUND_UNITS[compound.group(2)[:3]]))
            continue
        match = _NUMBER.match(token)
        value = (
            _normal(match.group())
            if match
            else str(_NUMBER_WORDS[word])
            if word in _NUMBER_WORDS and word != "een"
            else None
        )
        if value is not None:
            near = [fold(t) for t in tokens[place + 1 : place + 3]]
            unit = (
                "percent"
                if token.endswith("%") or "%" in near[:1]
                else next((_UNITS[t] for t in near if t in _UNITS), None)
            )
            found.append(Quantity(value, "euro" if place and tokens[place - 1] == "€" else unit))
    return found


def _normal(number: str) -> str:
    number = re.sub(r"\.(?=\d{3}(?:\D|$))", "", number).rstrip(".,").replace(",", ".")
    return number.lstrip("0") or "0"


def is_number(word: str) -> bool:
    """Whether a folded word is a number; those are judged by `quantities`."""
    return word.isdigit() or word in _NUMBER_WORDS


def holds_indefinite(text: str, unit: str | None) -> bool:
    """Whether a text says 'een jaar' where a sentence says '1 jaar'."""
    return unit is not None and any(
        a == "een" and _UNITS.get(b) == unit for a, b in zip(words(text), words(text)[1:], strict=False)
    )


def times_of(text: str) -> set[str]:
    """How often: 'jaarlijks', 'elk jaar', 'per jaar' → year."""
    tokens = words(text)
    found = {_TIMES_A_YEAR[t] for t in tokens if t in _TIMES_A_YEAR}
    pairs = pairwise(tokens)
    return found | {_UNITS[b] for a, b in pairs if a in _EVERY and b in _UNITS}


def without_times(tokens: Sequence[str]) -> list[str]:
    """Words without those that say how often ('elk jaar', 'per week'); those are judged by `times_of`."""
    skip: set[int] = set()
    for place, (one, other) in enumerate(pairwise(tokens)):
        if one in _EVERY and other in _UNITS:
            skip |= {place, place + 1}
    return [token for place, token in enumerate(tokens) if place not in skip and token not in _TIMES_A_YEAR]


def names(text: str) -> list[str]:
    """Words that are names by their capitals: acronyms anywhere, other capitals inside a sentence only."""
    found: list[str] = []
    for piece in re.split(r"(?<=[.!?:])\s+|\n", text):
        tokens = re.findall(r"[^\W\d_][\w’'&+-]*", piece)
        found += [t for i, t in enumerate(tokens) if sum(c.isupper() for c in t) >= 2 or (i > 0 and t[0].isupper())]
    return found

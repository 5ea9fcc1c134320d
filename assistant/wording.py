"""What a Dutch or English sentence commits itself to: numbers with their units, names, negations, modality. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, takewhile

from assistant.text import STOP, fold, stem, words

NEGATIONS = frozenset(
    "niet geen nooit zonder niemand nergens noch evenmin not no never without nobody nor cannot geenszins".split()
)
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
# Words of one row exclude each other: a sentence that has one where its proof has another says something else.
_RIVALS = [
    row.split()
    for row in (
        "dagelijks|dag-elijkse wekelijks maandelijks halfjaarlijks jaarlijks/jaar tweejaarlijks eenmalig",
        "januari february/februari maart april mei juni juli augustus september oktober november "
        "december january march",
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "landelijk/landelijke regionaal/regionale lokaal/lokale internationaal/internationale",
        "individueel/individuele gezamenlijk/gezamenlijke", "schriftelijk/schriftelijke mondeling/mondelinge",
        "voor/voordat/before na/nadat/after tijdens/during",
        "binnen buiten", "meer minder", "eerste tweede derde laatste", "begin eind",
        "minimaal/minstens/tenminste/minimum/least maximaal/hooguit/hoogstens/maximum/most",
        "verplicht/verplichte/mandatory vrijwillig/vrijwillige/voluntary", "intern/interne extern/externe",
    )
]  # fmt: skip
_TIMES_A_YEAR = {
    "jaarlijks": "year",
    "jaarlijkse": "year",
    "maandelijks": "month",
    "wekelijks": "week",
    "dagelijks": "day",
    "annually": "year",
    "yearly": "year",
}
_CLAIMS = {
    "only": "alleen uitsluitend slechts enkel only solely",
    "always": "altijd steeds always",
    "must": "moet moeten verplicht verplichte dient dienen must shall mandatory required obliged "
    "verantwoordelijk vereist eist",
    "may": "mag mogen kan kunnen kunt may can could mogelijk",
}
CLAIM_OF = {word: claim for claim, group in _CLAIMS.items() for word in group.split()}
_RELATIVES = frozenset("die dat waarvoor waarbij waarin waarmee maar who which that but".split())
_CLAUSE_STARTS = _RELATIVES | frozenset("en of als wanneer indien omdat zodat and or if when because".split())
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
    return found | {
        _UNITS[b]
        for a, b in pairs
        if a in {"elk", "elke", "ieder", "iedere", "per", "every", "each", "a"} and b in _UNITS and a != "a"
    }


def names(text: str) -> list[str]:
    """Words that are names by their capitals: acronyms anywhere, other capitals inside a sentence only."""
    found: list[str] = []
    for piece in re.split(r"(?<=[.!?:])\s+|\n", text):
        tokens = re.findall(r"[^\W\d_][\w’'&+-]*", piece)
        found += [t for i, t in enumerate(tokens) if sum(c.isupper() for c in t) >= 2 or (i > 0 and t[0].isupper())]
    return found


def claims(text: str) -> set[str]:
    """Which of only, always, must, may a text says."""
    return {CLAIM_OF[t] for t in words(text) if t in CLAIM_OF}


@cache
def _rivals() -> dict[str, tuple[int, str]]:
    table: dict[str, tuple[int, str]] = {}
    for number, row in enumerate(_RIVALS):
        for group in row:
            options = re.split(r"[/|]", group)
            for option in options:
                table[option] = (number, options[0])
    return table


def rivals(sentence: Sequence[str], proof: Sequence[str]) -> list[str]:
    """Words of a sentence for which its proof has a word that excludes it, and not the word itself."""
    table = _rivals()
    held: dict[int, set[str]] = {}
    for token in proof:
        if token in table:
            held.setdefault(table[token][0], set()).add(table[token][1])
    return [t for t in sentence if t in table and held.get(table[t][0]) and table[t][1] not in held[table[t][0]]]


def negated(tokens: Sequence[str], reach: int = 4) -> list[frozenset[str]]:
    """For each negation, the stems of the content words it stands among, within its own clause."""
    found: list[frozenset[str]] = []
    for place, token in enumerate(tokens):
        if (
            token not in NEGATIONS
            or tokens[place - 2 : place] in (["wel", "of"], ["al", "dan"])
            or tokens[place + 1 : place + 2] == ["alleen"]
        ):
            continue
        before = takewhile(lambda t: t not in _CLAUSE_STARTS, reversed(tokens[max(0, place - reach) : place]))
        after = takewhile(lambda t: t not in _RELATIVES, tokens[place + 1 : place + reach + 1])
        found.append(frozenset(stem(t) for t in (*before, *after) if t not in STOP and t not in NEGATIONS))
    return found


def opposites(sentence: Sequence[str], proof: Sequence[str]) -> list[str]:
    """Words of the sentence that the proof has with, or without, the prefix on- or in-: veilig against onveilig."""
    said, held = set(sentence), set(proof)
    flipped = [
        t
        for t in said - held
        if len(t) > 4 and ({"on" + t, "in" + t} & held or (t[:2] in {"on", "in"} and t[2:] in held and len(t) > 6))
    ]
    return sorted(flipped)

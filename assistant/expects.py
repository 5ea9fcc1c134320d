"""The kind of thing a question waits for (an amount, a date, a name …), and whether a passage holds such a thing."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.kinds import ANYWHERE, ASKED, HELD, NUMBER, UNITS
from assistant.text import STOP, fold, links, plain, sentences, stem, words

# Letters of the shortest word that counts as what a compound is about.
LEAST_HEAD = 4
_YES_NO = frozenset(
    "moet moeten mag mogen kan kunnen is zijn heb heeft hebben wordt worden krijg krijgt krijgen hoort horen doet "
    "gaat zit zitten "
    "do does did must should can may is are am has have will would could".split()
)
_DURATION_AFTER = re.compile(rf"\bna\s(?:ongeveer\s)?{NUMBER}\s(?:{UNITS})\b", re.IGNORECASE)
_ASKS_AFTER = re.compile(
    r"\b(na hoe|na hoeveel|hoe ?lang (moet|na|voor|werk)|voordat|before i|after how)", re.IGNORECASE
)
# What is waited for, rather than asked of: 'hoeveel maanden', 'welke dag', 'wat voor soort'.
_TIMES = (
    rf"{UNITS}|datum|moment|tijd|soort\w*|manier|keer|procent|day|days|date|year|years|months?|weeks?|hours?|"
    rf"kind|kinds|type|way"
)
_FOCUS = re.compile(
    r"\b(?:welke|welk|which|hoeveel|how many|wat voor(?: een)?|what kind of|hoe (?:hoog|groot) (?:is|moet) (?:de|"
    r"het)|taken van (?:de|het)|"
    r"rol van (?:de|het)|tasks of (?:the)?|role of (?:the)?|wat (?:is|zijn|betekent) (?:een |de |het )?|what (?:is|"
    r"are) (?:a |an |the )?)\s+(\w[\w-]*)"
)


@lru_cache(maxsize=20_000)
def asked(text: str) -> str | None:
    """What the first question word of a text asks for; None when it waits for no particular kind of thing.

    A question word deep in a sentence that begins otherwise does not count: 'moet ik weten hoeveel budget er is' asks
    for yes or no.
    """
    found = [
        (m.start(), order, name)
        for order, (name, pattern) in enumerate(ASKED)
        if (m := re.search(pattern, text)) and (name in ANYWHERE or _leads(text[: m.start()]))
    ]
    return min(found)[2] if found else None


def _leads(before: str) -> bool:
    """Whether little stands between the beginning of the clause and a question word."""
    clause = words(re.split(r"[,.;:?!]|\b(?:en|and|maar|but)\b", before)[-1])
    return len(clause) <= 3 and not (clause and clause[0] in _YES_NO)


_DETERMINERS = frozenset(
    "de het een welke welk hoeveel geen mijn onze ons uw elke ieder iedere the a an which my our your any no each "
    "what".split()
)


def things_of(text: str) -> tuple[str, ...]:
    """The words a question speaks of as things: those after an article or the like, also with one word between."""
    tokens = words(text)
    found: list[str] = []
    for i, token in enumerate(tokens[:-1]):
        if token in _DETERMINERS:
            found += [word for word in tokens[i + 1 : i + 3] if word not in STOP and word not in _DETERMINERS]
    return tuple(dict.fromkeys(found))


def focus_of(text: str) -> tuple[str, ...]:
    """The words that a question asks of: 'welke sanctie …' → ('sanctie',); function words do not count."""
    found = (w for m in _FOCUS.finditer(fold(text)) for w in words(m.group(1)))
    return tuple(dict.fromkeys(w for w in found if w not in STOP and not re.fullmatch(_TIMES, w)))


def holds(kind: str | None, markdown: str, question: str = "", section: tuple[str, ...] = ()) -> bool:
    """Whether a quote holds the kind of thing a question waits for.

    Args:
        kind: as `asked` gives it; None and kinds that any text may hold are always held.
        markdown: the quote.
        question: narrows some kinds: a count must count what the question names.
        section: headings above the quote; the meaning of an abbreviation may stand there.
    """
    if kind == "link":
        return any(a.startswith(("http", "www", "mailto")) or "." in a for _, a in links(markdown))
    if kind == "email":
        return "@" in markdown
    text = plain(markdown)
    if kind == "count":
        return _counts(text, question)
    if kind == "expansion":
        return any(_expands(part, question) for part in (text, *section))
    if kind == "duration" and _ASKS_AFTER.search(question) and _DURATION_AFTER.search(text):
        return True
    pattern = HELD.get(kind or "")
    return pattern is None or bool(pattern.search(text))


def _counts(text: str, question: str) -> bool:
    """A number in a sentence that also names what is counted; a question in another language names it otherwise."""
    counted = re.search(r"(?:hoeveel|aantal)\s+(\w+)", fold(question))
    target = stem(counted.group(1)) if counted and counted.group(1) not in STOP else ""
    return any(
        HELD["count"].search(sentence) and (not target or any(_same_thing(stem(w), target) for w in words(sentence)))
        for sentence in sentences(text)
    )


def _same_thing(word: str, target: str) -> bool:
    """Whether two stems are alike, or one is a compound that ends in (or holds) the other: 'studiepunt' and 'punt'."""
    return word[:5] == target[:5] or target in word or (len(word) >= LEAST_HEAD and target.endswith(word))


def _expands(text: str, question: str) -> bool:
    """An abbreviation of the question beside brackets: 'IOP' in 'individueel opleidingsplan (IOP)'."""
    folded = fold(text)
    for word in words(question):
        if word not in STOP and re.search(
            rf"\b{re.escape(word)}(?:'?s)?(?:-\w+)? \([^)]+ [^)]+\)|\w+ \w+.* \({re.escape(word)}\)", folded
        ):
            return True
    return False

"""Abbreviations that a text defines itself, 'Centrale Opleidingscommissie (COC)', proposed for the vocabulary."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from rapidfuzz import fuzz

from assistant.errors import FailedError, VocabularyError
from assistant.filing import corpus_lock, write_whole
from assistant.text import fold, plain, words
from assistant.vocabulary import Vocabulary, load_vocabulary

_DEFINED = re.compile(r"([^()\n]{4,120}?)\s*\(\s*(?:de\s+)?([^\W\d_][\w&-]{1,9})(?:['’]s)?\s*\)")
_TURNED = re.compile(r"(?<![\w-])([A-Z][\w&-]{1,9})\s*\(([^()\n]{4,100})\)")
# As like as this (of 100), two meanings are one: 'multi source' and 'multisource'.
_SAME = 85.0
_NO_LIST = (
    "De afkortingen in vocabulary.yaml staan in een vorm die niet kan worden aangevuld. Zet elke afkorting op een "
    "eigen regel onder 'abbreviations:'."
)
# The first line that says something: its indentation, and '-' when it is an item of a list.
_FIRST = re.compile(r"^([ \t]*)(-(?=\s)|[^\s#])", re.MULTILINE)
_SECTION = re.compile(r"^abbreviations:[ \t]*(\[\s*\]|\{\s*\}|null|~)?[ \t]*(#.*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """A short form with what the text says it means. `known` is what the vocabulary has for it already."""

    short: str
    long: str
    known: tuple[str, ...] = ()

    @property
    def new(self) -> bool:
        """Whether the vocabulary does not have it yet."""
        return not self.known

    @property
    def differs(self) -> bool:
        """Whether the vocabulary has it with other meanings only."""
        return bool(self.known) and max(fuzz.ratio(fold(self.long), fold(m)) for m in self.known) < _SAME


def abbreviations_in(text: str, vocabulary: Vocabulary) -> tuple[Abbreviation, ...]:
    """The abbreviations that a text defines, in the order of the text, each once."""
    found: dict[str, Abbreviation] = {}
    for line in map(plain, text.splitlines()):
        pairs = [(match.group(2), _meant(match.group(1), match.group(2))) for match in _DEFINED.finditer(line)]
        pairs += [(m.group(1), _whole(m.group(2), m.group(1))) for m in _TURNED.finditer(line)]
        for short, long in pairs:
            key = "".join(words(short))
            if long and key and key not in found:
                found[key] = Abbreviation(short, long, _known(short, key, vocabulary))
    return tuple(found.values())


def _known(short: str, key: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    if key in vocabulary.abbreviations:
        return vocabulary.abbreviations[key]
    named = [*vocabulary.actors_in(words(short)), *vocabulary.domains_in(words(short))]
    return tuple((vocabulary.actors.get(found.entry) or vocabulary.domains[found.entry]).label for found in named)


def _meant(before: str, short: str) -> str:
    """The last words before the bracket that the short form stands for, or nothing."""
    if sum(letter.isupper() for letter in short) < 2:
        return ""
    last = re.split(r"[.;:!?,](?:\s|\Z)", before.strip())[-1].split()
    # As Schwartz and Hearst: as many words as letters, and some more for 'van' and 'en'.
    for count in range(1, min(len(last), 2 * len(short) + 1) + 1):
        candidate = " ".join(last[-count:])
        if long := _whole(candidate, short):
            return long
    return ""


def _whole(long: str, short: str) -> str:
    """The long form, when the letters of the short one stand in it in order, the first and each capital at a start.

    A Dutch compound has its letters inside: the C of COC in 'Opleidingscommissie'.
    """
    letters = [letter for letter in fold(short) if letter.isalnum()]
    text = fold(long)
    if len(letters) < 2 or not text.startswith(letters[0]) or fold(short) in words(long):
        return ""
    if len(long) < 3 * len(letters):
        return ""
    starts = {match.start() for match in re.finditer(r"\b\w", text)}
    at, seen_starts = 0, 1
    for letter in letters[1:]:
        after = [i for i in range(at + 1, len(text)) if text[i] == letter]
        if not after:
            return ""
        at = next((i for i in after if i in starts), after[0])
        seen_starts += at in starts
    # Every longer word must be stood for: else the bracket explains something else.
    carrying = [word for word in re.findall(r"\w+", text) if len(word) > 3]
    return " ".join(long.split()) if seen_starts >= min(2, len(carrying)) and len(carrying) <= len(letters) else ""


def with_abbreviations(raw: str, chosen: Iterable[Abbreviation]) -> str:
    """The vocabulary file with abbreviations added on top of its own; its comments stay.

    Raises:
        VocabularyError: the file has its abbreviations in a form that cannot be added to.
    """
    section = _SECTION.search(raw)
    if section is None and (
        not isinstance(yaml.safe_load(raw), dict | None) or re.search(r"^abbreviations\s*:", raw, re.MULTILINE)
    ):
        raise VocabularyError(_NO_LIST)
    before, after = (
        (raw[: section.start()], raw[section.end() :].lstrip("\n")) if section else (f"{raw.rstrip()}\n\n", "")
    )
    first = _FIRST.search(after)
    if first and first.group(1) and first.group(2) != "-":
        raise VocabularyError(_NO_LIST)
    # The items that are there say how deep a list is indented; YAML wants all of one list at the same depth.
    indent = first.group(1) if first and first.group(2) == "-" else "  "
    lines = "".join(f"{indent}- {_entry(item)}\n" for item in chosen)
    return f"{before}abbreviations:\n{lines}{after}".lstrip()


def _entry(item: Abbreviation) -> str:
    values = {"short": item.short, "long": [item.long]}
    return yaml.safe_dump(values, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10_000).strip()


def add_to_vocabulary(corpus: Path, chosen: Sequence[Abbreviation]) -> None:
    """Put abbreviations in the vocabulary of a corpus; what would make it invalid is refused.

    Raises:
        VocabularyError: the file cannot be added to.
        FailedError: it cannot be written.
    """
    path = corpus / "vocabulary.yaml"
    try:
        with corpus_lock(corpus):
            raw = path.read_text(encoding="utf-8") if path.is_file() else ""
            new = with_abbreviations(raw, chosen)
            with tempfile.TemporaryDirectory() as folder:
                trial = Path(folder) / path.name
                trial.write_text(new, encoding="utf-8")
                load_vocabulary(trial)
            write_whole(path, new)
    except OSError as error:
        raise FailedError(f"{path} kan niet worden geschreven ({error.strerror or error}).") from error


def named(short_forms: Sequence[str], proposed: Sequence[Abbreviation]) -> list[Abbreviation]:
    """The proposals with these short forms that the vocabulary does not have."""
    wanted = {"".join(words(short)) for short in short_forms}
    return [item for item in proposed if item.new and "".join(words(item.short)) in wanted]

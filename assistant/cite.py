"""Numbered spans for a model, and a model's text → sentences with the numbers of the spans they cite. Pure.

Marks may come as [1], [1][2], [1, 2], [1-3], [bron 2], [^1] or 【1】, before or after the full stop, split over chunks.
A number that was never given is dropped and counted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

from assistant.text import sentences
from assistant.types import Citation

_LONGEST_MARK = 40
_OPEN = "[【"
_MARK = re.compile(
    r"[\[【]\s*\^?\s*(?:(?:bron(?:nen)?|source|sources|nr|no)\.?\s*)?"
    r"(\d{1,3}(?:\s*(?:,|;|-|–|en|and|&|\+)\s*(?:(?:bron|source)\s*)?\d{1,3})*)\s*(?:†[^\]】]*)?[\]】]",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d+)\s*[-–]\s*(\d+)|(\d+)")
_CLEAN = re.compile(r"\[(\d+)\]")
_MARKS_AFTER_STOP = re.compile(r"([.!?…]+[\"'”’)]*)((?:\s*\[\d+\])+)")
_MARKS_ON_NEW_LINE = re.compile(r"\s*\n\s*((?:\[\d+\]\s*)+)(?=\n|$)")
_PREFIX = re.compile(r"\s*(?:(#{1,6})\s+|([-*+•–])\s+|(\d{1,3})[.)]\s+|>\s*)?")
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_THINKING = re.compile(r"<think(?:ing)?>.*", re.DOTALL | re.IGNORECASE)
# White space, then the start of words: no mark, and enough of them to see whether a sentence starts.
_NEXT_WORDS = re.compile(r"(\s+)([\"'‘“(]*(?![\[【<\s])[\w#*•+>–-])")
_ENDED = re.compile(r"[.!?:…][\"'”’)]*\s*\Z")
_LINK = re.compile(r"!?\[([^\]\[]*)\]\([^)]*\)?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a model: its words without marks, the numbers it cites, the list or heading mark it had."""

    text: str
    numbers: tuple[int, ...]
    prefix: str = ""
    unknown: int = 0

    @property
    def leads(self) -> bool:
        """Whether it introduces what follows: proof may then come from the sentences after it."""
        return self.text.endswith(":") and not self.numbers


def spans_text(citations: Sequence[Citation]) -> str:
    """The spans as a prompt shows them: numbered, with their place, nothing in them able to close their mark."""
    rows = []
    for citation in citations:
        place = " › ".join(dict.fromkeys((citation.title, *citation.section)))
        rows.append(f'<bron nr="{citation.n}" plaats="{escape(place)}">\n{as_data(citation.quote)}\n</bron>')
    return "\n".join(rows)


def as_data(text: str) -> str:
    """Text with `<` and `>` escaped, so that it stays inside the mark it is put in."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class SentenceReader:
    """Pieces of a model's text in, whole sentences out; what may still change stays inside until it cannot."""

    def __init__(self, known: Collection[int]) -> None:
        """`known` are the numbers that were given to the model."""
        self._known = frozenset(known)
        self._buffer = ""

    def feed(self, piece: str) -> list[Sentence]:
        """Take a piece and give the sentences that are now complete."""
        self._buffer = _THOUGHT.sub("", self._buffer + piece)
        settled = _settled(self._buffer, self._known)
        ready, self._buffer = self._buffer[:settled], self._buffer[settled:]
        return _sentences(ready, self._known)

    def close(self, cut: bool = False) -> list[Sentence]:
        """The rest; when the model was cut off, without a last sentence that has no end."""
        rest, self._buffer = self._buffer, ""
        found = _sentences(_THINKING.sub("", rest), self._known)
        if cut and found and not _ENDED.search(_resolve(rest, self._known)[0]):
            found.pop()
        return found


def read_sentences(text: str, known: Collection[int]) -> list[Sentence]:
    """All sentences of a whole text."""
    reader = SentenceReader(known)
    return [*reader.feed(text), *reader.close()]


def shift_marks(text: str, by: int) -> str:
    """The same text with every [n] raised, to put it after one that used the lower numbers."""
    return _CLEAN.sub(lambda match: f"[{int(match.group(1)) + by}]", text)


def _resolve(text: str, known: Collection[int]) -> tuple[str, int]:
    """Every way to write a mark → [n][m], known numbers only; and how many were not known."""
    unknown = 0

    def one(match: re.Match[str]) -> str:
        nonlocal unknown
        numbers = list(dict.fromkeys(_numbers(match.group(1))))
        unknown += sum(n not in known for n in numbers)
        return "".join(f"[{n}]" for n in numbers if n in known)

    text = _MARK.sub(one, text)
    return _MARKS_AFTER_STOP.sub(lambda m: f" {m.group(2).strip()}{m.group(1)}", text), unknown


def _numbers(inside: str) -> Iterable[int]:
    for first, last, single in _RANGE.findall(inside):
        yield from range(int(first), min(int(last), int(first) + 20) + 1) if first else (int(single),)


def _settled(text: str, known: Collection[int]) -> int:
    """How much of a growing text is whole sentences that no mark can follow any more, as words come after them."""
    thinking = text.lower().find("<think")
    end = thinking if thinking >= 0 else len(text)
    best = 0
    for match in _NEXT_WORDS.finditer(text, 0, end):
        before = text[: match.start(2)]
        line = before.rstrip().rpartition("\n")[2]
        if _open_mark(before) or not re.search(r"[^\W\d_]", line):
            continue
        if "\n" in match.group(1) or sentences(_resolve(before, known)[0] + match.group(2))[-1] == match.group(2):
            best = match.start(2)
    return best


def _sentences(text: str, known: Collection[int]) -> list[Sentence]:
    resolved, unknown = _resolve(text, known)
    found = [sentence for line in _MARKS_ON_NEW_LINE.sub(r" \1", resolved).split("\n") for sentence in _line(line)]
    if unknown and found:
        found[-1] = replace(found[-1], unknown=unknown)
    return found


def _open_mark(text: str) -> bool:
    at = max(text.rfind(mark) for mark in _OPEN)
    return at >= 0 and not re.search(r"[\]】]", text[at:]) and len(text) - at < _LONGEST_MARK


def _line(line: str) -> list[Sentence]:
    match = _PREFIX.match(line)
    heading, bullet, number = match.groups() if match else (None, None, None)
    rest = line[match.end() if match else 0 :].strip()
    prefix = "#" if heading else "-" if bullet else f"{number}." if number else ""
    found: list[Sentence] = []
    for piece in sentences(rest):
        numbers = tuple(dict.fromkeys(int(n) for n in _CLEAN.findall(piece)))
        words = _LINK.sub(r"\1", _CLEAN.sub("", piece))
        words = re.sub(r"\s+([.,;:!?])", r"\1", re.sub(r"\s+", " ", words)).strip()
        if re.search(r"\w", words):
            found.append(Sentence(words, numbers, prefix if not found else ""))
        elif numbers and found:
            found[-1] = replace(found[-1], numbers=tuple(dict.fromkeys((*found[-1].numbers, *numbers))))
    return found

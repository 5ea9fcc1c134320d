"""The spans that a sentence cites, in the forms that the rules of the check look at. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.text import content_words, plain, sentences, stem
from assistant.types import Citation

_SEPARABLE = ("op", "aan", "af", "in", "uit", "mee", "bij", "toe", "voor", "over", "door", "om", "terug", "vast")


@dataclass(frozen=True, slots=True)
class Proof:
    """Cited spans: their `texts`, all their `sentences`, and the `near` ones, which the sentence is about.

    `headings` are those above the spans, the nearest first, the title last; `everything` is spans and headings.
    """

    texts: tuple[str, ...]
    sentences: tuple[str, ...]
    near: tuple[str, ...]
    headings: tuple[str, ...]

    @property
    def quotes(self) -> str:
        """The spans as one text."""
        return " \n".join(self.texts)

    @property
    def close(self) -> str:
        """The near sentences as one text."""
        return " ".join(piece.strip() for piece in self.near)

    @property
    def everything(self) -> str:
        """The spans and their headings."""
        return " \n".join((*self.texts, *self.headings))


def proof_of(cited: Sequence[Citation], sentence: str) -> Proof:
    """The spans that a sentence cites; near are the sentences that share at least half as many words as the best."""
    texts = tuple(plain(c.quote) for c in cited)
    own = {stem(w) for w in content_words(sentence)}
    pieces = [piece for text in texts for piece in sentences(text)]
    shared = [len(own & {stem(w) for w in content_words(piece)}) for piece in pieces]
    best = max(shared, default=0)
    near = [p for p, n in zip(pieces, shared, strict=True) if n and n >= 0.5 * best] or pieces
    headings = tuple(dict.fromkeys(h for c in cited for h in (*reversed(c.section), c.title)))
    return Proof(texts, tuple(pieces), tuple(near), headings)


def holds(stems: Collection[str], word: str) -> bool:
    """Whether stems hold a word: itself, another form of the verb, its separated prefix, or a compound with it."""
    own = stem(word)
    if own in stems:
        return True
    for prefix in _SEPARABLE:
        # 'opstellen' is held by 'op te stellen'.
        rest = word[len(prefix) :]
        if word.startswith(prefix) and prefix in stems and len(rest) > 3 and stem(rest) in stems:
            return True
    if len(own) < 5:
        return False
    form = form_of(word)
    # A compound is held by its part, and the other way round: 'plaats' by 'opleidingsplaats'.
    return any(
        len(h) >= 5
        and (h.endswith(own) or own.endswith(h) or h.startswith(own) or own.startswith(h) or _bare(h) == form)
        for h in stems
    )


def form_of(word: str) -> str:
    """What the forms of a regular verb have in common: 'organiseert', 'organiseren' and 'georganiseerd'."""
    return _bare(stem(word))


@cache
def _bare(stemmed: str) -> str:
    bare = re.sub(r"^ge([a-z]{4,})[dt]$", r"\1", stemmed)
    bare = re.sub(r"(?<=[a-z]{4})t$|(?<=[ieoa]{2})n$", "", bare)
    return re.sub(r"([aeou])\1", r"\1", bare)

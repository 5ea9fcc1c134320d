"""A scripted model: the numbered spans of the prompt it gets → sentences, some faithful and some wrong in a known way.

It has only what a model has, the messages of the request, and the vocabulary to know one actor from another. The same
seed and question give the same sentences.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from assistant.cite import read_sentences
from assistant.text import content_words, plain, sentences, stem, words
from assistant.vocabulary import Vocabulary

FAITHFUL = ("quoted", "reworded")
WRONG = ("number", "actor", "negation", "uncited", "invented mark", "other span", "own knowledge")
KINDS = (*FAITHFUL, *WRONG)
_SPAN = re.compile(r'<bron nr="(\d+)" plaats="([^"]*)">\n(.*?)\n</bron>', re.DOTALL)
_MOST_SPANS, _FAITHFUL_SHARE = 6, 0.6
_NUMBERS = "een twee drie vier vijf zes zeven acht negen tien elf twaalf".split()
_FINITE = "is zijn wordt worden moet moeten mag mogen kan kunnen heeft hebben".split()
_SAME = {
    "indien": "als", "tevens": "ook", "alsmede": "en", "gedurende": "tijdens", "conform": "volgens",
    "minimaal": "minstens", "minstens": "minimaal", "jaarlijks": "elk jaar", "via": "door middel van",
    "zoals": "bijvoorbeeld", "dient": "moet", "ieder": "elk", "iedere": "elke", "enkele": "een paar",
}  # fmt: skip
_OWN = (
    "Een aios verdient in het laatste jaar ongeveer 4.800 euro bruto per maand",
    "De wachttijd voor een opleidingsplaats is gemiddeld drie jaar",
    "Het ministerie van VWS heeft de subsidie in 2019 gehalveerd",
    "De meeste ziekenhuizen gebruiken hiervoor een app van een commerciële leverancier",
    "Wie zakt voor het examen verliest zijn registratie in het BIG-register",
    "De Inspectie controleert dit ieder kwartaal met een onaangekondigd bezoek",
    "In Duitsland en België geldt dezelfde regel sinds 1998",
    "Een advocaat kan de aios bijstaan bij de kantonrechter",
)


@dataclass(frozen=True, slots=True)
class Span:
    """A numbered span as the prompt gives it, with the first sentence of it that can be rewritten."""

    number: int
    place: str
    text: str
    first: str


@dataclass(frozen=True, slots=True)
class Written:
    """One sentence of the scripted model with its mark, and in what way it is faithful or wrong."""

    kind: str
    text: str


def read_spans(prompt: str) -> list[Span]:
    """The spans of a prompt."""
    spans = []
    for number, place, quote in _SPAN.findall(prompt):
        text = " ".join(plain(unescape(quote)).split())
        firsts = (s.strip().rstrip(".;:,!? ") for s in sentences(text))
        first = next((s for s in firsts if len(content_words(s)) >= 3), "")
        spans.append(Span(int(number), unescape(place), text, first))
    return spans


def write_reply(messages: Sequence[Mapping[str, str]], vocabulary: Vocabulary, seed: int) -> list[Written]:
    """The sentences of a reply, each of a kind of KINDS."""
    prompt = messages[-1]["content"]
    spans = [span for span in read_spans(prompt) if span.first]
    draw = random.Random(f"{seed}:{prompt.rpartition('<vraag>')[2]}")
    written: list[Written] = []
    for span in spans[:_MOST_SPANS]:
        hand = _Hand(span, spans, vocabulary, draw)
        ways = FAITHFUL if draw.random() < _FAITHFUL_SHARE else WRONG
        # Few spans hold a number: those that do are used for that first.
        order = sorted(draw.sample(ways, len(ways)), key=lambda kind: kind != "number")
        kind, made = next(((kind, text) for kind in order if (text := hand.write(kind))), ("quoted", None))
        quoted = f"{_capital(span.first)} [{span.number}]."
        # What the span gives no occasion for becomes its quote; a text that reads as more or fewer sentences than were
        # written would say less of the check.
        for way, text in ((kind, made), ("quoted", quoted)):
            said = " ".join([*(sentence.text for sentence in written), text or ""])
            if text and len(read_sentences(said, [s.number for s in spans])) == len(written) + 1:
                written.append(Written(way, text))
                break
    return written


@dataclass(frozen=True)
class _Hand:
    """Writes one sentence over a span, in the way that is asked; None when the span gives no occasion."""

    span: Span
    spans: Sequence[Span]
    vocabulary: Vocabulary
    draw: random.Random

    def write(self, kind: str) -> str | None:
        """The sentence with its mark."""
        said = self.with_subject(self.span.first)
        own = self.span.number
        ways: dict[str, Callable[[], tuple[str | None, int | None]]] = {
            "quoted": lambda: (self.span.first, own),
            "reworded": lambda: (self.reworded(said), own),
            "number": lambda: (self.other_number(said), own),
            "actor": lambda: (self.other_actor(said), own),
            "negation": lambda: (negated(said), own),
            "uncited": lambda: (said, None),
            "invented mark": lambda: (said, 97),
            "other span": lambda: (said, self.elsewhere(said)),
            "own knowledge": lambda: (self.draw.choice(_OWN), own),
        }
        text, mark = ways[kind]()
        if text is None or (mark is None and kind != "uncited"):
            return None
        return f"{_capital(text)}." if mark is None else f"{_capital(text)} [{mark}]."

    def with_subject(self, said: str) -> str:
        """A list item with the actor of its heading in front, as a writer makes a sentence of it."""
        actors = [
            self.vocabulary.actors[f.entry].label
            for part in reversed(self.span.place.split(" › ")[1:])
            for f in self.vocabulary.actors_in(words(part))
            if f.weight >= 1.0
        ]
        starts = re.match(r"[a-z]+t\s", said)
        return f"De {_name(actors[0])} {said}" if actors and starts else said

    def reworded(self, said: str) -> str | None:
        """The same in other words: synonyms, and what stands in brackets left out."""
        other = re.sub(r"\s*\([^()]*\)", "", said)
        other = re.sub(r"[^\W\d_]+", lambda m: _SAME.get(m.group(), m.group()), other)
        return other if other != self.span.first else None

    def other_number(self, said: str) -> str | None:
        """Another number in the place of one that is there."""
        for match in re.finditer(r"\d+|[^\W\d_]+", said):
            word = match.group().lower()
            if word.isdigit():
                new = str(int(word) + self.draw.randint(1, 3))
            elif word in _NUMBERS[1:]:
                new = _NUMBERS[(_NUMBERS.index(word) + self.draw.randint(1, 3)) % len(_NUMBERS)]
            else:
                continue
            return said[: match.start()] + new + said[match.end() :]
        return None

    def other_actor(self, said: str) -> str | None:
        """Another actor in the place of the first one."""
        tokens = list(re.finditer(r"[^\W_]+", said))
        found = next((f for f in self.vocabulary.actors_in(words(said)) if f.weight >= 1.0), None)
        if found is None or len(tokens) != len(words(said)):
            return None
        held = {f.entry for f in self.vocabulary.actors_in(words(f"{self.span.text} {self.span.place}"))}
        others = [entry for entry in sorted(self.vocabulary.actors) if entry not in held]
        if not others:
            return None
        other = _name(self.vocabulary.actors[self.draw.choice(others)].label)
        return said[: tokens[found.start].start()] + other + said[tokens[found.end - 1].end() :]

    def elsewhere(self, said: str) -> int | None:
        """The number of another span, that does not hold these words."""
        own = {stem(w) for w in content_words(said)}
        others = [s.number for s in self.spans if len(own - {stem(w) for w in words(s.text + s.place)}) > len(own) / 2]
        return self.draw.choice(others) if others else None


def negated(said: str) -> str | None:
    """A negation taken out, or put behind the first verb of which we know that it is one."""
    if re.search(r"\bniet\s", said):
        return re.sub(r"\bniet\s", "", said, count=1)
    if re.search(r"\bgeen\b", said):
        return re.sub(r"\bgeen\b", "een", said, count=1)
    verb = re.search(rf"\b(?:{'|'.join(_FINITE)})\b(?=\s)", said)
    return f"{said[: verb.end()]} niet{said[verb.end() :]}" if verb else None


def _capital(text: str) -> str:
    """A text whose first letter is a capital, as a sentence starts."""
    return re.sub(r"[^\W\d_]", lambda m: m.group().upper(), text, count=1)


def _name(label: str) -> str:
    first = label.split(" en ")[0]
    return first if sum(c.isupper() for c in first) > 1 else first.lower()

"""The values that travel between the stages: documents → passages → hits → answer. Standard library only."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

PassageKind = Literal["heading", "paragraph", "item", "table", "code", "front"]
QuestionKind = Literal[
    "fact", "list", "person", "date", "number", "link", "definition", "procedure", "comparison", "chitchat"
]
Status = Literal["answered", "not_found"]
Source = Literal["said", "role", "history"]


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the corpus. `text` is the whole file, front matter included: every offset counts from its start.

    `pages` are the pages of the original, each with the offset at which it begins, in the order of the text.
    """

    id: str
    file: str
    title: str
    text: str
    sha256: str
    body_start: int = 0
    language: str = "nl"
    publisher: str | None = None
    kind: str | None = None
    date: str | None = None
    status: str | None = None
    url: str | None = None
    contact: str | None = None
    audience: tuple[str, ...] = ()
    original: str | None = None
    original_sha256: str | None = None
    pages: tuple[tuple[int, int], ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The page of the original on which an offset stands; None when its pages are not known."""
        before = bisect_right(self.pages, offset, key=lambda start: start[1])
        return self.pages[before - 1][0] if before else None


@dataclass(frozen=True, slots=True)
class Passage:
    """A true slice of a document: `document.text[start:end] == text`; the passages of a document tile it.

    `quote_start:quote_end` is the part one would quote: without list mark and surrounding white space.
    `section` is the heading path, `lead` the sentence that introduces the list this item stands in, `group`
    numbers the list (0: not in a list). `actors`, `domain` and `aspect` are read from the headings.
    """

    id: str
    document: str
    start: int
    end: int
    text: str
    quote_start: int
    quote_end: int
    kind: PassageKind
    section: tuple[str, ...] = ()
    lead: str = ""
    group: int = 0
    actors: tuple[str, ...] = ()
    domain: str | None = None
    aspect: str | None = None
    audience: tuple[str, ...] = ()

    @property
    def quote(self) -> str:
        """The verbatim part that a citation shows."""
        return self.text[self.quote_start - self.start : self.quote_end - self.start]


# From this weight on it is taken for sure what a question is about.
SURELY = 0.9


@dataclass(frozen=True, slots=True)
class Mention:
    """An actor, domain or aspect recognised in a question: which, how sure (0..1), and where that came from."""

    id: str
    weight: float
    source: Source = "said"

    @property
    def sure(self) -> bool:
        """Whether there is hardly any doubt that the question is about it."""
        return self.weight >= SURELY


@dataclass(frozen=True, slots=True)
class Question:
    """A question as understood.

    `search_text` is what is searched: the question, plus what a follow-up leaves unsaid. `actors` are those it is
    about, `others` those it only mentions; `expects` is the kind of thing an answer must hold; `rest` are its content
    words that name no actor, domain or aspect, `focus` those it asks of ('welke sanctie …').
    """

    text: str
    search_text: str
    language: Literal["nl", "en"]
    kind: QuestionKind
    actors: tuple[Mention, ...] = ()
    others: tuple[str, ...] = ()
    domain: Mention | None = None
    aspect: Mention | None = None
    expects: str | None = None
    follow_up: bool = False
    asks_where: bool = False
    rest: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()

    @property
    def actor_ids(self) -> tuple[str, ...]:
        """The actors that the question is about, most certain first."""
        return tuple(mention.id for mention in self.actors)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its score for one question (higher is better) and the evidence that the score was made of.

    `cosine` is the best of its own text and its bank questions; `evidence` has the terms of the score by name.
    The first hits also have: in `words`, how well the passage holds each word of the question (1: the word itself,
    less: a synonym or part of it), and in `asked_before` the cosine of the nearest bank question that waits for the
    same kind of thing.
    """

    passage: Passage
    score: float
    cosine: float = 0.0
    evidence: Mapping[str, float] = field(default_factory=dict)
    words: tuple[tuple[str, float], ...] = ()
    asked_before: float = 0.0
    found_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A checked span: `quote == document text[start:end]` of the version named; `page` is that of the original."""

    n: int
    document: str
    title: str
    section: tuple[str, ...]
    quote: str
    start: int
    end: int
    version: str
    file: str
    url: str | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing the answer says, with the numbers of the citations that prove it."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Statements under one heading of the answer; `listed` shows them as a list."""

    heading: str
    statements: tuple[Statement, ...]
    listed: bool = False
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Generation:
    """What a language model contributed to an answer: which sentences stayed, and what it cost.

    `kept` sentences are the model's own and passed the check; `replaced` ones gave way to the quote they cite;
    `dropped` ones had no proof. `verdicts` has for each sentence, in the model's order, what became of it and the
    rules that it broke ('replaced: number'), never its words. `failure` is the reason (one word) why the answer fell
    back to quotes, or empty.
    """

    model: str
    kept: int = 0
    replaced: int = 0
    dropped: int = 0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    seconds: float = 0.0
    failure: str = ""
    verdicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says. `text` is Markdown with [n] marks; a refusal has no citations but `nearest`."""

    question: str
    status: Status
    text: str
    understood: Question
    statements: tuple[Statement, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    suggestions: tuple[str, ...] = ()
    confidence: float = 0.0
    mode: str = "quote"
    seconds: float = 0.0
    notices: tuple[str, ...] = field(default=())
    generation: Generation | None = None

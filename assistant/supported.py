"""A sentence and the spans it cites → whether the spans say it: numbers, dates, names, negations and actor agree, and
its content words, or its meaning by vector, must be covered. Pure but for the encoder that it is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.clauses import follows_preposition, main_clause, subject_differs
from assistant.text import STOP, content_words, fold, plain, sentences, stem, words
from assistant.types import Citation
from assistant.vocabulary import Vocabulary
from assistant.wording import (
    claims,
    holds_indefinite,
    is_number,
    names,
    negated,
    opposites,
    quantities,
    rivals,
    times_of,
)

# Set on evals/support-dev.jsonl (see evals/support.py).
COVERED = 0.74
CLAUSE = 0.5
NEAR = 0.70
NEAR_COVERED = 0.5
NEAR_OTHER_LANGUAGE = 0.58
_CLAUSES = re.compile(r"[,;:()]|\b(?:en|maar|omdat|zodat|waarbij|terwijl|and|but|because|while)\b", re.IGNORECASE)
# Verbs and fillers that a writer needs to make a sentence of a list item; they claim nothing by themselves.
_HARMLESS = frozenset(
    stem(w)
    for w in "zorgen zorgt gebeurt gebeuren volgens document documenten bron staat betreft betekent namelijk daarnaast "
    "verder ook vervolgens hierbij hiervoor neemt nemen gaat vindt plaats gebruiken houden maken doet taak taken heet "
    "geldt zoals eigen wanneer breekt ander andere source document documents according".split()
)


_SEPARABLE = ("op", "aan", "af", "in", "uit", "mee", "bij", "toe", "voor", "over", "door", "om", "terug", "vast")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the spans prove the sentence; if not, why not; and the share of its content words they hold."""

    supported: bool
    reasons: tuple[str, ...]
    covered: float


@dataclass(frozen=True, eq=False)
class Checker:
    """Checks sentences against spans.

    `similarity` gives the cosine of a sentence to the nearest of some texts; without it only words count.
    """

    vocabulary: Vocabulary
    similarity: Callable[[str, Sequence[str]], float] | None = None

    def check(self, sentence: str, cited: Sequence[Citation], language: str = "nl") -> Verdict:
        """Judge one sentence, without its marks, against the spans it cites."""
        proof = _Proof.of(cited, sentence)
        reasons = [*_numbers(sentence, proof), *self._names(sentence, proof), *_polarity(sentence, proof, language)]
        reasons += [*_claims(sentence, proof), *self._actors(sentence, proof, language)]
        covered, gaps = self._covered(sentence, proof)
        if not cited:
            reasons = ["uncited"]
        elif (language == "nl" and not self._means(sentence, proof, covered, gaps)) or (
            language != "nl"
            and (self.similarity is None or self.similarity(sentence, proof.texts) < NEAR_OTHER_LANGUAGE)
        ):
            reasons.append("words")
        return Verdict(not reasons, tuple(dict.fromkeys(reasons)), covered)

    def _means(self, sentence: str, proof: _Proof, covered: float, gaps: bool) -> bool:
        if gaps:
            return False
        if covered >= COVERED:
            return True
        return (
            covered >= NEAR_COVERED and self.similarity is not None and self.similarity(sentence, proof.texts) >= NEAR
        )

    def _names(self, sentence: str, proof: _Proof) -> list[str]:
        """Names that the spans, their headings and titles do not have; actors are judged as actors."""
        held = set(words(proof.everything))
        actor_words = {w for f in self.vocabulary.actors_in(words(sentence)) for w in words(sentence)[f.start : f.end]}
        for name in names(sentence):
            parts = [w for w in words(name) if len(w) > 1]
            known = any(w in held or stem(w) in {stem(h) for h in held} or w in actor_words for w in parts)
            meant = [set(words(m)) for w in parts for m in self.vocabulary.abbreviations.get(w, ())]
            if parts and not known and not any(m <= held for m in meant):
                return ["name"]
        return []

    def _actors(self, sentence: str, proof: _Proof, language: str) -> list[str]:
        """Everyone who is named must be there, and who acts must be who acts in the spans."""
        if language == "nl" and subject_differs(sentence, proof.pieces):
            return ["actor"]
        said, agent = self._acting(sentence)
        near, near_agent = self._acting(proof.near)
        everyone = set(near) | set(self._acting(proof.quotes)[0])
        heading = self._addressed(proof)
        if set(said) - everyone - set(heading):
            return ["actor"]
        own = near_agent if near_agent and not _no_subject(proof.near) else None
        right = {own} if own else set(heading[:1]) or ({near_agent} if near_agent else set())
        if agent is None or not right or agent in right or not (set(said) & everyone | set(heading)):
            return []
        acting = {a for a in self._subjects(proof.near)}
        if agent in acting and not (right & set(said)):
            return []
        return [] if agent in heading and not (own and own in said) else ["actor"]

    def _addressed(self, proof: _Proof) -> list[str]:
        """The actors of the nearest heading that names one; the title's only where the text says 'u' to its reader."""
        parts = proof.headings if "u" in words(proof.near) else proof.headings[:-1]
        named = ([f.entry for f in self.vocabulary.actors_in(words(p)) if f.weight >= 1.0] for p in parts)
        return next((actors for actors in named if actors), [])

    def _acting(self, text: str) -> tuple[list[str], str | None]:
        """The actors in order, and the one who acts: after 'door', else the first that follows no preposition."""
        tokens = words(text)
        found = [f for f in self.vocabulary.actors_in(tokens) if f.weight >= 1.0]
        subjects = self._subjects(main_clause(text))
        by = [f.entry for f in found if f.start and "door" in tokens[max(0, f.start - 2) : f.start]]
        return [f.entry for f in found], next(iter((*by, *subjects)), None)

    def _subjects(self, text: str) -> list[str]:
        tokens = words(text)
        return [
            f.entry
            for f in self.vocabulary.actors_in(tokens)
            if f.weight >= 1.0 and not follows_preposition(tokens, f.start)
        ]

    def _covered(self, sentence: str, proof: _Proof) -> tuple[float, bool]:
        """Share of content words that the spans hold, and whether one clause mostly consists of others."""
        held = {stem(w) for w in words(proof.everything)}
        said = self._canonical(sentence, proof)
        content = [w for w in content_words(said) if stem(w) not in _HARMLESS and not is_number(w)]
        if not content:
            return 1.0, False
        share = sum(_held(w, held) for w in content) / len(content)
        gaps = False
        for clause in _CLAUSES.split(said):
            own = [w for w in content_words(clause) if stem(w) not in _HARMLESS and not is_number(w)]
            if own and sum(_held(w, held) for w in own) / len(own) < (CLAUSE if len(own) > 1 else 0.01):
                gaps = True
        return share, gaps

    def _canonical(self, sentence: str, proof: _Proof) -> str:
        """The sentence with what the spans say in other words put in their words: actors away, synonyms replaced."""
        tokens = words(sentence)
        held = set(words(proof.everything))
        drop = {i for f in self.vocabulary.actors_in(tokens) for i in range(f.start, f.end)}
        for said, others in self.vocabulary.synonyms(tokens):
            if any(weight >= 0.5 and set(phrase) <= held for phrase, weight in others):
                for i in range(len(tokens) - len(said) + 1):
                    if tuple(tokens[i : i + len(said)]) == said:
                        drop |= set(range(i, i + len(said)))
        # The clause marks must stay where they are, so words are blanked in the text itself.
        kept, place = [], 0
        for match in re.finditer(r"[^\W_]+|[,;:()]", fold(sentence)):
            token = match.group()
            if token in ",;:()":
                kept.append(token)
                continue
            if place not in drop:
                kept.append(token)
            place += 1
        return " ".join(kept)


@dataclass(frozen=True, slots=True)
class _Proof:
    """The cited spans in the forms that the rules look at; `near` are the sentences of them that this one is about."""

    texts: tuple[str, ...]
    pieces: tuple[str, ...]
    quotes: str
    near: str
    headings: tuple[str, ...]
    everything: str

    @staticmethod
    def of(cited: Sequence[Citation], sentence: str) -> _Proof:
        texts = tuple(plain(c.quote) for c in cited)
        own = {stem(w) for w in content_words(sentence)}
        pieces = [piece for text in texts for piece in sentences(text)]
        shared = [len(own & {stem(w) for w in content_words(piece)}) for piece in pieces]
        best = max(shared, default=0)
        near = [p for p, n in zip(pieces, shared, strict=True) if n and n >= 0.5 * best] or pieces
        headings = tuple(dict.fromkeys(h for c in cited for h in (*reversed(c.section), c.title)))
        quotes = " \n".join(texts)
        return _Proof(
            texts, tuple(near), quotes, " ".join(p.strip() for p in near), headings, " \n".join((quotes, *headings))
        )


def _numbers(sentence: str, proof: _Proof) -> list[str]:
    held = quantities(proof.near)
    anywhere = {q.value for q in quantities(proof.everything)}
    for said in quantities(sentence):
        if said.value == "1" and holds_indefinite(proof.near, said.unit):
            continue
        same = [q for q in held if q.value == said.value]
        if not same and (said.unit or said.value not in anywhere):
            return ["number"]
        if said.unit and same and all(q.unit and q.unit != said.unit for q in same):
            return ["number"]
    said_times, held_times = times_of(sentence), times_of(proof.near)
    return ["number"] if said_times and said_times - held_times else []


def _polarity(sentence: str, proof: _Proof, language: str) -> list[str]:
    said, near, all_words = words(sentence), words(proof.near), words(proof.quotes)
    if rivals(said, near) or opposites(said, all_words):
        return ["opposite"]
    own, theirs = negated(said), negated(near)
    if language != "nl":
        return [] if bool(own) == bool(theirs) or (not own and len(near) > 2 * len(said)) else ["negation"]
    stems = {stem(w) for w in said}
    for scope in own:
        if not any(scope & other or not scope or not other for other in negated(all_words)):
            return ["negation"]
    for scope in theirs:
        if scope and len(scope & stems) >= 0.6 * len(scope) and not any(scope & other for other in own):
            return ["negation"]
    return []


def _claims(sentence: str, proof: _Proof) -> list[str]:
    said = claims(sentence)
    held = claims(proof.near) | claims(proof.quotes)
    frame = held if held & {"must", "may"} else held | claims(" ".join(proof.headings[:1]))
    if said & {"only", "always"} - held:
        return ["claim"]
    if "must" in said and "must" not in frame and "may" in frame:
        return ["claim"]
    return ["claim"] if "may" in said and "may" not in frame and "must" in frame and "must" not in said else []


def _held(word: str, held: set[str]) -> bool:
    own = stem(word)
    if own in held:
        return True
    for prefix in _SEPARABLE:
        # 'opstellen' is held by 'op te stellen'.
        if (
            word.startswith(prefix)
            and prefix in held
            and len(word) > len(prefix) + 3
            and stem(word[len(prefix) :]) in held
        ):
            return True
    # A compound is held by its part, and the other way round: 'plaats' by 'opleidingsplaats'.
    return len(own) >= 5 and any(
        len(h) >= 5 and (h.endswith(own) or own.endswith(h) or h.startswith(own) or own.startswith(h)) for h in held
    )


def _no_subject(text: str) -> bool:
    """Whether a span is a list item that leaves its subject to the heading: it starts in lower case."""
    return text[:1].islower() or (bool(words(text)) and words(text)[0] in STOP and text[:1].islower())

"""A sentence and the spans it cites → whether the spans say it: numbers, dates, names, negations and actor agree, and
its content words, or its meaning by vector, must be covered. Pure but for the encoder that it is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.acting import actor_differs
from assistant.polarity import claims_differ, polarity_differs
from assistant.proof import Proof, holds, proof_of
from assistant.text import content_words, fold, stem, words
from assistant.types import Citation
from assistant.vocabulary import Vocabulary
from assistant.wording import holds_indefinite, is_number, names, quantities, times_of, without_times

# Set on evals/support-dev.jsonl (see evals/support.py).
COVERED = 0.74
CLAUSE = 0.5
NEAR = 0.57
NEAR_COVERED = 0.5
NEAR_OTHER_LANGUAGE = 0.52
_CLAUSES = re.compile(r"[,;:()]|\b(?:en|maar|omdat|zodat|waarbij|terwijl|and|but|because|while)\b", re.IGNORECASE)
# Verbs and fillers that a writer needs to make a sentence of a list item; they claim nothing by themselves.
_HARMLESS = frozenset(
    stem(w)
    for w in "zorgen zorgt gebeurt gebeuren volgens document documenten bron staat betreft betekent namelijk daarnaast "
    "verder ook vervolgens hierbij hiervoor neemt nemen gaat vindt plaats gebruiken houden maken doet taak taken heet "
    "geldt zoals vooral eigen ervoor wanneer breekt ander andere source document documents according".split()
)


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
        proof = proof_of(cited, sentence)
        if words(sentence) in [words(piece) for piece in proof.sentences]:
            return Verdict(True, (), 1.0)  # a whole sentence of a span, word for word
        reasons = [*_numbers(sentence, proof), *self._names(sentence, proof)]
        reasons += polarity_differs(sentence, proof.near, proof.sentences, language)
        if claims_differ(sentence, f"{proof.close} {proof.quotes}", " ".join(proof.headings[:1])):
            reasons.append("claim")
        if actor_differs(sentence, proof, self.vocabulary, language):
            reasons.append("actor")
        covered, gaps = self._covered(sentence, proof)
        if not cited:
            reasons = ["uncited"]
        elif (language == "nl" and not self._means(sentence, proof, covered, gaps)) or (
            language != "nl"
            and (self.similarity is None or self.similarity(sentence, proof.texts) < NEAR_OTHER_LANGUAGE)
        ):
            reasons.append("words")
        return Verdict(not reasons, tuple(dict.fromkeys(reasons)), covered)

    def _means(self, sentence: str, proof: Proof, covered: float, gaps: bool) -> bool:
        if gaps:
            return False
        if covered >= COVERED:
            return True
        return (
            covered >= NEAR_COVERED and self.similarity is not None and self.similarity(sentence, proof.texts) >= NEAR
        )

    def _names(self, sentence: str, proof: Proof) -> list[str]:
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

    def _covered(self, sentence: str, proof: Proof) -> tuple[float, bool]:
        """Share of content words that the spans hold, and whether one clause mostly consists of others."""
        held = {stem(w) for w in words(proof.everything)}
        said = self._canonical(sentence, proof)
        same_times = times_of(sentence) <= times_of(proof.close)
        content = _content(said, same_times)
        if not content:
            return 1.0, False
        share = sum(holds(held, w) for w in content) / len(content)
        gaps = False
        for clause in _CLAUSES.split(said):
            own = _content(clause, same_times)
            if own and sum(holds(held, w) for w in own) / len(own) < (CLAUSE if len(own) > 1 else 0.01):
                gaps = True
        return share, gaps

    def _canonical(self, sentence: str, proof: Proof) -> str:
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


def _content(text: str, same_times: bool) -> list[str]:
    """The words that claim something, without those for how often where the spans say the same."""
    tokens = without_times(words(text)) if same_times else words(text)
    return [w for w in content_words(" ".join(tokens)) if stem(w) not in _HARMLESS and not is_number(w)]


def _numbers(sentence: str, proof: Proof) -> list[str]:
    held = quantities(proof.close)
    anywhere = {q.value for q in quantities(proof.everything)}
    for said in quantities(sentence):
        if said.value == "1" and holds_indefinite(proof.close, said.unit):
            continue
        same = [q for q in held if q.value == said.value]
        if not same and (said.unit or said.value not in anywhere):
            return ["number"]
        if said.unit and same and all(q.unit and q.unit != said.unit for q in same):
            return ["number"]
    said_times, held_times = times_of(sentence), times_of(proof.close)
    return ["number"] if said_times and said_times - held_times else []

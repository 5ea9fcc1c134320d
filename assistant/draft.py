"""A model's answer as it grows: each sentence checked, then kept, replaced by the quote it cites, or dropped."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace

from assistant.answer import shown
from assistant.cite import Sentence
from assistant.model import Done
from assistant.supported import Checker
from assistant.types import Answer, Citation, Generation, Statement

_REFUSAL = re.compile(r"^\W*(geen antwoord|no answer)\b", re.IGNORECASE)


class Draft:
    """The answer as it grows: proven sentences with the citations they use, numbered in the order of first use."""

    def __init__(self, quoted: Answer, given: Sequence[Citation], checker: Checker) -> None:
        self._quoted, self.given, self._checker = quoted, given, checker
        self.known = {c.n: c for c in given}
        self.refused = False
        self._numbers: dict[int, int] = {}
        self._lines: list[tuple[str, Statement]] = []
        self._lead: Sentence | None = None
        self._counts = {"kept": 0, "replaced": 0, "dropped": 0}
        self._verdicts: list[str] = []

    def take(self, found: Sequence[Sentence]) -> bool:
        """Judge sentences; says whether the answer grew."""
        before = len(self._lines)
        for sentence in found:
            if not self._lines and not sentence.numbers and _REFUSAL.match(sentence.text):
                self.refused = True
                return False
            self._judge(sentence)
        return len(self._lines) > before

    def _judge(self, sentence: Sentence) -> None:
        if sentence.leads or sentence.prefix == "#":
            self._drop_lead()
            self._lead = sentence
            return
        cited = [self.known[n] for n in sentence.numbers]
        if not cited:
            self._count("dropped", "uncited")
            return
        lead, self._lead = self._lead, None
        if lead is not None:
            # What introduces a list has the proof of its first item.
            judged = self._checker.check(lead.text.rstrip(":"), cited, self._quoted.understood.language)
            if judged.supported:
                self._lines.append((lead.prefix, Statement(shown(lead.text), ())))
            else:
                self._count("dropped", *judged.reasons)
        verdict = self._checker.check(sentence.text, cited, self._quoted.understood.language)
        if verdict.supported:
            self._add(sentence.prefix, shown(sentence.text), sentence.numbers)
            self._count("kept")
            return
        quote = next((n for n in sentence.numbers if n not in self._numbers), None)
        if quote is None:
            self._count("dropped", *verdict.reasons)
        else:
            self._add(sentence.prefix, f"“{shown(self.known[quote].quote)}”", (quote,))
            self._count("replaced", *verdict.reasons)

    def _count(self, how: str, *reasons: str) -> None:
        self._counts[how] += 1
        self._verdicts.append(f"{how}: {', '.join(reasons)}" if reasons else how)

    def _add(self, prefix: str, text: str, numbers: Sequence[int]) -> None:
        for n in numbers:
            self._numbers.setdefault(n, len(self._numbers) + 1)
        self._lines.append((prefix, Statement(text, tuple(self._numbers[n] for n in numbers))))

    def _drop_lead(self) -> None:
        if self._lead is not None:
            self._count("dropped", "uncited")
            self._lead = None

    def answer(self) -> Answer:
        """The answer as far as it is."""
        citations = tuple(replace(self.known[old], n=new) for old, new in self._numbers.items())
        return replace(
            self._quoted,
            text=_markdown(self._lines),
            statements=tuple(statement for _, statement in self._lines if statement.citations),
            citations=citations,
            mode="llm",
        )

    def generation(self, model: str, started: float, done: Done | None, failure: str) -> Generation:
        """What the model contributed; what was to introduce a list that never came goes."""
        self._drop_lead()
        return Generation(
            model=model,
            **self._counts,
            prompt_tokens=done.prompt_tokens if done else None,
            completion_tokens=done.completion_tokens if done else None,
            seconds=time.perf_counter() - started,
            failure=failure,
            verdicts=tuple(self._verdicts),
        )


def _markdown(lines: Sequence[tuple[str, Statement]]) -> str:
    text = ""
    for prefix, statement in lines:
        marks = "".join(f" [{n}]" for n in statement.citations)
        said = f"{statement.text}{marks}"
        if prefix == "#":
            text += f"\n\n**{statement.text.replace('*', '')}**\n"
        elif prefix:
            text += f"\n{prefix} {said}"
        elif text.rpartition("\n")[2].startswith(("- ", "**")) or re.match(r"\d+\. ", text.rpartition("\n")[2]):
            text += f"\n\n{said}"
        else:
            text += (" " if text else "") + said
        if statement.text.endswith(":"):
            text += "\n"
    return text.strip()

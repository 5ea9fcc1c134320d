"""The report, its plots and the comparison of two runs: complete, self-contained, and safe to open."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO
from xml.etree import ElementTree

import pytest
from rich.console import Console

from evals import charts
from evals.compare import changed_pairs, comparison, show_comparison, summary
from evals.report import report, trade_off
from evals.results import Rival, Run
from evals.score import Outcome
from evals.terminal import show_rivals, show_run, show_worst


def outcome(id: str, correct: float, **fields: object) -> Outcome:
    values = {"correct": correct, "right_citation": correct, "seconds": 0.02, "false_refusal": 0.0}
    base = Outcome(
        id, f"Vraag {id}?", "lookup", "coc", "nl", True, (), (("doc", "Een gouden citaat."),), "answered",
        f"Antwoord {id} [1]", (("doc", 0, 5),), 0.7, values, () if correct else ("geen enkele bron is goud",),
    )  # fmt: skip
    return replace(base, **fields)  # type: ignore[arg-type]


RIVAL = Rival("rivaal", {"correct": (0.25, 0.1, 0.4)}, {"correct": (0.3, 0.1, 0.5)})
REFUSED = outcome(
    "c", 1.0, answerable=False, status="not_found", confidence=0.1, kind="unanswerable", gold=(),
    values={"correct": 1.0, "false_answer": 0.0, "seconds": 0.01},
)  # fmt: skip
OUTCOMES = (outcome("a", 1.0), outcome("b", 0.0, confidence=0.9, history=("Eerder?",)), REFUSED)
RUN = Run("dev", "2026-01-02T00:00:00+00:00", "abc1234", "index", "encoder", 0.4, 2.0, OUTCOMES, (RIVAL,), (RIVAL,))
BEFORE = replace(RUN, commit="0000000", outcomes=(outcome("a", 0.0, text="Iets anders"), *OUTCOMES[1:]))


def plain(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), width=160)


def test_the_report_has_every_part_and_asks_nothing_of_the_network() -> None:
    html = report(RUN, BEFORE)
    for part in ("Meting dev", "Alle maten", "Naar soort vraag", "Naar actor", "Naar taal", "Andere systemen",
                 "Wat elk onderdeel waard is", "slechtste antwoorden", "Weigeren of antwoorden", "Tijd per vraag",
                 "Vraag b?", "Eerder?", "geen enkele bron is goud", "Een gouden citaat.",
                 "sinds 2026-01-02-0000000"):  # fmt: skip
        assert part in html, part
    assert html.count("<svg") == 5
    assert not re.search(r"(?:src|href)=|url\(|@import|<script", html)


def test_every_drawing_is_well_formed() -> None:
    for drawing in re.findall(r"<svg.*?</svg>", report(RUN, BEFORE), re.DOTALL):
        ElementTree.fromstring(drawing)


def test_what_users_typed_is_shown_as_text() -> None:
    nasty = outcome("<i>", 0.0, question="<script>alert(1)</script>", text="<img src=x> [x](javascript:alert(1))",
                    gold=(("doc", "<b>"),), actor="<u>", kind="<s>", reasons=("<em>",))  # fmt: skip
    html = report(replace(RUN, outcomes=(nasty,)), None) + comparison(
        replace(RUN, outcomes=(replace(nasty, text="<hr>"),)), replace(RUN, outcomes=(nasty,))
    )
    for tag in ("<script", "<img", "<em>", "<i>", "<u>", "<s>", "<hr>", 'href="javascript'):
        assert tag not in html, tag


def test_the_worst_come_first_and_the_rest_is_folded_away() -> None:
    many = tuple(outcome(f"x{n:02}", 0.0, confidence=n / 100) for n in range(15))
    html = report(replace(RUN, outcomes=many), None)
    assert html.index('id="x14"') < html.index('id="x05"') < html.index("<details>") < html.index('id="x04"')
    assert "De andere 5 die" in html


def test_a_run_without_wrong_answers_or_threshold_has_a_report() -> None:
    html = report(replace(RUN, outcomes=(REFUSED,), threshold=None, peers=(), ablation=()), None)
    assert "De 0 slechtste" in html and "Weigeren of antwoorden" not in html and "<details>" not in html


def test_the_trade_off_counts_what_each_threshold_would_do() -> None:
    refusals, answers = trade_off(OUTCOMES)
    assert dict(refusals.points)[0.0] == 0.0
    assert dict(refusals.points)[0.8] == 0.5  # of the confidences 0.7 and 0.9 one lies below it
    assert dict(refusals.points)[1.0] == 1.0
    assert dict(answers.points)[0.1] == 1.0
    assert dict(answers.points)[0.11] == 0.0


def test_bars_are_as_long_as_their_values() -> None:
    drawing = charts.bars("Titel", [charts.Bar("half", 0.5, 0.4, 0.6, 0.25, "n = 2"), charts.Bar("alles", 1, 1, 1)])
    half, whole = (float(width) for width in re.findall(r'class="bar".*?width="([\d.]+)"', drawing))
    assert half * 2 == whole
    assert drawing.count('class="before"') == 1
    assert "50,0 %" in drawing and "n = 2" in drawing


def test_a_histogram_holds_every_value_once() -> None:
    drawing = charts.histogram("Titel", "seconden", [0.0, 0.1, 0.1, 1.0], [("p50 <", 0.1)], bins=10)
    counts = [int(count) for count in re.findall(r"<title>(\d+)</title>", drawing)]
    assert counts == [1, 2, 0, 0, 0, 0, 0, 0, 0, 1]
    assert "p50 &lt;" in drawing
    ElementTree.fromstring(charts.histogram("Leeg", "x", [], []))


def test_a_comparison_shows_what_changed_the_worst_first(console: Console) -> None:
    after = replace(RUN, outcomes=(OUTCOMES[0], outcome("b", 0.0, text="Andere woorden"), outcome("n", 1.0)))
    before = replace(BEFORE, outcomes=(*BEFORE.outcomes[:2], outcome("gone", 1.0)))
    pairs = changed_pairs(before, after)
    assert [(pair.after.id, pair.verdict) for pair in pairs] == [("b", "anders"), ("a", "beter")]
    assert changed_pairs(after, after) == []
    assert changed_pairs(after, before)[0].verdict == "slechter"
    told = "2 van 2 antwoorden veranderd; 1 van fout naar juist, 0 van juist naar fout, 1 anders"
    assert told in summary(pairs, before, after)
    html = comparison(before, after)
    assert html.index("Iets anders") < html.rindex("Antwoord a") and "Andere woorden" in html
    show_comparison(console, before, after)
    assert "Iets anders" in plain(console) and "Antwoord a" in plain(console)


def test_the_terminal_shows_figures_changes_groups_and_the_worst(console: Console) -> None:
    show_run(console, RUN, BEFORE)
    show_rivals(console, "Andere systemen", RUN, RUN.peers)
    show_worst(console, RUN, 5)
    shown = plain(console)
    for words in ("verandering sinds 2026-01-02-0000000", "66,7", "+33,3", "soort vraag", "p95 0,020 s", "rivaal",
                  "25,0*", "Vraag b? → geen enkele bron is goud"):  # fmt: skip
        assert words in shown, words

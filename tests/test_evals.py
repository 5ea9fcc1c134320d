"""The eval runner: from cases to outcomes, figures, files and the gate, and the command around them."""

from __future__ import annotations

import argparse
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from support import run_cli

from assistant.errors import FailedError, UsageError
from assistant.settings import Settings
from assistant.types import Answer, Citation, Document, Hit, Passage, Question, Statement
from evals import results, run
from evals.cases import Case, Gold
from evals.gate import Bound, breaches, load_gate, written
from evals.results import Rival, Run, last_committed, load, save
from evals.score import Outcome, System, run_cases
from evals.sets import spread
from evals.summary import BY_NAME, Measure, figures_of, groups_of, percentile, rival_value, worst

TEXT = "De aios vraagt tijdig om supervisie. De opleider is bereikbaar."
AIOS, OPLEIDER = (0, 36), (37, 63)
DOCUMENTS = {"doc": Document("doc", "doc.md", "Titel", TEXT, "sha")}


def passage(place: tuple[int, int], *actors: str) -> Passage:
    return Passage(f"doc:{place}", "doc", *place, TEXT[slice(*place)], *place, "item", actors=actors)


PASSAGES = (passage(AIOS, "aios"), passage(OPLEIDER, "opleider"))


def case(id: str, place: tuple[int, int] | None, **fields: object) -> Case:
    golds = (Gold("doc", TEXT[slice(*place)], (("doc", *place),)),) if place else ()
    kind, unanswerable = ("lookup", None) if place else ("unanswerable", "near-miss")
    base = Case(id, f"vraag {id}", "nl", "aios", None, kind, (), bool(place), golds, (), (), unanswerable)
    return replace(base, **fields)  # type: ignore[arg-type]


def system(*answers: tuple[int, int] | None, confidence: float = 0.5) -> System:
    """A system that gives these answers in turn, the first also to the question that warms it up."""
    waiting = [answers[0], *answers]

    def ask(asked: Case) -> Answer:
        place = waiting.pop(0)
        quote = TEXT[slice(*place)] if place else ""
        found = (Citation(1, "doc", "Titel", (), quote, *place, "sha", "doc.md"),) if place else ()
        return Answer(
            question=asked.question,
            status="answered" if place else "not_found",
            text=quote or "Dat staat niet in de documenten.",
            understood=Question("", "", "nl", "fact"),
            statements=tuple(Statement(c.quote, (c.n,)) for c in found),
            citations=found,
            confidence=confidence,
        )

    return System("proef", ask, lambda asked: [Hit(PASSAGES[0], 1.0)], DOCUMENTS, PASSAGES, 0.4)


CASES = [case("a", AIOS), case("b", OPLEIDER), case("c", None), case("d", None, language="en", actor="coc")]


@pytest.fixture
def outcomes() -> list[Outcome]:
    """A right answer, a wrong refusal, a right refusal and a wrong answer."""
    return run_cases(system(AIOS, None, None, OPLEIDER), CASES)


@pytest.fixture
def measured(outcomes: list[Outcome]) -> Run:
    rival = Rival("rivaal", {"correct": (0.25, 0.1, 0.4)}, {"correct": (0.25, 0.1, 0.4)})
    return Run("dev", "2026-01-02T03:04:05+00:00", "abc1234", "index", "encoder", 0.4, 1.5, tuple(outcomes), (rival,))


def test_each_case_keeps_its_answer_its_values_and_why(outcomes: list[Outcome]) -> None:
    right, refused, rightly_refused, wrong = outcomes
    assert [o.values["correct"] for o in outcomes] == [1.0, 0.0, 1.0, 0.0]
    assert [o.quality for o in outcomes] == [1.0, 0.0, 1.0, 0.0]
    assert right.reasons == rightly_refused.reasons == ()
    assert right.cited == (("doc", 0, 36),)
    assert right.gold == (("doc", TEXT[:36]),)
    assert refused.reasons == ("ten onrechte geweigerd (zekerheid 0,50; goud staat niet bij de eerste 10 van search)",)
    assert wrong.reasons == ("beantwoord, maar staat niet in de documenten (near-miss, zekerheid 0,50)",)
    assert refused.values["right_citation"] == refused.values["recall@5"] == refused.values["character_recall"] == 0.0
    assert "right_citation" not in wrong.values
    assert all(o.values["seconds"] >= 0 for o in outcomes)


def test_the_actor_is_the_role_chosen_or_the_one_whose_section_holds_the_gold(outcomes: list[Outcome]) -> None:
    assert [o.actor for o in outcomes] == ["aios", "opleider", "geen", "coc"]


def test_reasons_name_what_is_missing_and_what_should_not_be_there() -> None:
    asked = case("x", AIOS, facts=(("tijdig", "op tijd"), ("altijd",)), forbid=("bereikbaar",))
    (outcome,) = run_cases(system(OPLEIDER), [asked])
    assert outcome.reasons == (
        "geen enkele bron is goud (goud staat op plaats 1 van search)",
        "ontbreekt: tijdig / op tijd; altijd",
        "had er niet in mogen staan: bereikbaar",
    )


def test_a_system_that_fails_is_no_refusal() -> None:
    def broken(asked: Case) -> Answer:
        raise FailedError("stuk")

    with pytest.raises(FailedError, match="stuk"):
        run_cases(replace(system(None), ask=broken), CASES)


def test_figures_are_over_the_cases_that_a_measure_applies_to(outcomes: list[Outcome]) -> None:
    found = {figure.measure.name: figure.now for figure in figures_of(outcomes)}
    means = {name: (now.mean, now.count) for name, now in found.items() if now}
    assert means["correct"] == (0.5, 4)
    assert means["right_citation"] == (0.5, 2)
    assert means["false_refusal"] == means["false_answer"] == (0.5, 2)
    assert means["citation_precision"] == (1.0, 1)
    assert found["facts"] is None


def test_groups_are_largest_first_and_change_by_case(outcomes: list[Outcome]) -> None:
    before = run_cases(system(None, None, None, OPLEIDER), CASES)
    groups = groups_of(outcomes, before, "language")
    assert [(group.name, group.count) for group in groups] == [("nl", 3), ("en", 1)]
    correct = groups[0].figures[0]
    assert correct.now is not None and correct.change is not None
    assert (correct.now.mean, correct.change.mean) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert [group.name for group in groups_of(outcomes, (), "kind")] == ["lookup", "unanswerable"]


def test_the_worst_are_the_most_wrong_and_the_surest_first(outcomes: list[Outcome]) -> None:
    sure = replace(outcomes[3], id="z", confidence=0.9)
    assert [outcome.id for outcome in worst([*outcomes, sure], 10)] == ["z", "d", "b"]
    assert len(worst(outcomes, 1)) == 1


@pytest.mark.parametrize(
    ("measure", "value", "shown", "change"),
    [("correct", 0.1234, "12,3", "+12,3"), ("correct", -0.0001, "-0,0", "="), ("seconds", 0.0126, "0,013", "+0,013"),
     ("length", 300.4, "300", "+300"), ("length", -12.0, "-12", "−12"), ("correct", None, "", "")],
)  # fmt: skip
def test_values_are_shown_as_a_reader_of_dutch_expects(
    measure: str, value: float | None, shown: str, change: str
) -> None:
    assert BY_NAME[measure].show(value) == shown
    assert BY_NAME[measure].show_change(value) == change


def test_percentiles_lie_between_values() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([1.0, 2.0], 0.75) == 1.75
    assert percentile([], 0.5) == 0.0


def test_a_rival_is_starred_when_the_difference_is_more_than_chance() -> None:
    figures = {"correct": (0.25, 0.1, 0.4)}
    assert rival_value(Rival("r", figures, {"correct": (0.2, 0.1, 0.3)}), "correct") == "25,0*"
    assert rival_value(Rival("r", figures, {"correct": (0.2, -0.1, 0.3)}), "correct") == "25,0 "
    assert rival_value(Rival("r", figures, {}), "facts") == ""


def test_a_limit_takes_cases_from_the_whole_set() -> None:
    assert [c.id for c in spread(CASES, 2)] == ["a", "c"]
    assert spread(CASES, None) == spread(CASES, 9) == CASES


def test_a_run_is_read_back_as_it_was_saved(measured: Run, tmp_path: Path) -> None:
    path = save(measured, tmp_path / "deep")
    assert path.name == "2026-01-02-abc1234.json"
    assert load(path) == measured
    assert sum(line.startswith('{"id"') for line in path.read_text(encoding="utf-8").splitlines()) == 4
    assert replace(measured, set="test").name == "2026-01-02-abc1234-test"


@pytest.mark.parametrize("text", ["", "{}", '{"format": 0}', "[1]"])
def test_a_file_that_is_no_result_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="geen resultaat"):
        load(path)


def test_a_result_that_cannot_be_written_says_so(measured: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(FailedError, match="--out"):
        save(measured, tmp_path / "file")


def test_the_last_committed_result_of_a_set_is_found(measured: Run, tmp_path: Path) -> None:
    folder = tmp_path / "evals" / "results"
    later = replace(measured, created="2026-02-02T00:00:00+00:00")
    other = replace(measured, set="test", created="2026-03-02T00:00:00+00:00")
    for each in (measured, later, other):
        save(each, folder)
    (folder / "old.json").write_text('{"format": 0}', encoding="utf-8")

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    assert last_committed("dev", folder) is None
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "results")
    save(replace(measured, created="2026-04-02T00:00:00+00:00"), folder)  # not committed
    assert last_committed("dev", folder) == later
    assert last_committed("unseen", folder) is None


def test_the_gate_opens_within_the_noise(outcomes: list[Outcome]) -> None:
    correct, refusals = BY_NAME["correct"], BY_NAME["false_refusal"]
    assert breaches([Bound(correct, 0.52, 0.02), Bound(refusals, 0.48, 0.02)], outcomes) == []
    broken = breaches([Bound(correct, 0.53, 0.02), Bound(refusals, 0.47, 0.02)], outcomes)
    assert broken == [
        "juist: 50,0, de poort vraagt 53,0, met een speling van 2,0",
        "ten onrechte geweigerd: 50,0, de poort vraagt 47,0, met een speling van 2,0",
    ]
    assert breaches([Bound(BY_NAME["facts"], 0.5, 0.5)], outcomes) == [
        "feiten genoemd: niet gemeten, de poort vraagt 50,0, met een speling van 50,0"
    ]


def test_a_gate_written_from_outcomes_lets_them_pass(outcomes: list[Outcome], tmp_path: Path) -> None:
    path = tmp_path / "gate.toml"
    path.write_text(written("dev", outcomes), encoding="utf-8")
    bounds = load_gate("dev", path)
    assert {bound.measure.name for bound in bounds} >= {"correct", "false_answer", "recall@5", "quotes_exact"}
    assert "seconds" not in {bound.measure.name for bound in bounds}
    assert breaches(bounds, outcomes) == []
    with pytest.raises(UsageError, match="'test'"):
        load_gate("test", path)
    path.write_text('[dev]\n"nothing" = { value = 1, noise = 0 }\n', encoding="utf-8")
    with pytest.raises(FailedError, match=r"gate\.toml"):
        load_gate("dev", path)


def test_the_committed_gate_holds_what_must_be_perfect() -> None:
    bounds = {bound.measure: bound for bound in load_gate("dev")}
    quotes: Measure = BY_NAME["quotes_exact"]
    assert (bounds[quotes].value, bounds[quotes].noise) == (1.0, 0.0)


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--index")
    run.add_arguments(parser)
    return parser.parse_args(arguments)


@pytest.mark.parametrize(
    "arguments",
    [("--limit", "0"), ("--gate", "--limit", "5"), ("--laws", "x"), ("--set", "unseen", "--peers"),
     ("--compare", "missing.json", "missing.json")],
)  # fmt: skip
def test_flags_that_do_not_go_together_are_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        run.run(options(*arguments), Settings())


def test_comparing_two_sets_is_refused(measured: Run, tmp_path: Path) -> None:
    one, other = save(measured, tmp_path), save(replace(measured, set="test"), tmp_path)
    with pytest.raises(UsageError, match="dev en test"):
        run.run(options("--compare", str(one), str(other)), Settings())


def test_the_command_measures_shows_and_saves(real_index: Path, tmp_path: Path) -> None:
    done = run_cli("eval", "--index", real_index, "--out", tmp_path, "--limit", "8")
    assert done.returncode == 0, done.stderr
    assert "dev: 8 vragen" in done.stdout
    for words in ("juist", "citaten letterlijk", "soort vraag", "actor", "taal", "p95"):
        assert words in done.stdout
    (path,) = tmp_path.glob("*.json")
    assert len(load(path).outcomes) == 8
    assert all(
        outcome.values["quotes_exact"] == 1.0 for outcome in load(path).outcomes if "quotes_exact" in outcome.values
    )
    assert (tmp_path / f"{path.stem}.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    again = run_cli("eval", "--compare", path, path)
    assert again.returncode == 0 and "0 van 8 antwoorden veranderd" in again.stdout


def test_the_gate_decides_the_exit_code(
    measured: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "_run", lambda options, settings: measured)
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    gate = tmp_path / "gate.toml"
    monkeypatch.setattr("evals.gate.load_gate.__defaults__", (gate,))
    gate.write_text('[dev]\n"correct" = { value = 0.5, noise = 0.01 }\n', encoding="utf-8")
    assert run.run(options("--gate", "--out", str(tmp_path)), Settings()) == 0
    gate.write_text('[dev]\n"correct" = { value = 0.6, noise = 0.01 }\n', encoding="utf-8")
    assert run.run(options("--gate", "--out", str(tmp_path)), Settings()) == 1
    assert "onder de poort: juist" in capsys.readouterr().err
    assert json.loads((tmp_path / "2026-01-02-abc1234.json").read_text(encoding="utf-8"))["set"] == "dev"

"""Pathways: all they say is proved, the same choices give the same place, what cannot be proved is not built."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support import CORPUS, run_cli

from assistant.errors import UsageError
from assistant.pathway_file import load_pathways
from assistant.pathways import Choice, Claim, Route, Timeline, combinations, place
from assistant.read import read_corpus
from assistant.types import Citation, Document

DOCUMENTS, _ = read_corpus(CORPUS)
BY_ID = {document.id: document for document in DOCUMENTS}
REAL = load_pathways(CORPUS / "pathways", DOCUMENTS)
LED: Route = REAL.routes["led"]
LOP: Timeline = REAL.timelines["lop-koers"]

SMALL = """
kind: route
document: regels
title: {nl: Route, en: Route}
about: {says: {nl: Stappen., en: Steps.}, quote: De cursist volgt eerst deel een en daarna deel twee.}
steps:
  - id: een
    title: {nl: Deel een, en: Part one}
    next: [twee]
    conditions: [{says: {nl: Elk jaar., en: Every year.}, quote: Deel een begint elk jaar in maart.}]
  - id: twee
    title: {nl: Deel twee, en: Part two}
questions:
  - id: gedaan
    text: {nl: Deel een gedaan, en: Part one done}
    quote: De cursist volgt eerst deel een en daarna deel twee.
    options: {ja: {nl: Ja, en: "Yes"}, nee: {nl: Nee, en: "No"}}
rules:
  - id: begin
    when: {gedaan: [nee]}
    here: een
    next: [twee]
    says: {nl: U begint., en: You begin.}
    quote: De cursist volgt eerst deel een en daarna deel twee.
  - id: verder
    when: {gedaan: [ja]}
    here: twee
    says: {nl: U gaat verder., en: You go on.}
    quote: De cursist volgt eerst deel een en daarna deel twee.
"""
TEXT = (
    "De cursist volgt eerst deel een en daarna deel twee. Deel een begint elk jaar in maart. "
    "Dit staat hier. Dit staat hier."
)
RULES = Document(id="regels", file="regels.md", title="Regels", text=TEXT, sha256="0" * 64)


def all_claims(route: Route) -> list[Claim]:
    own = [claim for step in route.steps for claim in (*step.purpose, *step.conditions)]
    return [route.about, *own, *(rule.claim for rule in route.rules)]


def is_proof(citation: Citation) -> bool:
    document = BY_ID[citation.document]
    return document.text[citation.start : citation.end] == citation.quote and citation.version == document.sha256


def problems_of(tmp_path: Path, content: str | dict[str, Any]) -> list[str]:
    """What loading a pathway file says; nothing may be built from it when it says anything."""
    folder = tmp_path / "pathways"
    folder.mkdir(exist_ok=True)
    text = content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True)
    (folder / "proef.yaml").write_text(text, encoding="utf-8")
    found = load_pathways(folder, [RULES])
    assert bool(found.problems) != bool(found.routes or found.timelines)
    assert all(problem.fatal and problem.file == "pathways/proef.yaml" for problem in found.problems)
    return [str(problem) for problem in found.problems]


def changed(*path: str | int, to: object) -> dict[str, Any]:
    """The small route with one value replaced."""
    raw: dict[str, Any] = yaml.safe_load(SMALL)
    inside: Any = raw
    for part in path[:-1]:
        inside = inside[part]
    inside[path[-1]] = to
    return raw


# The pathways of the real corpus


def test_the_real_pathways_can_be_built() -> None:
    assert [str(problem) for problem in REAL.problems] == []
    assert (set(REAL.routes), set(REAL.timelines)) == ({"led"}, {"lop-koers"})


def test_everything_said_has_a_verbatim_proof() -> None:
    said = [*all_claims(LED), LOP.about, *LOP.remarks, *(event.claim for event in LOP.events)]
    assert all(claim.proofs and claim.says.nl and claim.says.en for claim in said)
    proofs = [proof for claim in said for proof in claim.proofs]
    assert all(map(is_proof, [*proofs, *(proof for choice in LED.choices for proof in choice.proofs)]))
    assert len(proofs) > 30


def test_the_route_runs_from_induction_over_the_basic_course_to_two_courses() -> None:
    levels = [[step.id for step in level] for level in LED.levels()]
    assert levels == [["inwerken"], ["basis"], ["groepen", "onderwijs"]]
    assert {step.id for step in LED.steps if step.beside is not None} == {"lokaal", "mentor", "bko-sko"}
    for step in LED.steps:
        assert step.conditions or step.purpose, step.id


@pytest.mark.parametrize(
    ("choices", "here", "after", "rule"),
    [
        ("geen half nee nee", "inwerken", ["basis"], "nieuw"),
        ("geen heel ja ja", "inwerken", ["basis"], "eerste-jaar"),
        ("geen langer ja ja", "lokaal", ["basis"], "toe-aan-basis"),
        ("geen langer ja nee", "lokaal", ["basis"], "nog-beoordeling"),
        ("geen langer nee ja", "lokaal", ["basis"], "nog-ervaring"),
        ("geen langer nee nee", "lokaal", ["basis"], "nog-beide"),
        ("basis", "basis", ["groepen", "onderwijs"], "na-basis"),
        ("groepen", "groepen", ["onderwijs"], "na-groepen"),
        ("onderwijs", "onderwijs", ["groepen"], "na-onderwijs"),
        ("alle", "lokaal", [], "alle-gedaan"),
    ],
)
def test_choices_give_the_place_that_the_plan_gives(choices: str, here: str, after: list[str], rule: str) -> None:
    found = place(LED, dict(zip(("gedaan", "dienst", "ervaring", "geschikt"), choices.split(), strict=False)))
    assert found is not None
    assert (found.here.id, [step.id for step in found.next], found.rule.id) == (here, after, rule)


def partial_choices(choices: tuple[Choice, ...]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional={choice.id: st.sampled_from(list(choice.options)) for choice in choices})


@given(partial_choices(LED.choices))
def test_the_same_choices_give_the_same_place_and_it_is_proved(choices: dict[str, str]) -> None:
    first, second = place(LED, choices), place(LED, dict(reversed(choices.items())))
    assert first == second
    if first is not None:
        assert first.rule.claim.proofs and all(map(is_proof, first.rule.claim.proofs))
        assert not {first.here} & {*first.next} and not {*first.done} & {first.here, *first.next}


@given(partial_choices(LED.choices))
def test_what_some_choices_decide_the_others_do_not_change(choices: dict[str, str]) -> None:
    decided = place(LED, choices)
    completed = [whole for whole in combinations(LED.choices) if choices.items() <= whole.items()]
    places = [place(LED, whole) for whole in completed]
    assert None not in places
    if decided is not None:
        assert {found.rule.id for found in places if found} == {decided.rule.id}


@pytest.mark.parametrize("choices", [{"gedaan": "niets"}, {"leeftijd": "40"}, {"gedaan": "geen", "dienst": ""}])
def test_a_choice_that_does_not_exist_is_refused(choices: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="kent de keuze"):
        place(LED, choices)


def test_the_timeline_is_in_order_and_tells_past_from_planned() -> None:
    dated = [event.sort for event in LOP.events if event.sort]
    assert all(one <= two for one, two in pairwise(dated))
    assert [event.state for event in LOP.events] == ["past", "past", "planned", "planned", "planned"]
    assert LOP.events[-1].date.nl == "Volgend jaar, vanaf januari" and LOP.events[-1].sort == ""
    both = {"lop-mg-aanpak-koers", "lop-mg-update-ontwikkeltraject"}
    assert {proof.document for proof in LOP.events[1].claim.proofs} == both
    for event in LOP.events:
        assert any(event.date.nl.lower() in proof.quote.lower() for proof in event.claim.proofs), event.date.nl


def test_the_scenarios_are_denkhulp() -> None:
    assert "denkhulp" in LOP.remarks_title.nl
    assert "status van **denkhulp**" in LOP.remarks[0].proofs[0].quote


# What keeps a pathway from being built


def test_the_small_route_is_right(tmp_path: Path) -> None:
    assert problems_of(tmp_path, SMALL) == []


def test_a_quote_that_is_gone_names_file_step_and_quote(tmp_path: Path) -> None:
    (said,) = problems_of(
        tmp_path, changed("steps", 0, "conditions", 0, "quote", to="Deel een begint elk jaar in mei.")
    )
    assert said.startswith("pathways/proef.yaml: stap een › conditions: ")
    assert "“Deel een begint elk jaar in mei.”" in said and "regels.md" in said


def test_all_wrong_quotes_are_named_at_once(tmp_path: Path) -> None:
    raw = changed("about", "quote", to="Weg.")
    raw["rules"][1]["quote"] = "Ook weg."
    assert len(problems_of(tmp_path, raw)) == 2


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("about", "quote"), "Dit staat hier.", "vaker in regels.md"),
        (("document",), "weg", "het document 'weg' is er niet"),
        (("about", "quote"), "", "'quote' ontbreekt"),
        (("about", "proofs"), [], "zonder citaat"),
        (("kind",), "kaart", "kind 'kaart' bestaat niet"),
        (("steps",), "veel", "hier hoort een lijst te staan"),
        (("steps", 0, "next"), ["drie"], "stap een: 'drie' is geen hoofdstap"),
        (("steps", 1, "id"), "een", "stap een staat er dubbel"),
        (("rules", 0, "here"), "drie", "regel begin: stap 'drie' bestaat niet"),
        (("rules", 0, "when"), {"gedaan": ["misschien"]}, "gedaan=misschien bestaat niet"),
        (("rules", 0, "when"), {"gedaan": ["ja"]}, "bij gedaan=ja hoort meer dan één regel: begin, verder"),
        (("rules", 0, "when"), {"gedaan": []}, "bij gedaan=nee hoort geen regel"),
        (("title",), {"nl": "Een", "en": "One", "twee": None}, "niet 'twee'"),
        (("steps", 0, "title"), {"nl": "Een"}, "'en' ontbreekt"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, path: tuple[str | int, ...], value: object, said: str) -> None:
    problems = problems_of(tmp_path, changed(*path, to=value))
    assert any(said in problem for problem in problems), problems


@pytest.mark.parametrize("text", ["", "- een\n- twee", "a: [", "a: !!python/object/apply:os.system ['true']", "\x00"])
def test_a_file_that_is_no_pathway_is_a_problem_not_a_crash(tmp_path: Path, text: str) -> None:
    assert len(problems_of(tmp_path, text)) == 1


def test_a_route_that_runs_in_a_circle_is_still_drawn(tmp_path: Path) -> None:
    raw = changed("steps", 1, "next", to=["een"])
    assert problems_of(tmp_path, raw) == []
    route = load_pathways(tmp_path / "pathways", [RULES]).routes["proef"]
    assert sorted(step.id for level in route.levels() for step in level) == ["een", "twee"]


def test_without_a_folder_there_are_no_pathways(tmp_path: Path) -> None:
    found = load_pathways(tmp_path / "pathways", DOCUMENTS)
    assert (found.routes, found.timelines, found.problems) == ({}, {}, ())


def test_check_names_the_pathway_that_can_no_longer_be_built(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    (corpus / "pathways").mkdir(parents=True)
    shutil.copy(CORPUS / "pathways/led.yaml", corpus / "pathways")
    text = (CORPUS / "landelijk-plan-docentprofessionalisering.md").read_text(encoding="utf-8")
    head, body = text.split("---\n\n", 1)
    lines = [line for line in head.splitlines() if not line.startswith(("original:", "sha256:"))]
    changed_text = "\n".join([*lines, "---", "", body.replace("voldoende werkervaring", "veel werkervaring")])
    (corpus / "landelijk-plan-docentprofessionalisering.md").write_text(changed_text, encoding="utf-8")
    done = run_cli("check", "--corpus", corpus)
    assert done.returncode == 1
    assert "pathways/led.yaml: stap basis › conditions: dit citaat staat niet (meer) in" in done.stdout
    assert "Wanneer de docent na ongeveer een jaar dienstverband" in done.stdout

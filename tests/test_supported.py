"""The sentence checker: each rule on its own, and its measured precision and recall on the written pairs."""

from __future__ import annotations

import pytest

from assistant.polarity import claims, negations
from assistant.supported import Checker
from assistant.types import Citation
from assistant.vocabulary import Vocabulary
from assistant.wording import Quantity, names, quantities, times_of
from evals.support import load_pairs, main, make_checker, measure

CHECKER = Checker(Vocabulary())


def cited(quote: str) -> list[Citation]:
    return [Citation(1, "d", "Regels", ("Regels", "Visitatie"), quote, 0, len(quote), "v", "d.md")]


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("De visitatie is elke vijf jaar.", None),
        ("De visitatie is elke 5 jaar.", None),
        ("De visitatie is elke vier jaar.", "number"),
        ("De visitatie is elke vijf maanden.", "number"),
        ("De visitatie is niet elke vijf jaar.", "negation"),
        ("De visitatie van het RIVM is elke vijf jaar.", "name"),
        ("De visitatie is altijd elke vijf jaar.", "claim"),
        ("De visitatie is elke vijf jaar en kost veel vergadertijd.", "words"),
        ("Iets heel anders over boekhouding en belasting.", "words"),
    ],
)
def test_each_rule(sentence, reason):
    verdict = CHECKER.check(sentence, cited("De visitatie is elke vijf jaar."))
    assert verdict.supported == (reason is None) and (reason is None or reason in verdict.reasons)


def test_a_dropped_negation_is_seen():
    quote = "De plaats mag niet opnieuw vervuld worden."
    assert "negation" in CHECKER.check("De plaats mag opnieuw vervuld worden.", cited(quote)).reasons
    assert CHECKER.check("De plaats mag niet opnieuw vervuld worden.", cited(quote)).supported


def test_without_a_span_nothing_is_supported():
    assert CHECKER.check("De visitatie is elke vijf jaar.", []).reasons == ("uncited",)


def test_numbers_names_and_how_often():
    assert quantities("één dag, 1.200 euro, 4 à 5 keer en 50%") == [
        Quantity("1", "day"),
        Quantity("1200", "euro"),
        Quantity("4"),
        Quantity("5", "time"),
        Quantity("50", "percent"),
    ]
    assert quantities("een vierjarige opleiding") == [Quantity("4", "year")]
    assert quantities("een jaar") == [] and times_of("elk jaar") == times_of("jaarlijks") == {"year"}
    assert names("De heer Jansen van VWS. Het is zo.") == ["Jansen", "VWS"]
    assert claims("moet en mag alleen") == {"must", "may", "only"}
    assert negations(["dat", "mag", "wel", "of", "niet", "zo"]) == []


def test_a_long_line_is_read_in_no_time():
    CHECKER.check("als " + "woord " * 3000, cited("als " + "woord " * 3000))


def test_the_pairs_are_there_in_six_kinds():
    pairs = {name: load_pairs(name) for name in ("dev", "test")}
    assert sum(map(len, pairs.values())) >= 120
    assert not {p.sentence for p in pairs["dev"]} & {p.sentence for p in pairs["test"]}
    assert not {p.citation.quote for p in pairs["dev"]} & {p.citation.quote for p in pairs["test"]}
    assert {p.kind for p in pairs["dev"]} == {"supported", "number", "actor", "negation", "half", "unsupported"}


@pytest.mark.parametrize(("name", "precision", "recall"), [("dev", 0.99, 0.84), ("test", 0.94, 0.94)])
def test_it_is_as_good_as_it_was_measured(name, precision, recall):
    report = measure(load_pairs(name), make_checker())
    assert report.precision >= precision and report.recall >= recall


def test_the_report_is_printed(capsys):
    assert main(["dev", "--show"]) == 0
    assert "precision" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Het bestuur heeft het plan vernieuwd.", None),
        ("Het plan is vernieuwd door het bestuur.", None),
        ("De inspectie heeft het plan vernieuwd.", "actor"),
        ("Het plan is vernieuwd door de inspectie.", "actor"),
        ("Besturen vernieuwen het plan van de inspectie.", "actor"),
        ("Het bestuur heeft het plan niet vernieuwd.", "negation"),
        ("Het bestuur heeft het plan vernieuwd zonder advies van de inspectie.", "negation"),
        ("Het bestuur heeft het plan vernieuwd, tenzij er advies van de inspectie was.", "claim"),
        ("Het bestuur hoeft het plan te vernieuwen.", "claim"),
        ("Het bestuur heeft het plan vernieuwd voorafgaand aan advies van de inspectie.", "opposite"),
        ("Het bestuur heeft het plan van de opleider vernieuwd.", "actor"),
    ],
)
def test_who_acts_owns_and_denies(sentence, reason):
    quote = "Het bestuur heeft het plan van de docent vernieuwd na advies van de inspectie."
    verdict = CHECKER.check(sentence, cited(quote))
    assert verdict.supported == (reason is None) and (reason is None or reason in verdict.reasons), verdict


def test_a_denial_must_deny_the_same():
    quote = "De gids staat niet op zich; ook is hij een verplicht onderdeel van de map."
    assert "negation" in CHECKER.check("De gids is geen verplicht onderdeel van de map.", cited(quote)).reasons
    only = "Alleen plaatsen die zijn toegewezen, worden betaald."
    assert CHECKER.check("Plaatsen die niet zijn toegewezen, worden niet betaald.", cited(only)).supported
    assert not CHECKER.check("Ook plaatsen die niet zijn toegewezen, worden betaald.", cited(only)).supported
    assert not CHECKER.check("Alle plaatsen worden betaald.", cited(only)).supported


def test_a_whole_sentence_of_the_span_is_always_proven():
    quote = "Het bestuur beslist niet. De inspectie beslist."
    assert CHECKER.check("De inspectie beslist", cited(quote)).supported
    assert CHECKER.check("Het bestuur beslist", cited(quote)).reasons


def test_before_and_after_exclude_each_other_but_for_whom_does_not():
    quote = "Na 1 mei beslist het bestuur over het plan."
    assert "opposite" in CHECKER.check("Voor 1 mei beslist het bestuur over het plan.", cited(quote)).reasons
    lasting = "Na goedkeuring beslist het bestuur over plannen van docenten."
    assert "opposite" not in CHECKER.check("Het bestuur beslist over plannen voor docenten.", cited(lasting)).reasons

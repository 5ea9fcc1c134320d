"""The scripted model of the evals: it reads the prompt that the product sends, and each sentence gets its verdict."""

from __future__ import annotations

import pytest
from support import CORPUS

from assistant.assistant import Assistant
from assistant.settings import Settings
from evals.llm.__main__ import measure
from evals.llm.writer import FAITHFUL, WRONG, negated, read_spans, write_reply

PROMPT = """<bron nr="1" plaats="Kader › Actor COC › Taken">
zorgt voor een vangnet (bij problemen), dat is bedoeld voor aios.
</bron>
<bron nr="2" plaats="Kader › Duur">
- Het gesprek met de opleider is binnen 3 weken. Daarna volgt &lt;een&gt; verslag.
</bron>

<vraag>Wat doet de COC?</vraag>"""


@pytest.fixture(scope="module")
def vocabulary(real_assistant: Assistant):
    return real_assistant.vocabulary


def test_spans_are_read_from_the_prompt():
    first, second = read_spans(PROMPT)
    assert (first.number, first.first) == (1, "zorgt voor een vangnet (bij problemen), dat is bedoeld voor aios")
    assert second.place == "Kader › Duur" and second.text.endswith("<een> verslag.")


def test_the_same_seed_writes_the_same_and_every_kind_is_written(vocabulary):
    messages = [{"role": "user", "content": PROMPT}]
    replies = [write_reply(messages, vocabulary, seed) for seed in range(60)]
    assert replies[7] == write_reply(messages, vocabulary, 7)
    said = {sentence.kind: sentence.text for reply in replies for sentence in reply}
    assert set(said) == {*FAITHFUL, *WRONG}
    assert "3 weken" not in said["number"] and "[2]" in said["number"]
    assert "[97]" in said["invented mark"] and "[" not in said["uncited"]


def test_negation_is_taken_out_or_put_in():
    assert negated("dat mag niet zonder reden") == "dat mag zonder reden"
    assert negated("dat is klaar") == "dat is niet klaar"
    assert negated("zorgt voor rust") is None


def test_each_sentence_gets_a_verdict(real_index):
    settings = Settings(corpus=CORPUS, index=real_index)
    quoted, written, fates = measure(settings, questions=4, seed=1)
    assert [o.id for o in quoted] == [o.id for o in written] and len(quoted) == 4
    assert [o.status for o in quoted] == [o.status for o in written]
    assert fates and {fate.how for fate in fates} <= {"kept", "replaced", "dropped"}
    assert {fate.how for fate in fates if fate.written.kind in {"uncited", "invented mark"}} == {"dropped"}

"""Prompt files: what they must be given, and what cannot get into them."""

import pytest

from assistant.errors import PromptError
from assistant.prompts import Prompt, load_prompt

VALUES = {"question": "q", "understood": "u", "spans": "s", "style": "x"}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_prompts_of_the_product_take_what_the_code_gives(language):
    filled = load_prompt("answer", language).fill(**VALUES)
    assert set(filled) == {"system", "user"} and "{{" not in "".join(filled.values())
    for style in ("plain", "usual"):
        assert load_prompt(style, language).fill()["system"]


def test_a_missing_and_an_unknown_variable_are_named():
    prompt = Prompt("p.md", (("system", "Hallo {{naam}} en {{plaats}}"),))
    with pytest.raises(PromptError, match=r"p\.md.*plaats"):
        prompt.fill(naam="x")
    with pytest.raises(PromptError, match="kleur"):
        prompt.fill(naam="x", plaats="y", kleur="z")


def test_a_value_is_not_filled_in_again():
    assert Prompt("p", (("user", "{{a}} {{ b }}"),)).fill(a="{{b}}", b="2") == {"user": "{{b}} 2"}


def test_a_missing_file_and_one_without_parts_are_named(tmp_path):
    with pytest.raises(PromptError, match=r"weg\.nl\.md"):
        load_prompt("weg", "nl", tmp_path)
    (tmp_path / "kaal.nl.md").write_text("zonder deel")
    with pytest.raises(PromptError, match=r"kaal\.nl\.md"):
        load_prompt("kaal", "nl", tmp_path)

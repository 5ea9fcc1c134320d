"""axe-core finds nothing serious on any page, light or dark, desktop or phone; text can be made twice as big."""

import pytest
from asking import TASKS, UNKNOWN, ask
from axe_playwright_python.sync_playwright import Axe

SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


def assert_accessible(page):
    """No finding that axe-core calls serious or critical."""
    page.wait_for_function("document.getAnimations().every(a => a.playState !== 'running')")
    found = [
        (violation["id"], [node["html"][:160] for node in violation["nodes"]][:4])
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
    assert not found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_chat_in_every_state(open_page, size, scheme):
    page = open_page(**SIZES[size], color_scheme=scheme)
    assert_accessible(page)
    ask(page, TASKS)
    page.locator(".otherwise summary").click()
    page.locator(".also summary").click()
    page.locator("[data-judge=down]").click()
    page.wait_for_selector("form.reasons")
    ask(page, UNKNOWN)
    ask(page, " x" * 5_000)
    assert_accessible(page)
    page.locator(".answer .cite").first.click()
    page.wait_for_selector("#bron mark")
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.click("[data-history]")
    assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["led-route", "kwaliteitskader", "lop-koers", "documenten", "bron/kwaliteitskader-cluster-2"]
)
def test_the_other_pages(open_page, path, scheme):
    page = open_page(color_scheme=scheme)
    page.goto(page.url + path)
    page.wait_for_selector("main")
    assert_accessible(page)


def test_text_of_twice_the_size_still_fits(open_page):
    page = open_page(width=640, height=450)
    ask(page, TASKS)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.add_style_tag(content="html { font-size: 200% }")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("#vraag").is_visible()


def test_nothing_moves_for_who_wants_no_motion(open_page):
    page = open_page(reduced_motion="reduce")
    ask(page, TASKS)
    page.locator(".answer .cite").first.click()
    page.wait_for_selector("#bron")
    assert page.evaluate("document.getAnimations().length") == 0

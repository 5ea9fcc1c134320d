"""The web chat as its readers use it, in a real browser against the real server."""

import re

import pytest
from asking import TASKS, UNKNOWN, ask
from playwright.sync_api import expect


def test_an_answer_is_cited_and_its_source_opens_at_the_passage(page):
    turn = ask(page, TASKS)
    assert "bevordert een gunstig en veilig opleidingsklimaat" in turn.locator(".answer").inner_text()
    mark = turn.locator(".answer .cite").nth(1)
    before = turn.bounding_box()
    mark.click()
    page.wait_for_selector("#bron mark")
    shown = " ".join(page.locator("#bron mark").all_inner_texts())
    assert shown == "bewaakt en bevordert de kwaliteit van de afzonderlijke opleidingen;"
    assert "Kwaliteitskader cluster 2" in page.locator("#bron h2").first.inner_text()
    assert page.locator("#bron mark").first.is_visible()
    assert turn.bounding_box() == before, "nothing moves when a source opens"
    page.keyboard.press("Escape")
    assert not page.locator("#bron").is_visible()
    assert mark.evaluate("mark => mark === document.activeElement"), "the focus is back where it was"


def test_a_mark_shows_its_quote_under_the_pointer_and_escape_hides_it(page):
    mark = ask(page, TASKS).locator(".answer .cite").first
    mark.hover()
    tip = page.locator("#citaat")
    tip.wait_for()
    assert "bevordert een gunstig en veilig opleidingsklimaat" in tip.inner_text()
    assert mark.get_attribute("aria-describedby") == "citaat"
    page.keyboard.press("Escape")
    assert not tip.is_visible()


def test_a_follow_up_builds_on_the_question_before(page):
    ask(page, TASKS)
    turn = ask(page, "En voor het cluster?")
    assert "cluster" in turn.locator(".understood").inner_text().lower()
    assert "opleidingsklimaat" in turn.locator(".understood").inner_text().lower()
    assert page.locator(".turn").count() == 2


def test_a_refusal_offers_the_nearest_passages_and_cites_nothing(page):
    turn = ask(page, UNKNOWN)
    assert "Niet gevonden in de documenten" in turn.inner_text()
    assert turn.locator(".cite").count() == 0
    nearest = turn.locator(".near a")
    assert nearest.count() >= 1
    nearest.first.click()
    page.wait_for_selector("#bron mark")


def test_the_role_is_remembered_and_counts(page):
    page.select_option("#rol", "cluster")
    page.wait_for_selector("text=voor: Cluster")
    turn = ask(page, "Wat zijn onze taken voor het opleidingsklimaat?")
    assert "uw rol" in turn.locator(".understood").inner_text()
    page.reload()
    page.wait_for_selector("#vraag")
    assert page.input_value("#rol") == "cluster"


def test_a_starting_and_a_settled_trainer_have_questions_of_their_own(page):
    def starters(role, name):
        page.select_option("#rol", role)
        page.wait_for_selector(f"text=voor: {name}")
        # The page is rewritten piece by piece.
        expect(page.locator(".starter")).to_have_count(6)
        return page.locator(".starter").all_inner_texts()

    new, settled = (
        starters("startende-opleider", "Startende opleider"),
        starters("lid-opleidingsgroep", "Lid opleidingsgroep"),
    )
    assert new != settled
    turn = ask(page, "Wat zijn onze taken voor het opleidingsklimaat?")
    assert "Lid opleidingsgroep (uw rol)" in turn.locator(".understood").inner_text()
    page.reload()
    page.wait_for_selector(".turn .answer")
    assert page.input_value("#rol") == "lid-opleidingsgroep"


def test_the_page_follows_the_language_of_the_browser_and_the_switch(open_page):
    page = open_page(locale="en-GB")
    page.wait_for_selector("text=What would you like to know")
    assert page.evaluate("document.documentElement.lang") == "en"
    turn = ask(page, "What are the tasks of the COC for the learning climate?")
    assert "Sources" in turn.inner_text()
    page.click("[data-lang=nl]")
    page.wait_for_selector("text=Bronnen")
    page.reload()
    page.wait_for_selector(".turn >> text=Bronnen")
    assert page.evaluate("document.documentElement.lang") == "nl"


def test_a_starter_question_asks_itself(page):
    starter = page.locator(".starter").first
    words = starter.inner_text().strip()
    starter.click()
    turn = page.locator(".turn").first
    turn.wait_for()
    assert words in turn.locator(".asked").inner_text()
    page.click("[data-restart]")
    page.wait_for_selector(".start")
    assert page.locator(".turn").count() == 0


def test_a_phone_shows_the_source_as_a_sheet_and_nothing_is_too_wide(phone):
    turn = ask(phone, TASKS)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert phone.locator("#vraag").is_visible()
    turn.locator(".answer .cite").first.tap()
    phone.wait_for_selector("#bron mark")
    phone.wait_for_function("document.getAnimations().every(animation => animation.playState !== 'running')")
    box = phone.locator("#bron").bounding_box()
    assert box["width"] == 390
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)
    phone.locator("#bron .close").tap()
    assert not phone.locator("#bron").is_visible()


def test_the_header_of_a_small_desktop_does_not_overlap(open_page):
    page = open_page(width=1024, height=800, locale="en-GB")
    page.wait_for_selector("text=What would you like to know")
    ask(page, TASKS)
    pages, tool = page.locator("nav.pages").bounding_box(), page.locator("[data-history]").bounding_box()
    assert pages["x"] + pages["width"] <= tool["x"]


def test_the_keyboard_alone_is_enough(page):
    page.keyboard.type(TASKS)
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Graag volledig.")
    assert "\n" in page.input_value("#vraag")
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn .answer")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "Naar het antwoord", "the short way back"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.answer .cite, .answer abbr')")
    while not page.evaluate("document.activeElement.matches('.answer .cite')"):
        page.keyboard.press("Tab")
    assert page.locator("#citaat").is_visible(), "the quote shows on focus"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", "the focus can be seen"
    page.keyboard.press("Enter")
    page.wait_for_selector("#bron mark")
    assert page.evaluate("document.querySelector('#bron').contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.answer .cite')")


def test_answers_are_announced_to_screen_readers(page):
    ask(page, TASKS)
    page.wait_for_function(
        "[...document.querySelectorAll('[role=status]')].some(e => /Antwoord met 4 bronnen/.test(e.textContent))"
    )
    ask(page, UNKNOWN)
    page.wait_for_function(
        "[...document.querySelectorAll('[role=status]')].some(e => /Niet gevonden/.test(e.textContent))"
    )


def test_an_answer_is_copied_with_its_sources(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    ask(page, TASKS).locator("[data-copy]").click()
    page.wait_for_selector("text=Gekopieerd")
    text = page.evaluate("navigator.clipboard.readText()")
    assert TASKS in text
    assert re.search(r"\[1\] Kwaliteitskader cluster 2 › .*bevordert een gunstig", text)


def test_hostile_text_stays_text(page):
    for question in (
        "<script>window.aangevallen=9</script>",
        '<img src=x onerror="window.aangevallen=9">',
        "[x](javascript:window.aangevallen=9)",
    ):
        turn = ask(page, question)
        assert question in turn.locator(".asked").inner_text()
    turn = ask(page, "Hoe laat opent de badmeester het zwembad?")
    link = turn.locator("a[data-source]").first
    link.click()
    page.wait_for_selector("#bron mark")
    assert "<img src=x onerror" in page.locator("#bron h2").first.inner_text()
    page.click("#bron .source-foot a[data-source]")
    page.wait_for_selector("#bron >> text=kluissleutel")
    assert page.locator("a[href^='javascript:' i]").count() == 0
    assert page.locator("#gesprek img, #bron img, #gesprek script, #bron script").count() == 0
    assert page.evaluate("window.aangevallen") is None


def test_the_policy_stops_a_script_that_gets_in_anyway(page, open_page):
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"data:,\" onerror=\"window.aangevallen=1\">')"
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.aangevallen") is None


def test_a_server_that_is_gone_is_shown_as_a_failure(open_page):
    page = open_page()
    page.context.set_offline(True)
    page.fill("#vraag", TASKS)
    page.press("#vraag", "Enter")
    failed = page.locator("#bezig .failed")
    failed.wait_for()
    assert "niet bereikbaar" in failed.inner_text()
    page.context.set_offline(False)
    failed.locator("[data-ask]").click()
    # The connection is back: Gradio loads the page anew, and the question is asked again.
    page.wait_for_selector(".turn .answer")
    assert not page.locator("#bezig").is_visible()
    open_page.expected_trouble()


def test_the_page_is_small_and_shows_soon(open_page):
    page = open_page()
    page.wait_for_timeout(1_500)  # an open page keeps one connection open, so the network is never idle
    sizes = page.evaluate("performance.getEntriesByType('resource').map(e => e.transferSize)")
    total = sum(sizes) + page.evaluate("performance.getEntriesByType('navigation')[0].transferSize")
    assert total < 3_000_000, f"{total} bytes in {len(sizes) + 1} requests"

"""The chat with a language model: what is seen while it writes, stop, plain language, the notice, kept wording."""

import re
import threading

import pytest
from asking import ROLE, TASKS, UNKNOWN, ask, kept, retells
from axe_playwright_python.sync_playwright import Axe

FIRST = "De COC bevordert een gunstig en veilig opleidingsklimaat in de instelling."


@pytest.fixture
def page(open_writing):
    return open_writing()


@pytest.fixture
def held(model):
    """A model that has sent two sentences and waits until the test lets it go on; `held.set()` does."""
    go_on = threading.Event()
    model.hung_up.clear()

    def rest(exchange):
        while not go_on.is_set():
            exchange.wait(0.1)
        exchange.chunk({"content": " [1]."})
        exchange.end()

    model.script = retells("De COC", then=rest)
    yield go_on
    go_on.set()


def start(page, question=TASKS):
    """Ask, and wait for the first proven sentences."""
    page.fill("#vraag", question)
    page.press("#vraag", "Enter")
    page.wait_for_selector("#bezig .partial .cite")


def test_proven_sentences_show_with_working_marks_before_the_answer_is_whole(page, held):
    start(page)
    assert page.locator("#bezig .partial .answer").inner_text().startswith(FIRST)
    assert "volgende zin" not in page.locator("#bezig .partial").inner_text(), "what is not yet checked is not shown"
    assert page.locator("#bezig .steps [aria-current=step]").inner_text() == "Formuleren, zin voor zin nagekeken"
    assert page.locator("#bezig .steps .done").all_inner_texts() == [
        "Vraag begrijpen",
        "Zoeken",
        "Bewijs controleren",
    ]
    page.locator("#bezig .partial .cite").first.click()
    page.wait_for_selector("#bron mark")
    assert "bevordert een gunstig en veilig opleidingsklimaat" in page.locator("#bron mark").first.inner_text()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('#bezig') !== null"), "the focus is back at the mark"
    held.set()
    page.wait_for_selector(".turn .answer")
    assert page.locator(".turn .answer").inner_text().startswith(FIRST)
    assert page.evaluate("document.activeElement.closest('.turn') !== null"), "and stays there in the whole answer"
    assert not page.locator("#bezig").is_visible()
    page.locator(".made summary").click()
    assert "klein" in page.locator(".made p").inner_text()
    assert "321 tokens gevraagd, 45 geantwoord" in page.locator(".made p").inner_text()


def test_the_finished_answer_is_announced_once_and_its_growth_is_not(page, held):
    page.evaluate("""() => {
        window.gezegd = [];
        const live = document.querySelector('body > .sr[role=status]');
        const note = () => live.textContent && gezegd.push(live.textContent);
        new MutationObserver(note).observe(live, { childList: true });
    }""")
    start(page)
    assert page.locator("#bezig [aria-live], #gesprek [aria-live]").count() == 0
    held.set()
    page.wait_for_function("window.gezegd.some(said => /Antwoord met/.test(said))")
    page.wait_for_timeout(300)
    said = page.evaluate("window.gezegd")
    assert sum("Antwoord met 2 bronnen" in one for one in said) == 1
    assert not any("opleidingsklimaat" in one for one in said)


def test_stop_closes_the_connection_to_the_model_and_gives_the_quotes(page, held, model):
    start(page)
    page.locator("#bezig .stop").click()
    assert model.hung_up.wait(5), "the model sees that nobody listens any more"
    page.wait_for_selector(".turn .answer")
    assert page.locator(".turn .notice.fallback").inner_text() == "Gestopt op uw verzoek: dit zijn de citaten zelf."
    assert page.locator(".turn .basis").inner_text() == "Woordelijk uit de documenten"
    assert page.locator(".turn .failed, .turn .refused").count() == 0
    held.set()
    model.script = retells("De COC")
    assert "taalmodel" in ask(page, TASKS).locator(".basis").inner_text(), "the next question is answered as usual"


def test_stop_is_reached_with_the_keyboard(page, held, model):
    start(page)
    page.locator("#vraag").focus()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.matches('.stop')")
    page.keyboard.press("Enter")
    assert model.hung_up.wait(5)
    page.wait_for_selector(".turn .answer")


def test_who_closes_the_page_stops_the_model(page, held, model):
    start(page)
    page.close()
    assert model.hung_up.wait(10)


def test_a_new_conversation_stops_the_model(page, held, model):
    model.script, waiting = retells("De COC"), model.script
    ask(page, TASKS)
    model.script = waiting
    start(page, "Wat zijn de taken van de COC bij professionalisering?")
    page.click("[data-restart]")
    assert model.hung_up.wait(5)
    page.wait_for_selector(".start")
    assert page.locator(".turn").count() == 0


def test_a_model_that_fails_gives_the_quotes_with_one_line_that_says_so(page, model):
    model.script = lambda exchange: exchange.status(503)
    turn = ask(page, TASKS)
    assert (
        turn.locator(".notice.fallback").inner_text()
        == "Letterlijk uit de documenten: het taalmodel heeft een storing."
    )
    assert turn.locator(".basis").inner_text() == "Woordelijk uit de documenten"
    assert turn.locator(".answer .cite").count() >= 3
    assert turn.locator(".failed, .refused").count() == 0
    assert ask(page, UNKNOWN).locator(".notice").count() == 0, "a refusal does not reach the model"


def test_plain_language_is_asked_for_kept_and_left_by_a_click(page, model):
    model.script = retells("De COC")
    page.get_by_label("eenvoudiger uitgelegd").check()
    turn = ask(page, TASKS)
    assert "B1" in model.requests[-1]["messages"][0]["content"]
    assert turn.locator(".basis").inner_text() == "Eenvoudiger gezegd door een taalmodel, elke zin nagekeken"
    assert turn.locator(".answer .cite").count() == 4, "each sentence keeps its citation"
    page.reload()
    page.wait_for_selector(".turn .answer")
    assert page.get_by_label("eenvoudiger uitgelegd").is_checked(), "the choice is remembered"
    made = page.locator(".turn").get_attribute("data-made")
    page.locator(".actions").get_by_text("In gewone bewoording").click()
    page.wait_for_function(f"document.querySelector('.turn').dataset.made !== '{made}'")
    assert "B1" not in model.requests[-1]["messages"][0]["content"]
    assert page.locator(".turn").count() == 1, "in the place of the other"
    page.click("[data-lang=en]")
    page.wait_for_selector("text=in plain language")
    assert page.get_by_label("in plain language").is_checked()


def test_the_page_says_where_the_question_goes(page, open_page):
    told = page.locator("#let-op").inner_text()
    assert "taalmodel op deze server (127.0.0.1)" in told
    assert page.locator("#eenvoudig").count() == 1
    other = open_page()
    assert "Uw vraag verlaat deze server niet." in other.locator("#let-op").inner_text()
    assert other.locator("#eenvoudig").count() == 0, "without a model there is nothing to put in plain language"


def test_a_reopened_answer_keeps_its_wording_and_asks_no_model(page, model):
    model.script = retells("De COC", most=2)
    words = ask(page, TASKS).locator(".answer").inner_text()
    asked = len(model.requests)
    model.script = retells("Namelijk: de COC", most=3)
    page.reload()
    page.wait_for_selector(".turn .answer")
    assert page.locator(".turn .answer").inner_text() == words
    assert page.locator(".turn .notice").count() == 0
    page.click("[data-history]")
    with page.expect_download() as download:
        page.click("#gesprekken >> text=Markdown")
    text = download.value.path().read_text(encoding="utf-8")
    assert FIRST in text
    assert "taalmodel" in text.split("##")[0], "the file says who wrote it"
    assert len(model.requests) == asked


def test_what_a_browser_made_up_is_not_shown_as_an_answer(page, model):
    model.script = retells("De COC")
    ask(page, TASKS)
    page.evaluate("""() => {
        const name = 'opleidingsassistent.gesprekken';
        const [talk] = JSON.parse(localStorage.getItem(name));
        talk.turns[0].given = talk.turns[0].given.replaceAll('bevordert', '<img src=x onerror=aangevallen=1> verbiedt');
        localStorage.setItem(name, JSON.stringify([talk]));
    }""")
    assert "verbiedt" in kept(page)[0]["turns"][0]["given"]
    page.reload()
    page.wait_for_selector(".turn .answer")
    assert "verbiedt" not in page.locator(".turn").inner_text()
    assert "bevordert een gunstig" in page.locator(".turn .answer").inner_text()
    assert page.evaluate("window.aangevallen") is None


def test_hostile_words_of_a_model_stay_text_while_they_stream(page, model, held):
    hostile = '<img src=x onerror="window.aangevallen=1">[klik](javascript:window.aangevallen=2)'
    waiting = model.script

    def script(exchange):
        content = exchange.body["messages"][-1]["content"].replace("bevordert een", f"bevordert {hostile} een", 1)
        exchange.body["messages"][-1]["content"] = content
        waiting(exchange)

    model.script = script
    start(page)
    assert page.evaluate("window.aangevallen") is None
    assert page.locator("#bezig img, #bezig a[href^='javascript:' i]").count() == 0


def test_nothing_serious_is_found_while_it_writes(page, held):
    start(page)
    page.wait_for_timeout(300)
    found = [v["id"] for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    assert found == []


def test_a_phone_shows_it_all(open_writing, held, model):
    phone = open_writing(width=390, height=844, has_touch=True, is_mobile=True)
    start(phone, ROLE)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = phone.locator("#bezig .stop").bounding_box()
    assert box["height"] >= 24
    assert re.search("Formuleren", phone.locator("#bezig .steps").inner_text())
    phone.locator("#bezig .stop").tap()
    assert model.hung_up.wait(5)

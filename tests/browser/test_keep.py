"""What a reader keeps, shares, corrects and judges, in a real browser against the real server."""

import io
import json
import re
import sqlite3
import zipfile

from asking import ROLE, TALKS, TASKS, ask, kept
from support import ROOT, run_cli


def publish(corpus, work):
    """Bring the index of the running servers up to date."""
    done = run_cli("index", "--corpus", corpus, "--index", work / "index", PYTHONPATH=str(ROOT))
    assert done.returncode == 0, done.stderr


def test_a_permalink_asks_again_in_the_role_it_names(open_page):
    page = open_page("?q=Wat+zijn+onze+taken+voor+het+opleidingsklimaat%3F&rol=cluster")
    turn = page.locator(".turn").first
    turn.wait_for()
    assert "cluster" in turn.locator(".understood").inner_text().lower()
    assert page.url.endswith("/"), "a reload does not ask once more"
    assert page.input_value("#rol") == "", "the reader's own role stays what it was"


def test_a_permalink_answers_in_the_language_of_the_browser(open_page):
    page = open_page("?q=Wat+zijn+de+taken+van+de+COC+voor+het+opleidingsklimaat%3F", locale="en-GB")
    page.locator(".turn").first.wait_for()
    assert "Copy with sources" in page.locator(".turn").inner_text()


def test_the_link_of_an_answer_is_such_a_permalink(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    ask(page, TASKS).locator("[data-link]").click()
    page.wait_for_selector("text=Gekopieerd")
    link = page.evaluate("navigator.clipboard.readText()")
    other = open_page(link.split("/", 3)[3])
    other.wait_for_selector(".turn .answer")
    assert TASKS in other.locator(".asked").inner_text()


def test_a_hostile_permalink_stays_text(open_page):
    page = open_page("?q=%3Cimg+src%3Dx+onerror%3D%22window.aangevallen%3D1%22%3E&rol=%22%3E%3Cscript%3E")
    page.locator(".turn").first.wait_for()
    assert page.evaluate("window.aangevallen") is None
    assert "<img src=x" in page.locator(".asked").inner_text()


def test_what_was_understood_is_corrected_by_a_click(page):
    turn = ask(page, TASKS)
    turn.locator(".otherwise summary").click()
    turn.locator(".otherwise >> text=over cluster").click()
    page.wait_for_function("/cluster/i.test(document.querySelector('.turn .understood').textContent)")
    assert page.locator(".turn").count() == 1, "the corrected question takes the place of the first"
    assert "cluster" in page.locator(".asked").inner_text()


def test_the_role_is_left_out_by_a_click(page):
    page.select_option("#rol", "coc")
    page.wait_for_selector("text=voor: COC")
    turn = ask(page, "Wat zijn de taken voor het opleidingsklimaat?")
    assert "uw rol" in turn.locator(".understood").inner_text()
    turn.locator("text=zonder mijn rol").click()
    page.wait_for_function("!/uw rol/.test(document.querySelector('.turn').textContent)")
    assert page.input_value("#rol") == "coc"


def test_a_question_is_edited_and_what_came_after_goes(page):
    ask(page, TASKS)
    ask(page, "En voor het cluster?")
    page.locator("[data-edit]").first.click()
    assert page.input_value("#vraag") == TASKS
    assert page.locator(".editing").is_visible()
    page.fill("#vraag", ROLE)
    page.press("#vraag", "Enter")
    page.wait_for_function("document.querySelectorAll('.turn').length === 1")
    assert ROLE in page.locator(".asked").inner_text()
    assert not page.locator(".editing").is_visible()


def test_asking_again_answers_in_place(page):
    turn = ask(page, TASKS)
    made = turn.get_attribute("data-made")
    turn.locator(".actions [data-ask]").click()
    page.wait_for_function(f"document.querySelector('.turn').dataset.made !== '{made}'")
    assert page.locator(".turn").count() == 1
    assert not page.locator("#bezig").is_visible()


def test_an_abbreviation_is_explained_on_focus(page):
    turn = ask(page, TASKS)
    short = turn.locator(".answer abbr").first
    short.focus()
    assert short.inner_text() == "aios"
    assert "arts in opleiding tot specialist" in page.locator("#citaat").inner_text()


def test_other_sections_are_offered_without_a_number(page):
    turn = ask(page, TASKS)
    turn.locator(".also summary").click()
    assert turn.locator(".also .near a").first.is_visible()
    assert turn.locator(".also .cite").count() == 0
    ask(page, ROLE)
    assert turn.locator(".also .near a").first.is_visible(), "it stays unfolded when another answer comes"


def test_a_conversation_survives_a_reload_and_is_found_renamed_and_deleted(page):
    ask(page, TASKS)
    ask(page, "En voor het cluster?")
    page.reload()
    page.wait_for_function("document.querySelectorAll('.turn .answer').length === 2")
    assert "cluster" in page.locator(".understood").nth(1).inner_text().lower()
    page.click("[data-restart]")
    page.wait_for_selector(".start")
    ask(page, ROLE)
    assert len(kept(page)) == 2

    page.click("[data-history]")
    page.fill("#gesprekken input[type=search]", "raad van bestuur")
    assert page.locator("#gesprekken li").count() == 1
    page.fill("#gesprekken input[type=search]", "")
    assert page.locator("#gesprekken li").count() == 2
    page.locator("#gesprekken li", has_text="COC").get_by_text("Hernoem").click()
    page.fill("#gesprekken .rename input", "Klimaat <b>en</b> cluster")
    page.keyboard.press("Enter")
    page.click("text=Klimaat <b>en</b> cluster")
    page.wait_for_function("document.querySelectorAll('.turn .answer').length === 2")
    page.click("[data-history]")
    page.locator("#gesprekken li", has_text="Raad van Bestuur").get_by_text("Verwijder").click()
    assert [talk["title"] for talk in kept(page)] == ["Klimaat <b>en</b> cluster"]


def test_a_reopened_answer_keeps_its_words_and_says_that_its_source_has_changed(page, corpus_folder, server_folder):
    words = ask(page, TALKS).locator(".answer").inner_text()
    document = corpus_folder / "brochure-startende-opleiders.md"
    with document.open("a", encoding="utf-8") as file:
        file.write("\nDeze brochure is aangevuld.\n")
    publish(corpus_folder, server_folder)
    page.reload()
    notice = page.locator(".turn .notice.changed")
    notice.wait_for()
    assert "Sindsdien is veranderd: Brochure voor startende opleiders" in notice.inner_text()
    assert page.locator(".turn .answer").inner_text() == words
    page.locator(".turn .answer .cite").first.click()
    page.wait_for_selector("#bron >> text=veranderd sinds het antwoord")
    page.keyboard.press("Escape")
    notice.get_by_role("button").click()
    page.wait_for_function("!document.querySelector('.turn .notice')")
    page.locator(".turn .answer .cite").first.click()
    page.wait_for_selector("#bron mark")


def test_a_kept_question_without_a_valid_seal_is_answered_anew(page):
    ask(page, TASKS)
    page.evaluate("""() => {
        const name = 'opleidingsassistent.gesprekken';
        localStorage.setItem(name, localStorage.getItem(name).replace(/"[0-9a-f]{64}"/g, '"' + '0'.repeat(64) + '"'));
    }""")
    page.reload()
    page.wait_for_selector(".turn .notice")
    assert "Dit antwoord komt uit de huidige versie" in page.locator(".turn .notice").inner_text()


def test_a_spoilt_store_of_conversations_does_no_harm(page):
    page.evaluate("localStorage.setItem('opleidingsassistent.gesprekken', '{\"niet\": [geldig')")
    page.reload()
    page.wait_for_selector("#vraag")
    ask(page, TASKS)
    assert len(kept(page)) == 1


def test_a_conversation_is_saved_as_word_pdf_and_markdown(page):
    ask(page, TASKS)
    ask(page, ROLE)
    page.click("[data-history]")
    files = {}
    for label in ("Word", "PDF", "Markdown"):
        with page.expect_download() as download:
            page.click(f"#gesprekken >> text={label}")
        files[label] = download.value.path().read_bytes()
    words = zipfile.ZipFile(io.BytesIO(files["Word"])).read("word/document.xml").decode()
    assert "bevordert een gunstig en veilig opleidingsklimaat" in words
    assert "[1] Kwaliteitskader cluster 2" in words
    assert files["PDF"].startswith(b"%PDF-")
    assert files["PDF"].rstrip().endswith(b"%%EOF")
    text = files["Markdown"].decode()
    sources = re.findall(r"^(\d+)\. ", text.split("## Bronnen")[1], re.MULTILINE)
    cited = {int(n) for n in re.findall(r"\[(\d+)\]", text.split("## Bronnen")[0])}
    assert cited == {int(n) for n in sources} == set(range(1, len(sources) + 1))


def test_a_verdict_is_stored_with_its_reasons(page, server_folder):
    turn = ask(page, ROLE)
    turn.locator("[data-judge=down]").click()
    form = turn.locator("form.reasons")
    form.wait_for()
    form.locator("[value=incomplete]").check()
    form.locator("textarea").fill("De voorbeelden ontbreken. <script>alert(1)</script>")
    form.locator("[type=submit]").click()
    page.wait_for_function("!document.querySelector('form.reasons')")
    assert turn.locator("[data-judge=down]").get_attribute("aria-pressed") == "true"
    with sqlite3.connect(server_folder / "index" / "feedback.sqlite3") as connection:
        rows = connection.execute(
            "SELECT verdict, reasons, remark, versions FROM verdicts WHERE question = ?", [ROLE]
        ).fetchall()
    assert len(rows) == 1, "the reasons are added to the same verdict"
    verdict, reasons, remark, versions = rows[0]
    assert (verdict, json.loads(reasons)) == ("down", ["incomplete"])
    assert remark.startswith("De voorbeelden ontbreken.")
    assert "kwaliteitskader-cluster-2" in json.loads(versions)

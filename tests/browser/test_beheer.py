"""A maintainer in a real browser: signs in, adds a Word file, sees its effect, publishes, renews it, goes back."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, _wait_for
from docx import Document
from test_accessible import assert_accessible

NAME, PASSWORD = "anna", "vier losse woorden hier"
QUESTION = "Hoeveel cursusdagen vergoedt de stichting per kalenderjaar?"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Takes the place of the shared server: this one's documents change."""
    work = tmp_path_factory.mktemp("beheer")
    (work / "corpus").mkdir()
    for name in ("brochure-startende-opleiders.md", "vocabulary.yaml"):
        shutil.copy(ROOT / "corpus" / name, work / "corpus" / name)
    lines = ROOT.joinpath("evals/dev.jsonl").read_text(encoding="utf-8").splitlines()
    of_brochure = [
        line
        for line in lines
        if {gold["document"] for gold in json.loads(line)["gold"]} == {"brochure-startende-opleiders"}
    ]
    (work / "cases.jsonl").write_text("\n".join(of_brochure[:6]), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(Path(__file__).with_name("beheer_server.py"))]
    command += [str(work / name) for name in ("corpus", "index", "cases.jsonl")] + [str(port), NAME, PASSWORD]
    with (work / "log").open("w") as log:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, cwd=work, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/", process, work / "log")
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait(15)


def word_file(path, days, extra=""):
    """A regulation as a policy officer would send it."""
    document = Document()
    document.add_heading("Regeling bijscholing opleiders", 1)
    document.add_heading("Vergoeding", 2)
    document.add_paragraph(f"De stichting vergoedt per kalenderjaar ten hoogste {days} cursusdagen voor elke opleider.")
    document.add_heading("Aanvraag", 2)
    document.add_paragraph("De opleider dient de aanvraag vooraf in bij het secretariaat bijscholing.")
    for line in ("een ingevuld formulier;", "een begroting van de kosten.", *([extra] if extra else [])):
        document.add_paragraph(line, style="List Bullet")
    document.save(path)
    return path


def offered(page, file):
    """Offer a file and wait for what it would become."""
    page.get_by_role("link", name="Documenten", exact=True).last.click()
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Bekijk wat het wordt").click()
    page.wait_for_selector("form.preview")


def publish(page):
    """Wait for the effect and publish, past the gate where that is asked."""
    page.wait_for_selector(".decide")
    if page.locator("[name=toch]").count():
        page.check("[name=toch]")
        page.fill("[name=reden]", "Nagekeken")
    page.get_by_role("button", name="Publiceren").click()
    page.get_by_text("Gepubliceerd. De assistent antwoordt vanaf nu").wait_for()


def ask(page):
    """The last answer to the question, in the chat that stays open."""
    before = page.locator(".turn").count()
    page.fill("#vraag", QUESTION)
    page.press("#vraag", "Enter")
    page.locator(".turn").nth(before).locator(".said").wait_for()
    page.wait_for_function("!document.body.hasAttribute('data-busy')")
    return page.locator(".turn").nth(before).inner_text()


@pytest.mark.browser
def test_a_maintainer_adds_renews_removes_and_goes_back(open_page, tmp_path):
    chat = open_page()
    page = chat.context.new_page()
    page.goto(chat.url + "beheer")
    # What is asked before something goes is answered with yes.
    page.add_init_script("window.confirm = () => true")
    page.reload()
    page.get_by_label("Naam").fill(NAME)
    page.get_by_label("Wachtwoord").fill("niet het wachtwoord")
    page.get_by_role("button", name="Aanmelden").click()
    page.get_by_role("alert").wait_for()
    assert_accessible(page)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.press("input[type=password]", "Enter")
    page.get_by_role("heading", name="Documenten", level=1).wait_for()
    assert_accessible(page)

    offered(page, word_file(tmp_path / "regeling.docx", "drie"))
    assert page.get_by_label("Titel").input_value() == "Regeling bijscholing opleiders"
    page.get_by_label("Titel").fill("Regeling bijscholing 2026")
    assert_accessible(page)
    page.get_by_role("button", name="Accepteren").click()
    page.wait_for_selector(".decide")
    assert_accessible(page)
    assert "drie cursusdagen" not in ask(chat)
    publish(page)
    answer = ask(chat)
    assert "drie cursusdagen" in answer
    assert "Regeling bijscholing 2026" in answer

    offered(page, word_file(tmp_path / "regeling-nieuw.docx", "vijf", "een brief van de opleidingsgroep;"))
    assert (
        page.locator("[name=editie] option:checked").inner_text() == "een nieuwe versie van: Regeling bijscholing 2026"
    )
    page.get_by_role("button", name="Accepteren").click()
    publish(page)
    assert "vijf cursusdagen" in ask(chat)

    page.get_by_role("button", name="Verwijderen: Regeling").click()
    publish(page)
    assert "cursusdagen voor elke opleider" not in ask(chat)

    page.get_by_role("link", name="Versies").click()
    page.get_by_role("button", name="Terug naar deze versie").first.click()
    page.get_by_text("Deze versie is weer in gebruik").wait_for()
    assert "vijf cursusdagen" in ask(chat)

    page.set_viewport_size({"width": 390, "height": 844})
    for name in ("Documenten", "Voorstel", "Versies", "Oordelen", "Hiaten", "Logboek"):
        page.locator(".beheer-pages").get_by_role("link", name=name).click()
        page.get_by_role("heading", name=name, level=1).wait_for()
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".beheer-pages").get_by_role("link", name="Zoekbank").click()
    page.get_by_label("Vraag").fill(QUESTION)
    page.get_by_label("Vraag").press("Enter")
    page.locator(".hits summary").first.click()
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Afmelden").click()
    page.get_by_label("Wachtwoord").wait_for()

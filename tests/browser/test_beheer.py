"""A maintainer in a real browser: signs in, adds a Word file, sees its effect, publishes, renews it, goes back."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
from conftest import ROOT, _wait_for
from docx import Document
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle
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


def beheer(chat):
    """A second page of the same browser, in Beheer; what is asked before something goes is answered with yes."""
    page = chat.context.new_page()
    page.add_init_script("window.confirm = () => true")
    page.goto(chat.url + "beheer")
    return page


def guide(path, weeks, pages=3):
    """A guide of some pages as PDF: a table by actor on the second, an abbreviation on the third."""
    styles = getSampleStyleSheet()
    rows = [["Actor", "Taken", "Voorbeelden waaruit dit kan blijken"],
            ["Opleider", "bewaakt het reisschema van de wisselstage", "een getekend reisschema"],
            ["Aios", "houdt het logboek van de wisselstage bij", "een logboek dat is bijgewerkt"]]  # fmt: skip
    cells = [[Paragraph(text, styles["BodyText"]) for text in row] for row in rows]
    table = Table(cells, colWidths=[90, 190, 190], style=TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
    story = [Paragraph("Handreiking wisselstage", styles["Heading1"])]
    for text in (f"De wisselstage duurt {weeks} weken.", "De aios kiest een instelling buiten de eigen regio.",
                 "De opleider beoordeelt het verslag van de wisselstage.", "Reiskosten vergoedt de instelling.",
                 "Het gastverblijf regelt de aios zelf."):  # fmt: skip
        story += [Paragraph(text, styles["BodyText"])]
    if pages > 1:
        story += [PageBreak(), Paragraph("Wie doet wat", styles["Heading2"]), table, PageBreak()]
        advice = "De Commissie Wisselstage Regio (CWR) behandelt klachten over een wisselstage binnen zes weken."
        story += [Paragraph("Klachten", styles["Heading2"]), Paragraph(advice, styles["BodyText"])]
    SimpleDocTemplate(str(path), pagesize=A4).build(story)
    return path


def publish(page):
    """Wait for the effect and publish, past the gate where that is asked."""
    page.wait_for_selector(".decide")
    if page.locator("[name=toch]").count():
        page.check("[name=toch]")
        page.fill("[name=reden]", "Nagekeken")
    page.get_by_role("button", name="Publiceren").click()
    page.get_by_text("Gepubliceerd. De assistent antwoordt vanaf nu").wait_for()


def ask(page, question=QUESTION):
    """The last answer to the question, in the chat that stays open."""
    before = page.locator(".turn").count()
    page.fill("#vraag", question)
    page.press("#vraag", "Enter")
    page.locator(".turn").nth(before).locator(".said").wait_for()
    page.wait_for_function("!document.body.hasAttribute('data-busy')")
    return page.locator(".turn").nth(before).inner_text()


@pytest.mark.browser
def test_a_maintainer_adds_renews_removes_and_goes_back(open_page, tmp_path):
    chat = open_page()
    page = beheer(chat)
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


@pytest.mark.browser
def test_a_pdf_is_cited_by_its_page_and_an_edition_that_loses_much_asks_twice(open_page, tmp_path):
    chat = open_page()
    page = beheer(chat)
    page.get_by_label("Naam").fill(NAME)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.press("input[type=password]", "Enter")
    offered(page, guide(tmp_path / "wisselstage.pdf", "acht"))
    assert "Wie doet wat › Opleider › Taken · blz. 2" in page.locator("form.preview").inner_text()
    page.get_by_label("CWR Commissie Wisselstage Regio").check()
    assert_accessible(page)
    page.get_by_role("button", name="Accepteren").click()
    page.wait_for_selector(".decide")
    publish(page)

    chat.bring_to_front()
    complaint = "Binnen hoeveel weken behandelt de commissie klachten over een wisselstage?"
    answer = ask(chat, complaint)
    assert "binnen zes weken" in answer
    assert "blz. 3" in answer
    chat.locator(".turn").last.locator(".answer a.cite").first.click()
    chat.locator("#bron mark").wait_for()
    assert chat.locator(".panel-title").inner_text() == "Handreiking wisselstage"
    assert chat.locator(".panel-page").inner_text() == "blz. 3"
    assert chat.locator(".panel-page").is_visible()
    chat.keyboard.press("Escape")
    assert "blz. 2" in ask(chat, "Wat zijn de taken van de opleider bij de wisselstage?")

    page.bring_to_front()
    page.get_by_role("link", name="Vragen: Handreiking wisselstage").click()
    page.get_by_text("CWR", exact=True).wait_for()
    assert_accessible(page)
    page.get_by_label("Vragen bij: De wisselstage duurt acht weken.").fill("Hoe lang ben ik weg?\nEN: How long is it?")
    page.get_by_role("button", name="Nagekeken vragen in voorstel opnemen").click()
    page.wait_for_selector(".decide")
    publish(page)
    assert "acht weken" in ask(chat, "hoe lang ben ik weg?")

    offered(page, guide(tmp_path / "wisselstage-kort.pdf", "tien", pages=1))
    page.get_by_role("button", name="Accepteren").click()
    page.wait_for_selector(".decide")
    assert "passages verdwijnen, meer dan 25%" in page.locator(".notice.bad").inner_text()
    assert_accessible(page)
    page.get_by_role("button", name="Publiceren").click()
    assert page.get_by_role("heading", name="Voorstel", level=1).is_visible()  # the browser asks for tick and reason
    publish(page)
    assert "tien weken" in ask(chat, "Hoe lang duurt de wisselstage?")


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs Tesseract")
def test_a_scan_is_read_and_says_so(open_page, tmp_path):
    page = beheer(open_page())
    page.get_by_label("Naam").fill(NAME)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.press("input[type=password]", "Enter")
    printed = guide(tmp_path / "bron.pdf", "acht", pages=1)
    image = pypdfium2.PdfDocument(str(printed))[0].render(scale=200 / 72).to_pil().convert("L")
    image.save(tmp_path / "gescand.pdf", resolution=200)
    offered(page, tmp_path / "gescand.pdf")
    assert "Bladzijde 1 is met OCR gelezen" in page.locator(".warnings").inner_text()
    assert page.get_by_label("Titel").input_value() == "Handreiking wisselstage"
    page.get_by_role("button", name="Niet toevoegen").click()
    page.get_by_role("heading", name="Documenten", level=1).wait_for()

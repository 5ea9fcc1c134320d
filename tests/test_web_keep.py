"""What readers take along and leave behind: exported conversations and verdicts."""

import io
import sqlite3
import threading
import zipfile

import pytest
from docx import Document as WordDocument
from fastapi.testclient import TestClient

from assistant.assistant import Assistant
from assistant.build import build_index
from assistant.cli import main
from assistant.embed import load_encoder
from assistant.errors import FailedError
from assistant.export import FORMATS, export, pieces
from assistant.feedback import Feedback, Verdict, line_of
from assistant.types import Answer, Citation, Question
from assistant.web.app import create_app

TEXT = """**Regeling › Vergoeding**

- ten hoogste drie dagen; [1]
- zie [de site](https://example.org/a) & meer &lt;b&gt; [2]"""


def citation(n, start, quote="ten hoogste drie dagen"):
    return Citation(n, "regeling", "Regeling", ("Regeling", "Vergoeding"), quote, start, start + 10, "a" * 64, "r.md")


def answer(*citations, text=TEXT, question="Hoeveel dagen?"):
    return Answer(question, "answered", text, Question(question, question, "nl", "fact"), citations=citations)


def exported(kind, *answers):
    return export([(a.question, a) for a in answers], kind, "Antwoorden", "2026-01-02")


def test_sources_of_several_answers_are_numbered_in_one_list_and_cited_once():
    second = answer(citation(1, 20, "anders"), citation(2, 0), text="Anders. [1] [2]", question="En nu?")
    text = exported("md", answer(citation(1, 0), citation(2, 10)), second).decode()
    assert "Anders. [3] [1]" in text
    sources = text.split("## Bronnen")[1].strip().splitlines()
    assert [line.split(".")[0] for line in sources] == ["1", "2", "3"]
    assert "Regeling › Vergoeding: “ten hoogste drie dagen” (r.md, versie aaaaaaaaaaaa)" in sources[0]


def test_a_word_file_has_the_answer_as_headings_and_lists():
    word = WordDocument(io.BytesIO(exported("docx", answer(citation(1, 0), citation(2, 10)))))
    found = [(paragraph.style.name, paragraph.text) for paragraph in word.paragraphs]
    assert ("Title", "Antwoorden") in found
    assert ("Heading 1", "Hoeveel dagen?") in found
    assert ("Heading 2", "Regeling › Vergoeding") in found
    assert ("List Bullet", "ten hoogste drie dagen; [1]") in found
    assert ("List Bullet", "zie de site (https://example.org/a) & meer <b> [2]") in found


def test_a_pdf_holds_the_words():
    content = exported("pdf", answer(citation(1, 0), citation(2, 10)))
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    assert b"Vera" in content, "its font is inside"


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "nul \x00 en \x1b bel \x07",
        "中文 ∑ 🙂 ﷽ \u202e om",
        "<para><b>",
        "]]>&#x0;&amp;",
        "# kop\n## nog",
        "",
    ],
)
def test_odd_text_breaks_no_file(kind, hostile):
    content = exported(kind, answer(citation(1, 0, hostile), text=f"{hostile} [1]", question=hostile))
    assert content
    if kind == "docx":
        assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    if kind == "md":
        assert b"<script>" not in content.split(b"## Bronnen")[1]


def test_an_answer_falls_into_its_blocks():
    kinds = [(piece.kind, piece.text) for piece in pieces("**Kop**\n\n1. een\n2. twee\n\nGewoon **vet** woord.")]
    assert kinds == [("heading", "Kop"), ("number", "een"), ("number", "twee"), ("paragraph", "Gewoon vet woord.")]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    corpus, index = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("index")
    (corpus / "regeling.md").write_text("# Regeling\n\nDe stichting vergoedt drie dagen.\n", encoding="utf-8")
    build_index(corpus, index, load_encoder("bundled"))
    with TestClient(create_app(Assistant.open(corpus=corpus, index=index)), base_url="http://127.0.0.1:7860") as client:
        yield client


@pytest.mark.parametrize("kind", FORMATS)
def test_the_export_answers_the_questions_itself(client, kind):
    turns = [{"question": "Hoeveel dagen vergoedt de stichting?", "text": "verzonnen antwoord", "role": None}]
    response = client.post("/uitvoer", json={"format": kind, "turns": turns, "language": "nl"})
    assert response.status_code == 200
    assert response.headers["content-disposition"].endswith(f'.{kind}"')
    assert b"verzonnen" not in response.content


@pytest.mark.parametrize(
    "sent", [{}, {"format": "exe", "turns": []}, {"format": "md", "turns": []}, {"format": "md", "turns": "x"}]
)
def test_an_export_of_nothing_is_refused(client, sent):
    assert client.post("/uitvoer", json=sent).status_code == 400


def test_an_export_for_another_site_is_refused(client):
    response = client.post("/uitvoer", json={"format": "md", "turns": []}, headers={"Origin": "https://evil.example"})
    assert response.status_code == 403


def test_the_manifest_makes_the_page_installable(client):
    manifest = client.get("/manifest.json").json()
    assert manifest["start_url"] == "/"
    assert manifest["display"] == "standalone"
    assert client.get(manifest["icons"][0]["src"]).headers["content-type"].startswith("image/svg+xml")
    assert '<link rel="manifest" href="/manifest.json">' in client.get("/").text


def test_a_verdict_comes_back_as_it_was_given(tmp_path):
    feedback = Feedback(tmp_path / "index")
    assert feedback.all() == []
    verdict = Verdict(
        "down", "Vraag?", "answered", "Antwoord", "coc", {"regeling": "a" * 64}, ("wrong",), "Nee; DROP TABLE"
    )
    number = feedback.record(verdict)
    (found,) = feedback.all()
    assert found.at
    assert (found.id, found.verdict, found.question, found.role) == (number, "down", "Vraag?", "coc")
    assert (found.versions, found.reasons, found.remark) == ({"regeling": "a" * 64}, ("wrong",), "Nee; DROP TABLE")


def test_a_verdict_is_one_line_that_cannot_steer_a_terminal():
    line = line_of(
        Verdict("down", "Vraag\n\x1b[2J\u202e?", "answered", "A", None, None, ("wrong",), "nee", "2026-01-02")
    )
    assert line == "2026-01-02 | niet bruikbaar | geen rol | Vraag [2J ? | wrong | nee"


def test_the_maintainer_sees_the_verdicts(tmp_path, capsys):
    Feedback(tmp_path).record(Verdict("down", "Hoeveel dagen?", "answered", "Drie", "coc", {}, ("incomplete",), "meer"))
    assert main(["feedback", "--index", str(tmp_path)]) == 0
    assert "niet bruikbaar | coc | Hoeveel dagen? | incomplete | meer" in capsys.readouterr().out
    assert main(["feedback", "--index", str(tmp_path), "--json"]) == 0
    assert '"question": "Hoeveel dagen?"' in capsys.readouterr().out


def test_a_second_thought_takes_the_place_of_the_first(tmp_path):
    feedback = Feedback(tmp_path)
    number = feedback.record(Verdict("up", "Vraag?", "answered", "Antwoord"))
    assert feedback.record(Verdict("down", "Vraag?", "answered", "Antwoord", id=number)) == number
    assert [verdict.verdict for verdict in feedback.all()] == ["down"]


def test_verdicts_given_at_once_are_all_kept(tmp_path):
    feedback = Feedback(tmp_path)
    threads = [
        threading.Thread(target=feedback.record, args=(Verdict("up", f"Vraag {n}", "answered", "A"),))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(feedback.all()) == 12


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "feedback.sqlite3").write_text("geen database, maar wel lang genoeg om er een te lijken" * 40)
    with pytest.raises(FailedError, match=r"feedback\.sqlite3"):
        Feedback(tmp_path).record(Verdict("up", "V", "answered", "A"))
    with pytest.raises(FailedError, match=r"feedback\.sqlite3"):
        Feedback(tmp_path).all()


def test_only_a_thumb_up_or_down_is_stored(tmp_path):
    feedback = Feedback(tmp_path)
    with pytest.raises(FailedError):
        feedback.record(Verdict("sideways", "V", "answered", "A"))
    with sqlite3.connect(feedback.path) as connection:
        assert connection.execute("SELECT count(*) FROM verdicts").fetchone() == (0,)

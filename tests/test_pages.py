"""The pages beside the chat, without a browser: what they show, that it is proved, that hostile text stays text."""

from __future__ import annotations

import dataclasses
import io
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import docx
import pytest
from fastapi.testclient import TestClient
from support import CORPUS, write_files

from assistant.assistant import Assistant
from assistant.build import build_index
from assistant.checklist import Checklist, Line, Part
from assistant.checklist_export import _safe as drawn
from assistant.checklist_export import to_docx, to_pdf
from assistant.embed import Encoder
from assistant.settings import Settings
from assistant.types import Document
from assistant.web import documents
from assistant.web.app import create_app
from assistant.web.matrix import build_matrices, mark_of
from assistant.web.page_texts import SAY
from assistant.web.richtext import plain

BASE = "http://127.0.0.1:7860"
KADER = "kwaliteitskader-cluster-2"
PAGES = (
    "/led-route",
    "/led-route?gedaan=geen&dienst=langer&ervaring=ja&geschikt=ja",
    "/kwaliteitskader",
    "/kwaliteitskader?actor=coc&domein=opleidingsklimaat",
    "/kwaliteitskader?vergelijk=coc,rvb&domein=opleidingsklimaat",
    "/kwaliteitskader?lijst=coc",
    "/lop-koers",
    "/documenten",
    "/documenten?zoek=opleidingsgeld",
    f"/documenten?document={KADER}",
)
EVIL = '<img src=x onerror="alert(1)">'
VOCABULARY = """
actors:
  - {id: badmeester, label: Badmeester '<b onclick=alert(2)>', same: [badmeester]}
  - {id: zwemmer, label: Zwemmer, same: [zwemmer]}
domains:
  - {id: veiligheid, label: Veiligheid, same: [veiligheid]}
  - {id: hygiene, label: Hygiëne, same: [hygiëne]}
aspects:
  - {id: taken, label: Taken, same: [taken]}
"""
POOL = """# Zwembadkader

## Badmeester

De badmeester staat aan de kant.

### Veiligheid

#### Taken van de badmeester

- kijkt naar het water <script>alert(3)</script>;
- fluit [hard](javascript:alert(4));

Verder let hij op.

## Zwemmer

### Hygiëne

- doucht vooraf.
"""
HOSTILE = f"""---
title: 'Reglement {EVIL}'
publisher: '<script>alert(5)</script>'
date: '"><svg onload=alert(6)>'
---
# Reglement {EVIL}

## Kop <iframe src=https://evil.example></iframe>

De kassa opent om zeven uur.
"""


class Tags(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def having(self, name: str) -> list[dict[str, str]]:
        """The attributes of the elements that have this one."""
        return [attributes for _, attributes in self.found if name in attributes]


@pytest.fixture(scope="module")
def client(real_assistant: Assistant) -> Iterator[TestClient]:
    with TestClient(create_app(real_assistant), base_url=BASE) as client:
        yield client


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[TestClient]:
    """A corpus of another field, with hostile text wherever text can stand, and no pathways."""
    corpus, index = tmp_path_factory.mktemp("pool"), tmp_path_factory.mktemp("pool-index")
    files = {"bad.md": POOL, "tweede.md": POOL.replace("Zwembadkader", "Tweede kader"), f"kwaad {EVIL}.md": HOSTILE}
    write_files(corpus, {**files, "vocabulary.yaml": VOCABULARY})
    build_index(corpus, index, encoder)
    with TestClient(create_app(Assistant.open(Settings(corpus=corpus, index=index))), base_url=BASE) as client:
        yield client


# All pages


@pytest.mark.parametrize("path", PAGES)
def test_a_page_stands_on_its_own_scripts_and_nothing_from_outside(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "sha256-" not in policy, "no script stands in the page itself"
    for tag, attributes in Tags(answer.text).found:
        assert not any(name.startswith("on") for name in attributes), attributes
        if tag in {"script", "link", "img"}:
            address = attributes.get("src", attributes.get("href", ""))
            assert re.match(r"/[^/]", address), attributes
            assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("path", PAGES)
def test_a_page_speaks_english_when_asked_and_links_on_in_english(client: TestClient, path: str) -> None:
    dutch, english = client.get(path).text, client.get(path + ("&" if "?" in path else "?") + "taal=en").text
    assert '<html lang="nl">' in dutch and '<html lang="en">' in english
    for attributes in [attributes for tag, attributes in Tags(english).found if tag == "a"]:
        href = attributes["href"]
        if href.startswith("/") and not href.startswith("/eigen/") and href != "/" and attributes.get("lang") != "nl":
            assert "taal=en" in href, href


@pytest.mark.parametrize("path", PAGES)
def test_every_heading_label_and_link_is_where_assistive_technology_looks(client: TestClient, path: str) -> None:
    tags = Tags(client.get(path).text)
    levels = [int(tag[1]) for tag, _ in tags.found if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    names = [attributes["id"] for attributes in tags.having("id")]
    assert len(names) == len(set(names))
    for attributes in tags.having("aria-labelledby"):
        assert attributes["aria-labelledby"] in names
    for attributes in tags.having("href"):
        if attributes["href"].startswith("#"):
            assert attributes["href"][1:] in names, attributes


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/documenten"])
def test_every_proof_opens_its_own_words_in_the_document(client: TestClient, path: str) -> None:
    proofs = [one for one in Tags(client.get(path).text).having("data-source") if "data-quote" in one]
    for attributes in {one["href"]: one for one in proofs}.values():
        source = client.get(attributes["href"])
        assert source.status_code == 200, attributes["href"]
        marked = plain("".join(re.findall(r"<mark>(.*?)</mark>", source.text, re.DOTALL)))
        assert unescape(marked).split() == attributes["data-quote"].split()
    assert proofs or "documenten" in path or path == "/kwaliteitskader"


def test_all_words_are_there_in_both_languages() -> None:
    assert SAY["nl"].keys() == SAY["en"].keys()
    for name, text in SAY["nl"].items():
        assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", SAY["en"][name]), name


# LED-route


def lit(html: str) -> tuple[list[str], list[str]]:
    """The steps that the picture shows as here and as next."""
    here = [one["href"] for one in Tags(html).having("aria-current") if one["aria-current"] == "step"]
    after = re.findall(r'<li class="(?:stop|bar-step) next"[^>]*><a href="(#[\w-]+)"', html)
    return here, after


def test_choices_light_up_the_place_and_the_next_step_with_the_rule(client: TestClient) -> None:
    html = client.get("/led-route?gedaan=geen&dienst=langer&ervaring=ja&geschikt=nee").text
    assert lit(html) == (["#stap-lokaal"], ["#stap-basis"])
    assert "vraagt nog één ding van u: een positieve beoordeling" in html
    assert "beschikt over een positieve beoordeling van geschiktheid" in html.split('id="beeld"')[0]
    assert lit(client.get("/led-route?gedaan=basis").text) == (["#stap-basis"], ["#stap-groepen", "#stap-onderwijs"])


def test_choices_stay_chosen_and_nothing_is_lit_before_they_decide(client: TestClient) -> None:
    html = client.get("/led-route?gedaan=geen").text
    assert [one["value"] for one in Tags(html).having("checked")] == ["geen"]
    assert lit(html) == ([], []) and SAY["nl"]["where_open"] in html
    assert 'id="plaats"' not in client.get("/led-route").text


@pytest.mark.parametrize("query", ["gedaan=%3Cscript%3E", "gedaan=", "gedaan=geen&gedaan=basis", "onzin=1", "taal=%00"])
def test_choices_that_do_not_exist_are_passed_over(client: TestClient, query: str) -> None:
    answer = client.get(f"/led-route?{query}")
    assert answer.status_code == 200
    assert "<script>" not in answer.text


def test_the_picture_is_the_same_each_time(client: TestClient) -> None:
    path = "/led-route?gedaan=groepen"
    assert client.get(path).text == client.get(path).text


def test_a_quote_that_is_gone_stops_only_its_own_page(tmp_path: Path, encoder: Encoder) -> None:
    corpus = tmp_path / "corpus"
    shutil.copytree(CORPUS, corpus, ignore=shutil.ignore_patterns("originals", "questions", "README.md"))
    plan = corpus / "landelijk-plan-docentprofessionalisering.md"
    plan.write_text(plan.read_text(encoding="utf-8").replace("zo nodig extra hulp", "altijd hulp"), encoding="utf-8")
    build_index(corpus, tmp_path / "index", encoder)
    client = TestClient(create_app(Assistant.open(Settings(corpus=corpus, index=tmp_path / "index"))), base_url=BASE)
    answer = client.get("/led-route")
    assert answer.status_code == 503
    assert "pathways/led.yaml: stap inwerken › purpose" in answer.text and "niet (meer) in" in answer.text
    assert 'class="stop' not in answer.text, "nothing of it is drawn"
    assert client.get("/lop-koers").status_code == 200
    led = corpus / "pathways/led.yaml"
    led.write_text(led.read_text(encoding="utf-8").replace("waarbij zo nodig extra hulp", "waarbij altijd hulp"))
    assert client.get("/led-route").status_code == 200, "a mended pathway is seen at once"


# Kwaliteitskader


def test_the_matrix_counts_what_the_document_has(client: TestClient, real_assistant: Assistant) -> None:
    html = client.get("/kwaliteitskader").text
    labels = [
        one["aria-label"] for one in Tags(html).having("aria-label") if "/kwaliteitskader?actor=" in one.get("href", "")
    ]
    assert len(labels) == 24
    counts: Counter[str] = Counter()
    for label in labels:
        for n, noun in re.findall(r"(\d+) (taken|taak|voorbeelden|voorbeeld)\b", label):
            counts[noun[0]] += int(n)
    items = Counter(
        p.aspect for p in real_assistant.snapshot.passages if p.document == KADER and p.kind == "item" and p.domain
    )
    assert counts == {"t": items["taken"], "v": items["voorbeelden"]}
    assert "COC, Opleidingsklimaat: 4 taken, 5 voorbeelden" in labels


def test_a_cell_has_its_tasks_and_examples_in_the_words_of_the_document(client: TestClient) -> None:
    html = unescape(client.get("/kwaliteitskader?actor=oor&domein=opleidingsklimaat").text)
    text = (CORPUS / f"{KADER}.md").read_text(encoding="utf-8")
    section = text.split("## Actor OOR")[1].split("\n### Opleidingsklimaat")[1].split("\n### ")[0]
    bullets = re.findall(r"^- (.*)$", section, re.MULTILINE)
    assert len(bullets) == 6 and all(bullet in html for bullet in bullets)
    assert "(Mogelijke) taken van de OOR. Zij:" in html, "the heading says how the tasks are meant"
    assert "niet uitputtend" in html


def test_two_actors_stand_beside_each_other(client: TestClient) -> None:
    html = client.get("/kwaliteitskader?vergelijk=coc,rvb&domein=opleidingsklimaat").text
    assert html.count('class="column"') == 2
    assert html.index("bevordert een gunstig en veilig") < html.index("bewaakt en stimuleert een goed")
    # What the form sends without scripts, in all domains.
    assert client.get("/kwaliteitskader?vergelijk=coc&vergelijk=rvb&domein=").text.count('class="column"') == 8


@pytest.mark.parametrize("query", ["actor=zz", "actor=coc", "actor=coc&domein=zz", "lijst=zz", "actor=%3Cscript%3E"])
def test_a_cell_that_is_not_there_says_so_and_shows_the_matrix(client: TestClient, query: str) -> None:
    answer = client.get(f"/kwaliteitskader?{query}")
    assert answer.status_code == 404
    assert SAY["nl"]["unknown_cell"] in answer.text and 'class="grid matrix"' in answer.text


def test_any_document_with_such_headings_gives_a_matrix(pool: TestClient) -> None:
    html = pool.get("/kwaliteitskader").text
    assert "Zwembadkader" in html and "/kwaliteitskader?document=tweede" in html
    assert "Veiligheid: 3 taken" in html and "Hygiëne: 1 passage" in html and ">geen<" in html
    second = pool.get("/kwaliteitskader?document=tweede").text
    assert "<h1>Tweede kader</h1>" in second
    links = [one["href"] for one in Tags(second).having("aria-label") if "actor=" in one.get("href", "")]
    assert len(links) == 2 and all(parse_qs(urlsplit(href).query)["document"] == ["tweede"] for href in links)
    assert all(pool.get(href).status_code == 200 for href in links)


def test_documents_without_such_headings_give_no_matrix(tiny_index: Path, tiny_corpus: Path) -> None:
    client = TestClient(create_app(Assistant.open(Settings(corpus=tiny_corpus, index=tiny_index))), base_url=BASE)
    answer = client.get("/kwaliteitskader")
    assert answer.status_code == 404 and SAY["nl"]["no_matrix"] in answer.text
    assert client.get("/led-route").status_code == client.get("/lop-koers").status_code == 404
    assert client.post("/kwaliteitskader/lijst", data={"lijst": "coc", "vorm": "pdf"}).status_code == 404


def test_a_tick_keeps_its_name_when_the_passage_moves(real_assistant: Assistant) -> None:
    snapshot = real_assistant.snapshot
    (matrix,) = build_matrices(snapshot.documents, snapshot.passages).values()
    marks = [mark_of(cell, passage) for cell in matrix.cells.values() for passage in cell.passages]
    assert len(marks) == len(set(marks)) > 150
    moved = [
        dataclasses.replace(
            p, start=p.start + 9, end=p.end + 9, quote_start=p.quote_start + 9, quote_end=p.quote_end + 9
        )
        for p in snapshot.passages
    ]
    (other,) = build_matrices(snapshot.documents, moved).values()
    assert [mark_of(cell, passage) for cell in other.cells.values() for passage in cell.passages] == marks


# Checklist


def export(client: TestClient, form: str, **more: object) -> bytes:
    ticks = re.findall(
        r'name="vink" value="(\w+)"', client.get("/kwaliteitskader?lijst=coc&domein=opleidingsklimaat").text
    )
    fields = {
        "document": KADER,
        "lijst": "coc",
        "domein": "opleidingsklimaat",
        "vorm": form,
        "vink": [ticks[1]],
        **more,
    }
    answer = client.post("/kwaliteitskader/lijst", data=fields)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="checklist.{form}"'
    return answer.content


def test_a_checklist_is_exported_as_word_file_with_its_ticks(client: TestClient) -> None:
    lines = [p.text for p in docx.Document(io.BytesIO(export(client, "docx"))).paragraphs]
    assert "☑ bewaakt en bevordert de kwaliteit van de afzonderlijke opleidingen; (geregeld)" in lines
    assert "☐ bevordert een gunstig en veilig opleidingsklimaat in de instelling; (open)" in lines
    assert any(line.startswith("1 van 9 afgevinkt. Gemaakt op 20") for line in lines)
    assert sum(line[:1] in "☑☐" for line in lines if line) == 9
    assert any("niet uitputtend" in line for line in lines)


def test_a_checklist_is_exported_as_pdf(client: TestClient) -> None:
    content = export(client, "pdf")
    assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
    assert len(export(client, "pdf", domein="")) > len(content), "all domains take more room than one"


def test_an_export_in_english_says_so(client: TestClient) -> None:
    assert "1 of 9 ticked" in docx.Document(io.BytesIO(export(client, "docx", taal="en"))).paragraphs[1].text


@pytest.mark.parametrize(
    "fields", [{}, {"lijst": "coc"}, {"lijst": "zz", "vorm": "pdf"}, {"lijst": "coc", "vorm": "../pdf"}]
)
def test_an_export_of_nothing_is_refused(client: TestClient, fields: dict[str, str]) -> None:
    assert client.post("/kwaliteitskader/lijst", data=fields).status_code == 404


def test_an_export_from_another_site_or_too_large_is_refused(client: TestClient) -> None:
    fields = {"lijst": "coc", "vorm": "pdf"}
    assert (
        client.post("/kwaliteitskader/lijst", data=fields, headers={"Origin": "https://evil.example"}).status_code
        == 403
    )
    assert client.post("/kwaliteitskader/lijst", data={**fields, "vink": "x" * 70_000}).status_code == 413


def test_a_pdf_draws_what_its_fonts_have() -> None:
    assert drawn("‘Café’ – € & <b>") == "‘Café’ – € &amp; &lt;b&gt;"
    assert drawn("Łódź čas 漢\x07") == "Łódz čas ?"


def test_text_of_any_kind_can_be_exported() -> None:
    odd = "<para>&amp; <b>\x0b\x00 ‘ja’\u00a0≥ 5 漢 \ud800 " + "woord" * 3_000
    part = Part(odd, odd, (Line(odd, True), Line("", False)))
    checklist = Checklist(odd, odd, (odd,), (part, part), odd)
    assert to_pdf(checklist, SAY["nl"], "2025-01-01").startswith(b"%PDF-")
    text = docx.Document(io.BytesIO(to_docx(checklist, SAY["nl"], "2025-01-01"))).paragraphs[-1].text
    assert text == "☐  (open)"


# LOP-koers


def test_the_timeline_tells_past_from_planned_and_says_denkhulp(client: TestClient) -> None:
    html = unescape(client.get("/lop-koers").text)
    past, planned = html.split(SAY["nl"]["planned_from"])
    assert "donderdag 7 december 2023" in past and '<li class="planned">' not in past
    assert '<li class="past">' not in planned
    order = [planned.index(date) for date in ("Begin februari 2024", "5 februari 2024", "Volgend jaar, vanaf januari")]
    assert order == sorted(order)
    assert "De scenario's zijn denkhulp" in html and SAY["nl"]["undated"] in html
    assert f"({SAY['nl']['no_year']})" in planned
    event = past.split("donderdag 7 december 2023", 1)[1]
    assert {"lop-mg-aanpak-koers", "lop-mg-update-ontwikkeltraject"} == set(re.findall(r"/bron/([\w-]+)\?", event))


# Documenten


def test_the_list_has_what_each_document_says_of_itself(client: TestClient, real_assistant: Assistant) -> None:
    html = unescape(client.get("/documenten").text)
    for document in real_assistant.snapshot.documents.values():
        row = html.split(f'<a href="/bron/{document.id}">{document.title}</a>')[1].split("</li>")[0]
        for fact in (document.publisher, document.kind, document.date, document.status):
            assert fact is None or f"<dd>{fact}</dd>" in row
        assert SAY["nl"]["not_said"] in row
        assert re.search(r"<dt>Passages</dt><dd>\d+</dd>", row)


def test_a_search_finds_passages_and_links_to_them(client: TestClient) -> None:
    html = client.get("/documenten?zoek=opleidingsgeld").text
    first = Tags(html.split('class="found"')[1]).having("data-source")[0]
    assert "opleidingsgeld van de aios" in plain(client.get(first["href"]).text)


def test_a_search_within_a_document_stays_there(client: TestClient) -> None:
    name = "landelijk-plan-docentprofessionalisering"
    html = client.get(f"/documenten?document={name}&zoek=kwaliteit").text
    found = Tags(html.split('class="found"')[1].split("</section>")[0]).having("data-source")
    assert found and all(one["href"].startswith(f"/bron/{name}?") for one in found)


@pytest.mark.parametrize("words", ["", "   ", "x" * 5_000, "<script>alert(1)</script>", "\x00", "🦷", "%", "AND OR ("])
def test_any_search_gives_a_page(client: TestClient, words: str) -> None:
    answer = client.get("/documenten", params={"zoek": words})
    assert answer.status_code == 200 and "<script>alert" not in answer.text


def test_the_headings_of_a_document_lead_to_their_places(client: TestClient) -> None:
    html = client.get("/documenten?document=brochure-startende-opleiders").text
    outline = re.sub(r"<details>.*?</details>", "", html.split('class="outline"')[1], flags=re.DOTALL).split("</ul>")[0]
    headings = re.findall(
        r"^#+ (.*)$", (CORPUS / "brochure-startende-opleiders.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [unescape(text) for text in re.findall(r">([^<]+)</a>", outline)] == headings
    for one in Tags(outline).having("data-source"):
        assert client.get(one["href"]).status_code == 200


def test_a_document_that_is_not_there_says_so(client: TestClient) -> None:
    answer = client.get("/documenten?document=../../etc/passwd")
    assert answer.status_code == 404 and SAY["nl"]["unknown_document"] in answer.text


def test_many_documents_come_in_pages(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "AT_ONCE", 2)
    seen: list[str] = []
    for number in range(1, 4):
        html = client.get(f"/documenten?bladzijde={number}").text
        seen += re.findall(r'<h2><a href="/bron/([\w-]+)"', html)
        assert f"Bladzijde {number} van 3" in html
    assert len(seen) == len(set(seen)) == 5
    assert "Bladzijde 3 van 3" in client.get("/documenten?bladzijde=99").text
    assert "Bladzijde 1 van 3" in client.get("/documenten?bladzijde=-1").text


# Hostile text


@pytest.mark.parametrize(
    "path",
    [
        "/documenten",
        "/documenten?zoek=kassa",
        f"/documenten?document=kwaad {EVIL}",
        "/kwaliteitskader",
        "/kwaliteitskader?document=bad&actor=badmeester&domein=veiligheid",
        "/kwaliteitskader?document=bad&lijst=badmeester",
        "/kwaliteitskader?document=bad&vergelijk=badmeester,zwemmer",
        f"/kwaliteitskader?document={EVIL}&actor={EVIL}",
        "/led-route",
    ],
)
def test_hostile_names_and_texts_stay_text(pool: TestClient, path: str) -> None:
    html = pool.get(path).text
    for tag, attributes in Tags(html).found:
        assert tag not in {"img", "iframe", "svg", "object", "b"}, (tag, attributes)
        assert tag != "script" or attributes.get("src", "").startswith("/eigen/")
        assert not any(name.startswith("on") for name in attributes), attributes
        assert not any(value.lower().lstrip().startswith("javascript:") for value in attributes.values()), attributes


def test_the_hostile_document_is_listed_and_can_be_read(pool: TestClient) -> None:
    html = pool.get("/documenten").text
    (link,) = [one["href"] for one in Tags(html).having("href") if one["href"].startswith("/bron/kwaad")]
    assert "De kassa opent om zeven uur." in pool.get(link).text
    assert unescape(html).count(f"Reglement {EVIL}</a>") == 1


def test_a_matrix_needs_more_than_one_actor_or_domain(make_passage: object) -> None:
    assert callable(make_passage)
    document = Document(id="doc", file="doc.md", title="Doc", text="", sha256="0" * 64)
    one = make_passage(actors=("coc",), domain="opleidingsklimaat")
    two = make_passage(start=40, actors=("coc",), domain="professionalisering")
    assert build_matrices({"doc": document}, [one]) == {}
    assert build_matrices({"doc": document}, [one, two])["doc"].domains == ("opleidingsklimaat", "professionalisering")


def test_every_passage_of_a_document_has_a_link(client: TestClient, real_assistant: Assistant) -> None:
    html = client.get("/documenten?document=lop-mg-update-ontwikkeltraject").text
    folded = "".join(re.findall(r"<details>.*?</details>", html, re.DOTALL))
    starts = {int(parse_qs(urlsplit(one["href"]).query)["van"][0]) for one in Tags(folded).having("data-source")}
    own = [p for p in real_assistant.snapshot.passages if p.document == "lop-mg-update-ontwikkeltraject"]
    assert starts == {p.quote_start for p in own if p.kind != "heading"}

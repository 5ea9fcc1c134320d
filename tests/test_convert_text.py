"""Web pages, plain text, Markdown and the encodings they come in; and what is proposed as front matter."""

from __future__ import annotations

import pytest
import yaml

from assistant.convert.blocks import Block
from assistant.convert.front import front_matter, propose
from assistant.convert.html import read_html
from assistant.convert.render import render
from assistant.convert.sniff import slug
from assistant.convert.text import decode, read_markdown, read_text
from assistant.errors import ConversionError
from assistant.vocabulary import Vocabulary

DUTCH = "De coördinator beëindigt de stage – dat is ‘één’ manier, à € 10."


@pytest.mark.parametrize(
    ("encoding", "said"), [("utf-8", ""), ("utf-8-sig", ""), ("cp1252", "Windows-1252"), ("utf-16", "UTF-16")]
)
def test_every_encoding_gives_the_same_text(encoding: str, said: str) -> None:
    text, warning = decode(DUTCH.encode(encoding))
    assert text == DUTCH
    assert said in warning and bool(warning) == bool(said)


def test_damaged_utf16_is_refused() -> None:
    with pytest.raises(ConversionError, match="UTF-16"):
        decode(b"\xff\xfe" + b"a\x00b")


def test_a_page_is_read_without_its_menu() -> None:
    page = """<html lang="nl"><head><title>Opleiden</title><meta property="og:site_name" content="De Federatie">
    <link rel="canonical" href="https://voorbeeld.nl/opleiden"><style>p{}</style></head>
    <body><nav>Menu Home Contact</nav>
    <header>Kop van de site</header><main><h1>Opleiden</h1><p>Elke opleider volgt een <a href="https://voorbeeld.nl/cursus">cursus</a>.
    <script>alert(1)</script></p><ul><li>een<ul><li>een punt een</li></ul></li><li>twee</li></ul><p>%s</p>
    <table><tr><th>Wat</th><th>Hoeveel</th></tr><tr><td>Dagen</td><td>2</td></tr></table></main>
    <footer>Copyright</footer></body></html>""" % ("Lange tekst over opleiden. " * 20)
    converted = read_html(page.encode())
    markdown = render(converted, Vocabulary()).markdown
    assert markdown.startswith(
        "# Opleiden\n\nElke opleider volgt een [cursus](https://voorbeeld.nl/cursus).\n\n- een\n    - een punt "
        "een\n- twee\n"
    )
    assert "| Wat | Hoeveel |\n| --- | --- |\n| Dagen | 2 |" in markdown
    assert not any(word in markdown for word in ("Menu", "Copyright", "alert", "Kop van de site"))
    proposals, _ = propose(converted.properties, converted.blocks, "pagina")
    assert {p.key: p.value for p in proposals} == {
        "title": "Opleiden",
        "publisher": "De Federatie",
        "language": "nl",
        "url": "https://voorbeeld.nl/opleiden",
    }


def test_plain_text_gets_its_paragraphs_and_lists_back() -> None:
    text = "Verslag\n=======\n\nDe eerste alinea loopt over opleidings-\nklimaat en meer.\n\n* een\n  vervolg\n* twee\n"
    assert render(read_text(text.encode()), Vocabulary()).markdown == (
        "# Verslag\n\nDe eerste alinea loopt over opleidingsklimaat en meer.\n\n- een vervolg\n- twee\n"
    )


def test_invisible_and_control_characters_do_not_come_along() -> None:
    text = "Goed\u202eedrow\u202c woord\x07 met \u200bnul\x00len en \ufb01le"
    assert [b.text for b in read_text(text.encode()).blocks] == ["Goededrow woord met nullen en file"]


def test_markdown_keeps_its_text_and_the_front_matter_that_we_know() -> None:
    raw = "---\ntitle: 'Plan\x07 A'\nstatus: concept\nadmin: true\n---\n# Plan A\n\n- punt\n"
    converted = read_markdown(raw.encode())
    proposals, warnings = propose(converted.properties, converted.blocks, "plan")
    assert {p.key: p.value for p in proposals} == {"title": "Plan A", "status": "concept"}
    assert warnings == ["Onbekende gegevens zijn niet overgenomen: admin."]
    assert render(converted, Vocabulary()).markdown == "# Plan A\n\n- punt\n"


def test_broken_front_matter_is_refused_with_a_remedy() -> None:
    converted = read_markdown(b"---\ntitle: [open\n---\ntekst")
    with pytest.raises(ConversionError, match="front matter"):
        propose(converted.properties, converted.blocks, "x")


def test_nothing_is_invented() -> None:
    proposals, warnings = propose(
        {"title": "Microsoft Word - Document1", "author": "J. Jansen"}, [Block("paragraph", "Kort.")], "mijn_plan"
    )
    assert [(p.key, p.value, p.source) for p in proposals] == [("title", "mijn plan", "de bestandsnaam")]
    assert warnings == ["Het document noemt zelf geen uitgever en geen datum."]


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("Vastgesteld op 12 maart 2024 door het bestuur", "12 maart 2024"),
        ("Versie 2, 1-2-2023", "1-2-2023"),
        ("mei 2022", "mei 2022"),
        ("De regeling van 12 maart 2019 gold al", None),
        ("In 2024 waren er zes aios", None),
    ],
)
def test_only_a_date_of_the_document_itself_counts(line: str, date: str | None) -> None:
    proposals, _ = propose({}, [Block("heading", "Plan", 1), Block("paragraph", line)], "x")
    assert next((p.value for p in proposals if p.key == "date"), None) == date


def test_no_value_breaks_out_of_the_front_matter() -> None:
    text = front_matter({"title": "A\n---\nstatus: vastgesteld", "publisher": "x: [y"})
    assert yaml.safe_load(text.split("---\n")[1]) == {"title": "A --- status: vastgesteld", "publisher": "x: [y"}


@pytest.mark.parametrize(
    ("name", "made"),
    [("../../etc/passwd", "etc-passwd"), ("Één plan!", "een-plan"), ("\x00\x07", "document"), ("a" * 300, "a" * 80)],
)
def test_an_id_is_never_a_path(name: str, made: str) -> None:
    assert slug(name) == made

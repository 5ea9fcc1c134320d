"""Any folder of Markdown is read; no file stops the others, and each problem is named."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support import CORPUS, write_files

from assistant import read
from assistant.errors import CorpusError
from assistant.read import corpus_files, read_corpus, read_document
from assistant.types import Document


def read_one(tmp_path: Path, content: str | bytes, name: str = "doc.md") -> tuple[Document | None, str]:
    write_files(tmp_path, {name: content})
    document, problems = read_document(tmp_path / name, tmp_path)
    return document, "; ".join(map(str, problems))


def test_front_matter_fills_the_document(tmp_path: Path) -> None:
    text = (
        "---\nTitle: Het plan\nuitgever: KAMG\nkind: plan\ndatum: 2023-12-07\nstatus: concept\ntaal: nl\n"
        "source: https://voorbeeld.nl/plan\ncontact: info@voorbeeld.nl\naudience: [aios, opleider]\n---\n"
        "\n# Iets anders\n\nTekst.\n"
    )
    document, problems = read_one(tmp_path, text, "map/het-plan.md")
    assert problems == ""
    assert document == Document(
        id="map/het-plan",
        file="map/het-plan.md",
        title="Het plan",
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        body_start=text.index("\n# Iets"),
        publisher="KAMG",
        kind="plan",
        date="2023-12-07",
        status="concept",
        url="https://voorbeeld.nl/plan",
        contact="info@voorbeeld.nl",
        audience=("aios", "opleider"),
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Een kop #\n\ntekst", "Een kop"),
        ("tekst\n\n## Later\n", "Later"),
        ("alleen tekst", "mijn doc"),
        ("---\ntitle: '  '\n---\n# Kop\n", "Kop"),
        ("---\ntitle: [a, b]\n---\n# Kop\n", "Kop"),
        ('---\ntitle: "a\\u0000b\\u001bc"\n---\ntekst\n', "a b c"),
        ("# " + "lang " * 500, ("lang " * 60).strip()),
    ],
)
def test_a_title_is_found_or_made(tmp_path: Path, text: str, title: str) -> None:
    document, _ = read_one(tmp_path, text, "mijn-doc.md")
    assert document is not None
    assert document.title == title


@pytest.mark.parametrize(
    ("front", "where"),
    [
        ("title: [kapot", "regel"),
        ("title: a: b", "regel 2"),
        ("a: 1\n\tb: 2", "regel 3"),
        ("date: 2023-99-99", ""),
        ("x: !!timestamp nooit", ""),
        ("x: !!int ''", ""),
        ("x: !!bool misschien", ""),
        ("x: !!python/object:os.system {}", ""),
        ("x: " + "[" * 1_500, ""),
        ("? {a: 1}\n: b", ""),
        ("x: " + "9" * 5_000, ""),
    ],
)
def test_broken_front_matter_is_named_and_the_text_is_read(tmp_path: Path, front: str, where: str) -> None:
    document, problems = read_one(tmp_path, f"---\n{front}\n---\n# Kop\n\nDe tekst.\n")
    assert "doc.md: kapotte front matter" in problems
    assert where in problems
    assert document is not None
    assert document.title == "Kop"
    assert document.text[document.body_start :] == "# Kop\n\nDe tekst.\n"


def test_front_matter_cannot_blow_up(tmp_path: Path) -> None:
    laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    started = time.process_time()
    for front in (f"{laughs}audience: *i\ntitle: *i", f"title: 0x{'f' * 20_000}", "title: x\n" + "y: z\n" * 20_000):
        document, _ = read_one(tmp_path, f"---\n{front}\n---\n# Kop\n\ntekst\n")
        assert document is not None
        assert document.title == "Kop"
        assert document.audience == ()
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("---\n\nEen lijn bovenaan.\n\n---\n\nMeer.\n", 0),
        ("---\n- a\n- b\n---\ntekst\n", 0),
        ("---\n---\ntekst\n", 8),
        ("\ufeff---\r\ntitle: X\r\n---\r\ntekst\r\n", 21),
        ("\ufefftekst\n", 1),
    ],
)
def test_a_rule_is_no_front_matter(tmp_path: Path, text: str, body: int) -> None:
    document, problems = read_one(tmp_path, text)
    assert document is not None
    assert (document.body_start, problems) == (body, "")


def test_front_matter_without_an_end_is_named(tmp_path: Path) -> None:
    document, problems = read_one(tmp_path, "---\ntitle: Open\n\n# Kop\n\ntekst\n")
    assert document is not None
    assert (document.body_start, document.title) == (0, "Kop")
    assert "zonder afsluitende ---" in problems


YAML_BITS = st.sampled_from(
    ["title", ": ", "\n", "- ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "!!binary ", "'", '"', "|\n", ">\n", "#",
     "? ", "<<: ", "2023-01-01", "0x1F", "1e999", ".nan", "~", "yes", "\t", "  ", "audience", "index", "date", "é",
     "\x07", "@", "%", "---"]
)  # fmt: skip


@given(st.lists(YAML_BITS, max_size=25).map("".join))
@example("index: false")
@example("<<: *a")
def test_no_front_matter_stops_the_reader(tmp_path_factory: pytest.TempPathFactory, front: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "fuzz"
    text = f"---\n{front}\n---\n# Kop\n\nDe tekst staat hier.\n"
    document, problems = read_one(folder, text)
    if document is None:
        assert "index" in front.lower() or problems
    else:
        assert document.text == text
        assert document.title
        assert text[document.body_start :].endswith("De tekst staat hier.\n")


@given(st.binary(max_size=300))
@example(b"\xff\xfe\x00\xd8")
@example(b"\xff\xfe\x00\x00a\x00\x00\x00")
def test_no_bytes_stop_the_reader(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    document, problems = read_one(tmp_path_factory.getbasetemp() / "bytes", raw)
    assert document is not None or problems
    if document is not None:
        document.text.encode()


@pytest.mark.parametrize(
    ("content", "kept", "problem"),
    [
        ("caf\xe9 \u20ac".encode("cp1252"), "café €", "geen UTF-8; gelezen als Windows-1252"),
        ("café €".encode("utf-16"), "café €", "is UTF-16"),
        ("café €".encode("utf-16-be"), None, "binair"),
        (b"\xfe\xff" + "café €".encode("utf-16-be"), "café €", "is UTF-16"),
        ("café €".encode("utf-32"), "café €", "is UTF-32"),
        (b"\xff\xfea", None, "beschadigde UTF-16"),
        (b"", None, "is leeg"),
        (b" \r\n\t", None, "is leeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", None, "binair"),
        (b"---\ntitle: x\n---\n", None, "geen tekst onder de kop"),
    ],
)
def test_encodings_and_empties(tmp_path: Path, content: bytes, kept: str | None, problem: str) -> None:
    document, problems = read_one(tmp_path, content)
    assert problem in problems
    assert (document.text if document else None) == kept


def test_index_false_leaves_a_file_out_without_a_word(tmp_path: Path) -> None:
    assert read_one(tmp_path, "---\nindex: false\n---\ntekst\n") == (None, "")


def test_a_file_over_the_limit_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MAX_BYTES", 1_000)
    document, problems = read_one(tmp_path, "x" * 1_001)
    assert document is None
    assert "groter dan" in problems


def test_a_strange_folder_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            "b.md": "# B\n\ntekst",
            "a.markdown": "# A\n\ntekst",
            "a.md": "# A2\n\ntekst",
            "diep/in/de/map/c.MD": "# C\n\ntekst",
            "met spatie & 'quote'\n\".md": "# D\n\ntekst",
            "originals/oud.md": "# Oud\n\ntekst",
            ".verborgen/x.md": "# X\n\ntekst",
            "notitie.txt": "geen markdown",
        },
    )
    (tmp_path / "lus.md").symlink_to("lus.md")
    (tmp_path / "weg.md").symlink_to("bestaat-niet.md")
    (tmp_path / "diep" / "terug").symlink_to("..", target_is_directory=True)
    (tmp_path / "map.md").mkdir()
    os.mkfifo(tmp_path / "pijp.md")
    (tmp_path / os.fsdecode(b"\xff\xfe.md")).write_text("# Onleesbare naam\n")
    documents, problems = read_corpus(tmp_path)
    assert [(d.id, d.title) for d in documents] == [
        ("a", "A"),
        ("a.md", "A2"),
        ("b", "B"),
        ("diep/in/de/map/c", "C"),
        ("met spatie & 'quote'\n\"", "D"),
    ]
    named = {problem.file: problem.message for problem in problems}
    assert set(named) == {"lus.md", "weg.md", "pijp.md", "'\\udcff\\udcfe.md'"}
    assert "geen UTF-8" in named["'\\udcff\\udcfe.md'"]
    assert "geen gewoon bestand" in named["pijp.md"]
    assert all(problem.fatal for problem in problems)


def test_a_folder_in_it_that_cannot_be_listed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path, {"a.md": "# A\n\ntekst", "dicht/b.md": "# B\n\ntekst"})
    real = os.scandir

    def refusing(path: str | os.PathLike[str]) -> object:
        if os.fspath(path).endswith("dicht"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", refusing)
    documents, problems = read_corpus(tmp_path)
    assert [d.id for d in documents] == ["a"]
    assert [str(p) for p in problems] == [
        "dicht: map kan niet worden gelezen (Permission denied); controleer de rechten"
    ]


def test_a_file_that_vanishes_meanwhile_is_named(tmp_path: Path) -> None:
    document, problems = read_document(tmp_path / "weg.md", tmp_path)
    assert document is None
    assert "kan niet worden gelezen" in str(problems[0])


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("weg", "bestaat niet"),
        ("bestand.md", "is geen map"),
        ("x" * 300, "kan niet worden gelezen"),
        ("leeg", "geen leesbare"),
    ],
)
def test_a_corpus_that_cannot_be_used(tmp_path: Path, place: str, message: str) -> None:
    write_files(tmp_path, {"bestand.md": "# A", "leeg/lees.txt": "niets"})
    with pytest.raises(CorpusError, match=message):
        read_corpus(tmp_path / place)


def test_only_unreadable_files_say_why(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.md": b"", "b.md": b"\x00\x01"})
    with pytest.raises(CorpusError, match=r"a\.md: is leeg.*b\.md: is geen tekst"):
        read_corpus(tmp_path)


def test_the_real_corpus_has_five_documents_and_no_problems() -> None:
    documents, problems = read_corpus(CORPUS)
    assert problems == []
    assert len(documents) == 5
    assert {path.name for path in corpus_files(CORPUS)} == {"README.md", *(d.file for d in documents)}
    for document in documents:
        assert document.original is not None
        assert hashlib.sha256((CORPUS / document.original).read_bytes()).hexdigest() == document.original_sha256

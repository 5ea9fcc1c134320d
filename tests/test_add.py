"""Adding to a corpus: files and front matter, editions replaced and archived, crashes that leave the old one."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from converting import pdf_bytes

from assistant import add
from assistant.add import accept, current, prepare
from assistant.cli import main
from assistant.convert.front import iso_date
from assistant.convert.preview import with_text
from assistant.errors import ConversionError, FailedError
from assistant.filing import corpus_lock
from assistant.read import read_corpus
from assistant.vocabulary import Vocabulary

LINES = [
    f"Punt {n}: de opleider bespreekt onderwerp {n} met elke aios en legt de uitkomst vast in het plan."
    for n in range(1, 21)
]
TODAY = date(2025, 3, 1)


def source(folder: Path, name: str, lines: list[str], title: str = "Opleidingsplan cluster") -> Path:
    path = folder / name
    path.write_text(f"{title}\n{'=' * len(title)}\n\n" + "\n\n".join(lines), encoding="utf-8")
    return path


def front(path: Path) -> dict[str, object]:
    return yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1])


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return tmp_path / "corpus"


def test_a_new_document_has_its_text_its_front_matter_and_its_original(tmp_path: Path, corpus: Path) -> None:
    path = source(tmp_path, "plan.txt", LINES)
    added = accept(prepare(path, corpus), corpus, today=TODAY)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert added.file == "opleidingsplan-cluster.md" and added.archived is None
    assert front(corpus / added.file) == {
        "title": "Opleidingsplan cluster",
        "kind": "opleidingsplan",
        "language": "nl",
        "original": added.original,
        "sha256": digest,
    }
    assert (corpus / added.original).read_bytes() == path.read_bytes()
    document = current(corpus)[0]
    assert document.original_sha256 == digest and all(line in document.text for line in LINES)


def test_a_preview_writes_nothing(tmp_path: Path, corpus: Path) -> None:
    preview = prepare(source(tmp_path, "plan.txt", LINES), corpus)
    assert len(preview.passages) == 20 and not corpus.exists()


def test_the_same_file_again_changes_nothing(tmp_path: Path, corpus: Path) -> None:
    path = source(tmp_path, "plan.txt", LINES)
    accept(prepare(path, corpus), corpus)
    before = {p: p.read_bytes() for p in corpus.rglob("*") if p.is_file()}
    again = accept(prepare(path, corpus), corpus)
    assert not again.changed and again.file == "opleidingsplan-cluster.md"
    assert {p: p.read_bytes() for p in corpus.rglob("*") if p.is_file()} == before


def test_a_new_edition_replaces_and_archives_the_old_one(tmp_path: Path, corpus: Path) -> None:
    accept(prepare(source(tmp_path, "plan.txt", LINES), corpus), corpus)
    newer = source(
        tmp_path,
        "plan-2025.txt",
        [*LINES[:12], "Nieuw in deze versie is het buddysysteem."],
        "Opleidingsplan cluster 2025",
    )
    preview = prepare(newer, corpus)
    assert preview.edition and preview.id == "opleidingsplan-cluster" and "titel" in preview.edition.why
    added = accept(preview, corpus, today=TODAY)
    assert (added.file, added.archived) == (
        "opleidingsplan-cluster.md",
        "archive/opleidingsplan-cluster-tot-2025-03-01.md",
    )
    assert front(corpus / added.file)["valid-from"] == "2025-03-01"
    old = front(corpus / added.archived)
    assert (old["status"], old["valid-until"]) == ("vervangen", "2025-03-01")
    assert "buddysysteem" in (corpus / added.file).read_text(encoding="utf-8")
    assert LINES[19] in (corpus / added.archived).read_text(encoding="utf-8")


def test_only_the_edition_of_the_day_is_read(tmp_path: Path, corpus: Path) -> None:
    accept(prepare(source(tmp_path, "plan.txt", LINES), corpus), corpus)
    accept(prepare(source(tmp_path, "nieuw.txt", [*LINES, "Nu met buddy."]), corpus), corpus, today=TODAY)
    assert [d.file for d in read_corpus(corpus)[0]] == ["opleidingsplan-cluster.md"]
    assert [d.file for d in read_corpus(corpus, date(2025, 2, 28))[0]] == [
        "archive/opleidingsplan-cluster-tot-2025-03-01.md"
    ]
    assert [d.file for d in read_corpus(corpus, date(2025, 3, 1))[0]] == ["opleidingsplan-cluster.md"]
    # Questions, links and evals know both editions by the name of the document.
    assert {d.id for day in (28, 27) for d in read_corpus(corpus, date(2025, 2, day))[0]} == {"opleidingsplan-cluster"}


def test_another_document_is_not_taken_for_an_edition(tmp_path: Path, corpus: Path) -> None:
    accept(prepare(source(tmp_path, "plan.txt", LINES), corpus), corpus)
    other = [f"Artikel {n}. Het bestuur vergadert in maand {n} over begroting en huisvesting." for n in range(1, 13)]
    assert prepare(source(tmp_path, "regl.txt", other, "Reglement bestuur"), corpus).edition is None


def test_the_same_name_with_other_text_is_said(tmp_path: Path, corpus: Path) -> None:
    accept(prepare(source(tmp_path, "plan.txt", LINES), corpus), corpus)
    other = [f"Artikel {n}. Het bestuur vergadert in maand {n} over begroting en huisvesting." for n in range(1, 13)]
    warnings = prepare(source(tmp_path, "ander.txt", other), corpus).warnings
    assert any("--id" in warning for warning in warnings)
    assert prepare(source(tmp_path, "ander.txt", other), corpus, id="ander plan").id == "ander-plan"


@pytest.mark.parametrize("broken", ["copy_whole", "_archive", "write_whole"])
def test_a_crash_at_any_step_leaves_the_old_edition_and_again_completes(
    broken: str, tmp_path: Path, corpus: Path, monkeypatch
) -> None:
    accept(prepare(source(tmp_path, "plan.txt", LINES), corpus), corpus)
    newer = source(tmp_path, "nieuw.txt", [*LINES, "Nu met buddy."])
    before = current(corpus)
    real = getattr(add, broken)

    def fail(*arguments) -> None:
        if broken == "write_whole" and "archive" in str(arguments[0]):
            return real(*arguments)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(add, broken, fail)
        with pytest.raises(FailedError, match="Maak ruimte"):
            accept(prepare(newer, corpus), corpus, today=TODAY)
    assert current(corpus) == before
    assert (
        accept(prepare(newer, corpus), corpus, today=TODAY).archived
        == "archive/opleidingsplan-cluster-tot-2025-03-01.md"
    )
    assert len(list((corpus / "archive").iterdir())) == 1
    assert "buddy" in current(corpus)[0].text
    assert not list(corpus.rglob(".new-*"))


def test_a_file_or_corpus_that_changed_since_the_preview_is_refused(tmp_path: Path, corpus: Path) -> None:
    path = source(tmp_path, "plan.txt", LINES)
    preview = prepare(path, corpus)
    path.write_text("iets anders", encoding="utf-8")
    with pytest.raises(ConversionError, match="gewijzigd sinds"):
        accept(preview, corpus)
    assert not list(corpus.glob("*.md"))
    accept(prepare(source(tmp_path, "plan.txt", LINES), corpus), corpus)
    stale = prepare(source(tmp_path, "nieuw.txt", [*LINES, "x y z"]), corpus)
    (corpus / "opleidingsplan-cluster.md").write_text("Intussen herschreven.", encoding="utf-8")
    with pytest.raises(ConversionError, match="intussen gewijzigd"):
        accept(stale, corpus)


def test_a_correction_of_the_maintainer_is_what_is_added(tmp_path: Path, corpus: Path) -> None:
    preview = prepare(source(tmp_path, "plan.txt", LINES), corpus)
    corrected = with_text(
        preview,
        preview.text.replace("language: nl\n", "language: nl\npublisher: De Federatie\n") + "\nToegevoegd.\n",
        Vocabulary(),
    )
    accept(corrected, corpus)
    document = current(corpus)[0]
    assert document.publisher == "De Federatie" and document.text.endswith("Toegevoegd.\n")


def test_a_name_with_dots_and_slashes_stays_in_the_corpus(tmp_path: Path, corpus: Path) -> None:
    preview = prepare(source(tmp_path, "x.txt", LINES, "../../../etc/cron"), corpus)
    added = accept(preview, corpus)
    assert added.file == "etc-cron.md"
    assert not [p for p in tmp_path.rglob("*.md") if corpus not in p.parents]


def test_two_additions_at_once_are_refused(tmp_path: Path, corpus: Path) -> None:
    preview = prepare(source(tmp_path, "plan.txt", LINES), corpus)
    with corpus_lock(corpus), pytest.raises(FailedError, match="al een document toegevoegd"):
        accept(preview, corpus)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("31 mei 2024", "2024-05-31"),
        ("mei 2024", "2024-05-01"),
        ("1-2-2023", "2023-02-01"),
        ("2024-05-31", "2024-05-31"),
        ("31-2-2024", ""),
        ("ooit", ""),
    ],
)
def test_dates_are_read(text: str, iso: str) -> None:
    assert iso_date(text) == iso


def test_the_command_adds_what_it_can_and_reports_the_rest(tmp_path: Path, corpus: Path, capsys) -> None:
    good, bad = source(tmp_path, "plan.txt", LINES), tmp_path / "leeg.pdf"
    bad.write_bytes(b"")
    assert main(["add", str(bad), str(good), "--yes", "--json", "--corpus", str(corpus)]) == 1
    out, err = capsys.readouterr()
    assert [(o["file"], o["status"]) for o in json.loads(out)] == [("leeg.pdf", "failed"), ("plan.txt", "added")]
    assert err == "assistant: leeg.pdf: is leeg (0 bytes). Sla het document opnieuw op en probeer het nog eens.\n"
    assert (corpus / "opleidingsplan-cluster.md").is_file()


def test_the_command_asks_only_when_there_is_somebody(tmp_path: Path, corpus: Path, capsys) -> None:
    assert main(["add", str(source(tmp_path, "plan.txt", LINES)), "--corpus", str(corpus)]) == 2
    assert "--yes" in capsys.readouterr().err
    assert not corpus.exists()


def test_what_lasts_is_taken_over_from_the_earlier_edition(tmp_path: Path, corpus: Path) -> None:
    preview = prepare(source(tmp_path, "plan.txt", LINES), corpus)
    stated = "language: nl\npublisher: De Federatie\naudience: [opleider, aios]\nstatus: concept\n"
    accept(with_text(preview, preview.text.replace("language: nl\n", stated), Vocabulary()), corpus)
    newer = prepare(source(tmp_path, "nieuw.txt", [*LINES, "Nu met buddy."]), corpus)
    assert ("publisher", "De Federatie", "de vorige versie") in {(p.key, p.value, p.source) for p in newer.proposals}
    accept(newer, corpus, today=TODAY)
    document = current(corpus)[0]
    assert (document.publisher, document.audience, document.status) == ("De Federatie", ("opleider", "aios"), None)


def test_a_citation_knows_its_page(tmp_path: Path, corpus: Path) -> None:
    def draw(canvas) -> None:
        for page in range(1, 4):
            canvas.drawString(72, 600, f"Op bladzijde {page} staat uitleg over onderwerp {page} van de opleiding.")
            canvas.drawString(72, 560, f"Nog een alinea van onderwerp {page}, met een eigen tekst.")
            canvas.showPage()

    path = tmp_path / "uitleg.pdf"
    path.write_bytes(pdf_bytes(draw))
    accept(prepare(path, corpus), corpus)
    document = current(corpus)[0]
    for page in range(1, 4):
        for words in (f"Op bladzijde {page}", f"Nog een alinea van onderwerp {page}"):
            assert document.page_at(document.text.index(words)) == page


def test_pages_stay_right_where_the_same_words_begin_them_and_after_a_correction(tmp_path: Path, corpus: Path) -> None:
    def draw(canvas) -> None:
        for page in range(1, 4):
            for line in range(4):
                canvas.drawString(72, 600 - 40 * line, f"De opleider bespreekt het plan. Zie {page} en {line}.")
            canvas.showPage()
            canvas.drawString(72, 600, "De opleider bespreekt het plan. Nog eens.")
            canvas.showPage()

    path = tmp_path / "herhaling.pdf"
    path.write_bytes(pdf_bytes(draw))
    preview = prepare(path, corpus)
    text = preview.text.replace("# ", "# Een heel andere en veel langere titel dan er stond: ", 1)
    accept(with_text(preview, text, Vocabulary()), corpus)
    document = current(corpus)[0]
    for page in range(1, 4):
        assert {document.page_at(document.text.index(f"Zie {page} en {line}.")) for line in range(4)} == {2 * page - 1}
    assert [page for page, _ in document.pages] == [1, 2, 3, 4, 5, 6]


def test_a_page_file_outside_the_corpus_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "elders.pages.yaml").write_text("- {page: 9, starts: De}\n", encoding="utf-8")
    (tmp_path / "corpus").mkdir()
    for original in ("../elders.pdf", f"{tmp_path}/elders.pdf"):
        text = f"---\noriginal: {original}\n---\n\nDe tekst van een document.\n"
        (tmp_path / "corpus/d.md").write_text(text, encoding="utf-8")
        assert current(tmp_path / "corpus")[0].pages == ()

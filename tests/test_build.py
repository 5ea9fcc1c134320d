"""Building: the cost follows what changed, what is deleted is gone, and any folder of Markdown is a corpus."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from support import TINY, write_files

from assistant.assistant import Assistant
from assistant.bank import general_requests
from assistant.build import BuildReport, build_index
from assistant.embed import Encoder
from assistant.errors import CorpusError, VocabularyError
from assistant.settings import Settings
from assistant.shelf import KEEP
from assistant.snapshot import open_published, published_id, snapshot_ids
from assistant.state import corpus_changed
from assistant.vectors import key_of


@dataclasses.dataclass
class Counting:
    """The real encoder, with the texts that it was given."""

    encoder: Encoder
    seen: list[str]


@pytest.fixture
def counting(encoder: Encoder) -> Counting:
    seen: list[str] = []

    def passages(texts: Sequence[str]) -> np.ndarray:
        seen.extend(texts)
        return encoder._passages(texts)

    return Counting(dataclasses.replace(encoder, _passages=passages), seen)


def test_the_first_build_embeds_everything_once(tiny_corpus: Path, tmp_path: Path, counting: Counting) -> None:
    told: list[tuple[str, int, int]] = []
    report = build_index(tiny_corpus, tmp_path / "index", counting.encoder, progress=lambda *step: told.append(step))
    assert report.changed
    assert report.added == ("cursus.md", "nested/visitatie.md")
    assert report.embedded == report.vectors == len(counting.seen) == len(set(counting.seen))
    assert {stage for stage, _, _ in told} == {"split", "embed", "store"}
    assert all(done <= total for _, done, total in told)
    assert published_id(tmp_path / "index") == report.snapshot


def test_a_second_build_does_nothing(tiny_corpus: Path, tmp_path: Path, counting: Counting) -> None:
    first = build_index(tiny_corpus, tmp_path / "index", counting.encoder)
    before = sorted(path for path in (tmp_path / "index").rglob("*") if path.name != ".lock")
    counting.seen.clear()
    os.utime(tiny_corpus / "cursus.md")
    second = build_index(tiny_corpus, tmp_path / "index", counting.encoder)
    assert not second.changed
    assert second.snapshot == first.snapshot
    assert (second.embedded, counting.seen) == (0, [])
    assert sorted(path for path in (tmp_path / "index").rglob("*") if path.name != ".lock") == before


def rebuilt(tiny_corpus: Path, tmp_path: Path, counting: Counting, change: dict[str, str | None]) -> BuildReport:
    build_index(tiny_corpus, tmp_path / "index", counting.encoder)
    for name, text in change.items():
        if text is None:
            (tiny_corpus / name).unlink()
        else:
            write_files(tiny_corpus, {name: text})
    counting.seen.clear()
    assert corpus_changed(tiny_corpus, tmp_path / "index")
    report = build_index(tiny_corpus, tmp_path / "index", counting.encoder)
    assert report.changed
    assert report.embedded == len(counting.seen)
    assert not corpus_changed(tiny_corpus, tmp_path / "index")
    return report


def test_only_the_changed_sentence_is_embedded(tiny_corpus: Path, tmp_path: Path, counting: Counting) -> None:
    changed = TINY["cursus.md"].replace("200 euro", "250 euro")
    report = rebuilt(tiny_corpus, tmp_path, counting, {"cursus.md": changed})
    assert (report.added, report.updated, report.removed) == ((), ("cursus.md",), ())
    assert len(counting.seen) == 1
    assert "250 euro" in counting.seen[0]


def test_an_added_file_is_picked_up(tiny_corpus: Path, tmp_path: Path, counting: Counting) -> None:
    report = rebuilt(tiny_corpus, tmp_path, counting, {"diep/nieuw.md": "# Verlof\n\nVerlof duurt zes weken.\n"})
    assert (report.added, report.updated, report.removed) == (("diep/nieuw.md",), (), ())
    assert len(counting.seen) == 1
    snapshot = open_published(tmp_path / "index", counting.encoder)
    assert "Verlof duurt zes weken." in {p.quote for p in snapshot.passages}


def test_a_renamed_file_moves_without_being_embedded(tiny_corpus: Path, tmp_path: Path, counting: Counting) -> None:
    report = rebuilt(tiny_corpus, tmp_path, counting, {"cursus.md": None, "map/les.md": TINY["cursus.md"]})
    assert (report.added, report.removed) == (("map/les.md",), ("cursus.md",))
    assert counting.seen == []
    snapshot = open_published(tmp_path / "index", counting.encoder)
    assert set(snapshot.documents) == {"map/les", "nested/visitatie"}


def test_a_removed_file_is_gone_from_every_file_of_the_new_snapshot(
    tiny_corpus: Path, tmp_path: Path, counting: Counting
) -> None:
    secret = "Het wachtwoord is zwartekonijnenberg en niets anders."
    write_files(tiny_corpus, {"geheim.md": f"# Geheim\n\n{secret}\n"})
    build_index(tiny_corpus, tmp_path / "index", counting.encoder)
    old = tmp_path / "index" / str(published_id(tmp_path / "index"))
    key = key_of(f"Geheim. {secret}")
    traces = [b"zwartekonijnenberg", key.encode(), b"geheim.md"]
    for trace in traces:
        assert any(trace in path.read_bytes() for path in old.rglob("*") if path.is_file()), trace

    (tiny_corpus / "geheim.md").unlink()
    report = build_index(tiny_corpus, tmp_path / "index", counting.encoder)
    assert report.removed == ("geheim.md",)
    new = tmp_path / "index" / report.snapshot
    assert new != old
    for path in (path for path in new.rglob("*") if path.is_file()):
        raw = path.read_bytes()
        for trace in traces:
            assert trace not in raw, (path, trace)
    assert key not in open_published(tmp_path / "index", counting.encoder).rows


def test_vocabulary_and_bank_are_part_of_the_recipe(tiny_corpus: Path, tmp_path: Path, counting: Counting) -> None:
    report = rebuilt(tiny_corpus, tmp_path, counting, {"vocabulary.yaml": "terms: [{term: cursus, same: [training]}]"})
    assert (report.added, report.updated, report.removed, report.embedded) == ((), (), (), 0)
    bank = "document: cursus\npassages:\n  - {quote: koffie en thee., questions: ['Is er koffie?']}"
    report = rebuilt(tiny_corpus, tmp_path, counting, {"questions/a.yaml": bank})
    assert counting.seen == ["Is er koffie?"]


def test_a_file_that_was_empty_before_is_noticed(tiny_corpus: Path, tmp_path: Path, counting: Counting) -> None:
    write_files(tiny_corpus, {"leeg.md": ""})
    report = build_index(tiny_corpus, tmp_path / "index", counting.encoder)
    assert [str(problem) for problem in report.problems] == ["leeg.md: is leeg, overgeslagen"]
    assert not corpus_changed(tiny_corpus, tmp_path / "index")
    write_files(tiny_corpus, {"leeg.md": "Nu staat er iets."})
    assert corpus_changed(tiny_corpus, tmp_path / "index")


def test_full_embeds_everything_again_in_a_snapshot_of_its_own(
    tiny_corpus: Path, tmp_path: Path, counting: Counting
) -> None:
    names = [build_index(tiny_corpus, tmp_path / "index", counting.encoder, full=True).snapshot for _ in range(5)]
    assert len(set(names)) == 5  # also within one second
    assert names == sorted(names)
    assert snapshot_ids(tmp_path / "index") == names[-KEEP:]
    assert published_id(tmp_path / "index") == names[-1]
    assert len(counting.seen) == 5 * len(set(counting.seen))


def test_an_older_published_snapshot_is_not_pruned(tiny_corpus: Path, tmp_path: Path, encoder: Encoder) -> None:
    from assistant.shelf import prune
    from assistant.snapshot import publish

    names = [build_index(tiny_corpus, tmp_path / "index", encoder, full=True).snapshot for _ in range(3)]
    publish(tmp_path / "index", names[0])
    (tmp_path / "index" / "20990101T000000Z-00000000").mkdir()
    (tmp_path / "index" / "20990101T000000Z-00000000" / "manifest.json").write_text("{}")
    prune(tmp_path / "index")
    assert published_id(tmp_path / "index") == names[0]


def test_another_encoder_embeds_everything_again(tiny_corpus: Path, tmp_path: Path, counting: Counting) -> None:
    build_index(tiny_corpus, tmp_path / "index", counting.encoder)
    counting.seen.clear()
    other = dataclasses.replace(counting.encoder, fingerprint="ander")
    report = build_index(tiny_corpus, tmp_path / "index", other)
    assert report.embedded == report.vectors > 0


def test_a_corpus_without_a_single_sentence(tmp_path: Path, encoder: Encoder) -> None:
    write_files(tmp_path / "corpus", {"a.md": "# Alleen een kop\n"})
    report = build_index(tmp_path / "corpus", tmp_path / "index", encoder)
    assert (report.documents, report.passages, report.vectors) == (1, 0, len(general_requests()))
    assistant = Assistant.open(Settings(corpus=tmp_path / "corpus", index=tmp_path / "index"))
    assert assistant.ask("Wat kost de cursus?").status == "not_found"
    assert assistant.search("Wat kost de cursus?") == []


@pytest.mark.parametrize(
    ("files", "error", "message"),
    [
        ({}, CorpusError, "geen leesbare"),
        ({"a.md": "tekst", "vocabulary.yaml": "actors: ["}, VocabularyError, "vocabulary.yaml"),
        ({"a.md": "tekst", "questions/x.yaml/map.txt": ""}, CorpusError, "x.yaml"),
    ],
)
def test_a_corpus_that_cannot_be_used_leaves_the_published_index(
    tmp_path: Path, encoder: Encoder, files: dict[str, str | bytes], error: type[Exception], message: str
) -> None:
    good = write_files(tmp_path / "goed", TINY)
    before = build_index(good, tmp_path / "index", encoder).snapshot
    (tmp_path / "fout").mkdir()
    with pytest.raises(error, match=message):
        build_index(write_files(tmp_path / "fout", files), tmp_path / "index", encoder)
    assert published_id(tmp_path / "index") == before


def foreign(number: int) -> str:
    """A note as other programs write them: with front matter of their own, or none."""
    fronts = ("", f"---\nlayout: post\ntags: [a, b{number}]\ndraft: true\n---\n", "---\nlayout: [kapot\n---\n")
    return (
        f"{fronts[0 if number % 10 else (2 if number == 50 else 1)]}# Notitie {number}\n\n"
        f"Onderwerp {number} gaat over apparaat A{number:03}. De beheerder van A{number:03} is team {number % 17}.\n\n"
        f"- controleer de stand elke {2 + number % 9} dagen\n- meld storing {number} bij de balie\n"
    )


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three hundred files that nobody wrote for this program, some of them broken."""
    folder = tmp_path_factory.mktemp("notities") / "map"
    files: dict[str, str | bytes] = {f"groep{n % 12}/sub{n % 5}/notitie {n}.md": foreign(n) for n in range(300)}
    files |= {
        "leeg.md": "",
        "windows.md": "# Café\n\nDe patiënt krijgt één formulier.\n".encode("cp1252"),
        "utf16.md": "# Zestien\n\nDit bestand is zestien bits breed.\n".encode("utf-16"),
        "beeld.md": b"\x89PNG\r\n\x1a\n\x00\x00\x00",
        "rare 'naam' [1] (2) #3 & ü?.md": "# Raar\n\nEen rare naam is geen bezwaar.\n",
        "readme.MARKDOWN": "# Lees mij\n\nHoofdletters in het achtervoegsel mogen.\n",
    }
    write_files(folder, files)
    (folder / "lus.md").symlink_to("lus.md")
    (folder / "groep1" / "omhoog").symlink_to("..", target_is_directory=True)
    return folder


@pytest.fixture(scope="module")
def notes_report(notes: Path, tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> tuple[BuildReport, Path]:
    index = tmp_path_factory.mktemp("notities") / "index"
    return build_index(notes, index, encoder), index


def test_three_hundred_foreign_files_are_indexed_and_problems_named(notes_report: tuple[BuildReport, Path]) -> None:
    report, _ = notes_report
    assert report.documents == 304
    named = {problem.file: problem.message for problem in report.problems}
    assert named.keys() == {"leeg.md", "windows.md", "utf16.md", "beeld.md", "lus.md", "groep2/sub0/notitie 50.md"}
    assert "is leeg" in named["leeg.md"]
    assert "Windows-1252" in named["windows.md"]
    assert "UTF-16" in named["utf16.md"]
    assert "binair" in named["beeld.md"]
    assert "kapotte front matter" in named["groep2/sub0/notitie 50.md"]
    assert {p.file for p in report.problems if p.fatal} == {"leeg.md", "beeld.md", "lus.md"}


@pytest.mark.parametrize(
    ("question", "file", "quote"),
    [
        ("Wie is de beheerder van apparaat A123?", "groep3/sub3/notitie 123.md", "De beheerder van A123 is team 4."),
        ("Welk formulier krijgt de patiënt?", "windows.md", "De patiënt krijgt één formulier."),
        ("Hoe breed is het bestand in bits?", "utf16.md", "zestien bits breed"),
        ("Is een rare naam een bezwaar?", "rare 'naam' [1] (2) #3 & ü?.md", "Een rare naam is geen bezwaar."),
    ],
)
def test_questions_to_a_foreign_folder_find_their_file(
    notes: Path, notes_report: tuple[BuildReport, Path], question: str, file: str, quote: str
) -> None:
    assistant = Assistant.open(Settings(corpus=notes, index=notes_report[1]))
    documents = assistant.snapshot.documents
    hits = assistant.search(question, k=3)
    found = [(documents[hit.passage.document].file, hit.passage.quote) for hit in hits]
    assert any(name == file and quote in text for name, text in found), found


def test_one_changed_file_of_three_hundred_costs_one_file(
    notes: Path, notes_report: tuple[BuildReport, Path], counting: Counting
) -> None:
    full, index = notes_report
    path = notes / "groep3" / "sub3" / "notitie 123.md"
    path.write_text(path.read_text().replace("team 4", "team blauw"), encoding="utf-8")
    report = build_index(notes, index, counting.encoder)
    assert report.updated == ("groep3/sub3/notitie 123.md",)
    assert report.embedded == len(counting.seen) == 1
    assert full.embedded > 500
    manifest = json.loads((index / report.snapshot / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["files"]) == 304

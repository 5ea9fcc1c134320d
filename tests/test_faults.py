"""Whatever happens to a build or to an index, what was published answers or says what to do, and the next run heals."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from support import CORPUS, TINY, write_files

from assistant import build
from assistant.assistant import Assistant
from assistant.build import build_index
from assistant.embed import Encoder
from assistant.errors import FailedError, IndexBusy, IndexMismatch
from assistant.settings import Settings
from assistant.shelf import index_lock
from assistant.snapshot import CURRENT, open_published, published_id, snapshot_ids

DRIVER = Path(__file__).with_name("fault_driver.py")
KILLS = [(name, when) for name in (
    "corpus_state", "remove_unfinished", "load_bank", "new_id", "vectors_of", "write_passages", "save", "create_store",
    "_verify", "settle", "rename", "publish", "replace", "prune") for when in ("before", "after")]  # fmt: skip
# After these the pointer names the new snapshot.
PUBLISHED = {("replace", "after"), ("publish", "after"), ("prune", "before"), ("prune", "after")}
LIMITS = [1, 5_000, 70_000]
NEW = "De cursus kost 250 euro; de opleider betaalt."


def quotes(index: Path, encoder: Encoder) -> set[str]:
    snapshot = open_published(index, encoder)
    found = {p.quote for p in snapshot.passages}
    assert snapshot.store.complete(np.asarray(snapshot.vectors[0]))
    snapshot.store.close()
    return found


def drive(plan: Path, corpus: Path, runs: list[dict[str, object]]) -> tuple[list[list[int]], str]:
    plan.write_text(json.dumps({"corpus": str(corpus), "runs": runs}))
    done = subprocess.run([sys.executable, DRIVER, plan], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), done.stderr


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> tuple[Path, Path, dict[tuple[str, str], int]]:
    """One index for each point, with the first edition published, and a build of the second killed at that point."""
    folder = tmp_path_factory.mktemp("gedood")
    corpus = write_files(folder / "corpus", TINY)
    build_index(corpus, folder / "eerste", encoder)
    write_files(corpus, {"cursus.md": TINY["cursus.md"].replace("200 euro", "250 euro")})
    runs: list[dict[str, object]] = []
    for name, when in KILLS:
        index = folder / f"{name}-{when}"
        shutil.copytree(folder / "eerste", index)
        runs.append({"index": str(index), "kill": [name, when], "limit": None})
    ends, _ = drive(folder / "plan.json", corpus, runs)
    return folder, corpus, {kill: end[0] for kill, end in zip(KILLS, ends, strict=True)}


@pytest.mark.parametrize("kill", KILLS, ids="-".join)
def test_a_killed_build_leaves_the_published_index_and_the_next_completes(
    kill: tuple[str, str], killed: tuple[Path, Path, dict[tuple[str, str], int]], encoder: Encoder
) -> None:
    folder, corpus, signals = killed
    assert signals[kill] == 9  # it really died at this point
    index = folder / "-".join(kill)
    assert (NEW in quotes(index, encoder)) == (kill in PUBLISHED)

    report = build_index(corpus, index, encoder)
    assert report.embedded <= 1
    assert NEW in quotes(index, encoder)
    assert not [p.name for p in index.iterdir() if p.name.startswith((".building", ".CURRENT"))]
    assert not build_index(corpus, index, encoder).changed


@pytest.mark.parametrize("limit", LIMITS)
def test_a_full_disk_leaves_the_published_index_and_says_so(limit: int, tmp_path: Path, encoder: Encoder) -> None:
    corpus = write_files(tmp_path / "corpus", TINY)
    build_index(corpus, tmp_path / "index", encoder)
    write_files(corpus, {"cursus.md": TINY["cursus.md"].replace("200 euro", "250 euro")})
    run = {"index": str(tmp_path / "index"), "kill": None, "limit": limit}
    ends, said = drive(tmp_path / "plan.json", corpus, [run])
    assert ends == [[0, 1]], said
    assert "De vorige index blijft in gebruik" in said or "kan niet worden geschreven" in said
    assert "Traceback" not in said
    assert NEW not in quotes(tmp_path / "index", encoder)
    assert not list((tmp_path / "index").glob(".building*"))  # what was half written is not left on a full disk
    build_index(corpus, tmp_path / "index", encoder)
    assert NEW in quotes(tmp_path / "index", encoder)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a small disk of its own; skipped where that is not allowed."""
    place = tmp_path / "schijf"
    place.mkdir()

    def mount(options: str) -> Path:
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", place], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("mounting a disk needs root with the right to mount")
        return place

    yield mount
    if os.path.ismount(place):
        subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.skipif(shutil.which("mount") is None, reason="no mount command")
def test_a_disk_that_is_really_full(disk: Callable[[str], Path], tmp_path: Path, encoder: Encoder) -> None:
    corpus = write_files(tmp_path / "corpus", TINY)
    index = disk("size=12m") / "index"
    build_index(corpus, index, encoder)
    write_files(corpus, {"cursus.md": TINY["cursus.md"].replace("200 euro", "250 euro")})
    filler = index.parent / "vol"
    with pytest.raises(OSError, match="No space"), filler.open("wb") as file:
        while True:
            file.write(b"x" * 4096)
            file.flush()
    with pytest.raises(FailedError, match=r"Maak ruimte|kan niet worden geschreven"):
        build_index(corpus, index, encoder)
    filler.unlink()
    assert NEW not in quotes(index, encoder)
    build_index(corpus, index, encoder)
    assert NEW in quotes(index, encoder)


@pytest.mark.skipif(shutil.which("mount") is None, reason="no mount command")
def test_a_read_only_index_answers_and_refuses_to_build(
    disk: Callable[[str], Path], tiny_corpus: Path, encoder: Encoder
) -> None:
    place = disk("size=20m")
    build_index(tiny_corpus, place / "index", encoder)
    subprocess.run(["mount", "-o", "remount,ro", place], check=True)
    assistant = Assistant.open(Settings(corpus=tiny_corpus, index=place / "index"))
    assert "vijf jaar" in assistant.search("Hoe vaak bezoekt de visitatiecommissie de opleiding?")[0].passage.quote
    with pytest.raises(
        FailedError, match=r"kan niet worden geschreven \(Read-only file system\)\. Geef een andere met"
    ):
        build_index(tiny_corpus, place / "index", encoder)
    assistant.snapshot.store.close()


def test_a_second_builder_is_told_who_builds(tiny_corpus: Path, tmp_path: Path, encoder: Encoder) -> None:
    index = tmp_path / "index"
    code = (
        "import sys, time; from pathlib import Path; from assistant.shelf import index_lock\n"
        "with index_lock(Path(sys.argv[1])): print('bezig', flush=True); time.sleep(60)"
    )
    first = subprocess.Popen([sys.executable, "-c", code, index], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "bezig\n"
        with pytest.raises(IndexBusy, match=rf"\({first.pid}\).*Wacht tot dat klaar is"):
            build_index(tiny_corpus, index, encoder)
    finally:
        first.kill()
        first.communicate()
    # The lock went with the process.
    assert build_index(tiny_corpus, index, encoder).changed


def test_two_threads_build_one_index(tiny_corpus: Path, tmp_path: Path, encoder: Encoder) -> None:
    inside, go = threading.Event(), threading.Event()

    def slow(stage: str, done: int, total: int) -> None:
        inside.set()
        assert go.wait(30)

    first = threading.Thread(target=lambda: build_index(tiny_corpus, tmp_path / "index", encoder, progress=slow))
    first.start()
    assert inside.wait(30)
    with pytest.raises(IndexBusy):
        build_index(tiny_corpus, tmp_path / "index", encoder)
    go.set()
    first.join()
    assert not build_index(tiny_corpus, tmp_path / "index", encoder).changed


def test_the_lock_is_let_go_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), index_lock(tmp_path):
        raise ZeroDivisionError
    with index_lock(tmp_path):
        assert (tmp_path / ".lock").read_text() == f"{os.getpid()}\n"


@pytest.mark.parametrize("content", [None, "", "20200101T000000Z-00000000", "onzin"])
def test_a_lost_pointer_is_put_back_without_building(
    content: str | None, tiny_index: Path, tiny_corpus: Path, encoder: Encoder
) -> None:
    name = published_id(tiny_index)
    if content is None:
        (tiny_index / CURRENT).unlink()
    else:
        (tiny_index / CURRENT).write_text(content)
    report = build_index(tiny_corpus, tiny_index, encoder)
    assert (report.embedded, report.snapshot) == (0, name)
    assert snapshot_ids(tiny_index) == [name] == [published_id(tiny_index)]


def truncated_vectors(folder: Path) -> None:
    path = folder / "vectors.npy"
    path.write_bytes(path.read_bytes()[:500])


def other_vectors(folder: Path) -> None:
    np.save(folder / "vectors.npy", np.zeros_like(np.load(folder / "vectors.npy")))


def garbage_database(folder: Path) -> None:
    (folder / "chroma" / "chroma.sqlite3").write_bytes(b"kapot" * 1_000)


def half_database(folder: Path) -> None:
    path = folder / "chroma" / "chroma.sqlite3"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty_database(folder: Path) -> None:
    (folder / "chroma" / "chroma.sqlite3").write_bytes(b"")


def no_passages(folder: Path) -> None:
    (folder / "passages.jsonl").write_bytes(b"")


@pytest.mark.parametrize(
    "damage", [truncated_vectors, other_vectors, garbage_database, half_database, empty_database, no_passages]
)
def test_a_damaged_index_says_what_to_do_and_the_next_run_heals(
    damage: Callable[[Path], None], tiny_index: Path, tiny_corpus: Path, encoder: Encoder
) -> None:
    damage(tiny_index / str(published_id(tiny_index)))
    with pytest.raises(IndexMismatch, match="assistant index --full"):
        open_published(tiny_index, encoder)
    report = build_index(tiny_corpus, tiny_index, encoder)  # without --full as well
    assert report.changed
    assert "De cursus kost 200 euro; de opleider betaalt." in quotes(tiny_index, encoder)


def test_a_store_without_its_neighbours_is_noticed_and_healed(
    real_index: Path, tmp_path: Path, encoder: Encoder
) -> None:
    index = tmp_path / "index"
    shutil.copytree(real_index, index)
    folder = index / str(published_id(index))
    for path in [path for path in (folder / "chroma").iterdir() if path.is_dir()]:
        shutil.rmtree(path)
    with pytest.raises(IndexMismatch, match=r"niet compleet.*assistant index --full"):
        open_published(index, encoder)
    report = build_index(CORPUS, index, encoder)
    assert (report.changed, report.embedded) == (True, 0)
    quotes(index, encoder)


def test_a_running_assistant_serves_on_when_a_new_index_is_broken(
    tiny_corpus: Path, tiny_index: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    assistant = Assistant.open(Settings(corpus=tiny_corpus, index=tiny_index))
    write_files(tiny_corpus, {"cursus.md": TINY["cursus.md"].replace("200 euro", "250 euro")})
    build_index(tiny_corpus, tiny_index, encoder)
    truncated_vectors(tiny_index / str(published_id(tiny_index)))
    for _ in range(2):
        assert "200 euro" in assistant.search("Wat kost de cursus?")[0].passage.quote
    assert sum("is beschadigd" in record.message for record in caplog.records) == 1
    build_index(tiny_corpus, tiny_index, encoder)
    assert "250 euro" in assistant.search("Wat kost de cursus?")[0].passage.quote


def test_a_running_assistant_follows_a_new_index(tiny_corpus: Path, tiny_index: Path, encoder: Encoder) -> None:
    assistant = Assistant.open(Settings(corpus=tiny_corpus, index=tiny_index))
    before = assistant.snapshot.manifest.id
    write_files(tiny_corpus, {"nieuw.md": "# Verlof\n\nVerlof duurt zes weken.\n"})
    build_index(tiny_corpus, tiny_index, encoder)
    assert assistant.search("Hoe lang duurt verlof?")[0].passage.quote == "Verlof duurt zes weken."
    assert assistant.snapshot.manifest.id != before
    (tiny_index / CURRENT).unlink()
    assert assistant.search("Hoe lang duurt verlof?")[0].passage.quote == "Verlof duurt zes weken."


def test_a_build_that_is_broken_off_leaves_nothing(
    tiny_corpus: Path, tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(build, "create_store", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build_index(tiny_corpus, tmp_path / "index", encoder)
    assert [p.name for p in (tmp_path / "index").iterdir()] == [".lock"]

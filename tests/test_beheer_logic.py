"""What stands under Beheer: accounts, sessions, attempts, the log, kept questions, and the way from stage to corpus."""

from __future__ import annotations

import json
import multiprocessing
from datetime import date, timedelta
from pathlib import Path

import pytest
from support import TINY, run_cli, write_files

from assistant.beheer.accounts import Accounts
from assistant.beheer.audit import Audit
from assistant.beheer.gaps import Questions, topics
from assistant.beheer.scrub import scrub
from assistant.beheer.sessions import IDLE, LONGEST, PER_ADDRESS, PER_NAME, WINDOW, Attempts, Sessions
from assistant.beheer.stage import Steps, apply, changes_of, copy_corpus, prints, rebase
from assistant.errors import FailedError, UsageError
from assistant.types import Answer, Citation, Question

PASSWORD = "vier losse woorden hier"


class Clock:
    """A clock that a test sets."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


# Accounts


def test_an_account_lets_in_its_own_password_only(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    accounts.add("Anna", PASSWORD)
    assert accounts.names() == ["anna"]
    assert accounts.verify("anna", PASSWORD)
    assert accounts.verify(" ANNA ", PASSWORD)
    assert not accounts.verify("anna", PASSWORD + "!")
    assert not accounts.verify("bert", PASSWORD)
    raw = accounts.path.read_text()
    assert "$argon2id$" in raw
    assert PASSWORD not in raw
    assert accounts.path.stat().st_mode & 0o077 == 0


def test_another_password_changes_the_mark_and_removal_ends_it(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    accounts.add("anna", PASSWORD)
    before = accounts.mark("anna")
    accounts.add("anna", PASSWORD + " nieuw")
    assert accounts.mark("anna") not in ("", before)
    accounts.remove("anna")
    assert accounts.mark("anna") == ""
    with pytest.raises(UsageError, match="geen account"):
        accounts.remove("anna")


@pytest.mark.parametrize("name", ["", "../x", "a b", "<b>", "é", "x" * 65])
def test_a_name_that_will_not_do(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="naam"):
        Accounts(tmp_path).add(name, PASSWORD)


def test_a_short_password_will_not_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="wachtwoord"):
        Accounts(tmp_path).add("anna", "kort")


def test_a_damaged_file_lets_nobody_in(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    accounts.add("anna", PASSWORD)
    accounts.path.write_text('{"anna": 3}')
    with pytest.raises(FailedError, match="niet leesbaar"):
        accounts.verify("anna", PASSWORD)


def test_the_command_line_makes_lists_and_removes_accounts(tmp_path: Path) -> None:
    where = ("--index", tmp_path / "index")
    made = run_cli("account", "add", "Anna", *where, input=PASSWORD + "\n")
    assert (made.returncode, made.stdout.strip()) == (0, "Account gemaakt: anna")
    assert run_cli("account", "list", *where).stdout == "anna\n"
    assert Accounts(tmp_path / "index").verify("anna", PASSWORD)
    assert run_cli("account", "add", *where).returncode == 2
    assert run_cli("account", "add", "bert", *where, input="kort\n").returncode == 2
    assert run_cli("account", "remove", "anna", *where).returncode == 0
    assert [entry.what for entry in Audit(tmp_path / "index").last()] == ["account_remove", "account_add"]


# Sessions and attempts


def test_a_session_ends_when_it_is_idle_when_it_is_old_and_on_signing_out() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    token, session = sessions.begin("anna")
    clock.now += IDLE - 1
    assert sessions.of(token)
    clock.now += IDLE + 1
    assert sessions.of(token) is None
    token, session = sessions.begin("anna")
    for _ in range(LONGEST // (IDLE - 1)):
        clock.now += IDLE - 1
        assert sessions.of(token)
    clock.now += IDLE - 1
    assert sessions.of(token) is None
    token, session = sessions.begin("anna")
    sessions.end(token)
    assert sessions.of(token) is None
    assert sessions.of("") is None
    assert session.csrf not in token


def test_attempts_are_limited_for_a_name_and_for_an_address() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    assert [attempts.wait("anna", f"10.0.0.{n}") for n in range(PER_NAME)] == [0] * PER_NAME
    assert 0 < attempts.wait("Anna", "10.0.1.1") <= WINDOW + 1
    assert attempts.wait("bert", "10.0.0.1") == 0
    clock.now += WINDOW + 1
    assert attempts.wait("anna", "10.0.1.1") == 0
    for n in range(PER_ADDRESS - 1):
        assert attempts.wait(f"naam{n}", "10.0.1.1") == 0
    assert attempts.wait("weer een ander", "10.0.1.1") > 0


def test_a_right_password_starts_the_name_anew() -> None:
    attempts = Attempts(Clock())
    for _ in range(PER_NAME * 3):
        assert attempts.wait("anna", "10.0.0.1") == 0
        attempts.succeeded("anna", "10.0.0.1")


# The log


def _write_lines(folder: Path, who: str) -> None:
    for number in range(40):
        Audit(folder).write(who, "uploaded", detail=f"{number} é\n" + "x" * 500)


def test_the_log_is_only_added_to_by_several_processes_and_survives_half_a_line(tmp_path: Path) -> None:
    audit = Audit(tmp_path)
    assert audit.last() == []
    writers = [multiprocessing.get_context("fork").Process(target=_write_lines, args=(tmp_path, n)) for n in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with audit.path.open("a") as file:
        file.write('{"when": "nu", "wh\n')
    audit.write("anna", "published", snapshot="s1", document="d", detail="reden")
    entries = audit.last(1_000)
    assert len(entries) == 81
    assert (entries[0].who, entries[0].what, entries[0].snapshot, entries[0].detail) == (
        "anna",
        "published",
        "s1",
        "reden",
    )
    assert len(audit.last(5)) == 5


# Kept questions

KNOWN = frozenset(
    "wat doet de coc als aios ziek is hoe lang duurt opleiding bij led en voor kan ik van in het umc met jan "
    "mijn over een wanneer moet opleider is verwaarloost hij te klacht heeft vraagt die mag".split()
) - {"jan"}


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("Wat doet de COC als een AIOS ziek is?", "Wat doet de COC als een AIOS ziek is?"),
        ("Mail naar j.jansen@umc.nl of bel 06-12345678", "Mail naar [e-mail] of bel [nummer]"),
        ("Ik ben bereikbaar op +31 (0)20 123 45 67", "Ik ben bereikbaar op [nummer]"),
        ("Mijn BSN is 123456782", "Mijn BSN is [nummer]"),
        ("Dr. Pietersen vraagt of dat mag", "Dr. [naam] vraagt of dat mag"),
        ("mevrouw van der berg heeft een klacht", "mevrouw [naam] heeft een klacht"),
        ("ik heet fatima, wanneer moet ik over", "ik heet [naam], wanneer moet ik over"),
        ("Mag opleider Hendrik Verschuren dat?", "Mag opleider [naam] dat?"),
        ("Is J.P. de Vries hier opleider", "Is [naam] hier opleider"),
        ("kan jan jansen met verlof", "kan [naam] met verlof"),
        ("Woont op Dorpsstraat 12a, 1234 AB", "Woont op [adres], [adres]"),
        ("Zie https://intranet/x?naam=Piet", "Zie [link]"),
        ("Geboren op 3-4-1990 in 2020", "Geboren op [datum] in 2020"),
        ("Op NL12 ABNA 0123 4567 89", "Op [nummer]"),
        ("artikel 3.1 lid 2 van 2024-2025", "artikel 3.1 lid 2 van 2024-2025"),
    ],
)
def test_a_kept_question_names_nobody(asked: str, kept: str) -> None:
    assert scrub(asked, KNOWN.__contains__) == kept


def answer(question: str, status: str = "not_found", confidence: float = 0.2, section: str = "Verlof") -> Answer:
    near = (Citation(1, "kader", "Kader", ("Kader", section), "q", 0, 1, "v", "kader.md"),)
    understood = Question(question, question, "nl", "fact")
    given = {"nearest": near} if status == "not_found" else {"citations": near}
    return Answer(question, status, "…", understood, confidence=confidence, **given)  # type: ignore[arg-type]


def test_nothing_is_kept_unless_it_is_switched_on(tmp_path: Path) -> None:
    questions = Questions(tmp_path, 0)
    assert not questions.keep(answer("Hoe zit het met verlof?"), KNOWN.__contains__)
    assert not questions.path.exists()
    assert questions.all() == []


def test_only_refusals_and_doubtful_answers_are_kept_grouped_by_what_came_nearest(tmp_path: Path) -> None:
    questions = Questions(tmp_path, 30)
    questions.keep(answer("Hoe zit het met verlof?"), KNOWN.__contains__)
    questions.keep(answer("Hoe zit het met verlof?"), KNOWN.__contains__)  # the same day: once
    questions.keep(answer("Hoe lang is verlof?", "answered", 0.5), KNOWN.__contains__)
    questions.keep(answer("Waar is de kantine?", section="Gebouw"), KNOWN.__contains__)
    assert not questions.keep(answer("Wat doet de COC?", "answered", 0.95), KNOWN.__contains__)
    found = topics(questions.all())
    assert [(topic.section, len(topic.questions), topic.refused) for topic in found] == [
        ("Verlof", 2, 1),
        ("Gebouw", 1, 1),
    ]


def test_kept_questions_go_after_their_time_and_when_it_is_switched_off(tmp_path: Path) -> None:
    today = date(2026, 1, 1)
    questions = Questions(tmp_path, 7, lambda: today)
    questions.keep(answer("Wat is de kanarievraag?"), KNOWN.__contains__)
    assert len(Questions(tmp_path, 7, lambda: today + timedelta(days=6)).all()) == 1
    assert Questions(tmp_path, 7, lambda: today + timedelta(days=7)).all() == []
    questions.keep(answer("Wat is de kanarievraag?"), KNOWN.__contains__)
    assert Questions(tmp_path, 0, lambda: today).all() == []
    assert b"kanarie" not in questions.path.read_bytes()


# From stage to corpus and back


def staged(tmp_path: Path) -> tuple[Path, Path, dict[str, str]]:
    corpus, stage = write_files(tmp_path / "corpus", TINY), tmp_path / "stage"
    (corpus / "originals").mkdir()
    (corpus / "originals/groot.pdf").write_bytes(b"%PDF")
    stage.mkdir()
    copy_corpus(corpus, stage)
    return corpus, stage, prints(stage)


def test_changes_go_to_the_corpus_and_back_byte_for_byte(tmp_path: Path) -> None:
    corpus, stage, base = staged(tmp_path)
    assert not (stage / "originals").exists()
    before = {file: (corpus / file).read_bytes() for file in base}
    (stage / "cursus.md").write_bytes("Café in Windows-1252".encode("cp1252"))
    (stage / "nested/visitatie.md").unlink()
    (stage / "nieuw.md").write_text("# Nieuw\n")
    changes = changes_of(corpus, stage, base)
    steps = Steps(tmp_path / "steps")
    steps.keep("a", "b", changes)
    apply(corpus, changes)
    apply(corpus, changes)  # again, as after a crash
    assert prints(corpus) == prints(stage)
    back = steps.way("b", "a")
    assert back is not None
    apply(corpus, back)
    assert {file: (corpus / file).read_bytes() for file in prints(corpus)} == before
    assert (corpus / "originals/groot.pdf").exists()
    assert steps.way("a", "c") is None
    assert steps.way("a", "a") == ()


def test_a_way_over_several_steps_comes_to_one_change_a_file(tmp_path: Path) -> None:
    corpus, stage, base = staged(tmp_path)
    steps = Steps(tmp_path / "steps")
    for name, text in (("b", "een"), ("c", "twee")):
        (stage / "cursus.md").write_text(text)
        changes = changes_of(corpus, stage, base)
        steps.keep(chr(ord(name) - 1), name, changes)
        apply(corpus, changes)
        base = prints(stage)
    way = steps.way("c", "a")
    assert way is not None
    assert [(change.before, change.after) for change in way] == [(b"twee", TINY["cursus.md"].encode())]


def test_what_someone_else_changed_is_not_overwritten(tmp_path: Path) -> None:
    corpus, stage, base = staged(tmp_path)
    (stage / "cursus.md").write_text("van mij")
    changes = changes_of(corpus, stage, base)
    (corpus / "cursus.md").write_text("van een ander")
    with pytest.raises(FailedError, match=r"cursus\.md is intussen"):
        apply(corpus, changes)
    assert (corpus / "cursus.md").read_text() == "van een ander"
    with pytest.raises(FailedError, match=r"cursus\.md is intussen"):
        changes_of(corpus, stage, base)
    with pytest.raises(FailedError, match=r"cursus\.md is intussen"):
        rebase(corpus, stage, base)


def test_what_someone_else_changed_elsewhere_is_taken_along(tmp_path: Path) -> None:
    corpus, stage, base = staged(tmp_path)
    (stage / "cursus.md").write_text("van mij")
    (corpus / "extra.md").write_text("# Van een ander\n")
    (corpus / "nested/visitatie.md").unlink()
    base = rebase(corpus, stage, base)
    assert (stage / "extra.md").exists()
    assert not (stage / "nested/visitatie.md").exists()
    assert [change.file for change in changes_of(corpus, stage, base)] == ["cursus.md"]


def test_a_step_begun_before_a_crash_keeps_what_was_there_first(tmp_path: Path) -> None:
    corpus, stage, base = staged(tmp_path)
    (stage / "cursus.md").write_text("van mij")
    first = changes_of(corpus, stage, base)
    apply(corpus, first)
    assert changes_of(corpus, stage, base, first) == first
    assert json.loads(json.dumps(prints(corpus))) == prints(stage)

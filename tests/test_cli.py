"""The command line: contracts of the JSON, exit codes, and one Dutch line for every bad input."""

from __future__ import annotations

import dataclasses
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import CORPUS, TINY, one_dutch_line, run_cli, write_files

from assistant.cli import main
from assistant.read import read_corpus
from assistant.snapshot import published_id

QUESTION = "Wat zijn de taken van de COC voor het opleidingsklimaat?"
ANSWER = {"id", "question", "status", "text", "statements", "citations", "nearest", "understood", "mode", "seconds"}
CITATION = {"n", "document", "title", "section", "quote", "start", "end", "version", "file", "page", "url"}
UNDERSTOOD = {"language", "actors", "domain", "aspect", "kind"}
HIT = {"rank", "document", "file", "section", "text", "score", "found_by"}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command in this process: exit code, standard output and standard error."""

    def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, error = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, out, error)

    return command


Run = Callable[..., subprocess.CompletedProcess[str]]


def texts() -> dict[str, tuple[str, str]]:
    return {d.id: (d.text, d.sha256) for d in read_corpus(CORPUS)[0]}


def test_the_answer_holds_to_the_contract_key_by_key(run: Run, real_index: Path) -> None:
    done = run("ask", QUESTION, "--json", "--index", real_index)
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert answer.keys() >= ANSWER
    assert (answer["id"], answer["question"], answer["status"], answer["mode"]) == (None, QUESTION, "answered", "quote")
    assert answer["nearest"] == []
    assert answer["seconds"] > 0
    assert answer["understood"] == {
        "language": "nl", "actors": ["coc"], "domain": "opleidingsklimaat", "aspect": "taken", "kind": "list"
    }  # fmt: skip
    known = texts()
    for number, citation in enumerate(answer["citations"], 1):
        assert citation.keys() == CITATION
        text, version = known[citation["document"]]
        assert citation["quote"] == text[citation["start"] : citation["end"]]
        assert (citation["n"], citation["version"]) == (number, version)
        assert (CORPUS / citation["file"]).is_file()
        assert isinstance(citation["section"], list)
    cited = {n for statement in answer["statements"] for n in statement["citations"]}
    assert cited == {c["n"] for c in answer["citations"]}
    assert all(statement.keys() == {"text", "citations"} for statement in answer["statements"])
    assert all(f"[{n}]" in answer["text"] for n in cited)


def test_a_refusal_holds_to_the_contract(run: Run, real_index: Path) -> None:
    answer = json.loads(run("ask", "Wat kost een retourtje naar de maan?", "--json", "--index", real_index).stdout)
    assert answer.keys() >= ANSWER
    assert (answer["status"], answer["citations"], answer["statements"]) == ("not_found", [], [])
    assert "staat niet in de documenten" in answer["text"]
    assert answer["nearest"]
    known = texts()
    for citation in answer["nearest"]:
        assert citation.keys() == CITATION
        assert citation["quote"] == known[citation["document"]][0][citation["start"] : citation["end"]]


def test_search_holds_to_the_contract(run: Run, real_index: Path) -> None:
    done = run("search", QUESTION, "--json", "--k", "7", "--index", real_index)
    result = json.loads(done.stdout)
    assert {"id", "question", "hits", "seconds"} <= result.keys()
    assert [hit["rank"] for hit in result["hits"]] == [1, 2, 3, 4, 5, 6, 7]
    scores = [hit["score"] for hit in result["hits"]]
    assert scores == sorted(scores, reverse=True)
    for hit in result["hits"]:
        assert hit.keys() >= HIT
        assert hit["text"] in texts()[hit["document"]][0]
        assert set(hit["found_by"]) <= {"lexical", "vector", "questions", "section"}


def test_one_question_gives_the_same_as_json_as_batch_and_as_process(
    run: Run, real_index: Path, tmp_path: Path
) -> None:
    alone = json.loads(run("ask", QUESTION, "--json", "--index", real_index).stdout)
    write_files(tmp_path, {"in.jsonl": json.dumps({"question": QUESTION}) + "\n"})
    out = tmp_path / "uit.jsonl"
    assert run("ask", "--batch", tmp_path / "in.jsonl", "--out", out, "--index", real_index).returncode == 0
    batch = json.loads(out.read_text(encoding="utf-8"))
    process = run_cli(
        "ask", "--batch", "-", "--index", real_index, input=(tmp_path / "in.jsonl").read_bytes(), cwd=tmp_path
    )
    assert (process.returncode, process.stderr) == (0, "")
    apart = json.loads(process.stdout)
    for row in (alone, batch, apart):
        assert row.pop("seconds") > 0
    assert alone == batch == apart


def test_a_batch_keeps_order_and_goes_on_after_a_bad_line(run: Run, real_index: Path, tmp_path: Path) -> None:
    lines = [json.dumps({"id": "a", "question": QUESTION}), "{kapot", json.dumps({"id": "c", "question": "", "x": 1}),
             json.dumps({"id": "d", "question": "Wat is een aios?"})]  # fmt: skip
    write_files(tmp_path, {"in.jsonl": "\n".join(lines)})
    for command in ("ask", "search"):
        done = run(command, "--batch", tmp_path / "in.jsonl", "--index", real_index)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        assert done.returncode == 0
        assert [row.get("id") for row in rows] == ["a", None, "c", "d"]
        assert [row.get("line") for row in rows] == [None, 2, 3, None]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["ask", ""], 2, "De vraag is leeg"),
        (["ask", "   ?? "], 2, "De vraag is leeg"),
        (["ask", "woord " * 10_000], 2, "te lang (10000 woorden"),
        (["ask", "Wat?", "--actor", "pietje"], 2, "Kies uit: aios, opleider, coc, rvb, cluster, oor, docent"),
        (["search", ""], 2, "De vraag is leeg"),
        (["ask"], 2, "Geef een VRAAG of --batch"),
        (["ask", "Wat?", "--batch", "-"], 2, "een van beide"),
        (["ask", "Wat?", "--out", "x"], 2, "--out hoort bij --batch"),
        (["ask", "--batch", "-", "--actor", "aios"], 2, "--actor hoort bij"),
        (["ask", "--batch", "/bestaat/niet"], 2, "/bestaat/niet kan niet worden gelezen"),
        (["ask", "--batch", "/dev/null", "--out", "/bestaat/niet"], 2, "/bestaat/niet kan niet worden geschreven"),
        (["ask", "Wat?", "--vlag"], 2, "Onjuist gebruik: onbekend: --vlag. Zie: assistant --help"),
        (["ask", "Wat?", "--act", "aios"], 2, "onbekend: --act"),
        (["ask", "Wat?", "--mode", "raar"], 2, "--mode kan niet 'raar' zijn; kies uit"),
        (["search", "Wat?", "--k", "nul"], 2, "--k: 'nul' is geen getal van 1 of meer"),
        (["search", "Wat?", "--k", "0"], 2, "--k: '0' is geen getal"),
        (["search", "Wat?", "--k"], 2, "na --k ontbreekt een waarde"),
        (["chat", "--port", "99999"], 2, "'99999' is geen poort"),
        (["fout"], 2, "OPDRACHT kan niet 'fout' zijn; kies uit 'index'"),
        ([], 2, "OPDRACHT ontbreekt"),
        (["publish"], 2, "id ontbreekt"),
        (["publish", "../.."], 2, "Er is geen versie ../.."),
        (["rollback"], 2, "geen eerdere versie"),
        (["index", "--corpus", "/bestaat/niet"], 1, "/bestaat/niet bestaat niet. Geef een bestaande map met --corpus"),
        (["check", "--corpus", "/dev/null"], 1, "/dev/null is geen map"),
        (["index", "--corpus", "/dev/net"], 1, "geen leesbare Markdown-documenten"),
    ],
)
def test_bad_input_gives_one_dutch_line(
    run: Run, real_index: Path, arguments: list[str], code: int, message: str
) -> None:
    places = ["--index", str(real_index)] if arguments and arguments[0] != "fout" else []
    if "/dev/net" in arguments and not Path("/dev/net").is_dir():
        arguments = ["/proc/self/fdinfo" if a == "/dev/net" else a for a in arguments]
    one_dutch_line(run(*arguments, *places), code, message)


def test_help_is_dutch(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["ask", "--help"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, _ = capsys.readouterr()
        assert ended.value.code == 0
        assert out.startswith("gebruik: assistant")
        assert "opties:" in out
        assert not {"usage", "options", "show this help"} & set(out.lower().split())


def test_index_reports_what_it_did_and_names_problems(run: Run, tiny_corpus: Path, tmp_path: Path) -> None:
    write_files(tiny_corpus, {"kapot.md": "---\ntitle: [\n---\ntekst\n", "leeg\x1b[31m\n.md": ""})
    places = ("--corpus", tiny_corpus, "--index", tmp_path / "index")
    first = run("index", *places)
    assert first.returncode == 0
    assert "3 documenten" in first.stdout
    assert "3 nieuw, 0 gewijzigd, 0 verwijderd" in first.stdout
    assert sorted(first.stderr.splitlines()) == [
        "assistant: let op: kapot.md: kapotte front matter op regel 2; de tekst is wel gelezen, de gegevens niet",
        "assistant: let op: leeg [31m .md: is leeg, overgeslagen",
    ]
    assert "De index is al bij: 3 documenten" in run("index", *places).stdout
    report = json.loads(run("index", "--json", *places).stdout)
    assert (report["changed"], report["embedded"], report["documents"]) == (False, 0, 3)
    assert {problem["file"] for problem in report["problems"]} == {"kapot.md", "leeg\x1b[31m\n.md"}


def test_ask_builds_first_and_tells_when_the_corpus_changed(run: Run, tiny_corpus: Path, tmp_path: Path) -> None:
    places = ("--corpus", tiny_corpus, "--index", tmp_path / "index")
    first = run("ask", "Wat kost de cursus?", *places)
    assert (first.returncode, first.stderr) == (0, "")
    assert "200 euro" in first.stdout
    name = published_id(tmp_path / "index")
    write_files(tiny_corpus, {"cursus.md": TINY["cursus.md"].replace("200", "250")})
    second = run("ask", "Wat kost de cursus?", "--json", *places)
    assert "200 euro" in json.loads(second.stdout)["text"]
    assert second.stderr.count("\n") == 1
    assert "Werk bij met: assistant index" in second.stderr
    assert published_id(tmp_path / "index") == name


def test_an_index_of_another_format_or_encoder_names_the_command(run: Run, tiny_corpus: Path, tiny_index: Path) -> None:
    places = ("--corpus", tiny_corpus, "--index", tiny_index)
    path = tiny_index / str(published_id(tiny_index)) / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for change, message in (
        ({"encoder_fingerprint": "x", "encoder": "ander"}, "encoder 'ander'"),
        ({"format": 1}, "formaat 1"),
    ):
        path.write_text(json.dumps({**manifest, **change}), encoding="utf-8")
        one_dutch_line(run("ask", "Wat kost de cursus?", *places), 1, message, "assistant index --full")
    assert "onbruikbaar" in run("snapshots", *places).stdout
    assert run("index", "--full", *places).returncode == 0
    assert run("ask", "Wat kost de cursus?", *places).returncode == 0


def test_snapshots_publish_and_rollback(run: Run, tiny_corpus: Path, tmp_path: Path) -> None:
    places = ("--corpus", tiny_corpus, "--index", tmp_path / "index")
    one_dutch_line(run("snapshots", *places), 1, "Er is nog geen index", "assistant index")
    run("index", *places)
    first = str(published_id(tmp_path / "index"))
    write_files(tiny_corpus, {"cursus.md": TINY["cursus.md"].replace("200", "250")})
    run("index", *places)
    second = str(published_id(tmp_path / "index"))
    assert [line.split()[0] for line in run("snapshots", *places).stdout.splitlines()] == [first, "*"]
    assert run("rollback", *places).stdout == f"In gebruik: {first}\n"
    assert "200 euro" in json.loads(run("ask", "Wat kost de cursus?", "--json", *places).stdout)["text"]
    assert run("publish", second, *places).stdout == f"In gebruik: {second}\n"
    assert "250 euro" in json.loads(run("ask", "Wat kost de cursus?", "--json", *places).stdout)["text"]


def test_check_exits_with_one_when_something_is_wrong(run: Run, tiny_corpus: Path) -> None:
    good = run("check", "--corpus", tiny_corpus)
    assert (good.returncode, good.stdout.splitlines()[-1]) == (0, "Alles in orde.")
    write_files(tiny_corpus, {"leeg.md": ""})
    bad = run("check", "--corpus", tiny_corpus)
    assert bad.returncode == 1
    assert "! leeg.md: is leeg, overgeslagen" in bad.stdout


def test_a_document_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    corpus = write_files(
        tmp_path / "corpus", {"a.md": "# Verlof \x1b[2Jkop\n\nVerlof \x1b]0;gekaapt\x07duurt \x1b[31mzes weken.\n"}
    )
    for command in ("ask", "search"):
        done = run(command, "Hoe lang duurt verlof?", "--corpus", corpus, "--index", tmp_path / "index")
        assert "Verlof" in done.stdout
        assert not {"\x1b", "\x07"} & set(done.stdout)


def test_a_port_in_use_is_one_line(real_index: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_cli("chat", "--port", str(port), "--index", real_index, cwd=tmp_path)
    one_dutch_line(done, 1, f"Poort {port} op 127.0.0.1 is al in gebruik. Kies een andere met --port")


def test_a_reader_that_leaves_is_no_error(real_index: Path, tmp_path: Path) -> None:
    lines = json.dumps({"question": "Wat doet de COC?"}) + "\n"
    write_files(tmp_path, {"in.jsonl": lines * 40})
    command = [sys.executable, "-m", "assistant.cli", "ask", "--batch", "in.jsonl", "--index", str(real_index)]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith(b'{"id"')
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 1


def test_full_output_and_other_locales(real_index: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "assistant.cli",
        "search",
        "Wat doet de COC?",
        "--json",
        "--index",
        str(real_index),
    ]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr.decode().startswith("assistant: uitvoer: No space left on device")
    assert done.stderr.count(b"\n") == 1
    plain = run_cli(
        "ask", "Wat doet de \udcff COC?", "--json", "--index", real_index, cwd=tmp_path, PYTHONIOENCODING="ascii"
    )
    assert plain.returncode == 0
    assert json.loads(plain.stdout)["status"] == "answered"


def test_a_wrong_settings_file_is_one_line(tmp_path: Path) -> None:
    write_files(tmp_path, {"assistant.toml": "indx = 'x'"})
    one_dutch_line(run_cli("snapshots", cwd=tmp_path), 2, "assistant.toml: onbekende instelling indx")


def test_settings_reach_the_command(tmp_path: Path, tiny_corpus: Path) -> None:
    done = run_cli("index", cwd=tmp_path, ASSISTANT_CORPUS=str(tiny_corpus), ASSISTANT_INDEX="hier")
    assert done.returncode == 0
    assert published_id(tmp_path / "hier") is not None
    assert dataclasses.is_dataclass(type(read_corpus(tiny_corpus)[0][0]))

"""Beheer over HTTP, with the real application: who gets in, what a form needs, and the road of a document."""

from __future__ import annotations

import html
import io
import json
import os
import re
import shutil
import threading
from pathlib import Path
from time import time
from typing import get_args

import pytest
from docx import Document as WordDocument
from fastapi.testclient import TestClient
from support import TINY, write_files

from assistant import index_commands
from assistant.add import current
from assistant.assistant import Assistant
from assistant.beheer.accounts import Accounts
from assistant.beheer.audit import Audit
from assistant.beheer.expiry import tidy
from assistant.beheer.sessions import PER_NAME
from assistant.beheer.tools import Tools
from assistant.beheer.uploads import Uploads
from assistant.beheer.workbench import Workbench
from assistant.build import build_index
from assistant.embed import Encoder
from assistant.errors import FailedError, UsageError
from assistant.feedback import Feedback, Verdict
from assistant.kinds import ASKED
from assistant.publication import publications
from assistant.question import understand
from assistant.retrieve import DEFAULT
from assistant.settings import Settings
from assistant.snapshot import published_id, snapshot_ids
from assistant.state import corpus_changed
from assistant.types import QuestionKind
from assistant.vocabulary import load_vocabulary
from assistant.web.app import create_app
from assistant.web.beheer_access import networks
from assistant.web.beheer_insight import bench_html
from assistant.web.beheer_parts import Look
from assistant.web.beheer_texts import SAY
from assistant.written_questions import drafts_file, read_written
from evals.llm.server import llm_server, says

PASSWORD = "vier losse woorden hier"
HERE = ("127.0.0.1", 50_000)
NEW = """---
title: Regeling bijscholing
publisher: Stichting Proef
---
# Regeling bijscholing

De stichting vergoedt per kalenderjaar ten hoogste drie cursusdagen.

De aanvraag wordt vooraf ingediend bij het secretariaat.
"""
WORDS = (
    "aanmelden beoordelen bewaken cijfers dossier examen fietsen geneeskunde huisvesting inschrijven jaarplan kosten "
    "leiding muziek nachtdienst overdracht parkeren quota rooster scholing toetsing uitval verlof werkdruk xeroxen "
    "ypsilon zorgpad antwoord bevlogen cursusgeld"
).split()
HOSTILE = "<img src=x onerror=alert(1)>\"'../"


class Site:
    """The application over a small corpus of its own."""

    def __init__(self, folder: Path, encoder: Encoder, built: Path) -> None:
        self.corpus, self.index = write_files(folder / "corpus", TINY), folder / "index"
        shutil.copytree(built, self.index)
        self.encoder = encoder
        self.failures: list[str] = []
        self.vanished: list[dict[str, str]] = []

    def client(
        self, host: str = "127.0.0.1", peer: tuple[str, int] = HERE, base: str = "http://127.0.0.1", **settings: object
    ) -> TestClient:
        chosen = Settings(corpus=self.corpus, index=self.index, **settings)  # type: ignore[arg-type]
        self.assistant = Assistant(chosen, self.encoder)
        self.bench = Workbench(self.assistant, Tools())
        tools = Tools(self.measure, lambda row: {"id": "feedback-1", **row})
        return TestClient(create_app(self.assistant, host, tools), base_url=base, client=peer, follow_redirects=False)

    def measure(self, before: str | None, after: str, tell: object) -> dict[str, object]:
        change = {
            "id": "e1",
            "question": f"Wat kost {HOSTILE}?",
            "verdict": "worse",
            "before": "200 [1]",
            "after": HOSTILE,
            "quality_before": 1.0,
            "quality_after": 0.0,
        }
        return {"cases": 2, "changes": [change], "vanished": self.vanished, "failures": list(self.failures)}

    def log(self) -> list[str]:
        return [entry.what for entry in Audit(self.index).last()]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    folder = tmp_path_factory.mktemp("beheer")
    build_index(write_files(folder / "corpus", TINY), folder / "index", encoder)
    return folder / "index"


@pytest.fixture
def site(tmp_path: Path, encoder: Encoder, built: Path) -> Site:
    return Site(tmp_path, encoder, built)


def token(page: str) -> str:
    return re.search(r'name="csrf" value="([^"]+)"', page).group(1)  # type: ignore[union-attr]


def sign_in(client: TestClient, name: str = "anna", password: str = PASSWORD) -> int:
    page = client.get("/beheer/aanmelden")
    data = {"csrf": token(page.text), "naam": name, "wachtwoord": password}
    return client.post("/beheer/aanmelden", data=data).status_code


def post(client: TestClient, path: str, where: str = "/beheer", **data: object):
    return client.post(path, data={"csrf": token(client.get(where).text), **data})


def offer(client: TestClient, site: Site, content: bytes | str = NEW, name: str = "regeling.md") -> str:
    raw = content.encode() if isinstance(content, str) else content
    sent = client.post(
        "/beheer/upload", data={"csrf": token(client.get("/beheer").text)}, files={"bestand": (name, raw)}
    )
    assert sent.status_code == 303, sent.text
    path = sent.headers["location"]
    for _ in range(600):
        if client.get(path, params={"stand": "1"}).json()["ready"]:
            return path
        threading.Event().wait(0.05)
    raise AssertionError("the file was not read")


def accept(client: TestClient, site: Site, path: str, action: str = "accepteer", **changed: str):
    client.get(path)  # a program that was started anew begins to read it again
    while not client.get(path, params={"stand": "1"}).json()["ready"]:
        threading.Event().wait(0.05)
    page = client.get(path).text
    values = {m[0]: html.unescape(m[1]) for m in re.findall(r'<input name="(veld-[\w-]+)" value="([^"]*)"', page)}
    text = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL).group(1))  # type: ignore[union-attr]
    chosen = re.search(r'<option value="([^"]*)" selected', page).group(1)  # type: ignore[union-attr]
    data = {"csrf": token(page), "actie": action, "tekst": text, "editie": chosen, **values, **changed}
    return client.post(path, data=data)


def settle(client: TestClient) -> str:
    """The page of the proposal once its candidate has been built."""
    for _ in range(1200):
        if client.get("/beheer/voorstel", params={"stand": "1"}).json()["ready"]:
            return client.get("/beheer/voorstel").text
        threading.Event().wait(0.05)
    raise AssertionError("the candidate was not built")


def candidate(page: str) -> str:
    return re.search(r'name="kandidaat" value="([^"]*)"', page).group(1)  # type: ignore[union-attr]


# Who gets in


def test_without_an_account_it_is_open_on_this_machine_only(site: Site) -> None:
    assert site.client().get("/beheer").status_code == 200
    assert site.client("::1", ("::1", 1), "http://localhost:7860").get("/beheer").status_code == 200
    closed = [
        site.client("0.0.0.0"),
        site.client(""),
        site.client(peer=("10.0.0.9", 1)),
        site.client(base="http://assistent.voorbeeld.nl"),
    ]
    for client in closed:
        for path in ("/beheer", "/beheer/logboek", "/beheer/upload/0123456789abcdef", "/beheer/aanmelden"):
            page = client.get(path)
            assert page.status_code == 403
            assert "assistant account add" in page.text
            assert "set-cookie" not in page.headers
        assert client.post("/beheer/upload", files={"bestand": ("a.md", b"# A")}).status_code == 403
    assert site.client().get("/beheer", headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 403


def test_with_an_account_one_signs_in_everywhere(site: Site) -> None:
    Accounts(site.index).add("anna", PASSWORD)
    client = site.client()
    assert client.get("/beheer").headers["location"] == "/beheer/aanmelden"
    assert sign_in(client, password="een ander wachtwoord") == 401
    assert client.get("/beheer").status_code == 303
    assert sign_in(client) == 303
    page = client.get("/beheer")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert client.post("/beheer/afmelden", data={"csrf": "verkeerd"}).status_code == 403
    assert post(client, "/beheer/afmelden").status_code == 303
    assert client.get("/beheer").status_code == 303
    assert site.log()[::-1] == ["refused", "signed_in", "signed_out"]


def test_the_cookie_is_kept_from_scripts_and_other_sites(site: Site) -> None:
    Accounts(site.index).add("anna", PASSWORD)
    client = site.client(base="https://127.0.0.1")
    page = client.get("/beheer/aanmelden")
    data = {"csrf": token(page.text), "naam": "anna", "wachtwoord": PASSWORD}
    cookies = client.post("/beheer/aanmelden", data=data).headers.get_list("set-cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert {"HttpOnly", "SameSite=strict", "Secure", "Path=/beheer"} <= set(cookie.split("; "))


def test_an_account_that_is_removed_or_gets_another_password_is_out_at_once(site: Site) -> None:
    accounts = Accounts(site.index)
    accounts.add("anna", PASSWORD)
    accounts.add("bert", PASSWORD)
    client = site.client()
    assert sign_in(client) == 303
    accounts.add("anna", PASSWORD + " nieuw")
    assert client.get("/beheer").status_code == 303
    assert sign_in(client, password=PASSWORD + " nieuw") == 303
    accounts.remove("anna")
    assert client.get("/beheer").status_code == 303


def test_guessing_is_stopped_with_a_clear_word(site: Site) -> None:
    Accounts(site.index).add("anna", PASSWORD)
    client = site.client()
    assert [sign_in(client, password=f"verkeerd wachtwoord {n}") for n in range(PER_NAME)] == [401] * PER_NAME
    page = client.get("/beheer/aanmelden")
    refused = client.post("/beheer/aanmelden", data={"csrf": token(page.text), "naam": "anna", "wachtwoord": PASSWORD})
    assert refused.status_code == 429
    assert "Probeer het over 15 minuten" in refused.text
    assert int(refused.headers["retry-after"]) > 800


def test_a_name_of_a_proxy_counts_only_from_that_proxy(site: Site) -> None:
    proxied = {"beheer_header": "X-Remote-User", "beheer_proxies": "10.1.0.0/16"}
    trusted = site.client("0.0.0.0", ("10.1.2.3", 1), "https://assistent.voorbeeld.nl", **proxied)
    assert trusted.get("/beheer").status_code == 403
    page = trusted.get("/beheer", headers={"X-Remote-User": "anna@umc.nl"})
    assert page.status_code == 200
    assert "anna@umc.nl" in page.text
    for peer in (("10.2.0.1", 1), HERE):
        other = site.client("0.0.0.0", peer, "https://assistent.voorbeeld.nl", **proxied)
        assert other.get("/beheer", headers={"X-Remote-User": "anna"}).status_code == 403
    assert site.client(**proxied).get("/beheer").status_code == 403
    with pytest.raises(UsageError, match="beheer_proxies"):
        networks("10.0.0.1, overal")


def test_each_form_needs_its_token(site: Site) -> None:
    client = site.client()
    client.get("/beheer")
    for path in ("upload", "verwijder", "voorstel", "versies", "hiaten", "oordelen/1", "upload/0123456789abcdef"):
        for data in ({}, {"csrf": "x"}, {"csrf": "é"}):
            assert client.post(f"/beheer/{path}", data=data).status_code == 403, path
    good = token(client.get("/beheer").text)
    headers = {"Origin": "https://kwaad.example"}
    assert (
        client.post("/beheer/verwijder", data={"csrf": good, "document": "cursus"}, headers=headers).status_code == 403
    )
    assert not (site.index / "beheer/voorstel").exists()


# The road of a document


def test_a_document_goes_live_through_a_candidate_and_is_rolled_back(site: Site) -> None:
    client = site.client()
    first = published_id(site.index)
    path = offer(client, site)
    page = client.get(path).text
    assert "ten hoogste drie cursusdagen" in page
    assert "gevonden in: het bestand zelf" in page
    assert accept(client, site, path, **{"veld-title": "Regeling bijscholing 2026"}).status_code == 303
    page = settle(client)
    assert "Door de poort" in page
    assert published_id(site.index) == first
    assert not (site.corpus / "regeling-bijscholing-2026.md").exists()
    question = "Hoeveel cursusdagen vergoedt de stichting per kalenderjaar?"
    assert "cursusdagen" not in site.assistant.ask(question).text
    done = post(client, "/beheer/voorstel", "/beheer/voorstel", actie="publiceer", kandidaat=candidate(page))
    assert done.headers["location"] == "/beheer?gedaan=published"
    answered = site.assistant.ask(question)
    assert answered.citations[0].document == "regeling-bijscholing-2026"
    assert "Regeling bijscholing 2026" in client.get("/beheer").text
    assert not corpus_changed(site.corpus, site.index)
    assert next((site.corpus / "originals").iterdir()).name.startswith("regeling-bijscholing-2026-")
    # A new edition takes its place …
    path = offer(client, site, NEW.replace("drie", "vijf"), "regeling-2027.md")
    assert "een nieuwe versie van" in client.get(path).text
    assert accept(client, site, path).status_code == 303
    page = settle(client)
    post(client, "/beheer/voorstel", "/beheer/voorstel", actie="publiceer", kandidaat=candidate(page))
    assert "vijf" in site.assistant.ask(question).text
    assert list((site.corpus / "archive").glob("*.md"))
    # … and is taken away again, with the documents of before.
    latest = published_id(site.index)
    listed = client.get("/beheer/versies").text
    back = re.findall(r'name="versie" value="([^"]+)"', listed)
    assert first in back
    assert post(client, "/beheer/versies", "/beheer/versies", versie=first).headers["location"].endswith("rolled_back")
    assert "cursusdagen" not in site.assistant.ask(question).text
    assert not list(site.corpus.glob("regeling*"))
    assert not list((site.corpus / "archive").glob("*.md"))
    assert not corpus_changed(site.corpus, site.index)
    assert post(client, "/beheer/versies", "/beheer/versies", versie=latest).status_code == 303
    assert "vijf" in site.assistant.ask(question).text
    assert not corpus_changed(site.corpus, site.index)
    log = site.log()
    assert [log.count(what) for what in ("uploaded", "added", "replaced", "published", "rolled_back")] == [
        2,
        1,
        1,
        2,
        2,
    ]
    page = client.get("/beheer/logboek").text
    assert "teruggezet" in page
    assert "lokaal" in page
    assert [line["who"] for line in publications(site.index)] == ["lokaal"] * 4


def test_a_removed_document_leaves_every_part_and_stays_in_the_archive(site: Site) -> None:
    client = site.client()
    post(client, "/beheer/verwijder", document="cursus")
    page = settle(client)
    assert "De cursus kost 200 euro" in page
    assert "Verdwenen citaten" not in page
    post(client, "/beheer/voorstel", "/beheer/voorstel", actie="publiceer", kandidaat=candidate(page))
    assert set(site.assistant.snapshot.documents) == {"nested/visitatie"}
    assert not (site.corpus / "cursus.md").exists()
    (archived,) = (site.corpus / "archive").glob("*.md")
    assert "status: vervangen" in archived.read_text()


def test_a_case_that_loses_its_quote_asks_for_a_tick_and_a_reason(site: Site) -> None:
    client = site.client()
    site.vanished = [{"id": "e2", "document": "cursus", "quote": "De cursus kost 200 euro; de opleider betaalt."}]
    post(client, "/beheer/verwijder", document="cursus")
    page = settle(client)
    assert "Verdwenen citaten in proefvragen (1)" in page
    assert "1 proefvraag verliest haar citaat: e2" in page
    where, known = "/beheer/voorstel", {"actie": "publiceer", "kandidaat": candidate(page)}
    assert post(client, where, where, **known).status_code == 409
    assert post(client, where, where, **known, toch="ja", reden="vervalt").status_code == 303
    assert publications(site.index)[-1]["reason"] == "vervalt"


@pytest.mark.parametrize(("left", "asks"), [(29, False), (22, True)])
def test_an_edition_that_loses_much_asks_for_a_tick_and_a_reason(site: Site, left: int, asks: bool) -> None:
    client = site.client()
    lines = [f"Onderwerp {chr(64 + n)}{n}: {word} staat in artikel {n} beschreven." for n, word in enumerate(WORDS, 1)]
    first = "---\ntitle: Lang reglement\n---\n# Lang reglement\n\n" + "\n\n".join(lines)
    (site.corpus / "lang.md").write_text(first, encoding="utf-8")
    build_index(site.corpus, site.index, site.encoder)
    path = offer(client, site, first.split("\n\n" + lines[left])[0], "lang.md")
    accept(client, site, path)
    page = settle(client)
    assert ("passages verdwijnen, meer dan 25%" in page) is asks
    assert ('name="toch"' in page) is asks
    where, known = "/beheer/voorstel", {"actie": "publiceer", "kandidaat": candidate(page)}
    if asks:
        assert post(client, where, where, **known).status_code == 409
    said = {"toch": "ja", "reden": "ingekort"} if asks else {}
    assert post(client, where, where, **known, **said).status_code == 303


def test_a_failed_gate_asks_for_a_tick_and_a_reason_and_keeps_them(site: Site) -> None:
    client = site.client()
    site.failures = ["de antwoorden zijn slechter"]
    first = published_id(site.index)
    post(client, "/beheer/verwijder", document="cursus")
    page = settle(client)
    assert "de antwoorden zijn slechter" in page
    where, known = "/beheer/voorstel", {"actie": "publiceer", "kandidaat": candidate(page)}
    for data in ({}, {"toch": "ja"}, {"reden": "toch"}, {"toch": "ja", "reden": "  "}):
        refused = post(client, where, where, **known, **data)
        assert refused.status_code == 409
        assert "geef een reden" in refused.text
        assert published_id(site.index) == first
    assert post(client, where, where, **known, toch="ja", reden="De cursus is gestopt").status_code == 303
    assert published_id(site.index) == known["kandidaat"]
    assert publications(site.index)[-1]["gate"] == "failed"
    assert publications(site.index)[-1]["reason"] == "De cursus is gestopt"
    assert "De cursus is gestopt" in client.get("/beheer/logboek").text


def test_a_discarded_proposal_leaves_nothing_behind(site: Site) -> None:
    client = site.client()
    before = sorted(p.relative_to(site.corpus) for p in site.corpus.rglob("*") if not p.name.startswith("."))
    names = snapshot_ids(site.index)
    assert accept(client, site, offer(client, site)).status_code == 303
    page = settle(client)
    assert len(snapshot_ids(site.index)) == 2
    assert (
        post(client, "/beheer/voorstel", "/beheer/voorstel", actie="verwerp", kandidaat=candidate(page)).status_code
        == 303
    )
    assert snapshot_ids(site.index) == names
    assert sorted(p.relative_to(site.corpus) for p in site.corpus.rglob("*") if not p.name.startswith(".")) == before
    assert "geen voorstel" in client.get("/beheer/voorstel").text


def test_two_maintainers_lose_nothing_and_are_told(site: Site) -> None:
    one = site.client()
    first = offer(one, site)
    second = offer(one, site, "# Reisregeling\n\nDe aios krijgt reiskosten vergoed.\n", "reis.md")
    going, measured = threading.Event(), threading.Event()
    measure = site.measure

    def slowly(before: str | None, after: str, tell: object) -> dict[str, object]:
        measured.set()
        going.wait(30)
        return measure(before, after, tell)

    site.measure = slowly  # type: ignore[method-assign]
    client = site.client()
    accept(client, site, first)
    assert measured.wait(60)
    busy = accept(client, site, second)
    assert busy.status_code == 409
    assert "Een andere beheerder is op dit moment bezig" in busy.text
    going.set()
    seen = candidate(settle(client))
    assert accept(client, site, second).status_code == 303
    page = settle(client)
    assert "Regeling bijscholing" in page
    assert "Reisregeling" in page
    stale = post(client, "/beheer/voorstel", "/beheer/voorstel", actie="publiceer", kandidaat=seen)
    assert stale.status_code == 409
    assert "intussen veranderd" in stale.text
    assert len(snapshot_ids(site.index)) == 2


def test_what_changes_outside_beheer_is_not_overwritten(site: Site) -> None:
    client = site.client()
    accept(client, site, offer(client, site))
    seen = candidate(settle(client))
    (site.corpus / "cursus.md").write_text(TINY["cursus.md"].replace("200", "300"))
    where = "/beheer/voorstel"
    refused = post(client, where, where, actie="publiceer", kandidaat=seen)
    assert refused.status_code == 409
    assert "cursus.md is intussen" in refused.text
    assert post(client, where, where, actie="opnieuw", kandidaat=seen).status_code == 303
    page = settle(client)
    assert post(client, where, where, actie="publiceer", kandidaat=candidate(page)).status_code == 303
    assert "300" in site.assistant.snapshot.documents["cursus"].text
    assert "300" in (site.corpus / "cursus.md").read_text()


def test_a_build_that_fails_says_why_and_one_that_was_cut_off_can_be_done_again(site: Site) -> None:
    client = site.client()
    post(client, "/beheer/verwijder", document="cursus")
    page = settle(client)
    post(client, "/beheer/verwijder", document="nested/visitatie")
    page = settle(client)
    assert "Het bouwen is niet gelukt" in page
    assert "geen leesbare Markdown-documenten" in page
    assert "build_failed" in site.log()
    file = site.index / "beheer/voorstel/voorstel.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "stage": "building"}))
    page = client.get("/beheer/voorstel").text
    assert "afgebroken" in page
    assert (
        post(client, "/beheer/voorstel", "/beheer/voorstel", actie="verwerp", kandidaat=candidate(page)).status_code
        == 303
    )
    assert published_id(site.index)


@pytest.mark.parametrize("step", ["bring_originals", "apply", "publish", "record"])
def test_a_crash_at_any_step_of_publishing_is_completed_by_doing_it_again(
    site: Site, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = site.client()
    accept(client, site, offer(client, site))
    where, known = "/beheer/voorstel", {"actie": "publiceer", "kandidaat": candidate(settle(client))}

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    first = published_id(site.index)
    with monkeypatch.context() as broken:
        broken.setattr(f"assistant.beheer.workbench.{step}", crash)
        with pytest.raises(KeyboardInterrupt):
            site.bench.publish(known["kandidaat"], "anna")
    assert published_id(site.index) == (known["kandidaat"] if step == "record" else first)
    assert site.assistant.ask("Wat kost de cursus?").citations
    again = post(site.client(), where, where, **known)
    assert again.status_code == 303, again.text
    assert published_id(site.index) == known["kandidaat"]
    assert (site.corpus / "regeling-bijscholing.md").is_file()
    assert not corpus_changed(site.corpus, site.index)
    assert post(client, "/beheer/versies", "/beheer/versies", versie=first).status_code == 303
    assert not (site.corpus / "regeling-bijscholing.md").exists()
    assert not corpus_changed(site.corpus, site.index)


def test_a_version_that_readers_could_not_open_is_not_put_to_use(site: Site) -> None:
    client = site.client()
    first = published_id(site.index)
    post(client, "/beheer/verwijder", document="cursus")
    where, known = "/beheer/voorstel", {"actie": "publiceer", "kandidaat": candidate(settle(client))}
    shutil.move(site.index / known["kandidaat"], site.index / "weg")
    refused = post(client, where, where, **known)
    assert refused.status_code == 409
    assert "opgeruimd" in refused.text
    shutil.move(site.index / "weg", site.index / known["kandidaat"])
    assert post(client, where, where, **known).status_code == 303
    manifest = site.index / first / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "encoder_fingerprint": "anders"}))
    assert "Niet te gebruiken" in client.get("/beheer/versies").text
    assert post(client, "/beheer/versies", versie=first).status_code == 409
    assert published_id(site.index) == known["kandidaat"]
    assert not (site.corpus / "cursus.md").exists()


def test_a_preview_that_is_out_of_date_is_read_again_and_keeps_the_corrections(site: Site) -> None:
    client = site.client()
    text = TINY["cursus.md"].replace("200", "250")
    path = offer(client, site, text, "cursus.md")
    accept(client, site, offer(client, site, TINY["cursus.md"].replace("200", "225"), "cursus-2.md"))
    settle(client)
    refused = accept(client, site, path, **{"veld-contact": "secretariaat"})
    assert refused.status_code == 409
    assert "intussen gewijzigd" in refused.text
    assert accept(client, site, path, "opnieuw").status_code == 303
    assert accept(client, site, path).status_code == 303
    page = settle(client)
    staged = (site.index / "beheer/voorstel/corpus/cursus.md").read_text()
    assert "250 euro" in staged
    assert "contact: secretariaat" in staged
    assert page.count("nieuwe versie</span>") == 2


def test_a_file_that_is_too_large_is_not_kept(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    client = site.client()
    monkeypatch.setattr("assistant.beheer.uploads.MAX_FILE", 1_000_000)
    data = {"csrf": token(client.get("/beheer").text)}
    sent = client.post("/beheer/upload", data=data, files={"bestand": ("groot.pdf", b"x" * 1_000_001)})
    assert sent.status_code == 409
    assert "is groter dan 1 MB" in sent.text
    assert not list((site.index / "beheer/uploads").iterdir())


@pytest.mark.parametrize("installed", [True, False])
def test_without_evals_the_gate_says_that_nothing_was_measured(site: Site, installed: bool) -> None:
    def measure(before: str | None, after: str, tell: object) -> dict[str, object]:
        raise FailedError("De vragen van de evals zijn hier niet geïnstalleerd.")

    site.measure = measure if installed else None  # type: ignore[method-assign,assignment]
    client = site.client()
    post(client, "/beheer/verwijder", document="cursus")
    page = settle(client)
    assert "De antwoorden zijn niet gemeten." in page
    assert ("niet geïnstalleerd" in page) == installed
    where = "/beheer/voorstel"
    assert post(client, where, where, actie="publiceer", kandidaat=candidate(page)).status_code == 303
    assert publications(site.index)[-1]["gate"] == "none"


def test_the_command_line_lends_the_real_evals(site: Site) -> None:
    tools = index_commands.tools(Settings(corpus=site.corpus, index=site.index))
    assert tools.draft is not None
    assert tools.measure is not None
    quote = {"document": "cursus", "quote": "De cursus kost 200 euro; de opleider betaalt."}
    draft = tools.draft({"question": "Wat kost de cursus?", "note": "200 euro", "citations": [quote]})
    assert draft["gold"] == [quote]
    assert draft["answerable"]
    with pytest.raises(FailedError, match="geen evalvraag"):
        tools.draft({"question": "Wat kost de cursus?", "citations": [{**quote, "quote": "Dit staat er niet."}]})
    measured = tools.measure(None, published_id(site.index) or "", lambda done, total: None)
    assert measured["failures"]  # the questions of the evals are about other documents
    assert measured["cases"] == 0


# Hostile and broken files


def test_a_file_that_cannot_be_read_says_why_and_the_others_go_on(site: Site) -> None:
    client = site.client()
    word = io.BytesIO()
    document = WordDocument()
    document.add_heading("Verlofregeling", 1)
    document.add_paragraph("De aios neemt verlof op.")
    document.save(word)
    files = [
        ("bestand", ("leeg.pdf", b"")),
        ("bestand", ("stuk.docx", b"PK\x03\x04stuk")),
        ("bestand", ("goed.docx", word.getvalue())),
    ]
    sent = client.post("/beheer/upload", data={"csrf": token(client.get("/beheer").text)}, files=files)
    assert sent.headers["location"] == "/beheer"
    for _ in range(600):
        page = client.get("/beheer").text
        if "wordt gelezen" not in page:
            break
        threading.Event().wait(0.05)
    assert "leeg.pdf: is leeg" in page
    assert "stuk.docx: " in page
    good = re.search(r'href="(/beheer/upload/[0-9a-f]+)">goed\.docx', page)
    assert good
    assert "De aios neemt verlof op." in client.get(good.group(1)).text


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd.md", "<img src=x onerror=alert(1)>.md", "a\x00b\n.md", "é" * 300 + ".md", "..", ".md"]
)
def test_a_hostile_name_stays_a_name(site: Site, name: str) -> None:
    client = site.client()
    path = offer(client, site, NEW, name)
    page = client.get(path).text
    assert "<img" not in page
    assert "\x00" not in page
    inside = {
        p.relative_to(site.index / "beheer/uploads").parts[1]
        for p in (site.index / "beheer/uploads").rglob("*.*")
        if p.is_file()
    }
    assert all(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9]+)?", one) for one in inside)


def test_what_documents_and_people_say_stays_text(site: Site) -> None:
    client = site.client()
    path = offer(client, site, f"# Kop {HOSTILE}\n\nTekst {HOSTILE} <script>alert(2)</script>\n")
    accept(client, site, path, "bewaar", **{"veld-publisher": HOSTILE, "veld-title": HOSTILE})
    pages = [client.get(path).text]
    accept(client, site, path)
    pages += [settle(client)]
    number = Feedback(site.index).record(Verdict("down", HOSTILE, "answered", HOSTILE, remark=HOSTILE))
    for address in ("/beheer", "/beheer/logboek", "/beheer/oordelen", f"/beheer/oordelen/{number}", "/beheer/versies"):
        pages.append(client.get(address).text)
    pages.append(client.get("/beheer/zoekbank", params={"vraag": HOSTILE}).text)
    for page in pages:
        assert "<img" not in page
        assert "alert(2)</script>" not in page


@pytest.mark.parametrize(
    "path",
    [
        "/beheer/../accounts.json",
        "/beheer/upload/..%2f..%2faccounts",
        "/beheer/oordelen/x",
        "/beheer/upload/zzz",
        "/beheer/x/y",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(site: Site, path: str) -> None:
    answer = site.client().get(path)
    assert answer.status_code == 404
    assert "hash" not in answer.text


def test_too_many_files_and_no_file_are_said(site: Site) -> None:
    client = site.client()
    good = token(client.get("/beheer").text)
    many = client.post(
        "/beheer/upload", data={"csrf": good}, files=[("bestand", (f"{n}.md", b"# A")) for n in range(25)]
    )
    assert "hooguit 20 bestanden" in many.text
    none = client.post("/beheer/upload", data={"csrf": good}, files={"bestand": ("", b"")})
    assert "Kies eerst een bestand" in none.text
    assert not list((site.index / "beheer").glob("uploads/*"))


# What readers ask and think


def test_a_verdict_becomes_a_draft_that_is_kept(site: Site) -> None:
    client = site.client()
    number = Feedback(site.index).record(Verdict("down", "Wat kost de cursus?", "answered", "…", reasons=("wrong",)))
    assert "Wat kost de cursus?" in client.get("/beheer/oordelen").text
    path = f"/beheer/oordelen/{number}"
    page = client.get(path).text
    assert "De cursus kost 200 euro" in page
    assert " checked" not in page  # the reader did not call it useful
    made = client.post(path, data={"csrf": token(page), "bewijs": "0", "noot": "200 euro"})
    assert made.status_code == 200
    (draft,) = map(json.loads, (site.index / "beheer/evalvragen.jsonl").read_text().splitlines())
    assert draft["citations"] == [{"document": "cursus", "quote": "De cursus kost 200 euro; de opleider betaalt."}]
    assert draft["note"] == "200 euro"


def test_what_a_useful_answer_cites_is_ticked_beforehand(site: Site) -> None:
    client = site.client()
    number = Feedback(site.index).record(Verdict("up", "Wat kost de cursus?", "answered", "…"))
    page = client.get(f"/beheer/oordelen/{number}").text
    assert re.search(r'value="0" checked><span>.*?De cursus kost 200 euro', page, re.DOTALL)
    assert page.count(" checked") < page.count('name="bewijs"')


def test_gaps_are_kept_only_where_that_is_switched_on(site: Site) -> None:
    client = site.client()
    site.assistant.ask("Hoe laat opent het zwembad van Pietersen?")
    assert "Vragen worden niet bewaard" in client.get("/beheer/hiaten").text
    assert not (site.index / "beheer/questions.sqlite3").exists()
    client = site.client(keep_questions_days=14)
    said = client.post("/api/ask", json={"question": "Hoe laat opent het zwembad van Pietersen?"}).json()["status"]
    page = client.get("/beheer/hiaten").text
    assert "Hoe laat opent het zwembad van [naam]?" in page
    assert {"not_found": "geen antwoord", "answered": "twijfel"}[said] in page
    assert post(client, "/beheer/hiaten", "/beheer/hiaten").status_code == 303
    assert "zwembad" not in client.get("/beheer/hiaten").text


def test_the_bench_shows_terms_that_add_up_to_the_score(site: Site) -> None:
    page = site.client().get("/beheer/zoekbank", params={"vraag": "Wat kost de cursus?"}).text
    hits = page.split('<ol class="hits">')[1].split("<li>")[1:]
    first = hits[0]
    for hit in hits:
        score = float(re.search(r"<strong>([-\d.]+)</strong>", hit).group(1))  # type: ignore[union-attr]
        terms = [float(value) for value in re.findall(r"</i>([+-][\d.]+)</td>", hit)]
        assert sum(terms) == pytest.approx(score, abs=0.006)
    assert "De cursus kost 200 euro" in first


def test_every_term_of_a_score_has_words() -> None:
    assert {f"term_{name}" for name in DEFAULT} <= SAY["nl"].keys()


def test_whatever_a_question_is_understood_as_has_words() -> None:
    assert {f"kind_{kind}" for kind in get_args(QuestionKind)} <= SAY["nl"].keys()
    assert {f"expects_{kind}" for kind, _ in ASKED} <= SAY["nl"].keys()


def test_the_bench_tells_in_the_readers_words_how_a_question_was_understood(real_assistant: Assistant) -> None:
    vocabulary = real_assistant.vocabulary
    text = "Wat is het verschil tussen de COC en de Raad van Bestuur bij het opleidingsklimaat?"
    understood = understand(text, vocabulary, real_assistant.snapshot.lexical.correct, None, [])
    page = bench_html(text, understood, [], {}, vocabulary, Look("nl"))
    shown = re.findall(r"<dd>(.*?)</dd>", page)
    assert shown[:3] == ["vergelijking", "COC, Raad van Bestuur", "Opleidingsklimaat"]


def test_every_page_speaks_english_when_asked(site: Site) -> None:
    client = site.client(keep_questions_days=5)
    for path in ("", "/voorstel", "/versies", "/oordelen", "/hiaten", "/zoekbank", "/logboek"):
        page = client.get(f"/beheer{path}", params={"taal": "en"})
        assert page.status_code == 200
        assert '<html lang="en">' in page.text
        assert "Maintenance" in page.text


# What is left lying


def test_an_offered_file_expires_and_one_that_is_worked_on_does_not(site: Site) -> None:
    client = site.client()
    path, other = offer(client, site), offer(client, site, NEW.replace("drie", "vier"), "andere.md")
    accept(client, site, other, "bewaar", **{"veld-title": "Bewaard"})
    uploads = Uploads(site.index, lambda: site.corpus)
    (uploads.folder / "0123456789abcdef").mkdir()
    os.utime(uploads.folder / path.rsplit("/", 1)[-1] / "upload.json", (1, time() - 31 * 86_400))
    tidy(site.bench, uploads)
    assert [upload.id for upload in uploads.all()] == [other.rsplit("/", 1)[-1]]
    assert (uploads.folder / "0123456789abcdef").is_dir()  # perhaps just being received
    assert site.log()[0] == "expired"
    tidy(site.bench, uploads, time() + 2 * 86_400)
    assert [path.name for path in uploads.folder.iterdir()] == [other.rsplit("/", 1)[-1]]
    tidy(site.bench, uploads, time() + 31 * 86_400)
    assert uploads.all() == []


def test_a_proposal_expires_but_what_was_accepted_is_offered_again_and_stays(site: Site) -> None:
    client = site.client()
    first = published_id(site.index)
    accept(client, site, offer(client, site), **{"veld-title": "Regeling 2026"})
    built = candidate(settle(client))
    post(client, "/beheer/verwijder", document="cursus")
    settle(client)
    uploads = Uploads(site.index, lambda: site.bench.stage)
    tidy(site.bench, uploads, time() + 89 * 86_400)
    assert site.bench.proposal()
    tidy(site.bench, uploads, time() + 91 * 86_400)
    assert site.bench.proposal() is None
    assert snapshot_ids(site.index) == [first] and built not in snapshot_ids(site.index)
    assert (site.corpus / "cursus.md").is_file()
    (upload,) = uploads.all()
    assert upload.accepted
    tidy(site.bench, uploads, time() + 999 * 86_400)
    assert uploads.all() == [upload]
    path = f"/beheer/upload/{upload.id}"
    accept(client, site, path)
    page = settle(client)
    assert "Regeling 2026" in page
    assert post(
        client, "/beheer/voorstel", "/beheer/voorstel", actie="publiceer", kandidaat=candidate(page)
    ).is_redirect
    assert "Regeling 2026" in {document.title for document in site.assistant.snapshot.documents.values()}


def test_questions_of_a_proposal_that_expires_are_drafts_again_and_no_file_is_offered(site: Site) -> None:
    client = site.client()
    accept(client, site, offer(client, site))
    known = {"actie": "publiceer", "kandidaat": candidate(settle(client))}
    assert post(client, "/beheer/voorstel", "/beheer/voorstel", **known).status_code == 303
    (document,) = (d for d in current(site.corpus) if d.original)
    path = f"/beheer/vragen/{document.id}"
    name = re.findall(r'name="(vraag-[^"]+)"', client.get(path).text)[0]
    assert post(client, path, actie="opnemen", **{name: "Hoe duur is het?"}).status_code == 303
    settle(client)
    uploads = Uploads(site.index, lambda: site.bench.stage)
    tidy(site.bench, uploads, time() + 91 * 86_400)
    assert site.bench.proposal() is None and uploads.all() == []
    assert [row.questions for row in read_written(drafts_file(site.index, document.id))] == [("Hoe duur is het?",)]
    assert "Hoe duur is het?" in client.get(path).text


# Questions and abbreviations


def test_questions_are_written_or_drafted_reviewed_and_published(site: Site) -> None:
    client = site.client()
    assert "Er is geen taalmodel ingesteld" in client.get("/beheer/vragen/cursus").text
    with llm_server(says("NL: Hoe duur is de cursus?\nNL: Wie betaalt de cursus?\nEN: What does it cost?")) as model:
        client = site.client(llm_base_url=model.url, llm_model="klein")
        page = client.get("/beheer/vragen/cursus").text
        names = re.findall(r'name="(vraag-[^"]+)"', page)
        assert len(names) == 5
        assert model.url in page
        assert post(client, "/beheer/vragen/cursus", actie="opstellen").status_code == 303
        for _ in range(600):
            if client.get("/beheer/vragen/cursus", params={"stand": "1"}).json()["ready"]:
                break
            threading.Event().wait(0.05)
        assert len(model.requests) == 5
    page = client.get("/beheer/vragen/cursus").text
    assert page.count("EN: What does it cost?") == 5
    assert "Hoe duur" not in str(site.assistant.snapshot.questions)
    reviewed = {names[0]: "Hoe prijzig is dit?\n\nEN: How pricey is it?", names[1]: " \n"}
    assert post(client, "/beheer/vragen/cursus", actie="opnemen", **reviewed).status_code == 303
    page = settle(client)
    assert "questions" not in [path.name for path in site.corpus.iterdir()]
    known = {"actie": "publiceer", "kandidaat": candidate(page)}
    assert post(client, "/beheer/voorstel", "/beheer/voorstel", **known).status_code == 303
    bank = (site.corpus / "questions/cursus-nagekeken.yaml").read_text()
    assert "Hoe prijzig is dit?" in bank and "Hoe duur" not in bank
    assert "Hoe prijzig is dit?" in str(site.assistant.snapshot.questions)
    page = client.get("/beheer/vragen/cursus").text
    assert len(re.findall(r'name="vraag-', page)) == 4
    assert page.count("EN: What does it cost?") == 3, "drafts that were not on the form go on waiting"
    assert (
        post(client, "/beheer/vragen/cursus", actie="opnemen", **dict.fromkeys(names[1:3], "Wie?")).status_code == 303
    )
    settle(client)
    assert len(read_written(drafts_file(site.index, "cursus"))) == 2
    log = [what for what in site.log() if what in {"bank", "drafted", "published"}]
    assert log == ["bank", "published", "bank", "drafted"]


def test_nothing_written_or_ticked_changes_nothing(site: Site) -> None:
    client = site.client()
    assert post(client, "/beheer/vragen/cursus", actie="opnemen").status_code == 409
    assert post(client, "/beheer/vragen/cursus", actie="afkortingen", afkorting="COC").status_code == 409
    assert post(client, "/beheer/vragen/cursus", actie="opstellen").status_code == 409
    assert client.get("/beheer/vragen/nergens").status_code == 404
    assert "drafted" not in site.log(), "what was refused did not happen"
    assert site.bench.proposal() is None


def test_an_abbreviation_of_a_new_document_is_taken_over_when_ticked(site: Site) -> None:
    client = site.client()
    path = offer(client, site, NEW + "\nDe Commissie Dagen Verlof (CDV) en de Raad voor Tucht (RVT) adviseren.\n")
    assert "Commissie Dagen Verlof" in client.get(path).text.split("Afkortingen die de tekst uitlegt")[1]
    accept(client, site, path, afkorting="CDV")
    page = settle(client)
    known = {"actie": "publiceer", "kandidaat": candidate(page)}
    assert post(client, "/beheer/voorstel", "/beheer/voorstel", **known).status_code == 303
    words = load_vocabulary(site.corpus / "vocabulary.yaml").abbreviations
    assert words["cdv"] == ("Commissie Dagen Verlof",) and "rvt" not in words
    path = next(
        link for link in re.findall(r'href="(/beheer/vragen/[^"?]+)"', client.get("/beheer").text) if "reg" in link
    )
    page = client.get(path).text
    assert "staat al in de woordenlijst" in page and 'value="RVT"' in page
    assert post(client, path, actie="afkortingen", afkorting="RVT").status_code == 303
    settle(client)
    assert [change.what for change in site.bench.proposal().changes] == ["terms"]

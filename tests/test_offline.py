"""The whole flow with the network refused: nothing is fetched, and there is no cache of a model hub to fall back on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from support import ROOT, TINY, write_files

# Every connection and every name outside this machine is refused, whichever library asks for it.
FLOW = """
import json, socket, sys
from pathlib import Path

tried = []
LOCAL = {"127.0.0.1", "::1", "localhost", "0.0.0.0", "::", "", None}

def refuse(name, host):
    if host not in LOCAL:
        tried.append(f"{name} {host}")
        raise OSError(f"no network in this test: {name} {host}")

real_connect, real_connect_ex, real_sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto
real_getaddrinfo = socket.getaddrinfo

class Guarded(socket.socket):
    def connect(self, address):
        if self.family != socket.AF_UNIX: refuse("connect", address[0])
        return real_connect(self, address)
    def connect_ex(self, address):
        if self.family != socket.AF_UNIX: refuse("connect", address[0])
        return real_connect_ex(self, address)
    def sendto(self, data, *rest):
        if self.family != socket.AF_UNIX: refuse("sendto", rest[-1][0])
        return real_sendto(self, data, *rest)

socket.socket = Guarded

def getaddrinfo(host, *rest, **named):
    refuse("getaddrinfo", host)
    return real_getaddrinfo(host, *rest, **named)

socket.getaddrinfo = getaddrinfo
for name in ("gethostbyname", "gethostbyname_ex"):
    real = getattr(socket, name)
    setattr(socket, name, lambda host, real=real, name=name: (refuse(name, host), real(host))[1])

try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
except OSError:
    pass
assert tried == ["getaddrinfo 192.0.2.1"], tried  # the guard works
tried.clear()

corpus, index = map(Path, sys.argv[1:])
from assistant import Assistant, Settings
from assistant.build import build_index
from assistant.embed import load_encoder
build_index(corpus, index, load_encoder())
assistant = Assistant.open(Settings(corpus=corpus, index=index))
hits = assistant.search("Hoe vaak bezoekt de visitatiecommissie de opleiding?")
answer = assistant.ask("Wat kost de cursus?")
from assistant.web import create_app
app = create_app(assistant)
from fastapi.testclient import TestClient
with TestClient(app, base_url="http://127.0.0.1") as client:
    page = client.get("/")
print(json.dumps({"tried": tried, "hit": hits[0].passage.quote, "status": answer.status, "page": page.status_code,
                  "outside": sorted(set(__import__("re").findall(r'(?:src|href)="(https?://[^"]+)"', page.text)))}))
"""


def test_the_whole_flow_needs_no_network_and_no_hub(tmp_path: Path) -> None:
    # A long paragraph, so that llama-index's splitter, with its tokenizer files, is part of it.
    long = "De aios bespreekt de voortgang met de opleider. " * 20
    corpus = write_files(tmp_path / "corpus", {**TINY, "lang.md": f"# Lang\n\n{long}\n"})
    empty = tmp_path / "leeg"
    empty.mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "VIRTUAL_ENV") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", FLOW, corpus, tmp_path / "index"],
        env={**kept, "HOME": str(empty), "HF_HOME": str(empty), "XDG_CACHE_HOME": str(empty), "TMPDIR": str(tmp_path),
             "PYTHONPATH": str(ROOT)},
        cwd=empty,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["tried"] == []
    assert "elke vijf jaar" in result["hit"]
    assert (result["status"], result["page"]) == ("answered", 200)
    assert result["outside"] == []
    fetched = [
        p
        for p in empty.rglob("*")
        if p.is_file() and p.suffix in {".bin", ".safetensors", ".onnx", ".tiktoken", ".zip"}
    ]
    assert fetched == []

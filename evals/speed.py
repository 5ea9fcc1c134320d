"""Speed and memory beside the LlamaIndex starter, in the same run: python -m evals.speed [--rounds 3] [--json FILE].

Every system runs in processes of its own, in turn, so that what else the machine does falls on both:

- warm: seconds a question, over dev questions, in a process that has opened its index;
- cold: wall-clock seconds of one process that starts, answers one question and ends (`assistant ask`; the starter keeps
  no index on disk, so its process also makes one, as its quick start does);
- memory: peak resident megabytes, of `assistant chat` after answering over HTTP, and of the starter's process.

The starter only retrieves: no answer, no refusal, no citation. Needs the extra `peers`.
"""

from __future__ import annotations

import argparse
import json
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median

import numpy as np

from evals.cases import FOLDER, load_cases

SYSTEMS = ("product", "starter")
QUESTIONS, CHATTED = 200, 40
CORPUS = FOLDER.parent / "corpus"
COLD = "Wat zijn de taken van de COC voor het opleidingsklimaat?"
PROGRAM = str(Path(sys.executable).with_name("assistant"))
Figures = dict[str, float]


def main() -> None:
    """Measure in turn and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--worker", choices=SYSTEMS, help=argparse.SUPPRESS)
    parser.add_argument("--questions", type=int, default=QUESTIONS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(warm(options.worker, options.questions)))
        return
    rounds: dict[str, list[Figures]] = {system: [] for system in SYSTEMS}
    for _ in range(options.rounds):
        for system in SYSTEMS:
            rounds[system].append(measured(system))
    figures = {
        system: {name: median(found[name] for found in of_system) for name in of_system[0]}
        for system, of_system in rounds.items()
    }
    show(figures, options.rounds)
    if options.json:
        options.json.write_text(json.dumps(rounds, indent=1), encoding="utf-8")


def questions(count: int) -> list[str]:
    """So many dev questions, spread over the set."""
    from assistant import read_corpus

    documents = {document.id: document for document in read_corpus(CORPUS)[0]}
    texts = [case.question for case in load_cases(FOLDER / "dev.jsonl", documents) if not case.history]
    return texts[:: max(1, len(texts) // count)][:count]


def warm(system: str, count: int) -> Figures:
    """Seconds a question and peak memory of this process."""
    ask = opened(system)
    asked = questions(count)
    ask(asked[0])
    seconds = []
    for question in asked:
        started = time.perf_counter()
        ask(question)
        seconds.append(time.perf_counter() - started)
    peak = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    return {"median": float(np.median(seconds)), "p95": float(np.quantile(seconds, 0.95)), "memory": peak}


def opened(system: str) -> Callable[[str], object]:
    """A system ready to be asked."""
    if system == "product":
        from assistant import Assistant

        return Assistant.open(corpus=CORPUS, index=FOLDER.parent / "index").ask
    from assistant.embed import load_encoder
    from evals.peers import load_peer

    peer = load_peer("llamaindex", CORPUS, load_encoder())
    return lambda question: peer.search(question, 5)


def measured(system: str) -> Figures:
    """One round for one system: warm and cold, each in processes of their own."""
    worker = [sys.executable, "-m", "evals.speed", "--worker", system]
    found: Figures = json.loads(run(worker).splitlines()[-1])
    started = time.perf_counter()
    run([PROGRAM, "ask", COLD] if system == "product" else [*worker, "--questions", "1"])
    found["cold"] = time.perf_counter() - started
    if system == "product":
        found["memory"] = chat_memory()
    return found


def run(command: Sequence[str]) -> str:
    """Run a command in the root of the repository and give what it printed."""
    done = subprocess.run(command, cwd=FOLDER.parent, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


def chat_memory() -> float:
    """Peak resident megabytes of `assistant chat` that has served its page and answered over HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [PROGRAM, "chat", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=FOLDER.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as chat:
        try:
            assert chat.stdout is not None
            address = next(found.group() for line in chat.stdout if (found := re.search(r"http://[^/\s]+/", line)))
            urllib.request.urlopen(address, timeout=60).read()
            for question in questions(CHATTED):
                body = json.dumps({"question": question}).encode()
                request = urllib.request.Request(f"{address}api/ask", body, {"Content-Type": "application/json"})
                urllib.request.urlopen(request, timeout=60).read()
            status = Path(f"/proc/{chat.pid}/status").read_text(encoding="ascii")
        finally:
            chat.terminate()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def show(figures: dict[str, Figures], rounds: int) -> None:
    """Print the figures and their ratio."""
    print(f"median of {rounds} rounds, in turn{'':22} product    starter   product / starter")
    for name, label, scale, unit in (
        ("median", "warm, median a question", 1000, "ms"),
        ("p95", "warm, 95 of 100 within", 1000, "ms"),
        ("cold", "cold, one question as a process", 1, "s"),
        ("memory", "peak memory (chat; starter's process)", 1, "MB"),
    ):
        own, other = (figures[system][name] * scale for system in SYSTEMS)
        print(f"{label:45} {own:8.1f} {unit:2} {other:8.1f} {unit:2} {own / other:10.2f}")


if __name__ == "__main__":
    main()

"""Builds an index in forked children and kills, or starves, each at one point. Started by test_faults.py.

    python fault_driver.py PLAN.json

PLAN has `corpus` and `runs`, a list of
{"index": folder, "kill": [function, "before" | "after"] | null, "limit": bytes | null}.
Writes, per run, the signal and exit code of the child as a JSON list to standard output.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

import assistant.build
import assistant.lexical
import assistant.snapshot
import assistant.store
from assistant.build import build_index
from assistant.embed import Encoder, load_encoder
from assistant.errors import AssistantError

PLACES: dict[str, tuple[Any, str]] = {
    **{name: (assistant.build, name) for name in (
        "corpus_state", "remove_unfinished", "load_bank", "new_id", "vectors_of", "write_passages", "create_store",
        "_verify", "settle", "publish", "prune")},
    "save": (assistant.lexical.LexicalIndex, "save"),
    "rename": (Path, "rename"),
    "replace": (Path, "replace"),
}  # fmt: skip


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def deadly(owner: Any, name: str, when: str) -> None:
    real = getattr(owner, name)

    def dying(*arguments: Any, **named: Any) -> None:
        if when == "after":
            real(*arguments, **named)
        die()

    setattr(owner, name, dying)


def child(corpus: str, run: dict[str, Any], encoder: Encoder) -> int:
    if run["kill"]:
        name, when = run["kill"]
        deadly(*PLACES[name], when)
    if run["limit"]:
        # The system refuses every write beyond this size, as a full disk does; it cannot be asked for nicely.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (run["limit"], run["limit"]))
    try:
        build_index(Path(corpus), Path(run["index"]), encoder)
    except AssistantError as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        return error.exit_code
    return 0


def main() -> None:
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    encoder = load_encoder()
    ends = []
    for run in plan["runs"]:
        process = os.fork()
        if process == 0:
            try:
                code = child(plan["corpus"], run, encoder)
            except BaseException as error:
                sys.stderr.write(f"Traceback: {error!r}\n")
                sys.stderr.flush()
                code = 99
            os._exit(code)
        _, status = os.waitpid(process, 0)
        ends.append([os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, os.waitstatus_to_exitcode(status)])
    sys.stdout.write(json.dumps(ends))


if __name__ == "__main__":
    main()

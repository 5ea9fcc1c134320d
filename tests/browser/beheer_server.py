"""The real server for the run-through of a maintainer: a small corpus, an account, and a gate of a few questions."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from assistant.answer import parts_of
from assistant.assistant import Assistant
from assistant.beheer.accounts import Accounts
from assistant.beheer.tools import Tools
from assistant.build import build_index
from assistant.embed import load_encoder
from assistant.settings import Settings
from assistant.snapshot import open_snapshot
from assistant.web.app import serve
from evals.effect import measure_effect


def main(corpus, index, cases, port, name, password):
    """Build, make the account, and serve until the process is ended."""
    settings = Settings(corpus=Path(corpus), index=Path(index), mode="quote")
    encoder = load_encoder()
    build_index(settings.corpus, settings.index, encoder)
    Accounts(settings.index).add(name, password)

    def parts(snapshot):
        return parts_of(open_snapshot(settings.index / snapshot, encoder), encoder, settings.corpus)

    def measure(before, after, tell):
        effect = measure_effect(parts(before), parts(after), path=Path(cases), tell=tell)
        return json.loads(json.dumps(asdict(effect)))

    serve(Assistant.open(settings), "127.0.0.1", int(port), tools=Tools(measure))


if __name__ == "__main__":
    main(*sys.argv[1:])

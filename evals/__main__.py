"""`python -m evals …` is `assistant eval …`."""

from __future__ import annotations

import sys

from assistant.cli import main

sys.exit(main(["eval", *sys.argv[1:]]))

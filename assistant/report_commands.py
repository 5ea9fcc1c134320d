"""`assistant doctor`, `check` and `feedback`: whether all that answering needs is there, and what readers said."""

from __future__ import annotations

import argparse
import dataclasses

from assistant.output import print_json, say
from assistant.settings import Settings


def doctor(options: argparse.Namespace, settings: Settings) -> int:
    """Look at everything that answering needs; exit code 1 when something is wrong."""
    from assistant.doctor import examine

    findings = examine(settings)
    for finding in findings:
        say(f"{'ok ' if finding.good else '!  '} {finding.what}: {finding.found}")
    return 0 if all(finding.good for finding in findings) else 1


def check(options: argparse.Namespace, settings: Settings) -> int:
    """Look at documents, vocabulary and question bank; exit code 1 when there is something to mend."""
    from assistant.check import check_corpus

    problems, summary = check_corpus(settings.corpus)
    for line in summary:
        say(line)
    for problem in problems:
        say(f"! {' '.join(str(problem).split())}")
    say(f"{len(problems)} opmerking(en)." if problems else "Alles in orde.")
    return 1 if problems else 0


def feedback(options: argparse.Namespace, settings: Settings) -> int:
    """Show what readers thought of answers.

    Raises:
        FailedError: what is kept cannot be read.
    """
    from assistant.feedback import Feedback, line_of

    verdicts = Feedback(settings.index).all()
    if options.json:
        print_json([dataclasses.asdict(verdict) for verdict in verdicts])
    else:
        for verdict in verdicts:
            say(line_of(verdict))
        say(f"{len(verdicts)} oordeel(en).")
    return 0

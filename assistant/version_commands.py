"""`assistant snapshots`, `publish` and `rollback`: the kept versions of the index, and which one is in use."""

from __future__ import annotations

import argparse

from assistant.errors import IndexMismatch, IndexMissing, UsageError
from assistant.output import say
from assistant.settings import Settings


def snapshots(options: argparse.Namespace, settings: Settings) -> int:
    """List the kept versions, the one in use marked.

    Raises:
        IndexMissing: there are none.
    """
    from assistant.snapshot import published_id, read_manifest, snapshot_ids

    names = snapshot_ids(settings.index)
    if not names:
        raise IndexMissing(f"Er is nog geen index in {settings.index}. Maak hem met: assistant index")
    for name in names:
        mark = "*" if name == published_id(settings.index) else " "
        try:
            manifest = read_manifest(settings.index / name)
        except IndexMismatch:
            say(f"{mark} {name}  onbruikbaar: beschadigd of van een andere versie van dit programma")
            continue
        say(f"{mark} {name}  {manifest.created}  {manifest.documents} documenten, {manifest.passages} passages")
    return 0


def publish(options: argparse.Namespace, settings: Settings) -> int:
    """Put a kept version to use.

    Raises:
        UsageError: there is no such version.
        IndexMismatch: it is damaged, or of another format.
        FailedError: it did not pass the gate and no reason was given.
    """
    from assistant import snapshot
    from assistant.publication import check_gate, record

    if options.id not in snapshot.snapshot_ids(settings.index):
        raise UsageError(f"Er is geen versie {options.id}. Bekijk ze met: assistant snapshots")
    snapshot.read_manifest(settings.index / options.id)
    gate = check_gate(settings.index, options.id, options.past_gate)
    snapshot.publish(settings.index, options.id)
    record(settings.index, options.id, gate, options.past_gate)
    say(f"In gebruik: {options.id}")
    return 0


def rollback(options: argparse.Namespace, settings: Settings) -> int:
    """Put the version before the one in use to use; a candidate that the gate stopped and nobody published is none.

    Raises:
        UsageError: there is none.
    """
    from assistant.publication import failures_of, publications
    from assistant.snapshot import published_id, snapshot_ids

    current = published_id(settings.index)
    used = {line["snapshot"] for line in publications(settings.index)}
    earlier = [name for name in snapshot_ids(settings.index) if current is None or name < current]
    fit = (name for name in reversed(earlier) if name in used or not failures_of(settings.index, name))
    options.id, options.past_gate = next(fit, None), "terug naar de vorige versie"
    if options.id is None:
        raise UsageError("Er is geen eerdere versie om naar terug te gaan. Bekijk ze met: assistant snapshots")
    return publish(options, settings)

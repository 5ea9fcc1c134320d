"""Runs a parser in a child process with limits on memory, processor time, output and wall time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from assistant.convert.blocks import Converted, from_json
from assistant.convert.sniff import Source
from assistant.errors import ConversionError

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. A hundred pages full of text take some 20 s of processor time and 90 MB."""

    memory: int = 1_500_000_000
    cpu_seconds: int = 240
    wall_seconds: int = 600
    output: int = 100_000_000


def parse(source: Source, limits: Limits | None = None, *, ocr: bool = True) -> Converted:
    """Parse a sniffed file in a child process.

    Args:
        source: from `sniff`.
        limits: what the child may use.
        ocr: read scans with OCR where it is installed.

    Raises:
        ConversionError: the parser refuses the file, or ran into a limit; the child is gone in either case.
    """
    limits = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="assistant-add-") as folder:
        out = Path(folder) / "out.json"
        job = {
            "kind": source.kind,
            "path": str(source.path.resolve()),
            "name": source.name,
            "out": str(out),
            "memory": limits.memory,
            "cpu": limits.cpu_seconds,
            "output": limits.output,
            "ocr": ocr,
        }
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(_ROOT),
            "TMPDIR": folder,
            "HOME": folder,
            "LANG": "C.UTF-8",
            # One thread each: the threads of a numeric library would eat the address space that is allowed.
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_THREAD_LIMIT": "1",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "assistant.convert.worker", json.dumps(job)],
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            code = process.wait(timeout=limits.wall_seconds)
        except subprocess.TimeoutExpired as error:
            raise ConversionError(
                f"{source.name}: lezen duurde langer dan {limits.wall_seconds} seconden en is gestopt. Splits het "
                f"document of sla het opnieuw op."
            ) from error
        finally:
            _end(process)
        return _result(source.name, out, code, limits)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it started; it leads a process group of its own."""
    if process.poll() is None:
        os.killpg(process.pid, 9)
        process.wait()


def _result(name: str, out: Path, code: int, limits: Limits) -> Converted:
    if code in {-24, -9, 152, 137}:
        raise ConversionError(
            f"{name}: lezen kostte meer dan {limits.cpu_seconds} seconden rekentijd en is gestopt. Splits het "
            f"document of sla het opnieuw op."
        )
    try:
        data = json.loads(out.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConversionError(
            f"{name}: is beschadigd of te ingewikkeld; het lezen is afgebroken. Sla het document opnieuw op."
        ) from error
    if "error" in data:
        raise ConversionError(f"{name}: {data['error']}")
    return from_json(data)

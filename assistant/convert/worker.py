"""The child process: sets its own limits, parses one file, writes JSON. Nothing here runs in the assistant itself."""

from __future__ import annotations

import json
import logging
import resource
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from assistant.convert.blocks import Converted, to_json
from assistant.errors import ConversionError

_TOO_MUCH = "vraagt te veel geheugen om te lezen en is gestopt. Splits het document of sla het opnieuw op."
_BROKEN = "is beschadigd en kan niet worden gelezen ({}). Haal het opnieuw op of sla het opnieuw op."

# XML_ERR_NO_MEMORY of libxml2
_XML_NO_MEMORY = 2


def _no_network(*_: object, **__: object) -> NoReturn:
    raise OSError("a parser has no network")


def _limit(job: dict[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (job["cpu"], job["cpu"] + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (job["output"], job["output"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    socket.socket = _no_network  # type: ignore[misc,assignment]
    logging.disable(logging.CRITICAL)


def _parse(job: dict[str, Any]) -> Converted:
    """Each parser is imported only when its format comes by: a child that reads text loads no PDF library."""
    path = Path(job["path"])
    if job["kind"] == "pdf":
        from assistant.convert.pdf import read_pdf

        return read_pdf(path, ocr=job["ocr"])
    if job["kind"] == "docx":
        from assistant.convert.docx import read_docx

        return read_docx(path)
    if job["kind"] == "html":
        from assistant.convert.html import read_html

        return read_html(path.read_bytes())
    if job["kind"] == "image":
        from assistant.convert.pdf import read_image

        return read_image(path)
    from assistant.convert.text import read_markdown, read_text

    return read_markdown(path.read_bytes()) if job["kind"] == "markdown" else read_text(path.read_bytes())


def _memory(error: Exception) -> bool:
    """Whether a library ran out of memory; libxml2 only gives a number for it."""
    return "memory" in f"{error!r} {error.__cause__!r}".lower() or (
        type(error).__name__ == "XMLSyntaxError" and getattr(error, "code", None) == _XML_NO_MEMORY
    )


def main() -> int:
    """Run the job given as JSON; every outcome is written as JSON, so that the parent never has to guess."""
    job = json.loads(sys.argv[1])
    _limit(job)
    try:
        result: dict[str, Any] = to_json(_parse(job))
    except ConversionError as error:
        result = {"error": str(error)}
    except (MemoryError, RecursionError):
        result = {"error": _TOO_MUCH}
    except Exception as error:
        # The border to the parsers: whatever they raise on a hostile file is a broken document to the maintainer.
        result = {"error": _TOO_MUCH if _memory(error) else _BROKEN.format(type(error).__name__)}
    Path(job["out"]).write_text(json.dumps(result), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Drafts of eval cases that maintainers made of feedback, in a file beside the index."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.beheer.accounts import FOLDER
from assistant.errors import FailedError

FILE = "evalvragen.jsonl"


def keep_draft(index: Path, draft: Mapping[str, Any]) -> Path:
    """Add a draft; gives the file.

    Raises:
        FailedError: it cannot be written.
    """
    path = index / FOLDER / FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(json.dumps(draft, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise FailedError(f"{path} kan niet worden geschreven ({error.strerror}).") from error
    return path

"""Who may maintain: names with argon2 hashes, in one file beside the index."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from datetime import UTC, datetime
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assistant.errors import FailedError, UsageError
from assistant.filing import write_whole

FOLDER = "beheer"
SHORTEST, LONGEST = 12, 200
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
_HASHER = PasswordHasher()
# A hash takes 64 MB of memory; as many sign-ins at once as this are worked on, the others wait.
_AT_ONCE = threading.BoundedSemaphore(2)
# Unknown names are compared with this one, so that they take as long as known ones.
_NOBODY = _HASHER.hash("geen wachtwoord van iemand")


class Accounts:
    """The file of accounts; each call reads it anew, so that the command line and the app see the same."""

    def __init__(self, index: Path) -> None:
        """`index` is the folder of the index."""
        self.path = index / FOLDER / "accounts.json"

    def names(self) -> list[str]:
        """Everyone who has an account.

        Raises:
            FailedError: the file is there but cannot be read; then nobody may be let in.
        """
        return sorted(self._read())

    def add(self, name: str, password: str) -> None:
        """Make an account, or give an existing one another password.

        Raises:
            UsageError: the name or password will not do.
            FailedError: the file cannot be written.
        """
        name = name.strip().lower()
        if not _NAME.fullmatch(name):
            raise UsageError("Een naam bestaat uit letters, cijfers, punt, streepje of @, hooguit 64 tekens.")
        if not SHORTEST <= len(password) <= LONGEST:
            raise UsageError(f"Een wachtwoord heeft {SHORTEST} tot {LONGEST} tekens. Neem bijvoorbeeld vier woorden.")
        made = datetime.now(UTC).isoformat(timespec="seconds")
        self._write({**self._read(), name: {"hash": _HASHER.hash(password), "made": made}})

    def remove(self, name: str) -> None:
        """Take an account away.

        Raises:
            UsageError: there is none.
        """
        known = self._read()
        if known.pop(name.strip().lower(), None) is None:
            raise UsageError(f"Er is geen account {name}. Bekijk ze met: assistant account list")
        self._write(known)

    def verify(self, name: str, password: str) -> bool:
        """Whether this is the password of this account; takes as long for a name that is not there."""
        entry = self._read().get(name.strip().lower())
        with _AT_ONCE:
            try:
                _HASHER.verify(entry["hash"] if entry else _NOBODY, password[:LONGEST])
            except (VerificationError, InvalidHashError):
                return False
        return entry is not None

    def mark(self, name: str) -> str:
        """Changes when the password of an account does; '' when there is no such account."""
        entry = self._read().get(name)
        return hashlib.sha256(entry["hash"].encode()).hexdigest() if entry else ""

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            raw = json.loads(self.path.read_text(encoding="utf-8"))
            return {str(name): {"hash": str(entry["hash"]), **entry} for name, entry in raw.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise FailedError(
                f"De accounts in {self.path} zijn niet leesbaar ({error}). Herstel of verwijder dat bestand en maak "
                "de accounts opnieuw met: assistant account add NAAM"
            ) from error

    def _write(self, known: dict[str, dict[str, str]]) -> None:
        try:
            write_whole(self.path, json.dumps(known, ensure_ascii=False, indent=1))
            self.path.chmod(0o600)
        except OSError as error:
            raise FailedError(f"{self.path} kan niet worden geschreven ({error.strerror}).") from error

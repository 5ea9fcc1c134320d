"""What a reader can say he is: roles of the vocabulary file, each a name for one of its actors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.entries import Entry
from assistant.errors import VocabularyError


@dataclass(frozen=True, slots=True)
class Role:
    """A role to choose: questions asked in it are asked as `actor`."""

    id: str
    actor: str
    label: str
    label_en: str = ""


def role_of(actor: Entry) -> Role:
    """An actor as a role of its own."""
    return Role(actor.id, actor.id, actor.label, actor.label_en)


def read_roles(file: str, raw: object, actors: Mapping[str, Entry]) -> dict[str, Role]:
    """The roles to choose from, in the file's order: those that it lists, else its actors.

    Raises:
        VocabularyError: naming the role that is not as it should be.
    """
    if raw is None:
        return {name: role_of(actor) for name, actor in actors.items()}
    if not isinstance(raw, list):
        raise VocabularyError(f"{file}: 'roles' moet een lijst zijn.")
    roles: dict[str, Role] = {}
    for number, item in enumerate(raw, 1):
        name = item.get("id") if isinstance(item, dict) else None
        if not isinstance(name, str) or not name.strip() or name in roles:
            raise VocabularyError(f"{file}: 'roles' nummer {number} mist een 'id' van zichzelf.")
        actor = actors.get(str(item.get("actor") or name))
        if actor is None:
            raise VocabularyError(f"{file}: 'roles' › {name}: 'actor' moet de id van een van de actors zijn.")
        label, label_en = item.get("label") or actor.label, item.get("label_en") or actor.label_en
        roles[name] = Role(name, actor.id, str(label), str(label_en))
    return roles

"""One tree of errors, each with the exit code that the command line gives."""

from __future__ import annotations

import inspect

import pytest

from assistant import errors
from assistant.errors import AssistantError, FailedError, UsageError

ALL = [value for _, value in inspect.getmembers(errors, inspect.isclass) if issubclass(value, Exception)]


def test_every_error_is_in_the_tree_and_in_its_picture() -> None:
    for error in ALL:
        assert issubclass(error, AssistantError)
        assert error.__name__ in str(errors.__doc__)
        assert error.__doc__


@pytest.mark.parametrize("error", ALL)
def test_the_exit_code_follows_from_whose_fault_it_is(error: type[AssistantError]) -> None:
    assert error("x").exit_code == (2 if issubclass(error, UsageError) else 1)
    assert error is AssistantError or issubclass(error, UsageError) != issubclass(error, FailedError)

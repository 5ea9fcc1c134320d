"""What can go wrong, as one tree; every message says in Dutch what to do next.

AssistantError
├── UsageError            the request itself is wrong (exit 2)
│   └── QuestionError     an empty or far too long question, an unknown actor
└── FailedError           the request is fine, the work failed (exit 1)
    ├── CorpusError       a corpus folder or one of its files cannot be used
    ├── ConversionError   a file cannot be turned into a document of the corpus
    ├── VocabularyError   corpus/vocabulary.yaml is not valid
    ├── IndexMissing      no published snapshot
    ├── IndexMismatch     a snapshot made by another format, encoder or setting
    ├── IndexBusy         another process is building
    ├── EncoderError      the sentence encoder cannot be loaded
    ├── PromptError       a prompt file is missing, or its variables are not those that the code fills in
    └── ModelError        the language model gave nothing usable: `reason` says what kind of failure it was
"""


class AssistantError(Exception):
    """Base of every error the assistant raises on purpose; its text is fit to show to a user."""

    exit_code = 1


class UsageError(AssistantError):
    """The request itself is wrong."""

    exit_code = 2


class QuestionError(UsageError):
    """The question cannot be answered as it was put: empty, too long, or with an unknown actor."""


class FailedError(AssistantError):
    """The request is fine, but the work failed."""


class CorpusError(FailedError):
    """A corpus folder or file that cannot be read."""


class ConversionError(FailedError):
    """A file that cannot be turned into a document; the message says why and what to do."""


class VocabularyError(FailedError):
    """The vocabulary file is not valid; the message names the entry."""


class IndexMissing(FailedError):
    """There is no published snapshot in the index folder."""


class IndexMismatch(FailedError):
    """The snapshot was made by another format, encoder or setting than the one in use."""


class IndexBusy(FailedError):
    """Another process holds the lock of the index folder."""


class EncoderError(FailedError):
    """The sentence encoder cannot be loaded."""


class PromptError(FailedError):
    """A prompt file is missing or its variables are wrong; the message names file and variable."""


class ModelError(FailedError):
    """The language model gave nothing usable. `reason` is one word for logs; the text holds no part of a reply."""

    def __init__(self, message: str, reason: str = "unknown") -> None:
        super().__init__(message)
        self.reason = reason

"""Every exception of the engine, in one tree.

OrchestratorError
├── ProjectError            content is wrong: all mistakes at once, no traceback, exit 2
├── SettingsError           a setting is missing or contradicts another
├── MissingDependencyError  an optional package is absent
├── ModelError              a model or encoder failed
│   ├── ModelCallFailed     one call of one model came to nothing; says whether and when to try again
│   ├── ModelRefused        the endpoint refuses the request itself: the same call will never succeed there
│   ├── ModelInterrupted    it broke off after text was delivered; never tried again
│   ├── ModelUnavailable    no model answers: the embedded brain goes on
│   └── ModelBudgetSpent    a limit of calls, tokens, seconds or money is reached
├── IdentityError           a token or proof of identity is not valid
├── ConversationError       a request about a conversation cannot be met
│   ├── MessageRefused      the message itself is not acceptable
│   └── ConversationNotFound
└── ToolError               a tool could not do it: its text goes to the model, never to the customer
    └── ToolRefused         a business rule says no, by a code that replies have words for
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


class OrchestratorError(Exception):
    """The root of every error the engine raises on purpose."""


@dataclass(frozen=True, kw_only=True, order=True)
class Mistake:
    """One thing wrong in a project's content, with the place and the remedy."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


class ProjectError(OrchestratorError):
    """A project cannot be used; carries every mistake found, sorted by place."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class SettingsError(OrchestratorError):
    """A setting is missing, malformed or contradicts another."""


class MissingDependencyError(OrchestratorError):
    """An optional package is absent; the text names what to install."""

    def __init__(self, package: str, purpose: str, remedy: str) -> None:
        super().__init__(f"{purpose} needs the package {package!r}, which is not installed. {remedy}")


class ModelError(OrchestratorError):
    """A model or encoder failed; `retryable` says whether the same call may succeed later."""

    def __init__(self, text: str, *, retryable: bool = False) -> None:
        super().__init__(text)
        self.retryable = retryable


class ModelCallFailed(ModelError):
    """One call of one model came to nothing, before any text was delivered.

    Args:
        status: The HTTP status; 0 when there was none.
        retry_after: Seconds the endpoint asks to wait; None when it does not say.
        is_timeout: It was silent too long, so that trying the same model again would be too late.
    """

    def __init__(
        self, text: str, *, status: int = 0, retryable: bool = True, retry_after: float | None = None, is_timeout: bool = False
    ) -> None:
        super().__init__(text, retryable=retryable)
        self.status = status
        self.retry_after = retry_after
        self.is_timeout = is_timeout


class ModelRefused(ModelError):
    """The endpoint refuses the request itself; `code` is its own word for why (`context_length_exceeded`, `invalid_api_key`)."""

    def __init__(self, text: str, *, status: int = 0, code: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.code = code


class ModelInterrupted(ModelError):
    """The model broke off after text was delivered; `said` is what came until then."""

    def __init__(self, text: str, *, said: str) -> None:
        super().__init__(text)
        self.said = said


class ModelUnavailable(ModelError):
    """No model of the list answers and no text was delivered; the text names each one's reason."""

    def __init__(self, text: str) -> None:
        super().__init__(text, retryable=True)


BudgetScope = Literal["turn", "conversation", "day"]
BudgetKind = Literal["calls", "tool_calls", "tokens", "seconds", "money"]


class ModelBudgetSpent(ModelError):
    """A limit is reached: nothing more may be asked within its scope."""

    def __init__(self, scope: BudgetScope, kind: BudgetKind, limit: object) -> None:
        super().__init__(f"the {scope}'s limit of {limit} model {kind.replace('_', ' ')} is reached")
        self.scope: BudgetScope = scope
        self.kind: BudgetKind = kind


class IdentityError(OrchestratorError):
    """A token or another proof of identity is not valid."""


class Rehearsed(OrchestratorError):
    """A rehearsal of a turn has come to where something would change, and ends there."""


class ConversationError(OrchestratorError):
    """A request about a conversation cannot be met."""


class MessageRefused(ConversationError):
    """The message is not acceptable as sent; nothing was stored."""


class ConversationNotFound(ConversationError):
    """No such conversation for this caller; foreign and missing ones look alike."""


class ToolError(OrchestratorError):
    """A tool could not do its work. The text is for the model and the log, never for the customer."""


class ToolRefused(ToolError):
    """A business rule says no.

    Args:
        code: One of the tool's declared `refusals`; the reply texts have words for it.
        facts: What the reply text may name (dates, amounts, names).
    """

    def __init__(self, code: str, /, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

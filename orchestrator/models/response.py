"""What a model has answered, whole; it is written to the turn journal before anybody acts on it."""

from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue, TypeAdapter, ValidationError

from orchestrator.errors import ModelError
from orchestrator.models.messages import AssistantMessage, ToolCall

FinishReason = Literal["stop", "tool_calls", "length", "filtered", "refused"]


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Tokens; `cached` is the part of `prompt` that the provider had cached. An estimate where the endpoint does not report it."""

    prompt: int = 0
    completion: int = 0
    cached: int = 0
    is_estimate: bool = False

    @property
    def total(self) -> int:
        """Prompt and completion."""
        return self.prompt + self.completion

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            prompt=self.prompt + other.prompt,
            completion=self.completion + other.completion,
            cached=self.cached + other.cached,
            is_estimate=self.is_estimate or other.is_estimate,
        )


@dataclass(frozen=True, kw_only=True)
class ModelResponse:
    """A whole answer. `first_token` and `seconds` are counted from the beginning of the call, retries not included."""

    model: str
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    reason: FinishReason = "stop"
    usage: Usage = Usage()
    refusal: str = ""
    id: str = ""
    first_token: float = 0.0
    seconds: float = 0.0

    def message(self) -> AssistantMessage:
        """The answer as part of what is said next time."""
        return AssistantMessage(text=self.text, calls=self.calls)

    def answer(self) -> dict[str, JsonValue]:
        """The structured answer of a request that asked for one.

        Raises:
            ModelError: The text is not a JSON object.
        """
        try:
            found = _JSON.validate_json(self.text)
        except ValidationError as error:
            raise ModelError(f"{self.model} did not answer in JSON: {self.text[:80]!r}", retryable=True) from error
        return found

    def to_json(self) -> str:
        """One line of JSON."""
        return _RESPONSE.dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> "ModelResponse":
        """The response that `to_json` wrote.

        Raises:
            ModelError: It is not one.
        """
        try:
            return _RESPONSE.validate_json(text)
        except ValidationError as error:
            raise ModelError(f"not a model response: {text[:80]!r}") from error


_RESPONSE = TypeAdapter(ModelResponse)
_JSON = TypeAdapter(dict[str, JsonValue])

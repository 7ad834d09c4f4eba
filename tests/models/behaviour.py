"""How the test endpoint behaves on one request: what it says, how fast, and how it fails."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Fault = Literal["", "reset", "silence", "no_done", "error"]


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """One scripted answer.

    Args:
        when: A regular expression searched in the last message; empty for any.
        times: How often it answers before the next of the script does; 0 for ever.
        text, calls, refusal: What is said; `calls` are pairs of a tool and its arguments (a text is sent as it is).
        status, headers, body: An HTTP answer other than a stream; `body` is sent as it is.
        first_token_ms, token_ms: Latencies before the first piece and between pieces.
        fault: What happens after `fault_after` pieces: the connection breaks, falls silent, ends without `[DONE]`, or reports an error.
    """

    when: str = ""
    times: int = 1
    text: str = ""
    calls: Sequence[tuple[str, Mapping[str, Any] | str]] = ()
    refusal: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: str = ""
    first_token_ms: float = 0
    token_ms: float = 0
    fault: Fault = ""
    fault_after: int = 0
    finish: str = ""
    usage: bool = True
    cached: int = 0

    def to_json(self) -> Json:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Json) -> "Behaviour":
        return cls(**data)

    def fits(self, request: Json) -> bool:
        """Whether it answers this request."""
        messages: list[Json] = request.get("messages", [])
        last = messages[-1].get("content") if messages else ""
        return bool(re.search(self.when, str(last or ""), re.IGNORECASE))

    def deltas(self) -> list[Json]:
        """The deltas of the stream: text by words, calls by name and then arguments in halves."""
        found: list[Json] = [{"content": word} for word in re.findall(r"\S+\s*", self.text)]
        if self.refusal:
            found.append({"refusal": self.refusal})
        for index, (tool, arguments) in enumerate(self.calls):
            raw = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
            half = len(raw) // 2
            head: Json = {"index": index, "id": f"call_{index}", "type": "function", "function": {"name": tool, "arguments": ""}}
            found.append({"tool_calls": [head]})
            found.extend({"tool_calls": [{"index": index, "function": {"arguments": part}}]} for part in (raw[:half], raw[half:]))
        return found

    @property
    def reason(self) -> str:
        """The finish reason it reports."""
        return self.finish or ("tool_calls" if self.calls else "stop")

    def counted(self, request: Json) -> Json:
        """The usage it reports: characters over four."""
        prompt = len(json.dumps(request.get("messages", []), ensure_ascii=False)) // 4
        completion = len(self.deltas())
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": self.cached},
        }

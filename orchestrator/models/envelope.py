"""The structured answer while it is being written: its reply as far as it is there, and its calls in the end."""

import json
from collections.abc import Mapping
from typing import cast

import jiter

from orchestrator.errors import ModelCallFailed


class Envelope:
    """Reads `{"calls": […], "reply": "…"}` piece by piece.

    A server that pays no heed to the form answers in plain words: they are the reply then. A code fence around the object is overlooked.
    """

    def __init__(self) -> None:
        self._text = ""
        self._is_plain = False
        self._calls: list[tuple[str, str]] = []
        self.reply = ""

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Tool and arguments (as JSON) of each call; known at the end."""
        return self._calls

    def push(self, piece: str) -> str:
        """What the piece adds to the reply."""
        self._text += piece
        begin = self._text.lstrip()
        if not begin or "```json".startswith(begin):
            return ""
        if not self._is_plain and not begin.startswith(("{", "```")):
            self._is_plain = True
        return self._grown(self._text.lstrip() if self._is_plain else self._partial())

    def end(self, *, is_cut: bool) -> str:
        """What the end adds to the reply.

        Args:
            is_cut: The answer reached its length limit, so that an unfinished object is no wonder.

        Raises:
            ModelCallFailed: It is neither of the form agreed nor plain words.
        """
        if self._is_plain:
            return ""
        try:
            data = json.loads(_unfenced(self._text))
        except (ValueError, RecursionError) as error:
            if is_cut:
                return ""
            raise ModelCallFailed(f"the answer is not of the form agreed: {self._text[:80]!r}") from error
        if not isinstance(data, dict):
            raise ModelCallFailed(f"the answer is not of the form agreed: {self._text[:80]!r}")
        whole = cast("dict[str, object]", data)
        self._calls = _calls_of(whole.get("calls"))
        if self._calls:
            return ""
        rest = self._grown(_reply_of(whole))
        if not self.reply.strip():
            raise ModelCallFailed("the answer is empty")
        return rest

    def _partial(self) -> str:
        try:
            data = jiter.from_json(_unfenced(self._text).encode("utf-8", "replace"), partial_mode="trailing-strings")
        except ValueError:
            return self.reply
        whole = cast("dict[str, object]", data) if isinstance(data, dict) else {}
        return self.reply if whole.get("calls") else _reply_of(whole)

    def _grown(self, reply: str) -> str:
        rest = reply[len(self.reply) :]
        self.reply += rest
        return rest


def _reply_of(data: Mapping[str, object]) -> str:
    reply = data.get("reply")
    return reply if isinstance(reply, str) else ""


def _calls_of(calls: object) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for call in cast("list[object]", calls) if isinstance(calls, list) else []:
        entry = cast("dict[str, object]", call) if isinstance(call, dict) else {}
        given = entry.get("arguments")
        arguments = cast("dict[str, object]", given) if isinstance(given, dict) else {}
        # An optional argument that is not given is null here.
        known = {name: value for name, value in arguments.items() if value is not None}
        found.append((str(entry.get("tool") or ""), json.dumps(known, ensure_ascii=False)))
    return found


def _unfenced(text: str) -> str:
    begin = text.strip()
    if not begin.startswith("```"):
        return begin
    return begin.partition("\n")[2].removesuffix("```").strip()

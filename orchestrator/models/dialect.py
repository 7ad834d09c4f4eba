"""Which parameters an endpoint takes: names differ between models and servers, and are learnt from their refusals."""

import re
from typing import Any

from orchestrator.models.request import ModelRequest

_QUOTED = re.compile(r"['\"`]([a-z_]+)(?:\.[a-z_.]+)?['\"`]")
_UNKNOWN = re.compile(r"unsupported|not supported|unknown|unrecogni[sz]ed|not permitted|unexpected|extra (inputs|fields)", re.IGNORECASE)
OPTIONAL = ("temperature", "seed", "stream_options", "parallel_tool_calls")
LIMITS = ("max_completion_tokens", "max_tokens")


class Dialect:
    """The parameters of one model at one endpoint.

    It begins with what most understand; a refusal (400, 422) that names a parameter changes its name or leaves it out from then on.
    """

    def __init__(self, *, is_openai: bool) -> None:
        self._limit = LIMITS[0] if is_openai else LIMITS[1]
        self._left_out = set[str]()
        self._renamed = False

    def parameters(self, request: ModelRequest) -> dict[str, Any]:
        """The optional parameters of a request, as this endpoint wants them."""
        wanted = {
            self._limit: request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed,
            "stream_options": {"include_usage": True},
        }
        return {name: value for name, value in wanted.items() if value is not None and name not in self._left_out}

    def learn(self, message: str, parameter: str = "") -> bool:
        """Whether a refusal has taught something, so that the same request may be sent again in other words."""
        quoted = _QUOTED.search(message)
        named = parameter.partition(".")[0] or (quoted[1] if quoted else "")
        if not parameter and not _UNKNOWN.search(message):
            return False
        if named == self._limit and not self._renamed:
            self._limit = next(name for name in LIMITS if name != self._limit)
            self._renamed = True
            return True
        if named in OPTIONAL and named not in self._left_out:
            self._left_out.add(named)
            return True
        return False

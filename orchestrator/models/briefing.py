"""What a model is told in a turn: the part that stays (style, agent, tone) first, then the conversation, then what is true just now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from orchestrator.conversation import Message
from orchestrator.models.messages import AssistantMessage, ChatMessage, SystemMessage, UserMessage
from orchestrator.models.tokens import count, cut
from orchestrator.project.replies import sandbox


@dataclass(frozen=True, kw_only=True)
class Shares:
    """How many tokens each part of a prompt may take. The sum bounds the prompt, however long the conversation is."""

    history: int = 360
    message: int = 120
    passages: int = 320
    facts: int = 80
    cases: int = 80
    packet: int = 80
    summary: int = 120
    looked_up: int = 300
    request: int = 1200


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What is true in this turn: lists of short lines, the most important first. `passages` are numbered from 1 for citing."""

    today: str
    language: str
    customer: str = ""
    facts: Sequence[str] = ()
    cases: Sequence[str] = ()
    packet: str = ""
    summary: str = ""
    looked_up: Sequence[str] = ()
    passages: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Prompted:
    """The texts of one agent: what stays over all turns, and the template of what does not."""

    texts: tuple[str, ...]
    turn: str
    variables: Mapping[str, object] = field(default_factory=dict[str, object])

    def standing(self) -> str:
        """The part that stays."""
        return "\n\n".join(_rendered(text, **self.variables) for text in self.texts)


def briefing(prompted: Prompted, scene: Scene, history: Sequence[Message], request: str, shares: Shares | None = None) -> list[ChatMessage]:
    """The messages of a call.

    Args:
        prompted: Whose texts.
        scene: What is true now; parts beyond their share are left out, the last first.
        history: Earlier messages, oldest first; the newest that fit their share are kept.
        request: What the customer has just said, which `history` does not hold.
        shares: Tokens per part.
    """
    limits = shares or Shares()
    now = _rendered(
        prompted.turn,
        today=scene.today,
        language=scene.language,
        customer=scene.customer,
        facts=_fitting(scene.facts, limits.facts),
        cases=_fitting(scene.cases, limits.cases),
        packet=cut(scene.packet, limits.packet),
        summary=cut(scene.summary, limits.summary),
        looked_up=_fitting(scene.looked_up, limits.looked_up),
        passages=_fitting(scene.passages, limits.passages),
        request=cut(request, limits.request),
    )
    return [SystemMessage(text=prompted.standing()), *_window(history, limits), UserMessage(text=now)]


def passages_told(scene: Scene, shares: Shares | None = None) -> int:
    """How many of the passages a model is shown: those that may be cited."""
    return len(_fitting(scene.passages, (shares or Shares()).passages))


def _window(history: Sequence[Message], limits: Shares) -> list[ChatMessage]:
    """The newest messages within their share, beginning with the customer's; one side's messages in a row become one."""
    kept: list[tuple[str, str]] = []
    left = limits.history
    for message in reversed([message for message in history if message.role != "system" and message.text]):
        text = cut(message.text, limits.message)
        left -= count(text)
        if left < 0:
            break
        kept.insert(0, ("user" if message.role == "customer" else "assistant", text))
    while kept and kept[0][0] == "assistant":
        kept.pop(0)
    joined: list[tuple[str, str]] = []
    for side, text in kept:
        if joined and joined[-1][0] == side:
            joined[-1] = (side, f"{joined[-1][1]}\n{text}")
        else:
            joined.append((side, text))
    return [UserMessage(text=text) if side == "user" else AssistantMessage(text=text) for side, text in joined]


def _fitting(lines: Sequence[str], share: int) -> list[str]:
    """The first lines that fit; the first is cut to fit rather than left out."""
    kept: list[str] = []
    for line in lines:
        left = share - sum(count(known) for known in kept)
        if kept and count(line) > left:
            break
        kept.append(cut(line, max(left, 1)))
    return kept


def _rendered(text: str, **variables: object) -> str:
    return _compiled(text).render(variables).strip()


@lru_cache(maxsize=256)
def _compiled(text: str):
    return sandbox().from_string(text)

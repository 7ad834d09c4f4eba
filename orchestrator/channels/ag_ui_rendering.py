"""A reply as AG-UI 1.0 events: text, who has the floor, tools, state, and what the protocol has no event for as CUSTOM."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from orchestrator.channels.web_chat import frame
from orchestrator.conversation import Choice, Citation, Message
from orchestrator.events import (
    AgentSelected,
    ChoicesOffered,
    Cited,
    Escalated,
    Event,
    HumanReplied,
    IntentDetected,
    TextDelta,
    ToolCalled,
    TurnCompleted,
    TurnStarted,
)

PROTOCOL = "1.0"
HUMAN = "human"
CONFIRMATION: dict[str, object] = {
    "type": "object",
    "properties": {"approved": {"type": "boolean"}},
    "required": ["approved"],
}
"""What answers a confirmation."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a page's thread, and what it begins with.

    `state` is how the conversation stands; `patches` says that the page's state is an object of its own, which is added to instead of
    replaced. `interrupts`: the page answers confirmations by `resume`. `url` is the conversation's, `site` where the help centre is seen
    from outside. `sorry` is said when the answer could not be stored.
    """

    thread_id: str
    run_id: str
    state: dict[str, str] = field(default_factory=dict[str, str])
    patches: bool = False
    interrupts: bool = False
    url: str = ""
    site: str = ""
    sorry: str = ""


class AgUi:
    """The `Rendering` of one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._state = dict(run.state)
        self._turn = run.run_id
        self._agent = ""
        self._floors = 0
        self._tools = 0
        self._message = ""
        self._text = ""
        self._citations: list[Citation] = []
        self._interrupt: dict[str, object] | None = None

    def opening(self) -> Iterable[bytes]:
        """The run starts, and the page learns how the conversation stands."""
        yield self._frame("RUN_STARTED", threadId=self._run.thread_id, runId=self._run.run_id, protocolVersion=PROTOCOL)
        if self._run.patches:
            yield self._frame("STATE_DELTA", delta=[_patch("add", name, value) for name, value in self._state.items()])
        else:
            yield self._frame("STATE_SNAPSHOT", snapshot=self._state)

    def transcript(self, messages: Iterable[Message]) -> Iterable[bytes]:
        """All that was said, for a page that comes back."""
        shown = [_shown(message) for message in messages if message.role != "system"]
        if shown:
            yield self._frame("MESSAGES_SNAPSHOT", messages=shown)

    def event(self, event: Event) -> Iterable[bytes]:
        """What a page sees of an event."""
        match event:
            case TextDelta():
                return self._said(event.message_id, event.agent, event.text)
            case HumanReplied():
                return [*self._said(event.message_id, HUMAN, event.text), *self._silence()]
            case Cited():
                self._citations.append(event.citation)
                return ()
            case ChoicesOffered():
                return [*self._silence(), *self._choices(event)]
            case _:
                return self._done(event)

    def filler(self, text: str) -> Iterable[bytes]:
        """Nobody waits with a telephone in hand."""
        del text
        return ()

    def closing(self) -> Iterable[bytes]:
        """All that is open is finished, then the run."""
        yield from self._ended()
        outcome: dict[str, object] = {"outcome": {"type": "interrupt", "interrupts": [self._interrupt]}} if self._interrupt else {}
        yield self._frame("RUN_FINISHED", threadId=self._run.thread_id, runId=self._run.run_id, **outcome)

    def failure(self) -> Iterable[bytes]:
        """The run has failed; the message is kept."""
        yield from self._ended()
        yield self._frame("RUN_ERROR", message=self._run.sorry, code="not_stored")

    def _done(self, event: Event) -> Iterable[bytes]:
        match event:
            case TurnStarted():
                self._turn = event.turn_id
                return ()
            case IntentDetected() | TurnCompleted():
                return self._changed(language=event.language)
            case AgentSelected():
                return [*self._silence(), *self._floor(event.agent)]
            case ToolCalled():
                return [*self._silence(), *self._tool(event)]
            case Escalated():
                value = {"to": HUMAN, "reason": event.reason, "desk": "filrouge", "ticket_id": event.ticket_id}
                handoff = self._frame("CUSTOM", name="handoff", value={**value, "conversation_url": self._run.url})
                return [*self._silence(), handoff, *self._changed(owner=HUMAN)]
            case _:
                return ()

    def _said(self, message_id: str, name: str, text: str) -> Iterable[bytes]:
        if not text:
            return
        if message_id != self._message:
            yield from self._silence()
            self._message, self._text = message_id, ""
            named = {"name": name} if name else {}
            yield self._frame("TEXT_MESSAGE_START", messageId=message_id, role="assistant", **named)
        self._text += text
        yield self._frame("TEXT_MESSAGE_CONTENT", messageId=message_id, delta=text)

    def _silence(self) -> Iterable[bytes]:
        """Ends the open message, with what it leans on."""
        if self._message:
            yield self._frame("TEXT_MESSAGE_END", messageId=self._message)
        if self._citations:
            site = self._run.site.rstrip("/")
            cited = [{"title": one.title, "heading": one.heading, "url": f"{site}{one.url}"} for one in self._citations]
            yield self._frame("CUSTOM", name="citations", value={"message_id": self._message, "citations": cited})
        self._message, self._citations = "", []

    def _choices(self, event: ChoicesOffered) -> Iterable[bytes]:
        labels = [choice.label for choice in event.choices]
        if self._run.interrupts and is_confirmation(event.choices):
            self._interrupt = {
                "id": event.message_id,
                "reason": "confirmation",
                "message": self._text,
                "responseSchema": CONFIRMATION,
            }
        yield self._frame("CUSTOM", name="choices", value={"message_id": event.message_id, "choices": labels})

    def _floor(self, agent: str) -> Iterable[bytes]:
        """Gives an agent the floor: a sub-agent of this run until another has it or the run ends."""
        if agent == self._agent:
            return
        yield from self._left()
        self._floors += 1
        self._agent = agent
        yield self._frame("SUBAGENT_STARTED", subagentRunId=self._floor_id, name=agent)
        yield from self._changed(agent=agent)

    def _left(self) -> Iterable[bytes]:
        if self._agent:
            yield self._frame("SUBAGENT_FINISHED", subagentRunId=self._floor_id)
        self._agent = ""

    @property
    def _floor_id(self) -> str:
        return f"{self._turn}-agent-{self._floors}"

    def _tool(self, event: ToolCalled) -> Iterable[bytes]:
        """A call that is over: its arguments are what the customer said or chose, its result the bare outcome."""
        self._tools += 1
        id = f"{self._turn}-tool-{self._tools}"
        yield self._frame("TOOL_CALL_START", toolCallId=id, toolCallName=event.tool)
        yield self._frame("TOOL_CALL_ARGS", toolCallId=id, delta=json.dumps(dict(event.arguments), ensure_ascii=False))
        yield self._frame("TOOL_CALL_END", toolCallId=id)
        content = json.dumps({"outcome": event.outcome})
        yield self._frame("TOOL_CALL_RESULT", messageId=f"{id}-result", toolCallId=id, content=content, role="tool")

    def _changed(self, **values: str) -> Iterable[bytes]:
        new = {name: value for name, value in values.items() if self._state.get(name) != value}
        if new:
            self._state |= new
            yield self._frame("STATE_DELTA", delta=[_patch("replace", name, value) for name, value in new.items()])

    def _ended(self) -> Iterable[bytes]:
        yield from self._silence()
        yield from self._left()

    @staticmethod
    def _frame(type: str, **fields: object) -> bytes:
        return frame({"type": type, **fields})


def is_confirmation(choices: Iterable[Choice]) -> bool:
    """Whether the choices are the yes and no under a confirmation."""
    return {choice.value for choice in choices} == {"yes", "no"}


def _patch(operation: str, name: str, value: str) -> dict[str, str]:
    return {"op": operation, "path": f"/{name}", "value": value}


def _shown(message: Message) -> dict[str, object]:
    if message.role == "customer":
        return {"id": message.id, "role": "user", "content": message.text}
    name = HUMAN if message.role == "human" else message.agent
    return {"id": message.id, "role": "assistant", "content": message.text, **({"name": name} if name else {})}

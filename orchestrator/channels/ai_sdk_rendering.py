"""A reply as the AI SDK's UI message stream, in chunks that versions 6 and 7 both accept."""

from collections.abc import Iterable

from orchestrator.channels.web_chat import frame
from orchestrator.conversation import Citation
from orchestrator.events import (
    AgentSelected,
    ChoicesOffered,
    Cited,
    Escalated,
    Event,
    HandedOff,
    HumanReplied,
    IntentDetected,
    TextDelta,
    ToolCalled,
    TurnCompleted,
    TurnStarted,
)

DONE = b"data: [DONE]\n\n"
Json = dict[str, object]


class UiMessage:
    """The `Rendering` of one assistant message. `url` is the conversation's, `site` where the help centre is seen from outside."""

    def __init__(self, url: str = "", site: str = "", sorry: str = "") -> None:
        self._url = url
        self._site = site
        self._sorry = sorry
        self._turn = ""
        self._text = ""
        self._tools = 0
        self._sources = 0
        self._metadata: Json = {}

    def opening(self) -> Iterable[bytes]:
        """Nothing: the message has the id of its turn, which is not known yet. A heartbeat goes ahead."""
        return ()

    def event(self, event: Event) -> Iterable[bytes]:
        """What a page sees of an event."""
        match event:
            case TurnStarted():
                return self._started(event.turn_id)
            case TextDelta():
                return self._said(event.message_id, event.text)
            case HumanReplied():
                return [*self._said(event.message_id, event.text), *self._silence()]
            case Cited():
                return [*self._silence(), self._source(event.citation)]
            case ChoicesOffered():
                data = {"choices": [choice.label for choice in event.choices]}
                return [*self._silence(), frame({"type": "data-choices", "id": f"{event.message_id}-choices", "data": data})]
            case _:
                return self._done(event)

    def filler(self, text: str) -> Iterable[bytes]:
        """Nobody waits with a telephone in hand."""
        del text
        return ()

    def closing(self) -> Iterable[bytes]:
        """The step and the message are finished."""
        yield from self._silence()
        yield frame({"type": "finish-step"})
        yield frame({"type": "finish", "finishReason": "stop", "messageMetadata": self._metadata})
        yield DONE

    def failure(self) -> Iterable[bytes]:
        """An error that the page shows; the message is kept."""
        yield from self._silence()
        yield frame({"type": "error", "errorText": self._sorry})
        yield DONE

    def _done(self, event: Event) -> Iterable[bytes]:
        match event:
            case IntentDetected():
                self._metadata["language"] = event.language
                confidence = round(event.confidence, 4)
                route: Json = {"agent": event.agent, "intent": event.intent, "confidence": confidence, "decision": event.decision}
                return [self._passing("route", route)]
            case AgentSelected():
                self._metadata["agent"] = event.agent
                return ()
            case HandedOff():
                return [self._passing("handoff", {"to": event.target, "from": event.source, "reason": event.reason})]
            case Escalated():
                data = {"to": "human", "reason": event.reason, "desk": "filrouge", "ticket_id": event.ticket_id}
                return [self._passing("handoff", {**data, "conversation_url": self._url})]
            case ToolCalled():
                return [*self._silence(), *self._tool(event)]
            case TurnCompleted():
                self._metadata["language"] = event.language
                return ()
            case _:
                return ()

    def _started(self, turn_id: str) -> Iterable[bytes]:
        self._turn = turn_id
        yield frame({"type": "start", "messageId": turn_id})
        yield frame({"type": "start-step"})

    def _said(self, message_id: str, text: str) -> Iterable[bytes]:
        if not text:
            return
        if message_id != self._text:
            yield from self._silence()
            self._text = message_id
            yield frame({"type": "text-start", "id": message_id})
        yield frame({"type": "text-delta", "id": message_id, "delta": text})

    def _silence(self) -> Iterable[bytes]:
        if self._text:
            yield frame({"type": "text-end", "id": self._text})
        self._text = ""

    def _source(self, citation: Citation) -> bytes:
        self._sources += 1
        return frame(source(f"{self._turn}-source-{self._sources}", citation, self._site))

    def _tool(self, event: ToolCalled) -> Iterable[bytes]:
        """A call that is over and was ours: its arguments are what the customer said or chose, its output the bare outcome."""
        self._tools += 1
        call: Json = {"toolCallId": f"{self._turn}-tool-{self._tools}"}
        ours: Json = {"dynamic": True, "providerExecuted": True}
        yield frame({"type": "tool-input-start", **call, "toolName": event.tool, **ours})
        yield frame({"type": "tool-input-available", **call, "toolName": event.tool, "input": dict(event.arguments), **ours})
        yield frame({"type": "tool-output-available", **call, "output": {"outcome": event.outcome}, **ours})

    @staticmethod
    def _passing(name: str, data: Json) -> bytes:
        """Data that is shown while it happens and is no part of the message."""
        return frame({"type": f"data-{name}", "data": data, "transient": True})


def source(id: str, citation: Citation, site: str) -> Json:
    """A citation as a source that a page can link."""
    headed = citation.heading and citation.heading != citation.title
    title = f"{citation.title}: {citation.heading}" if headed else citation.title
    return {"type": "source-url", "sourceId": id, "url": f"{site.rstrip('/')}{citation.url}", "title": title}

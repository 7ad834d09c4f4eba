"""Makes replies: a key and its facts become words, with the marks that keep wording varied and the evidence that review checks."""

from collections.abc import Mapping
from dataclasses import replace

from orchestrator.conversation import Choice, Conversation, Customer
from orchestrator.dialogue.speaker import Voice
from orchestrator.graph.context import TurnContext
from orchestrator.graph.state import Reply

REMEMBERED_MARKS = 24


class Speaking:
    """Says replies of one turn in the conversation's voice."""

    def __init__(self, context: TurnContext, conversation: Conversation, customer: Customer | None) -> None:
        self._speaker = context.house.speaker
        self._voice: Voice = context.voice(conversation, customer, conversation.language)

    def say(self, key: str, facts: Mapping[str, object] | None = None, *, agent: str = "", choices: tuple[Choice, ...] = ()) -> Reply:
        """A reply by its key. What code fills in is its own evidence."""
        text = self._speaker.say(key, self._voice, facts)
        return Reply(text=text, agent=agent, choices=choices, evidence=(text,), marks=(self._speaker.said(key, self._voice),))

    def question(self, tool: str, slot: str, facts: Mapping[str, object]) -> Reply:
        """The question for a slot, in the tool's own wording when it has one."""
        own = f"slots.{tool}.{slot}"
        return self.say(own if self._speaker.has(own, self._voice.language) else f"slots.{slot}", facts)

    def refusal(self, tool: str, code: str, facts: Mapping[str, object]) -> Reply:
        """The words of a refusal, the tool's own when it has them."""
        own = f"tools.{tool}.{code}"
        return self.say(own if self._speaker.has(own, self._voice.language) else f"refusals.{code}", facts)

    def label(self, key: str) -> str:
        """A button's text."""
        return self._speaker.say(f"engine.{key}", self._voice)


def joined(first: Reply, *others: Reply) -> Reply:
    """Several replies as one message, in order."""
    result = first
    for other in others:
        result = replace(
            result,
            text=f"{result.text} {other.text}".strip(),
            agent=other.agent or result.agent,
            citations=(*result.citations, *other.citations),
            choices=other.choices or result.choices,
            evidence=(*result.evidence, *other.evidence),
            marks=(*result.marks, *other.marks),
        )
    return result


def spoken(conversation: Conversation, replies: tuple[Reply, ...]) -> Conversation:
    """The conversation with the marks of what was just said."""
    marks = (*conversation.spoken, *(mark for reply in replies for mark in reply.marks))
    return replace(conversation, spoken=marks[-REMEMBERED_MARKS:])

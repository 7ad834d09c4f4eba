"""Callers who keep the history know best what was heard: what they say of our last reply corrects the record."""

from orchestrator.channels.plain import Plain
from orchestrator.conversation import Inbound, Message
from orchestrator.events import ChoicesOffered, Cited, TextDelta
from orchestrator.memory import conversations, inbox
from orchestrator.runtime import Orchestrator
from orchestrator.understanding.normalise import clean

RECENT = 8
LONGEST = 8000
"""Characters; no reply of ours is longer, so what is longer is none of ours."""


async def believe(orchestrator: Orchestrator, inbound: Inbound, heard: str, plain: Plain) -> None:
    """Cuts the record of the last reply to what the caller has of it, before a new message is delivered.

    A message that is sent again changes nothing: the last reply is then its own. Sources and choices, which `plain` writes under a
    message, and fillers are no part of the record and are not compared.
    """
    if len(heard) > LONGEST:
        return
    async with orchestrator.house.database.reading() as unit:
        if await inbox.is_known(unit, inbound):
            return
        recent = await conversations.messages(unit, inbound.conversation_id, limit=RECENT)
    last = recent[-1] if recent else None
    if last is None or last.role != "agent":
        return  # the last word was a colleague's, or nothing was said to the last message yet: a filler at most was heard
    reply = [message for message in recent if message.role == "agent" and message.turn_id == last.turn_id]
    for extra in (*_written_under(reply, plain), *_fillers(orchestrator)):
        heard = heard.replace(extra, "", 1)
    if heard.split() != " ".join(message.text for message in reply).split():
        await orchestrator.reconcile(inbound.conversation_id, clean(heard))


def _written_under(reply: list[Message], plain: Plain) -> list[str]:
    extras: list[str] = []
    for message in reply:
        plain.event(TextDelta(message_id=message.id, agent=message.agent, text=message.text))
        extras += [plain.event(Cited(message_id=message.id, citation=citation)).strip() for citation in message.citations]
        extras.append(plain.event(ChoicesOffered(message_id=message.id, choices=message.choices)).strip() if message.choices else "")
    return [extra for extra in extras if extra]


def _fillers(orchestrator: Orchestrator) -> list[str]:
    """What may have been said while a look-up took long, in any language."""
    replies = orchestrator.house.project.replies.values()
    return [text for one in replies for text in one.get("engine.filler")]

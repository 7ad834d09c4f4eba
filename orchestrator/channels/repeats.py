"""Tells a request that was sent again from the same words said again, for callers that give their messages no ids."""

from collections.abc import Mapping

from orchestrator.channels.sessions import message_id
from orchestrator.conversation import Inbound
from orchestrator.memory import conversations, inbox
from orchestrator.store import Database
from orchestrator.understanding.normalise import clean

RECENT = 8


def key_of(headers: Mapping[str, str]) -> str:
    """The id that the caller gives the request itself (`Idempotency-Key`), or ""."""
    given = headers.get("idempotency-key", "")
    return message_id(0, given) if given else ""


def is_marked(headers: Mapping[str, str]) -> bool:
    """Whether an OpenAI client says that it sends the request again."""
    return headers.get("x-stainless-retry-count", "0") not in ("", "0")


async def bare_message_id(database: Database, inbound: Inbound, *, marked: bool) -> str:
    """The id of a message that came without the ones before it, so that its place is known to us alone.

    It is the earlier message of the same words while that one waits for its answer, or when the request is `marked` as sent again
    and nothing came between. Otherwise it is new: who says "yes" twice means it twice.
    """
    text = clean(inbound.text)
    async with database.reading() as unit:
        for pending in reversed(await inbox.unanswered(unit, inbound.conversation_id)):
            if pending.inbound.text == text and pending.inbound.message_id:
                return pending.inbound.message_id
        conversation = await conversations.get(unit, inbound.conversation_id)
        recent = await conversations.messages(unit, inbound.conversation_id, limit=RECENT) if marked else ()
    last = next((message for message in reversed(recent) if message.role == "customer"), None)
    if last and last.text == text:
        return message_id(last.sequence - 1, text)
    return message_id(conversation.sequence if conversation else 0, text)

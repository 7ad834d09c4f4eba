"""What a call needs to know before a word is said: whose conversation it is, in which language, and what the caller has been told."""

from dataclasses import dataclass, replace

from orchestrator.conversation import Conversation, Fact, Language, Message
from orchestrator.dialogue.speaker import Voice
from orchestrator.memory import conversations, facts
from orchestrator.runtime import Orchestrator
from orchestrator.store import Unit


@dataclass(frozen=True, kw_only=True)
class Caller:
    """One connected call.

    `conversation_id`: the conversation that the call takes up; `own_id`: the one that is its own, should the other not be for this
    caller. `language`: what the carrier speaks and expects to hear at first. `phone`: the number that the carrier shows, which proves
    nothing and serves to call back. `transfers`: colleagues can be put on the line.
    """

    conversation_id: str
    own_id: str
    language: Language
    token: str | None = None
    phone: str = ""
    transfers: bool = False


def voice(orchestrator: Orchestrator, language: Language, seed: str) -> Voice:
    """How our own words are said on the telephone."""
    region = orchestrator.house.policy.region_for(language)
    return Voice(language=language, region=region, channel="voice", now=orchestrator.clock(), seed=seed)


def welcome(orchestrator: Orchestrator, language: Language, seed: str) -> str:
    """The first words of a call: that a machine speaks, and a question. The same seed gives the same words."""
    speaker, spoken = orchestrator.house.speaker, voice(orchestrator, language, seed)
    return f"{speaker.say('engine.disclosure', spoken)} {speaker.say('engine.greeting', spoken)}"


async def opened(orchestrator: Orchestrator, caller: Caller) -> Conversation:
    """The call's conversation, begun if there is none, so that what the caller begins to say can be looked up at once."""
    async with orchestrator.alone(caller.conversation_id), orchestrator.house.database.unit() as unit:
        conversation = await _conversation(unit, orchestrator, caller)
        known = {fact.name for fact in await facts.known(unit, conversation.id, conversation.customer_id)}
        if caller.phone and "phone" not in known and not conversation.customer_id:
            shown = Fact(name="phone", value=caller.phone, source="call", at=orchestrator.clock(), trust="stated")
            await facts.learn(unit, shown, conversation_id=conversation.id)
        return conversation


async def told(orchestrator: Orchestrator, caller: Caller, text: str) -> None:
    """Records words that were said outside a turn and told the caller who speaks. A conversation that knows this stays as it is."""
    async with orchestrator.alone(caller.conversation_id), orchestrator.house.database.unit() as unit:
        conversation = await _conversation(unit, orchestrator, caller)
        if conversation.disclosed:
            return
        now = orchestrator.clock()
        message = Message(
            id=orchestrator.house.new_id("message"), conversation_id=conversation.id, sequence=0, role="agent", text=text,
            language=conversation.language, channel="voice", at=now,
        )  # fmt: skip
        await conversations.append(unit, message)
        await conversations.save(unit, replace(conversation, disclosed=True, updated_at=now))


async def is_with_human(orchestrator: Orchestrator, conversation_id: str) -> bool:
    """Whether a colleague owns the conversation, so that agents are silent in it."""
    async with orchestrator.house.database.reading() as unit:
        conversation = await conversations.get(unit, conversation_id)
    return conversation is not None and conversation.owner == "human"


async def _conversation(unit: Unit, orchestrator: Orchestrator, caller: Caller) -> Conversation:
    found = await conversations.get(unit, caller.conversation_id)
    if found is not None:
        return found
    now = orchestrator.clock()
    begun = Conversation(id=caller.conversation_id, channel="voice", language=caller.language, region="", created_at=now, updated_at=now)
    await conversations.create(unit, begun)
    return begun

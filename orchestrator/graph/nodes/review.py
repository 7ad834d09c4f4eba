"""Last look before anything is said: numbers must be in the evidence, no foreign links; then it streams sentence by sentence."""

from dataclasses import replace
from typing import Literal

import structlog
from langgraph.graph import END
from langgraph.types import Command

from orchestrator.conversation import Choice, Conversation, Language
from orchestrator.dialogue.spoken import is_long, shortened, spoken_choices
from orchestrator.dialogue.spoken import spoken as voiced
from orchestrator.events import ChoicesOffered, Cited, TextDelta
from orchestrator.governance.evidence import foreign_links, sentences, unsupported
from orchestrator.graph.speaking import Speaking, joined, spoken
from orchestrator.graph.state import Reply, TurnState, context, emit
from orchestrator.project.examples import HUMAN

log = structlog.get_logger()

YES_NO = ("yes", "no")


async def review(state: TurnState) -> Command[Literal["understand", "__end__"]]:
    """Sends what may be said. If something else was asked in the same message and no form is waiting, the turn goes on with it."""
    turn, conversation = context(), state["conversation"]
    speaking = Speaking(turn, conversation, state["customer"])
    replies = list(state["replies"])
    if replies and state["lead"]:
        replies[0] = joined(state["lead"], replies[0])
    if replies and not conversation.disclosed:
        replies[0] = replace(joined(speaking.say("engine.disclosure"), replies[0]), agent=replies[0].agent)
        conversation = replace(conversation, disclosed=True)
    if conversation.channel == "email" and replies:
        replies = [_letter(replies, speaking)]
    replies = [_reviewed(reply, speaking) for reply in replies]
    if conversation.channel == "voice":
        replies, conversation = _for_ears(replies, state, conversation)
    sent = tuple(map(_send, replies))
    update: dict[str, object] = {"sent": (*state["sent"], *sent), "replies": (), "lead": None}
    conversation = spoken(conversation, sent)
    if state["queue"] and conversation.form is None and conversation.owner == "agents":
        request, *rest = state["queue"]
        label = turn.house.project.label(turn.house.reader.intent_of(request), conversation.language)
        lead = speaking.say("engine.next_request", {"label": label})
        update |= {"request": request, "queue": tuple(rest), "lead": lead, "conversation": conversation}
        return Command(goto="understand", update=update)
    return Command(goto=END, update={**update, "conversation": replace(conversation, queued=state["queue"])})


def _letter(replies: list[Reply], speaking: Speaking) -> Reply:
    """All that is said in this turn as one letter, in paragraphs."""
    opening, closing = speaking.say("engine.letter_opening"), speaking.say("engine.letter_closing")
    body = joined(replies[0], *replies[1:])
    text = "\n\n".join((opening.text, *(reply.text for reply in replies), closing.text))
    return replace(body, text=text, evidence=(*body.evidence, opening.text, closing.text))


def _reviewed(reply: Reply, speaking: Speaking) -> Reply:
    """The reply, or an honest "not known here" when it says what its evidence does not."""
    missing = unsupported(reply.text, reply.evidence)
    links = foreign_links(reply.text)
    if not missing and not links:
        return reply
    log.warning("reply withheld", unsupported=sorted(missing), links=len(links))
    human = Choice(label=speaking.label("talk_to_human"), value=HUMAN)
    return speaking.say("engine.no_answer", agent=reply.agent, choices=(human,))


def _for_ears(replies: list[Reply], state: TurnState, conversation: Conversation) -> tuple[list[Reply], Conversation]:
    """The replies as a voice says them; of an answer too long to follow the beginning, and a colleague offered who sends the rest."""
    language = conversation.language
    asking = [at for at, reply in enumerate(replies) if _asks(reply)]
    told: list[Reply] = []
    for at, reply in enumerate(replies):
        one = replace(reply, text=voiced(reply.text, language, conversation.region))
        # One question at a time: of several the last, which is what an open form waits for.
        one = _without_question(one) if at in asking[:-1] else one
        told.append(_with_choices(one, language))
    if told and is_long(told[-1].text) and not (asking or conversation.form or state["queue"] or conversation.owner == "human"):
        return _offered_in_writing(told, state, conversation)
    return [one for one, written in zip(told, replies, strict=True) if one.text or not written.text], conversation


def _asks(reply: Reply) -> bool:
    return reply.text.rstrip(' »”"').endswith("?") or bool(reply.choices)


def _without_question(reply: Reply) -> Reply:
    *others, last = sentences(reply.text) or ("",)
    return replace(reply, text="".join(others).strip() if last.strip().endswith("?") else reply.text, choices=())


def _with_choices(reply: Reply, language: Language) -> Reply:
    """The reply with its choices as words, unless it names them already or a yes or no is all it wants."""
    labels = [choice.label for choice in reply.choices if choice.value not in (HUMAN, *YES_NO)]
    text = reply.text.casefold()
    if len(labels) < 2 or all(voiced(label, language).rstrip(".?!").casefold() in text for label in labels):
        return reply
    return replace(reply, text=f"{reply.text} {spoken_choices(labels, language)}")


def _offered_in_writing(told: list[Reply], state: TurnState, conversation: Conversation) -> tuple[list[Reply], Conversation]:
    speaking = Speaking(context(), conversation, state["customer"])
    long = told[-1]
    human = Choice(label=speaking.label("talk_to_human"), value=HUMAN)
    title = long.citations[0].title if long.citations else ""
    offer = speaking.say("engine.offer_in_writing", {"title": title}, agent=long.agent, choices=(human,))
    offer = replace(offer, text=voiced(offer.text, conversation.language, conversation.region))
    short = joined(replace(long, text=shortened(long.text)), offer)
    return [*told[:-1], short], replace(conversation, offered=(human,))


def _send(reply: Reply) -> Reply:
    sent = replace(reply, id=context().house.new_id("message"))
    for piece in sentences(sent.text):
        emit(TextDelta(message_id=sent.id, agent=sent.agent, text=piece))
    for citation in sent.citations:
        emit(Cited(message_id=sent.id, citation=citation))
    if sent.choices:
        emit(ChoicesOffered(message_id=sent.id, choices=sent.choices))
    return sent

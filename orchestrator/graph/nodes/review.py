"""Last look before anything is said: numbers must be in the evidence, no foreign links; then it streams sentence by sentence."""

from dataclasses import replace
from typing import Literal

import structlog
from langgraph.graph import END
from langgraph.types import Command

from orchestrator.conversation import Choice
from orchestrator.events import ChoicesOffered, Cited, TextDelta
from orchestrator.governance.evidence import foreign_links, sentences, unsupported
from orchestrator.graph.speaking import Speaking, joined, spoken
from orchestrator.graph.state import Reply, TurnState, context, emit
from orchestrator.project.examples import HUMAN

log = structlog.get_logger()


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
    sent = tuple(_send(_reviewed(reply, speaking)) for reply in replies)
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


def _send(reply: Reply) -> Reply:
    sent = replace(reply, id=context().house.new_id("message"))
    for piece in sentences(sent.text):
        emit(TextDelta(message_id=sent.id, agent=sent.agent, text=piece))
    for citation in sent.citations:
        emit(Cited(message_id=sent.id, citation=citation))
    if sent.choices:
        emit(ChoicesOffered(message_id=sent.id, choices=sent.choices))
    return sent

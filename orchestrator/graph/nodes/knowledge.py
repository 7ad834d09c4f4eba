"""Answers from the knowledge base with citations, or says honestly that it is not known and records the gap."""

from dataclasses import replace
from typing import Literal

import anyio
from babel import Locale
from langgraph.types import Command

from orchestrator.conversation import Choice
from orchestrator.graph.speaking import Speaking
from orchestrator.graph.state import Reply, TurnState, context, decision_of, reading_of
from orchestrator.memory import gaps
from orchestrator.project.examples import HUMAN
from orchestrator.retrieval import Answer


async def knowledge(state: TurnState) -> Command[Literal["resume"]]:
    """The answer to the request at hand; its topics are those of the decided intent, if there is one."""
    turn, conversation, decision = context(), state["conversation"], decision_of(state)
    answer = await look_up(state, decision.intent)
    if answer is not None:
        reply = Reply(
            text=_told(state, answer),
            agent=decision.agent,
            citations=answer.citations,
            evidence=tuple(passage.text for passage in answer.passages),
        )
        after = replace(conversation, misunderstood=0, offered=())
        return Command(goto="resume", update={"replies": (*state["replies"], reply), "conversation": after})
    speaking = Speaking(turn, conversation, state["customer"])
    reply, offered = _unknown(state, speaking)
    after = replace(conversation, misunderstood=conversation.misunderstood + 1, offered=offered)
    return Command(goto="resume", update={"replies": (*state["replies"], reply), "conversation": after})


def _told(state: TurnState, answer: Answer) -> str:
    """The answer's text; one in another language than the customer's says so first."""
    spoken = state["conversation"].language
    if answer.language == spoken:
        return answer.text
    name = Locale.parse(spoken).get_language_name(answer.language) or answer.language
    opening = Speaking(context(), state["conversation"], state["customer"]).say("engine.other_language", {"language": name})
    return f"{opening.text}\n\n{answer.text}"


async def look_up(state: TurnState, intent: str) -> Answer | None:
    """The answer, or None after recording the gap of a question that belongs to us."""
    turn, conversation = context(), state["conversation"]
    topics = tuple(turn.house.project.intent(intent).topics) if intent else None
    reading = reading_of(state)

    base = turn.house.knowledge

    def search() -> tuple[Answer | None, str]:
        question = reading.text
        label = turn.house.project.label(intent, conversation.language) if intent else ""
        attempts = [(state["request"], topics), (f"{label}: {state['request']}", topics), (state["request"], None)]
        for asked, among in attempts if label else attempts[2:]:
            found = base.answer(asked, language=conversation.language, region=conversation.region, topics=among, intent=intent)
            if isinstance(found, Answer):
                return found, ""
            question = found.question
        return None, question

    key = ("answer", state["request"], conversation.language, conversation.region, intent)
    answer, question = await turn.ahead.once(key, lambda: anyio.to_thread.run_sync(search))
    if answer is None and (intent or not reading.distribution.is_out_of_scope):
        gap = gaps.Gap(
            question=question,
            language=conversation.language,
            conversation_id=conversation.id,
            agent=decision_of(state).agent,
            region=conversation.region,
        )
        async with turn.house.database.unit() as unit:
            await gaps.record(unit, gap, turn.now)
    return answer


def _unknown(state: TurnState, speaking: Speaking) -> tuple[Reply, tuple[Choice, ...]]:
    human = Choice(label=speaking.label("talk_to_human"), value=HUMAN)
    if decision_of(state).intent:
        return speaking.say("engine.no_answer", choices=(human,)), (human,)
    house, conversation = context().house, state["conversation"]
    if conversation.misunderstood == 0:
        key = "out_of_scope" if reading_of(state).distribution.is_out_of_scope and len(state["request"].split()) > 3 else "not_understood"
        return speaking.say(f"engine.{key}"), conversation.offered
    likely = [name for name, _ in reading_of(state).distribution.probabilities if house.project.owners.get(name, HUMAN) != HUMAN][:3]
    choices = tuple(Choice(label=house.project.label(name, conversation.language), value=name) for name in likely)
    labels = [choice.label for choice in choices]
    return speaking.say("engine.not_understood_again", {"options": labels}, choices=(*choices, human)), (*choices, human)

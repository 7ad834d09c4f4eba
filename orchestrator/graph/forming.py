"""A form's part in a turn: proof of identity first where it is needed, then the next question, the confirmation or the call."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from orchestrator.conversation import Case, Choice, Conversation, Customer, Fact, OpenForm
from orchestrator.dialogue.filling import Offering
from orchestrator.dialogue.form import Form, FormHouse, cancelled
from orchestrator.dialogue.steps import Ask, Call, Cancelled, Confirm, Refuse, Step, Stuck
from orchestrator.events import ToolCalled
from orchestrator.graph import casework, learning
from orchestrator.graph.acting import Acting, Outcome
from orchestrator.graph.context import TurnContext
from orchestrator.graph.decision import FormAnswer
from orchestrator.graph.speaking import Speaking, joined
from orchestrator.graph.state import Escalation, Reply
from orchestrator.graph.verifying import Verifying
from orchestrator.project.tool import Tool
from orchestrator.understanding.reading import ReadingContext

NEEDS_HUMAN = "needs_human"
"""The refusal code by which a tool says that a person has to decide."""


@dataclass(frozen=True, kw_only=True)
class Formed:
    """What a form's step leaves behind."""

    conversation: Conversation
    customer: Customer | None
    reply: Reply | None = None
    escalation: Escalation | None = None
    calls: tuple[ToolCalled, ...] = ()
    learnt: tuple[Fact, ...] = ()
    case: Case | None = None


class Forming:
    """Carries one form through one message."""

    def __init__(self, context: TurnContext, tool: Tool, offering: Offering, cases: tuple[Case, ...]) -> None:
        self._context = context
        self._tool = tool
        self._offering = offering
        self._cases = cases

    async def advance(self, conversation: Conversation, form: OpenForm, answer: FormAnswer) -> Formed:
        """The conversation after this message, with what is said and done."""
        if answer == "cancel":
            return self._after(conversation, *cancelled(form))
        customer = self._offering.customer
        if not self._tool.verified or customer:
            return await self._step(conversation, form, answer)
        started = form if form.asked or form.values else await self._begun(conversation, form)
        proof = await Verifying(self._context, conversation).advance(started, self._offering.reading)
        if proof.stuck:
            return self._escalated(replace(conversation, form=proof.form), "repeated_failure")
        if proof.customer is None:
            reply = Speaking(self._context, conversation, None).say(f"engine.{proof.say}", proof.facts, agent=form.agent)
            return Formed(conversation=replace(conversation, form=proof.form), customer=None, reply=reply)
        return await self._proven(conversation, proof.form, proof.customer)

    async def resumed(self, conversation: Conversation, form: OpenForm) -> Formed:
        """The open question again after a digression, as if it had not been asked."""
        fresh = replace(form, asks={**form.asks, form.asked: 0, "identity": 0}, confirming_since=None)
        if self._tool.verified and not self._offering.customer:
            reply = Speaking(self._context, conversation, None).say("engine.verify_ask", agent=form.agent)
            return Formed(conversation=replace(conversation, form=replace(fresh, asked="identity")), customer=None, reply=reply)
        context = self._context.tool_context(conversation, self._offering.customer)
        engine = Form(self._tool, context, self._shared())
        renewed, step = await engine.reopened(fresh, self._offering)
        return (
            Formed(conversation=conversation, customer=self._offering.customer)
            if isinstance(step, Call)
            else self._after(conversation, renewed, step, await engine.words(renewed))
        )

    async def _begun(self, conversation: Conversation, form: OpenForm) -> OpenForm:
        """The form with what its first message says, before anything of the customer's may be looked at."""
        engine = Form(self._tool, self._context.tool_context(conversation, None), self._shared())
        return await engine.noted(form, self._offering)

    async def _proven(self, conversation: Conversation, form: OpenForm, customer: Customer) -> Formed:
        """Goes on with the form now that the customer is known, rereading the message that started it."""
        known = replace(conversation, customer_id=customer.id, region=customer.region)
        reading = self._context.house.reader.read(
            form.started_by,
            ReadingContext(now=self._context.now, region=known.region, language=known.language, language_fixed=True),
        )
        # The order that proved it stands, whatever number the customer had given first.
        proven = tuple(entity for entity in reading.entities if entity.kind != "order_id" or entity.value == form.values.get("order_id"))
        self._offering = replace(self._offering, reading=replace(reading, entities=proven), customer=customer, starts=True)
        formed = await self._step(known, form, "fill")
        thanks = Speaking(self._context, known, customer).say("engine.verified", agent=form.agent)
        return replace(formed, reply=joined(thanks, formed.reply) if formed.reply else thanks)

    async def _step(self, conversation: Conversation, form: OpenForm, answer: FormAnswer) -> Formed:
        context = self._context.tool_context(conversation, self._offering.customer)
        engine = Form(self._tool, context, self._shared())
        if form.confirming_since and answer == "confirm":
            form, step = await engine.confirmed(form, self._offering)
        else:
            before = form
            form, step = await engine.advance(form, self._offering)
            if before.confirming_since and isinstance(step, Confirm) and form.values == before.values:
                form, step = await engine.unclear(before, self._offering)
        if isinstance(step, Call):
            return await self._called(conversation, form, step)
        return self._after(conversation, form, step, await engine.words(form))

    async def _called(self, conversation: Conversation, form: OpenForm, step: Call) -> Formed:
        customer = self._offering.customer
        outcome = await Acting(self._context, conversation, customer).run(self._tool, step.arguments)
        known = replace(conversation, form=form, misunderstood=0)
        if outcome.kind == "failed":
            return replace(self._escalated(known, "tool_failure"), calls=(outcome.event,))
        speaking = Speaking(self._context, conversation, customer)
        facts = {**self._blank(form), **outcome.facts}
        if outcome.kind == "refused":
            return replace(self._refused(known, form, Refuse(code=outcome.code, facts=facts)), calls=(outcome.event,))
        return Formed(
            conversation=self._offering_next(replace(known, form=None), form, outcome.code),
            customer=customer,
            reply=speaking.say(f"tools.{self._tool.name}.{outcome.code}", facts, agent=form.agent),
            calls=(outcome.event,),
            learnt=(*learning.chosen(form, self._tool, self._context), *learning.taught(self._tool.name, outcome.facts, self._context)),
            case=self._settled(conversation, form, outcome),
        )

    def _after(self, conversation: Conversation, form: OpenForm, step: Step, words: Mapping[str, object] | None = None) -> Formed:
        customer = self._offering.customer
        speaking = Speaking(self._context, conversation, customer)
        facts = {**self._blank(form), **(words or {})}
        if isinstance(step, Stuck):
            return self._escalated(replace(conversation, form=form), "repeated_failure")
        if isinstance(step, Refuse):
            return self._refused(replace(conversation, form=form), form, replace(step, facts={**facts, **step.facts}))
        if isinstance(step, Cancelled):
            closed = replace(conversation, form=None)
            return Formed(conversation=closed, customer=customer, reply=speaking.say("engine.form_cancelled", agent=form.agent))
        waiting = replace(conversation, form=form, misunderstood=0, offered=())
        if isinstance(step, Ask):
            reply = replace(speaking.question(self._tool.name, step.slot, facts), agent=form.agent, choices=step.choices)
            reply = joined(speaking.say("engine.slot_not_found"), reply) if step.retry else reply
        elif isinstance(step, Confirm):
            yes_no = tuple(Choice(label=speaking.label(word), value=word) for word in ("yes", "no"))
            reply = speaking.say(f"tools.{self._tool.name}.confirm", {**facts, **step.facts}, agent=form.agent, choices=yes_no)
            reply = joined(speaking.say(f"engine.{step.again}"), reply) if step.again else reply
        else:
            raise TypeError(f"a call is carried out, not said: {step!r}")
        return Formed(conversation=waiting, customer=customer, reply=reply, case=self._case(conversation, form, facts))

    def _refused(self, conversation: Conversation, form: OpenForm, step: Refuse) -> Formed:
        customer = self._offering.customer
        reply = Speaking(self._context, conversation, customer).refusal(self._tool.name, step.code, step.facts)
        if step.code == NEEDS_HUMAN:
            return self._escalated(conversation, "policy_limit", reply.text)
        return Formed(
            conversation=self._offering_next(replace(conversation, form=None), form, step.code),
            customer=customer,
            reply=replace(reply, agent=conversation.agent),
            learnt=learning.chosen(form, self._tool, self._context),
        )

    def _offering_next(self, conversation: Conversation, form: OpenForm, code: str) -> Conversation:
        """The conversation with what the reply to this code offers, so that a plain yes is understood."""
        project = self._context.house.project
        intent = project.intent(form.intent).offers.get(code)
        offered = (Choice(label=project.label(intent, conversation.language), value=intent),) if intent else ()
        return replace(conversation, offered=offered)

    def _escalated(self, conversation: Conversation, reason: str, said: str = "") -> Formed:
        """The hand-over; the form stays open for the packet to show, and `escalate` closes it."""
        escalation = Escalation(reason=reason, agent=conversation.agent, said=said)
        return Formed(conversation=conversation, customer=self._offering.customer, escalation=escalation)

    def _blank(self, form: OpenForm) -> dict[str, object]:
        return {slot.name: form.values.get(slot.name) for slot in self._tool.slots}

    def _shared(self) -> FormHouse:
        house = self._context.house
        limit = house.policy.routing.ask_again_at_most
        return FormHouse(speaker=house.speaker, catalogue=house.catalogue, ask_again_at_most=limit, ahead=self._context.ahead)

    def _case(self, conversation: Conversation, form: OpenForm, words: Mapping[str, object]) -> Case | None:
        if not self._context.house.project.intent(form.intent).opens_case:
            return None
        known = casework.case_of(self._cases, conversation, form)
        case = known or casework.open_case(self._context, conversation, self._offering.customer, form)
        item = str(words.get("item") or "") if form.values.get("item") else ""
        subject = ", ".join(part for part in (item, form.values.get("order_id", "")) if part)
        return casework.carried_on(case, form, self._context, subject)

    def _settled(self, conversation: Conversation, form: OpenForm, outcome: Outcome) -> Case | None:
        case = self._case(conversation, form, form.values)
        return casework.settled(case, self._tool, outcome, outcome.result, self._context) if case else None

"""Where a conversation stands before `decide`: what an open form or an earlier question makes of the message."""

from collections.abc import Sequence

from orchestrator.conversation import Case, Conversation, OpenForm
from orchestrator.dialogue.filling import ENTITY_OF, Offering, from_message
from orchestrator.dialogue.matching import pick_by_word, pick_choice
from orchestrator.dialogue.speaker import Speaker
from orchestrator.graph.decision import Standing
from orchestrator.graph.verifying import EXPECTS, awaited
from orchestrator.project.examples import HUMAN
from orchestrator.project.project import Project
from orchestrator.project.tool import Tool
from orchestrator.understanding.entities import EntityKind
from orchestrator.understanding.normalise import fold
from orchestrator.understanding.reading import Reading

MESSAGING = ("sms", "whatsapp", "rcs", "email")
ELLIPSIS_WORDS = 6
"""A message of at most so many words that names an object may lean on the last question."""


def expected(form: OpenForm | None, project: Project) -> frozenset[EntityKind]:
    """The kinds of entity an open form waits for, so that a bare "20417" counts as an order number and a "2" as the second choice."""
    if form is None or form.tool not in project.tools:
        return frozenset()
    if form.asked in ("identity", "code"):
        return awaited(form)
    kinds = {slot.kind for slot in project.tools[form.tool].slots if slot.name == form.asked}
    positions: frozenset[EntityKind] = frozenset({"choice_ref"}) if form.offered else frozenset()
    entities: list[EntityKind] = [entity for kind, entity in ENTITY_OF.items() if kind in kinds]
    return positions | frozenset(entities)


def standing_of(conversation: Conversation, reading: Reading, cases: Sequence[Case], project: Project, speaker: Speaker) -> Standing:
    """The standing of the conversation, given the reading of the new message."""
    form = conversation.form
    chosen = pick_choice(reading, conversation.offered) if conversation.offered and not form else None
    tool = project.tools.get(form.tool) if form else None
    case = matching_case(reading, cases) if reading.follow_up else None
    return Standing(
        owner=conversation.owner,
        agent=case.agent if case else conversation.agent,
        intent=case.intent if case else conversation.intent,
        form_intent=form.intent if form else "",
        confirming=bool(form and form.confirming_since),
        asks_yes_no=bool(form and tool and any(slot.name == form.asked and slot.kind == "yes_no" for slot in tool.slots)),
        messaging=conversation.channel in MESSAGING,
        elliptical=not form and _elliptical(conversation, reading, project),
        fills_form=bool(form and tool and _fills(form, tool, reading, speaker)),
        awaits_text=bool(form and tool and any(slot.name == form.asked and slot.kind == "text" for slot in tool.slots)),
        chosen=chosen.value if chosen else "",
        misunderstood=conversation.misunderstood,
        continues_case=case is not None,
        pending_offer=_offer(conversation),
        owners=project.owners,
    )


def matching_case(reading: Reading, cases: Sequence[Case]) -> Case | None:
    """The open case that a message takes up: the one whose subject or story shares words with it, else the latest."""
    live = [case for case in cases if case.status != "closed"]
    if not live:
        return None
    words = {word for word in fold(reading.text).split() if len(word) > 3}
    named = {*reading.values("product"), *reading.values("order_id"), *reading.values("category")}

    def shared(case: Case) -> int:
        text = fold(f"{case.subject} {case.summary}")
        return 3 * len(named & set(case.facts.values())) + sum(word in text for word in words)

    return max(live, key=lambda case: (shared(case), case.updated_at))


def _offer(conversation: Conversation) -> str:
    """What a plain yes would accept: a person, or the one thing offered."""
    values = [choice.value for choice in conversation.offered]
    return HUMAN if HUMAN in values else values[0] if len(values) == 1 else ""


def _elliptical(conversation: Conversation, reading: Reading, project: Project) -> bool:
    """Whether the message only names another object for what was last asked ("and the kettle?")."""
    if conversation.intent not in project.owners or len(reading.text.split()) > ELLIPSIS_WORDS or reading.acts.only:
        return False
    tool = project.intent(conversation.intent).action
    kinds: set[str] = {slot.kind for slot in tool.slots} if tool else set()
    named = {entity.kind for entity in reading.entities}
    return bool(kinds & named) or ("product" in kinds and "category" in named)


def _fills(form: OpenForm, tool: Tool, reading: Reading, speaker: Speaker) -> bool:
    if form.asked in ("identity", "code"):
        return any(reading.values(kind) for kind in EXPECTS)
    if form.offered and (pick_choice(reading, form.offered) or pick_by_word(reading, form.offered)):
        return True
    offering = Offering(reading=reading)
    waiting = [s for s in tool.slots if s.name == form.asked or s.kind == "choice" or (form.confirming_since and s.kind != "text")]
    return any(slot.kind != "text" and from_message(tool, slot, slot.name == form.asked, offering, speaker) for slot in waiting)

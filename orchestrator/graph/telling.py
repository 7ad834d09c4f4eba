"""What a model writes on its way to the customer: sentence by sentence, reviewed, without the marks by which it cites."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace

import structlog

from orchestrator.conversation import Choice, Citation, Conversation
from orchestrator.dialogue.spoken import spoken
from orchestrator.events import ChoicesOffered, Cited, TextDelta
from orchestrator.governance.evidence import Evidence, Ground
from orchestrator.governance.leaks import foreign_addresses
from orchestrator.governance.review import Checked, Reviewer, Turn
from orchestrator.graph.findings import Findings
from orchestrator.graph.speaking import Speaking
from orchestrator.graph.state import Reply, TurnState, context, emit
from orchestrator.project.examples import HUMAN
from orchestrator.retrieval.passages import Passage

MARK = re.compile(r" ?\[(\d{1,2})\]")
OPEN_MARK = re.compile(r" ?\[\d{0,2}$| $")
"""The end of a piece that may be the beginning of a mark."""
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Quotable:
    """A passage as review wants it."""

    id: str
    name: str
    plain: str


@dataclass(kw_only=True)
class Telling:
    """One reply in the making. `text` is what the customer has been told of it; `withheld` what review kept back."""

    conversation: Conversation
    speaking: Speaking
    findings: Findings
    turn: Turn
    reviewer: Reviewer
    links: tuple[str, ...] = ()
    lead: Reply | None = None
    agent: str = ""
    id: str = ""
    text: str = ""
    withheld: list[Checked] = field(default_factory=list[Checked])
    citations: dict[str, Citation] = field(default_factory=dict[str, Citation])
    marks: tuple[str, ...] = ()
    _held: str = ""

    @classmethod
    def begun(cls, state: TurnState, findings: Findings, effects: Collection[str]) -> "Telling":
        """The reply to the request at hand, with all that it may rest on; `effects` are the tools that have changed something."""
        turn, conversation = context(), state["conversation"]
        brain = turn.house.brain
        assert brain is not None, "only a model's words are told like this"  # noqa: S101 an invariant of the wiring
        ground = Ground(_evidence(state, findings), products=brain.review.products, today=turn.now.date())
        tools = turn.house.project.tools
        reviewed = Turn(
            language=conversation.language,
            ground=ground,
            passages=[Quotable(id=one.id, name=one.name, plain=one.plain) for one in findings.passages],
            done={claim for name in effects if name in tools for claim in tools[name].claims},
            known=set(tools[findings.outcome.tool].claims) if findings.outcome else set(),
        )
        return cls(
            conversation=conversation,
            speaking=Speaking(turn, conversation, state["customer"]),
            findings=findings,
            turn=reviewed,
            reviewer=Reviewer(brain.review, reviewed),
            links=brain.review.links,
            lead=state["lead"],
            id=turn.house.new_id("message"),
        )

    def keep_to_oneself(self, instructions: str) -> None:
        """What the agent that has the floor is told to do; none of it may be recited."""
        self.turn.prompt = instructions

    def learn(self, result: str, claims: tuple[str, ...] = ()) -> None:
        """A look-up's result: from now on the reply may rest on it."""
        self.turn.ground.add(Evidence(text=result, kind="tool"))
        self.turn.known.update(claims)

    def hear(self, piece: str) -> None:
        """A piece of the model's text; whole sentences go out as they end."""
        text = self._held + piece
        cut = OPEN_MARK.search(text)
        self._held, text = (text[cut.start() :], text[: cut.start()]) if cut else ("", text)
        for number in MARK.findall(text):
            self._cite(int(number))
        for checked in self.reviewer.feed(MARK.sub("", text)):
            self._tell(checked)

    def end(self) -> None:
        """The model's answer is whole: what is left of it goes out."""
        for number in MARK.findall(self._held):
            self._cite(int(number))
        left, self._held = MARK.sub("", self._held), ""
        for checked in (*self.reviewer.feed(left), *self.reviewer.close()):
            self._tell(checked)

    def ended(self, *, is_whole: bool) -> tuple[Reply | None, tuple[Reply, ...]]:
        """The reply that went out, if anything did, and what is still to be sent by review.

        A whole reply of which something was withheld, or that is empty, gets a grounded sentence instead, or an honest "not known here".
        """
        choices: tuple[Choice, ...] = ()
        if is_whole and (self.withheld or not self.text.strip()):
            choices = self._grounded()
        if not self.text.strip():
            return None, ()
        self.conversation = replace(self.conversation, disclosed=True, offered=choices, misunderstood=int(bool(choices)))
        reply = Reply(
            text=self.text.strip(),
            id=self.id,
            agent=self.agent,
            citations=tuple(self.citations.values()),
            choices=choices,
            marks=self.marks,
            evidence=(self.text,),
        )
        if self._is_letter:
            return None, (reply,)
        for citation in reply.citations:
            emit(Cited(message_id=self.id, citation=citation))
        if choices:
            emit(ChoicesOffered(message_id=self.id, choices=choices))
        return reply, ()

    @property
    def _is_letter(self) -> bool:
        """A letter is sent whole, with its greeting: review makes it."""
        return self.conversation.channel == "email"

    def _tell(self, checked: Checked) -> None:
        if not checked.passes:
            log.warning("sentence withheld", reasons=checked.reasons, details=checked.details, conversation=self.conversation.id)
            self.withheld.append(checked)
            return
        if checked.passage:
            self._cite_passage(next(passage for passage in self.findings.passages if passage.id == checked.passage))
        self._emit(checked.text)

    def _emit(self, text: str) -> None:
        if self.conversation.channel == "voice" and text.strip():
            text = f"{spoken(text, self.conversation.language)} "
        if not self.text and not self._is_letter:
            self._open()
        self.text += text
        if not self._is_letter and text:
            emit(TextDelta(message_id=self.id, agent=self.agent, text=text))

    def _open(self) -> None:
        """What stands before the first words: that this is a machine, and what the reply belongs to."""
        before = [self.lead] if self.lead else []
        if not self.conversation.disclosed:
            before.insert(0, self.speaking.say("engine.disclosure"))
        for reply in before:
            self.text += f"{reply.text} "
            self.marks = (*self.marks, *reply.marks)
            emit(TextDelta(message_id=self.id, agent=self.agent, text=f"{reply.text} "))

    def _grounded(self) -> tuple[Choice, ...]:
        """Says what the knowledge base says, or that it is not known here; the choices that go with it."""
        answer = self.findings.answer
        joint = " " if self.text.strip() and not self.text.endswith((" ", "\n")) else ""
        if answer and answer.text not in self.text and not foreign_addresses(answer.text, self.links):
            for citation in answer.citations:
                self.citations.setdefault(citation.url, citation)
            self._emit(joint + answer.text)
            return ()
        human = Choice(label=self.speaking.label("talk_to_human"), value=HUMAN)
        said = self.speaking.say("engine.no_answer")
        self.marks = (*self.marks, *said.marks)
        self._emit(joint + said.text)
        return (human,)

    def _cite(self, number: int) -> None:
        if 0 < number <= len(self.findings.passages):
            self._cite_passage(self.findings.passages[number - 1])

    def _cite_passage(self, passage: Passage) -> None:
        citation = Citation(title=passage.title, heading=passage.heading, url=passage.url)
        self.citations.setdefault(citation.url, citation)


def _evidence(state: TurnState, findings: Findings) -> list[Evidence]:
    """What the reply may rest on, and whose word each piece is."""
    customer = state["customer"]
    pieces = [Evidence(text=passage.plain, kind="passage") for passage in findings.passages]
    pieces += [Evidence(text=result, kind="tool") for result in findings.proofs]
    pieces += [Evidence(text=fact.value, kind="customer" if fact.trust == "stated" else "tool") for fact in state["facts"]]
    pieces += [Evidence(text=f"{case.subject} {case.opened_at:%Y-%m-%d}", kind="tool") for case in state["cases"]]
    pieces += [Evidence(text=message.text, kind="customer" if message.role == "customer" else "code") for message in state["history"]]
    if customer:
        pieces += [Evidence(text=customer.name, kind="customer"), Evidence(text=f"{customer.email} {customer.phone}", kind="profile")]
    return [*pieces, Evidence(text=state["request"], kind="customer"), Evidence(text=f"{context().now:%Y-%m-%d}", kind="code")]

"""The last look: what the evidence does not carry is not said."""

from collections.abc import Collection
from dataclasses import replace

import pytest

from orchestrator.conversation import Citation, Language
from orchestrator.graph.context import House
from orchestrator.retrieval import Answer, KnowledgeBase, Passage
from orchestrator.runtime import Orchestrator

from .journey import SETTINGS, Journey

pytestmark = pytest.mark.anyio
CITATION = Citation(title="Warranty", heading="Years", url="/help/en/warranty/terms#years")
QUESTION = "How long is the warranty on pans?"


class Claiming(KnowledgeBase):
    """A knowledge base without articles, which answers with a text its passage may or may not carry."""

    def __init__(self, text: str, evidence: str) -> None:
        self._text = text
        self._passage = Passage(
            id="p", article="en/warranty/terms", anchor="years", title="Warranty", headings=("Years",), blocks=(evidence,)
        )

    def answer(
        self, question: str, *, language: Language, region: str | None = None, topics: Collection[str] | None = None, intent: str = ""
    ) -> Answer:
        return Answer(text=self._text, citations=(CITATION,), language=language, confidence=1.0, passages=(self._passage,))


async def answered(james: Journey, arvine: House, text: str, evidence: str) -> str:
    async with Orchestrator.serving(replace(arvine, knowledge=Claiming(text, evidence)), SETTINGS, james.clock) as orchestrator:
        return (await replace(james, orchestrator=orchestrator).says(QUESTION)).text


async def test_an_answer_that_the_evidence_carries_is_said(james: Journey, arvine: House) -> None:
    assert "1’200.50" in await answered(james, arvine, "It is CHF 1’200.50 for 10 years.", "Pans: 10 years, up to 1 200,5 francs.")


@pytest.mark.parametrize(
    "claim", ["It is 25 years.", "It is 10 years, see https://evil.example/win.", "10 years ![x](//evil.example/x.png)"]
)
async def test_a_number_from_nowhere_or_a_foreign_link_withholds_the_answer(james: Journey, arvine: House, claim: str) -> None:
    text = await answered(james, arvine, claim, "Pans: 10 years.")
    assert "years" not in text
    assert "evil" not in text
    assert "colleague" in text


async def test_a_customer_can_accept_the_colleague_who_is_offered_instead(james: Journey, arvine: House) -> None:
    async with Orchestrator.serving(replace(arvine, knowledge=Claiming("99 years", "10 years")), SETTINGS, james.clock) as orchestrator:
        journey = replace(james, orchestrator=orchestrator)
        offered = await journey.says(QUESTION)
        assert offered.cites == ()
        assert len(offered.choices) == 1
        assert (await journey.says(offered.choices[0])).escalated == "customer_request"

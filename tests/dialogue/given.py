"""Readings as a reader would make them, and a bare context for tools."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import yaml

from orchestrator import ToolContext
from orchestrator.conversation import Customer, Fact
from orchestrator.project.policy import Policy
from orchestrator.understanding.acts import read_acts
from orchestrator.understanding.distribution import Distribution
from orchestrator.understanding.entities import EntityContext, EntityKind, extract
from orchestrator.understanding.reading import Reading, Request

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
POLICY = Policy.model_validate(
    yaml.safe_load((Path(__file__).parents[1] / "projects" / "tiny" / "agents" / "policy.yaml").read_text(encoding="utf-8"))
)
LEA = Customer(id="u1", shop_id="c-0001", name="Léa Rochat", email="lea@example.ch", phone="+41795550001", language="en")
UNDECIDED = Distribution(probabilities=(("repair_status", 1.0),), candidates=("repair_status",), energy=1.0, out_of_scope=0.0)


def read(text: str, *expects: EntityKind) -> Reading:
    """The reading of an English message; its intent does not matter here."""
    entities = extract(text, "en", EntityContext(now=NOW, region="CH", catalogue=None, expects=frozenset(expects)))
    return Reading(
        text=text,
        language="en",
        acts=read_acts(text, "en"),
        distribution=UNDECIDED,
        requests=(Request(text=text, distribution=UNDECIDED),),
        entities=entities,
        sensitive=(),
        opt_out=False,
        injection=False,
        follow_up=False,
    )


def fact(name: str, value: str, hour: int) -> Fact:
    return Fact(name=name, value=value, source="m1", at=NOW.replace(hour=hour), trust="stated")


def tool_context(**more: object) -> ToolContext:
    bare = ToolContext(customer=LEA, language="en", region="CH", now=NOW, conversation_id="c1", turn_id="t1", policy=POLICY, connectors=())
    return replace(bare, **more)

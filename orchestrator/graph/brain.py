"""The language-model brain of a house: its models, what they may spend, and what each agent may ask for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from pydantic import JsonValue

from orchestrator.governance.review import House as ReviewHouse
from orchestrator.models import ChatModel, DayAccount, Limits, Prices, ToolSchema, ToolSet, tool_schema
from orchestrator.project.agent import Agent
from orchestrator.project.project import Project
from orchestrator.project.tool import Tool

TRANSFER = "transfer_to_"
ESCALATE = "escalate"
_REASON: Mapping[str, JsonValue] = {
    "type": "object",
    "properties": {"reason": {"type": "string", "description": "why, in a few words"}},
    "additionalProperties": False,
}


@dataclass(frozen=True, kw_only=True)
class Kit:
    """What one agent may ask for: its tools, handing over, and a person."""

    tools: Mapping[str, Tool]
    handoffs: tuple[str, ...]
    offered: ToolSet

    def target(self, name: str) -> str:
        """The agent that a call of this name hands over to, or ''."""
        agent = name.removeprefix(TRANSFER)
        return agent if name != agent and agent in self.handoffs else ""


@dataclass(frozen=True, kw_only=True)
class Brain:
    """One house's models, with what all turns share."""

    model: ChatModel
    kits: Mapping[str, Kit]
    review: ReviewHouse
    limits: Limits = field(default_factory=Limits)
    prices: Prices = field(default_factory=lambda: Prices({}))
    day: DayAccount = field(default_factory=DayAccount)


def kits_of(project: Project) -> dict[str, Kit]:
    """The kits of all agents, rendered once."""
    return {name: _kit(agent, project) for name, agent in project.agents.items()}


def _kit(agent: Agent, project: Project) -> Kit:
    tools = {tool.name: tool for tool in _tools(agent)}
    handoffs = tuple(agent.handoffs)
    transfers = (
        ToolSchema(
            name=TRANSFER + name, description=f"Hand the customer over, silently, for: {project.agents[name].purpose}", parameters=_REASON
        )
        for name in handoffs
    )
    person = ToolSchema(name=ESCALATE, description="Bring in a human colleague: asked for, or needed.", parameters=_REASON)
    return Kit(tools=tools, handoffs=handoffs, offered=ToolSet(*map(_schema, tools.values()), *transfers, person))


def _schema(tool: Tool) -> ToolSchema:
    """The tool's schema with nothing required: a form asks the customer for what the model does not know."""
    schema = tool_schema(tool)
    return replace(schema, parameters={**schema.parameters, "required": []})


def _tools(agent: Agent) -> Iterable[Tool]:
    yield from (intent.action for intent in agent.intents if intent.action is not None)
    yield from agent.tools

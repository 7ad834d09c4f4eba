"""Filrouge: the orchestrator behind connected customer journeys."""

from orchestrator.conversation import Money
from orchestrator.errors import ProjectError, ToolError, ToolRefused
from orchestrator.project.agent import Agent, Intent
from orchestrator.project.slot import (
    Amount,
    CategoryId,
    Day,
    Email,
    OptionId,
    OrderId,
    Phone,
    Postcode,
    ProductId,
    Quantity,
    ReturnId,
    Text,
)
from orchestrator.project.tool import Option, Tool, ToolContext, tool

__all__ = [
    "Agent",
    "Amount",
    "CategoryId",
    "Day",
    "Email",
    "Intent",
    "Money",
    "Option",
    "OptionId",
    "OrderId",
    "Phone",
    "Postcode",
    "ProductId",
    "ProjectError",
    "Quantity",
    "ReturnId",
    "Text",
    "Tool",
    "ToolContext",
    "ToolError",
    "ToolRefused",
    "tool",
]

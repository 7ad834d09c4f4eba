"""Repairs: how far they are, and a day for a new one."""

from orchestrator import Agent, Intent

from .tools.repairs import book_repair, repair_status

workshop = Agent(
    purpose="Repairs of bicycles: their state, and an appointment.",
    intents=[
        Intent("repair_status", action=repair_status),
        Intent("book_repair", action=book_repair, opens_case=True),
        Intent("parking", topics=["visiting"]),
    ],
    handoffs=["rental"],
)

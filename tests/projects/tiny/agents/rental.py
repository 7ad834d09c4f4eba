"""Bicycles to rent, and the shop itself."""

from orchestrator import Agent, Intent

rental = Agent(
    purpose="Renting bicycles: prices, deposit, opening hours.",
    intents=[
        Intent("rental_price", topics=["renting"]),
        Intent("deposit", topics=["renting"]),
        Intent("opening_hours", topics=["visiting"]),
    ],
    handoffs=["workshop"],
)

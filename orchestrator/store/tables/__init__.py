"""Every table of the record. Rows are for `memory/` and `insights/`; everybody else sees `orchestrator.conversation`."""

from orchestrator.store.base import Base, JsonArray, JsonObject
from orchestrator.store.tables.conversations import Conversation, Event, Message, ModelResponse, Turn
from orchestrator.store.tables.customers import Code, Customer, Fact, Identity, Visitor
from orchestrator.store.tables.desk import Case, Gap, Ticket
from orchestrator.store.tables.work import Counter, Effect, IdempotencyKey, Inbox

__all__ = [
    "Base",
    "JsonArray",
    "JsonObject",
    "Case",
    "Code",
    "Conversation",
    "Counter",
    "Customer",
    "Effect",
    "Event",
    "Fact",
    "Gap",
    "IdempotencyKey",
    "Identity",
    "Inbox",
    "Message",
    "ModelResponse",
    "Ticket",
    "Turn",
    "Visitor",
]

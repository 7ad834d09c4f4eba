from datetime import UTC, datetime, timedelta

from orchestrator.conversation import Case, Choice, Conversation, Fact, HandoffPacket, Inbound, Message, Ticket, Trust
from orchestrator.memory import conversations, customers
from orchestrator.memory.customers import Profile
from orchestrator.project.policy import IdentityRules
from orchestrator.store import Unit

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
RULES = IdentityRules(code_digits=6, code_minutes=10, code_tries=5, token_hours=1)
LENA = Profile(shop_id="C-1001", name="Lena Brunner", email="lena@example.ch", phone="+41 79 555 01 02", language="de")
MARC = Profile(shop_id="C-1002", name="Marc Favre", email="marc@example.fr", language="fr", region="FR")


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)


def conversation(id: str = "c1", visitor_id: str = "") -> Conversation:
    return Conversation(id=id, channel="web", language="de", region="CH", created_at=NOW, updated_at=NOW, visitor_id=visitor_id)


def inbound(text: str = "Wo ist meine Bestellung?", conversation_id: str = "c1", message_id: str | None = None) -> Inbound:
    return Inbound(conversation_id=conversation_id, text=text, language="de", token="secret-token", message_id=message_id)


def message(id: str, sequence: int = 0, text: str = "Guten Tag", conversation_id: str = "c1") -> Message:
    return Message(id=id, conversation_id=conversation_id, sequence=sequence, role="agent", text=text, language="de", channel="web", at=NOW)


def fact(value: str, *, name: str = "order_id", trust: Trust = "stated", at: datetime = NOW) -> Fact:
    return Fact(name=name, value=value, source="message m1", at=at, trust=trust)


def case(id: str = "k1", customer_id: str = "", conversation_id: str = "c1") -> Case:
    return Case(
        id=id,
        customer_id=customer_id,
        conversation_id=conversation_id,
        channel="web",
        agent="support",
        intent="order_status",
        subject="A-20417",
        summary="Paket ist nicht da",
        status="open",
        opened_at=NOW,
        updated_at=NOW,
        facts={"order_id": "A-20417"},
    )


def ticket(id: str = "", conversation_id: str = "c1", customer_id: str = "") -> Ticket:
    packet = HandoffPacket(
        goal="a refund",
        reason="policy_limit",
        language="de",
        channel="web",
        customer_id=customer_id,
        customer_name="Lena Brunner",
        case_id="k1",
        facts=(fact("A-20417"), fact("CHF 640.00", name="amount", trust="system")),
        tried=("open_return",),
        promises=("an answer within 15 minutes",),
        open_forms=("open_return",),
        sentiment="calm",
        next_step="approve the refund",
        last_messages=("Ich möchte mein Geld zurück.",),
    )
    return Ticket(
        id=id,
        conversation_id=conversation_id,
        customer_id=customer_id,
        reason="policy_limit",
        status="open",
        packet=packet,
        opened_at=NOW,
        updated_at=NOW,
    )


CHOICES = (Choice(label="Ja", value="yes"), Choice(label="Nein", value="no"))


async def customer_with_conversation(unit: Unit, profile: Profile = LENA, *, conversation_id: str = "c1") -> str:
    customer = await customers.get_or_create(unit, profile, id=f"u-{profile.shop_id}", now=NOW)
    await conversations.create(unit, conversation(conversation_id))
    await customers.attach(unit, conversation_id, customer.id, NOW)
    return customer.id

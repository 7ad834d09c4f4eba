"""What people have bought, and what became of it: the values of orders, returns and requests."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from orchestrator.conversation import Language, Money

OrderStatus = Literal["placed", "confirmed", "packed", "shipped", "out_for_delivery", "delivered", "cancelled"]
ReturnKind = Literal["return", "exchange", "damaged", "missing", "wrong_item"]
ReturnStatus = Literal["open", "in_transit", "received", "refunded", "replaced", "cancelled"]
RequestKind = Literal["trace", "billing", "invoice", "label", "discount", "warranty"]


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where something is delivered; `region` is the country code."""

    name: str
    street: str
    postcode: str
    city: str
    region: str


@dataclass(frozen=True, kw_only=True)
class ShopCustomer:
    """A person as the shop knows them."""

    id: str
    name: str
    email: str
    phone: str
    language: Language
    region: str
    address: Address
    loyalty: bool
    since: date


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    """One product of an order; a product appears on one line only."""

    product_id: str
    quantity: int
    unit_price: Decimal
    colour: str = ""
    personalised: bool = False

    @property
    def amount(self) -> Decimal:
        """What the line costs."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, kw_only=True)
class Order:
    """A purchase. `charges` are the amounts taken from the customer so far, in order; `promised` is the last promised day.

    `window` is the time of day the carrier has announced. Days that have not happened yet are None.
    """

    id: str
    customer_id: str
    status: OrderStatus
    lines: tuple[OrderLine, ...]
    currency: str
    delivery_fee: Decimal
    payment: str
    charges: tuple[Decimal, ...]
    address: Address
    placed_at: datetime
    promised: date
    ships_on: date
    carrier: str = ""
    tracking_number: str = ""
    window: str = ""
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None

    @property
    def total(self) -> Money:
        """What the order costs, delivery included."""
        return Money(amount=sum((line.amount for line in self.lines), self.delivery_fee), currency=self.currency)

    def line(self, product_id: str) -> OrderLine | None:
        """The line of that product."""
        return next((line for line in self.lines if line.product_id == product_id), None)


@dataclass(frozen=True, kw_only=True)
class NewReturn:
    """A return, exchange or claim to be opened.

    `refund` is zero when something is sent instead; `wanted` is `product` or `product:colour`.
    """

    order_id: str
    product_id: str
    kind: ReturnKind
    reason: str
    refund: Decimal
    label_fee: Decimal
    send_by: date | None
    wanted: str = ""
    ships_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ReturnCase:
    """A return, exchange or claim. Ids: R-… , and E-… for exchanges. `send_by` is None when nothing has to come back."""

    id: str
    customer_id: str
    order_id: str
    product_id: str
    kind: ReturnKind
    status: ReturnStatus
    reason: str
    refund: Money
    label_fee: Money
    payment: str
    opened_at: datetime
    send_by: date | None = None
    wanted: str = ""
    ships_on: date | None = None
    received_at: datetime | None = None
    refunded_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Cart:
    """A basket left open: pieces by product id, and when it was last touched."""

    customer_id: str
    items: Mapping[str, int]
    left_at: datetime


@dataclass(frozen=True, kw_only=True)
class ServiceRequest:
    """Something the shop's people or carriers take up; `subject` is what it is about (an order, a product)."""

    id: str
    customer_id: str
    kind: RequestKind
    subject: str
    at: datetime
    details: Mapping[str, str] = field(default_factory=dict[str, str])

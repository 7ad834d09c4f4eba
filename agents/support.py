"""After buying, and general service: orders, parcels, invoices, accounts, use and care, warranty."""

from orchestrator import Agent, Intent

from .tools.billing import report_billing, send_invoice
from .tools.delivery_changes import change_address, reschedule_delivery
from .tools.orders import cancel_order, order_status
from .tools.parcels import report_delay, track_parcel
from .tools.stores import store_hours
from .tools.warranty import open_warranty_claim

support = Agent(
    purpose="Help after buying: orders and parcels, changes, cancellations, invoices, accounts, use and care, warranty, store hours.",
    intents=[
        Intent("order_status", action=order_status, opens_case=True, offers={"late": "delivery_late"}),
        Intent("track_parcel", action=track_parcel, opens_case=True, offers={"late": "delivery_late"}),
        Intent("delivery_late", action=report_delay, opens_case=True),
        Intent("reschedule_delivery", action=reschedule_delivery, opens_case=True),
        Intent("change_address", action=change_address, opens_case=True),
        Intent(
            "cancel_order",
            action=cancel_order,
            opens_case=True,
            offers={"already_delivered": "open_return", "order_cancelled": "refund_status"},
        ),
        Intent("change_order", topics=["ordering"], opens_case=True),
        Intent("get_invoice", action=send_invoice),
        Intent("account_login", topics=["account"]),
        Intent("account_details", topics=["account"]),
        Intent("payment_failed", topics=["payment"], opens_case=True),
        Intent("charged_twice", action=report_billing, opens_case=True),
        Intent("troubleshooting", topics=["troubleshooting"], opens_case=True),
        Intent("care_instructions", topics=["care"]),
        Intent("store_hours", action=store_hours),
        Intent("warranty_terms", topics=["warranty"]),
        Intent("warranty_claim", action=open_warranty_claim, opens_case=True),
        Intent("spare_parts", topics=["spare-parts"]),
        Intent("delivery_options", topics=["delivery"]),
    ],
    handoffs=["returns", "sales"],
)

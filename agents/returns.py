"""Returns, exchanges and refunds."""

from orchestrator import Agent, Intent

from .tools.claims import report_damage, report_missing, report_wrong_item
from .tools.exchanges import exchange_item
from .tools.return_progress import cancel_return, refund_status, return_status, send_label
from .tools.returns import check_return, open_return

AFTER_REFUSAL = {"warranty_instead": "warranty_claim", "not_delivered": "cancel_order", "already_returned": "return_status"}

returns = Agent(
    purpose="Returns, exchanges and refunds of delivered orders, and their progress; deliveries that came damaged, incomplete or wrong.",
    intents=[
        Intent("return_policy", topics=["returns"]),
        Intent(
            "return_eligibility",
            action=check_return,
            opens_case=True,
            offers={**AFTER_REFUSAL, "eligible": "open_return", "on_trial": "open_return"},
        ),
        Intent("open_return", action=open_return, opens_case=True, offers=AFTER_REFUSAL),
        Intent("exchange_item", action=exchange_item, opens_case=True, offers=AFTER_REFUSAL),
        Intent(
            "refund_status", action=refund_status, opens_case=True, offers={"no_returns": "open_return", "no_open_return": "open_return"}
        ),
        Intent("return_label", action=send_label, opens_case=True, offers={"no_returns": "open_return", "no_open_return": "open_return"}),
        Intent("damaged_item", action=report_damage, opens_case=True, offers=AFTER_REFUSAL),
        Intent("missing_item", action=report_missing, opens_case=True, offers=AFTER_REFUSAL),
        Intent("wrong_item", action=report_wrong_item, opens_case=True, offers=AFTER_REFUSAL),
        Intent(
            "cancel_return", action=cancel_return, opens_case=True, offers={"no_returns": "open_return", "no_open_return": "open_return"}
        ),
        Intent(
            "return_status", action=return_status, opens_case=True, offers={"no_returns": "open_return", "no_open_return": "open_return"}
        ),
        Intent("refund_method", topics=["refunds"]),
        Intent("return_in_store", topics=["returns"]),
    ],
    handoffs=["support", "sales"],
)

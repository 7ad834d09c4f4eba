"""What to do with a message: a pure function of the reading, where the conversation stands, and the policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from orchestrator.events import DecisionKind
from orchestrator.project.examples import HUMAN
from orchestrator.project.policy import Routing
from orchestrator.understanding.acts import Act
from orchestrator.understanding.distribution import Distribution
from orchestrator.understanding.entities import EntityKind
from orchestrator.understanding.reading import Reading

FormAnswer = Literal["none", "fill", "confirm", "cancel", "correct"]

SURE = 0.6
"""A topic change away from an open form needs at least this probability of the new intent."""
STAYS = 0.3
"""Torn between agents, the one who has the floor keeps it from this probability on."""
VERY_SURE = 0.85
"""…and this much when the form waits for free text, which can hold anything."""
PLAUSIBLE = 0.10
"""An intent below this probability is not offered as a choice."""

CALLED_OFF_IN = 8
"""Words of a message that calls a form off; a longer one says more than that."""
CERTAIN_NAME = 0.9
"""Confidence from which an entity counts as named."""
NEARLY_CERTAIN = 0.8
"""From this probability on an unfamiliar wording is taken at its word…"""
SURELY_FOREIGN = 0.93
"""…unless it is as unfamiliar as this."""
OURS: tuple[EntityKind, ...] = ("product", "category", "order_id", "return_id")
"""Naming one of these makes a message ours."""
COURTESIES: Mapping[Act, str] = {"repeat": "repeat", "goodbye": "goodbye", "thanks": "thanks", "greet": "greeting"}
"""Acts that get a word back, with the key of the reply."""
UNANSWERABLE: tuple[Act, ...] = ("affirm", "deny", "cancel", "back", "correction", "unsure")
"""Acts that mean nothing while nothing is pending."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where the conversation stands before this message.

    `fills_form` says that the message holds a value the open form waits for; `chosen` is the intent of the quick reply that
    the message picks; `awaits_text` that the form waits for free text, `asks_yes_no` for a yes or no; `continues_case` that the
    message takes up a known case; `elliptical` that it only names another object of the last intent ("and the kettle?");
    `pending_offer` what a plain yes accepts; `messaging` that the channel is one where STOP means "no more messages".
    """

    owner: Literal["agents", "human"] = "agents"
    agent: str = ""
    intent: str = ""
    form_intent: str = ""
    confirming: bool = False
    asks_yes_no: bool = False
    messaging: bool = False
    elliptical: bool = False
    fills_form: bool = False
    awaits_text: bool = False
    chosen: str = ""
    misunderstood: int = 0
    continues_case: bool = False
    pending_offer: str = ""
    owners: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What happens next.

    `reason` is an escalation reason or the key of a small-talk reply; `form` what the message does to the open form.
    """

    kind: DecisionKind
    agent: str = ""
    intent: str = ""
    reason: str = ""
    candidates: tuple[str, ...] = ()
    form: FormAnswer = "none"


def decide(reading: Reading, standing: Standing, routing: Routing) -> Decision:
    """The decision for one message. Safety first, then the open form, then what the classifier reads."""
    if standing.owner == "human":
        return Decision(kind="silent")
    return (
        _guarded(reading, standing)
        or _form(reading, standing)
        or _choice(reading, standing)
        or _smalltalk(reading, standing)
        or _routed(reading, standing, routing)
    )


def _guarded(reading: Reading, standing: Standing) -> Decision | None:
    if reading.opt_out and (standing.messaging or not reading.acts.is_only("cancel")):
        return Decision(kind="smalltalk", reason="opt_out")
    if reading.sensitive:
        return Decision(kind="escalate", reason=f"sensitive:{reading.sensitive[0]}", agent=standing.agent)
    if "human" in reading.acts.acts:
        return Decision(kind="escalate", reason="customer_request", agent=standing.agent)
    if reading.injection:
        if standing.misunderstood:
            return Decision(kind="escalate", reason="injection", agent=standing.agent)
        return Decision(kind="smalltalk", reason="out_of_scope")
    return None


def _form(reading: Reading, standing: Standing) -> Decision | None:
    """What the message does to the open form, or None when there is none or the customer has turned to something else."""
    answer = _form_answer(reading, standing) if standing.form_intent else None
    if answer is None:
        return None
    agent = standing.owners.get(standing.form_intent, standing.agent)
    return Decision(kind="continue", agent=agent, intent=standing.form_intent, form=answer)


def _form_answer(reading: Reading, standing: Standing) -> FormAnswer | None:
    acts = reading.acts
    if "correction" in acts.acts:
        return "correct"
    if _calls_off(reading, standing):
        return "cancel"
    if standing.confirming and (acts.is_only("affirm") or _affirms_by_name(reading, standing)):
        return "confirm"
    if standing.fills_form:
        return "fill"
    courteous = bool(acts.only & COURTESIES.keys()) and not standing.awaits_text
    return None if courteous or _turns_away(reading.distribution, standing) else "fill"


def _calls_off(reading: Reading, standing: Standing) -> bool:
    """Whether the message calls the form off: "forget it", or "no, cancel that", which names nothing else."""
    acts = reading.acts.acts
    if standing.fills_form and not standing.confirming:
        return False  # "I changed my mind" may be the reason that was asked for
    if reading.acts.is_only("cancel") or reading.acts.is_only("back"):
        return True
    if standing.asks_yes_no:
        return False
    says_no = acts <= {"cancel", "deny"} or {"cancel", "deny"} <= acts <= {"cancel", "deny", "affirm"}
    plain = not _names_something(reading) and not standing.fills_form and "?" not in reading.text
    return bool(acts) and says_no and plain and len(reading.text.split()) <= CALLED_OFF_IN


def _is_mere_anger(reading: Reading) -> bool:
    """Whether the message complains and asks nothing that is understood for sure."""
    asks = "?" in reading.text or reading.distribution.confidence >= CERTAIN_NAME
    return "complaint" in reading.acts.acts and not asks and not _names_something(reading)


def _names_something(reading: Reading) -> bool:
    """Whether the message names a thing, a number or a day without doubt (a misspelt word may look like a product)."""
    return any(entity.confidence >= CERTAIN_NAME for entity in reading.entities)


def _affirms_by_name(reading: Reading, standing: Standing) -> bool:
    """Whether the message is like "yes, cancel it": a yes that names what is about to happen and nothing else."""
    acts, distribution = reading.acts.acts, reading.distribution
    plain = "affirm" in acts and not acts & {"deny", "correction", "unsure"} and "?" not in reading.text and not _names_something(reading)
    return plain and distribution.intent == standing.form_intent and distribution.confidence >= SURE


def _turns_away(distribution: Distribution, standing: Standing) -> bool:
    owner = standing.owners.get(distribution.intent)
    near = owner in (HUMAN, standing.owners.get(standing.form_intent))
    needed = VERY_SURE if standing.awaits_text or near else SURE
    other = distribution.intent != standing.form_intent
    return other and not distribution.is_out_of_scope and distribution.confidence >= needed


def _choice(reading: Reading, standing: Standing) -> Decision | None:
    """A quick reply of an earlier clarifying question was picked."""
    if standing.chosen == HUMAN or standing.owners.get(standing.chosen) == HUMAN:
        return Decision(kind="escalate", reason="customer_request", agent=standing.agent)
    if standing.chosen:
        return Decision(kind="route", agent=standing.owners.get(standing.chosen, standing.agent), intent=standing.chosen)
    if not standing.pending_offer:
        return None
    if reading.acts.is_only("deny"):
        return Decision(kind="smalltalk", reason="form_cancelled")
    if not reading.acts.is_only("affirm"):
        return None
    if standing.pending_offer == HUMAN:
        return Decision(kind="escalate", reason="customer_request", agent=standing.agent)
    return Decision(kind="route", agent=standing.owners.get(standing.pending_offer, standing.agent), intent=standing.pending_offer)


def _smalltalk(reading: Reading, standing: Standing) -> Decision | None:
    """Greetings, thanks and the like, when the message is nothing else."""
    acts = reading.acts
    courtesies = acts.acts - {"affirm"}
    brief = bool(acts.only) or (len(courtesies) > 1 and len(reading.text.split()) <= CALLED_OFF_IN and not _names_something(reading))
    if brief and courtesies and courtesies <= COURTESIES.keys():
        return Decision(kind="smalltalk", reason=next(key for act, key in COURTESIES.items() if act in courtesies))
    if acts.is_only("complaint") or _is_mere_anger(reading):
        return Decision(kind="escalate", reason="frustration", agent=standing.agent)
    if any(acts.is_only(act) for act in UNANSWERABLE):
        return Decision(kind="smalltalk", reason="nothing_pending")
    if standing.continues_case:
        return Decision(kind="route", agent=standing.agent, intent=standing.intent, reason="case")
    return None


def _routed(reading: Reading, standing: Standing, routing: Routing) -> Decision:
    """Route, clarify, answer from knowledge or escalate, whichever is expected to cost least."""
    distribution = reading.distribution
    top = distribution.intent
    agent = standing.owners.get(top, "")
    if (_is_foreign(reading) and not standing.elliptical) or not agent:
        return _unknown(reading, standing, routing)
    if standing.elliptical and distribution.confidence < VERY_SURE:
        return Decision(kind="route", agent=standing.agent, intent=standing.intent, candidates=distribution.candidates)
    certain = len(distribution.candidates) == 1
    if certain or _routing_cost(distribution, routing) <= _clarifying_cost(distribution, standing, routing):
        return _handed(top, standing, distribution)
    choices = _choices(distribution, standing, routing)
    if len(choices) == 1:
        return _handed(choices[0], standing, distribution)
    staying = [name for name in choices if standing.owners[name] == standing.agent and distribution.probability_of(name) >= STAYS]
    if staying:
        return _handed(staying[0], standing, distribution)
    if standing.misunderstood >= routing.misunderstood_at_most:
        return Decision(kind="escalate", reason="low_confidence", agent=agent)
    return Decision(kind="clarify", agent=agent, intent=top, candidates=choices)


def _is_foreign(reading: Reading) -> bool:
    """Whether the message is none of our business: unfamiliar, with no intent nearly certain, and naming nothing of ours."""
    ours = any(entity.kind in OURS and entity.confidence >= SURE for entity in reading.entities)
    distribution = reading.distribution
    unsure = distribution.confidence < NEARLY_CERTAIN or distribution.out_of_scope >= SURELY_FOREIGN
    wordless = not any(character.isalnum() for character in reading.text)
    return wordless or (distribution.is_out_of_scope and unsure and not ours)


def _handed(intent: str, standing: Standing, distribution: Distribution) -> Decision:
    """To the intent's agent, or to a person when it is theirs."""
    if standing.owners[intent] == HUMAN:
        return Decision(kind="escalate", reason="customer_request", agent=standing.agent, intent=intent)
    return Decision(kind="route", agent=standing.owners[intent], intent=intent, candidates=distribution.candidates)


def _unknown(reading: Reading, standing: Standing, routing: Routing) -> Decision:
    if "complaint" in reading.acts.acts:
        return Decision(kind="escalate", reason="frustration", agent=standing.agent)
    if standing.misunderstood >= routing.misunderstood_at_most:
        return Decision(kind="escalate", reason="low_confidence", agent=standing.agent)
    return Decision(kind="answer", agent=standing.agent, intent="", candidates=reading.distribution.candidates)


def _choices(distribution: Distribution, standing: Standing, routing: Routing) -> tuple[str, ...]:
    """The intents worth offering: plausible ones of the prediction set, most likely first."""
    known = [intent for intent, p in distribution.probabilities if p >= PLAUSIBLE and intent in standing.owners]
    return tuple(known[: routing.clarify_at_most]) or (distribution.intent,)


def _routing_cost(distribution: Distribution, routing: Routing) -> float:
    return (1 - distribution.confidence) * routing.costs.misroute


def _clarifying_cost(distribution: Distribution, standing: Standing, routing: Routing) -> float:
    """One question, and a misroute after all when the right intent is not among the choices."""
    covered = sum(distribution.probability_of(intent) for intent in _choices(distribution, standing, routing))
    return routing.costs.clarify + (1 - covered) * routing.costs.misroute

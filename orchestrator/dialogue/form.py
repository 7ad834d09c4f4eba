"""The form of a tool: fills its slots from what is known, asks for the rest one at a time, shows what it will do, and waits for a yes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from orchestrator.conversation import Choice, OpenForm
from orchestrator.dialogue.ahead import Ahead
from orchestrator.dialogue.filling import Offering, from_memory, from_message, from_options
from orchestrator.dialogue.goods import candidates
from orchestrator.dialogue.matching import other_than, pick_by_word, pick_choice
from orchestrator.dialogue.speaker import Speaker
from orchestrator.dialogue.steps import Ask, Call, Cancelled, Confirm, Refuse, Step, Stuck
from orchestrator.errors import ToolRefused
from orchestrator.project.slot import Slot
from orchestrator.project.tool import Option, Tool, ToolContext
from orchestrator.understanding.entities import Catalogue

CONFIRMATION_LASTS = timedelta(minutes=10)
CHOICES_AT_MOST = 5


@dataclass(frozen=True, kw_only=True)
class FormHouse:
    """What all forms share: words, goods, and how often the same question may be asked before a human takes over."""

    speaker: Speaker
    catalogue: Catalogue
    ask_again_at_most: int
    ahead: Ahead = field(default_factory=Ahead)


class Form:
    """One open form, advanced message by message. It never calls the tool; it says when to."""

    def __init__(self, tool: Tool, context: ToolContext, house: FormHouse) -> None:
        self._tool = tool
        self._context = context
        self._speaker = house.speaker
        self._house = house

    async def advance(self, form: OpenForm, offering: Offering) -> tuple[OpenForm, Step]:
        """The form after this message, and what it wants next."""
        corrected = await self._corrected(form, offering)
        filled, retry = (corrected, "") if corrected else await self._absorbed(form, offering)
        return await self._next(replace(filled, confirming_since=None), offering, retry)

    async def confirmed(self, form: OpenForm, offering: Offering) -> tuple[OpenForm, Step]:
        """After a yes: the call, or the confirmation once more when it has grown old or what it said has changed."""
        since = form.confirming_since
        renewed, step = await self._next(replace(form, confirming_since=None), offering, "")
        if not isinstance(step, Confirm):
            return renewed, step
        if since is None or self._context.now - since > CONFIRMATION_LASTS:
            return renewed, replace(step, again="confirm_expired")
        return renewed, Call(arguments=self._arguments(form.values))

    async def unclear(self, form: OpenForm, offering: Offering) -> tuple[OpenForm, Step]:
        """After an answer that is neither yes nor no and changes nothing: ask for a plain answer, a limited number of times."""
        asked = {**form.asks, "confirmation": form.asks.get("confirmation", 0) + 1}
        if asked["confirmation"] > self._house.ask_again_at_most:
            return form, Stuck(slot="confirmation")
        renewed, step = await self._next(replace(form, asks=asked, confirming_since=None), offering, "")
        return renewed, replace(step, again="confirm_again") if isinstance(step, Confirm) else step

    async def reopened(self, form: OpenForm, offering: Offering) -> tuple[OpenForm, Step]:
        """The form's next step without looking at the message, which was about something else."""
        return await self._next(form, offering, "")

    async def noted(self, form: OpenForm, offering: Offering) -> OpenForm:
        """The form with what its first message says outright; nothing of a customer's is looked at."""
        found = {slot.name: from_message(self._tool, slot, False, offering, self._speaker) for slot in self._tool.slots}
        return replace(form, values={**form.values, **{name: value for name, value in found.items() if value}})

    async def words(self, form: OpenForm) -> dict[str, object]:
        """The filled slots as a customer reads them: option labels instead of ids."""
        shown: dict[str, object] = {}
        for name, value in form.values.items():
            if name in self._tool.options:
                options = await self.options(self._tool.slot(name), {key: item for key, item in form.values.items() if key != name})
                shown[name] = next((option.label for option in options if option.value == value), value)
        return shown

    async def options(self, slot: Slot, values: Mapping[str, str]) -> tuple[Option, ...]:
        """The possible values of a slot, given the others: the tool's own, or those of its type."""
        if slot.name in self._tool.options:
            place = (self._context.language, self._context.region, self._context.customer and self._context.customer.id)
            key = ("options", self._tool.name, slot.name, place, *sorted(values.items()))
            return await self._house.ahead.once(key, lambda: self._looked_up(slot, values))
        if slot.kind == "choice":
            rows = [(value, self._speaker.labels(slot.choice_type or slot.name, value, self._context.language)) for value in slot.choices]
            return tuple(Option(value=value, label=labels[0], aliases=labels[1:]) for value, labels in rows)
        return ()

    async def _looked_up(self, slot: Slot, values: Mapping[str, str]) -> tuple[Option, ...]:
        return tuple(await self._tool.options[slot.name](self._context, values))

    async def _absorbed(self, form: OpenForm, offering: Offering) -> tuple[OpenForm, str]:
        """The form with everything the message says, and the slot whose answer was none of the possibilities."""
        values = dict(form.values)
        offered = pick_choice(offering.reading, form.offered) if form.offered and form.asked else None
        if offered:
            values[form.asked] = offered.value
        for slot in self._tool.slots:
            if slot.name == form.asked and offered:
                continue
            value = from_message(self._tool, slot, slot.name == form.asked, offering, self._speaker)
            if not value and slot.name in self._tool.options:
                value = from_options(slot, offering, await self.options(slot, values))
            if not value and slot.name == form.asked and (meant := pick_by_word(offering.reading, form.offered)):
                value = meant.value
            if value and value not in (
                values.get(other.name) for other in self._tool.slots if other.kind == slot.kind and other is not slot
            ):
                values[slot.name] = value
        missed = form.asked if form.asked and form.asked not in values and not offering.starts else ""
        return replace(form, values=values, offered=()), missed

    async def _corrected(self, form: OpenForm, offering: Offering) -> OpenForm | None:
        """The form after "no, the other one": the slot with just one other possibility takes it, else the last one is asked again."""
        if "correction" not in offering.reading.acts.acts:
            return None
        absorbed, _ = await self._absorbed(replace(form, asked=""), offering)
        if absorbed.values != form.values:
            return absorbed
        asked_again: OpenForm | None = None
        for slot in reversed(self._tool.slots):
            current = form.values.get(slot.name)
            values = {name: value for name, value in form.values.items() if name != slot.name}
            options = await self.options(slot, values) if current else ()
            other = other_than(current, options) if current and "other" in offering.reading.values("choice_ref") else None
            if other:
                return replace(form, values={**values, slot.name: other.value}, asked="")
            if current and len(options) > 1:
                asked_again = asked_again or replace(form, values=values, asked="")
        return asked_again

    async def _next(self, form: OpenForm, offering: Offering, retry: str) -> tuple[OpenForm, Step]:
        values = dict(form.values)
        for slot in self._tool.slots:
            if slot.name in values:
                continue
            options = await self.options(slot, values) if slot.required or slot.kind in ("order_id", "return_id") else ()
            if slot.kind == "product" and (meant := candidates(offering.reading, self._house.catalogue, self._context.language)):
                options = meant
            known = {option.value for option in options}
            options = tuple(option for option in options if option.offered) or options
            named = from_options(slot, offering, options) if offering.starts and slot.name in self._tool.options else ""
            value = named or self._known(slot, offering, options, known)
            if value:
                values[slot.name] = value
            elif slot.required and slot.name in self._tool.options and not options:
                return replace(form, values=values), Refuse(code=self._tool.refusals[0])
            elif slot.required:
                refused = await self._refused_early(values)
                return (replace(form, values=values), refused) if refused else self._ask(replace(form, values=values), slot, options, retry)
        return await self._complete(replace(form, values=values, asked="", offered=()))

    async def _refused_early(self, values: Mapping[str, str]) -> Refuse | None:
        """A refusal that what is known already settles, before anything else is asked in vain."""
        needed = self._tool.checked_slots()
        if self._tool.check_function is None or not needed or not needed <= values.keys():
            return None
        try:
            await self._tool.check_function(self._context, **{name: self._tool.slot(name).parse(values[name]) for name in needed})
        except ToolRefused as refusal:
            return Refuse(code=refusal.code, facts=refusal.facts)
        return None

    def _known(self, slot: Slot, offering: Offering, options: tuple[Option, ...], known: set[str]) -> str:
        remembered = from_memory(slot, offering)
        if remembered and (not options or remembered in known):
            return remembered
        return options[0].value if slot.required and len(options) == 1 and slot.kind != "choice" else ""

    def _ask(self, form: OpenForm, slot: Slot, options: tuple[Option, ...], retry: str) -> tuple[OpenForm, Step]:
        asks = {**form.asks, slot.name: form.asks.get(slot.name, 0) + 1}
        if asks[slot.name] > self._house.ask_again_at_most + 1:
            return form, Stuck(slot=slot.name)
        choices = tuple(Choice(label=option.label, value=option.value) for option in options[:CHOICES_AT_MOST])
        return replace(form, asked=slot.name, asks=asks, offered=choices), Ask(slot=slot.name, choices=choices, retry=retry == slot.name)

    async def _complete(self, form: OpenForm) -> tuple[OpenForm, Step]:
        arguments = self._arguments(form.values)
        if not self._tool.confirm or self._tool.preview_function is None:
            return form, Call(arguments=arguments)
        try:
            preview = await self._tool.preview_function(self._context, **arguments)
        except ToolRefused as refusal:
            return form, Refuse(code=refusal.code, facts=refusal.facts)
        return replace(form, confirming_since=self._context.now), Confirm(facts=vars(preview) if hasattr(preview, "__dict__") else {})

    def _arguments(self, values: Mapping[str, str]) -> dict[str, object]:
        return {slot.name: slot.parse(values[slot.name]) for slot in self._tool.slots if slot.name in values}


def cancelled(form: OpenForm) -> tuple[OpenForm, Step]:
    """The customer called it off."""
    return form, Cancelled()

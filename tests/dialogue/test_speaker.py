"""Replies vary, fall back to the default language, and write values as the reader's region does."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from jinja2.exceptions import SecurityError, UndefinedError

from orchestrator import Money
from orchestrator.conversation import Language
from orchestrator.dialogue.speaker import Speaker, Voice
from orchestrator.dialogue.wording import Wording
from orchestrator.project.project import Project
from orchestrator.project.replies import Replies

from .given import NOW

VOICE = Voice(language="en", region="CH", channel="web", now=NOW, name="Léa Rochat", seed="c1:1")


@pytest.fixture
def speaker(tiny_project: Project) -> Speaker:
    english = tiny_project.replies["en"]
    three = replace(english, variants={**english.variants, "engine.thanks": ("One.", "Two.", "Three.")})
    replies: dict[Language, Replies] = {**tiny_project.replies, "en": three}
    return Speaker(replace(tiny_project, replies=replies))


def test_a_reply_names_the_customer_by_their_first_name(speaker: Speaker) -> None:
    assert speaker.say("engine.greeting", VOICE) == "Hello Léa, what can I do for you?"
    assert speaker.say("engine.greeting", replace(VOICE, name="")) == "Hello, what can I do for you?"


def test_the_same_turn_says_the_same_and_what_was_said_lately_is_not_said_again(speaker: Speaker) -> None:
    said: list[str] = []
    voice = VOICE
    for _ in range(3):
        assert speaker.say("engine.thanks", voice) == speaker.say("engine.thanks", voice)
        said.append(speaker.say("engine.thanks", voice))
        voice = replace(voice, recent=(*voice.recent, speaker.said("engine.thanks", voice)))
    assert sorted(said) == ["One.", "Three.", "Two."]
    assert speaker.say("engine.thanks", voice) in said


def test_a_language_without_texts_gets_the_default_ones(speaker: Speaker) -> None:
    assert speaker.say("engine.goodbye", replace(VOICE, language="de")) == "Goodbye."


def test_a_text_that_is_not_there_is_an_error_with_its_name(speaker: Speaker) -> None:
    assert not speaker.has("engine.nothing_like_it", "en")
    with pytest.raises(KeyError, match="nothing_like_it"):
        speaker.say("engine.nothing_like_it", VOICE)


def test_a_template_cannot_reach_beyond_its_facts(speaker: Speaker) -> None:
    with pytest.raises((SecurityError, UndefinedError)):
        speaker.render("{{ value.__class__.__mro__ }}", VOICE, {"value": 1})


@pytest.mark.parametrize(
    ("language", "region", "amount", "currency", "written"),
    [
        ("en", "CH", "59.9", "CHF", "CHF 59.90"), ("fr", "CH", "80", "CHF", "CHF 80"), ("de", "CH", "1200.5", "CHF", "CHF 1’200.50"),
        ("fr", "FR", "59.9", "EUR", "59,90 €"), ("de", "DE", "1200", "EUR", "1.200 €"), ("pt", "BR", "1200", "BRL", "R$ 1.200"),
        ("en", "US", "1200.5", "USD", "$1,200.50"), ("en", "GB", "4.5", "GBP", "£4.50"), ("it", "IT", "0", "EUR", "0 €"),
    ],
)  # fmt: skip
def test_amounts_are_written_as_the_region_does(language: Language, region: str, amount: str, currency: str, written: str) -> None:
    money = Wording(language, region, date(2026, 11, 23)).money(Money(amount=Decimal(amount), currency=currency))
    assert money.replace("\u00a0", " ").replace("\u202f", " ") == written


@pytest.mark.parametrize(
    ("language", "region", "day", "written"),
    [
        ("en", "GB", date(2026, 11, 24), "Tuesday 24 November"), ("en", "US", date(2026, 11, 24), "Tuesday, November 24"),
        ("de", "CH", date(2026, 12, 1), "Dienstag, 1. Dezember"), ("fr", "FR", date(2026, 12, 1), "mardi 1er décembre"),
        ("it", "IT", date(2026, 12, 1), "martedì 1º dicembre"), ("es", "ES", date(2026, 12, 1), "martes, 1 de diciembre"),
        ("pt", "BR", date(2027, 1, 1), "sexta-feira, 1º de janeiro de 2027"), ("en", "GB", date(2027, 1, 1), "Friday 1 January 2027"),
        ("en", "CH", datetime(2026, 11, 24, 12, tzinfo=UTC), "Tuesday 24 November"),
    ],
)  # fmt: skip
def test_days_are_written_as_the_language_does(language: Language, region: str, day: date, written: str) -> None:
    assert Wording(language, region, date(2026, 11, 23)).day(day) == written


def test_lists_and_times_are_written_as_the_language_does() -> None:
    today = date(2026, 11, 23)
    spanish, french, american = Wording("es", "ES", today), Wording("fr", "FR", today), Wording("en", "US", today)
    assert spanish.listed(["aguja", "hilo"]) == "aguja e hilo"
    assert spanish.either(["siete", "ocho"]) == "siete u ocho"
    assert french.listed(["a", "b", "c"]) == "a, b et c"
    noon = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    assert (american.time(noon).replace("\u202f", " "), french.time(noon)) == ("2:00 PM", "14:00")

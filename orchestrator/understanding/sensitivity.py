"""What is handled before anything else: sensitive topics, opt-out words, and words meant for the machine."""

import re
from functools import cache
from typing import Literal, get_args

from orchestrator.conversation import LANGUAGES, Language

from .lexicon import Phrases, WordList, load_list
from .normalise import clean
from .phrases import PhraseBook, matching_form, words_of

SensitiveTopic = Literal[
    "self_harm", "threat", "injury_or_safety", "bereavement", "minors", "vulnerable_customer", "fraud", "hate", "discrimination",
    "data_protection_request", "legal_action", "press", "chargeback",
]  # fmt: skip
# Courtesies that may stand around an opt-out word without making it a sentence.
_AROUND = frozenset(
    [
        "please",
        "pls",
        "plz",
        "thanks",
        "thank",
        "you",
        "now",
        "ok",
        "hi",
        "hello",
        "svp",
        "merci",
        "bonjour",
        "bitte",
        "danke",
        "hallo",
        "grazie",
        "ciao",
        "favore",
        "per",
        "obrigado",
        "obrigada",
        "por",
        "favor",
        "gracias",
        "hola",
        "s",
        "il",
        "vous",
        "plait",
        "porfavor",
        "porfa",
    ]
)
_LONGEST_CHECKED = 20_000


class TopicWords(WordList):
    """The wordings of every topic, per language."""

    self_harm: dict[Language, Phrases]
    threat: dict[Language, Phrases]
    legal_action: dict[Language, Phrases]
    data_protection_request: dict[Language, Phrases]
    press: dict[Language, Phrases]
    bereavement: dict[Language, Phrases]
    vulnerable_customer: dict[Language, Phrases]
    discrimination: dict[Language, Phrases]
    fraud: dict[Language, Phrases]
    chargeback: dict[Language, Phrases]
    injury_or_safety: dict[Language, Phrases]
    minors: dict[Language, Phrases]
    hate: dict[Language, Phrases]


class OptOutWords(WordList):
    """Words that are whole messages, phrases that count anywhere, and look-alikes."""

    words: Phrases
    resume: Phrases
    help: Phrases
    emoji: Phrases
    phrases: Phrases
    never: Phrases


class InjectionWords(WordList):
    """Wordings, and markup as regular expressions over the raw text."""

    phrases: Phrases
    markup: tuple[str, ...]


def detect_sensitive(text: str, language: Language) -> tuple[SensitiveTopic, ...]:
    """The sensitive topics of a message, most urgent first.

    Wordings of other languages count too, if they have two words or more: a mother tongue comes back under stress.
    """
    form = matching_form(text[:_LONGEST_CHECKED])
    labels = _topic_book(language).labels(form)
    return tuple(topic for topic in get_args(SensitiveTopic) if topic in labels)


def opt_out(text: str) -> bool:
    """Whether the customer wants no more messages from us: STOP and its like, or a sentence that says so."""
    text = clean(text)
    form = matching_form(text)
    words = _opt_out_words()
    if _is_word(form, words.words):
        return True
    if not words_of(form) and any(emoji in text for emoji in words.emoji):
        return True
    if len(form) > 600:
        return False
    labels = _opt_out_book().labels(form)
    return "phrases" in labels and "never" not in labels


def opt_in(text: str) -> bool:
    """Whether the whole message is a word that takes an opt-out back (START)."""
    return _is_word(matching_form(clean(text)), _opt_out_words().resume)


def asks_help_word(text: str) -> bool:
    """Whether the whole message is the help word of text messages (HELP, AIDE, INFO)."""
    return _is_word(matching_form(clean(text)), _opt_out_words().help)


def injection_marks(text: str) -> bool:
    """Whether the text tries to give the machine orders: overrides, role play, asks for its prompt, fake tool output."""
    text = text[:_LONGEST_CHECKED]
    if any(pattern.search(text) for pattern in _markup()):
        return True
    return bool(_injection_book().labels(matching_form(text)))


def _is_word(form: str, words: Phrases) -> bool:
    said = words_of(form)
    if not said or len(said) > 6:
        return False
    known = _word_forms(words)
    if " ".join(said) in known:
        return True
    return " ".join(word for word in said if word not in _AROUND) in known


@cache
def _word_forms(words: Phrases) -> frozenset[str]:
    return frozenset(" ".join(words_of(matching_form(word))) for word in words)


@cache
def _opt_out_words() -> OptOutWords:
    return load_list("opt_out", OptOutWords)


@cache
def _opt_out_book() -> PhraseBook:
    words = _opt_out_words()
    return PhraseBook({"phrases": words.phrases, "never": words.never})


@cache
def _topic_book(language: Language) -> PhraseBook:
    topics: dict[str, dict[Language, Phrases]] = dict(load_list("sensitive", TopicWords))
    phrases: dict[str, list[str]] = {topic: list(wordings[language]) for topic, wordings in topics.items()}
    for topic, wordings in topics.items():
        for other in LANGUAGES:
            if other != language:
                phrases[topic] += [phrase for phrase in wordings[other] if len(re.findall(r"\([^)]*\)|[^\s()~.\[\]{}]+", phrase)) > 1]
    return PhraseBook(phrases)


@cache
def _injection_book() -> PhraseBook:
    return PhraseBook({"injection": load_list("injection", InjectionWords).phrases})


@cache
def _markup() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in load_list("injection", InjectionWords).markup)

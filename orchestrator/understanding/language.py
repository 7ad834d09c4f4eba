"""Which of the six languages a message is in: a small model of words and letter groups, trained at load from our own word lists."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from orchestrator.conversation import LANGUAGES, Language

from .acts import ActLists
from .lexicon import Phrases, WordList, load_list
from .normalise import fold

# Addresses, ids, numbers and mentions belong to no language.
_NOT_PROSE = re.compile(r"[@\d]|://")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NOTATION = re.compile(r"\{[^}]*\}|[()\[\]~^$.*]")
# Chosen on our own sentences: how much a letter group counts beside a word, what one word may say at most, and how strongly a
# conversation holds on to its language (its log odds against each other language).
_GROUP_WEIGHT = 0.15
_WORD_WEIGHT = 0.8
_MOST_PER_WORD = 3.4
_NAME_WEIGHT = 0.35
_PRIOR = 3.6
_NGRAMS = (2, 3, 4)


class LanguageTexts(WordList):
    """Function words and sentences of one language."""

    words: Phrases
    texts: Phrases


class LanguageLists(WordList):
    """Training texts by language, and words of none."""

    shared: Phrases
    languages: dict[Language, LanguageTexts]


@dataclass(frozen=True, kw_only=True)
class LanguageGuess:
    """The most likely language and its probability."""

    language: Language
    confidence: float


def detect(text: str, prior: Language | None) -> LanguageGuess:
    """The language of a message; short or wordless ones keep the `prior`, English without one."""
    return LanguageDetector.default().detect(text, prior)


class LanguageDetector:
    """Naive Bayes over words and groups of two to four letters."""

    def __init__(self, texts: Mapping[Language, Iterable[str]], words: Mapping[Language, Iterable[str]], shared: Iterable[str]) -> None:
        self._shared = frozenset(fold(word) for word in shared)
        self._words = _log_probabilities({language: _word_counts(texts[language], words[language]) for language in LANGUAGES}, 0.3)
        self._groups = _log_probabilities({language: _group_counts(texts[language], words[language]) for language in LANGUAGES}, 0.3)
        self._cache: dict[str, tuple[float, ...]] = {}

    @classmethod
    def default(cls) -> "LanguageDetector":
        """The detector trained on the shipped lists alone."""
        return _default()

    @classmethod
    def trained(cls, examples: Mapping[Language, Iterable[str]]) -> "LanguageDetector":
        """A detector that knows the project's own example messages too."""
        lists = load_list("language", LanguageLists)
        texts: dict[Language, list[str]] = {language: [*_shipped_texts(language), *examples.get(language, ())] for language in LANGUAGES}
        return cls(texts, {language: lists.languages[language].words for language in LANGUAGES}, lists.shared)

    def detect(self, text: str, prior: Language | None) -> LanguageGuess:
        """See `detect`."""
        scores = [_PRIOR if language == prior else 0.0 for language in LANGUAGES]
        prose = (part for part in text[:2000].replace("’", "'").split() if _NOT_PROSE.search(part) is None)
        words = _WORD.findall(" ".join(prose))
        counted = 0
        shouted = text.isupper()
        for position, word in enumerate(words[:80]):
            if fold(word) in self._shared:
                continue
            counted += 1
            # A capital inside a sentence is a name or a German noun; a name must not decide.
            weight = _NAME_WEIGHT if position and word[0].isupper() and not shouted else 1.0
            for index, score in enumerate(self._score(word.lower())):
                scores[index] += weight * score
        if not counted:
            return LanguageGuess(language=prior or "en", confidence=0.9 if prior else 0.2)
        top = max(scores)
        total = sum(math.exp(score - top) for score in scores)
        best = scores.index(top)
        return LanguageGuess(language=LANGUAGES[best], confidence=round(1.0 / total, 4))

    def _score(self, word: str) -> tuple[float, ...]:
        """What one word says for each language: 0 for the best, down to the most one word may say."""
        if (known := self._cache.get(word)) is not None:
            return known
        raw = [0.0] * len(LANGUAGES)
        for table, features, weight in ((self._groups, _groups(word), _GROUP_WEIGHT), (self._words, [word], _WORD_WEIGHT)):
            for feature in features:
                if (found := table.get(feature)) is not None:
                    for index, value in enumerate(found):
                        raw[index] += weight * value
        best = max(raw)
        score = tuple(max(value - best, -_MOST_PER_WORD) for value in raw)
        if len(self._cache) < 50_000:
            self._cache[word] = score
        return score


@cache
def _default() -> LanguageDetector:
    return LanguageDetector.trained({})


def _shipped_texts(language: Language) -> list[str]:
    """The sentences of this list, and the wordings of the acts, which are how people talk to us."""
    acts = load_list("acts", ActLists).languages[language]
    wordings = [phrase for group in (acts.head, acts.anywhere) for phrases in group.values() for phrase in phrases]
    return [
        *load_list("language", LanguageLists).languages[language].texts,
        *(_NOTATION.sub(" ", wording).replace("|", " ") for wording in wordings),
    ]


def _spellings(word: str) -> tuple[str, ...]:
    """A word as written and as typed without accents."""
    plain = fold(word)
    return (word,) if plain == word else (word, plain)


def _word_counts(texts: Iterable[str], words: Iterable[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for word in words:
        for part in word.lower().split():
            for spelling in _spellings(part):
                counts[spelling] += 12
    for text in texts:
        for word in set(_WORD.findall(text.lower())):
            for spelling in _spellings(word):
                counts[spelling] += 1
    return Counter({word: min(count, 24) for word, count in counts.items()})


def _group_counts(texts: Iterable[str], words: Iterable[str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    vocabulary: Counter[str] = Counter()
    for text in [*texts, *words]:
        vocabulary.update(_WORD.findall(text.lower()))
    for word, count in vocabulary.items():
        for spelling in _spellings(word):
            for group in _groups(spelling):
                counts[group] += 1 + int(math.log(count))
    return counts


def _groups(word: str) -> list[str]:
    padded = f"_{word}_"
    return [padded[at : at + size] for size in _NGRAMS for at in range(len(padded) - size + 1)]


def _log_probabilities(counts: Mapping[Language, Counter[str]], smoothing: float) -> dict[str, tuple[float, ...]]:
    features = set[str]().union(*counts.values())
    totals = [sum(counts[language].values()) + smoothing * len(features) for language in LANGUAGES]
    mean = sum(totals) / len(totals)
    return {
        feature: tuple(
            math.log((counts[language][feature] + smoothing) / total * mean) for language, total in zip(LANGUAGES, totals, strict=True)
        )
        for feature in features
    }

"""How sure we are that the best passage answers the question, fitted on questions with and without an answer."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from orchestrator.retrieval.index import Matches

ANSWERABLE = 0.5
DECLARED = 0.05
"""Enough when the supervisor is sure of an intent and the best passage is of an article that says it answers it."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """A logistic regression: `similarity` is the best passage's, `margin` how far it stands above the mean of all that are near,
    `lead` above the next article's, `coverage` the share of the question's words it holds.
    """

    bias: float
    similarity: float = 0.0
    margin: float = 0.0
    lead: float = 0.0
    coverage: float = 0.0


WORDS_ALONE = Calibration(bias=-2.6, coverage=5.7)
"""For the search without an encoder, and with one whose similarities were never calibrated."""

# Fitted on StackFAQ's development half (630 rephrasings; against them 300 banking and out-of-scope questions, and the same 630 with their
# document taken away, at half weight) and 71 English, French and German questions to the articles of tests/retrieval. Two-fold by question,
# StackFAQ / articles: e5 precision .97 / 1.0, recall .84 / .83, other questions refused .997 / 1.0, those whose document was taken away
# .79 / .90; use .94 / .97, .79 / .78, .98 / 1.0, .81 / .83.
WITHIN = {
    "e5": Calibration(bias=-51.8, similarity=55.3, margin=65.8, lead=12.1, coverage=1.5),
    "use": Calibration(bias=-6.2, similarity=3.8, margin=11.9, lead=9.2, coverage=3.7),
}
# From five languages to English articles, 41 questions: precision .94 (use .95), recall .85 (.90), other questions all refused.
ACROSS = {
    "use50-e550": Calibration(bias=-17.4, similarity=30.1, margin=4.8),
    "use": Calibration(bias=-6.2, similarity=21.0),
}


def answerability(found: Matches, *, across: bool) -> float:
    """0..1; from `ANSWERABLE` the best passage is taken to hold the answer.

    Args:
        found: The result of a search.
        across: The question is in another language than the passages.
    """
    if not found.best:
        return 0.0
    best = found.best[0]
    article = best.id.partition("#")[0]
    others = (match.similarity for match in found.best if match.id.partition("#")[0] != article)
    weights = (ACROSS if across else WITHIN).get(found.encoder, WORDS_ALONE)
    logit = (
        weights.bias
        + weights.similarity * best.similarity
        + weights.margin * (best.similarity - found.background)
        + weights.lead * (best.similarity - next(others, found.background))
        + weights.coverage * best.coverage
    )
    return 1 / (1 + exp(-logit))

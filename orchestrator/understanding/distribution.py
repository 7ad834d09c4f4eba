"""What a message may mean: the classifier's answer."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution:
    """Calibrated probabilities over all intents, and what may be done with them.

    Args:
        probabilities: Every intent with its probability, most likely first; they sum to 1.
        candidates: The intents that can't be ruled out at 95 % coverage, most likely first: one → act, several → ask which,
            none → nothing fits.
        energy: How familiar the text is (logsumexp of the calibrated logits); comparable within one classifier only.
        out_of_scope: 0..1, with 0.5 at the calibrated threshold; a score, not a probability.
    """

    probabilities: tuple[tuple[str, float], ...]
    candidates: tuple[str, ...]
    energy: float
    out_of_scope: float

    @property
    def intent(self) -> str:
        """The most likely intent."""
        return self.probabilities[0][0]

    @property
    def confidence(self) -> float:
        """The probability of the most likely intent."""
        return self.probabilities[0][1]

    @property
    def is_out_of_scope(self) -> bool:
        """Whether the text is beyond the threshold: unlike anything the intents cover."""
        return self.out_of_scope > 0.5

    def probability_of(self, intent: str) -> float:
        """The probability of one intent; 0 for an unknown one."""
        return next((share for name, share in self.probabilities if name == intent), 0.0)

"""A telephone call: who has the floor, what was heard of our words, and what to do when nobody speaks. Any carrier's line will do."""

from dataclasses import dataclass

import anyio
import structlog
from anyio.abc import TaskGroup

from orchestrator.channels.call_turns import CallTurns, Outcome
from orchestrator.channels.calling import Caller, told, voice
from orchestrator.channels.keypad import HUMAN, Keypad
from orchestrator.channels.line import BargeIn, Correction, Digit, Final, Floor, LineEvent, Partial, Played, Summary
from orchestrator.channels.mouth import Mouth
from orchestrator.channels.timer import Sleep, Timer
from orchestrator.channels.utterance import Utterance, letters
from orchestrator.conversation import Inbound, Language
from orchestrator.governance.hours import is_open
from orchestrator.runtime import Orchestrator
from orchestrator.understanding.heard import is_backchannel
from orchestrator.understanding.heard.noises import without_fillers

DIGIT_SECONDS = 2.0
SILENCE_SECONDS = 8.0
RESUME_SECONDS = 3.0
"""After a cough, where the carrier tells us that nobody is speaking."""
FAREWELL_SECONDS = 5.0
"""How much longer than expected our last words may take."""
LETTERS_A_SECOND = 14.0
"""How fast a voice reads, for carriers that do not say when it has finished."""
FAILURES = 2
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Where a call takes place: its tasks, and how it waits."""

    tasks: TaskGroup
    sleep: Sleep = anyio.sleep


class Call:
    """One call. `take` what the line hears, in order; the answers go to the mouth.

    One turn at a time: new words stop the reply to the ones before. `over` is set when our part is done.
    """

    def __init__(self, orchestrator: Orchestrator, caller: Caller, mouth: Mouth, stage: Stage, *, disclosed: bool = False) -> None:
        """`disclosed`: the caller knows that a machine speaks."""
        self.over = anyio.Event()
        self._orchestrator = orchestrator
        self._mouth = mouth
        self._turns = CallTurns(orchestrator, caller, mouth)
        self._tasks = stage.tasks
        self._silence = Timer(stage.tasks, stage.sleep)
        self._typing = Timer(stage.tasks, stage.sleep)
        self._keypad = Keypad()
        self._utterance = Utterance(language=mouth.language)
        self._id = orchestrator.house.new_id("call")
        self._said = 0
        self._disclosed = disclosed
        self._silences = 0
        self._failures = 0
        self._agent_speaks = self._caller_speaks = False
        self._reports_agent = self._reports_caller = False
        self._farewell: bytes | None = None

    def open(self, greeting: str = "") -> None:
        """The line is open; `greeting` is what the carrier is saying to the caller already."""
        self._wait(greeting)

    def take(self, event: LineEvent) -> None:
        """Something was heard. Returns at once; when it cuts us off, nothing more leaves from here on."""
        if isinstance(event, Floor):
            self._take_floor(event)
        elif isinstance(event, Played):
            self._utterance.play(event.text)
        elif self._farewell is not None or self.over.is_set():
            log.info("heard after the farewell", kind=type(event).__name__)
        elif isinstance(event, BargeIn):
            self._barge_in(event)
        elif isinstance(event, Digit):
            self._press(event.key)
        elif isinstance(event, Partial):
            self._anticipate(event)
        else:
            self._hear(event)

    def drain(self) -> None:
        """The process ends: the carrier is to call again, which another one answers. A turn that runs is finished, though not heard."""
        self._mouth.stop(self._utterance)
        self._leave(self._mouth.line.end("reconnect", self._turns.caller.conversation_id))

    async def hang_up(self) -> None:
        """The line is gone. Returns when the record holds what was heard."""
        drained = self._farewell is not None
        self._leave(b"")
        utterance = self._utterance
        if not drained and (not utterance.is_whole or (self._agent_speaks and utterance.played)):
            self._cut(utterance, None)
        await self._turns.ended()

    def _take_floor(self, event: Floor) -> None:
        if event.who == "caller":
            self._reports_caller, self._caller_speaks = True, event.speaks
        else:
            ended = self._agent_speaks and not event.speaks
            self._reports_agent, self._agent_speaks = True, event.speaks
            if ended and self._farewell is not None:
                self._leave(self._farewell)
        if self._farewell is None:
            self._wait()

    def _barge_in(self, event: BargeIn) -> None:
        """What was heard is noted, but the record is cut only when the caller says something: it may have been a cough."""
        if self._utterance.sent and not self._utterance.is_binding:
            self._cut(self._utterance, event.heard)
            self._wait()

    def _cut(self, utterance: Utterance, heard: str | None) -> None:
        if utterance.sent:
            utterance.interrupt(heard)
            self._turns.interrupted = utterance
        self._mouth.stop(utterance)
        utterance.leave()

    def _anticipate(self, event: Partial) -> None:
        if self._is_aside(event.text):
            return
        self._orchestrator.anticipate(self._inbound(event.text, event.language))
        self._wait()

    def _hear(self, event: Final | Correction) -> None:
        typed = self._typed()
        if not typed and self._is_aside(event.text):
            self._go_on()
            return
        if isinstance(event, Correction):
            self._utterance.is_replaced = True
        self._answer(f"{typed} {event.text}".strip(), event.language)

    def _is_aside(self, text: str) -> bool:
        """Nothing but noise; or, while we speak, a sign that the caller follows."""
        language = self._mouth.language
        if not letters(without_fillers(text, language)):
            return True
        speaking = self._utterance.is_running or self._agent_speaks or self._utterance.has_more
        return speaking and is_backchannel(text, language)

    def _go_on(self) -> None:
        """After something that was no answer: from where we were cut off, if we were."""
        utterance = self._utterance
        if not utterance.has_more:
            self._wait()
            return
        self._turns.interrupted = None
        if utterance.inbound is not None and not utterance.recorded:
            self._start(utterance.inbound)
            return
        rest, full = utterance.rest(), utterance.before + utterance.recorded
        again = Utterance(language=utterance.language, turn_id=utterance.turn_id, before=full[: len(full) - len(rest)])
        self._utter(again, rest)

    def _press(self, key: str) -> None:
        self._silence.stop()
        if self._keypad.press(key):
            self._send_typed()
        elif self._keypad.typed:
            self._typing.start(DIGIT_SECONDS, self._send_typed)
        else:
            self._typing.stop()
            self._wait()

    def _typed(self) -> str:
        self._typing.stop()
        return self._keypad.take()

    def _send_typed(self) -> None:
        typed = self._typed()
        self._answer(self._words("talk_to_human") if typed == HUMAN else typed, None)

    def _answer(self, text: str, language: Language | None) -> None:
        self._silences = 0
        self._said += 1
        self._start(self._inbound(text, language, f"{self._id}:{self._said}"))

    def _inbound(self, text: str, language: Language | None, message_id: str | None = None) -> Inbound:
        """A language that the carrier was not told to expect is evidence; the expected one is none, so the words decide."""
        other = language if language != self._mouth.language else None
        return Inbound(
            conversation_id=self._turns.caller.conversation_id, text=text, channel="voice", language=other, message_id=message_id
        )

    def _start(self, inbound: Inbound) -> None:
        self._silence.stop()
        if not self._utterance.is_whole:
            self._cut(self._utterance, None)
        self._utterance = Utterance(language=self._mouth.language, inbound=inbound, is_running=True)
        self._tasks.start_soon(self._reply, self._utterance, inbound)

    async def _reply(self, utterance: Utterance, inbound: Inbound) -> None:
        outcome = await self._turns.run(utterance, inbound)
        if utterance is self._utterance:
            if utterance.is_closed:
                self._wait()
            else:
                self._conclude(utterance, outcome)

    def _conclude(self, utterance: Utterance, outcome: Outcome) -> None:
        """The end of a reply, with what the call has to add: an apology, or that a colleague takes over."""
        line, caller = self._mouth.line, self._turns.caller
        self._disclosed = self._disclosed or bool(utterance.words)
        self._failures = self._failures + 1 if outcome == "failed" else 0
        if outcome == "failed":
            farewell = line.end("technical-failure", caller.conversation_id) if self._failures >= FAILURES else None
            self._utter(utterance, self._words("voice_failure"), farewell)
        elif outcome == "refused":
            self._utter(utterance, self._words("not_understood"))
        elif outcome == "with-human" or utterance.reason:
            self._hand_over(utterance)
        else:
            self._utter(utterance, "")

    def _hand_over(self, utterance: Utterance) -> None:
        """To a colleague if one is there. If not, the caller may still say how they can be reached."""
        line, caller = self._mouth.line, self._turns.caller
        if is_open(self._orchestrator.house.policy.desk, self._orchestrator.clock()):
            summary = Summary(
                conversation_id=caller.conversation_id,
                reason=utterance.reason.partition(":")[0] or "human",
                language=utterance.language,
                ticket_id=utterance.ticket_id,
            )
            words = self._words("voice_handover") if caller.transfers or not utterance.words else ""
            self._utter(utterance, words, line.transfer(summary))
        elif utterance.words:
            self._utter(utterance, "")
        else:
            self._utter(utterance, self._words("goodbye"), line.end("desk-closed", caller.conversation_id))

    def _utter(self, utterance: Utterance, text: str, farewell: bytes | None = None) -> None:
        """Says the last words of an utterance and closes it; with a farewell, the call ends once they have been heard."""
        self._utterance = utterance
        utterance.is_binding = farewell is not None
        self._mouth.say(utterance, f" {text}" if text and utterance.words else text)
        self._mouth.close(utterance)
        if farewell is None:
            self._wait(utterance.words)
            return
        self._farewell = farewell
        if self._reports_agent:
            self._silence.start(len(utterance.words) / LETTERS_A_SECOND + FAREWELL_SECONDS, lambda: self._leave(farewell))
        else:
            self._leave(farewell)

    def _leave(self, farewell: bytes) -> None:
        self._farewell = farewell
        self._silence.stop()
        self._typing.stop()
        if farewell and not self.over.is_set():
            self._mouth.put(farewell)
        self.over.set()

    def _wait(self, words: str = "") -> None:
        """Begins to count silence, once our words will have been spoken; while somebody speaks or we think, there is none."""
        self._silence.stop()
        if self._farewell is not None or self._utterance.is_running or self._agent_speaks or self._caller_speaks:
            return
        patience = RESUME_SECONDS if self._reports_caller and self._utterance.has_more else SILENCE_SECONDS
        self._silence.start(len(words) / LETTERS_A_SECOND + patience, self._on_silence)

    def _on_silence(self) -> None:
        if self._utterance.has_more:
            self._go_on()
            return
        self._silences += 1
        words = self._words("still_there" if self._silences == 1 else "goodbye_silence")
        if not self._disclosed:
            words = f"{self._words('disclosure')} {words}"
            self._disclosed = True
            self._tasks.start_soon(self._tell, words)
        end = self._mouth.line.end("caller-silent", self._turns.caller.conversation_id)
        self._utter(Utterance(language=self._mouth.language), words, end if self._silences > 1 else None)

    async def _tell(self, words: str) -> None:
        try:
            await told(self._orchestrator, self._turns.caller, words)
        except Exception:  # the edge of a request: what was said stays said
            log.exception("words on a call not recorded", conversation=self._turns.caller.conversation_id)

    def _words(self, key: str) -> str:
        seed = f"{self._id}:{self._said}:{self._silences}"
        return self._orchestrator.house.speaker.say(f"engine.{key}", voice(self._orchestrator, self._mouth.language, seed))

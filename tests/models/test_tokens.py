"""Tokens are counted offline, the same for the same text, and any text can be counted."""

import os
import subprocess
import sys

import pytest

from orchestrator.models import AssistantMessage, SystemMessage, ToolCall, ToolMessage
from orchestrator.models.tokens import count, count_messages, cut
from tests.models.wire import TOOLS

BLOCKED = """
import sys
def refuse(event, args):
    if event.startswith("socket."): raise AssertionError(event)
sys.addaudithook(refuse)
from orchestrator.models.tokens import count
print(count("Where is my order?"))
"""


def test_the_table_is_there_without_a_network() -> None:
    environment = os.environ | {"TIKTOKEN_CACHE_DIR": ""}
    done = subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "5"


@pytest.mark.parametrize(("text", "tokens"), [("", 0), ("Hello", 1), ("Wo ist mein Paket?", 6), ("<|endoftext|>", 7)])
def test_texts_have_known_counts(text: str, tokens: int) -> None:
    assert (count(text), count(text)) == (tokens, tokens)


@pytest.mark.parametrize("text", ["\ud800", "\0", "a" * 100_000, "🎁" * 5000, "مرحبا", " " * 50_000])
def test_any_text_can_be_counted(text: str) -> None:
    assert 0 < count(text) <= len(text) * 4


def test_a_prompt_counts_messages_calls_and_tools() -> None:
    call = ToolCall(id="1", tool="find_order", arguments={"order": "A-1"})
    plain = count_messages([SystemMessage(text="Be kind."), ToolMessage(call_id="1", tool="find_order", text="none")])
    with_call = count_messages([SystemMessage(text="Be kind."), AssistantMessage(calls=(call,))])
    assert 0 < plain < with_call
    assert count_messages([], TOOLS) == count(TOOLS.wire)


@pytest.mark.parametrize("limit", [0, 1, 3, 10, 1000])
@pytest.mark.parametrize("text", ["The kettle is on its way to you today.", "🎁🎁🎁🎁🎁 déjà vu"])
def test_a_cut_text_keeps_to_its_limit_and_to_whole_characters(text: str, limit: int) -> None:
    start, end = cut(text, limit), cut(text, limit, keep="end")
    assert text.startswith(start)
    assert text.endswith(end)
    assert count(start) <= limit
    assert limit < 1000 or start == end == text

"""Our own tokens, by which a browser is recognised as the visitor it was."""

from datetime import UTC, datetime

import pytest
from hypothesis import given as forall
from hypothesis import settings as examples
from hypothesis import strategies as st

from orchestrator.errors import IdentityError, SettingsError
from orchestrator.memory.tokens import issue_visitor, read_visitor

from .given import NOW

SECRET = "a secret of the deployment"


def test_a_visitor_is_recognised_by_our_own_token() -> None:
    assert read_visitor(issue_visitor(SECRET, NOW, "visitor-1"), SECRET) == "visitor-1"
    visitors = {read_visitor(issue_visitor(SECRET, NOW), SECRET) for _ in range(20)}
    assert len(visitors) == 20


@pytest.mark.parametrize("visitor_id", ["short", "a b c d e f", "x" * 65, "visitor.1", "../../etc"])
def test_an_id_that_cannot_be_read_back_is_not_issued(visitor_id: str) -> None:
    with pytest.raises(ValueError, match="visitor id"):
        issue_visitor(SECRET, NOW, visitor_id)


def test_without_a_secret_visitors_get_no_token() -> None:
    with pytest.raises(SettingsError, match="FILROUGE_SECRET"):
        issue_visitor("", NOW)
    with pytest.raises(SettingsError, match="FILROUGE_SECRET"):
        read_visitor(issue_visitor(SECRET, NOW), "")


@examples(max_examples=300, deadline=None)
@forall(data=st.data())
def test_no_changed_visitor_token_is_accepted(data: st.DataObject) -> None:
    token = issue_visitor(SECRET, datetime(2026, 3, 2, tzinfo=UTC), "visitor-1")
    position = data.draw(st.integers(0, len(token)))
    changed = token[:position] + data.draw(st.text(max_size=2)) + token[position + data.draw(st.integers(0, 2)) :]
    if changed != token:
        with pytest.raises(IdentityError):
            read_visitor(changed, SECRET)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "v1",
        "v1...",
        "v2.visitor-1.1." + "0" * 64,
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJDLTEwMDEifQ.c2lnbmF0dXJl",
        "v1.visitor-1.١." + "0" * 64,
        "x" * 100_000,
    ],
)
def test_what_is_no_visitor_token_is_refused(token: str) -> None:
    with pytest.raises(IdentityError, match="not valid"):
        read_visitor(token, SECRET)


def test_a_visitor_token_of_another_deployment_is_refused() -> None:
    with pytest.raises(IdentityError):
        read_visitor(issue_visitor("another secret", NOW), SECRET)

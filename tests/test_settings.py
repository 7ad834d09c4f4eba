"""Settings come from arguments, then the environment, then the project's pyproject.toml; a wrong one is named."""

from pathlib import Path

import pytest

from orchestrator.errors import SettingsError
from orchestrator.settings import load_settings


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder and an environment without ours."""
    for name in ("HOST", "PORT", "FILROUGE_HOST", "FILROUGE_PORT", "FILROUGE_DATA_DIR", "FILROUGE_API_KEYS", "FILROUGE_ENCODER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_anything_it_serves_this_machine_only() -> None:
    settings = load_settings()
    assert (settings.host, settings.port, settings.api_keys, settings.token_key) == ("127.0.0.1", 8080, (), "")


@pytest.mark.parametrize("name", ["PORT", "FILROUGE_PORT"])
def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "9000")
    monkeypatch.setenv("FILROUGE_API_KEYS", "one, two,,")
    settings = load_settings()
    assert (settings.port, settings.api_keys) == (9000, ("one", "two"))


def test_an_argument_comes_before_the_environment_and_that_before_the_project(monkeypatch: pytest.MonkeyPatch, elsewhere: Path) -> None:
    table = '[tool.filrouge]\nport = 7000\nhost = "0.0.0.0"\nmessage_limit = 100\n'
    (elsewhere / "pyproject.toml").write_text(table, encoding="utf-8")
    monkeypatch.setenv("HOST", "10.0.0.1")
    monkeypatch.setenv("FILROUGE_MESSAGE_LIMIT", "200")
    settings = load_settings(message_limit=300)
    assert (settings.port, settings.host, settings.message_limit) == (7000, "10.0.0.1", 300)


def test_every_wrong_value_is_named_with_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILROUGE_ENCODER", "bert")
    monkeypatch.setenv("FILROUGE_LOG_LEVEL", "loud")
    with pytest.raises(SettingsError) as caught:
        load_settings(port=99999)
    text = str(caught.value)
    assert all(word in text for word in ("encoder", "'bert'", "log_level", "'loud'", "99999"))


def test_settings_are_not_changed_once_made() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().port = 1  # pyright: ignore[reportAttributeAccessIssue]  # that is what is tested

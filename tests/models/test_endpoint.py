"""Which models are reached where, and that no key goes where it does not belong."""

import pytest
from pydantic import SecretStr

from orchestrator.errors import SettingsError
from orchestrator.models import open_models
from orchestrator.models.endpoint import NO_KEY, endpoints_of
from orchestrator.settings import Settings, load_settings

KEY = "sk-main-key"


def settings(*models: str, base: str = "https://api.openai.com/v1", keys: str = "") -> Settings:
    return Settings(model=models, openai_base_url=base, openai_api_key=SecretStr(KEY), model_keys=SecretStr(keys))


def test_models_are_tried_in_the_order_given() -> None:
    first, second = endpoints_of(settings("gpt-a", "qwen2.5:7b@http://localhost:11434/v1/"))
    assert (first.model, first.base_url, first.is_openai) == ("gpt-a", "https://api.openai.com/v1", True)
    assert (second.model, second.base_url, second.name) == ("qwen2.5:7b", "http://localhost:11434/v1", "qwen2.5:7b@localhost:11434")


def test_the_key_goes_to_its_own_address_only() -> None:
    models = (
        "a",
        "b@https://api.openai.com/v2",
        "c@https://else.test/v1",
        "d@http://api.openai.com/v1",
        "e@https://api.openai.com.evil/v1",
    )
    keys = [endpoint.key.get_secret_value() for endpoint in endpoints_of(settings(*models))]
    assert keys == [KEY, KEY, NO_KEY, NO_KEY, NO_KEY]


def test_other_hosts_have_keys_of_their_own() -> None:
    (endpoint,) = endpoints_of(settings("c@https://else.test:8443/v1", keys="other=x, else.test:8443=sk-else=="))
    assert endpoint.key.get_secret_value() == "sk-else=="


@pytest.mark.parametrize(
    "base",
    [
        "https://it.openai.azure.com/openai/deployments/d?api-version=2024-10-21",
        "https://proxy.test/d?api-version=1",
        "https://it.openai.azure.com/openai/v1",
    ],
)
def test_azure_is_known_by_its_address(base: str) -> None:
    (endpoint,) = endpoints_of(settings("d", base=base))
    assert endpoint.is_azure
    assert "?" not in endpoint.base_url
    assert dict(endpoint.query).keys() <= {"api-version"}


@pytest.mark.parametrize("entry", ["a@", "@https://x.test/v1", "a@ftp://x.test", "a@x.test/v1", "a@https://user:pass@x.test/v1"])
def test_a_malformed_entry_is_named(entry: str) -> None:
    with pytest.raises(SettingsError, match="FILROUGE_MODEL"):
        endpoints_of(settings("good", entry, base="" if entry == "a@" else "https://api.openai.com/v1"))


def test_malformed_keys_are_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        endpoints_of(settings("a", keys="sk-without-host"))
    assert "sk-without-host" not in str(caught.value)


def test_keys_are_in_no_repr_and_in_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("FILROUGE_MODEL_KEYS", "else.test=sk-else")
    loaded = load_settings(model=("a",))
    assert loaded.openai_api_key.get_secret_value() == KEY
    assert not any(key in f"{loaded!r} {loaded} {endpoints_of(loaded)!r} {loaded.model_dump()}" for key in (KEY, "sk-else"))
    with pytest.raises(SettingsError) as caught:
        load_settings(openai_api_key=[KEY], model_keys={"x": "sk-else"})
    assert KEY not in str(caught.value)
    assert "sk-else" not in str(caught.value)


def test_the_usual_names_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("FILROUGE_MODEL", "first, second@http://x.test/v1")
    monkeypatch.setenv("FILROUGE_MODEL_TOOLS", "schema")
    loaded = load_settings()
    assert (loaded.model, loaded.openai_base_url, loaded.model_tools) == (
        ("first", "second@http://x.test/v1"),
        "http://127.0.0.1:9/v1",
        "schema",
    )


@pytest.mark.anyio
async def test_without_a_model_there_is_none() -> None:
    async with open_models(Settings(model=())) as models:
        assert models is None


@pytest.mark.anyio
async def test_the_settings_decide_the_tool_mode_and_leave_it_open_for_unknown_servers() -> None:
    async with open_models(settings("a", "b@http://localhost:1/v1")) as models:
        assert models is not None
        assert [(one.model, one.state, one.mode) for one in models.standing()] == [
            ("a@api.openai.com", "closed", "native"), ("b@localhost:1", "closed", None),
        ]  # fmt: skip

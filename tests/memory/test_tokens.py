import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from functools import cache

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given as forall
from hypothesis import settings as examples
from hypothesis import strategies as st

from orchestrator.errors import IdentityError, SettingsError
from orchestrator.memory.tokens import TokenIdentity, check_key, verify_token
from orchestrator.settings import Settings

from .given import NOW, later

KEY = "a shared secret of the host site, long enough"
HS256 = Settings(token_key=KEY, token_algorithm="HS256")
AT = int(NOW.timestamp())
GOOD: dict[str, object] = {
    "sub": "C-1001",
    "aud": "filrouge",
    "iat": AT,
    "exp": AT + 900,
    "email": "lena@example.ch",
    "name": "Lena Brunner",
}
LENA = TokenIdentity(subject="C-1001", email="lena@example.ch", name="Lena Brunner", expires_at=later(minutes=15))


@cache
def _rsa_keys(bits: int = 2048) -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


@cache
def _rs256() -> Settings:
    return Settings(token_key=_rsa_keys()[1], token_algorithm="RS256")


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _signed(claims: Mapping[str, object] | bytes, header: Mapping[str, object] | bytes, key: bytes = KEY.encode()) -> str:
    """A token made by hand, because the library refuses to make most of the bad ones."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, claims)]
    signing_input = ".".join(_base64(part) for part in parts)
    return f"{signing_input}.{_base64(hmac.new(key, signing_input.encode(), hashlib.sha256).digest())}"


def _with(**claims: object) -> str:
    return _signed({**GOOD, **claims}, {"alg": "HS256", "typ": "JWT"})


def _without(name: str) -> str:
    return _signed({key: value for key, value in GOOD.items() if key != name}, {"alg": "HS256", "typ": "JWT"})


def _header(**header: object) -> str:
    return _signed(GOOD, {"alg": "HS256", "typ": "JWT", **header})


def _unsigned(algorithm: str) -> str:
    return _header(alg=algorithm).rpartition(".")[0] + "."


def test_a_good_token_says_who_is_logged_in() -> None:
    assert verify_token(jwt.encode(GOOD, KEY, "HS256"), HS256, NOW) == LENA


def test_a_token_signed_with_the_private_key_is_verified_with_the_public_one() -> None:
    token = jwt.encode(GOOD, _rsa_keys()[0], "RS256", headers={"kid": "2026-01"})
    assert verify_token(token, _rs256(), NOW) == LENA


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"aud": ["shop", "filrouge"]}, {}),
        ({"exp": AT + 3600}, {"expires_at": later(hours=1)}),
        ({"iat": AT - 600, "exp": AT + 3000}, {"expires_at": later(minutes=50)}),
        ({"iat": AT + 30, "nbf": AT + 30}, {}),
        ({"name": None, "email": None}, {"name": "", "email": ""}),
        ({"name": "  Ana\u00a0María\u200b "}, {"name": "Ana María"}),
        ({"email_verified": False}, {"email": ""}),
        ({"email_verified": "true"}, {"email": ""}),
        ({"email_verified": True}, {}),
        ({"phone": "+41795550102", "language": "de-CH", "region": "CH"}, {"phone": "+41795550102", "language": "de-CH", "region": "CH"}),
        ({"role": "admin", "customer_id": "C-9"}, {}),
    ],
)
def test_what_a_host_site_may_also_write(claims: dict[str, object], expected: dict[str, object]) -> None:
    identity = verify_token(_with(**claims), HS256, NOW)
    assert {name: getattr(identity, name) for name in ("subject", "email", "name", "phone", "language", "region", "expires_at")} == {
        "subject": "C-1001",
        "email": "lena@example.ch",
        "name": "Lena Brunner",
        "phone": "",
        "language": "",
        "region": "",
        "expires_at": later(minutes=15),
        **expected,
    }


_GOOD_TOKEN = _with()
_NESTED = b'{"a":' * 1200 + b"1" + b"}" * 1200
BAD: dict[str, str] = {
    "empty": "",
    "not a token": "Bearer x",
    "two parts": _GOOD_TOKEN.rpartition(".")[0],
    "four parts": _GOOD_TOKEN + ".x",
    "five parts, encrypted": "e30.e30.e30.e30.e30",
    "no signature": _GOOD_TOKEN.rpartition(".")[0] + ".",
    "space around": f" {_GOOD_TOKEN}",
    "line break after": f"{_GOOD_TOKEN}\n",
    "with Bearer": f"Bearer {_GOOD_TOKEN}",
    "standard base64 padding": f"{_GOOD_TOKEN}=",
    "not ASCII": f"{_GOOD_TOKEN}é",
    "lone surrogate": f"{_GOOD_TOKEN}\ud800",
    "signature of another token": _GOOD_TOKEN.rpartition(".")[0] + "." + _with(sub="C-1002").rpartition(".")[2],
    "claims of another token": ".".join([_GOOD_TOKEN.split(".")[0], _with(sub="C-1002").split(".")[1], _GOOD_TOKEN.split(".")[2]]),
    "signed with another key": _signed(GOOD, {"alg": "HS256"}, b"x" * 40),
    "signed with the empty key": _signed(GOOD, {"alg": "HS256"}, b""),
    "algorithm none": _unsigned("none"),
    "algorithm None": _unsigned("None"),
    "algorithm nOnE, signed": _header(alg="nOnE"),
    "no algorithm": _signed(GOOD, {"typ": "JWT"}),
    "algorithm a list": _header(alg=["HS256"]),
    "algorithm in lower case": _header(alg="hs256"),
    "HS512": jwt.encode(GOOD, KEY * 2, "HS512"),
    "HS384 by name only": _header(alg="HS384"),
    "RS256 for HS256": jwt.encode(GOOD, _rsa_keys()[0], "RS256"),
    "key id a path": _header(kid="../../dev/null"),
    "key id SQL": _header(kid="x' UNION SELECT 'key"),
    "key id empty": _header(kid=""),
    "key id a number": _header(kid=7),
    "own key in the header": _header(jwk={"kty": "oct", "k": "eA"}),
    "key address in the header": _header(jku="https://evil.example/keys"),
    "certificate in the header": _header(x5c=["MII"]),
    "certificate address in the header": _header(x5u="https://evil.example/cert"),
    "critical extension": _header(crit=["exp"], exp=1),
    "payload not encoded": _header(b64=False, crit=["b64"]),
    "another type": _header(typ="at+jwt"),
    "type not text": _header(typ=["JWT"]),
    "header not an object": _signed(GOOD, b"[]"),
    "header not JSON": _signed(GOOD, b"{"),
    "header not UTF-8": _signed(GOOD, b'{"alg":"HS256","kid":"\xff"}'),
    "header nested": _signed(GOOD, _NESTED[:4000]),
    "claims not an object": _signed(b'"C-1001"', {"alg": "HS256"}),
    "claims not JSON": _signed(b"sub=C-1001", {"alg": "HS256"}),
    "claims not UTF-8": _signed(b'{"sub":"\xff"}', {"alg": "HS256"}),
    "no expiry": _without("exp"),
    "expired": _with(iat=AT - 1000, exp=AT - 1),
    "expiring now": _with(exp=AT),
    "expiry a text": _with(exp=str(AT + 900)),
    "expiry a fraction": _with(exp=AT + 900.5),
    "expiry true": _with(exp=True),
    "expiry null": _with(exp=None),
    "expiry not a number": _signed(json.dumps({**GOOD, "exp": float("nan")}).encode(), {"alg": "HS256"}),
    "expiry infinite": _signed(json.dumps({**GOOD, "exp": float("inf")}).encode(), {"alg": "HS256"}),
    "expiry beyond time": _with(exp=10**30),
    "expiry in milliseconds": _with(exp=(AT + 900) * 1000),
    "valid for more than an hour": _with(exp=AT + 3601),
    "valid for more than an hour without an issue time": _signed({"sub": "x", "aud": "filrouge", "exp": AT + 3601}, {"alg": "HS256"}),
    "an hour of validity that began long ago": _with(iat=AT - 3000, exp=AT + 900),
    "issued in the future": _with(iat=AT + 61),
    "issued after it expires": _with(iat=AT + 50, exp=AT + 40),
    "issue time a text": _with(iat=str(AT)),
    "issue time null": _with(iat=None),
    "issued before time": _with(iat=-(10**30)),
    "not valid yet": _with(nbf=AT + 61),
    "not-before a text": _with(nbf="now"),
    "no audience": _without("aud"),
    "another audience": _with(aud="filrouge-staging"),
    "audience in other case": _with(aud="Filrouge"),
    "audience empty": _with(aud=[]),
    "audience null": _with(aud=None),
    "audience of numbers": _with(aud=[1]),
    "audience an object": _with(aud={"filrouge": True}),
    "no subject": _without("sub"),
    "subject empty": _with(sub=""),
    "subject null": _with(sub=None),
    "subject a number": _with(sub=1001),
    "subject a list": _with(sub=["C-1001"]),
    "subject with a space": _with(sub="C-1001 "),
    "subject with a zero-width space": _with(sub="C-1001\u200b"),
    "subject with NUL": _with(sub="C-1001\0"),
    "subject with a lone surrogate": _with(sub="C-1001\ud800"),
    "subject endless": _with(sub="C" * 256),
    "e-mail a list": _with(email=["lena@example.ch"]),
    "e-mail without @": _with(email="lena"),
    "two e-mails": _with(email="lena@example.ch eve@evil.example"),
    "e-mail with a line break": _with(email="lena@example.ch\nbcc:eve@evil.example"),
    "name an object": _with(name={"first": "Lena"}),
    "20 KB": _with(note="x" * 20_000),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_refused_and_nobody_learns_why(name: str) -> None:
    with pytest.raises(IdentityError) as refusal:
        verify_token(BAD[name], HS256, NOW)
    assert str(refusal.value) == "the token is not valid"


FORGERIES: dict[str, Callable[[str], str]] = {
    "HS256 with the public key": lambda public: _signed(GOOD, {"alg": "HS256", "typ": "JWT"}, public.encode()),
    "the same stripped": lambda public: _signed(GOOD, {"alg": "HS256", "typ": "JWT"}, public.strip().encode()),
    "HMAC called RS256": lambda public: _signed(GOOD, {"alg": "RS256", "typ": "JWT"}, public.encode()),
    "none": lambda _: _unsigned("none"),
    "another key": lambda _: jwt.encode(GOOD, _rsa_keys(3072)[0], "RS256"),
    "RS512": lambda _: jwt.encode(GOOD, _rsa_keys()[0], "RS512"),
    "PS256": lambda _: jwt.encode(GOOD, _rsa_keys()[0], "PS256"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_public_key_is_never_taken_for_a_secret(name: str) -> None:
    with pytest.raises(IdentityError):
        verify_token(FORGERIES[name](_rsa_keys()[1]), _rs256(), NOW)


@pytest.mark.parametrize("bad", ["", "short", "x" * 31, "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA\n"])
def test_with_an_unusable_secret_no_token_is_accepted(bad: str) -> None:
    with pytest.raises(IdentityError):
        verify_token(_signed(GOOD, {"alg": "HS256"}, bad.encode()), Settings(token_key=bad), NOW)


def test_unusable_keys_are_named_at_the_start() -> None:
    check_key(Settings())
    check_key(HS256)
    check_key(_rs256())
    private, public = _rsa_keys()
    for algorithm, key in [
        ("HS256", "short"),
        ("HS256", public),
        ("RS256", KEY),
        ("RS256", private),
        ("RS256", _rsa_keys(1024)[1]),
        ("RS256", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
    ]:
        with pytest.raises(SettingsError, match="FILROUGE_TOKEN_KEY"):
            check_key(Settings.model_validate({"token_key": key, "token_algorithm": algorithm}))


@examples(max_examples=500, deadline=None)
@forall(data=st.data())
def test_no_changed_token_is_accepted(data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(_GOOD_TOKEN) - 1))
    letter = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=") | st.characters())
    cut = data.draw(st.integers(0, 2))
    changed = _GOOD_TOKEN[:position] + letter * data.draw(st.integers(0, 2)) + _GOOD_TOKEN[position + cut :]
    try:
        identity = verify_token(changed, HS256, NOW)
    except IdentityError:
        return
    assert _decoded(changed) == _decoded(_GOOD_TOKEN)
    assert identity == LENA


def _decoded(token: str) -> list[bytes]:
    # The last letter of base64 has bits that mean nothing: two spellings of one signature.
    return [base64.urlsafe_b64decode(part + "==") for part in token.split(".")]


@examples(max_examples=300, deadline=None)
@forall(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: f"{_base64(raw)}.{_base64(raw[::-1])}.{_base64(raw)}"))
def test_no_text_but_a_token_is_accepted_and_none_breaks_anything(token: str) -> None:
    with pytest.raises(IdentityError):
        verify_token(token, HS256, NOW)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9), lambda inner: st.lists(inner, max_size=3)
)


@examples(max_examples=300, deadline=None)
@forall(name=st.sampled_from(["sub", "aud", "exp", "iat", "nbf", "email", "name", "jti", "iss", "email_verified"]), value=json_values)
def test_whatever_a_claim_holds_the_answer_is_an_identity_or_a_refusal(name: str, value: object) -> None:
    try:
        identity = verify_token(_with(**{name: value}), HS256, NOW)
    except IdentityError:
        return
    assert identity.subject
    assert NOW < identity.expires_at <= later(minutes=61)

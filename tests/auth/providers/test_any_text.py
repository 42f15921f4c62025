"""Whatever comes from a provider, or in its name, is understood or refused."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dojang import blocking
from dojang.auth.providers import (
    Identity,
    Provider,
    ProviderRefused,
    ProviderUnavailable,
    github,
    google,
    kakao,
    naver,
    oidc,
)
from dojang.auth.providers.exchange import document_of, issued_of
from dojang.auth.providers.identity import MAX_SUBJECT
from dojang.auth.providers.oidc import discovered
from dojang.auth.providers.provider import Answers
from dojang.auth.providers.web import Answer
from dojang.auth.providers.words import explain
from dojang.errors import DojangError, Refused, Rejected
from dojang.words import language_of
from tests.auth.providers.kit import Site
from tests.counts import scaled

MEMBERS = st.sampled_from(
    [
        "id", "sub", "email", "email_verified", "hd", "name", "nickname", "login", "picture",
        "avatar_url", "kakao_account", "profile", "thumbnail_image_url", "is_email_valid",
        "is_email_verified", "primary", "verified", "access_token", "token_type", "expires_in",
        "refresh_token", "error", "error_description", "error_code", "code", "msg", "resultcode",
        "issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint",
        "revocation_endpoint", "token_endpoint_auth_methods_supported",
        "id_token_signing_alg_values_supported", "authorization_response_iss_parameter_supported",
    ]
)  # fmt: skip
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.sampled_from(["https://a.example", "http://a", "https://[", "Bearer", "-1", "9" * 40]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS, inner, max_size=4),
    max_leaves=8,
)
DOCUMENTS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(MEMBERS, VALUES, max_size=8)
PROVIDERS = [google(), github(), kakao(), naver(), oidc("https://issuer.example")]

much = settings(
    max_examples=scaled(1000), suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@much
@given(DOCUMENTS, DOCUMENTS, st.lists(DOCUMENTS, max_size=2), st.sampled_from(PROVIDERS))
def test_a_profile(
    claims: dict[str, Any], userinfo: dict[str, Any], emails: Any, provider: Provider
) -> None:
    answers = Answers(claims=claims, userinfo=userinfo, emails=tuple(emails))
    try:
        found = provider.read(provider, answers)
    except Rejected:
        return
    assert isinstance(found, Identity)
    assert 0 < len(found.subject) <= MAX_SUBJECT
    assert found.email_verified in {True, False}
    assert found.email is not None or not found.email_verified
    assert found.picture is None or found.picture.startswith("https://")
    for text in (found.subject, found.email, found.name, found.picture):
        assert text is None or text.isprintable()


@much
@given(DOCUMENTS)
def test_what_an_issuer_publishes(document: dict[str, Any]) -> None:
    known = {"issuer": "https://issuer.example", **document}
    try:
        found = discovered(oidc("https://issuer.example"), known)
    except Rejected:
        return
    assert found.addresses
    assert found.addresses.token.startswith("https://")
    assert not set(found.algorithms) & {"none", "HS256"}


@much
@given(DOCUMENTS)
def test_tokens(document: dict[str, Any]) -> None:
    try:
        found = issued_of(document, now=0)
    except Rejected:
        return
    assert found.access.isascii()
    assert found.expires is None or found.expires >= 0


def read(answer: Answer, provider: Provider) -> DojangError | None:
    """Return what is wrong with an answer, or None."""
    try:
        document_of(answer, provider)
    except (ProviderRefused, ProviderUnavailable) as error:
        return error
    return None


@much
@given(DOCUMENTS, st.sampled_from([200, 400, 401, 500]), st.sampled_from(PROVIDERS))
def test_an_answer(document: dict[str, Any], status: int, provider: Provider) -> None:
    error = read(Answer(status, json.dumps(document).encode()), provider)
    assert error or status == 200
    if error:
        assert explain(error, provider=provider.label, language="ko")


@much
@given(st.binary(max_size=60), st.sampled_from([200, 400, 500]))
def test_an_answer_in_no_language(body: bytes, status: int) -> None:
    assert read(Answer(status, body), kakao()) or body.strip()[:1] == b"{"


@much
@given(st.text(max_size=200), st.text(max_size=200))
def test_the_way_back(site: Site, query: str, cookies: str) -> None:
    with pytest.raises((Rejected, Refused)):
        blocking.run(site.door.finish("oidc", query=query, cookies=cookies))
    assert site.door.dropped(query).endswith("; Path=/; HttpOnly; Secure; SameSite=Lax")
    assert language_of(query) in {"en", "ko"}

"""One defect of an issuer each, named after the modules of the OpenID conformance suite.

`MODULES` has every module for relying parties that concerns somebody who signs in with a code, and
which test is it; `NOT_OURS` has what the others are for, which this client does not do.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from dojang.auth.providers import (
    NoAttempt,
    ProviderUnavailable,
    UntrustedAnswer,
    WrongNonce,
)
from dojang.errors import (
    BadSignature,
    Expired,
    MissingClaim,
    NotYetValid,
    Rejected,
    UnknownKey,
    WrongAlgorithm,
    WrongAudience,
    WrongIssuer,
)
from dojang.testing import Clock
from dojang.wire.jose.jwk import Key
from tests.auth.providers.kit import Site
from tests.fakes.openid import FakeIssuer, key

#: Modules of `oidcc-client-test-plan` by their classes, `OIDCCClientTest...`, and those of other
#: plans that concern us; each with the test here that is it.
MODULES = {
    "": "nothing_is_wrong",
    "NonceInvalid": "an_id_token_with[NonceInvalid]",
    "ClientSecretBasic": "the_secret_is_sent_as_the_issuer_takes_it",
    "ScopeUserInfoClaims": "what_is_asked_for_comes_along",
    "KidAbsentSingleJwks": "kid_absent_single",
    "KidAbsentMultipleMatchingKeysInJwks": "kid_absent_multiple",
    "MissingIatInIdToken": "an_id_token_with[MissingIat]",
    "MissingAudInIdToken": "an_id_token_with[MissingAud]",
    "InvalidAudInIdToken": "an_id_token_with[InvalidAud]",
    "IdTokenSigAlgNone": "sig_alg_none",
    "IdTokenSignedUsingRS256": "an_id_token_signed_as[RS256]",
    "MissingSubInIdToken": "an_id_token_with[MissingSub]",
    "InvalidIdTokenSignatureWithRS256": "invalid_signature[RS256]",
    "InvalidIdTokenSignatureWithES256": "invalid_signature[ES256]",
    "InvalidIdTokenSignatureWithHS256": "invalid_signature_hs256",
    "InvalidIssuerInIdToken": "an_id_token_with[InvalidIssuer]",
    "InvalidSubInUserinfoResponse": "invalid_sub_in_userinfo",
    "UserinfoBearerHeader": "the_access_token_is_in_the_header_alone",
    "Nonce": "a_nonce_goes_along_and_has_to_come_back",
    "InvalidCHashInIdToken": "an_id_token_with[InvalidCHash]",
    "InvalidAtHashInIdToken": "an_id_token_with[InvalidAtHash]",
    "MissingAtHashInIdToken": "missing_at_hash_is_fine",
    "DiscoveryOpenIDConfiguration": "what_is_published_is_asked_for_once_in_an_hour",
    "DiscoveryJwksUriKeys": "what_is_published_is_asked_for_once_in_an_hour",
    "DiscoveryIssuerMismatch": "discovery_issuer_mismatch",
    "SigningKeyRotation": "signing_key_rotation",
    "SigningKeyRotationNative": "signing_key_rotation_just_before_signing",
    "IgnoresUnparseableKeyInJwks": "ignores_unparseable_key_in_jwks",
}

#: The others, and why there is no test of them.
NOT_OURS = {
    "UserinfoBearerBody": "the access token goes in the header, and never in a body",
    "MissingCHashInIdToken": "for ID tokens that come through the browser; none does",
    "FormPostError": "no answer is asked for by POST",
    "AggregatedClaims": "claims of others are never looked at",
    "DistributedClaims": "claims of others are never looked at",
    "MtlsEndpointAliases": "a client has a secret, and no certificate",
    "DiscoveryWebfingerAcct": "the issuer is configured, and never found by what somebody typed",
    "DiscoveryWebfingerURL": "the issuer is configured, and never found by what somebody typed",
    "DynamicRegistration": "a client is registered by whoever runs it",
    "RequestUriSignedWithRS256": "no request goes by reference",
    "RequestUriSignedWithNone": "no request goes by reference",
    "SignedUserinfo": "never asked for",
    "RefreshTokenInvalidIssuer, -Sub, -Aud, -Azp": "no ID token is taken but at a sign-in",
    "BackChannelLogout...": "a session here is ended here",
    "FrontChannelLogout...": "a session here is ended here",
    "RPInitLogout...": "a session there is ended there",
    "SessionManagement": "no page is framed",
}


def test_every_module_is_a_test_of_this_file(request: pytest.FixtureRequest) -> None:
    here = {item.name for item in request.session.items if item.path == request.path}
    if "test_nothing_is_wrong" not in here:
        return  # only some tests of this file were asked for
    for module, test in MODULES.items():
        assert any(name.startswith(f"test_{test}") for name in here), module
    assert not MODULES.keys() & NOT_OURS.keys()


def signed_in(site: Site, issuer: FakeIssuer) -> str:
    browser = site.browser()
    return browser.come_back("oidc", issuer.agree(browser.go("oidc"))).identity.subject


def test_nothing_is_wrong(site: Site, issuer: FakeIssuer) -> None:
    assert signed_in(site, issuer) == "ada"


DEFECTS: dict[str, tuple[Callable[[dict[str, Any]], object], type[Rejected]]] = {
    "InvalidIssuer": (lambda c: c.update(iss=c["iss"] + "/"), WrongIssuer),
    "InvalidAud": (lambda c: c.update(aud="somebody-else"), WrongAudience),
    "InvalidAudAmongSeveral": (lambda c: c.update(aud=["x", "y"]), WrongAudience),
    "SeveralAudWithoutAzp": (lambda c: c.update(aud=[c["aud"], "x"]), WrongAudience),
    "InvalidAzp": (lambda c: c.update(azp="somebody-else"), WrongAudience),
    "MissingAud": (lambda c: c.pop("aud"), MissingClaim),
    "MissingSub": (lambda c: c.pop("sub"), MissingClaim),
    "MissingIss": (lambda c: c.pop("iss"), MissingClaim),
    "MissingIat": (lambda c: c.pop("iat"), MissingClaim),
    "MissingExp": (lambda c: c.pop("exp"), MissingClaim),
    "Expired": (lambda c: c.update(exp=c["iat"] - 61), Expired),
    "IssuedInTheFuture": (lambda c: c.update(iat=c["iat"] + 61), NotYetValid),
    "IssuedLongAgo": (lambda c: c.update(iat=c["iat"] - 3661), Expired),
    "InvalidAtHash": (lambda c: c.update(at_hash="x" * 22), UntrustedAnswer),
    "InvalidAtHashOfAnotherKind": (lambda c: c.update(at_hash=7), UntrustedAnswer),
    "InvalidCHash": (lambda c: c.update(c_hash="x" * 22), UntrustedAnswer),
    "NonceInvalid": (lambda c: c.update(nonce="another"), WrongNonce),
    "NonceMissing": (lambda c: c.pop("nonce"), WrongNonce),
    "NonceNotAText": (lambda c: c.update(nonce=None), WrongNonce),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_an_id_token_with(name: str, site: Site, issuer: FakeIssuer) -> None:
    issuer.claims, error = DEFECTS[name]
    with pytest.raises(error):
        signed_in(site, issuer)
    assert site.users.by_identity == {}


def test_missing_at_hash_is_fine_where_the_token_came_from_the_token_address(
    site: Site, issuer: FakeIssuer
) -> None:
    """Core 3.1.3.6: optional in this flow."""
    issuer.claims = lambda claims: claims.pop("at_hash")
    assert signed_in(site, issuer) == "ada"


def test_a_nonce_goes_along_and_has_to_come_back(site: Site, issuer: FakeIssuer) -> None:
    first, second = (dict(parse_qsl(urlsplit(site.browser().go("oidc")).query)) for _ in "ab")
    assert len(first["nonce"]) == len(second["nonce"]) == 43
    assert first["nonce"] != second["nonce"]
    issuer.claims = lambda claims: claims.pop("nonce")
    with pytest.raises(WrongNonce):
        signed_in(site, issuer)


def test_the_access_token_is_in_the_header_alone(site: Site, issuer: FakeIssuer) -> None:
    signed_in(site, issuer)
    asked = next(one for one in issuer.asked if one.path == "/userinfo")
    assert asked.bearer in issuer.tokens
    assert asked.query == {}
    assert asked.body == b""


@pytest.mark.parametrize("way", ["client_secret_basic", "client_secret_post"])
def test_the_secret_is_sent_as_the_issuer_takes_it(
    site: Site, issuer: FakeIssuer, way: str
) -> None:
    issuer.posted = way == "client_secret_post"
    issuer.document = lambda document: document.update(token_endpoint_auth_methods_supported=[way])
    assert signed_in(site, issuer) == "ada"


def test_what_is_asked_for_comes_along(site: Site, issuer: FakeIssuer) -> None:
    browser = site.browser()
    address = browser.go("oidc")
    assert dict(parse_qsl(urlsplit(address).query))["scope"] == "openid email profile"
    identity = browser.come_back("oidc", issuer.agree(address)).identity
    assert (identity.name, identity.email) == ("Ada", "ada@example.org")
    assert identity.email_verified


def test_sig_alg_none(site: Site, issuer: FakeIssuer) -> None:
    header = urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    issuer.token_text = lambda text: f"{header}.{text.split('.')[1]}."
    with pytest.raises(WrongAlgorithm):
        signed_in(site, issuer)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_an_id_token_signed_as(site: Site, issuer: FakeIssuer, algorithm: str) -> None:
    issuer.document = lambda document: document.update(
        id_token_signing_alg_values_supported=[algorithm]
    )
    issuer.rotate(key("one", algorithm))
    assert signed_in(site, issuer) == "ada"


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_invalid_signature(site: Site, issuer: FakeIssuer, algorithm: str) -> None:
    issuer.rotate(key("one", algorithm))
    issuer.token_text = lambda text: text[:-8] + ("AAAAAAAA" if text[-8:] != "AAAAAAAA" else "BBBB")
    with pytest.raises(BadSignature):
        signed_in(site, issuer)


def test_invalid_signature_hs256_and_a_good_one_too(site: Site, issuer: FakeIssuer) -> None:
    """A secret that we have as well proves nothing to us: it is refused even where announced."""
    issuer.key = Key.from_secret("a-secret-of-the-tests/with+signs=", kid="one")
    with pytest.raises(WrongAlgorithm):
        signed_in(site, issuer)


def test_the_public_key_as_a_secret(site: Site, issuer: FakeIssuer) -> None:
    issuer.key = Key.from_secret(str(issuer.published[0]), kid="one")
    with pytest.raises(WrongAlgorithm):
        signed_in(site, issuer)


def test_an_algorithm_that_the_issuer_does_not_announce(site: Site, issuer: FakeIssuer) -> None:
    issuer.document = lambda document: document.update(
        id_token_signing_alg_values_supported=["ES256"]
    )
    with pytest.raises(WrongAlgorithm):
        signed_in(site, issuer)


def test_unknown_alg_does_not_skip_at_hash() -> None:
    """Authlib CVE-2026-28498."""
    from dojang.auth.providers.id_token import left_half

    with pytest.raises(WrongAlgorithm):
        left_half("token", "XX999")
    for algorithm, length in (("RS256", 22), ("ES384", 32), ("PS512", 43), ("EdDSA", 43)):
        assert len(left_half("token", algorithm)) == length


def test_kid_absent_single(site: Site, issuer: FakeIssuer) -> None:
    issuer.header = lambda header: header.pop("kid")
    assert signed_in(site, issuer) == "ada"


def test_kid_absent_multiple(site: Site, issuer: FakeIssuer) -> None:
    issuer.header = lambda header: header.pop("kid")
    issuer.published.insert(0, key("two").public_jwk)
    assert signed_in(site, issuer) == "ada"


def test_ignores_unparseable_key_in_jwks(site: Site, issuer: FakeIssuer) -> None:
    issuer.published[:0] = [{"kty": "XYZ"}, {"kty": "RSA", "n": "!"}, 7, {}]
    assert signed_in(site, issuer) == "ada"


@pytest.mark.parametrize("sub", ["eve", "", "ad\ud800", "\ud800"], ids=ascii)
def test_invalid_sub_in_userinfo(site: Site, issuer: FakeIssuer, sub: str) -> None:
    """Half of a surrogate pair, which JSON can spell and UTF-8 cannot, among them."""
    issuer.userinfo = lambda person: person.update(sub=sub)
    with pytest.raises(UntrustedAnswer):
        signed_in(site, issuer)


def test_missing_sub_in_userinfo(site: Site, issuer: FakeIssuer) -> None:
    issuer.userinfo = lambda person: person.pop("sub")
    with pytest.raises(UntrustedAnswer):
        signed_in(site, issuer)


def test_signing_key_rotation(site: Site, issuer: FakeIssuer, clock: Clock) -> None:
    signed_in(site, issuer)
    new = key("two")
    issuer.published.append(new.public_jwk)
    clock.tick(3600)
    issuer.key = new
    assert signed_in(site, issuer) == "ada"
    assert issuer.count("/jwks") == 2


def test_signing_key_rotation_just_before_signing(site: Site, issuer: FakeIssuer) -> None:
    signed_in(site, issuer)
    issuer.rotate(key("two"))
    assert signed_in(site, issuer) == "ada"
    assert issuer.count("/jwks") == 2


def test_signing_key_rotation_under_the_same_name(site: Site, issuer: FakeIssuer) -> None:
    signed_in(site, issuer)
    issuer.rotate(replace(key("two"), kid="one"))
    assert signed_in(site, issuer) == "ada"


def test_a_key_that_nobody_has_is_looked_for_once_in_a_while(
    site: Site, issuer: FakeIssuer, clock: Clock
) -> None:
    issuer.header = lambda header: header.update(kid="nobody's")
    for _ in range(5):
        with pytest.raises(UnknownKey):
            signed_in(site, issuer)
    assert issuer.count("/jwks") == 2
    clock.tick(10)
    with pytest.raises(UnknownKey):
        signed_in(site, issuer)
    assert issuer.count("/jwks") == 3


def test_discovery_issuer_mismatch(site: Site, issuer: FakeIssuer) -> None:
    issuer.document = lambda document: document.update(issuer="https://evil.example")
    with pytest.raises(WrongIssuer):
        site.browser().go("oidc")


def test_discovery_without_what_is_needed(site: Site, issuer: FakeIssuer) -> None:
    issuer.document = lambda document: document.pop("jwks_uri")
    with pytest.raises(Rejected):
        site.browser().go("oidc")


def test_no_id_token_at_all(site: Site, issuer: FakeIssuer) -> None:
    issuer.token_text = lambda _: None
    with pytest.raises(MissingClaim):
        signed_in(site, issuer)


def test_the_answer_has_to_name_its_issuer_where_that_is_announced(
    site: Site, issuer: FakeIssuer
) -> None:
    """RFC 9207."""
    issuer.document = lambda document: document.update(
        authorization_response_iss_parameter_supported=True
    )
    with pytest.raises(WrongIssuer):
        signed_in(site, issuer)
    issuer.more = {"iss": "https://evil.example"}
    with pytest.raises(WrongIssuer):
        signed_in(site, issuer)
    assert issuer.count("/token") == 0
    issuer.more = {"iss": issuer.url}
    assert signed_in(site, issuer) == "ada"


def test_an_issuer_in_the_answer_is_compared_in_any_case(site: Site, issuer: FakeIssuer) -> None:
    issuer.more = {"iss": "https://evil.example"}
    with pytest.raises(WrongIssuer):
        signed_in(site, issuer)


def test_what_is_published_is_asked_for_once_in_an_hour_and_used_on_while_nobody_answers(
    site: Site, issuer: FakeIssuer, clock: Clock
) -> None:
    for _ in range(3):
        signed_in(site, issuer)
    document = "/.well-known/openid-configuration"
    assert (issuer.count("/jwks"), issuer.count(document)) == (1, 1)
    issuer.routes["/jwks"] = issuer.routes[document] = lambda _: (503, {})
    clock.tick(3600)
    assert signed_in(site, issuer) == "ada"
    clock.tick(23 * 3600)
    with pytest.raises(ProviderUnavailable):
        signed_in(site, issuer)


def test_a_stolen_answer_opens_nothing_in_another_browser(site: Site, issuer: FakeIssuer) -> None:
    query = issuer.agree(site.browser().go("oidc"))
    with pytest.raises(NoAttempt):
        site.browser().come_back("oidc", query)

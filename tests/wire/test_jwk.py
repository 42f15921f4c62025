from typing import Any

import pytest

from dojang.errors import Malformed
from dojang.wire import base64url
from dojang.wire.jose.thumbprint import thumbprint

#: RFC 7638 section 3.1.
RFC_7638 = {
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_"
    "BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2"
    "QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6W"
    "eZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    "e": "AQAB",
    "alg": "RS256",
    "kid": "2011-04-29",
}

#: RFC 8037 appendix A.
RFC_8037 = {
    "kty": "OKP",
    "crv": "Ed25519",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}


def test_the_thumbprints_of_the_rfcs_come_out() -> None:
    assert thumbprint(RFC_7638) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    assert thumbprint(RFC_8037) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_key_of_auth_js_is_named_by_sha_512() -> None:
    """Secret `secret`, cookie `authjs.session-token`; written by @auth/core."""
    key = (
        "b1ef6cdd915c44c0a71232574a6a70546a5e16d12bb38df4638e3b96bdd320251"
        "31e90695ff072a9d148f1511c7a4981a85b63a628311da1fa7ccfc49c47c2bb"
    )
    jwk = {"k": base64url.encode(bytes.fromhex(key)), "kty": "oct"}
    expected = (
        "7x9DUMVaEU6giab0l0OWDt4e4SsRH_cbwMof2EzEyy6onK5o8xSPPB799RVoqm2v6z674kQCv9jom2T8S-a1dQ"
    )
    assert thumbprint(jwk, "sha512") == expected


@pytest.mark.parametrize(
    "jwk", [{}, {"kty": "oct"}, {"kty": "oct", "k": 1}, {"kty": ["EC"]}, {"kty": "EC", "crv": "P"}]
)
def test_a_key_that_lacks_a_required_member_has_no_thumbprint(jwk: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        thumbprint(jwk)

"""ID tokens: made by the provider, for us, for this sign-in, with these tokens."""

import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256, sha384, sha512
from typing import Any

from dojang.auth.providers.errors import UntrustedAnswer, WrongNonce
from dojang.auth.providers.provider import Provider
from dojang.errors import WrongAlgorithm, WrongAudience
from dojang.wire import base64url
from dojang.wire.jose import jwt
from dojang.wire.jose.claims import Expected
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet

__all__ = ["equal", "left_half", "verify"]

_REQUIRED = ("iss", "sub", "aud", "exp", "iat")
_TOLERANCE = 60  # seconds that the provider's clock may be off
_MAX_AGE = 3600  # seconds: it was made just now, for this exchange

#: The hash of each signature; Ed25519 has SHA-512 within.
_HASHES = {"256": sha256, "384": sha384, "512": sha512, "EdDSA": sha512}


def verify(
    text: str,
    keys: KeySet,
    *,
    provider: Provider,
    client_id: str,
    nonce: str,
    access: str,
    code: str,
    now: int,
) -> Mapping[str, Any]:
    """Return the claims of an ID token that came with an access token, for a code.

    Args:
        text: Any text is safe to pass.
        keys: What the provider publishes.
        provider: Whose it has to be.
        client_id: Whom it has to be for.
        nonce: Of the attempt.
        access: The access token beside it.
        code: What both were got for.
        now: Unix milliseconds.

    Raises:
        UnknownKey: It names a key that is not among `keys`.
        BadSignature: None of them made it.
        WrongAlgorithm: It is signed in another way than the provider's are.
        WrongIssuer: It is somebody else's.
        WrongAudience: It is for somebody else.
        WrongNonce: It is for another sign-in.
        UntrustedAnswer: It is for other tokens.
        Rejected: It is no token, it has expired, or something is missing.

    Source: OpenID Connect Core 1.0 sections 3.1.3.6 to 3.1.3.8 and 3.3.2.11.
    """

    def fitting(header: Mapping[str, Any]) -> Sequence[Key]:
        if header["alg"] not in provider.algorithms:
            raise WrongAlgorithm(f"{provider.label} does not sign in this way")
        return keys.find(header)

    expected = Expected(
        audience=client_id,
        issuer=provider.issuers,
        required=_REQUIRED,
        max_age=_MAX_AGE,
        tolerance=_TOLERANCE,
    )
    token = jwt.verify(text, fitting, now=now, expected=expected)
    _check_party(token.claims, client_id)
    _check_nonce(token.claims, nonce, needed=provider.echoes_nonce)
    _check_half(token.claims, "at_hash", access, token.header["alg"])
    _check_half(token.claims, "c_hash", code, token.header["alg"])
    return token.claims


def left_half(text: str, algorithm: str) -> str:
    """Return the left half of the hash of a token, as `at_hash` and `c_hash` have it.

    Raises:
        WrongAlgorithm: The hash of this algorithm is not known, and so nothing is proven.
    """
    kind = _HASHES.get(algorithm) or _HASHES.get(algorithm[2:])
    if kind is None:
        raise WrongAlgorithm("the hash of this signature is not known")
    digest = kind(text.encode("utf-8", "surrogatepass")).digest()
    return base64url.encode(digest[: len(digest) // 2])


def _check_party(claims: Mapping[str, Any], client_id: str) -> None:
    audience = claims["aud"]
    several = isinstance(audience, list) and len(audience) > 1
    if (several or "azp" in claims) and claims.get("azp") != client_id:
        raise WrongAudience("the token was given to another client")


def _check_nonce(claims: Mapping[str, Any], nonce: str, *, needed: bool) -> None:
    found = claims.get("nonce")
    if found is None and not needed:
        return
    if not isinstance(found, str) or not equal(found, nonce):
        raise WrongNonce("the token was made for another sign-in")


def _check_half(claims: Mapping[str, Any], member: str, text: str, algorithm: str) -> None:
    if member not in claims:
        return
    found = claims[member]
    if not isinstance(found, str) or not equal(found, left_half(text, algorithm)):
        raise UntrustedAnswer(f"the {member} of the token is of something else")


def equal(one: str, other: str) -> bool:
    """Return whether two texts are the same, in one time for all that is as long; any are safe."""
    return hmac.compare_digest(
        one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
    )

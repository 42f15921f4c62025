"""What is known of a token (RFC 7662)."""

from typing import Any

from dojang.stores.families import Families
from dojang.tokens.access import AccessToken
from dojang.tokens.standing import Standing
from dojang.wire import refresh_token
from dojang.wire.keyring import Keyring

__all__ = ["nothing", "of_access", "of_refresh"]


def nothing() -> dict[str, Any]:
    """Return all that is said of a token that is not good."""
    return {"active": False}


def of_access(token: AccessToken) -> dict[str, Any]:
    """Return what is known of an access token that stands: its claims, and its session by now."""
    return {"active": True, "token_type": "Bearer", **token.claims, "sid": token.sid}


async def of_refresh(
    token: str, families: Families, standing: Standing, *, keys: Keyring, issuer: str, now: int
) -> dict[str, Any]:
    """Return what is known of a refresh token; one that is used up is not active.

    Args:
        token: Any text is safe to pass.
        families: Where its family is kept.
        standing: Whether that was ended.
        keys: The secrets of the application.
        issuer: Who made it.
        now: Unix milliseconds.

    Raises:
        Rejected: It is no refresh token of ours.
        Unavailable: The store did not answer.
    """
    kept = await families.find(refresh_token.family_of(token, keys=keys), now=now)
    if kept is None or kept.family.current != refresh_token.fingerprint(token):
        return nothing()
    if await standing.is_over(kept.family, now):
        return nothing()
    family = standing.followed(kept.family)
    return {
        "active": True,
        "token_type": "refresh_token",
        "iss": issuer,
        "sub": str(family.user),
        "sid": family.sid,
        "family": family.handle,
        "iat": family.seen // 1000,
        "exp": family.expires // 1000,
        "auth_time": family.login.at // 1000,
    }

"""What went wrong with a provider, in words for the person."""

from dojang.auth.providers.errors import Declined, ProviderRefused, ProviderUnavailable
from dojang.errors import DojangError, Rejected
from dojang.words import N_, Language, words_in

__all__ = ["explain"]


_OURS = N_(
    "%(provider)s does not know this site as it is set up (%(reason)s). Please tell "
    "whoever runs it; nothing is wrong with your account."
)
_AGAIN = N_("Signing in with %(provider)s took too long or was done twice. Please begin once more.")
_UNTRUSTED = N_(
    "What %(provider)s answered could not be verified, so nobody was signed in. Please "
    "begin once more."
)

#: By the provider's own code: Kakao's and Naver's.
_BY_REASON: dict[str, str] = {
    "KOE004": N_(
        "Signing in with Kakao is switched off for this site (KOE004). Please tell whoever runs it."
    ),
    "KOE006": _OURS,
    "KOE010": _OURS,
    "KOE101": _OURS,
    "KOE303": _OURS,
    "KOE205": N_(
        "This site asked Kakao for something it may not have (KOE205). Please tell whoever runs it."
    ),
    "KOE320": _AGAIN,
    "-101": N_(
        "Your Kakao account is not connected to this site. Please sign in with Kakao once more."
    ),
    "-103": N_(
        "This Kakao account is dormant or does not exist. Wake it up at Kakao, then sign in."
    ),
    "-401": _AGAIN,
    "-402": N_(
        "Kakao needs your consent to more than you have agreed to. Please sign in once more "
        "and agree."
    ),
    "-406": N_("Kakao does not let people under 14 sign in to this site."),
    "024": _AGAIN,
    "028": _AGAIN,
}

#: By the code of OAuth.
_BY_ERROR: dict[str, str] = {
    "bad_verification_code": _AGAIN,
    "incorrect_client_credentials": _OURS,
    "invalid_client": _OURS,
    "invalid_grant": _AGAIN,
    "invalid_request": _AGAIN,
    "invalid_scope": _OURS,
    "redirect_uri_mismatch": _OURS,
    "unauthorized_client": _OURS,
}

_BY_CODE: dict[str, str] = {
    "account-closed": N_("This account is closed. Please ask whoever runs this site."),
    "already-linked": N_("This %(provider)s account opens another account here already."),
    "last-way-in": N_(
        "This is the only way into your account. Set a password or link another provider first."
    ),
    "link-first": N_(
        "There is an account with your e-mail address already. Sign in to it as until now, "
        "then link %(provider)s on your account page."
    ),
    "no-attempt": N_(
        "This sign-in did not begin in this browser, took longer than ten minutes, or was "
        "finished before. Please begin once more."
    ),
}


def explain(error: DojangError, *, provider: str, language: Language) -> str | None:
    """Return what went wrong; None for an error that has nothing to do with providers.

    Args:
        error: As it was raised.
        provider: The label of the provider.
        language: Of the person.
    """
    said, reason = _said(error)
    return words_in(language)(said, provider=provider, reason=reason) if said else None


def _said(error: DojangError) -> tuple[str | None, str]:
    if isinstance(error, ProviderRefused):
        known = _BY_REASON.get(error.reason) or _BY_ERROR.get(error.error) or _AGAIN
        return known, error.reason or error.error
    if isinstance(error, Declined):
        return N_("You did not let %(provider)s say who you are, so nobody was signed in."), ""
    if isinstance(error, ProviderUnavailable):
        return N_(
            "%(provider)s does not answer at the moment. Please try again shortly, or sign in "
            "another way."
        ), ""
    otherwise = _UNTRUSTED if isinstance(error, Rejected) else None
    return _BY_CODE.get(error.code, otherwise), ""

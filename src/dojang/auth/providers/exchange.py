"""A code for tokens: the request, and whatever the providers make of its answer."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from dojang.auth.providers.attempt import Attempt
from dojang.auth.providers.errors import ProviderRefused, ProviderUnavailable, UntrustedAnswer
from dojang.auth.providers.provider import Credentials, Provider
from dojang.auth.providers.web import Answer, Ask
from dojang.errors import Rejected
from dojang.tokens.issued import Issued

__all__ = ["code_form", "document_of", "issued_of", "redacted", "refused", "token_request"]

_LONGEST_TOKEN = 16_384  # characters, inclusive
_LONGEST_LIFE = 10 * 366 * 24 * 3600  # seconds, inclusive
_LONGEST_DETAIL = 200  # characters
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_REASON = re.compile(r"[A-Za-z0-9_-]{1,12}")
_VISIBLE = re.compile(r"[\x21-\x7e]+")
_KOE = re.compile(r"KOE\d{3}")
#: What a code or a token looks like: Kakao repeats the code in the description of an error.
_SECRET = re.compile(r"[A-Za-z0-9_.~+/=%-]{16,}")

#: What authorization endpoints say, GitHub's among them.
_THROUGH_BROWSER = frozenset(
    {
        "account_selection_required",
        "application_suspended",
        "consent_required",
        "interaction_required",
        "invalid_request",
        "invalid_request_object",
        "invalid_request_uri",
        "invalid_scope",
        "login_required",
        "redirect_uri_mismatch",
        "registration_not_supported",
        "request_not_supported",
        "request_uri_not_supported",
        "server_error",
        "temporarily_unavailable",
        "unauthorized_client",
        "unsupported_response_type",
    }
)
_SERVER_ERROR = 500


def token_request(
    provider: Provider, credentials: Credentials, form: Mapping[str, str], *, url: str
) -> Ask:
    """Return a request of the token address, with who we are.

    Source: RFC 6749 sections 2.3.1 and 4.1.3.
    """
    id, secret = credentials.id, credentials.secret
    if provider.client_auth == "basic" and secret is not None:
        both = quote_plus(id), quote_plus(secret)
        return Ask(method="POST", url=url, headers=provider.headers, form=form, basic=both)
    known = {"client_id": id} if secret is None else {"client_id": id, "client_secret": secret}
    return Ask(method="POST", url=url, headers=provider.headers, form={**form, **known})


def code_form(provider: Provider, attempt: Attempt, code: str) -> dict[str, str]:
    """Return what gets tokens for a code.

    Source: RFC 6749 section 4.1.3, RFC 7636 section 4.5.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": attempt.redirect_uri,
    }
    if provider.pkce:
        form["code_verifier"] = attempt.verifier
    if provider.state_at_token:
        form["state"] = attempt.state
    return form


def document_of(answer: Answer, provider: Provider, *secrets: str) -> dict[str, Any]:
    """Return the JSON object of an answer that is none of an error.

    An error is one whatever its status: GitHub and Naver send 200 along.

    Args:
        answer: Any bytes may be in it.
        provider: Whose it is.
        secrets: What its error must not repeat.

    Raises:
        ProviderRefused: It is an error.
        ProviderUnavailable: It is a failure of the provider, or in no language of ours.
    """
    try:
        document = answer.document()
    except Rejected:
        raise ProviderUnavailable(
            f"{provider.label} answers {answer.status} with something that is no JSON object"
        ) from None
    failed = not answer.ok or "error" in document
    # Naver's API says how it went in a member of its own, and Kakao's has a code for failures.
    failed = failed or document.get("resultcode", "00") != "00"
    if not failed:
        return document
    if answer.status >= _SERVER_ERROR:
        raise ProviderUnavailable(f"{provider.label} answers {answer.status}")
    raise refused(provider, document, *secrets)


def refused(provider: Provider, facts: Mapping[str, Any], *secrets: str) -> ProviderRefused:
    """Return the error that an answer is, in the shape of OAuth, of Kakao's API or of Naver's.

    Args:
        provider: Whose it is.
        facts: Its members.
        secrets: What must not be repeated, beside all that looks so.

    Source: RFC 6749 sections 4.1.2.1 and 5.2.
    """
    words = facts.get("error_description") or facts.get("msg") or facts.get("message")
    detail = redacted(str(words or ""), *secrets)
    own = facts.get("error_code") or facts.get("code") or facts.get("resultcode") or ""
    found = _KOE.search(detail)
    # Of an answer through the browser `code` is another thing, and too long to be a reason.
    reason = str(own) if _REASON.fullmatch(str(own)) else found.group() if found else ""
    error = _named(str(facts.get("error", ""))) or "unnamed"
    return ProviderRefused(provider.label, error, reason=reason, detail=detail)


def refused_through_browser(provider: Provider, answer: Mapping[str, str]) -> ProviderRefused:
    """Return the error that an answer is which came through a browser.

    Anybody can send somebody there with words of their own: only what has a known name is said.

    Args:
        provider: Whose it would be.
        answer: The parameters of the address.

    Source: RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6.
    """
    error = answer.get("error", "")
    words = f"{answer.get('error_code', '')} {answer.get('error_description', '')}"
    found = _KOE.search(words)
    return ProviderRefused(
        provider.label,
        error if error in _THROUGH_BROWSER else "unnamed",
        reason=found.group() if found else "",
    )


def redacted(text: str, *secrets: str) -> str:
    """Return somebody else's words for the log: on one line, short, without codes and tokens."""
    for secret in secrets:
        text = text.replace(secret, "***") if secret else text
    line = "".join(char if char.isprintable() else " " for char in text)
    return _SECRET.sub(lambda match: _hidden(match.group()), line)[:_LONGEST_DETAIL].strip()


def issued_of(document: Mapping[str, Any], *, now: int) -> Issued:
    """Return the tokens of an answer.

    Args:
        document: A JSON object.
        now: Unix milliseconds.

    Raises:
        UntrustedAnswer: There is no access token, or it is not for bearers.

    Source: RFC 6749 section 5.1; `expires_in` may be text, as Naver has it.
    """
    kind = document.get("token_type", "bearer")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise UntrustedAnswer("the provider issued a token that is not for bearers")
    access = _token(document.get("access_token"))
    if access is None:
        raise UntrustedAnswer("the provider issued no access token")
    seconds = _seconds(document.get("expires_in"))
    expires = None if seconds is None else now + seconds * 1000
    return Issued(access=access, refresh=_token(document.get("refresh_token")), expires=expires)


def _token(value: object) -> str | None:
    good = isinstance(value, str) and len(value) <= _LONGEST_TOKEN and _VISIBLE.fullmatch(value)
    return str(value) if good else None


def _seconds(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 12:  # noqa: PLR2004 - far beyond any life
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= _LONGEST_LIFE else None


def _named(text: str) -> str:
    return text if _CODE.fullmatch(text) else ""


def _hidden(run: str) -> str:
    return "***" if any(char.isdigit() for char in run) else run

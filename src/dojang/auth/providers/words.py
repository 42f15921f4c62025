"""What went wrong with a provider, in words for the person, in English and in Korean."""

from dataclasses import dataclass

from dojang.auth.providers.errors import Declined, ProviderRefused, ProviderUnavailable
from dojang.errors import DojangError, Rejected
from dojang.words import Language

__all__ = ["explain"]


@dataclass(frozen=True, slots=True)
class _Both:
    en: str
    ko: str


_OURS = _Both(
    "{provider} does not know this site as it is set up ({reason}). Please tell whoever runs it; "
    "nothing is wrong with your account.",
    "이 사이트의 {provider} 로그인 설정이 올바르지 않습니다 ({reason}). 회원님의 계정에는 문제가 "
    "없으니 사이트 운영자에게 알려 주세요.",
)
_AGAIN = _Both(
    "Signing in with {provider} took too long or was done twice. Please begin once more.",
    "{provider} 로그인 시간이 지났거나 이미 처리되었습니다. 처음부터 다시 로그인해 주세요.",
)
_UNTRUSTED = _Both(
    "What {provider} answered could not be verified, so nobody was signed in. Please begin once "
    "more.",
    "{provider}의 응답을 확인할 수 없어 로그인하지 않았습니다. 처음부터 다시 로그인해 주세요.",
)

#: By the provider's own code: Kakao's and Naver's.
_BY_REASON: dict[str, _Both] = {
    "KOE004": _Both(
        "Signing in with Kakao is switched off for this site (KOE004). Please tell whoever runs "
        "it.",
        "이 사이트의 카카오 로그인이 사용 안 함 상태입니다 (KOE004). "
        "사이트 운영자에게 알려 주세요.",
    ),
    "KOE006": _OURS,
    "KOE010": _OURS,
    "KOE101": _OURS,
    "KOE303": _OURS,
    "KOE205": _Both(
        "This site asked Kakao for something it may not have (KOE205). Please tell whoever runs "
        "it.",
        "이 사이트가 설정되지 않은 동의 항목을 카카오에 요청했습니다 (KOE205). 사이트 운영자에게 "
        "알려 주세요.",
    ),
    "KOE320": _AGAIN,
    "-101": _Both(
        "Your Kakao account is not connected to this site. Please sign in with Kakao once more.",
        "카카오 계정이 이 사이트에 연결되어 있지 않습니다. 카카오로 다시 로그인해 주세요.",
    ),
    "-103": _Both(
        "This Kakao account is dormant or does not exist. Wake it up at Kakao, then sign in.",
        "휴면 상태이거나 존재하지 않는 카카오 계정입니다. 카카오에서 휴면을 해제한 뒤 로그인해 "
        "주세요.",
    ),
    "-401": _AGAIN,
    "-402": _Both(
        "Kakao needs your consent to more than you have agreed to. Please sign in once more and "
        "agree.",
        "필요한 항목에 동의하지 않으셨습니다. 카카오로 다시 로그인하여 동의해 주세요.",
    ),
    "-406": _Both(
        "Kakao does not let people under 14 sign in to this site.",
        "만 14세 미만은 카카오로 이 사이트에 로그인할 수 없습니다.",
    ),
    "024": _AGAIN,
    "028": _AGAIN,
}

#: By the code of OAuth.
_BY_ERROR: dict[str, _Both] = {
    "bad_verification_code": _AGAIN,
    "incorrect_client_credentials": _OURS,
    "invalid_client": _OURS,
    "invalid_grant": _AGAIN,
    "invalid_request": _AGAIN,
    "invalid_scope": _OURS,
    "redirect_uri_mismatch": _OURS,
    "unauthorized_client": _OURS,
}

_BY_CODE: dict[str, _Both] = {
    "already-linked": _Both(
        "This {provider} account opens another account here already.",
        "이 {provider} 계정은 이미 다른 계정에 연결되어 있습니다.",
    ),
    "last-way-in": _Both(
        "This is the only way into your account. Set a password or link another provider first.",
        "이 계정에 로그인할 수 있는 유일한 방법입니다. 먼저 비밀번호를 만들거나 다른 계정을 연결해 "
        "주세요.",
    ),
    "link-first": _Both(
        "There is an account with your e-mail address already. Sign in to it as until now, then "
        "link {provider} on your account page.",
        "같은 이메일로 가입한 계정이 있습니다. 기존 방법으로 로그인한 다음 계정 페이지에서 "
        "{provider} 계정을 연결해 주세요.",
    ),
    "no-attempt": _Both(
        "This sign-in did not begin in this browser, took longer than ten minutes, or was "
        "finished before. Please begin once more.",
        "이 브라우저에서 시작한 로그인이 아니거나, 10분이 지났거나, 이미 처리된 로그인입니다. "
        "처음부터 다시 로그인해 주세요.",
    ),
}


def explain(error: DojangError, *, provider: str, language: Language) -> str | None:
    """Return what went wrong; None for an error that has nothing to do with providers.

    Args:
        error: As it was raised.
        provider: The label of the provider.
        language: Of the person.
    """
    both, reason = _both(error)
    if both is None:
        return None
    return (both.ko if language == "ko" else both.en).format(provider=provider, reason=reason)


def _both(error: DojangError) -> tuple[_Both | None, str]:
    if isinstance(error, ProviderRefused):
        known = _BY_REASON.get(error.reason) or _BY_ERROR.get(error.error) or _AGAIN
        return known, error.reason or error.error
    if isinstance(error, Declined):
        return _Both(
            "You did not let {provider} say who you are, so nobody was signed in.",
            "{provider} 로그인에 동의하지 않아 로그인하지 않았습니다.",
        ), ""
    if isinstance(error, ProviderUnavailable):
        return _Both(
            "{provider} does not answer at the moment. Please try again shortly, or sign in "
            "another way.",
            "지금은 {provider}에 연결할 수 없습니다. 잠시 후 다시 시도하거나 "
            "다른 방법으로 로그인해 주세요.",
        ), ""
    otherwise = _UNTRUSTED if isinstance(error, Rejected) else None
    return _BY_CODE.get(error.code, otherwise), ""

"""Signing in with somebody who vouches: Google, GitHub, Kakao, Naver, any OpenID issuer."""

from dojang.auth.providers.attempt import Attempt, Attempts
from dojang.auth.providers.errors import (
    AccountClosed,
    AlreadyLinked,
    Declined,
    LastWayIn,
    LinkFirst,
    NoAttempt,
    ProviderRefused,
    ProviderUnavailable,
    UntrustedAnswer,
    WrongNonce,
)
from dojang.auth.providers.github import github
from dojang.auth.providers.google import google
from dojang.auth.providers.identity import Identity
from dojang.auth.providers.kakao import kakao
from dojang.auth.providers.linking import Linking, Opened, UserTable
from dojang.auth.providers.naver import naver, naver_openid
from dojang.auth.providers.oidc import oidc
from dojang.auth.providers.provider import Addresses, Credentials, Provider
from dojang.auth.providers.relying_party import Confirmed, RelyingParty
from dojang.auth.providers.sign_in_with import Begun, Finished, SignInWith
from dojang.auth.providers.web import Web

__all__ = [
    "AccountClosed",
    "Addresses",
    "AlreadyLinked",
    "Attempt",
    "Attempts",
    "Begun",
    "Confirmed",
    "Credentials",
    "Declined",
    "Finished",
    "Identity",
    "LastWayIn",
    "LinkFirst",
    "Linking",
    "NoAttempt",
    "Opened",
    "Provider",
    "ProviderRefused",
    "ProviderUnavailable",
    "RelyingParty",
    "SignInWith",
    "UntrustedAnswer",
    "UserTable",
    "Web",
    "WrongNonce",
    "github",
    "google",
    "kakao",
    "naver",
    "naver_openid",
    "oidc",
]

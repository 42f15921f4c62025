"""Cases of django.json: sessions in cookies and in the database, and what else Django signs."""

from typing import Any

from dojang.wire.django import cookie, signed_cookie
from dojang.wire.django.cookie import DjangoCookie
from dojang.wire.django.signing import Signing
from dojang.wire.migration import django
from tests.interop.spelling import plain_cookie

Case = dict[str, Any]


def _secrets(case: Case) -> list[str]:
    secrets = case["secrets"]
    return [secrets] if isinstance(secrets, str) else list(secrets)


def _now(case: Case) -> int:
    return int(case["now"]) * 1000


def _then(case: Case) -> int:
    return int(case["written_at"]) * 1000


def _cookie(case: Case) -> DjangoCookie:
    age = case["options"].get("cookie_age", cookie.DEFAULT_MAX_AGE)
    return DjangoCookie(case["secrets"], max_age=age)


def _cookie_read(case: Case) -> Any:
    return _cookie(case).decode(case["wire"], now=_now(case)).claims


def _cookie_write(case: Case) -> dict[str, Any]:
    session = case["result"] if "result" in case else case["payload"]
    return {"wire": _cookie(case).encode(session, expires=None, now=_then(case))}


def _data_read(case: Case) -> Any:
    return django.read(case["wire"], secrets=_secrets(case))


def _data_write(case: Case) -> dict[str, Any]:
    return {"wire": django.write(case["payload"], secrets=_secrets(case), now=_then(case))}


def _signing(case: Case) -> Signing:
    return Signing(case["secrets"], salt=case["options"].get("salt", "django.core.signing"))


def _loads(case: Case) -> Any:
    max_age = case["options"].get("max_age")
    return _signing(case).loads(case["wire"], now=_now(case), max_age=max_age)


def _dumps(case: Case) -> dict[str, Any]:
    compress = case["options"].get("compress", False)
    return {"wire": _signing(case).dumps(case["payload"], now=_then(case), compress=compress)}


def _get_signed_cookie(case: Case) -> Any:
    options = case["options"]
    return signed_cookie.decode(
        case["wire"],
        name=options["name"],
        secrets=case["secrets"],
        salt=options["salt"],
        now=_now(case),
    )


def _set_signed_cookie(case: Case) -> dict[str, Any]:
    options = case["options"]
    text = signed_cookie.encode(
        case["payload"],
        name=options["name"],
        secrets=case["secrets"],
        salt=options["salt"],
        now=_then(case),
        legacy=case["version"].startswith("4."),
    )
    return {"wire": text, "set_cookie": [plain_cookie(options["name"]).set(text)]}


READERS = {
    "django_signed_cookies_read": _cookie_read,
    "django_session_data_decode": _data_read,
    "django_loads": _loads,
    "django_get_signed_cookie": _get_signed_cookie,
}
WRITERS = {
    "django_signed_cookies_read": _cookie_write,
    "django_session_data_decode": _data_write,
    "django_loads": _dumps,
    "django_get_signed_cookie": _set_signed_cookie,
}

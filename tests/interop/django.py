"""Cases of django.json: what Django stores in its database."""

from typing import Any

from dojang.wire.migration import django

Case = dict[str, Any]


def _read(case: Case) -> Any:
    secrets = case["secrets"]
    return django.read(case["wire"], secrets=[secrets] if isinstance(secrets, str) else secrets)


READERS = {"django_session_data_decode": _read}

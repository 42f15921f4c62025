"""Django alone, in a process of its own: stores sessions in its database.

`python -m tests.e2e.django_sessions ENGINE NAME PORT` prints their keys by what they are, as JSON.
"""

import json
import sys
from datetime import timedelta

import django
from django.conf import settings

SECRET = "django-insecure-but-long-enough-for-a-test-0123456789"


def main(engine: str, name: str, port: str) -> None:
    database = {"ENGINE": f"django.db.backends.{engine}", "NAME": name}
    server = {"HOST": "127.0.0.1", "PORT": port, "USER": "dojang"} if port else {}
    settings.configure(
        SECRET_KEY=SECRET,
        INSTALLED_APPS=["django.contrib.sessions"],
        DATABASES={"default": {**database, **server}},
        USE_TZ=True,
    )
    django.setup()
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    call_command("migrate", verbosity=0)

    def store(expiry: int | timedelta | None, **data: object) -> str:
        session = SessionStore()
        session.update(data)
        if expiry is not None:
            session.set_expiry(expiry)
        session.save()
        return str(session.session_key)

    user = {"_auth_user_id": "7", "_auth_user_backend": "b", "_auth_user_hash": "h"}
    keys = {
        "signed in": store(3600, **user),
        "large": store(3600, **user, cart=[{"sku": "이름", "qty": n} for n in range(200)]),
        "until the browser is closed": store(0, theme="dark"),
        "as it comes": store(None, theme="light"),
        "over": store(timedelta(seconds=-5), theme="old"),
        "rounded": store(3600, snowflake=2**53 + 1),
    }
    sys.stdout.write(json.dumps(keys))


if __name__ == "__main__":
    main(*sys.argv[1:])

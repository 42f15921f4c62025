"""Django's own users, who come in with a password or with GitHub by our rules.

export SESSION_SECRET=$(dojang keys new) GITHUB_ID=... GITHUB_SECRET=... URL=http://localhost:8000
python examples/own_users_django/manage.py migrate --run-syncdb
... createsuperuser, then ... runserver
"""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    execute_from_command_line(sys.argv)

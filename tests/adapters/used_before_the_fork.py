"""The Flask example, whose store the parent process has used before it forks."""

from examples.flask_app import app

assert app.test_client().post("/login/eve").status_code == 302

"""Flask-Admin's files on our sessions: forms carry a secret of the session, messages are in it."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.fileadmin import FileAdmin
from flask_admin.form import SecureForm

from dojang.adapters.flask import Dojang
from dojang.sessions import Sessions

HTTPS = "https://localhost"


class Files(FileAdmin):
    """Its own views, all of them, with its own proof against forged forms."""

    form_base_class = SecureForm


@pytest.fixture
def app(sessions: Sessions, tmp_path: Path) -> Flask:
    (tmp_path / "seal.txt").write_text("upon paper")
    app = Flask("admin")
    Dojang(app, sessions)
    Admin(app).add_view(Files(str(tmp_path), endpoint="files", name="Files"))
    return app


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_visit(app: Flask, tmp_path: Path) -> None:
    client, other = app.test_client(), app.test_client()
    new = "/admin/files/mkdir/"
    form = {"name": "seals", "csrf_token": token_in(client.get(new, base_url=HTTPS).text)}
    assert other.post(new, data=form, base_url=HTTPS).status_code == 200
    assert not (tmp_path / "seals").exists()

    assert client.post(new, data=form, base_url=HTTPS).status_code == 302
    assert (tmp_path / "seals").is_dir()
    listed = client.get("/admin/files/", base_url=HTTPS).text
    assert "Successfully created directory: seals" in listed
    # A message is shown once: it was taken out of the session.
    assert "Successfully" not in client.get("/admin/files/", base_url=HTTPS).text

    gone = {"path": "seal.txt", "csrf_token": token_in(listed)}
    assert client.post("/admin/files/delete/", data=gone, base_url=HTTPS).status_code == 302
    assert not (tmp_path / "seal.txt").exists()

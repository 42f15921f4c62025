from pathlib import Path

import httpx2
import pytest

from dojang import blocking
from dojang.server.assembly import assemble, close
from dojang.server.settings import Settings
from tests.cli.kit import Done, Server, dojang, serving

PASSWORD = "correct horse battery staple"
NEW = "another battery of horses"


def create(cwd: Path, *arguments: str, password: str = PASSWORD) -> Done:
    """Make an account with a password that is piped in."""
    return dojang("users", "create", *arguments, cwd=cwd, typed=f"{password}\n")


def roles(cwd: Path, *arguments: str) -> Done:
    return dojang("users", "roles", *arguments, cwd=cwd)


@pytest.mark.parametrize("login", ["ada", "ada@example.org"])
def test_an_admin_is_made_by_one_command(tmp_path: Path, login: str) -> None:
    done = create(tmp_path, login, "--admin")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{login} can sign in and is an admin (id ")
    assert PASSWORD not in done.out
    assert roles(tmp_path, login).out == "admin\n"


def test_roles_are_given_and_taken_away(tmp_path: Path) -> None:
    create(tmp_path, "ada")
    assert roles(tmp_path, "ada").out == "ada has no role\n"
    assert roles(tmp_path, "ada", "--add", "editor", "--add", "admin").out == "admin editor\n"
    assert roles(tmp_path, "ada", "--remove", "admin").out == "editor\n"
    assert roles(tmp_path, "ada").out == "editor\n"


@pytest.mark.parametrize(
    ("arguments", "password", "said"),
    [
        (["ada"], "short", "take 8 characters or more"),
        (["ada"], "", "take 8 characters or more"),
        (["no one"], PASSWORD, "user name"),
        (["@"], PASSWORD, "the part before the @"),
    ],
)
def test_what_is_wrong_is_one_line_and_makes_nobody(
    tmp_path: Path, arguments: list[str], password: str, said: str
) -> None:
    done = create(tmp_path, *arguments, password=password)
    assert done.code == 2
    assert done.err.startswith("dojang: ")
    assert said in done.err
    assert done.err.count("\n") == 1
    assert roles(tmp_path, *arguments).code == 2


def test_a_taken_name_and_a_role_that_is_none_are_told(tmp_path: Path) -> None:
    create(tmp_path, "ada")
    assert "has an account already" in create(tmp_path, "ADA").err
    done = roles(tmp_path, "ada", "--add", "Big Boss")
    assert (done.code, done.out) == (2, "")
    assert "'Big Boss' is no role: write 1 to 32 of a-z" in done.err
    assert "no account signs in as 'eve'" in roles(tmp_path, "eve").err


def sign_in(server: Server, password: str = PASSWORD) -> tuple[int, str]:
    """Return the status and the cookie."""
    form = {"login": "ada", "password": password}
    answer = httpx2.post(f"{server.url}/api/auth/login", json=form, headers={"origin": server.url})
    return answer.status_code, answer.headers.get("set-cookie", "").partition(";")[0]


def check(server: Server, cookie: str) -> int:
    return httpx2.get(f"{server.url}/api/auth/check", headers={"cookie": cookie}).status_code


def test_verbs_change_accounts_of_a_running_server_and_sign_them_out(tmp_path: Path) -> None:
    create(tmp_path, "ada")

    def users(*arguments: str, typed: str | None = None) -> Done:
        return dojang("users", *arguments, cwd=tmp_path, typed=typed)

    with serving(tmp_path) as server:
        status, cookie = sign_in(server)
        assert (status, check(server, cookie)) == (200, 200)
        done = users("password", "ada", typed=f"{NEW}\n")
        assert (done.code, done.out) == (0, "ada has a new password, and is signed out\n")
        assert (check(server, cookie), sign_in(server)[0]) == (401, 401)
        status, cookie = sign_in(server, NEW)
        assert (status, check(server, cookie)) == (200, 200)
        assert users("disable", "ada").out == "ada can sign in no more, and is signed out\n"
        assert (check(server, cookie), sign_in(server, NEW)[0]) == (401, 401)
        assert users("enable", "ada").out == "ada can sign in\n"
        assert check(server, cookie) == 401
        status, cookie = sign_in(server, NEW)
        assert (status, check(server, cookie)) == (200, 200)
        assert users("delete", "ada", typed="n\n").code == 1
        assert check(server, cookie) == 200
        assert users("delete", "ada", "--yes").out == "the account of ada is gone, and signed out\n"
        assert (check(server, cookie), sign_in(server, NEW)[0]) == (401, 401)


def test_a_lost_second_factor_is_removed_and_that_is_an_event(tmp_path: Path) -> None:
    create(tmp_path, "ada")
    verb = "remove-second-factor"
    done = dojang("users", verb, "ada", "--yes", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "ada has no second factor" in done.err
    parts = assemble(Settings.load(home=tmp_path / "var"))
    user = blocking.run(parts.accounts.find_login("ada"))
    assert user is not None
    second = parts.factors.second
    begun = second.enrolments.begin(user.id)
    code = begun.authenticator.code(now=second.clock())
    blocking.run(second.add(user.id, begun.ticket, code))
    assert dojang("users", verb, "ada", cwd=tmp_path, typed="n\n").code == 1
    assert blocking.run(second.needed(user.id))
    done = dojang("users", verb, "ada", "--yes", cwd=tmp_path)
    said = "ada signs in without a code from now on, and can add an app again\n"
    assert (done.code, done.out) == (0, said)
    assert not blocking.run(second.needed(user.id))
    (_, event), _ = blocking.run(parts.events.page(user=user.id))
    assert (event.kind, event.facts) == ("second-factor-removed", {"by": "administrator"})
    close(parts)


def test_what_is_done_from_a_shell_is_in_the_record(tmp_path: Path) -> None:
    """A role, a password and a factor are what an audit looks for first."""
    create(tmp_path, "ada", "--admin")
    roles(tmp_path, "ada", "--add", "editor")
    roles(tmp_path, "ada", "--add", "editor")  # changes nothing
    for verb, typed in (("password", f"{NEW}\n"), ("disable", ""), ("enable", "")):
        assert dojang("users", verb, "ada", cwd=tmp_path, typed=typed).code == 0
    assert dojang("users", "delete", "ada", "--yes", cwd=tmp_path).code == 0
    (tmp_path / "more.csv").write_text("username\ngrace\n")
    assert dojang("users", "import", "more.csv", "--dry-run", cwd=tmp_path).code == 0
    assert dojang("users", "import", "more.csv", cwd=tmp_path).code == 0
    parts = assemble(Settings.load(home=tmp_path / "var"))
    events = [event for _, event in blocking.run(parts.events.page())][::-1]
    close(parts)
    assert [(event.kind, dict(event.facts)) for event in events] == [
        ("account-created", {"roles": "admin", "by": "administrator"}),
        ("roles-changed", {"roles": "admin editor", "by": "administrator"}),
        ("password-set", {"by": "administrator"}),
        ("account-disabled", {"by": "administrator"}),
        ("account-enabled", {"by": "administrator"}),
        ("account-deleted", {"by": "administrator"}),
        ("accounts-imported", {"imported": 1, "by": "administrator"}),
    ]
    assert len({event.user for event in events[:-1]}) == 1
    assert NEW not in str(events)


@pytest.mark.parametrize(
    "verb", ["password", "disable", "enable", "delete", "remove-second-factor"]
)
def test_nobody_and_sessions_out_of_reach_are_told_in_one_line(tmp_path: Path, verb: str) -> None:
    done = dojang("users", verb, "eve", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "no account signs in as 'eve'" in done.err
    done = dojang("users", verb, "eve", cwd=tmp_path, DOJANG_SESSIONS="memory:")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("dojang: memory: sessions are in the server")

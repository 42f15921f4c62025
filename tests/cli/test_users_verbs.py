from pathlib import Path

import pytest

from tests.cli.kit import Done, dojang

PASSWORD = "correct horse battery staple"


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

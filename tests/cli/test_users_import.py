"""`dojang users import`, as whoever moves a site runs it."""

import json
import os
import pty
import subprocess
from pathlib import Path

import bcrypt
import httpx2

from tests.cli.kit import DOJANG, Done, dojang, environment, serving

PASSWORD = "correct horse battery staple"
HASH = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()

GOOD = f"id,email,encrypted_password\n1,kim@example.org,{HASH}\n2,lee@example.org,\n"
BAD = f"3,kim@example.org,\n4,nobody,{HASH}\n5,cho@example.org,{HASH[:-1]}\n"


def imports(cwd: Path, *arguments: str, typed: str | None = None) -> Done:
    return dojang("users", "import", *arguments, cwd=cwd, typed=typed)


def test_accounts_come_along_and_sign_in_at_a_running_server(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text(GOOD)
    with serving(tmp_path) as server:
        done = imports(tmp_path, "users.csv")
        assert (done.code, done.err) == (0, "")
        assert done.out == "2 imported (1 without a password), 0 were there already\n"
        form = {"login": "kim@example.org", "password": PASSWORD}
        answer = httpx2.post(
            f"{server.url}/api/auth/login", json=form, headers={"origin": server.url}
        )
        assert answer.status_code == 200
    done = imports(tmp_path, "users.csv")
    assert (done.code, done.out) == (0, "0 imported, 2 were there already\n")


def test_what_is_rejected_is_named_by_its_line_and_never_by_its_hash(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text(GOOD + BAD)
    done = imports(tmp_path, "users.csv")
    assert done.code == 1
    assert done.out == ("2 imported (1 without a password), 0 were there already, 3 rejected\n")
    first, second, third = done.err.splitlines()
    assert first == "rejected: line 4: line 2 has the same e-mail address, user name or id"
    assert second.startswith("rejected: line 5: email: an e-mail address has exactly one @")
    assert third.startswith("rejected: line 6: password_hash: 59 characters of no kind")
    assert HASH[7:20] not in done.out + done.err


def test_a_report_says_of_each_line_what_became_of_it(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text(GOOD + BAD)
    imports(tmp_path, "users.csv", "--report", "report.csv", "--dry-run")
    lines = (tmp_path / "report.csv").read_text().splitlines()
    assert lines[0] == "line,verdict,their_id,user_id,why"
    assert lines[1].startswith("2,imported,1,")
    assert lines[3].startswith('4,rejected,3,,"line 2 has the same')
    assert len(lines) == 6
    imports(tmp_path, "users.csv", "--report", "report.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text().splitlines()]
    assert [row["verdict"] for row in rows] == ["imported"] * 2 + ["rejected"] * 3
    assert rows[4]["user_id"] is None
    assert HASH[7:20] not in (tmp_path / "report.jsonl").read_text()


def test_the_standard_input_and_programs_are_served(tmp_path: Path) -> None:
    lines = json.dumps({"login": "kim"}) + "\n" + json.dumps({"login": "lee"}) + "\n{\n"
    done = imports(tmp_path, "-", "--format", "jsonl", "--json", "--dry-run", typed=lines)
    assert done.code == 1
    assert json.loads(done.out) == {
        "imported": 2,
        "without_password": 2,
        "unverified": 0,
        "there_already": 0,
        "rejected": 1,
        "dry_run": True,
    }
    assert "no account signs in as 'kim'" in dojang("users", "roles", "kim", cwd=tmp_path).err


def test_whoever_may_have_typed_a_strangers_address_elsewhere_is_counted(tmp_path: Path) -> None:
    """A file that does not say who has verified their address leaves it to its operator."""
    lines = [f"kim@example.org,{HASH},false", f"lee@example.org,{HASH},true"]
    header = "email,encrypted_password,email_verified"
    (tmp_path / "users.csv").write_text("\n".join([header, *lines]))
    told = imports(tmp_path, "users.csv", "--dry-run").out.splitlines()
    assert told[1].startswith("1 of them with an address that nobody has verified")
    told = imports(tmp_path, "users.csv", "--dry-run", "--map", "email_verified=").out.splitlines()
    assert told[1:] == []


def test_many_rejected_lines_do_not_flood_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "users.jsonl").write_text("7\n" * 100)
    done = imports(tmp_path, "users.jsonl")
    assert done.err.splitlines()[19:] == [
        "rejected: line 20: no JSON object, of which there has to be one in each line",
        "... and 80 more, all of them in the file of --report",
    ]


def test_a_bar_is_for_people_who_look(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text(GOOD)
    terminal, theirs = pty.openpty()
    subprocess.run(
        [DOJANG, "users", "import", "users.csv"],
        cwd=tmp_path,
        env=environment(TERM="xterm"),
        stderr=theirs,
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=30,
    )
    os.close(theirs)
    shown = os.read(terminal, 65536).decode()
    os.close(terminal)
    assert "2 imported" in shown
    assert "100%" in shown


def test_what_was_asked_for_wrongly_is_one_line_and_imports_nobody(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text(GOOD)
    (tmp_path / "users.txt").write_text(GOOD)
    (tmp_path / "empty.csv").touch()
    (tmp_path / "twice.csv").write_text("email,mail\n")
    for arguments, said in (
        (["users.txt"], "say so with --format"),
        (["users.csv", "--format", "xml"], "say so with --format"),
        (["nothing.csv"], "cannot be read: No such file"),
        ([".", "--format", "csv"], "cannot be read: Is a directory"),
        (["empty.csv"], "the file is empty"),
        (["twice.csv"], "both mean email"),
        (["users.csv", "--map", "email"], "write theirs=ours"),
        (["users.csv", "--map", "email=shoe"], "'shoe' is none of id, email"),
        (["users.csv", "--map", "nick=username"], "there is no column 'nick'"),
        (["users.csv", "--report", "report.txt"], "has to end in .csv or .jsonl"),
        (["users.csv", "--report", "users.csv"], "is the file that is imported"),
        (["users.csv", "--report", "nowhere/r.csv"], "cannot be written: No such file"),
    ):
        done = imports(tmp_path, *arguments)
        assert (done.code, done.out) == (2, ""), arguments
        assert said in done.err
        assert done.err.startswith("dojang: ")
        assert done.err.count("\n") == 1
    assert (tmp_path / "users.csv").read_text() == GOOD
    assert "no account signs in" in dojang("users", "roles", "kim@example.org", cwd=tmp_path).err

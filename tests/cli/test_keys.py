"""`dojang keys`, as whoever keeps a server uses it."""

from pathlib import Path

from dojang.wire import json

from .kit import Done, dojang

SECRET = "Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCBhdCBhbGw"


def keys(cwd: Path, *arguments: str, **variables: str) -> Done:
    return dojang("keys", *arguments, cwd=cwd, DOJANG_SECRET=SECRET, **variables)


def listed(cwd: Path, *arguments: str) -> list[dict[str, str]]:
    done = keys(cwd, *arguments, "--json")
    assert done.code == 0, done.err
    return [json.loads(line) for line in done.out.splitlines()]


def test_signing_keys_are_listed_rotated_and_retired(tmp_path: Path) -> None:
    signing, coming = listed(tmp_path, "list")
    assert (signing["part"], coming["part"], signing["algorithm"]) == ("signing", "coming", "ES256")
    refused = keys(tmp_path, "rotate")
    assert refused.code == 2
    assert "not everybody has seen it" in refused.err
    rotated = listed(tmp_path, "rotate", "--at-once")
    assert [row["part"] for row in rotated] == ["signing", "coming", "past"]
    assert (rotated[0]["kid"], rotated[2]["kid"]) == (coming["kid"], signing["kid"])
    assert keys(tmp_path, "retire", "--", signing["kid"]).out == "retired\n"
    assert [row["part"] for row in listed(tmp_path, "list")] == ["signing", "coming"]
    assert keys(tmp_path, "retire", "--", coming["kid"]).code == 2


def test_one_more_key_is_published(tmp_path: Path) -> None:
    done = keys(tmp_path, "new", "--signing")
    assert done.code == 0, done.err
    assert [row["part"] for row in listed(tmp_path, "list")] == ["signing", "coming", "coming"]


def test_no_key_is_printed(tmp_path: Path) -> None:
    done = keys(tmp_path, "list")
    assert "PRIVATE" not in done.out
    assert len(done.out.splitlines()) >= 3


def test_a_service_key_is_printed_once_listed_and_revoked(tmp_path: Path) -> None:
    key = keys(tmp_path, "service", "new", "orders").out.strip()
    assert key.startswith("dsk.")
    (row,) = listed(tmp_path, "service", "list")
    assert (row["name"], row["id"]) == ("orders", key.split(".")[1])
    assert key.split(".")[2] not in keys(tmp_path, "service", "list").out
    assert keys(tmp_path, "service", "revoke", "--", row["id"]).out == "revoked\n"
    assert keys(tmp_path, "service", "revoke", "--", row["id"]).code == 2
    assert listed(tmp_path, "service", "list") == []


def test_where_there_are_no_keys_it_says_what_to_do(tmp_path: Path) -> None:
    done = keys(tmp_path, "list", DOJANG_ACCESS_ALGORITHM="HS256")
    assert (done.code, "put a new one in front" in done.err) == (2, True)
    done = keys(tmp_path, "list", DOJANG_SESSIONS="memory:")
    assert (done.code, "memory:" in done.err) == (2, True)

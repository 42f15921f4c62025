"""A file of rules is checked whole, and whoever wrote it is told what to write instead."""

from pathlib import Path

import pytest

from dojang.server.errors import BadSettings
from dojang.server.forward_auth import rule_file
from dojang.server.forward_auth.rules import NOBODY, PUBLIC, HostPattern, Needs, PathPattern, Rule

GOOD = """
[[rule]]
host = "app.example.org"
path = ["/public/*", "/healthz"]
allow = "public"

[[rule]]
host = "App.example.org."
path = "/admin/*"
roles = ["admin"]
fresh = 600
second-factor = true

[[rule]]
host = "app.example.org"

[[rule]]
host = "*.example.org"
path = ["/도장", "/a b/*"]
allow = "nobody"
"""


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "rules.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_a_file_is_read_in_its_order(tmp_path: Path) -> None:
    app = HostPattern("app.example.org")
    assert list(rule_file.read(written(tmp_path, GOOD))) == [
        Rule(app, (PathPattern("/public", below=True), PathPattern("/healthz")), PUBLIC),
        Rule(
            app,
            (PathPattern("/admin", below=True),),
            Needs(roles=frozenset({"admin"}), fresh=600, second_factor=True),
        ),
        Rule(app, (PathPattern("/", below=True),), Needs()),
        Rule(
            HostPattern("example.org", below=True),
            (PathPattern("/도장"), PathPattern("/a b", below=True)),
            NOBODY,
        ),
    ]


def complaints(folder: Path, text: str | bytes) -> list[str]:
    file = written(folder, text)
    with pytest.raises(BadSettings) as caught:
        rule_file.read(file)
    assert all(line.startswith(f"{file}: ") for line in caught.value.problems)
    return [line.removeprefix(f"{file}: ") for line in caught.value.problems]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('hots = "a.org"', "'hots' means nothing here; did you mean 'host'?"),
        ('host = "a b"', "host is 'a b', and no host is called so"),
        ("host = 1", "host is missing"),
        ('host = "*"', "host is '*', and no host is called so"),
        ('host = "*.org"', "host is '*.org', which is too many"),
        ('host = "https://a.org"', "no host is called so"),
        ('host = ["a.org", "b.org"]', "host is a list: write one host"),
        ('host = "a.org:8443"', "host is 'a.org:8443': a rule is about a host on all of its ports"),
        ('host = "*.a.org:443"', "leave :443 out"),
        ('host = "a.org"\npath = "/a?x=1"', "path is '/a?x=1': write /admin for that path alone"),
        ('host = "a.org"\npath = "/?page/*"', "path is '/?page/*'"),
        ('host = "a.org"\npath = "/a#b"', "path is '/a#b'"),
        ('host = "a.org"\npath = "/a%20b"', "percent-decoded, without"),
        ('host = "a.org"\npath = "/a."', "path is '/a.'"),
        ('host = "a.org"\npath = "admin"', "path is 'admin': a path begins with a slash"),
        ('host = "a.org"\npath = "/a*"', "path is '/a*': write /admin for that path alone"),
        ('host = "a.org"\npath = "/a/../b"', "path is '/a/../b'"),
        ('host = "a.org"\npath = "/a%2Fb"', "path is '/a%2Fb'"),
        ('host = "a.org"\npath = []', "path is empty"),
        ('host = "a.org"\nallow = "everybody"', "allow is 'everybody'; write one of public"),
        ('host = "a.org"\nallow = "public"\nroles = ["a"]', "roles mean nothing where 'public'"),
        ('host = "a.org"\nroles = "admin"', "roles is 'admin': write roles = [\"admin\"]"),
        ('host = "a.org"\nfresh = 0', "fresh is 0: write seconds, from 1 to 2592000"),
        ('host = "a.org"\nfresh = true', "fresh is True: write seconds"),
        ('host = "a.org"\nsecond-factor = "yes"', "second-factor is 'yes': write true or false"),
    ],
)
def test_a_rule_that_is_wrong_is_named_with_the_remedy(
    tmp_path: Path, line: str, said: str
) -> None:
    found = complaints(tmp_path, f'[[rule]]\nhost = "x.org"\n[[rule]]\n{line}\n')
    assert any(one.startswith("rule 2: ") and said in one for one in found)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    found = complaints(
        tmp_path, 'rules = 1\n[[rule]]\nhost = "a b"\nfresh = -1\n[[rule]]\npath = "/x"\n'
    )
    assert len(found) == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no rule"),
        ("rule = 1", "write each rule below a line of its own"),
        ("[[rule]\n", "(at line 1"),
        (b"\xff\xfe", "no text in UTF-8"),
    ],
)
def test_what_is_no_file_of_rules_is_refused(tmp_path: Path, text: str | bytes, said: str) -> None:
    assert any(said in line for line in complaints(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="No such file"):
        rule_file.read(tmp_path / "rules.toml")
    with pytest.raises(BadSettings, match="directory"):
        rule_file.read(tmp_path)


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ('host = "a.org"', 'host = "a.org"\npath = "/admin/*"'),
        ('host = "*.a.org"', 'host = "x.a.org"'),
        ('host = "*.a.org"', 'host = "*.b.a.org"\npath = "/x"'),
        ('host = "a.org"\npath = "/x/*"', 'host = "a.org"\npath = ["/y", "/x"]'),
    ],
)
def test_a_rule_that_is_never_asked_is_an_error(tmp_path: Path, above: str, below: str) -> None:
    (line,) = complaints(tmp_path, f"[[rule]]\n{above}\n[[rule]]\n{below}\n")
    assert line.startswith("rule 2 is never asked about /")
    rule_file.read(written(tmp_path, f"[[rule]]\n{below}\n[[rule]]\n{above}\n"))

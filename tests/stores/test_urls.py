from pathlib import Path

import pytest

from dojang import blocking
from dojang.errors import Misuse, Unavailable
from dojang.stores import urls
from dojang.testing.store_contract import NOW, a_record


def test_a_url_opens_the_store_it_names(tmp_path: Path) -> None:
    store = urls.open_store(f"sqlite:///{tmp_path}/a%20b%3F.db")
    blocking.run(store.insert(a_record(), now=NOW))
    store.close()
    assert (tmp_path / "a b?.db").exists()


def test_options_follow_the_place() -> None:
    store = urls.open_store("memory:?capacity=1")
    blocking.run(store.insert(a_record("h1"), now=NOW))
    with pytest.raises(Unavailable, match="holds 1 sessions"):
        blocking.run(store.insert(a_record("h2"), now=NOW))


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("memory:?capacty=1", r"memory: has no option 'capacty'; it has capacity"),
        ("sqlite:///x.db?mode=ro", r"sqlite: has no option 'mode'; it has none"),
        ("memory:?capacity=0", r"capacity is '0'; write a whole number from 1"),
        ("memory:?capacity=", r"write a whole number"),
        ("memory:?capacity=" + "9" * 5000, r"write a whole number"),
        ("memory:?capacity=1&capacity=2", r"given twice"),
    ],
)
def test_an_option_that_is_unknown_or_cannot_be_is_refused(url: str, complaint: str) -> None:
    with pytest.raises(Misuse, match=complaint):
        urls.open_store(url)
    with pytest.raises(Misuse, match=complaint):
        urls.check(url)


@pytest.mark.parametrize(
    "url", ["", "memory", "sqlite:", "sqlite:///", "sealed:", "mongodb://me:hunter2@x", "hunter2@x"]
)
def test_what_names_no_store_is_refused_with_what_is_known_and_no_password(url: str) -> None:
    with pytest.raises(Misuse, match=r"write one of .*memory:, sqlite:///sessions\.db") as caught:
        urls.open_store(url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("sqlite:///a.db", "sqlite:///a.db"),
        ("redis://:hunter2@host:6379/0", "redis://:***@host:6379/0"),
        ("postgresql://me:hunt:er@2@host:5432/db?x=1", "postgresql://me:***@host:5432/db?x=1"),
        (
            "postgresql://host/db?user=me&sslpassword=a&x=1",
            "postgresql://host/db?user=me&sslpassword=***&x=1",
        ),
    ],
)
def test_a_url_is_shown_without_its_passwords(url: str, seen: str) -> None:
    assert urls.shown(url) == seen

from pathlib import Path

import pytest

from dojang import blocking
from dojang.errors import Misuse, Unavailable
from dojang.stores import urls
from dojang.stores.postgres import PostgresStore
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
        ("postgresql://h/d?pool_size=0", r"pool_size is '0'; write a whole number from 1"),
        ("postgresql://h/d?timeout=0", r"timeout is '0'; write seconds above 0"),
        ("postgresql://h/d?timeout=nan", r"write seconds above 0"),
        ("postgres://h/d?sslmod=require", r"has no option 'sslmod'; it has .*pool_size.*sslmode"),
    ],
)
def test_an_option_that_is_unknown_or_cannot_be_is_refused(url: str, complaint: str) -> None:
    with pytest.raises(Misuse, match=complaint):
        urls.open_store(url)
    with pytest.raises(Misuse, match=complaint):
        urls.check(url)


def test_options_of_libpq_stay_in_the_url(postgres_url: str) -> None:
    store = urls.open_store(f"{postgres_url}?pool_size=2&application_name=an%20app&timeout=7.5")
    assert isinstance(store, PostgresStore)
    sql = "SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()"
    assert blocking.run(store._driver.read((sql, None))) == [("an app",)]
    store.close()


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://me:hunter2@[x/db",
        "postgresql://me:ab@hunter2@host/db",
        "hunter2",
        "h = 'hunter2",
    ],
)
def test_what_libpq_cannot_read_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(Misuse, match="%40 for an @") as caught:
        PostgresStore(text)
    assert "hunter2" not in str(caught.value)


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


def test_the_reference_names_every_scheme_and_option() -> None:
    page = Path("docs/reference/store-urls.md").read_text(encoding="utf-8")
    for name, scheme in urls._SCHEMES.items():
        words = [f"`{name}:", *(f"`{option}`" for option in scheme.options)]
        assert [word for word in words if word not in page] == []

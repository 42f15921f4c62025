"""What holds for every text that a browser keeps for us, whatever family it is of."""

import inspect
import json
import pkgutil
import random
import time
from contextlib import suppress
from importlib import import_module
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dojang.wire
from dojang.errors import Oversized, Rejected
from tests.counts import scaled
from tests.interop.__main__ import OWN
from tests.wire.entry import VALUES, Entry, as_it_is
from tests.wire.formats import CONTENTS, ENTRIES
from tests.wire.jose_entries import KEY_SETS
from tests.wire.mutations import changes, cuts, mutated, swaps

every = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)

#: Mutated texts over all formats.
WILD = 1_000_000

MEGABYTE = 1 << 20

#: Single changes of each text that is slow to read: more than there are.
SLOW = 50_000

#: Seconds of work on one text; a thousand times what the longest of them takes.
LONGEST = 0.5


def accepted(entry: Entry, text: str) -> bool:
    try:
        entry.read(text)
    except Rejected:
        return False
    return True


def assert_refused(entry: Entry, texts: Any, good: set[str]) -> None:
    """Of `texts` those alone are accepted whose proven part is one that was written."""
    for text in texts:
        if accepted(entry, text):
            assert entry.proven(text) in good, ascii(text)


@every
def test_what_was_written_is_read(entry: Entry) -> None:
    assert all(accepted(entry, entry.write(value)) for value in VALUES)


@every
def test_no_single_changed_character_is_accepted(entry: Entry) -> None:
    text = entry.write(VALUES[0])
    changed = [*changes(text)]
    if entry.slow:
        changed = random.Random(len(text)).sample(changed, min(len(changed), scaled(SLOW)))
    assert_refused(entry, changed, {entry.proven(text)})


@every
def test_no_shortened_or_lengthened_text_is_accepted(entry: Entry) -> None:
    """Authlib CVE-2026-28802: a token without its signature."""
    for value in VALUES[:2]:
        text = entry.write(value)
        assert_refused(entry, cuts(text), {entry.proven(text)})


@every
def test_no_field_may_be_in_another_place_or_from_another_text(entry: Entry) -> None:
    for one, other in product(VALUES, VALUES):
        text, foreign = entry.write(one), entry.write(other)
        good = {entry.proven(text), entry.proven(foreign)}
        assert_refused(entry, swaps(text, foreign, entry.between), good)


@every
def test_no_text_of_another_family_is_accepted_under_the_same_secret(entry: Entry) -> None:
    others = [other for other in ENTRIES if other.family != entry.family]
    assert_refused(entry, [other.write(value) for other in others for value in VALUES], set())


@every
def test_nothing_beyond_a_megabyte_is_looked_at(entry: Entry) -> None:
    for text in ("x" * (MEGABYTE + 1), entry.between * 7 + "A" * MEGABYTE):
        with pytest.raises(Oversized):
            entry.read(text)


@every
@given(text=st.text())
def test_any_text_yields_a_value_or_a_rejection(entry: Entry, text: str) -> None:
    assert not accepted(entry, text)


@every
@given(before=st.text(max_size=9), place=st.integers(0, 400), after=st.text(max_size=9))
def test_so_does_text_with_anything_in_it(
    entry: Entry, before: str, place: int, after: str
) -> None:
    text = entry.write(VALUES[0])
    made = before + text[:place] + after + text[place:]
    assert_refused(entry, [made], {entry.proven(text)})


@every
def test_wildly_changed_texts_yield_a_value_or_a_rejection_in_bounded_time(entry: Entry) -> None:
    own = [entry.write(value) for value in VALUES]
    good, slowest = {entry.proven(text) for text in own}, 0.0
    seed = sum(map(ord, entry.name))
    seeds = own * 100 + vectors()
    for text in mutated(seeds, -(-scaled(WILD) // len(ENTRIES)), seed):
        start = time.thread_time()
        assert_refused(entry, [text], good)
        slowest = max(slowest, time.thread_time() - start)
    assert slowest < LONGEST


@pytest.mark.parametrize("name", CONTENTS)
def test_wildly_changed_contents_yield_a_value_or_a_rejection_too(name: str) -> None:
    for text in mutated(contents(), scaled(WILD // 10) // len(CONTENTS), len(name)):
        with suppress(Rejected):
            CONTENTS[name](text.encode("utf-8", "surrogatepass"))


def contents() -> list[str]:
    """What the real libraries sealed, signed and stored."""
    cases = [case for file in sorted(OWN.glob("*.json")) for case in json.loads(file.read_text())]
    values = [json.dumps(case["payload"]) for case in cases if case.get("payload")]
    stored = [str(case["wire"].get("value")) for case in cases if isinstance(case["wire"], dict)]
    headers = [case["cookie_header"] for case in cases if case.get("cookie_header")]
    return [text for text in values + stored + headers if len(text) < 2_000] + KEY_SETS * 20


def vectors() -> list[str]:
    """Texts that the real libraries wrote, of all families."""
    cases = [case for file in sorted(OWN.glob("*.json")) for case in json.loads(file.read_text())]
    texts = {case["wire"] for case in cases if isinstance(case["wire"], str)}
    return sorted(text for text in texts if len(text) < 2_000)


def test_a_reader_that_trusts_too_much_is_found_out() -> None:
    trusting = Entry("trusting", "none", lambda value: f"{value}.tag", as_it_is, ".")
    with pytest.raises(AssertionError):
        test_no_single_changed_character_is_accepted(trusting)
    breaking = Entry("breaking", "none", lambda value: f"{value}.tag", int, ".")
    with pytest.raises(ValueError, match="invalid literal"):
        test_no_single_changed_character_is_accepted(breaking)


def test_every_client_side_format_is_registered() -> None:
    registered = [entry.kind for entry in ENTRIES if entry.kind is not None]
    found = set()
    for module in pkgutil.walk_packages(dojang.wire.__path__, "dojang.wire."):
        for name, kind in inspect.getmembers(import_module(module.name), inspect.isclass):
            is_format = callable(getattr(kind, "encode", None)) and hasattr(kind, "decode")
            if kind.__module__ == module.name and is_format and name != "Format":
                found.add(kind)
    assert found
    assert [kind for kind in found if not any(issubclass(each, kind) for each in registered)] == []

"""What is said in English is said in every language, and what is compiled is what is written."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from scripts import words

from dojang.words import LANGUAGES, Language, words_in

OTHERS = LANGUAGES[1:]


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_is_complete_and_compiled(language: Language) -> None:
    assert list(words.troubles(language, words.extracted())) == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_missing_wrong_or_stale_is_found(
    language: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = words.extracted()
    written = words.stored(language)
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    words.po_of(language).parent.mkdir(parents=True)
    first, second, *_ = (message for message in written if "%(site)s" in message.id)
    first.string, second.string = "", "%(side)s"
    words.po_of(language).write_bytes(words.po_text(written))
    words.mo_of(language).write_bytes(words.mo_text(Catalog(locale=language)))
    found.add("Said for the first time.")
    told = "\n".join(words.troubles(language, found))
    assert "does not hold what the code says" in told
    assert f"{first.id!r} is not translated" in told
    assert f"{second.id!r}: " in told
    assert "is stale" in told


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_is_in_the_script_of_its_language(language: Language) -> None:
    assert language == "ko"
    for message in words.stored(language):
        if message.id:
            for text in words.strings(message.string):
                said = re.sub(r"%\(\w+\)[sd]", "", text)
                assert re.search("[가-힣]", said) or not re.search("[A-Za-z]", said), text


def test_english_is_what_stands_in_the_code() -> None:
    _ = words_in("en")
    assert _("Your code for %(site)s", site="a.example") == "Your code for a.example"
    assert _.many("%(count)d day", "%(count)d days", 1) == "1 day"
    assert _.many("%(count)d day", "%(count)d days", 2) == "2 days"


def test_the_words_of_a_language_are_read_once() -> None:
    assert words_in("ko") is words_in("ko")
    assert words_in("ko").language == "ko"

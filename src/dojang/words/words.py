"""The words of one language."""

from functools import cache
from pathlib import Path

from dojang.extras import extra
from dojang.words.languages import LANGUAGES, Language

with extra("accounts"):
    from babel.support import NullTranslations, Translations

__all__ = ["DOMAIN", "FOLDER", "N_", "Words", "words_in"]

DOMAIN = "dojang"

#: Where the catalogues are.
FOLDER = Path(__file__).parent


class Words:
    """Says in one language what stands in the code in English.

    `_ = words_in(language)`, then `_("Good for %(minutes)d minutes.", minutes=10)`. The text is
    written out at the call, where `make words` finds it; a percent sign in it is doubled.
    """

    def __init__(self, language: Language) -> None:
        """Read the catalogue of a language."""
        self.language: Language = language
        self.catalogue: NullTranslations = (
            NullTranslations()
            if language == LANGUAGES[0]
            else Translations.load(FOLDER, [language], DOMAIN)
        )

    def __call__(self, text: str, /, **values: object) -> str:
        """Return what `text` is in this language, with its values in their places."""
        return self.catalogue.gettext(text) % values

    def many(self, one: str, more: str, count: int, /, **values: object) -> str:
        """Return what one or several of something are called, for `%(count)d` of them."""
        return self.catalogue.ngettext(one, more, count) % {"count": count, **values}


@cache
def words_in(language: Language) -> Words:
    """Return the words of a language; one and the same at every call."""
    return Words(language)


def N_(text: str) -> str:  # noqa: N802 - as gettext's own manual calls it
    """Return a text as it is; `make words` finds it here, and it is said elsewhere."""
    return text

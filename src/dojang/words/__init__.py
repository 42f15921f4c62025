"""What is said to people, in the languages they read.

English is written where it is said; `<language>/LC_MESSAGES/dojang.po` holds what it is in the
others. `make words` finds what is new, and compiles.
"""

from dojang.words.languages import LANGUAGES, Language, language_of
from dojang.words.words import N_, Words, words_in

__all__ = ["LANGUAGES", "N_", "Language", "Words", "language_of", "words_in"]

"""The mail with six digits that sign in."""

from dojang.auth.mail import Mail
from dojang.auth.mails.letter import letter, site_of
from dojang.words import Language, words_in

__all__ = ["sign_in_code"]


def sign_in_code(*, language: Language, to: str, url: str, code: str, minutes: int) -> Mail:
    """Return the mail.

    Args:
        language: Of whoever asked for it.
        to: The address of the account.
        url: The public address of the site.
        code: Of six digits.
        minutes: For which that is good.
    """
    _ = words_in(language)
    return letter(
        to=to,
        url=url,
        # Not in the subject, which is on the screen of a locked telephone.
        subject=_("Your code for %(site)s", site=site_of(url)),
        paragraphs=[
            _(
                "Type this code where you are signing in to %(site)s, within %(minutes)d minutes:",
                site=site_of(url),
                minutes=minutes,
            ),
            code,
            _("We never ask for it on the telephone or in a mail. Pass it on to nobody."),
            _("If you did not ask for it, do nothing. Nobody was signed in."),
        ],
    )

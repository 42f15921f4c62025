"""The mail with a link that signs in."""

from dojang.auth.mail import Mail
from dojang.auth.mails.letter import letter, site_of
from dojang.words import Language, words_in

__all__ = ["sign_in_link"]


def sign_in_link(
    *, language: Language, to: str, url: str, link: str, code: str, minutes: int
) -> Mail:
    """Return the mail.

    Args:
        language: Of whoever asked for it.
        to: The address of the account.
        url: The public address of the site.
        link: Opens the page that signs in.
        code: Of six digits, for whoever reads the mail elsewhere.
        minutes: For which that is good.
    """
    _ = words_in(language)
    return letter(
        to=to,
        url=url,
        subject=_("Your link to sign in to %(site)s", site=site_of(url)),
        paragraphs=[
            _(
                "Open this link within %(minutes)d minutes to sign in to %(site)s, in the browser "
                "in which you asked for it:",
                minutes=minutes,
                site=site_of(url),
            ),
            link,
            _("If you read this elsewhere, type this code there:"),
            code,
            _("Both work once. Pass them on to nobody: they open your account."),
            _("If you did not ask for it, do nothing. Nobody was signed in."),
        ],
    )

"""Which address shows what."""

from starlette.routing import BaseRoute, Route

from dojang.server.pages import (
    account,
    assets,
    by_mail,
    code,
    confirm,
    doctor,
    emails,
    forgotten,
    onward,
    password,
    providers,
    second_factor,
    sign_in,
    sign_out,
    sign_up,
)
from dojang.server.pages.guard import guarded
from dojang.server.pages.mailed import PAGES

__all__ = ["routes"]

#: All routes of the pages, for `Starlette(routes=[*routes, ...])`.
routes: list[BaseRoute] = [
    Route("/", guarded(account.enter)),
    Route("/sign-in", guarded(sign_in.show)),
    Route("/sign-in", guarded(sign_in.submit), methods=["POST"]),
    Route("/sign-in/mail", guarded(by_mail.show)),
    Route("/sign-in/mail", guarded(by_mail.ask), methods=["POST"]),
    Route("/sign-in/code", guarded(by_mail.show_code)),
    Route("/sign-in/code", guarded(by_mail.submit), methods=["POST"]),
    Route("/forgot-password", guarded(forgotten.show)),
    Route("/forgot-password", guarded(forgotten.ask), methods=["POST"]),
    Route("/reset-password", guarded(forgotten.choose)),
    Route("/reset-password", guarded(forgotten.set_password), methods=["POST"]),
    Route(code.PATH, guarded(code.show)),
    Route(code.PATH, guarded(code.submit), methods=["POST"]),
    Route("/sign-in/with/{provider}", guarded(providers.begin), methods=["POST"]),
    Route("/sign-in/with/{provider}/callback", guarded(providers.come_back)),
    Route("/sign-up", guarded(sign_up.show)),
    Route("/sign-up", guarded(sign_up.submit), methods=["POST"]),
    Route("/sign-out", guarded(sign_out.show)),
    Route("/sign-out", guarded(sign_out.submit), methods=["POST"]),
    Route(confirm.PATH, guarded(confirm.show)),
    Route(confirm.PATH, guarded(confirm.submit), methods=["POST"]),
    Route("/confirm/with/{provider}", guarded(providers.confirm_with), methods=["POST"]),
    Route("/account", guarded(account.show)),
    Route("/account/devices/sign-out", guarded(account.end_one), methods=["POST"]),
    Route("/account/devices/sign-out-others", guarded(account.end_others), methods=["POST"]),
    Route(onward.PATH, guarded(onward.show)),
    Route("/account/email", guarded(emails.show)),
    Route("/account/email", guarded(emails.change), methods=["POST"]),
    Route("/account/email/verification", guarded(emails.send_again), methods=["POST"]),
    Route("/account/password", guarded(password.submit), methods=["POST"]),
    Route(second_factor.PATH, guarded(second_factor.show)),
    Route(second_factor.PATH, guarded(second_factor.add), methods=["POST"]),
    Route(f"{second_factor.PATH}/codes", guarded(second_factor.renew), methods=["POST"]),
    Route(f"{second_factor.PATH}/remove", guarded(second_factor.remove), methods=["POST"]),
    Route("/account/providers/unlink", guarded(providers.unlink), methods=["POST"]),
    Route("/account/providers/{provider}", guarded(providers.link), methods=["POST"]),
    *(Route(page.path, guarded(page.show)) for page in PAGES),
    *(Route(page.path, guarded(page.submit), methods=["POST"]) for page in PAGES),
    Route("/doctor", guarded(doctor.show)),
    Route("/doctor", guarded(doctor.answer), methods=["POST"]),
    Route("/doctor/try/{way}", guarded(doctor.begin)),
    Route("/doctor/tried/{way}", guarded(doctor.tried)),
    Route("/static/{name}", assets.serve),
]

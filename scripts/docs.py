"""`make docs`: the pages of the reference that are made from the code."""

import importlib
import inspect
import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import dojang
from dojang.doctor.catalogue import CATALOGUE, NOTES, SILENT
from dojang.doctor.engines import ENGINES, Engine
from dojang.errors import DojangError, Rejected
from dojang.server.mail_settings import MailSettings
from dojang.server.provider_settings import ProviderSettings
from dojang.server.routes import TABLE, address
from dojang.server.settings import Settings

DOCS = Path(__file__).parent.parent / "docs"
REFERENCE = DOCS / "reference"
COMPUTED = {
    "proxies": "",
    "sessions": "`sqlite:///<home>/sessions.db`",
    "url": "`http://localhost:<port>`",
}
MADE = "<!-- Made from the code by `make docs`; change the code. -->"


def main() -> int:
    """Write the pages; with --check, only say which are stale."""
    pages = {
        "doctor.md": doctor(),
        "errors.md": errors(),
        "http.md": http(),
        "measured.md": measured(),
        "settings.md": settings(),
    }
    if "--check" not in sys.argv:
        for name, text in pages.items():
            (REFERENCE / name).write_text(text, encoding="utf-8")
        return 0
    stale = [name for name, text in pages.items() if current(name) != text]
    for name in stale:
        sys.stdout.write(f"docs/reference/{name} is stale: make docs\n")
    return 1 if stale else 0


def current(name: str) -> str:
    """Return a page as it is."""
    page = REFERENCE / name
    return page.read_text(encoding="utf-8") if page.exists() else ""


def errors() -> str:
    """Return the page of all errors."""
    lines = [
        "# Errors",
        "",
        MADE,
        "",
        "Everything raised on purpose is a `DojangError` with a `code` that stays the same across",
        "releases. Over HTTP it is a problem document (RFC 9457) with that code. `forget` says",
        "whether the browser is told to drop its cookie.",
        "",
        "| code | error | HTTP | forget | meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    for kind in sorted(every_error(), key=lambda kind: (kind.status, kind.code)):
        forget = "yes" if issubclass(kind, Rejected) and kind.forget else ""
        row = (f"`{kind.code}`", f"`{kind.__name__}`", str(kind.status), forget, summary(kind))
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join([*lines, ""])


def settings() -> str:
    """Return the page of the server's settings."""
    lines = [
        "# Settings of the server",
        "",
        MADE,
        "",
        "In the environment, in a file `.env` where `dojang serve` runs, or in a TOML file there,",
        "`dojang.toml` (or what `DOJANG_CONFIG` names), in small letters without the prefix:",
        '`url = "https://login.example.org"`. The first of the three that has one wins. `HOST` and',
        "`PORT` are read too. An unknown name is an error. `dojang config show` says what is",
        "found, and where.",
        "",
        "| name | write | default |",
        "| --- | --- | --- |",
    ]
    fields = Settings.model_fields
    others = [*MailSettings.model_fields, *ProviderSettings.model_fields]
    for name in [*(name for name in fields if name not in others), *others]:
        field = fields[name]
        default = "" if field.default in (None, ()) else f"`{field.default}`"
        if field.default_factory is not None:
            default = COMPUTED[name]
        lines.append(f"| `DOJANG_{name.upper()}` | {field.description} | {default} |")
    return "\n".join([*lines, ""])


def http() -> str:
    """Return the page of the API."""
    lines = [
        "# HTTP API",
        "",
        MADE,
        "",
        "JSON in and out; every error is a problem document with a stable `code`. The whole of",
        "it, with schemas, is at `/openapi.json`. `/healthz` answers while the process runs,",
        "`/readyz` names what is not ready.",
        "",
        "```sh",
        "curl -c jar -H 'Content-Type: application/json' \\",
        '    -d \'{"email": "ada@example.com", "password": "seal upon paper"}\' \\',
        "    http://localhost:8000/api/auth/signup",
        "curl -b jar http://localhost:8000/api/auth/check",
        "```",
    ]
    for entry in TABLE:
        members = list(entry.body.model_fields) if entry.body else []
        answer = list(entry.answer.model_fields) if entry.answer else []
        codes = ", ".join(f"`{kind.code}`" for kind in entry.errors)
        lines += ["", f"## {entry.method} {address(entry)}", "", summary(entry.handler), ""]
        if members:
            lines.append(f"- takes: {', '.join(f'`{member}`' for member in members)}")
        answered = f": {', '.join(f'`{member}`' for member in answer)}" if answer else ""
        lines.append(f"- answers: {entry.status}{answered}")
        lines += [f"- or refuses with: {codes}"] if codes else []
    return "\n".join([*lines, ""])


def doctor() -> str:
    """Return the page of the doctor's reasons and of what browsers do differently."""
    lines = [
        "# The doctor's reasons",
        "",
        MADE,
        "",
        "`S` rows are asked when a cookie arrives, `X` rows when it should go out; the first that",
        "fails decides, and the others are said too. A note stands in nobody's way. Each row that",
        "a browser can show is compared with real Chromium and Firefox; Safari is unverified.",
        "[A cookie does not arrive](../howto/cookie-does-not-arrive.md) shows how to ask.",
        "",
        "| row | code | meaning | | specification |",
        "| --- | --- | --- | --- | --- |",
    ]
    entries = [*CATALOGUE.items(), *((None, entry) for entry in SILENT.values())]
    for code, entry in sorted(entries, key=lambda pair: (pair[1].row[0], int(pair[1].row[1:]))):
        kind = "note" if code in NOTES or code is None else ""
        shown = f"`{code}`" if code else ""
        lines.append(f"| {entry.row} | {shown} | {entry.meaning} | {kind} | {entry.spec} |")
    names = list(ENGINES)
    lines += ["", "## Where browsers differ", "", f"| | {' | '.join(f'`{n}`' for n in names)} |"]
    lines.append(f"| --- |{' --- |' * len(names)}")
    for rule, meaning in arguments(Engine).items():
        values = [getattr(engine, rule) for engine in ENGINES.values()]
        said = ["yes" if v is True else "no" if v is False else str(v) for v in values]
        lines.append(f"| {meaning} | {' | '.join(said)} |")
    return "\n".join([*lines, ""])


def measured() -> str:
    """Return the page of what tests noted when they last ran with full counts."""
    lines = [
        "# Measured",
        "",
        "<!-- Made from docs/proof by `make docs`; run `make proof`. -->",
        "",
        "What tests of the stores noted when they last ran with full counts (`make proof`).",
        "[What is promised](promises.md) does not depend on it.",
    ]
    for name in ("stores", "decisions"):
        proof = json.loads((DOCS / "proof" / f"{name}.json").read_text(encoding="utf-8"))
        machine = f"{proof['machine']['cores']} cores, Python {proof['machine']['python']}"
        lines += ["", f"## {name}", "", f"Revision `{proof['revision'][:7]}`, {machine}.", ""]
        lines += ["| test | noted |", "| --- | --- |"]
        for test, found in proof["measured"].items():
            noted = "; ".join(f"{what}: {value}" for what, value in found.items())
            lines.append(f"| `{test}` | {noted} |")
    return "\n".join([*lines, ""])


def arguments(kind: type) -> dict[str, str]:
    """Return what the docstring of a class says of each attribute."""
    text = (inspect.getdoc(kind) or "").partition("Attributes:")[2]
    found = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", text, re.MULTILINE)
    return {name: " ".join(said.split()).rstrip(".") for name, said in found}


def every_error() -> Iterator[type[DojangError]]:
    """Yield every error of every module, once."""
    for module in pkgutil.walk_packages(dojang.__path__, "dojang."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    waiting = list(DojangError.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("dojang"):
            yield kind


def summary(thing: object) -> str:
    """Return the first sentence of a docstring."""
    return (inspect.getdoc(thing) or "").partition("\n\n")[0].replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main())

"""The style sheet, the seal and the doctor's script, under addresses that never go stale."""

import hashlib
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

__all__ = ["address", "serve"]

_TYPES = {
    "doctor.js": "text/javascript",
    "pages.css": "text/css",
    "seal.svg": "image/svg+xml",
}
_FOLDER = Path(__file__).parent / "static"
_FILES = {name: (_FOLDER / name).read_bytes() for name in _TYPES}
_VERSIONS = {name: hashlib.sha256(body).hexdigest()[:16] for name, body in _FILES.items()}


def address(name: str) -> str:
    """Return where browsers find the file: another address for every content."""
    return f"/static/{name}?v={_VERSIONS[name]}"


async def serve(request: Request) -> Response:
    """Answer with a file; a browser that asked by its content may keep it for a year."""
    name = request.path_params["name"]
    if name not in _FILES:
        raise HTTPException(404)
    asked = request.query_params.get("v") == _VERSIONS[name]
    return Response(
        _FILES[name],
        media_type=_TYPES[name],
        headers={
            "cache-control": "public, max-age=31536000, immutable" if asked else "no-cache",
            "x-content-type-options": "nosniff",
        },
    )

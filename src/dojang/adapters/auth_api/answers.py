"""Answers of the API: JSON that nobody keeps."""

from pydantic import BaseModel
from starlette.responses import Response

from dojang.wire import json

__all__ = ["Answer", "empty"]


class Answer(Response):
    """A model as JSON, or nothing."""

    media_type = "application/json"

    def __init__(self, model: BaseModel | None, status: int = 200) -> None:
        """Say `model`, with `status`."""
        body = None if model is None else json.dumps(model.model_dump(), root="answer")
        super().__init__(body, status, headers={"Cache-Control": "no-store"})


def empty() -> Answer:
    """Return the answer that says it is done, and no more."""
    answer = Answer(None, 204)
    del answer.headers["content-type"]
    return answer

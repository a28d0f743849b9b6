"""The tests that can be chosen, and movement files of the user's own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import StringConstraints

from posecheck.storage.own_movements import MAX_BYTES
from posecheck.web.api.method_schemas import MovementOut
from posecheck.web.api.schemas import Form, ShortText
from posecheck.web.movements import own
from posecheck.web.server.site import SiteDep

router = APIRouter(prefix="/api", tags=["Tests"])

TOML = {"content": {"application/toml": {"schema": {"type": "string"}}}}


class MovementForm(Form):
    """A movement file: its text, and its name, which errors mention."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_BYTES)]
    file_name: ShortText = ""


@router.get("/movements", summary="The tests")
def list_movements(site: SiteDep) -> list[MovementOut]:
    """Every test, yours too: how to film and do it, its sides and outcomes."""
    catalogue = site.catalogue
    return [MovementOut.of(movement, own=name in catalogue.own) for name, movement in catalogue.movements.items()]


@router.post("/movements", status_code=201, summary="Add a test of your own")
def add_movement(site: SiteDep, form: MovementForm) -> MovementOut:
    """A movement file (TOML) as text. One of the same name and a newer version replaces the one that is here.

    What was measured with an earlier version stays as it is. A file that is wrong is refused with its key and, where
    there is one, what would be right.
    """
    return MovementOut.of(own.add_own(site, form.text, form.file_name), own=True)


@router.get("/movements/{name}/file", summary="The file of a test of your own", responses={200: TOML})
def get_movement_file(site: SiteDep, name: str) -> Response:
    """As it was added, in its newest version."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.toml"'}
    return Response(own.text_of(site, name), media_type="application/toml", headers=headers)


@router.delete("/movements/{name}", status_code=204, summary="Remove a test of your own")
def remove_movement(site: SiteDep, name: str) -> None:
    """Refused with status 409 while a session uses it."""
    own.remove_own(site, name)

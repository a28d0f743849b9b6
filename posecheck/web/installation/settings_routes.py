"""The settings of this installation."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter

from posecheck.web.api.schemas import InstallationForm
from posecheck.web.installation import installation
from posecheck.web.server.site import SiteDep

router = APIRouter(prefix="/api", tags=["Settings"])


@router.get("/settings", summary="What new sessions start with")
def get_settings(site: SiteDep) -> InstallationForm:
    """Whether videos are kept after the analysis, and whether faces are blurred."""
    with site.database.read() as transaction:
        return InstallationForm(**asdict(installation.read(transaction)))


@router.put("/settings", summary="Change what new sessions start with")
def put_settings(site: SiteDep, form: InstallationForm) -> InstallationForm:
    """Sessions that are there already stay as they are."""
    with site.database.begin() as transaction:
        installation.write(transaction, installation.Installation(**form.model_dump()))
    return form

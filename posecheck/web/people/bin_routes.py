"""The bin: people and sessions that were deleted come back, or go for good; and how much room all of it takes."""

from __future__ import annotations

from fastapi import APIRouter

from posecheck.storage.disk_use import disk_use
from posecheck.web.people import bin as people_bin
from posecheck.web.people.people_forms import BinnedOut, DiskUseOut
from posecheck.web.server.site import SiteDep

router = APIRouter(prefix="/api", tags=["People"])


@router.get("/bin", summary="What lies in the bin")
def list_bin(site: SiteDep) -> list[BinnedOut]:
    """People, and sessions of those who are not there, the latest first."""
    with site.database.read() as transaction:
        return [BinnedOut.of(item) for item in people_bin.in_bin(transaction)]


@router.delete("/bin", status_code=204, summary="Empty the bin")
def empty_bin(site: SiteDep) -> None:
    """All that lies in it is deleted for good, files included."""
    people_bin.empty_bin(site)


@router.post("/people/{person_id}/bin", summary="Put a person into the bin")
def bin_person(site: SiteDep, person_id: str) -> BinnedOut:
    """With all sessions; after 30 days they are deleted for good."""
    return BinnedOut.of(people_bin.put_person_in(site, person_id))


@router.post("/people/{person_id}/restore", status_code=204, summary="Take a person out of the bin")
def restore_person(site: SiteDep, person_id: str) -> None:
    """As they were, but for phones that were invited."""
    people_bin.take_person_out(site, person_id)


@router.post("/sessions/{session_id}/bin", summary="Put a session into the bin")
def bin_session(site: SiteDep, session_id: str) -> BinnedOut:
    """With all that belongs to it; after 30 days it is deleted for good."""
    return BinnedOut.of(people_bin.put_session_in(site, session_id))


@router.post("/sessions/{session_id}/restore", status_code=204, summary="Take a session out of the bin")
def restore_session(site: SiteDep, session_id: str) -> None:
    """As it was, but for phones that were invited."""
    people_bin.take_session_out(site, session_id)


@router.get("/disk-use", summary="Room that is taken on the disk")
def get_disk_use(site: SiteDep) -> DiskUseOut:
    """Of each person, of the bin, and of all that posecheck stores."""
    with site.database.read() as transaction:
        found = disk_use(transaction, site.files)
    return DiskUseOut(
        people=found.people, bin_bytes=found.bin_bytes, all_bytes=found.all_bytes, free_bytes=found.free_bytes
    )

"""Recordings: a test, side and block each; corrected by hand, left out, drawn on; and background jobs."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse

from posecheck.storage.job_queue import jobs_of_session
from posecheck.trial.corrections import Corrections
from posecheck.web.api.schemas import CorrectionsForm, JobOut, LeaveOutForm, TakeDetail, TakeOut
from posecheck.web.server.site import SiteDep, session_or_404
from posecheck.web.takes import counting, measuring

router = APIRouter(prefix="/api", tags=["Recordings"])


@router.get("/takes/{take_id}", summary="One recording")
def get_take(site: SiteDep, take_id: str) -> TakeDetail:
    """The recording with its whole result, as trial.json holds it."""
    return measuring.take_detail(site, take_id)


@router.put("/takes/{take_id}/corrections", summary="Correct a recording by hand")
async def correct_take(site: SiteDep, take_id: str, form: CorrectionsForm) -> TakeDetail:
    """All corrections of this recording; they take the place of the earlier ones, and it is measured anew at once."""
    corrections = Corrections.from_dict(form.model_dump(exclude={"version"}))
    return await site.desk.wait(measuring.correct_take, site, take_id, corrections, form.version)


@router.post("/takes/{take_id}/use", summary="Let a recording count again")
def use_take(site: SiteDep, take_id: str) -> TakeOut:
    """One that was left out; it counts beside the others of its test, side and block."""
    return counting.use_take(site, take_id)


@router.post("/takes/{take_id}/leave-out", summary="Let a recording not count")
def leave_take_out(site: SiteDep, take_id: str, form: LeaveOutForm) -> TakeOut:
    """It stays, with the reason, and can be taken in again."""
    return counting.leave_take_out(site, take_id, form.reason)


@router.delete("/takes/{take_id}", status_code=204, summary="Delete a recording's result")
def delete_take(site: SiteDep, take_id: str) -> None:
    """Its video stays, and can be confirmed again."""
    measuring.delete_take(site, take_id)


@router.post("/takes/{take_id}/annotated", status_code=202, summary="Draw the annotated video")
def draw_annotated(site: SiteDep, take_id: str) -> JobOut:
    """The video with skeleton and angles; ready when its job is done."""
    return measuring.request_annotated(site, take_id)


@router.get("/takes/{take_id}/annotated.mp4", summary="The annotated video", response_class=FileResponse)
def get_annotated(site: SiteDep, take_id: str) -> FileResponse:
    """The video with skeleton and angles, once it was drawn."""
    return FileResponse(measuring.annotated_video(site, take_id), media_type="video/mp4")


@router.get("/sessions/{session_id}/jobs", summary="Work in the background")
def list_jobs(site: SiteDep, session_id: str) -> list[JobOut]:
    """All jobs of a session, oldest first."""
    with site.database.read() as transaction:
        session_or_404(transaction, session_id)
        return [JobOut.of(job) for job in jobs_of_session(transaction, session_id)]


@router.post("/jobs/{job_id}/cancel", summary="Stop a job")
def cancel_job(site: SiteDep, job_id: str) -> JobOut:
    """Its process is ended; one that has ended already stays as it is."""
    return site.jobs.cancel(job_id)


@router.post("/jobs/{job_id}/retry", summary="Try a job again")
def retry_job(site: SiteDep, job_id: str) -> JobOut:
    """One that failed or was stopped."""
    return site.jobs.retry(job_id)

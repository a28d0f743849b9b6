"""The page of a session's result."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from posecheck.output.report.html import report_context
from posecheck.storage.tables import Step
from posecheck.web.installation import letterhead
from posecheck.web.results.results import build_report, input_of, state_words
from posecheck.web.results.view import headline_cards, picture_address, shown_tests
from posecheck.web.server.rendering import render
from posecheck.web.server.site import SiteDep, session_or_404
from posecheck.web.sessions.session_pages import session_frame

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/sessions/{session_id}/result")
def result_page(request: Request, site: SiteDep, session_id: str) -> HTMLResponse:
    """What changed, with its error; how the sides differ; curves and pictures; advice; files to take along."""
    with site.database.read() as transaction:
        row = session_or_404(transaction, session_id)
        inputs = input_of(site, row)
        data = replace(build_report(inputs), letterhead=letterhead.read(transaction))
        words = report_context(data)
        return render(
            request,
            "step_result.html.j2",
            active="/",
            fingerprint=inputs.fingerprint,
            state_words=state_words(inputs, data),
            cards=headline_cards(words["summary"], words["changes"]),
            tests=shown_tests(inputs, data),
            picture_address=partial(picture_address, inputs, data),
            **session_frame(row, Step.RESULT),
            **words,
        )

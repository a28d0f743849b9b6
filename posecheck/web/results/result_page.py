"""The page of a session's result, and the part of it that is loaded when it is opened."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from posecheck.output.report.html import report_context
from posecheck.output.report.words import BODY_WORDS, CURVES_WORDS
from posecheck.storage.tables import Step
from posecheck.web.installation import letterhead
from posecheck.web.results.results import build_report, input_of, session_input, state_words
from posecheck.web.results.summary_view import result_top
from posecheck.web.results.view import picture_address, shown_takes, shown_tests
from posecheck.web.server.rendering import render
from posecheck.web.server.site import SiteDep, session_or_404
from posecheck.web.sessions.session_pages import session_frame

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/sessions/{session_id}/result")
def result_page(request: Request, site: SiteDep, session_id: str) -> HTMLResponse:
    """What changed, with its error, in pictures and bars; left and right; everything else folded."""
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
            top=result_top(data, words["changes"], words["sides"], shown_takes(inputs, data), inputs.primary),
            picture_address=partial(picture_address, inputs, data),
            **session_frame(row, Step.RESULT),
            **words,
        )


@router.get("/sessions/{session_id}/result/tests")
def result_tests(request: Request, site: SiteDep, session_id: str) -> HTMLResponse:
    """Test by test: charts, pictures and drawn bodies, which the page loads when somebody opens them."""
    inputs = session_input(site, session_id)
    data = build_report(inputs)
    bodies = any(item.skeleton is not None for item in data.trials)
    return render(
        request,
        "_result_tests.html.j2",
        session_id=session_id,
        tests=shown_tests(inputs, data),
        CURVES_WORDS=CURVES_WORDS,
        BODY_WORDS=BODY_WORDS if bodies else "",
    )

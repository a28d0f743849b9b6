"""The pages of a session's steps; what they change they change through the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request

from posecheck.comparison.verdict import Verdict
from posecheck.language import first_upper, phrase
from posecheck.movements.advice import REEDUCATIONS
from posecheck.output.report.sections import suggestions
from posecheck.protocol import GRIPS, PAIRING_WORDS, PROTOCOL, SAFETY_WORDS, STRETCHES, SuggestionKind
from posecheck.storage.tables import MOST_TAKES, Step
from posecheck.web.results.results import build_report, input_of
from posecheck.web.server.errors import NotFoundError
from posecheck.web.server.rendering import render
from posecheck.web.server.site import SiteDep, session_or_404
from posecheck.web.sessions import page_data
from posecheck.web.sessions.block_view import film_view
from posecheck.web.sessions.kept_words import kept_words
from posecheck.web.sessions.step_nav import FILMED_STEPS, TITLES, WORDS, neighbours, resume_step, step_href, step_nav
from posecheck.web.sessions.take_words import LEAVE_OUT_REASONS, takes_notices, words_of_takes

if TYPE_CHECKING:
    from collections.abc import Callable

    from posecheck.protocol import Suggestion
    from posecheck.storage.database import Transaction
    from posecheck.storage.tables import Session
    from posecheck.web.server.site import Site

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/sessions/{session_id}")
def session(site: SiteDep, session_id: str) -> RedirectResponse:
    """On to the step where the session stopped."""
    with site.database.read() as transaction:
        row = session_or_404(transaction, session_id)
        return RedirectResponse(step_href(row, resume_step(row)), 303)


@router.get("/sessions/{session_id}/{step}")
def session_step(request: Request, site: SiteDep, session_id: str, step: str) -> HTMLResponse:
    """A step of a session."""
    if step not in (*_PAGES, *FILMED_STEPS):
        raise NotFoundError(phrase("A session has no step '{step}'. Go back to the start page.", step=step))
    with site.database.read() as transaction:
        row = session_or_404(transaction, session_id)
        shown = Step(step)
        page = _FILM_PAGE if shown in FILMED_STEPS else _PAGES[shown]
        context = page.context(_Wanted(request, site, transaction, row, shown))
        return render(request, page.template, active="/", **session_frame(row, shown), **context)


@dataclass(frozen=True, slots=True)
class _Wanted:
    request: Request
    site: Site
    transaction: Transaction
    session: Session
    step: Step


@dataclass(frozen=True, slots=True)
class _Page:
    template: str
    context: Callable[[_Wanted], dict[str, Any]]


def session_frame(row: Session, shown: Step) -> dict[str, Any]:
    """What the frame of a step's page shows: the way here, the row of steps, back and on."""
    before, after = neighbours(row, shown)
    return {
        "session": row,
        "session_title": page_data.session_title(row),
        "kept_words": kept_words(row),
        "step": shown,
        "steps": step_nav(row, shown),
        "step_title": TITLES[shown],
        "before": before,
        "after": after,
        "step_words": WORDS,
        "step_href": lambda step: step_href(row, step),
    }


def _choose(wanted: _Wanted) -> dict[str, Any]:
    row, catalogue = wanted.session, wanted.site.catalogue
    return {
        "choices": page_data.trial_choices(row, catalogue),
        "primary_choices": page_data.every_primary_choice(row, catalogue),
        "primary": page_data.primary_named(row),
        "safety_words": SAFETY_WORDS,
        "takes_options": [(str(count), str(count)) for count in range(1, MOST_TAKES + 1)],
        "takes_help": page_data.TAKES_HELP,
    }


def _film(wanted: _Wanted) -> dict[str, Any]:
    row = wanted.session
    view = film_view(wanted.transaction, row, wanted.step, wanted.site.catalogue)
    limits = wanted.site.settings.limits
    return {
        "view": view,
        "primary_choices": page_data.tested_primary_choices(row, wanted.site.catalogue),
        "primary": page_data.primary_named(row),
        "limits": limits,
        "leave_out_reasons": LEAVE_OUT_REASONS,
        "words_of_takes": lambda card: words_of_takes(row, wanted.step, card),
        "takes_notices": lambda card: takes_notices(wanted.site.files, wanted.step, card),
    }


def _felt(wanted: _Wanted) -> dict[str, Any]:
    phase = wanted.request.query_params.get("phase", "pre")
    if phase not in page_data.FELT_PHASES:
        raise NotFoundError(phrase("A session has no block '{block}'. Go back to the start page.", block=phase))
    rows = page_data.felt_questions(wanted.session, phase, wanted.site.catalogue)
    titles = {name: first_upper(words) for name, words in page_data.FELT_PHASES.items()}
    return {"rows": rows, "phase": phase, "phase_words": page_data.FELT_PHASES[phase], "phase_titles": titles}


def _stretch(wanted: _Wanted) -> dict[str, Any]:
    tighter = _advice(wanted, SuggestionKind.TIGHTER_SIDE)
    return {
        "grips": GRIPS,
        "stretches": STRETCHES,
        "safety_words": SAFETY_WORDS,
        "pairing_words": PAIRING_WORDS,
        "move_words": PROTOCOL[3].words,
        "tight": tuple(phrase("{title}. {because}.", title=item.title, because=item.because) for item in tighter),
        "done": wanted.session.stretches,
        **page_data.between_fields(wanted.session),
    }


def _reeducation(wanted: _Wanted) -> dict[str, Any]:
    changes = build_report(input_of(wanted.site, wanted.session)).changes
    return {
        "judged": any(change.verdict is not Verdict.NOT_COMPARABLE for change in changes),
        "gained": _advice(wanted, SuggestionKind.REEDUCATION),
        "stubborn": _advice(wanted, SuggestionKind.STRETCH),
        "stopped": _advice(wanted, SuggestionKind.STOP),
        "retest_words": PROTOCOL[4].words,
        "words": PROTOCOL[5].words,
        "exercise_names": {advice.title: advice.name for advice in REEDUCATIONS},
    }


def _advice(wanted: _Wanted, kind: SuggestionKind) -> list[Suggestion]:
    data = build_report(input_of(wanted.site, wanted.session))
    return [item for item in suggestions(data) if item.kind is kind] if data.trials else []


_FILM_PAGE = _Page("step_videos.html.j2", _film)
_PAGES = {
    Step.CHOOSE: _Page("step_choose.html.j2", _choose),
    Step.FELT: _Page("step_felt.html.j2", _felt),
    Step.STRETCH: _Page("step_stretch.html.j2", _stretch),
    Step.REEDUCATION: _Page("step_reeducation.html.j2", _reeducation),
}

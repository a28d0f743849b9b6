"""The page that plays two recordings of a session side by side: before and after, or left and right."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from posecheck.language import first_lower, phrase
from posecheck.movements import Role
from posecheck.web.jobs.upload_video import playable_video
from posecheck.web.results.results import build_report, input_of
from posecheck.web.results.view import shown_takes
from posecheck.web.server.errors import NotFoundError
from posecheck.web.server.rendering import render
from posecheck.web.server.site import SiteDep, session_or_404
from posecheck.web.sessions.page_data import session_title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from posecheck.storage.tables import Session
    from posecheck.web.results.view import ShownTake
    from posecheck.web.server.site import Site

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two recordings of one test, each with what it is called beside the other; ``sides``: left and right of one block."""

    title: str
    first: ShownTake
    second: ShownTake
    names: tuple[str, str]
    sides: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """The ids of both takes."""
        return self.first.take.take_id, self.second.take.take_id

    @property
    def angles(self) -> tuple[str, ...]:
        """Titles of the main measures."""
        return tuple(item.title for item in self.first.item.trial.outcomes if item.role is Role.PRIMARY)


@router.get("/sessions/{session_id}/side-by-side")
def side_by_side(request: Request, site: SiteDep, session_id: str, first: str = "", second: str = "") -> HTMLResponse:
    """Two recordings in step; without ids the first pair there is.

    Raises
    ------
    NotFoundError
        The session has no such pair.
    """
    with site.database.read() as transaction:
        row = session_or_404(transaction, session_id)
        inputs = input_of(site, row)
        pairs = tuple(pairs_of(shown_takes(inputs, build_report(inputs))))
        chosen = next((pair for pair in pairs if pair.key == (first, second)), None)
        if chosen is None and (first or second):
            raise NotFoundError(phrase("These two recordings are not, or no longer, compared. Go back to the result."))
        chosen = chosen or next(iter(pairs), None)
        return render(
            request,
            "side_by_side.html.j2",
            active="/",
            session=row,
            session_title=session_title(row),
            pairs=pairs,
            pair=chosen,
            has_video=() if chosen is None else tuple(_has_video(site, row, take_id) for take_id in chosen.key),
        )


def pairs_of(takes: Sequence[ShownTake]) -> Iterator[Pair]:
    """Of every test what stands for its blocks, before and after; then left and right of every block."""
    typical = [take for take in takes if take.typical]
    for first, second in combinations(typical, 2):
        if first.item.trial.key == second.item.trial.key:
            title = phrase(
                "{test}: {first} and {second}",
                test=first.item.trial.label,
                first=first_lower(first.name),
                second=first_lower(second.name),
            )
            yield Pair(title, first, second, (first.name, second.name))
    for first, second in combinations(typical, 2):
        if _are_sides(first, second):
            left, right = sorted((first, second), key=lambda take: str(take.item.trial.side))
            title = phrase(
                "{test}, {block}: left and right",
                test=left.item.trial.movement_title,
                block=first_lower(left.phase),
            )
            yield Pair(title, left, right, (phrase("Left"), phrase("Right")), sides=True)


def _are_sides(first: ShownTake, second: ShownTake) -> bool:
    a, b = first.item.trial, second.item.trial
    same = (a.movement, a.movement_version, first.phase) == (b.movement, b.movement_version, second.phase)
    return same and a.sided and a.side != b.side


def _has_video(site: Site, session: Session, take_id: str) -> bool:
    upload = next(take.upload for take in session.takes if take.id == take_id)
    path = playable_video(site.files, upload)
    return path is not None and path.is_file()

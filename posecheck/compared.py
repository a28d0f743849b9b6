"""The stored trials of a session compared: everything that the report shows. Shared by command, web and Python."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import posecheck
from posecheck.comparison.changes import compare_blocks
from posecheck.comparison.error_model import ErrorModel, OwnRepeats
from posecheck.comparison.repeats import own_repeats
from posecheck.comparison.sides import compare_sides
from posecheck.comparison.verdict import SMALL_DEG
from posecheck.errors import ComparisonError
from posecheck.language import phrase
from posecheck.movements import builtin_movements
from posecheck.output.folders.stored_takes import each_once, numbered, video_name
from posecheck.output.report.data import LeftOut, Refused, ReportData, ReportStretch, ReportTrial
from posecheck.session import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from posecheck.output.folders.trial_folder import StoredTrial
    from posecheck.session import PlannedTrial, SessionFile
    from posecheck.trial.keys import MeasureKey


def repeats_in(folders: Sequence[Path], *, but_not: Sequence[StoredTrial] = ()) -> OwnRepeats:
    """The repeats of earlier sessions together, without the recordings that are compared now."""
    from posecheck.output.folders.comparison_folder import read_repeats

    now = [stored.trial for stored in but_not]
    return sum((read_repeats(folder, but_not=now) for folder in dict.fromkeys(folders)), OwnRepeats())


def comparison_data(
    pre: Sequence[StoredTrial],
    baseline: Sequence[StoredTrial],
    retest: Sequence[StoredTrial],
    *,
    primary: MeasureKey | None = None,
    refused: Sequence[Refused] = (),
    session: SessionFile | None = None,
    earlier: OwnRepeats | None = None,
    limit_deg: float = SMALL_DEG,
) -> ReportData:
    """Everything that the report shows.

    ``earlier`` are the person's own repeats of earlier sessions; ``limit_deg`` as in `compare_folders`.

    Raises
    ------
    ComparisonError
        As `posecheck.comparison.changes.compare_blocks`.
    """
    names = list(builtin_movements())  # reads the movement files: once
    pre, baseline, retest = (
        sorted(numbered(block), key=lambda stored: _protocol_order(stored, names)) for block in (pre, baseline, retest)
    )
    a, b, c = ([stored.trial for stored in block] for block in (pre, baseline, retest))
    earlier = earlier or OwnRepeats()
    own = own_repeats(a, b, c)
    model = ErrorModel(earlier + own)
    repeated, filmed_again = {trial.key for trial in b}, {trial.key for trial in c}
    before = [*b, *(trial for trial in a if trial.key not in repeated)]
    comparable = any(trial.key in filmed_again for trial in before)
    asked = c and (comparable or session is None)
    changes = compare_blocks(a, c, baseline=b, primary=primary, earlier=earlier, limit_deg=limit_deg) if asked else ()
    still = any(trial.key in repeated for trial in a)
    people = {trial.person for trial in (*a, *b, *c)} - {""}
    data = ReportData(
        person=session.person if session else ", ".join(sorted(people)),
        pre_date=session.date if session else "",
        retest_date=session.date if session and retest else "",
        pre=tuple(map(_report_trial, pre)),
        baseline=tuple(map(_report_trial, baseline)),
        retest=tuple(map(_report_trial, retest)),
        changes=changes,
        baseline_changes=compare_blocks(a, b, earlier=earlier, limit_deg=limit_deg) if still else (),
        pre_sides=compare_sides(before, "baseline" if b else "pre", model=model),
        retest_sides=compare_sides(c, "retest", model=model),
        stretches=tuple(
            ReportStretch(item.stretch, item.grip, item.side, item.note)
            for item in (session.stretches if session else ())
        ),
        no_stretch=bool(session and session.no_stretch),
        refused=tuple(refused),
        left_out=tuple(_left_out(plan) for plan in (session.trials if session else ()) if plan.leave_out),
        error_model=model,
        own_repeats=own,
        provenance=_provenance((*pre, *baseline, *retest)),
    )
    return replace(data, title=session.title) if session and session.title else data


def comparison_or_rest(
    pre: Sequence[StoredTrial],
    baseline: Sequence[StoredTrial],
    retest: Sequence[StoredTrial],
    *,
    primary: MeasureKey | None = None,
    refused: Sequence[Refused] = (),
    session: SessionFile | None = None,
    earlier: OwnRepeats | None = None,
    limit_deg: float = SMALL_DEG,
) -> ReportData:
    """As `comparison_data`, but what cannot be compared costs the comparison alone, and is said among the refused.

    A recording that came in twice counts once: its second take is among those that were left out.
    """
    blocks = [each_once(phase, block) for phase, block in zip(Phase, (pre, baseline, retest), strict=True)]
    (first, second, last), twice = zip(*blocks, strict=True)
    try:
        data = comparison_data(
            first,
            second,
            last,
            primary=primary,
            refused=refused,
            session=session,
            earlier=earlier,
            limit_deg=limit_deg,
        )
    except ComparisonError as error:
        said = (*refused, Refused(phrase("comparison"), error.said({})))
        data = comparison_data(first, second, [], refused=said, session=session, earlier=earlier)
    return replace(data, left_out=(*data.left_out, *chain.from_iterable(twice)))


def _protocol_order(stored: StoredTrial, names: Sequence[str]) -> tuple[int, str]:
    name = stored.trial.movement
    return (names.index(name) if name in names else len(names)), f"{name} {stored.trial.side}"


def _left_out(plan: PlannedTrial) -> LeftOut:
    side = plan.key.side or ""
    return LeftOut(plan.file.name, plan.movement.name, side, plan.phase, plan.label, plan.take, plan.leave_out)


def _report_trial(stored: StoredTrial) -> ReportTrial:
    return ReportTrial(stored.trial, video_name(stored), stored, stored.end_range_picture, stored.skeleton)


def _provenance(trials: Sequence[StoredTrial]) -> dict[str, Any]:
    shared: dict[str, Any] = {"posecheck": posecheck.__version__}
    for key in ("python", "mediapipe", "numpy", "opencv", "model_sha256"):
        values = sorted({str(stored.trial.provenance.get(key, "")) for stored in trials} - {""})
        shared[key] = values[0] if len(values) == 1 else values
    shared["videos"] = [
        {key: stored.trial.provenance.get(key, "") for key in ("video", "video_sha256")} for stored in trials
    ]
    return shared

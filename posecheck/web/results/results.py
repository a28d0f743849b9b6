"""The result of a session: its takes that count, compared by the same code as the command line's; what to say meanwhile."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posecheck.compared import comparison_or_rest
from posecheck.comparison.error_model import OwnRepeats
from posecheck.comparison.repeats import own_repeats
from posecheck.errors import ComparisonError, StorageError
from posecheck.kinematics.joints import Side, title_with_side
from posecheck.language import counted, joined, mapped, phrase
from posecheck.output.folders.trial_folder import PICTURE_FILE, TRIAL_FILE, load_trial, load_trial_folder
from posecheck.output.report.data import LeftOut, Refused, ReportData, ReportStretch
from posecheck.session import Phase, SessionFile
from posecheck.storage.tables import OTHER_TEST, TakeState, UploadState
from posecheck.trial.keys import MeasureKey, TrialKey
from posecheck.web.server.advice import ADVICE
from posecheck.web.server.site import session_or_404
from posecheck.web.sessions.felt import felt_in

if TYPE_CHECKING:
    from posecheck.output.folders.trial_folder import StoredTrial
    from posecheck.output.report.data import ReportTrial
    from posecheck.storage.tables import Session as SessionRow
    from posecheck.storage.tables import Take
    from posecheck.trial.trial import Felt, Trial
    from posecheck.web.server.site import Site

KEPT_REPORTS = 6
"""So many sessions' results are kept in memory, about 5 MB each (chosen by us)."""
KEPT_REPEATS = 1000
"""And of so many sessions the repeats, two numbers each (chosen by us)."""

UNMEASURED_WORDS = phrase(
    "the one that was named before the re-test is not measured in both blocks, so the main measures of each test take "
    "its place"
)


@dataclass(frozen=True, slots=True)
class MeasuredTake:
    """A take that counts, and everything that its part of the result rests on.

    ``changed_ns`` is when its folder was last written: a correction gives another value, and so another result. With a store
    it stands for what that says of its files, the same at all servers.
    """

    take_id: str
    version: int
    folder: Path = field(repr=False)
    changed_ns: int
    phase: Phase
    movement: str
    side: str
    number: int
    file_name: str
    felt: Felt

    @property
    def key(self) -> TrialKey:
        """The key of the trial that was measured from it."""
        return TrialKey(self.movement, Side(self.side) if self.side else None)


@dataclass(frozen=True, slots=True)
class SessionInput:
    """What a session's result is made of; equal inputs give the same result.

    Attributes
    ----------
    session_id, person, date, title : str
    primary : MeasureKey or None
    takes : tuple of MeasuredTake
    stretches : tuple of ReportStretch
    no_stretch : bool
        It was said that nothing is done in between.
    refused : tuple of Refused
    left_out : tuple of LeftOut
    earlier : tuple of tuple of MeasuredTake
        The takes of each earlier session of the person that holds repeats of a test.
    waiting : int
        How many videos are still being received, read or measured.
    """

    session_id: str
    person: str
    date: str
    title: str
    primary: MeasureKey | None
    takes: tuple[MeasuredTake, ...]
    stretches: tuple[ReportStretch, ...]
    no_stretch: bool
    refused: tuple[Refused, ...]
    left_out: tuple[LeftOut, ...]
    earlier: tuple[tuple[MeasuredTake, ...], ...]
    waiting: int

    @property
    def fingerprint(self) -> str:
        """Tells this input from any other one, in 16 hexadecimal digits."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    def take_of(self, phase: Phase, item: ReportTrial) -> MeasuredTake:
        """The take that a recording of the report is from."""
        wanted = (phase, item.trial.key, item.trial.take)
        return next(take for take in self.takes if (take.phase, take.key, take.number) == wanted)


def session_input(site: Site, session_id: str) -> SessionInput:
    """Read from the database what the result rests on.

    Raises
    ------
    NotFoundError
    """
    with site.database.read() as transaction:
        return input_of(site, session_or_404(transaction, session_id))


def input_of(site: Site, session: SessionRow) -> SessionInput:
    """What a session's result rests on; its rows must still be open."""
    current = [take for take in session.takes if take.current]
    before = [other for other in session.person.sessions if _when(other) < _when(session)]
    compared = [other for other in before if _has_repeats(other)]
    site.files.bring_takes(take.id for one in (session, *compared) for take in _counting(one))
    earlier = [_measured_takes(site, other) for other in compared]
    return SessionInput(
        session.id,
        session.person.name,
        session.date,
        session.title,
        _primary(session.primary),
        _measured_takes(site, session),
        tuple(
            ReportStretch(row.stretch, row.grip, row.side, row.note, row.seconds, row.stopped_for_pain)
            for row in session.stretches
        ),
        session.stretch_skipped,
        (
            *(Refused(row.file_name, row.reason) for row in session.uploads if row.is_unusable),
            *(Refused(row.upload.file_name, row.reason) for row in current if row.is_unusable),
        ),
        tuple(_left_out(site, take) for take in session.takes if not take.current and take.left_out != OTHER_TEST),
        tuple(earlier),
        sum(row.state in (UploadState.RECEIVING, UploadState.READING) for row in session.uploads)
        + sum(row.state == TakeState.MEASURING for row in current),
    )


def _when(session: SessionRow) -> tuple[str, str]:
    """What puts a person's sessions in order: the date of the visit, and of two on one day which was begun first."""
    return session.date, session.created_at.isoformat()


def _measured_takes(site: Site, session: SessionRow) -> tuple[MeasuredTake, ...]:
    return tuple(_measured(site, session, take) for take in _counting(session))


def _counting(session: SessionRow) -> list[Take]:
    return [take for take in session.takes if take.current and take.state == TakeState.MEASURED]


def _has_repeats(session: SessionRow) -> bool:
    """Whether a test was done twice with nothing done in between; told by the rows alone, without a look at any file."""
    groups = [(take.phase == Phase.RETEST, take.movement, take.side) for take in _counting(session)]
    return len(groups) > len(set(groups))


@lru_cache(maxsize=KEPT_REPEATS)
def repeats_in(takes: tuple[MeasuredTake, ...]) -> OwnRepeats:
    """What the takes of one session say of how well the person repeats a test; unreadable ones are left out."""
    blocks: dict[Phase, list[Trial]] = {phase: [] for phase in Phase}
    for take in takes:
        with suppress(StorageError):
            blocks[take.phase].append(load_trial(take.folder))
    try:
        return own_repeats(*(blocks[phase] for phase in Phase))
    except ComparisonError:  # of different versions of a test: that session's own page says so
        return OwnRepeats()


@lru_cache(maxsize=KEPT_REPORTS)
def build_report(inputs: SessionInput) -> ReportData:
    """Compare the takes of a session.

    A take whose folder cannot be read, and a comparison that cannot be made, are among the refused, with the reason.
    """
    blocks: dict[Phase, list[StoredTrial]] = {phase: [] for phase in Phase}
    refused = list(inputs.refused)
    for take in inputs.takes:
        try:
            blocks[take.phase].append(_stored(take, inputs.person))
        except StorageError as error:
            refused.append(Refused(take.file_name, _without_folder(error.said(ADVICE), take.folder)))
    compared = _compared(blocks, inputs, tuple(refused))
    left_out = (*inputs.left_out, *compared.left_out)
    return replace(compared, stretches=inputs.stretches, no_stretch=inputs.no_stretch, left_out=left_out)


def _without_folder(words: str, folder: Path) -> str:
    """Without where it lies on this machine."""
    return mapped(words, lambda text: text.replace(f"{folder}/", ""))


def _compared(blocks: dict[Phase, list[StoredTrial]], inputs: SessionInput, refused: tuple[Refused, ...]) -> ReportData:
    """The blocks compared; without the measure that was named where it is not (yet) in both of them."""
    session = SessionFile(inputs.person, inputs.date, inputs.title, inputs.primary, (), ())
    parts = [blocks[phase] for phase in Phase]
    earlier = sum(map(repeats_in, inputs.earlier), OwnRepeats())
    data = comparison_or_rest(*parts, primary=inputs.primary, refused=refused, session=session, earlier=earlier)
    if inputs.primary is None or data.changes or not blocks[Phase.RETEST]:
        return data
    said = (*refused, Refused(phrase("main measure"), UNMEASURED_WORDS))
    without = comparison_or_rest(*parts, refused=said, session=session, earlier=earlier)
    return without if without.changes else data


def state_words(inputs: SessionInput, data: ReportData) -> str:
    """What is still missing from the result, in plain words; empty for nothing."""
    sentences = []
    if inputs.waiting:
        sentences.append(
            counted(
                "{count} video is still being received or measured.",
                "{count} videos are still being received or measured.",
                inputs.waiting,
            )
        )
    if not data.trials:
        sentences.append(
            phrase("Nothing has been measured yet: film the pre-test, and confirm which test each video shows.")
        )
    elif not data.before:
        sentences.append(phrase("There is a re-test, but no pre-test to compare it with."))
    elif not data.retest:
        sentences.append(phrase("The change is shown as soon as the re-test has been filmed."))
    elif not data.changes:
        sentences.append(phrase("No test is in both blocks yet: film the same test and side again for a comparison."))
    return joined(sentences)


def _left_out(site: Site, take: Take) -> LeftOut:
    movement = site.catalogue.movements.get(take.movement)
    label = title_with_side(movement.title if movement else take.movement, Side(take.side) if take.side else None)
    return LeftOut(take.upload.file_name, take.movement, take.side, take.phase, label, take.number, take.left_out)


def _measured(site: Site, session: SessionRow, take: Take) -> MeasuredTake:
    folder = site.files.take(take.id)
    return MeasuredTake(
        take.id,
        take.version,
        folder,
        _changed_ns(site, take.id, folder),
        Phase(take.phase),
        take.movement,
        take.side,
        take.number,
        take.upload.file_name,
        felt_in(session.felt, take),
    )


def _changed_ns(site: Site, take_id: str, folder: Path) -> int:
    """When its numbers or its picture were last written; the picture follows a correction some seconds later."""
    if site.files.store.shared:
        stamps = site.files.store.stamps(f"takes/{take_id}")
        marks = "\n".join(stamps.get(name, "") for name in (TRIAL_FILE, PICTURE_FILE))
        return int(hashlib.sha256(marks.encode()).hexdigest()[:12], 16)
    changed = 0
    for name in (TRIAL_FILE, PICTURE_FILE):
        with suppress(OSError):
            changed = max(changed, (folder / name).stat().st_mtime_ns)
    return changed


def _primary(named: dict[str, Any] | None) -> MeasureKey | None:
    if not named:
        return None
    return MeasureKey(named["movement"], Side(named["side"]) if named.get("side") else None, named["outcome"])


def _stored(take: MeasuredTake, person: str) -> StoredTrial:
    """A take's folder with the names that the user gave: the folder itself knows only opaque ones.

    Raises
    ------
    StorageError
        It cannot be read, or is the result of another test than the take.
    """
    stored = load_trial_folder(take.folder)
    if stored.trial.movement != take.movement:
        raise StorageError(
            phrase(
                "{file}: it is the result of another test ('{name}'). It is measured again when posecheck is started "
                "again.",
                file=TRIAL_FILE,
                name=stored.trial.movement,
            )
        )
    named = {**stored.trial.provenance, "video": take.file_name}
    trial = replace(stored.trial, felt=take.felt, provenance=named, person=person, take=take.number)
    return replace(stored, trial=trial)

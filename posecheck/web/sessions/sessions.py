"""What a session starts with, how it may be changed, and how sessions and people are deleted with their files."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from posecheck.language import phrase
from posecheck.storage.pictures import wanted_pictures
from posecheck.storage.tables import Person, Session, Step, Take, TakeState
from posecheck.web.installation import installation
from posecheck.web.server.errors import ConflictError, WrongInputError
from posecheck.web.server.site import session_or_404

if TYPE_CHECKING:
    from collections.abc import Iterable

    from posecheck.movements import Movement
    from posecheck.movements.catalogue import Catalogue
    from posecheck.storage.database import Transaction
    from posecheck.storage.pictures import Pictures
    from posecheck.web.api.schemas import FeltItem, PrimaryItem, SessionChange, SessionForm, TestItem

OTHER_TAB_WORDS = phrase(
    "Another tab changed this session in the meantime, so this was not stored. Load the page again to see it as it "
    "is now, then make your change."
)


def default_tests(catalogue: Catalogue) -> list[dict[str, Any]]:
    """The method's tests, both sides of those that are done once per side."""
    return [
        {"movement": movement, "side": side or None}
        for movement, side in catalogue.every_trial()
        if catalogue.movements[movement].in_default_session
    ]


def new_session(transaction: Transaction, person: Person, form: SessionForm, catalogue: Catalogue) -> Session:
    """Begin a session of a person.

    Raises
    ------
    WrongInputError
        A test that does not exist, or what is not a date.
    """
    usual = installation.read(transaction)
    row = Session(
        title=form.title,
        date=_checked_date(form.date) if form.date else dt.date.today().isoformat(),
        tests=_checked_tests(form.tests, catalogue) if form.tests is not None else default_tests(catalogue),
        with_baseline=form.with_baseline,
        takes_per_block=form.takes_per_block,
        keep_video=usual.keep_video if form.keep_video is None else form.keep_video,
        keep_pictures=usual.keep_pictures if form.keep_pictures is None else form.keep_pictures,
        blur_faces=usual.blur_faces if form.blur_faces is None else form.blur_faces,
    )
    person.every_session.append(row)
    transaction.flush()
    transaction.expire(person, ["sessions"])
    return row


def change_session(transaction: Transaction, session_id: str, change: SessionChange, catalogue: Catalogue) -> Session:
    """Change what is given and raise the version.

    Raises
    ------
    NotFoundError, ConflictError, WrongInputError
        No such session; its version is another one; a value that cannot be.
    """
    row = locked_session(transaction, session_id)
    if change.version is not None and change.version != row.version:
        raise ConflictError(OTHER_TAB_WORDS)
    plain = (
        "title",
        "notes",
        "with_baseline",
        "takes_per_block",
        "stretch_skipped",
        "keep_video",
        "keep_pictures",
        "blur_faces",
    )
    for name in plain:
        value = getattr(change, name)
        if value is not None:
            setattr(row, name, value)
    if change.date is not None:
        row.date = _checked_date(change.date)
    if change.next_date is not None:
        row.next_date = _checked_date(change.next_date) if change.next_date else ""
    if change.tests is not None:
        row.tests = _checked_tests(change.tests, catalogue)
    if change.felt is not None:
        row.felt = _checked_felt(change.felt, catalogue)
    _change_primary(row, change, catalogue)
    if change.step is not None:
        row.step = _checked_step(row, Step(change.step))
    row.version += 1
    transaction.flush()
    return row


def allowed_pictures(transaction: Transaction, session_id: str) -> Pictures:
    """What the pictures of a session may show as it is.

    Raises
    ------
    NotFoundError
    """
    return wanted_pictures(locked_session(transaction, session_id))


def confirm_safety(transaction: Transaction, session_id: str, confirmed: bool) -> Session:
    """Store whether the safety words were confirmed.

    Raises
    ------
    NotFoundError
    """
    row = locked_session(transaction, session_id)
    row.safety_confirmed = confirmed
    row.version += 1
    transaction.flush()
    return row


def locked_session(transaction: Transaction, session_id: str) -> Session:
    """The session, held against changes from elsewhere until the transaction ends.

    Raises
    ------
    NotFoundError
    """
    row = session_or_404(transaction, session_id)
    transaction.refresh(row, with_for_update=True)
    return row


def checked_movement(name: str, catalogue: Catalogue) -> Movement:
    """The test of that name.

    Raises
    ------
    WrongInputError
    """
    known = catalogue.movements
    if name not in known:
        names = ", ".join(known)
        raise WrongInputError(phrase("There is no test '{name}'. Choose one of: {names}.", name=name, names=names))
    return known[name]


def checked_test(movement: str, side: str | None, catalogue: Catalogue) -> Movement:
    """The test, if it is done on that side.

    Raises
    ------
    WrongInputError
        Unknown test, a side missing, or a side where there is none.
    """
    found = checked_movement(movement, catalogue)
    if found.sides and side is None:
        raise WrongInputError(phrase("{test} is done once per side: say left or right.", test=found.title))
    if not found.sides and side is not None:
        raise WrongInputError(phrase("{test} is not done once per side: leave the side out.", test=found.title))
    return found


def _checked_date(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise WrongInputError(
            phrase("'{text}' is not a date. Write it as year-month-day, such as 2026-11-22.", text=text)
        ) from error


def _checked_tests(tests: Iterable[TestItem], catalogue: Catalogue) -> list[dict[str, Any]]:
    chosen = [item.model_dump() for item in tests]
    if not chosen:
        raise WrongInputError(phrase("Choose at least one test."))
    for number, item in enumerate(chosen):
        checked_test(item["movement"], item["side"], catalogue)
        if item in chosen[:number]:
            raise WrongInputError(
                phrase(
                    "{test}: the same test and side is chosen twice.", test=catalogue.movements[item["movement"]].title
                )
            )
    return chosen


def _checked_felt(items: Iterable[FeltItem], catalogue: Catalogue) -> list[dict[str, Any]]:
    kept: dict[tuple[str, str | None, str], dict[str, Any]] = {}
    for item in items:
        checked_movement(item.movement, catalogue)
        kept[item.movement, item.side, item.phase] = item.model_dump()
    return list(kept.values())


def _change_primary(row: Session, change: SessionChange, catalogue: Catalogue) -> None:
    if "primary" not in change.model_fields_set:
        return
    primary = change.primary.model_dump() if change.primary else None
    if primary == row.primary:
        return
    if any(_measured_retest(take) for take in row.takes):
        raise ConflictError(
            phrase(
                "The one number to look at is named before the re-test, so that it is not picked afterwards; this session "
                "has a re-test already."
            )
        )
    if change.primary:
        _check_primary(change.primary, catalogue)
    row.primary = primary


def _measured_retest(take: Take) -> bool:
    return take.phase == "retest" and take.current and take.state == TakeState.MEASURED


def _check_primary(primary: PrimaryItem, catalogue: Catalogue) -> None:
    known = [outcome.name for outcome in checked_test(primary.movement, primary.side, catalogue).outcomes]
    if primary.outcome not in known:
        raise WrongInputError(
            phrase(
                "{test} has no outcome '{name}'. It has: {names}.",
                test=primary.movement,
                name=primary.outcome,
                names=", ".join(known),
            )
        )


def _checked_step(row: Session, step: Step) -> Step:
    if step is Step.BASELINE and not row.with_baseline:
        raise WrongInputError(
            phrase("This session has no second block before the stretch; choose one with the tests first.")
        )
    return step

"""Which takes count: all of a test in a block, but those that somebody left out, with the reason, and take in again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posecheck.language import phrase
from posecheck.storage.tables import FILMED_AGAIN, OTHER_TEST, OWN_REASONS, PLAN, Take
from posecheck.web.api.schemas import TakeOut
from posecheck.web.server.errors import ConflictError
from posecheck.web.server.site import take_or_404

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from posecheck.web.server.site import Site

TakeKey = tuple[str, str, str]
"""Test, side and phase."""


def take_key(take: Take) -> TakeKey:
    """What the takes of a test in a block have in common."""
    return take.movement, take.side, take.phase


def next_number(takes: Iterable[Take], key: TakeKey) -> int:
    """The number of a further take; that of one that was deleted is given again only if it was the last."""
    return 1 + max((take.number for take in takes if take_key(take) == key), default=0)


def use_take(site: Site, take_id: str) -> TakeOut:
    """Let a take count again that was left out.

    Raises
    ------
    NotFoundError
    ConflictError
        It could not be measured.
    """
    with site.database.begin() as transaction:
        take = take_or_404(transaction, take_id)
        if take.is_unusable:
            raise ConflictError(
                phrase("This recording could not be measured, so it cannot count: {reason}", reason=take.reason)
            )
        count_take(take)
        out, changed = TakeOut.of(take), [TakeOut.of(other) for other in take.session.takes]
    tell_takes(site, changed)
    return out


def leave_take_out(site: Site, take_id: str, reason: str) -> TakeOut:
    """Let a take not count, and keep why; it can be taken in again.

    Raises
    ------
    NotFoundError
    """
    with site.database.begin() as transaction:
        take = take_or_404(transaction, take_id)
        _leave_out(take, reason)
        out = TakeOut.of(take)
    tell_takes(site, [out])
    return out


def count_take(take: Take) -> None:
    """Let a take count; its video counts as nothing else then."""
    for other in take.session.takes:
        if other.upload_id == take.upload_id and other.id != take.id and other.current:
            _leave_out(other, OTHER_TEST)
    take.current, take.left_out = True, ""
    let_latest_count(take.session.takes)


def let_latest_count(takes: Sequence[Take]) -> None:
    """Where no take of a test, side and block counts any more, let the latest one that nobody left out.

    A video that counts as something else already does not count twice.
    """
    taken = {take.upload_id for take in takes if take.current}
    counting = {take_key(take) for take in takes if take.current}
    for take in sorted(takes, key=lambda take: take.created_at, reverse=True):
        by_itself = take.left_out in OWN_REASONS
        if by_itself and take_key(take) not in counting and take.upload_id not in taken:
            take.current, take.left_out = True, ""
            counting.add(take_key(take))
            taken.add(take.upload_id)


def leave_out_interrupted(takes: Sequence[Take]) -> None:
    """A recording that was stopped in the middle does not count once its test was filmed again from the beginning."""
    counting = [take for take in takes if take.current and not take.is_unusable]
    for take in counting:
        if is_interrupted(take) and any(_follows(other, take) for other in counting):
            _leave_out(take, FILMED_AGAIN)


def is_interrupted(take: Take) -> bool:
    """Whether its recording was stopped before the person had finished."""
    return bool((take.upload.reading.get(PLAN) or {}).get("interrupted"))


def tell_takes(site: Site, takes: Iterable[TakeOut]) -> None:
    """Tell whoever watches the session of the state of some takes."""
    for take in takes:
        site.events.tell(take.session_id, "take", take)


def _follows(other: Take, take: Take) -> bool:
    later = other.upload.created_at > take.upload.created_at
    return later and take_key(other) == take_key(take) and not is_interrupted(other)


def _leave_out(take: Take, reason: str) -> None:
    take.current, take.left_out = False, reason

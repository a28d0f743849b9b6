"""Every test that can be chosen: those that posecheck brings and, besides, those of a user's own, with earlier versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from posecheck.errors import MovementError
from posecheck.language import filled, phrase
from posecheck.movements.fields import with_suggestion
from posecheck.movements.library import builtin_movements, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from posecheck.movements.definition import Movement


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """The tests that can be chosen.

    Attributes
    ----------
    movements : mapping of str to Movement
        By name, in their own order, the newest version of each.
    own : frozenset of str
        Names of those that are a user's own.
    earlier : mapping of (str, int) to Movement
        Versions that a newer one has replaced, by name and version: what was measured with one goes on with it.
    problems : tuple of str
        Files that could not be taken in, and why.
    """

    movements: Mapping[str, Movement]
    own: frozenset[str] = frozenset()
    earlier: Mapping[tuple[str, int], Movement] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def load(self, name: str, version: int | None = None) -> Movement:
        """The test of that name; in an earlier version if that is still here, else as it is now.

        Raises
        ------
        MovementError
            There is none of that name.
        """
        if version is not None and (name, version) in self.earlier:
            return self.earlier[name, version]
        if name not in self.movements:
            raise MovementError(with_suggestion(phrase("unknown test '{name}'", name=name), name, self.movements))
        return self.movements[name]

    def every_trial(self) -> tuple[tuple[str, str], ...]:
        """(movement, side) of every test, in order; side empty where there is none."""
        return tuple((name, str(side)) for name, test in self.movements.items() for side in test.sides or ("",))


def catalogue_with(own: Iterable[Movement], problems: Iterable[str] = ()) -> Catalogue:
    """The built-in tests and these; of several versions of one the newest counts.

    A test of one's own that has the name of a built-in one is left out and named among the problems: one may have been
    added to posecheck after the file was.
    """
    builtin, said = builtin_movements(), list(problems)
    newest: dict[str, Movement] = {}
    earlier: dict[tuple[str, int], Movement] = {}
    for movement in sorted(own, key=lambda movement: (movement.name, movement.version)):
        if movement.name in builtin:
            words = phrase("{name}: posecheck brings a test of this name now, which counts instead of yours.")
            said.append(filled(words, name=movement.name))
            continue
        if replaced := newest.get(movement.name):
            earlier[replaced.name, replaced.version] = replaced
        newest[movement.name] = movement
    known = (*builtin.values(), *newest.values())
    return Catalogue(
        {item.name: item for item in in_order(known)}, frozenset(newest), earlier, tuple(dict.fromkeys(said))
    )

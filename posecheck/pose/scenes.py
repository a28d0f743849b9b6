"""Where the camera looked, picture by picture, and where a recording changes to another place: cuts, cards, fades."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from posecheck.pose.background import Background, CameraPlace

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_SCENE = -1
"""The number of a picture that shows no place: black, or of one colour."""
NEW_VIEW_SHIFT, NEW_VIEW_ZOOM = 0.08, 0.08
"""After this much movement another picture is kept to compare with, so that a slow pan is followed (shares of the longer
side, and of the size)."""
CLEARER = 1.5
"""A picture with this many times the contrast is the better one to compare with, as after a fade."""
MAX_VIEWS, MAX_SCENES = 8, 6
"""So many pictures are kept of each place, and so many places: memory does not grow with the video (all chosen by us)."""


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """A picture of a place that later ones are compared with, and where in that place it lies."""

    background: Background
    place: CameraPlace


@dataclass(slots=True)
class _Scene:
    """A place, as several pictures show it."""

    number: int
    views: list[_View]
    pictures: int = 1
    last: _View = field(init=False)

    def __post_init__(self) -> None:
        self.last = self.views[0]

    def find(self, now: Background, near: CameraPlace) -> CameraPlace | None:
        """Where in this place a picture lies, None if it is not of it."""
        for view in (self.last, *(other for other in reversed(self.views) if other is not self.last)):
            match = view.background.find(now, near.since(view.place))
            if match.same_place:
                self.last, place = view, match.place.after(view.place)
                self.pictures += 1
                self._keep(now, match.place, place)
                return place
        return None

    def _keep(self, now: Background, moved: CameraPlace, place: CameraPlace) -> None:
        """Keep a picture to compare with where it shows what the others do not, or shows it more clearly."""
        if now.contrast > CLEARER * self.last.background.contrast:
            self.views.remove(self.last)
        elif abs(complex(moved.x, moved.y)) < NEW_VIEW_SHIFT and abs(moved.zoom - 1) < NEW_VIEW_ZOOM:
            return
        self.views = [*self.views[-MAX_VIEWS + 1 :], _View(now, place)]
        self.last = self.views[-1]


class SceneFollower:
    """Follows where the camera looks; pictures are given in the order of time."""

    def __init__(self) -> None:
        self._scenes: list[_Scene] = []
        self._made = 0
        self._now: _Scene | None = None
        self._place = CameraPlace()

    def step(self, background: Background) -> tuple[int, CameraPlace | None]:
        """The number of the place that a picture shows, and where in it the picture lies; None where that is unknown."""
        for scene in self._candidates():
            place = scene.find(background, self._place if scene is self._now else scene.last.place)
            if place is not None:
                self._now, self._place = scene, place
                return scene.number, place
        if not background.recognisable:
            # Too little around the person to tell: the same place if it looks the same without any detail.
            same = self._now is not None and self._now.last.background.same_shades(background)
            return (self._now.number if same and self._now else NO_SCENE), None
        return self._begin(background), CameraPlace()

    def _candidates(self) -> Iterator[_Scene]:
        """The present place first, then the last ones before it."""
        if self._now is not None:
            yield self._now
        yield from (scene for scene in reversed(self._scenes) if scene is not self._now)

    def _begin(self, background: Background) -> int:
        if len(self._scenes) >= MAX_SCENES:
            self._scenes.remove(min(self._scenes, key=lambda scene: scene.pictures))
        self._now, self._place = _Scene(self._made, [_View(background, CameraPlace())]), CameraPlace()
        self._scenes.append(self._now)
        self._made += 1
        return self._now.number

"""Angle curves as SVG: one recording on its own, or pre-test and re-test repetitions laid over each other.

Drawn with Matplotlib's objects alone: no pyplot, so nothing is shared between threads but the settings that are held
under a lock while a chart is written. The same data gives the same bytes.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from html import escape
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from posecheck.language import first_lower, joined, phrase, phrase_in, translated
from posecheck.movements import Role
from posecheck.output.report.data import PHASE_TITLES
from posecheck.output.report.rows import mean_of_takes, with_side
from posecheck.output.report.wording import SEMICOLON
from posecheck.pose.landmarks import SampleState

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from posecheck.trial.repetitions import Repetition
    from posecheck.trial.trial import OutcomeResult, Trial

TEXT, MUTED, GRID, BAND = "#1f2a37", "#566373", "#d8dee6", "#eef3f9"
PRE, RETEST, PAPER = "#7d8896", "#0b5cad", "#ffffff"
"""Pre-test wide and grey, re-test narrow and blue on top of it: told apart by any eye and in a grey print, and both seen
where they coincide (chosen by us)."""
THEME: dict[str, str] = {
    TEXT: "var(--ink)",
    MUTED: "var(--muted)",
    GRID: "var(--grid)",
    BAND: "var(--band)",
    PRE: "var(--pre)",
    RETEST: "var(--accent)",
    PAPER: "var(--paper)",
}
"""What `inline_svg` puts in place of each colour, so that the page decides about light, dark and paper."""
WIDTH_IN = 4.6
"""331 px: at the width of a phone, text keeps its size."""
FONT_PT = 10.0
TIME_WORDS, SINCE_WORDS = phrase("Time (s)"), phrase("Time since the repetition began (s)")
UNIT_WORDS = {"deg": phrase("Degrees"), "pct": phrase("Percent of leg length")}
MIN_SPAN = 20.0
"""Least height of a value axis, so that noise of a few degrees does not look like movement (chosen by us)."""

_DRAWING = Lock()


class AngleData(Protocol):
    """What a chart needs of an angle table: values in degrees and sample states, index ``time_s``."""

    @property
    def values(self) -> pd.DataFrame:
        """One column an angle, NaN where missing."""
        ...

    @property
    def states(self) -> pd.DataFrame:
        """Same shape; `SampleState` of each value."""
        ...


@dataclass(frozen=True, slots=True)
class _Pen:
    """How one recording is drawn: colour, widths of curve and hold, size and fill of its points."""

    colour: str
    curve: float
    hold: float
    point: float
    face: str


_PRE_PEN = _Pen(PRE, 2.4, 6.0, 8.5, PAPER)
_RETEST_PEN = _Pen(RETEST, 1.2, 2.6, 4.5, RETEST)
_MAIN_PEN, _OTHER_PEN = _Pen(RETEST, 1.2, 3.6, 6.0, RETEST), _Pen(TEXT, 1.2, 3.6, 6.0, TEXT)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One outcome over time, turned so that more range is a larger number."""

    time_s: NDArray[np.float64]
    value: NDArray[np.float64]
    state: NDArray[np.int8]

    @property
    def measured(self) -> NDArray[np.float64]:
        """(n,) NaN where not measured."""
        return np.where(self.state == SampleState.MEASURED, self.value, np.nan)

    @property
    def filled(self) -> NDArray[np.float64]:
        """(n,) interpolated samples with the measured ones next to them, so that the dashes meet the line."""
        gap = self.state == SampleState.INTERPOLATED
        wide = gap.copy()  # and not np.convolve, which gives three samples for one
        wide[1:] |= gap[:-1]
        wide[:-1] |= gap[1:]
        return np.where(wide & (self.state != SampleState.MISSING), self.value, np.nan)

    def between(self, start_s: float, end_s: float) -> Curve:
        """The part from start to end."""
        inside = (self.time_s >= start_s) & (self.time_s <= end_s)
        return Curve(self.time_s[inside], self.value[inside], self.state[inside])


def angle_chart(angles: AngleData, trial: Trial) -> bytes:
    """One trial over its whole length: a panel per outcome, repetitions shaded, holds thick, end ranges as points.

    Stretches that could not be measured are gaps, interpolated ones dashed.
    """
    outcomes = [outcome for outcome in trial.outcomes if outcome.column in angles.values.columns]
    figure = _figure(2 * WIDTH_IN, 0.5 + 1.6 * max(1, len(outcomes)))
    panels = figure.subplots(max(1, len(outcomes)), 1, sharex=True, squeeze=False)[:, 0]
    for axes, outcome in zip(panels, outcomes, strict=False):
        pen = _MAIN_PEN if outcome.role is Role.PRIMARY else _OTHER_PEN
        _style(axes, with_side(outcome.title, outcome.side) if outcome.side else outcome.title, outcome.unit)
        for repetition in trial.repetitions:
            axes.axvspan(repetition.start_s, repetition.end_s, color=BAND, lw=0, zorder=0)
        curve = outcome_curve(angles, outcome)
        _draw_curve(axes, curve, 0.0, pen)
        for repetition in trial.repetitions:
            _draw_hold(axes, curve, repetition, outcome, 0.0, pen if repetition.used else replace(pen, face=PAPER))
        _widen(axes)
    panels[-1].set_xlabel(translated(TIME_WORDS), color=MUTED)
    return _svg(figure)


def overlay_curves(
    pre_angles: AngleData,
    pre_trial: Trial,
    retest_angles: AngleData | None,
    retest_trial: Trial | None,
    outcome: str,
    *,
    names: tuple[str, str] = (PHASE_TITLES["pre"], PHASE_TITLES["retest"]),
    further: tuple[Sequence[tuple[AngleData, Trial]], Sequence[tuple[AngleData, Trial]]] = ((), ()),
) -> bytes:
    """Repetitions of pre-test and re-test laid over each other, as SVG; parameters as `overlay_figure`."""
    figure = overlay_figure(pre_angles, pre_trial, retest_angles, retest_trial, outcome, names=names, further=further)
    return _svg(figure)


def overlay_figure(
    pre_angles: AngleData,
    pre_trial: Trial,
    retest_angles: AngleData | None,
    retest_trial: Trial | None,
    outcome: str,
    *,
    names: tuple[str, str] = (PHASE_TITLES["pre"], PHASE_TITLES["retest"]),
    further: tuple[Sequence[tuple[AngleData, Trial]], Sequence[tuple[AngleData, Trial]]] = ((), ()),
) -> Figure:
    """Repetitions of pre-test and re-test laid over each other, aligned at their start.

    Parameters
    ----------
    pre_angles, pre_trial
        The first recording: wide grey lines, hollow points.
    retest_angles, retest_trial
        The second one, None while there is none: narrow blue lines, filled points.
    outcome : str
        Which outcome to draw. Holds are thick, end ranges are points.
    names : (str, str)
        What the two blocks are called.
    further : two sequences of (angles, trial)
        Further takes of the first and of the second block, drawn like it.
    """
    result = pre_trial.outcome(outcome)
    figure = _figure(WIDTH_IN, 2.75)
    axes = figure.subplots()
    _style(axes, "", result.unit)
    for angles, trial in ((pre_angles, pre_trial), *further[0]):
        _draw_take(axes, angles, trial, trial.outcome(outcome), _PRE_PEN)
    if retest_angles is not None and retest_trial is not None:
        for angles, trial in ((retest_angles, retest_trial), *further[1]):
            _draw_take(axes, angles, trial, trial.outcome(outcome), _RETEST_PEN)
    _widen(axes)
    axes.set_xlabel(translated(SINCE_WORDS), color=MUTED)
    axes.set_ylabel(translated(UNIT_WORDS[result.unit]), color=MUTED)
    _key(figure, names if retest_trial is not None else names[:1])
    return figure


def inline_svg(svg: bytes, name: str, words: str) -> str:
    """Make a chart part of an HTML page.

    Parameters
    ----------
    svg : bytes
        From a function of this module.
    name : str
        Unique on the page: put before every id.
    words : str
        What the chart shows, for those who do not see it.

    Returns
    -------
    str
        An ``<svg>`` element whose colours are the page's own variables (`THEME`).
    """
    text = svg.decode("utf-8")
    text = text[text.index("<svg") :]
    text = re.sub(r"<svg[^>]*?viewBox=\"([^\"]*)\"[^>]*>", _opening_tag(words), text, count=1)
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.DOTALL)
    text = re.sub(r"\bid=\"([^\"]*)\"", rf'id="{name}-\1"', text)
    text = re.sub(r"url\(#([^)]*)\)", rf"url(#{name}-\1)", text)
    text = re.sub(r"xlink:href=\"#([^\"]*)\"", rf'href="#{name}-\1"', text)
    for colour, variable in THEME.items():
        text = text.replace(colour, variable)
    return re.sub(r">\s+<", "><", text).strip()


def _opening_tag(words: str) -> str:
    label = f'"{escape(translated(words))}"'.replace("\\", r"\\")
    return rf'<svg class="chart" viewBox="\1" role="img" aria-label={label}>'


def _figure(width_in: float, height_in: float) -> Figure:
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # loaded late: most pages draw no chart
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    figure.patch.set_visible(False)
    FigureCanvasSVG(figure)
    return figure


def _style(axes: Axes, title: str, unit: str) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.patch.set_visible(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=MUTED, length=0, labelsize=FONT_PT)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10], integer=True))
    axes.yaxis.set_major_formatter("{x:.0f} %" if unit == "pct" else "{x:.0f}°")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    axes.margins(x=0.02, y=0.08)
    if title:
        axes.set_title(translated(title), loc="left", color=TEXT, fontsize=FONT_PT + 1)


def _widen(axes: Axes) -> None:
    low, high = axes.get_ylim()
    missing = max(0.0, MIN_SPAN - (high - low)) / 2
    axes.set_ylim(low - missing, high + missing)


def outcome_curve(angles: AngleData, outcome: OutcomeResult) -> Curve:
    """The outcome over the whole recording."""
    values = angles.values[outcome.column]
    return Curve(
        values.index.to_numpy(dtype=np.float64),
        outcome.factor * values.to_numpy(dtype=np.float64),
        angles.states[outcome.column].to_numpy(dtype=np.int8),
    )


def _draw_take(axes: Axes, angles: AngleData, trial: Trial, outcome: OutcomeResult, pen: _Pen) -> None:
    if outcome.column not in angles.values.columns:
        return
    whole = outcome_curve(angles, outcome)
    for repetition in trial.repetitions:
        if repetition.used:
            curve = whole.between(repetition.start_s, repetition.end_s)
            _draw_curve(axes, curve, repetition.start_s, pen)
            _draw_hold(axes, curve, repetition, outcome, repetition.start_s, pen)


def _draw_curve(axes: Axes, curve: Curve, zero_s: float, pen: _Pen) -> None:
    axes.plot(curve.time_s - zero_s, curve.measured, color=pen.colour, lw=pen.curve, alpha=0.8)
    if (curve.state == SampleState.INTERPOLATED).any():
        axes.plot(curve.time_s - zero_s, curve.filled, color=pen.colour, lw=pen.curve, ls=(0, (2, 2)), alpha=0.8)


def _draw_hold(
    axes: Axes, curve: Curve, repetition: Repetition, outcome: OutcomeResult, zero_s: float, pen: _Pen
) -> None:
    if repetition.held:
        hold = curve.between(repetition.hold_start_s, repetition.hold_end_s)
        axes.plot(hold.time_s - zero_s, hold.measured, color=pen.colour, lw=pen.hold, solid_capstyle="round")
    value = repetition.end_range.get(outcome.name, float("nan"))
    if np.isfinite(value):
        middle_s = (repetition.hold_start_s + repetition.hold_end_s) / 2 - zero_s
        axes.plot([middle_s], [value], clip_on=False, zorder=5, **_point(pen))


def _point(pen: _Pen) -> dict[str, Any]:
    return {"marker": "o", "ms": pen.point, "mec": pen.colour, "mfc": pen.face, "mew": 1.6}


def _key(figure: Figure, names: Sequence[str]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=pen.colour, lw=pen.hold, label=translated(name), **_point(pen))
        for name, pen in zip(names, (_PRE_PEN, _RETEST_PEN), strict=False)
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=2, frameon=False, labelcolor=TEXT, handlelength=2.2)


def _svg(figure: Figure) -> bytes:
    import matplotlib as mpl

    target = io.BytesIO()
    with _DRAWING, mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "posecheck"}):
        figure.savefig(target, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return _with_system_font(target.getvalue())


def _with_system_font(svg: bytes) -> bytes:
    """Text in the reader's own font: Matplotlib names its whole list of fonts at every word."""
    return re.sub(rb"font-family: [^;\"]*", b"font-family: system-ui, sans-serif", svg)


def chart_words(first: Sequence[OutcomeResult], retest: Sequence[OutcomeResult] = ()) -> str:
    """What an overlay of the takes of one or two blocks shows, in one sentence, for those who do not see it."""
    blocks = ((phrase_in("a block of recordings", "first"), first), (first_lower(PHASE_TITLES["retest"]), retest))
    return phrase(
        "{measure} over time, repetitions laid over each other. Mean end range: {means}.",
        measure=first[0].title,
        means=joined((_mean_words(block, takes) for block, takes in blocks if takes), SEMICOLON),
    )


def _mean_words(block: str, takes: Sequence[OutcomeResult]) -> str:
    mean = mean_of_takes(takes)
    if not np.isfinite(mean):
        return phrase("{block} not measured", block=block)
    if takes[0].unit == "pct":
        words = phrase("{block} {mean:.0f} percent", block=block, mean=mean)
    else:
        words = phrase("{block} {mean:.0f} degrees", block=block, mean=mean)
    return phrase("{mean} over {count} takes", mean=words, count=len(takes)) if len(takes) > 1 else words

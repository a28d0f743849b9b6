"""Writes the parts of the documentation that repeat what the code says, between markers, so that they cannot differ.

    python -m scripts.write_docs            # bring the pages up to date
    python -m scripts.write_docs --check    # say which pages are not, and fail

A page asks for a part with two lines, ``<!-- generated NAME: begin -->`` and ``<!-- generated NAME: end -->``.
"""

from __future__ import annotations

import re
import sys
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING

from posecheck.cli.app import EXIT_CODES
from posecheck.dataset.tables import TABLES
from posecheck.kinematics.cleaning import CleaningOptions
from posecheck.kinematics.joints import ANGLES, AngleDefinition, Plane
from posecheck.kinematics.sources import DEFAULT_SOURCE, SOURCES
from posecheck.movements import AngleRef, Compensation, Movement, Outcome, RepetitionRule, StillRule, builtin_movements
from posecheck.output.export.columns import COLUMNS
from posecheck.protocol import GRIPS, LIMITS_WORDS, PAIRING_WORDS, PROTOCOL, SAFETY_WORDS, STRETCHES
from posecheck.trial.quality import QualityLimits
from scripts.command_line import command_tables
from scripts.error_tables import error_shares, planning_table, priors_tables, smallest_changes_list
from scripts.pages import PAGES
from scripts.worked_example import worked_example

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

BLOCK = re.compile(
    r"(?P<begin><!-- generated (?P<name>[\w. -]+): begin -->\n)(?P<text>.*?)(?P<end><!-- generated (?P=name): end -->)",
    re.DOTALL,
)

GATE_WORDS = {
    "yaw_deg": ("Camera angle: turn of the person out of the side or front view at the start", "{:g}°", "at most"),
    "yaw_in_space_deg": (
        "The same where the primary outcomes are measured between joints in space",
        "{:g}°",
        "at most",
    ),
    "roll_deg": ("Camera level: tilt of the camera against the room's upright lines", "{:g}°", "at most"),
    "roll_in_space_deg": (
        "The same where the primary outcomes are measured between joints in space",
        "{:g}°",
        "at most",
    ),
    "min_size": (
        "Person's size: extent of the body over the height (lying or portrait: width)",
        "{:.0%}",
        "at least",
    ),
    "off_centre": ("Person in the middle: distance of the hips from the middle, over the width", "{:.0%}", "at most"),
    "min_rate_hz": ("Frame rate, pictures a second, in nine tenths of the time", "{:g}", "at least"),
    "camera_shift": (
        "Camera stands still: movement of the background while measured, over the longer side",
        "{:.0%}",
        "at most",
    ),
    "cut_off_share": (
        "Whole body in the picture: share of the time with a joint outside it (with the head alone: a warning at most)",
        "{:.0%}",
        "at most",
    ),
    "min_brightness": ("Light: mean brightness, 0 to 255", "{:g}", "at least"),
    "min_seen_share": ("Body points seen: pictures in which trunk and one leg were measured", "{:.0%}", "at least"),
}
CLEANING_WORDS = {
    "min_visibility": ("A point with a lower visibility than this counts as not seen", "J"),
    "max_swap_s": ("Left and right exchanged: put back if it lasts up to this many seconds, rejected if longer", "J"),
    "max_limb_ratio": ("A limb that suddenly looks longer than this times its own length is a tracking fault", "J"),
    "hampel_window": ("Window of the Hampel filter against single outliers, in pictures", "J"),
    "cutoff_hz": ("Low-pass filter (Butterworth, 4th order, no lag), in Hz", "J"),
    "fill_s": ("Gaps of up to this many seconds are filled without a remark", "J"),
    "max_fill_s": ("Gaps of up to this many seconds are filled and reported, longer ones stay missing", "J"),
}


def up_to_date(page: str) -> str:
    """The page with every generated part as the code has it now.

    Raises
    ------
    KeyError
        The page asks for a part that does not exist.
    """

    def replaced(match: re.Match[str]) -> str:
        return f"{match['begin']}\n{PARTS[match['name']]().strip()}\n\n{match['end']}"

    return BLOCK.sub(replaced, page)


def main(arguments: Sequence[str]) -> int:
    """Write or check all pages; return the exit code."""
    stale = []
    for path in PAGES:
        old = path.read_text(encoding="utf-8")
        new = up_to_date(old)
        if new != old:
            stale.append(path.name)
            if "--check" not in arguments:
                path.write_text(new, encoding="utf-8", newline="\n")
    verb = "Out of date" if "--check" in arguments else "Written"
    sys.stdout.write(f"{verb}: {', '.join(stale) or 'nothing'}\n")
    return 1 if stale and "--check" in arguments else 0


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def columns_part(file: str) -> str:
    """Every column of one file."""
    return table(
        ("column", "meaning"), ((f"`{name}`", _linked(_braced(words))) for name, words in COLUMNS[file].items())
    )


def data_set_part(name: str) -> str:
    """Every column of one table of a data set."""
    rows = ((f"`{column.name}`", str(column.kind), _linked(_braced(column.words))) for column in TABLES[name])
    return table(("column", "type", "meaning"), rows)


def _braced(words: str) -> str:
    return words.replace("<", "&lt;")


def angles_part() -> str:
    """Every angle: words, columns, points, views."""
    return "\n\n".join(_angle(definition) for definition in ANGLES.values())


def _angle(definition: AngleDefinition) -> str:
    unit = definition.unit
    columns = (
        f"`left_{definition.name}_{unit}`, `right_{definition.name}_{unit}`"
        if definition.sided
        else f"`{definition.name}_{unit}`"
    )
    views = [word for plane, word in ((Plane.SAGITTAL, "side"), (Plane.FRONTAL, "front")) if plane in definition.planes]
    marks = ", ".join(mark.replace("_", " ") for mark in definition.marks)
    return "\n".join(
        (
            f"### {definition.title}",
            "",
            definition.words,
            "",
            f"- Name in a movement file: `{definition.name}`",
            f"- Columns: {columns}",
            f"- Body points: {marks}",
            f"- Seen from: the {' and the '.join(views)}" if views else "- Seen from: anywhere, in space alone",
        )
    )


def sources_part() -> str:
    """Where angles can come from."""
    rows = (
        (f"`{name}`" + (" (default)" if name == DEFAULT_SOURCE else ""), source.words[0].upper() + source.words[1:])
        for name, source in SOURCES.items()
    )
    return table(("source", "what it is"), rows)


def film_part() -> str:
    """How to film and do each test."""
    return "\n\n".join(_film(movement) for movement in builtin_movements().values())


def _film(movement: Movement) -> str:
    sides = (
        f"Once per side. The side is {movement.side_meaning}."
        if movement.sides
        else "Once, with either side towards the camera."
    )
    lines = [
        f"### {movement.title} (`{movement.name}`)",
        "",
        movement.summary,
        "",
        f"- **View**: from the {movement.view_name}.",
        f"- **Camera**: {movement.instructions.camera}",
        f"- **Sides**: {sides}",
        f"- **Start**: {movement.instructions.start}",
        f"- **Move**: {movement.instructions.move}",
    ]
    return "\n".join([*lines, f"- **Care**: {movement.caution}"] if movement.caution else lines)


def movements_part() -> str:
    """What each test measures, watches and counts as a repetition, with sources."""
    return "\n\n".join(_movement(movement) for movement in builtin_movements().values())


def _movement(movement: Movement) -> str:
    parts = [
        f"### {movement.title} (`{movement.name}`, version {movement.version})",
        movement.summary + (f" {movement.caution}" if movement.caution else ""),
        table(
            ("outcome", "role", "angle", "remarks"),
            (
                (f"{item.title} (`{item.name}`)", str(item.role), _ref(item.ref), _remark(item))
                for item in movement.outcomes
            ),
        ),
        table(
            ("watched", "angle", "flagged above", "has to match between pre-test and re-test"),
            (
                (
                    item.title,
                    f"{_ref(item.ref)}, {_measure(item)}",
                    f"{item.limit_deg:g}°",
                    "yes" if item.matched else "no",
                )
                for item in movement.compensations
            ),
        ),
        _counts(movement.repetition),
        *([f"A repetition is not used where {_still(movement)}."] if movement.still else []),
        "Sources: " + " ".join(_linked(source) for source in movement.sources),
    ]
    return "\n\n".join(parts)


def _counts(rule: RepetitionRule) -> str:
    first, *otherwise = (f"{_ref(item.ref)} moves by at least {item.min_excursion_deg:g}°" for item in rule.signals)
    hidden = "".join(f" Where that cannot be followed: when {words}." for words in otherwise)
    return f"A repetition counts when {first}.{hidden}"


def _still(movement: Movement) -> str:
    return ", or where ".join(
        f"{item.words} ({_ref(item.ref)} {'is' if item.measure == 'end_range' else 'changes by'} {_outside(item)})"
        for item in movement.still
    )


def _outside(rule: StillRule) -> str:
    if rule.low_deg == -rule.high_deg:
        return f"more than {rule.high_deg:g}° either way"
    ends = (
        (f"less than {rule.low_deg:g}°", rule.low_deg > -180),
        (f"more than {rule.high_deg:g}°", rule.high_deg < 180),
    )
    return " or ".join(words for words, given in ends if given)


def _remark(outcome: Outcome) -> str:
    return f"{outcome.context} {outcome.caution}".strip()


def _ref(ref: AngleRef) -> str:
    leg = {"tested": ", tested leg", "other": ", other leg", "none": ""}[ref.leg]
    sign = {
        "as_defined": "",
        "negated": ", sign reversed",
        "towards_tested": ", positive towards the tested side",
        "away_from_tested": ", positive away from the tested side",
    }[ref.sign]
    source = f", source `{ref.source}`" if ref.source else ""
    return f"{ANGLES[ref.angle].title.lower()}{leg}{sign}{source}"


def _measure(item: Compensation) -> str:
    return "change from the start" if item.measure == "change_from_start" else "at end range"


def _linked(words: str) -> str:
    return re.sub(r"[Tt]he method, section (\d)", r"[method, section \1](method.md#section-\1)", words)


def gates_part() -> str:
    """Limits of the quality gates."""
    limits = QualityLimits()
    rows = []
    for item in fields(limits):
        title, pattern, direction = GATE_WORDS[item.name]
        good, usable = (pattern.format(value) for value in getattr(limits, item.name))
        rows.append((title, f"{direction} {good}", f"{direction} {usable}", "J"))
    rows.append(
        ("One person", "1", "more than one warns, unless one was chosen; so does one found again after over 2 s", "J")
    )
    return table(("gate", "passes", "warns; beyond this it rejects", "source"), rows)


def cleaning_part() -> str:
    """Numbers of the cleaning."""
    options = CleaningOptions()
    return table(
        ("step", "number", "source"),
        ((words, f"{getattr(options, name):g}", tag) for name, (words, tag) in CLEANING_WORDS.items()),
    )


def protocol_part() -> str:
    """The six steps, the grips and the stretches."""
    steps = "\n".join(f"{step.number}. **{step.title}.** {step.words}" for step in PROTOCOL)
    grips = table(("grip", "how", "why there"), ((f"{g.title} (`{g.name}`)", g.how, g.why) for g in GRIPS))
    stretches = table(
        ("stretch", "how", "grips that may go with it"),
        ((f"{s.title} (`{s.name}`)", s.held, ", ".join(f"`{name}`" for name in s.grips)) for s in STRETCHES),
    )
    return f"{steps}\n\n{grips}\n\n{stretches}\n\n{PAIRING_WORDS}"


def exit_codes_part() -> str:
    """Every exit code of the command."""
    other = {
        0: "done",
        1: "unexpected failure; `doctor`: something that is needed does not work",
        2: "wrong command line: unknown option, missing value",
        8: "a session or a data set is done, but some of its recordings were refused",
        130: "stopped with Ctrl-C; nothing half-written is left",
    }
    codes: dict[int, list[str]] = {code: [words] for code, words in other.items()}
    for _, code, words in EXIT_CODES:
        codes.setdefault(code, []).append(words)
    return table(("code", "meaning"), ((str(code), "; ".join(codes[code])) for code in sorted(codes)))


def _sentences(words: Sequence[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in words)


PARTS: dict[str, Callable[[], str]] = {
    **{f"columns {file}": partial(columns_part, file) for file in COLUMNS},
    **{f"data set {name}": partial(data_set_part, name) for name in TABLES},
    "angles": angles_part,
    "angle sources": sources_part,
    "film": film_part,
    "movements": movements_part,
    "gates": gates_part,
    "cleaning": cleaning_part,
    "error model": priors_tables,
    "worked example": worked_example,
    "planning": planning_table,
    "error shares": error_shares,
    "smallest changes": smallest_changes_list,
    "protocol": protocol_part,
    "exit codes": exit_codes_part,
    "safety": partial(_sentences, SAFETY_WORDS),
    "limits": partial(_sentences, LIMITS_WORDS),
    **command_tables(),
}
"""Every part by name."""

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

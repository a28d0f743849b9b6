"""The report: one HTML page that stands alone, works offline, prints well, and says what was found in plain words."""

from __future__ import annotations

import base64
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from posecheck.language import joined
from posecheck.output.body.svg import SHAPES, stylesheet
from posecheck.output.page_words import give_words
from posecheck.output.report import rows, sections
from posecheck.output.report.data import Refused, ReportData, ReportStretch, ReportTrial
from posecheck.output.report.give_or_take import GIVE_OR_TAKE_WORDS, any_error, error_text, spread_text
from posecheck.output.report.handout import handout_of
from posecheck.output.report.provenance import provenance_line
from posecheck.output.report.takes import TAKES_WORDS, nothing_left_words, take_rows
from posecheck.output.report.wording import SEMICOLON
from posecheck.output.report.words import (
    BARS_WORDS,
    BODY_WORDS,
    CHECKSUMS_WORDS,
    CURVES_WORDS,
    FURTHER_WORDS,
    HANDOVER_WORDS,
    SIDES_WORDS,
    SIGN_WORDS,
    STILL_WORDS,
    TERMS_WORDS,
    error_words,
    many_measures_words,
)
from posecheck.protocol import (
    GRIPS,
    LIMITS_WORDS,
    PAIRING_WORDS,
    PROTOCOL,
    SAFETY_WORDS,
    STRETCHES,
    grip_by_name,
    stretch_by_name,
)

if TYPE_CHECKING:
    from typing import Any

    from posecheck.output.report.handout import HandoutTest

__all__ = ["Refused", "ReportData", "ReportStretch", "ReportTrial", "render_report", "report_context"]


def render_report(data: ReportData) -> str:
    """Write the report of a session.

    Parameters
    ----------
    data : ReportData
        Works with a pre-test alone; every other part may be missing.

    Returns
    -------
    str
        A whole HTML page: styles, charts and pictures are inside it, no script, no address of another host.
    """
    context = report_context(data)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            context,
            tests=sections.section_tests(data),
            handout_style=(files("posecheck.output.report") / "static" / "handout.css").read_text(encoding="utf-8"),
            body_shapes=stylesheet(SHAPES),
            picture=_address,
            logo=_data_address(data.letterhead.logo_png, "png"),
        )
    )


def report_context(data: ReportData) -> dict[str, Any]:
    """Everything that a template needs to show a session, but for the curves and pictures, which take a second."""
    summary = sections.summarise(data)
    remarks, clean = sections.remarks(data)
    felt_blocks, felt_questions = sections.felt_questions(data)
    changes = rows.change_groups(data.changes, data.before, data.retest)
    suggestions = sections.suggestions(data)
    return {
        "data": data,
        "summary": summary,
        "many_measures": many_measures_words(data.changes),
        "in_between": sections.stretch_lines(data),
        "cautions": rows.change_cautions(summary.cautioned, data.before),
        "handout": handout_of(data, changes, suggestions),
        "changes": changes,
        "limit_deg": rows.axis_limit_deg(data.changes),
        "baseline_changes": rows.change_groups(data.baseline_changes, data.pre, data.baseline),
        "baseline_limit_deg": rows.axis_limit_deg(data.baseline_changes),
        "results": () if data.changes else rows.result_groups(data.before),
        "sides": rows.side_rows(data.pre_sides, data.retest_sides, data.trials, data.before_name),
        "remarks": remarks,
        "clean": clean,
        "clean_words": joined(clean, SEMICOLON),
        "takes": take_rows(data),
        "takes_gone": nothing_left_words(data),
        "felt_blocks": felt_blocks,
        "felt_questions": felt_questions,
        "suggestions": suggestions,
        "definitions": sections.definitions(data),
        "provenance": provenance_line(data),
        "stretch": stretch_by_name,
        "grip": grip_by_name,
        "grips_words": sections.grips_words,
        "GRIPS": GRIPS,
        "STRETCHES": STRETCHES,
        "PROTOCOL": PROTOCOL,
        "error_words": error_words(data.error_model),
        "BARS_WORDS": BARS_WORDS,
        "FURTHER_WORDS": FURTHER_WORDS,
        "HANDOVER_WORDS": HANDOVER_WORDS,
        "CHECKSUMS_WORDS": CHECKSUMS_WORDS,
        "TERMS_WORDS": TERMS_WORDS,
        "TAKES_WORDS": TAKES_WORDS,
        "STILL_WORDS": STILL_WORDS,
        "SIDES_WORDS": SIDES_WORDS,
        "CURVES_WORDS": CURVES_WORDS,
        "GIVE_OR_TAKE_WORDS": GIVE_OR_TAKE_WORDS,
        "errors_known": any_error(item.trial for item in data.trials),
        "error_text": error_text,
        "spread_text": spread_text,
        "BODY_WORDS": BODY_WORDS if any(item.skeleton is not None for item in data.trials) else "",
        "SIGN_WORDS": SIGN_WORDS,
        "PAIRING_WORDS": PAIRING_WORDS,
        "SAFETY_WORDS": SAFETY_WORDS,
        "LIMITS_WORDS": LIMITS_WORDS,
    }


def _address(test: HandoutTest) -> str:
    """The picture of a test, within the page."""
    return _data_address(test.shown.end_range_jpeg or b"" if test.shown else b"", "jpeg")


def _data_address(picture: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode('ascii')}" if picture else ""


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("posecheck.output.report"),
        autoescape=select_autoescape(enabled_extensions=("html", "j2")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    give_words(environment)
    environment.filters["svg"] = Markup  # only for what posecheck.output draws as SVG, whose words are escaped there
    return environment

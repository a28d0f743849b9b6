"""The report: every sentence is there, nothing is loaded from elsewhere, names cannot break it, half a session works."""

from __future__ import annotations

import csv
import html
import json
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from fitted_body import seen, standing
from made_report import block, made, trials

from posecheck.cli.console import print_changes, print_sides
from posecheck.comparison.changes import Change, compare_blocks
from posecheck.comparison.sides import compare_sides
from posecheck.comparison.verdict import Verdict
from posecheck.kinematics.joints import Side
from posecheck.movements import Role, builtin_movements
from posecheck.output.folders.comparison_folder import comparison_to_dict, write_comparison_folder
from posecheck.output.report.html import Refused, ReportData, ReportStretch, ReportTrial, render_report
from posecheck.output.report.rows import axis_limit_deg, change_groups, side_rows
from posecheck.output.report.sections import stretch_lines
from posecheck.output.report.words import event_sentences, many_measures_words, trial_cautions
from posecheck.trial.quality import GateStatus, QualityGate
from posecheck.trial.trial import CompensationResult, Event, Felt

if TYPE_CHECKING:
    from pathlib import Path

FORBIDDEN = re.compile(
    r"\b(diagnos\w*|treat(s|ed|ment)?|rehab\w*|injury risk|adhesion\w*|(ab)?normal|validated)\b", re.I
)
VOID = {"meta", "img", "br", "link", "rect", "line", "circle", "path", "use"}


@pytest.fixture(scope="module")
def session() -> ReportData:
    pre, retest = block(0), block(15, all_measured=False)
    return ReportData(
        title="Hips <b>",
        person='Ada "A" <script>alert(1)</script>',
        pre_date="2026-11-22",
        retest_date="2026-11-22",
        pre=pre,
        retest=retest,
        changes=compare_blocks(trials(pre), trials(retest)),
        pre_sides=compare_sides(trials(pre), "pre-test"),
        retest_sides=compare_sides(trials(retest), "re-test"),
        stretches=(ReportStretch("runners-lunge", "diagonal-pull", "left", "slow & <easy>"),),
        refused=(Refused("IMG_1.mov", "no person was found"),),
        provenance={"posecheck": "0.1.0", "options": {"cutoff_hz": 3.0, "gone": None, "missing": float("nan")}},
    )


def with_bodies(items: tuple[ReportTrial, ...]) -> tuple[ReportTrial, ...]:
    return tuple(replace(item, skeleton=seen(standing(), yaw_deg=30, frames=360)) for item in items)


class Page(HTMLParser):
    """Text, open tags and headings of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.headings: list[int] = []
        self.stack: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.cells: list[dict[str, str | None]] = []
        self.ids: list[str] = []
        self.feed(source)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in VOID:
            self.stack.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img":
            self.images.append(found)
        if tag == "th":
            self.cells.append(found)
        if "id" in found:
            self.ids.append(str(found["id"]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if "id" in dict(attrs):
            self.ids.append(str(dict(attrs)["id"]))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.stack):
            self.words.append(data)


@cache
def rendered(data: ReportData) -> str:
    """Charts take a tenth of a second each, so the page of the whole session is made once."""
    return render_report(data)


@cache
def text_of(data: ReportData) -> str:
    return Page(rendered(data)).text


@pytest.fixture(scope="module")
def bare(session: ReportData) -> ReportData:
    """The session without curves and pictures, for tests of the words alone."""
    pre, retest = ([ReportTrial(item.trial, item.name) for item in block] for block in (session.pre, session.retest))
    return replace(session, pre=tuple(pre), retest=tuple(retest))


def test_each_smallest_detectable_change_says_what_it_is_made_of_and_multiplies_out(session: ReportData) -> None:
    text = html.unescape(render_report(session))
    measured = [change for change in session.changes if np.isfinite(change.difference.mdc95_deg)]
    found = re.findall(r'<abbr title="([\d.]+° from putting you[^"]*)">([\d.]+)°</abbr>', text)
    assert len(found) == len(measured) > 3
    for words, smallest in found:
        parts = [float(number) for number in re.findall(r"([\d.]+)° from", words)]
        together, times = (float(number) for number in re.findall(r"Together ([\d.]+)°.*times ([\d.]+) that", words)[0])
        assert np.hypot.reduce(parts) == pytest.approx(together, abs=0.12)
        assert together * times == pytest.approx(float(smallest), abs=0.5 + 0.05 * (times + together))


def test_every_change_sentence_and_side_sentence_is_there(session: ReportData) -> None:
    text = text_of(session)
    assert {change.verdict for change in session.changes} == set(Verdict) - {Verdict.SMALL}
    for change in session.changes:
        assert change.sentence in text
    for item in (*session.pre_sides, *session.retest_sides):
        if item.role == "primary":
            assert item.sentence in text


def test_what_counts_comes_before_the_rest(session: ReportData) -> None:
    text = text_of(session)
    larger = [change.sentence for change in session.changes if change.verdict is Verdict.LARGER]
    assert max(text.index(sentence) for sentence in larger) < text.index("Cannot be told from measurement error")


def test_the_sections_come_in_order(session: ReportData) -> None:
    text = rendered(session)
    names = ["result", "changes", "sides", "tests", "quality", "felt", "next", "method", "provenance"]
    places = [text.index(f'<h2 id="{name}"') for name in names]
    assert places == sorted(places)


def test_nothing_is_loaded_from_elsewhere(session: ReportData) -> None:
    page = rendered(session)
    assert not re.findall(r"https?://", page)
    assert "<script" not in page
    assert "<link" not in page
    assert "@import" not in page
    assert all(
        address.startswith(("data:image/jpeg;base64,", "#")) for address in re.findall(r"(?:src|href)=\"([^\"]*)", page)
    )


def test_names_are_escaped(session: ReportData) -> None:
    page = rendered(session)
    assert "<script>alert" not in page
    assert html.escape('Ada "A" <script>alert(1)</script>', quote=False) in page.replace("&#34;", '"')
    assert "slow &amp; &lt;easy&gt;" in page


def test_the_markup_is_well_formed_and_each_id_unique(session: ReportData) -> None:
    page = Page(rendered(session))
    assert page.stack == []
    assert len(page.ids) == len(set(page.ids))


def test_headings_descend_one_level_at_a_time(session: ReportData) -> None:
    levels = Page(rendered(session)).headings
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_header_cells_have_a_scope_and_pictures_a_text(session: ReportData) -> None:
    page = Page(rendered(session))
    assert page.cells
    assert all(cell.get("scope") for cell in page.cells)
    assert len(page.images) == 10 + 5  # of each test one is on the first page, too
    assert all("end range" in str(image.get("alt")) for image in page.images)
    assert '<html lang="en">' in rendered(session)


def test_a_missing_number_is_never_printed_as_nan(session: ReportData) -> None:
    assert not re.search(r"\bnan\b", text_of(session), re.IGNORECASE)
    assert "nan%" not in rendered(session)


def test_words_that_claim_too_much_are_absent(session: ReportData) -> None:
    text = text_of(session)
    assert FORBIDDEN.search(text) is None
    assert not re.search(r"\bno change\b(?! is judged by it)", text, re.IGNORECASE)


def test_safety_words_limits_and_our_own_inference_are_there(session: ReportData) -> None:
    text = text_of(session)
    for words in ("ask a licensed professional first", "exquisitely tender", "compare with yourself", "own inference"):
        assert words in text


def test_cautions_stand_with_their_numbers(session: ReportData) -> None:
    text = text_of(session)
    caution = builtin_movements()["crossover"].caution
    assert text.count(caution) >= 4
    assert text.count("One camera underestimates changes of the rear hip") >= 3


def test_advice_follows_the_changes_that_count(bare: ReportData) -> None:
    text = text_of(bare)
    assert "Bridges" in text
    assert "Hip-flexor work" in text
    assert "More time on the left (Runner's lunge)" in text
    worse = tuple(replace(c, difference=replace(c.difference, difference_deg=-15.0)) for c in bare.changes)
    assert "Bridges The" not in text_of(replace(bare, changes=worse))


def test_a_pre_test_alone_gives_results_and_sides(bare: ReportData) -> None:
    alone = ReportData(pre=bare.pre, pre_sides=bare.pre_sides)
    text = text_of(alone)
    assert "5 recordings of 3 tests, no re-test yet" in text
    assert "Results in numbers" in text
    assert "80° under 1° 3" in text
    assert "Re-test" not in text.split("Method and limits")[0].replace("Re-test. Repeat", "")


def test_an_empty_session_with_refused_recordings_still_says_so() -> None:
    text = text_of(ReportData(refused=(Refused("a<b>.mov", "too dark"),)))
    assert "a<b>.mov : too dark" in text or "a<b>.mov: too dark" in text
    assert "0 recordings" in text


def test_recordings_without_curves_and_pictures_are_still_listed(bare: ReportData) -> None:
    page = rendered(ReportData(pre=bare.pre))
    assert "Toe touch" in page
    assert "<img" not in page


def test_a_re_test_without_pre_test_shows_its_curves(session: ReportData) -> None:
    text = text_of(ReportData(pre=session.pre[:1], retest=session.retest[1:2]))
    assert "Runner's lunge, left" in text


def test_all_passed_is_said_in_one_sentence_and_only_remarks_are_expanded(bare: ReportData) -> None:
    assert "All recordings passed every quality check" in text_of(bare)
    gate = QualityGate("roll", "Camera level", GateStatus.REJECT, 7.0, "deg", "The camera is tilted by 7 degrees.")
    bent = CompensationResult("knee_bend", "Bent knee", 14.2, 10.0, True, True, "The knee bent.")
    odd = replace(bare.pre[0].trial, gates=(gate,), compensations=(bent,), notes=("Repetition 2 had no hold.",))
    text = text_of(replace(bare, pre=(replace(bare.pre[0], trial=odd), *bare.pre[1:])))
    assert "Toe touch, pre-test – rejected" in text
    assert "The camera is tilted by 7 degrees." in text
    assert "Bent knee: The knee bent. (14°, flagged above 10°)" in text
    assert "Repetition 2 had no hold." in text
    assert "No problems were found in: Runner's lunge, left, pre-test" in text


def test_what_was_felt_stands_beside_both_blocks(bare: ReportData) -> None:
    stiff = replace(bare.pre[0].trial, felt=Felt(6, 2.5, "tight <calf>"))
    text = text_of(replace(bare, pre=(replace(bare.pre[0], trial=stiff), *bare.pre[1:])))
    assert "tight <calf>" in text
    assert re.search(r"stiffness 6 ?discomfort 2\.5 ?“tight <calf>” stiffness – ?discomfort –", text)


def test_a_baseline_is_what_the_re_test_is_compared_with(bare: ReportData) -> None:
    baseline = tuple(ReportTrial(item.trial) for item in block(1))
    pre, after = trials(bare.pre), trials(bare.retest)
    data = replace(
        bare,
        baseline=baseline,
        changes=compare_blocks(pre, after, baseline=trials(baseline)),
        baseline_changes=compare_blocks(pre, trials(baseline)),
    )
    text = text_of(data)
    assert "Pre-test to baseline, with nothing done in between" in text
    assert "81° 95°" in text


def test_a_test_without_a_baseline_keeps_its_pre_test(bare: ReportData) -> None:
    again = ReportTrial(made("toe-touch", Side.LEFT, 81).trial)
    data = replace(bare, baseline=(again,))
    assert data.before == (again, *bare.pre[1:])
    assert data.before_name == "Before"
    assert [data.before_phase(item) for item in data.before[:2]] == ["Baseline", "Pre-test"]
    assert ReportData().before_name == bare.before_name == "Pre-test"


def test_bars_of_a_baseline_are_called_so(bare: ReportData) -> None:
    baseline = tuple(ReportTrial(item.trial) for item in block(1))
    data = replace(bare, baseline=baseline, pre_sides=compare_sides(trials(baseline), "baseline"))
    sides = text_of(data).split("Bars start at zero")[1].split("Test by test")[0]
    assert "Baseline" in sides
    assert "Pre-test" not in sides


def test_what_happened_in_a_recording_is_said_once_a_kind() -> None:
    gaps = [
        Event("long_gap", 0.5 * k, 0.5 * k + 0.2 + 0.01 * k, f"The {part} was not seen.")
        for k, part in enumerate(("left knee", "right ankle") * 9)
    ]
    lost = Event("person_lost", 6.9, 8.1, "The person was not found for 1.2 s.")
    back = [Event("swap_repaired", at, at, "Left and right legs were mixed up and put right.") for at in (8.2, 3.25)]
    legs = Event("legs_ordered", 0.0, 16.0, "The model exchanged the legs in 35% of the frames.")
    silent = Event("noted", 1.0, 1.0, "")
    assert event_sentences((*gaps, lost, *back, legs, silent)) == (
        "Hidden body points were filled in 18 times, 0.2 to 0.4 s each.",
        "The person was not found for 1.2 s (at 6.9 s).",
        "Left and right legs were mixed up and put right (2 times, at 3.2 and 8.2 s).",
        "The model exchanged the legs in 35% of the frames.",
    )


def test_what_happened_stands_with_its_recording(bare: ReportData) -> None:
    event = Event("swap_rejected", 4.0, 5.0, "Left and right legs could not be told apart for 1.0 s: not used.")
    odd = replace(bare.pre[0].trial, events=(event,))
    text = text_of(replace(bare, pre=(replace(bare.pre[0], trial=odd), *bare.pre[1:])))
    assert "Toe touch, pre-test Left and right legs could not be told apart for 1.0 s: not used (at 4.0 s)." in text


def test_many_main_measures_are_said_to_mislead_and_one_is_not(bare: ReportData) -> None:
    main = next(change for change in bare.changes if change.role == "primary")
    words = many_measures_words((main,) * 11)
    assert words.startswith("11 main measures were looked at, none of which was named before")
    assert many_measures_words((main,)) == ""
    assert many_measures_words((main, *(replace(main, role=Role.SECONDARY),) * 9)) == ""
    assert many_measures_words(bare.changes) in text_of(bare)


def test_what_was_done_in_between_has_its_title(bare: ReportData) -> None:
    assert "Runner's lunge, left, with the diagonal pull – slow & <easy>" in text_of(bare)
    assert stretch_lines(replace(bare, stretches=(ReportStretch("crossover"),))) == ("Crossover",)


def test_an_ordinary_stretch_and_none_at_all_are_told_apart_from_a_belly_pull(bare: ReportData) -> None:
    ordinary = replace(bare, stretches=(ReportStretch("crossover", "none", "left"),))
    assert stretch_lines(ordinary) == ("Crossover, left, the belly left alone",)
    assert stretch_lines(replace(bare, stretches=(), no_stretch=True)) == ("Nothing: no stretch",)
    assert stretch_lines(replace(bare, stretches=())) == ()


def test_the_terminal_says_cautions_and_chance_as_the_report(
    bare: ReportData, capsys: pytest.CaptureFixture[str]
) -> None:
    cautions = trial_cautions(trials(bare.pre))
    assert cautions[-1] == f"Crossover (iliotibial band) stretch: {builtin_movements()['crossover'].caution}"
    print_changes(bare.changes, cautions=(*cautions, *cautions))
    shown = capsys.readouterr().out
    assert [shown.count(words) for words in cautions] == [1] * len(cautions)
    assert many_measures_words(bare.changes) in shown
    print_sides(bare.pre_sides, cautions=["[left] :cat: caution"])
    assert "[left] :cat: caution" in capsys.readouterr().out


def test_the_page_is_the_same_each_time(session: ReportData) -> None:
    assert render_report(session) == rendered(session)


def test_positions_of_the_change_chart_stay_inside_it(session: ReportData) -> None:
    limit = axis_limit_deg(session.changes)
    assert limit % 5 == 0
    assert limit >= max(c.difference.ci95_high_deg for c in session.changes if np.isfinite(c.difference.mdc95_deg))
    rows = [row for group in change_groups(session.changes, session.pre, session.retest) for row in group.rows]
    assert len(rows) == len(session.changes)
    for row in rows:
        assert (row.track is None) == (not np.isfinite(row.change.difference.difference_deg))
        if row.track:
            assert 0 <= row.track.ci_low < row.track.value < row.track.ci_high <= 100
            assert row.track.mdc_low + row.track.mdc_high == pytest.approx(100, abs=0.02)


def test_bars_start_at_zero_also_below_it() -> None:
    items = (made("runners-lunge", Side.LEFT, -10.0), made("runners-lunge", Side.RIGHT, 10.0))
    (extension, _) = side_rows(compare_sides(trials(items), "pre-test"), (), items, "Pre-test")
    below, above = extension.bars
    assert below.end == pytest.approx(above.start)
    assert below.low < below.start < below.end < above.end < above.high <= 100


def test_the_folder_holds_tables_json_and_page(session: ReportData, tmp_path: Path) -> None:
    written = write_comparison_folder(tmp_path, session)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in written)
    with (tmp_path / "changes.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(session.changes)
    data = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))
    assert data["provenance"]["options"]["missing"] is None
    assert [item["sentence"] for item in data["changes"]] == [change.sentence for change in session.changes]
    assert data["trials"]["pre-test"][0]["movement"] == "toe-touch"
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == rendered(session)


def test_the_json_form_holds_no_nan(session: ReportData) -> None:
    missing: list[Change] = [c for c in session.changes if not np.isfinite(c.difference.difference_deg)]
    assert missing
    json.dumps(comparison_to_dict(session), allow_nan=False)


def test_what_was_set_right_by_hand_is_said_next_to_the_result() -> None:
    pre = (made("side-lunge", Side.LEFT, 30), made("side-lunge", Side.RIGHT, 31))
    words = ("1 repetition excluded by hand",)
    retest = (made("side-lunge", Side.LEFT, 45, corrections=words), made("side-lunge", Side.RIGHT, 31))
    changes = compare_blocks(trials(pre), trials(retest))
    data = ReportData(pre=pre, retest=retest, changes=changes, retest_sides=compare_sides(trials(retest), "re-test"))
    left, right = change_groups(changes, pre, retest)
    said = "Corrected: 1 repetition excluded by hand (re-test)."
    assert said in left.notes
    assert said not in right.notes
    assert said in text_of(data)
    assert "Re-test: Corrected: 1 repetition excluded by hand (left)." in text_of(data)
    alone = ReportData(pre=(made("side-lunge", Side.LEFT, 45, corrections=words),))
    assert "Corrected: 1 repetition excluded by hand." in text_of(alone)


def test_the_bodies_at_end_range_are_drawn_over_each_other(session: ReportData) -> None:
    data = replace(session, pre=with_bodies(session.pre), retest=with_bodies(session.retest))
    page = render_report(data)
    drawn = re.findall(r'<svg class="body-picture".*?</svg>', page, re.S)
    over_each_other = ["Pre-test in grey, re-test in blue" in svg for svg in drawn]
    assert over_each_other == [True, True, False, True, True]  # one re-test could not be measured
    assert "Head, hands and toes are drawn for orientation only" in page
    Page(page)


def test_without_a_fitted_body_none_is_drawn_or_explained(session: ReportData) -> None:
    page = render_report(session)
    assert '<svg class="body-picture"' not in page
    assert "drawn body" not in page

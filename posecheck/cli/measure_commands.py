"""`posecheck angles`, `analyze` and `compare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape

from posecheck.cli import options as opt
from posecheck.cli.advice import ADVICE
from posecheck.cli.console import frame_progress, output_console, print_changes, print_json, print_sides, print_trial
from posecheck.cli.people_command import people_shown_on_doubt
from posecheck.errors import StorageError
from posecheck.kinematics.sources import DEFAULT_SOURCE
from posecheck.language import MESSAGES, first_lower, joined, phrase, translated

if TYPE_CHECKING:
    from posecheck.trial.keys import MeasureKey


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "angles",
        help=phrase("All joint angles of any video over time, as CSV; no test needed."),
        epilog="Example: posecheck angles squat.mp4 -o squat.csv",
    )(angles)
    app.command(
        "analyze",
        help=phrase(
            "One recording of one test: angles, repetitions, end range, annotated video and charts in a folder."
        ),
        epilog="Example: posecheck analyze lunge.mp4 --movement runners-lunge --side left -o lunge-left",
    )(analyze)
    app.command(
        "compare",
        help=phrase("Pre-test against re-test, and left against right, with error bars; writes tables and a report."),
        epilog="Example: posecheck compare --pre before/* --retest after/* -o result",
    )(compare)


def angles(
    video: opt.Video,
    output: Annotated[Path, typer.Option("--output", "-o", help=phrase("The CSV file to write."), show_default=False)],
    source: opt.SourceOption = DEFAULT_SOURCE,
    view: Annotated[Literal["auto", "side", "front"], typer.Option(help=phrase("How the person was filmed."))] = "auto",
    start: opt.Start = None,
    end: opt.End = None,
    mirror: opt.Mirror = False,
    rotate: opt.Rotate = None,
    stride: opt.Stride = None,
    person_at: opt.PersonAt = None,
    model: opt.ModelPath = None,
    formats: opt.Formats = None,
    annotated: Annotated[
        Path | None,
        typer.Option(
            "--video", help=phrase("Also write the video with the skeleton drawn (.mp4)."), show_default=False
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=phrase("Replace an existing file."))] = False,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """`posecheck angles`."""
    from posecheck.kinematics.joints import Plane
    from posecheck.output.draw.annotated_video import write_skeleton_video
    from posecheck.output.draw.footage import Footage
    from posecheck.output.export.csv_export import write_angles_csv
    from posecheck.output.export.formats import skeleton_path, write_format
    from posecheck.output.report.words import event_sentences
    from posecheck.pipeline import measure_angles, read_recording
    from posecheck.trial.result import TrialOptions
    from posecheck.trial.turned import doubt_about_turn, require_upright_video

    targets = {suffix: output.with_suffix(f".{suffix}") for suffix in opt.output_formats(formats)}
    files = [output, *targets.values(), *([annotated] if annotated else [])]
    besides = [path for name, target in targets.items() if (path := skeleton_path(name, target)) is not None]
    _refuse_clashes(video, [*files, *besides])
    for path in (*files, *besides):
        _refuse_existing(path, overwrite)
    options = TrialOptions(
        video=opt.video_options(start, end, mirror, rotate, stride),
        model_path=model,
        person_at=opt.person_point(person_at),
    )
    plane = {"auto": None, "side": Plane.SAGITTAL, "front": Plane.FRONTAL}[view]
    with people_shown_on_doubt(
        video, options.video, _people_file(output.with_suffix("")), model=model, quiet=quiet or json
    ):
        with frame_progress(video.name, quiet=quiet or json) as progress:
            recording = read_recording(video, options, progress=progress)
        require_upright_video(recording)
        result = measure_angles(recording, plane=plane, source=str(source), chosen=options.person_at is not None)
    write_angles_csv(result.table, output)
    for name, path in targets.items():
        files += write_format(name, path, result.table, result.clean)[1:]
    if annotated:
        with frame_progress(phrase("Drawing the video"), quiet=quiet or json) as progress:
            write_skeleton_video(result.clean, Footage(video, options.video), annotated, progress=progress)
    seen = "side" if result.view.plane is Plane.SAGITTAL else "front"
    doubt = doubt_about_turn(recording.series)
    remarks = [*([doubt.said(ADVICE)] if doubt else []), *recording.warnings, *event_sentences(result.clean.events)]
    if json:
        print_json(
            {
                "files": [str(path) for path in files],
                "frames": len(recording.series),
                "frames_read": int((~recording.series.filled_in).sum()),
                "view": seen,
                "people": recording.people,
                "camera_roll_deg": recording.capture.roll_deg,
                "not_measurable": result.table.reasons,
                "remarks": remarks,
            }
        )
    elif not quiet:
        console = output_console()
        view_words = phrase("side view") if seen == "side" else phrase("front view")
        console.print(
            phrase(
                "{file}: {pictures} pictures, {view}, source {source}.",
                file=escape(str(output)),
                pictures=len(recording.series),
                view=view_words,
                source=source,
            ),
            highlight=False,
        )
        for words in _angle_remarks(recording.people, recording.capture.roll_deg, result.table.reasons, remarks):
            console.print(words, highlight=False, markup=False, soft_wrap=True)


def _people_file(result: Path) -> Path:
    """The picture of who is there, beside a result that could not be made for want of a person."""
    return result.with_name(f"{result.name}-people.jpg")


def _angle_remarks(people: int, roll_deg: float, reasons: dict[str, str], remarks: list[str]) -> list[str]:
    from posecheck.kinematics.joints import ANGLES

    lines = list(dict.fromkeys(remarks))
    if abs(roll_deg) > 2:
        lines.append(
            phrase(
                "The camera is tilted by {angle:.0f} degrees: angles against the vertical are off by that much.",
                angle=abs(roll_deg),
            )
        )
    if people > 1:
        lines.append(
            phrase(
                "{people} people were in the picture; one was followed. posecheck people VIDEO lists them, to choose "
                "another.",
                people=people,
            )
        )
    if reasons:
        names = sorted({column.removeprefix("left_").removeprefix("right_").removesuffix("_deg") for column in reasons})
        words = joined([first_lower(ANGLES[name].title) if name in ANGLES else name for name in names], ", ")
        lines.append(phrase("Not shown in this view, so left empty: {names}.", names=words))
    return lines


def _refuse_clashes(video: Path, files: list[Path]) -> None:
    places = [path.absolute().resolve() for path in files]
    if video.absolute().resolve() in places:
        raise StorageError(phrase("{path} is the video itself; choose another file to write.", path=video))
    if len(set(places)) < len(places):
        raise StorageError(phrase("two of the files to write have the same name; choose other names."))


def _refuse_existing(path: Path, overwrite: bool) -> None:
    if path.is_dir():
        raise StorageError(
            phrase(
                "{path} is a folder; give the name of a file to write, such as {example}.",
                path=path,
                example=path / "angles.csv",
            )
        )
    if not path.absolute().parent.is_dir():
        raise StorageError(phrase("{path}: no such folder. Make it first, or choose another -o.", path=path.parent))
    if path.exists() and not overwrite:
        raise StorageError(
            phrase("{path} exists already. Add --overwrite to replace it, or choose another -o.", path=path)
        )


def analyze(
    video: opt.Video,
    movement: opt.MovementName,
    output: Annotated[Path, typer.Option("--output", "-o", help=phrase("The folder to make."), show_default=False)],
    side: Annotated[
        opt.SideChoice | None,
        typer.Option("--side", "-s", help=phrase("The tested leg, the person's own side."), show_default=False),
    ] = None,
    start: opt.Start = None,
    end: opt.End = None,
    mirror: opt.Mirror = False,
    rotate: opt.Rotate = None,
    stride: opt.Stride = None,
    person_at: opt.PersonAt = None,
    person: Annotated[str, typer.Option(help=phrase("Name or code of the person."), show_default=False)] = "",
    stiffness: Annotated[
        float | None, typer.Option(min=0, max=10, help=phrase("Felt stiffness, 0 to 10."), show_default=False)
    ] = None,
    discomfort: Annotated[
        float | None, typer.Option(min=0, max=10, help=phrase("Felt discomfort, 0 to 10."), show_default=False)
    ] = None,
    note: Annotated[str, typer.Option(help=phrase("A note on how it felt."), show_default=False)] = "",
    model: opt.ModelPath = None,
    formats: opt.Formats = None,
    no_video: opt.NoVideo = False,
    overwrite: opt.Overwrite = False,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """`posecheck analyze`."""
    from posecheck.files import check_replaceable
    from posecheck.kinematics.joints import Side
    from posecheck.movements import load_movement
    from posecheck.output.options import OutputOptions
    from posecheck.trial.result import TrialOptions
    from posecheck.trial.trial import Felt, trial_to_dict
    from posecheck.workflow import analyze_to_folder

    test = load_movement(movement)
    opt.require_side(test, side)
    check_replaceable(output, overwrite=overwrite)
    options = TrialOptions(
        video=opt.video_options(start, end, mirror, rotate, stride),
        model_path=model,
        person_at=opt.person_point(person_at),
        person=person,
        felt=Felt(stiffness, discomfort, note),
    )
    with (
        people_shown_on_doubt(video, options.video, _people_file(output), model=model, quiet=quiet or json),
        frame_progress(video.name, quiet=quiet or json) as progress,
    ):
        result = analyze_to_folder(
            video,
            test,
            Side(side) if side else None,
            output,
            options=options,
            output=OutputOptions(annotated=not no_video, formats=opt.output_formats(formats)),
            overwrite=overwrite,
            progress=progress,
        )
    if json:
        told = {
            key: value for key, value in trial_to_dict(result.trial).items() if key != MESSAGES
        }  # English for programs
        print_json({"folder": str(output), "trial": told})
    elif not quiet:
        print_trial(result.trial)
        output_console().print(phrase("Results: {path}", path=output), highlight=False, markup=False, soft_wrap=True)


def compare(
    pre: Annotated[
        list[Path],
        typer.Option("--pre", help=phrase("Folders of the pre-test trials."), show_default=False),
    ],
    retest: Annotated[
        list[Path],
        typer.Option("--retest", help=phrase("Folders of the re-test trials."), show_default=False),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help=phrase("The folder to make."), show_default=False)],
    baseline: Annotated[
        list[Path] | None,
        typer.Option(
            "--baseline",
            help=phrase("Folders of a second block before the stretch, if there was one."),
            show_default=False,
        ),
    ] = None,
    primary: Annotated[
        str | None,
        typer.Option(
            "--primary",
            help=phrase(
                "The one outcome named before the re-test, as movement[:side]:outcome; the others are then corrected "
                "by Holm's method."
            ),
            show_default=False,
        ),
    ] = None,
    earlier: Annotated[
        list[Path] | None,
        typer.Option(
            "--earlier",
            help=phrase("Result folders of earlier sessions of the same person: their repeats count for the error."),
            show_default=False,
        ),
    ] = None,
    limit_deg: Annotated[
        float,
        typer.Option(
            "--limit",
            min=0.5,
            max=90,
            help=phrase("Degrees: a change that surely is smaller than this either way is called so."),
        ),
    ] = 5.0,
    overwrite: opt.Overwrite = False,
    json: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """`posecheck compare`."""
    from posecheck.output.export.csv_export import changes_rows, sides_rows
    from posecheck.workflow import compare_folders

    result = compare_folders(
        pre,
        retest,
        output,
        baseline=baseline or (),
        primary=_primary(primary),
        earlier=earlier or (),
        limit_deg=limit_deg,
        overwrite=overwrite,
    )
    if json:
        print_json({"folder": str(output), "changes": changes_rows(result.changes), "sides": sides_rows(result.sides)})
    elif not quiet:
        print_changes(result.changes, cautions=result.cautions)
        print_sides(result.sides, cautions=() if result.changes else result.cautions)
        output_console().print(
            phrase("Report: {path}", path=result.report), highlight=False, markup=False, soft_wrap=True
        )


def _primary(text: str | None) -> MeasureKey | None:
    from posecheck.kinematics.joints import Side
    from posecheck.trial.keys import MeasureKey

    if text is None:
        return None
    parts = text.split(":")
    sides = {"left": Side.LEFT, "right": Side.RIGHT}
    if len(parts) == 2:
        return MeasureKey(parts[0], None, parts[1])
    if len(parts) == 3 and parts[1] in sides:
        return MeasureKey(parts[0], sides[parts[1]], parts[2])
    raise typer.BadParameter(
        translated(
            phrase(
                "'{text}': write movement:outcome or movement:side:outcome, such as runners-lunge:left:hip_extension.",
                text=text,
            )
        ),
        param_hint="--primary",
    )

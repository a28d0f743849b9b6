"""What ``import posecheck`` hands out: measured angles, a measured trial, a comparison, each with its data frames.

The data frames have the columns of the files of the same name (docs/files.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from posecheck.errors import StorageError
from posecheck.kinematics.joints import Plane
from posecheck.language import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from posecheck.comparison.changes import Change
    from posecheck.comparison.sides import SideDifference
    from posecheck.output.export.formats import OutputFormat
    from posecheck.output.export.records import Record
    from posecheck.output.folders.trial_folder import StoredTrial
    from posecheck.output.report.data import ReportData
    from posecheck.progress import Progress
    from posecheck.trial.result import AngleResult, TrialResult
    from posecheck.trial.trial import Trial


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredAngles:
    """All angles of a recording, and the body points that they rest on.

    Attributes
    ----------
    result : AngleResult
        Everything: ``recording``, ``clean`` (the body points), ``table``, ``view``.
    """

    result: AngleResult

    @property
    def angles(self) -> pd.DataFrame:
        """Angles over time: index ``time_s``, columns as in angles.csv, degrees, NaN where missing."""
        return _in_order(self.result.table.values)

    @property
    def states(self) -> pd.DataFrame:
        """What each angle rests on: the same index and columns, words ``measured``, ``interpolated``, ``missing``."""
        return _state_words(_in_order(self.result.table.states))

    @property
    def errors95(self) -> pd.DataFrame:
        """How far each angle may be off, either way, with 95 % certainty: the columns of which the source knows it."""
        from posecheck.trial.repetitions import WITHIN_95

        table = self.result.table
        return table.values.iloc[:, :0] if table.sd is None else _in_order(WITHIN_95 * table.sd)

    @property
    def reasons(self) -> dict[str, str]:
        """Why a column is empty, for each that this view cannot show."""
        return dict(self.result.table.reasons)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences about the recording that the reader of its angles should know; empty where there is nothing to say."""
        from posecheck.trial.turned import doubt_about_turn

        doubt = doubt_about_turn(self.result.recording.series)
        return (*([doubt.words] if doubt else []), *self.result.recording.warnings)

    @property
    def view(self) -> str:
        """``side`` or ``front``: how the person was filmed."""
        return "side" if self.result.view.plane is Plane.SAGITTAL else "front"

    def save(self, path: str | Path) -> Path:
        """Write one file; its ending says which: ``.csv``, or a format's (`posecheck.output.export.formats`).

        Raises
        ------
        StorageError
            Another ending, or the file cannot be written.
        """
        from posecheck.output.export.csv_export import write_angles_csv
        from posecheck.output.export.formats import OUTPUT_FORMATS, write_format

        file = Path(path)
        ending = file.suffix.removeprefix(".").lower()
        if ending == "csv":
            return write_angles_csv(self.result.table, file)
        for name in OUTPUT_FORMATS:
            if name == ending:
                return write_format(name, file, self.result.table, self.result.clean)[0]
        known = ", ".join(("csv", *OUTPUT_FORMATS))
        raise StorageError(phrase("{file}: no format has this ending; known: {words}.", file=path, words=known))


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredTrial:
    """One recording of one test, measured now or read from a folder.

    Attributes
    ----------
    stored : StoredTrial
        The trial and its curves.
    result : TrialResult or None
        Everything that it rests on, body points included; None for a trial that was read from a folder.
    """

    stored: StoredTrial
    result: TrialResult | None = None

    @property
    def trial(self) -> Trial:
        """Outcomes, repetitions, quality gates, notes and provenance, as trial.json has them."""
        return self.stored.trial

    @property
    def angles(self) -> pd.DataFrame:
        """Angles over time: index ``time_s``, columns as in angles.csv, degrees, NaN where missing."""
        return _in_order(self.stored.values)

    @property
    def states(self) -> pd.DataFrame:
        """What each angle rests on: the same index and columns, words ``measured``, ``interpolated``, ``missing``."""
        return _state_words(_in_order(self.stored.states))

    @property
    def skeleton(self) -> pd.DataFrame | None:
        """Joints of the fitted body: index ``time_s``, columns as in skeleton.csv; None where no body was fitted."""
        from posecheck.output.export.skeleton_csv import skeleton_frame

        return None if self.stored.skeleton is None else skeleton_frame(self.stored.skeleton)

    @property
    def repetitions(self) -> pd.DataFrame:
        """One row per repetition, columns as in repetitions.csv."""
        import pandas as pd

        from posecheck.output.export.columns import COLUMNS
        from posecheck.output.export.records import repetition_columns, repetition_records

        fixed = [name for name in COLUMNS["repetitions.csv"] if not name.startswith("<")]
        return pd.DataFrame(repetition_records(self.trial), columns=[*fixed, *repetition_columns(self.trial)])

    @property
    def outcomes(self) -> pd.DataFrame:
        """One row per outcome: its mean end range, columns as in the table "outcomes"."""
        from posecheck.output.export.records import outcome_records

        return _frame("outcomes", outcome_records(self.trial))

    def save(
        self,
        folder: str | Path,
        *,
        formats: Iterable[OutputFormat] = (),
        annotated: bool = False,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> Path:
        """Write the trial's folder, as ``posecheck analyze`` does; `load_trial` reads it back.

        Parameters
        ----------
        folder : str or Path
        formats : iterable of OutputFormat, optional
            Names of `posecheck.output.export.formats`: files for other programs besides. Default: none.
        annotated : bool
            Also draw the annotated video. Default: no, as it takes as long as the analysis.
        overwrite : bool
            Replace an earlier result. Default: no.
        progress : callable, optional
            Told pictures drawn and in all.

        Raises
        ------
        StorageError
            The trial was itself read from a folder, or the folder cannot be written.
        """
        from posecheck.files import new_folder
        from posecheck.output.draw.footage import Footage
        from posecheck.output.export.formats import check_formats
        from posecheck.output.folders.trial_folder import write_trial_folder
        from posecheck.output.options import OutputOptions

        if self.result is None:
            raise StorageError(
                phrase(
                    "{folder}: this trial was read from {source}; copy that folder instead.",
                    folder=folder,
                    source=self.stored.path,
                )
            )
        wanted = tuple(formats)
        check_formats(wanted)
        output = OutputOptions(annotated=annotated, formats=wanted)
        with new_folder(folder, overwrite=overwrite) as partial:
            write_trial_folder(partial, self.result, output, Footage.of(self.result), progress=progress)
        return Path(folder)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Pre-test against re-test, and left against right.

    Attributes
    ----------
    report : ReportData
        Everything that the report shows.
    """

    report: ReportData

    @property
    def changes(self) -> pd.DataFrame:
        """One row per outcome, columns as in changes.csv: what changed, with its error."""
        from posecheck.output.export.records import change_records

        return _frame("changes.csv", change_records(self.report.changes))

    @property
    def sides(self) -> pd.DataFrame:
        """One row per outcome and block, columns as in sides.csv: right less left, with its error."""
        from posecheck.output.export.records import side_records

        return _frame("sides.csv", side_records((*self.report.pre_sides, *self.report.retest_sides)))

    @property
    def takes(self) -> pd.DataFrame:
        """One row per take and outcome, columns as in takes.csv: every recording that the comparison rests on."""
        from posecheck.output.export.records import all_take_records

        return _frame("takes.csv", all_take_records(self.report))

    @property
    def items(self) -> tuple[Change | SideDifference, ...]:
        """The same as values: every `Change`, then every `SideDifference`."""
        return (*self.report.changes, *self.report.pre_sides, *self.report.retest_sides)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What may be said of each change and difference, in the words of the report."""
        return tuple(item.sentence for item in self.items)

    def save(self, folder: str | Path, *, overwrite: bool = False) -> Path:
        """Write changes.csv, sides.csv, takes.csv, comparison.json and report.html into a new folder.

        Raises
        ------
        StorageError
            The folder is there already, or cannot be written.
        """
        from posecheck.files import new_folder
        from posecheck.output.folders.comparison_folder import write_comparison_folder

        with new_folder(folder, overwrite=overwrite) as partial:
            write_comparison_folder(partial, self.report)
        return Path(folder)


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    from posecheck.output.export.columns import angle_order

    return table[angle_order(table.columns)]


def _state_words(states: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    from posecheck.pose.landmarks import SampleState

    words = {int(state): state.label for state in SampleState}
    return pd.DataFrame({column: states[column].map(words) for column in states.columns}, index=states.index)


def _frame(table: str, records: Sequence[Record]) -> pd.DataFrame:
    import pandas as pd

    from posecheck.output.export.columns import COLUMNS

    return pd.DataFrame(records, columns=list(COLUMNS[table]))

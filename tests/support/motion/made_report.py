"""Trials as a report takes them, with end ranges that are known: whole blocks of a session, without any video."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from posecheck.kinematics.angles import AngleTable
from posecheck.kinematics.joints import Plane, Side
from posecheck.kinematics.view import View
from posecheck.movements import builtin_movements
from posecheck.output.report.html import ReportTrial
from posecheck.trial.quality import GateStatus, QualityGate
from posecheck.trial.repetitions import Repetition
from posecheck.trial.summary import summarise_outcomes
from posecheck.trial.trial import SetUp, Trial

JPEG = bytes.fromhex("ffd8ffe0") + b"end range" + bytes.fromhex("ffd9")


def made(movement: str, side: Side, end_range: float, *, measured: bool = True, **changes: object) -> ReportTrial:
    definition = builtin_movements()[movement]
    reached = end_range if measured else float("nan")
    ends = {outcome.name: reached for outcome in definition.outcomes}
    repetitions = tuple(
        Repetition(k + 1, 4.0 * k, 4.0 * k + 3, 4.0 * k + 1, 4.0 * k + 2.6, True, ends, {}) for k in range(3)
    )
    trial = Trial(
        definition.name,
        definition.title,
        definition.version,
        side,
        bool(definition.sides),
        summarise_outcomes(definition, side, repetitions),
        repetitions,
        (QualityGate("yaw", "Camera angle", GateStatus.PASS, 3.0, "deg", "Turned by 3 degrees."),),
        (),
        SetUp(definition.view_name, 1, 2.0, float("nan"), 0.7),
        caution=definition.caution,
        stretch=definition.stretch,
        provenance={"video_sha256": "c0ffee"},
    )
    time_s = np.arange(0, 12, 0.1)
    columns = [outcome.column for outcome in trial.outcomes]
    wave = reached * np.clip(np.sin(np.pi * (time_s % 4) / 3), 0, 1)
    values = pd.DataFrame(dict.fromkeys(columns, wave), index=pd.Index(time_s, name="time_s"))
    states = pd.DataFrame(0, index=values.index, columns=values.columns, dtype=np.int8)
    view = View(Plane.SAGITTAL, 1)
    return ReportTrial(
        replace(trial, **changes), f"{movement}.mp4", AngleTable(values, states, {}, "image", view), JPEG
    )


def block(gain: float, *, all_measured: bool = True) -> tuple[ReportTrial, ...]:
    return (
        made("toe-touch", Side.LEFT, 80 + gain),
        made("runners-lunge", Side.LEFT, 20 + gain),
        made("runners-lunge", Side.RIGHT, 40, measured=all_measured),
        made("crossover", Side.LEFT, 20),
        made("crossover", Side.RIGHT, 21),
    )


def trials(items: tuple[ReportTrial, ...]) -> list[Trial]:
    return [item.trial for item in items]

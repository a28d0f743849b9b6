from __future__ import annotations

import pytest

from posecheck.kinematics.joints import Side
from posecheck.live import LiveState
from posecheck.live.cues import CALM_S, LATE_S, REPEAT_S, Cue, CuePacer, Situation, choose_cue, verdict_on
from posecheck.movements import load_movement
from posecheck.trial.quality import GateStatus, QualityGate

KNEE, LUNGE = load_movement("knee-to-chest"), load_movement("runners-lunge")
ASK, OTHER, HOLD = Cue("come_closer", "Come closer."), Cue("step_back", "Step back."), Cue("hold", "Hold.")


def gate(name: str, status: GateStatus = GateStatus.REJECT) -> QualityGate:
    return QualityGate(name, name, status, 0.0, "", "")


def cue_for(state: LiveState, *gates: QualityGate, **how: object) -> Cue:
    found = {item.name: item for item in gates}
    return choose_cue(Situation(state=state, gates=found, **how), KNEE, Side.LEFT)  # type: ignore[arg-type]


def test_light_comes_before_place_and_place_before_tilt() -> None:
    everything = [gate(name) for name in ("roll", "seen", "size", "light", "yaw", "in_frame")]
    order = ["more_light", "step_back", "turn", "come_closer", "camera_tilted", "hidden_points"]
    found = []
    for name in ("light", "in_frame", "yaw", "size", "roll", "seen"):
        found.append(cue_for(LiveState.GET_INTO_VIEW, *everything).key)
        everything = [item for item in everything if item.name != name]
    assert found == order


def test_the_side_to_turn_is_named_where_it_matters() -> None:
    assert cue_for(LiveState.GET_INTO_VIEW, gate("yaw")).words == "Turn your left side to the camera."
    lunge = Situation(state=LiveState.GET_INTO_VIEW, gates={"yaw": gate("yaw")})
    assert choose_cue(lunge, LUNGE, Side.LEFT).words == "Turn your side to the camera."


def test_warnings_are_mentioned_only_when_nothing_else_is_wrong_with_the_start() -> None:
    warned = gate("size", GateStatus.WARN)
    assert cue_for(LiveState.GET_INTO_START, warned, start_words="Lie down.").key == "start_position"
    assert cue_for(LiveState.GET_INTO_START, warned).key == "come_closer"
    assert cue_for(LiveState.GET_INTO_START).key == "keep_still"
    assert cue_for(LiveState.MOVING, warned).key == "go_on"


@pytest.mark.parametrize("state", [LiveState.READY, LiveState.MOVING, LiveState.HOLDING, LiveState.BACK])
def test_out_of_sight_and_a_camera_that_moves_come_before_the_movement(state: LiveState) -> None:
    assert cue_for(state, lost=True).key == "lost"
    assert cue_for(state, gate("static_camera")).key == "camera_moved"


def test_the_verdict_says_which_repetition_it_was_or_why_it_does_not_count() -> None:
    how = {"wanted": 3, "target_hold_s": 2.0}
    assert verdict_on(counted=2, held=True, far_enough=True, **how).words == "2 of 3. And again."  # type: ignore[arg-type]
    assert verdict_on(counted=2, held=False, far_enough=True, **how).key == "hold_longer"  # type: ignore[arg-type]
    assert verdict_on(counted=0, held=False, far_enough=True, **how).key == "too_short"  # type: ignore[arg-type]
    assert verdict_on(counted=0, held=False, far_enough=False, **how).key == "not_far_enough"  # type: ignore[arg-type]


def test_a_request_is_said_when_it_has_been_due_for_a_moment_and_again_later() -> None:
    pacer = CuePacer()
    said_s = [k / 10 for k in range(200) if pacer.step(k / 10, ASK)[1]]
    assert said_s == pytest.approx([CALM_S, CALM_S + REPEAT_S, CALM_S + 2 * REPEAT_S])


def test_requests_that_flicker_are_not_shown_nor_said() -> None:
    pacer = CuePacer()
    pacer.step(0.0, ASK)
    pacer.step(1.0, ASK)
    shown = [pacer.step(1.0 + k / 10, OTHER if k % 2 else ASK) for k in range(1, 12)]
    assert {cue.key for cue, _ in shown} == {"come_closer"}
    assert not any(speak for _, speak in shown)


def test_cues_of_the_moment_are_said_at_once_and_once() -> None:
    pacer = CuePacer()
    pacer.step(0.0, ASK)
    assert pacer.step(0.1, HOLD) == (HOLD, True)
    assert not any(pacer.step(0.1 + k / 2, HOLD)[1] for k in range(1, 60))


def test_the_way_back_is_asked_for_aloud_only_when_it_takes_long() -> None:
    pacer, back = CuePacer(), Cue("back_to_start", "Back to the start position.")
    said_s = [k / 10 for k in range(100) if pacer.step(k / 10, back)[1]]
    assert said_s == pytest.approx([LATE_S])


def test_a_view_from_an_angle_is_said_to_enlarge_the_error_where_it_can_be_measured() -> None:
    warned, rejected = gate("yaw", GateStatus.WARN), gate("yaw")
    found = cue_for(LiveState.GET_INTO_START, warned, any_view=True)
    assert found.key == "from_an_angle"
    assert found.words == (
        "I see you from an angle, so the error will be larger. Better turn your left side to the camera."
    )
    assert cue_for(LiveState.GET_INTO_START, warned).key == "turn"
    assert cue_for(LiveState.GET_INTO_VIEW, rejected, any_view=True).key == "turn"  # another view altogether

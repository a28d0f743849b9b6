"""What is said of a recording can be said in any language, also after it was stored and read back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import synthetic
from made_trial import made_series

from posecheck.errors import RecordingError
from posecheck.kinematics.joints import Side
from posecheck.language import LANGUAGES, language_set, translated
from posecheck.language.spoken import MARKED, MARKS
from posecheck.movements import load_movement
from posecheck.pose.landmarks import CleaningEvent, Landmark
from posecheck.trial.assess import assess
from posecheck.trial.corrections import Corrections
from posecheck.trial.repetitions import RepetitionTimes
from posecheck.trial.trial import Trial, trial_from_dict, trial_to_dict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posecheck.pose.landmarks import LandmarkSeries

CORRECTED = Corrections(
    excluded=(2,),
    times={1: RepetitionTimes(0.7, 3.9, 1.6, 3.2)},
    added=(RepetitionTimes(0.1, 0.5, 0.2, 0.4),),
    start_s=0.05,
)


def stored_trial(
    series: LandmarkSeries,
    movement: str,
    side: Side | None = Side.LEFT,
    corrections: Corrections | None = None,
    *,
    people: int = 1,
) -> Trial:
    """A trial as it is read back from its file."""
    recording = replace(synthetic.recording_of(series), people=people)
    trial = assess(recording, load_movement(movement), side, corrections=corrections).trial
    return trial_from_dict(json.loads(json.dumps(trial_to_dict(trial))), "trial.json")


def sentences(trial: Trial) -> Iterator[str]:
    """All that people read of a trial."""
    yield from (trial.movement_title, trial.label, trial.caution, *trial.notes, *trial.corrections)
    yield from (event.words for event in trial.events)
    for outcome in trial.outcomes:
        yield from (outcome.title, outcome.context, outcome.caution, outcome.missing)
    for repetition in trial.repetitions:
        yield from (repetition.reason, repetition.corrected)
    for gate in trial.gates:
        yield from (gate.title, gate.words)
    for item in trial.compensations:
        yield from (item.title, item.words)


def without_marks(said: str) -> str:
    """What stands outside of every marked phrase: in no catalogue."""
    depth, outside = 0, ""
    for letter in said:
        depth += (letter == MARKS[0]) - (letter == MARKS[1])
        outside += letter if depth == 0 and letter not in MARKS else ""
    return outside


LUNGE = made_series("runners-lunge")
TRIALS = {
    "all is well": lambda: stored_trial(LUNGE, "runners-lunge"),
    "the wrong leg": lambda: stored_trial(LUNGE, "runners-lunge", Side.RIGHT),
    "a side where there is none": lambda: stored_trial(made_series("toe-touch"), "toe-touch", Side.LEFT),
    "filled in": lambda: stored_trial(made_series("knee-to-chest"), "knee-to-chest"),
    "corrected": lambda: stored_trial(LUNGE, "runners-lunge", corrections=CORRECTED),
    "a leg hidden": lambda: stored_trial(
        synthetic.with_hidden(LUNGE, [Landmark.RIGHT_KNEE, Landmark.RIGHT_ANKLE], 0, 99), "runners-lunge"
    ),
    "people, and a gap": lambda: stored_trial(synthetic.without_person(LUNGE, 1, 1.5), "runners-lunge", people=3),
}


@pytest.mark.parametrize("name", TRIALS)
def test_every_sentence_of_a_stored_trial_is_in_the_catalogues(name: str) -> None:
    trial = TRIALS[name]()
    with language_set(MARKED):
        left = [text for text in sentences(trial) if any(map(str.isalpha, without_marks(translated(text))))]
    assert not left


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_a_stored_trial_is_said_in_another_language(code: str) -> None:
    trial = TRIALS["corrected"]()
    texts = [text for text in sentences(trial) if text]
    with language_set(code):
        assert not [text for text in texts if translated(text) == text]


def test_a_stored_trial_in_german_word_by_word() -> None:
    trial = TRIALS["corrected"]()
    with language_set("de"):
        assert translated(trial.repetitions[1].corrected) == "von Hand ausgelassen"
        assert translated(trial.corrections[1]) == "Zeiten von 1 Wiederholung von Hand gesetzt"
        assert "Wiederholung 2 wurde nicht gewertet: von Hand ausgelassen." in map(translated, trial.notes)
        assert translated(trial.gates[4].words) == "10 Bilder pro Sekunde. Filme mit 24 oder mehr Bildern pro Sekunde."


def test_a_refusal_is_said_in_german_with_its_advice() -> None:
    with pytest.raises(RecordingError) as caught:
        stored_trial(made_series("side-lunge"), "side-lunge", Side.RIGHT)
    with language_set("de"):
        said = translated(caught.value.said({"other_side": "Choose {side}."}))
        whole = translated(caught.value.said({}))
    assert "bewegt hat sich die andere Seite (links), nicht die angegebene (rechts)." in said
    assert said.endswith("Choose links.")
    assert "Wähle die Seite „links“" in whole


def test_an_event_of_the_reading_is_said_in_german_in_the_stored_trial() -> None:
    recording = synthetic.recording_of(synthetic.with_hidden(LUNGE, [Landmark.LEFT_KNEE], 1.0, 1.2))
    event = CleaningEvent("person_again", 1.0, 1.0, "Plain words, from a file of an older posecheck.")
    trial = assess(replace(recording, events=(event,)), load_movement("runners-lunge"), Side.LEFT).trial
    back = trial_from_dict(json.loads(json.dumps(trial_to_dict(trial))), "trial.json")
    with language_set("de"):
        said = [translated(item.words) for item in back.events]
    assert event.words in said
    assert any(words.endswith(" s lang nicht zu sehen und ergänzt: linkes Knie.") for words in said)


def test_the_titles_of_a_trial_of_an_older_posecheck_are_said_in_german() -> None:
    data = trial_to_dict(TRIALS["corrected"]())
    del data["messages"]  # earlier versions stored the English alone
    old = trial_from_dict(json.loads(json.dumps(data)), "trial.json")
    with language_set("de"):
        assert translated(old.movement_title) == "Läufer-Ausfallschritt"
        assert translated(old.gates[1].title) == "Kamera gerade"
        assert translated(old.repetitions[1].reason) == "von Hand ausgelassen"
        assert translated(old.gates[4].words).startswith("10 pictures a second.")

"""What to do next, in the words of the pages: their sentence for each code of `posecheck.errors.Advice`."""

from __future__ import annotations

from posecheck.language import phrase

ADVICE = {
    "other_side": phrase(
        "Choose the {side} side with “Another test or side”; or, if the file is a mirror image (as selfie cameras make), "
        "read it again as a mirror image."
    ),
    "other_test": phrase("Choose that test with “Another test or side”, or delete it if it is the wrong recording."),
    "turned": phrase("“Turn it” below turns the picture and reads it again. If it is right as it is, say so there."),
    "which_person": phrase("Choose the person who does the test with “Which person?” below."),
    "another_place": phrase("Make the data folder writable, or start posecheck with another one."),
    "own_address": phrase("A VPN can hide it: switch it off for the moment."),
    "without_phones": phrase("Try again, or film with this computer's camera."),
    "no_trial": phrase("Measure the recording again."),
}

"""What to do next, in the words of the command line: its sentence for each code of `posecheck.errors.Advice`."""

from __future__ import annotations

from posecheck.language import phrase

ADVICE = {
    "scheduler": phrase("Start it again, then give the same command again to go on."),
    "exists": phrase("Add --overwrite to replace it, or choose another -o."),
    "another_place": phrase("Choose another -o."),
    "put_back": phrase("To go on with it: posecheck serve --put-back. The damaged file is kept in the folder damaged."),
    "another_data_folder": phrase("Or choose another --data."),
    "which_side": phrase("Say which leg is tested: --side left or --side right."),
    "other_side": phrase(
        "Use --side {side}; or, if the file is a mirror image (as selfie cameras make), add --mirror."
    ),
    "turned": phrase("Turn it clockwise with --rotate {turn}; if the picture is right as it is, add --rotate 0."),
    "maybe_turned": phrase(
        "The person was taken to be standing. If they lay on their back, the picture lies on its side: add --rotate {turn}, "
        "or all angles against the vertical are wrong by 90 degrees."
    ),
    "other_test": phrase(
        "Use --movement {movement} (in session.toml: movement), or check whether it is the right recording."
    ),
    "which_person": phrase(
        "Choose the person with --person-at; posecheck people VIDEO lists who is there, with what to type for each."
    ),
    "no_trial": phrase("Run posecheck analyze first, and give the folder it made."),
    "no_session_file": phrase(
        "To write a first one from the file names, run: posecheck session {folder} --init. Then check it."
    ),
    "no_camera": phrase("List them with: posecheck cameras. A video file can play as a camera too."),
    "no_model": phrase("See which models there are (posecheck models), or install posecheck again."),
    "altered_model": phrase("Install posecheck again; to use a model of your own, give its path with --model."),
    "one_address": phrase(
        "Leave --host out to use the likeliest one, or name one: posecheck serve --lan --host ADDRESS."
    ),
    "own_address": phrase("Or name this machine's own address in it: posecheck serve --lan --host ADDRESS."),
    "without_phones": phrase("Try again, or start without --lan."),
    "this_machine": phrase("Try --host 127.0.0.1."),
    "port": phrase("Choose another port; posecheck serve --port 0 takes any that is free."),
    "lan_port": phrase("Choose another port; posecheck serve --lan-port 0 takes any that is free."),
}

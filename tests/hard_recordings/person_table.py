"""The person: who is measured, and how much of them is in the picture."""

from __future__ import annotations

from hard_case import Case

BEHIND = (
    "[1:v]crop=400:720:440:0,scale=220:396[l];[2:v]crop=400:720:440:0,scale=220:396[r];"
    "[n][l]overlay=20:160[x];[x][r]overlay=960:160:shortest=1"
)
"""Two people, small, left and right behind the nearer one ``n``."""
LEGS_BELOW = f'ffmpeg -i S1 -i A1 -i C1 -filter_complex "[0:v]crop=640:360:440:20,scale=1280:720[n];{BEHIND}" X a.mp4'
SHOULDERS_ABOVE = (
    f'ffmpeg -i S1 -i A1 -i C1 -filter_complex "[0:v]crop=640:360:440:320,scale=1280:720[n];{BEHIND}" X a.mp4'
)
BYSTANDER = (
    'ffmpeg -i S1 -i A1 -filter_complex "[1:v]trim=0:0.5,setpts=PTS-STARTPTS,crop=420:720:430:0,loop=-1:15[w];'
    "[0:v]crop=640:720:420:0,scale=480:540[p];color=0xA09A8A:s=1280x720:r=30:d=5.4[g];"
    '[g][p]overlay=60:150[x];[x][w]overlay=780:0:shortest=1" X a.mp4'
)
"""Somebody stands nearer than the one who does the test, and does nothing."""
WALKS_PAST = (
    'ffmpeg -i S -i C1 -filter_complex "[1:v]trim=0:1,setpts=PTS-STARTPTS,crop=190:640:515:60,loop=-1:30[w];'
    "[0:v][w]overlay=x='1280-400*(t-6)':y=60:enable='between(t,6,10)':shortest=1\" X a.mp4"
)
"""In front of the person, in the same clothes, during the second repetition."""

CASES = (
    Case(
        "legs below the picture, two people behind",
        LEGS_BELOW,
        like="S1",
        refused="the nearest one is cut off by the edge",
    ),
    Case(
        "legs below the picture, one of the two behind is chosen",
        LEGS_BELOW,
        like="A1",
        trial={"person_at": (0.09, 0.46)},
        gates=("size", "centre"),
        tolerance_deg=4.0,  # a person of 290 pixels in height
    ),
    Case(
        "cut off at the shoulders, two people behind", SHOULDERS_ABOVE, like="S1", refused="people are in the picture"
    ),
    Case(
        "chosen at a place where nobody is",
        LEGS_BELOW,
        trial={"person_at": (0.02, 0.98)},
        refused="at the chosen place",
    ),
    Case("somebody stands nearer and does nothing", BYSTANDER, refused="may not be the one who does the test"),
    Case(
        "somebody stands nearer, but the other one is chosen",
        BYSTANDER,
        trial={"person_at": (0.26, 0.48)},
    ),
    Case(
        "two people side by side who do the same",
        'ffmpeg -i S1 -i S1 -filter_complex "[0:v]crop=640:720:420:0[a];[1:v]crop=600:675:440:30,scale=640:720[b];[b][a]hstack" X a.mp4',
        says=("2 people were in the picture",),
    ),
    Case(
        "somebody in the same clothes walks past in front",
        WALKS_PAST,
        repetitions=2,
        says=("could not be measured",),
    ),
    Case(
        "a lunge of another body, filmed from the side of the rear leg",
        "ffmpeg -i LR -c copy a.mp4",
        stride=1,
        right_deg=0.3,
        tolerance_deg=5.0,  # the model's own error on the rear hip, up to 4.2 degrees in docs/accuracy.md, and some noise
    ),
    Case(
        "the head leaves the picture in the bend",
        "ffmpeg -i S1 -vf crop=740:720:540:0,scale=370:-2 X a.mp4",
        gates=("in_frame",),
        tolerance_deg=4.0,  # without a head to go by, the model places the shoulders less well
    ),
    Case(
        "the feet are not in the picture",
        "ffmpeg -i S1 -vf crop=1280:600:0:0,scale=640:-2 X a.mp4",
        gates=("in_frame",),
        tolerance_deg=2.5,  # without its foot a leg is placed less well in space
    ),
    Case(
        "a second camera in the corner, of another person",
        'ffmpeg -i S1 -i A1 -filter_complex "[1:v]crop=600:720:340:0,scale=120:144[p];[0:v]scale=640:-2[m];[m][p]overlay=10:10:shortest=1" X a.mp4',
        like="S1",
    ),
    Case(
        "a mirror on the wall",
        'ffmpeg -i S1 -filter_complex "[0:v]scale=640:-2,split[a][b];[b]crop=210:320:215:20,hflip,scale=147:224[m];[a][m]overlay=465:20" X a.mp4',
    ),
    Case(
        "cut off at the shoulders, with two strangers behind",
        'ffmpeg -i S1 -i A1 -i C1 -filter_complex "[0:v]scale=1920:-2,crop=960:540:570:330[s];[1:v]crop=420:640:430:40,scale=-2:250[a];[2:v]crop=300:640:490:40,scale=-2:250[c];[s][a]overlay=90:60[x];[x][c]overlay=700:60" X a.mp4',
        refused="may not be the one who does the test",
    ),
    Case(
        "a weight plate in front of the trunk and the hips",
        "ffmpeg -i S1 -vf scale=640:-2,drawbox=x=268:y=140:w=130:h=85:t=fill:c=0x303030 X a.mp4",
        refused="The body points that matter were measured in",
    ),
)

"""The camera: knocked, moved, zoomed and held in the hand; and what is cut, faded or put before and after a recording."""

from __future__ import annotations

from hard_case import Case

ROOM_TO_MOVE = "scale=1480:832,crop=1280:720"
"""The picture cut out of a larger one, so that it can move as if the camera did."""
CARD = "drawtext=text='Toe touch, pre-test':fontsize=90:fontcolor=white:x=(w-text_w)/2:y=(h-text_h)/2"
PLACE = ("were filmed from another place",)

CASES = (
    # The one repetition of S1 begins at 1.2 s; its hold ends at 4.2 s.
    Case(
        "knocked in the hold, and back",
        f"ffmpeg -i S1 -vf \"{ROOM_TO_MOVE}:'60+90*between(t,2.6,3.3)':56\" X a.mp4",
        gates=("static_camera",),
    ),
    Case(
        "slowly panned",
        f"ffmpeg -i S1 -vf \"{ROOM_TO_MOVE}:'36*t':56\" X a.mp4",
        gates=("static_camera",),
    ),
    Case(
        "moved between two repetitions",
        f"ffmpeg -i S -vf \"{ROOM_TO_MOVE}:'60+80*gt(t,5.2)':'56+30*gt(t,5.2)'\" X a.mp4",
        gates=("static_camera",),
    ),
    Case(
        "held in a quiet hand",
        f"ffmpeg -i S1 -vf \"{ROOM_TO_MOVE}:'100+4*sin(t*11)+2*sin(t*5.3)':'56+3*sin(t*8.7)'\" X a.mp4",
    ),
    Case(
        "a lens that breathes as it focuses",
        "ffmpeg -i S1 -vf \"scale=w='trunc(1280*(1+0.02*gt(t,2.4))/2)*2':h=-2:eval=frame,crop=1280:720:'(in_w-out_w)/2':'(in_h-out_h)/2'\" X a.mp4",
    ),
    Case(
        "turned on its stand before the hold",
        "ffmpeg -i S1 -vf \"scale=1480:832,rotate='0.07*gt(t,2)',crop=1280:720\" X a.mp4",
        gates=("static_camera",),
    ),
    Case(
        "a light that is switched on",
        "ffmpeg -i S1 -vf \"eq=brightness='-0.3*lt(t,2)':contrast='1-0.45*lt(t,2)':eval=frame\" X a.mp4",
    ),
    Case(
        "a curtain in the wind",
        "ffmpeg -i S1 -filter_complex \"split[a][b];[b]crop=400:450:0:0[c];[a][c]overlay=x='15*sin(t*3)'\" X a.mp4",
    ),
    Case(
        "a title card with words",
        f'ffmpeg -f lavfi -i color=black:s=1280x720:r=30:d=2 -i S1 -filter_complex "[0]{CARD}[t];[1]fps=30,setsar=1[s];[t][s]concat" X a.mp4',
        says=("The first 2.0 s show another picture, such as a title card: left out.",),
    ),
    Case(
        "an end card with words",
        f'ffmpeg -f lavfi -i color=navy:s=1280x720:r=30:d=2.5 -i S1 -filter_complex "[0]{CARD}[t];[1]fps=30,setsar=1[s];[s][t]concat" X a.mp4',
        says=("such as an end card: left out.",),
    ),
    Case(
        "a title card with words that fades into the recording",
        f'ffmpeg -f lavfi -i color=black:s=1280x720:r=30:d=3,format=yuv420p -i S1 -filter_complex "[0]{CARD},settb=1/30[t];[1]fps=30,settb=1/30,setsar=1,format=yuv420p[s];[t][s]xfade=duration=1:offset=2" X a.mp4',
        says=("such as a title card: left out.",),
    ),
    Case(
        "a card between two repetitions",
        f'ffmpeg -f lavfi -i color=black:s=1280x720:r=30:d=2.2 -i S -filter_complex "[0]{CARD}[t];[1]fps=30,setsar=1,split[a][b];[a]trim=0:5.2,setpts=PTS-STARTPTS[c];[b]trim=5.2,setpts=PTS-STARTPTS[d];[c][t][d]concat=n=3" X a.mp4',
        like="S",
        says=("such as a title card: left out.",),
    ),
    Case(
        "cut to another camera place in the second hold",
        'ffmpeg -i S -filter_complex "split[a][b];[a]trim=0:7.4,setpts=PTS-STARTPTS[c];[b]trim=7.4,setpts=PTS-STARTPTS,scale=1600:900,crop=1280:720:60:150[d];[c][d]concat" X a.mp4',
        repetitions=2,
        says=PLACE,
    ),
    Case(
        "two short scenes from elsewhere before the test",
        'ffmpeg -i A1 -i K1 -i S1 -filter_complex "[0]trim=0:2,hflip,crop=900:506,scale=1280:720,fps=30,setsar=1[a];[1]trim=0:2,setpts=PTS-STARTPTS,fps=30,setsar=1[b];[2]fps=30,setsar=1[c];[a][b][c]concat=n=3" X a.mp4',
        like="S1",
        says=PLACE,
    ),
    Case(
        "somebody who faces the camera first, and then turns for the test",
        'ffmpeg -i A1 -i S1 -filter_complex "[0]trim=0:2,fps=30,setsar=1[a];[1]fps=30,setsar=1[b];[a][b]concat" X a.mp4',
        like="S1",
    ),
    Case(
        "a photograph of somebody as title card",
        'ffmpeg -i A1 -frames:v 1 -vf hflip,crop=900:506,scale=1280:720 p.png; ffmpeg -loop 1 -t 2 -i p.png -i S1 -filter_complex "[0]fps=30,setsar=1,format=yuv420p[t];[1]fps=30,setsar=1[s];[t][s]concat" X a.mp4',
        like="S1",
        says=("such as a title card: left out.",),
    ),
    Case(
        "a phone held upright in the same place",
        "ffmpeg -i S1 -vf crop=720:720,pad=720:1280:0:280:gray X a.mp4",
    ),
    Case(
        "lying, with a phone held upright",
        "ffmpeg -i K1 -vf scale=960:540,crop=720:540,pad=720:1280:0:500:gray X a.mp4",
    ),
)

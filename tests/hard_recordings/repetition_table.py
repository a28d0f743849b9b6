"""The way people move: how often, how far back, how steadily."""

from __future__ import annotations

from hard_case import Case

from posecheck.kinematics.joints import Side

CASES = (
    # Read picture by picture: with fewer, the model loses the person in the jump, and the gap hides the matter.
    Case(
        "comes up only part of the way between repetitions",
        "ffmpeg -i S -vf \"select='lt(t,5.17)+between(t,6.6,10.37)+gte(t,11.8)',setpts=N/30/TB\" X i1.mp4",
        stride=1,
    ),
    Case(
        "comes up part of the way, and is out of sight at the end",
        "ffmpeg -i S -f lavfi -i color=black:s=1280x720:r=30:d=1 -filter_complex \"[0:v]select='lt(t,5.17)+between(t,6.6,10.37)+between(t,11.8,15.5)',setpts=N/30/TB[a];[a][1:v]concat=n=2\" X i7.mp4",
        stride=1,
    ),
    Case(
        "steps into position on camera",
        "ffmpeg -i S -vf \"select='lt(t,5.03)+between(t,6.76,10.23)+gte(t,11.97)',setpts=N/30/TB\" X a.mp4",
        stride=1,
    ),
    Case(
        "a long hold that sinks slowly",
        "ffmpeg -i S -vf \"setpts='if(lt(T,4.3),PTS,if(lt(T,4.6),(4.3+(T-4.3)*40)/TB,(16.3+(T-4.6))/TB))',fps=30,trim=0:17.5\" X d2.mp4",
        like="S1",
        repetitions=1,
    ),
    Case(
        "a half-hearted try before the first repetition",
        'ffmpeg -i S -filter_complex "[0:v]scale=640:-2,split=3[a][b][c];[a]trim=0:1.7[d];[b]trim=1.1:1.7,reverse,setpts=PTS-STARTPTS[e];[c]trim=1:15.9,setpts=PTS-STARTPTS[f];[d][e][f]concat=n=3" X a.mp4',
        stride=2,
        says=("less than half as far as the others",),
    ),
    Case(
        "begins in the middle of a hold",
        "ffmpeg -ss 3.2 -i S -t 7.5 -vf scale=640:-2 X a.mp4",
        like="S1",
        says=("the recording begins in the middle of it",),
    ),
    Case(
        "ends in the middle of a hold",
        "ffmpeg -i S -t 8.4 -vf scale=640:-2 X a.mp4",
        like="S1",
        says=("the recording ends in the middle of it",),
    ),
    Case(
        "too quick to hold",
        "ffmpeg -i S -vf setpts=0.4*PTS,fps=30,scale=640:-2 X a.mp4",
        says=("had no hold of 1.5 s",),
        stride=1,
        tolerance_deg=4.0,  # a peak in passing: the pictures a third of a second about it show another posture
    ),
    Case(
        "stops half way down for two seconds",
        "ffmpeg -i S1 -vf \"setpts='if(lt(T,1.8),PTS,PTS+2/TB)',fps=30,scale=640:-2,noise=alls=6:allf=t\" X a.mp4",
    ),
    Case(
        "somebody walks past in front during the hold",
        "ffmpeg -i S1 -vf \"scale=640:-2,drawbox=x='(t-2.6)*1400':y=0:w=150:h=ih:t=fill:c=navy\" X a.mp4",
    ),
    Case(
        "the picture is black for a moment during the hold",
        "ffmpeg -i S1 -vf \"scale=640:-2,drawbox=t=fill:c=black:enable='between(t,3.1,3.4)'\" X a.mp4",
    ),
    Case(
        "a long wait before and after",
        "ffmpeg -i S1 -vf scale=640:-2,fps=12,tpad=start_mode=clone:start_duration=8:stop_mode=clone:stop_duration=8 X a.mp4",
        stride=1,
    ),
    Case(
        "twice three repetitions in one recording",
        "ffmpeg -stream_loop 1 -i S -vf fps=12,scale=640:-2 X a.mp4",
        stride=1,
        repetitions=6,
    ),
    Case(
        "the picture stalls half way down, as in a video call",
        'ffmpeg -i S -filter_complex "[0:v]scale=640:-2,split=3[a][b][c];[a]trim=0:1.9,setpts=PTS-STARTPTS[x];[b]trim=1.9:1.94,setpts=PTS-STARTPTS,tpad=stop_mode=clone:stop_duration=2.8[y];[c]trim=4.74,setpts=PTS-STARTPTS[z];[x][y][z]concat=n=3" X a.mp4',
        repetitions=2,
        says=("The picture stood still for 2.",),
    ),
    Case(
        "the picture stands still before the recording begins",
        "ffmpeg -i S1 -vf scale=640:-2,tpad=start_mode=clone:start_duration=4 X a.mp4",
        says=("The picture stood still for",),
    ),
    Case(
        "bounces at the end of the movement",
        'ffmpeg -i S1 -filter_complex "[0:v]scale=640:-2,split=5[a][b][c][d][e];[a]trim=0:4.5,setpts=PTS-STARTPTS[A];[b]trim=4.2:4.5,reverse,setpts=PTS-STARTPTS[B];[c]trim=4.2:4.5,setpts=PTS-STARTPTS[C];[d]trim=4.2:4.5,reverse,setpts=PTS-STARTPTS[D];[e]trim=4.2,setpts=PTS-STARTPTS[E];[A][B][C][D][E]concat=n=5" X a.mp4',
    ),
    Case(
        "a part in slow motion, as phones make it",
        "ffmpeg -i S1 -vf \"setpts='if(lt(T,2),PTS,if(lt(T,4),(2+(T-2)*4)/TB,(10+(T-4))/TB))',minterpolate=fps=15:mi_mode=blend,scale=640:-2\" X a.mp4",
        stride=1,
    ),
    Case(
        "the knee to chest, given as a straight-leg raise",
        "ffmpeg -i K1 -c copy a.mp4",
        movement="active-straight-leg-raise",
        side=Side.LEFT,
        refused="It shows: Single knee to chest, left knee up.",
    ),
    # The trunk moves and the leg lies still; told that the picture is right as it is.
    Case(
        "a sit-up given as knee to chest",
        "ffmpeg -i S1 -vf transpose=1,scale=-2:640 X a.mp4",
        movement="knee-to-chest",
        side=Side.LEFT,
        video={"rotate_deg": 0},
        refused="the trunk came up from the floor",
    ),
)

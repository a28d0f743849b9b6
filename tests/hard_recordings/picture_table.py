"""The picture: which way up it is, its shape, its light and colours, and a camera that moves."""

from __future__ import annotations

from hard_case import Case

TURNED = (
    ("to the right", "transpose=1", 270),
    ("to the left", "transpose=2", 90),
    ("upside down", "hflip,vflip", 180),
)
"""In words, as FFmpeg's filter, and the clockwise turn that undoes it."""

CASES = (
    # Light and colour.
    Case(
        "near-dark",
        "ffmpeg -i S1 -vf scale=640:-2,eq=brightness=-0.42 X a.mp4",
        gates=("light",),
        says=("mean brightness",),
    ),
    Case("far too bright", "ffmpeg -i S1 -vf scale=640:-2,eq=brightness=0.35 X a.mp4"),
    Case("grey", "ffmpeg -i S1 -vf scale=640:-2,format=gray -pix_fmt gray X a.mp4"),
    Case("full range", "ffmpeg -i S1 -vf scale=640:-2:out_range=full -pix_fmt yuvj420p X a.mp4"),
    Case(
        "HDR of the kind PQ",
        "ffmpeg -i S1 -vf scale=640:-2,zscale=tin=bt709:min=bt709:pin=bt709:t=smpte2084:m=bt2020nc:p=bt2020:npl=200,format=yuv420p10le -color_trc smpte2084 -color_primaries bt2020 -colorspace bt2020nc -c:v libx265 -preset ultrafast -crf 20 a.mp4",
    ),
    Case("flickering light", "ffmpeg -i S1 -vf \"scale=640:-2,eq=brightness='0.15*sin(43*t)':eval=frame\" X a.mp4"),
    Case("4:2:2 with 10 bits", "ffmpeg -i S1 -vf scale=640:-2 -pix_fmt yuv422p10le X a.mp4"),
    Case(
        "noise of a small sensor",
        "ffmpeg -i S1 -vf scale=640:-2,noise=alls=20:allf=t -c:v libx264 -preset ultrafast -crf 28 a.mp4",
    ),
    Case("out of focus", "ffmpeg -i S1 -vf scale=640:-2,gblur=2.5 X a.mp4"),
    # Which way up it is, without a word from the file.
    *(
        Case(f"{source} turned {how}, not told", f"ffmpeg -i {source} -vf scale=640:-2,{turn} X a.mp4", refused=words)
        for source, words in (
            ("S1", "“Toe touch” is done standing"),
            ("K1", "“Single knee to chest” is done lying on the back"),
        )
        for how, turn, _ in TURNED
    ),
    *(
        Case(
            f"{source} turned {how}, and turned back",
            f"ffmpeg -i {source} -vf scale=640:-2,{turn} X a.mp4",
            video={"rotate_deg": back_deg},
        )
        for source in ("S1", "K1", "A1")
        for how, turn, back_deg in TURNED
    ),
    # A camera that moves, and what is put before and after a recording.
    Case(
        "a knock when the record button is tapped",
        "ffmpeg -i S -vf \"scale=1480:832,crop=1280:720:'100+90*exp(-t*6)':'56+40*exp(-t*6)',scale=640:-2\" X s5.mp4",
    ),
    Case(
        "a knock between two repetitions",
        "ffmpeg -i S -vf \"scale=1480:832,crop=1280:720:'100+60*exp(-abs(t-6)*8)':'56+30*exp(-abs(t-6)*8)',scale=640:-2\" X a.mp4",
    ),
    Case(
        "fades in and out",
        "ffmpeg -i S -vf scale=640:-2,fade=in:d=0.8,fade=out:st=15.5:d=0.8 X a.mp4",
        says=("as in a fade: left out",),
    ),
    Case(
        "an end card of 2.5 seconds",
        'ffmpeg -i S1 -f lavfi -i color=navy:s=640x360:r=30:d=2.5 -filter_complex "[0:v]scale=640:360,setsar=1[a];[a][1:v]concat=n=2" X a.mp4',
        says=("left out",),
    ),
    Case(
        "a white title card that dissolves into the recording",
        'ffmpeg -i S1 -f lavfi -i color=white:s=640x360:r=30:d=2 -filter_complex "[0:v]scale=640:360,setsar=1,fps=30,settb=1/30[a];[1:v]settb=1/30[b];[b][a]xfade=duration=0.5:offset=1.5" X a.mp4',
    ),
    Case(
        "a camera that sinks slowly all the time",
        "ffmpeg -i S -vf \"scale=1480:832,crop=1280:720:100:'20+5*t',scale=640:-2\" X a.mp4",
        gates=("static_camera",),
        says=("background moved",),
    ),
    # Shape.
    Case("odd size", "ffmpeg -i S1 -vf scale=641:361 -pix_fmt yuv444p X a.mp4"),
    Case("oblong pixels", "ffmpeg -i S1 -vf scale=480:576,setsar=32/15 X a.mp4"),
    Case("wide pixels in MPEG-2", "ffmpeg -i K1 -vf scale=720:576,setdar=16/9 -c:v mpeg2video -q:v 3 a.mpg"),
    Case("black bars above and below", "ffmpeg -i K1 -vf scale=640:-2,pad=640:480:0:60 X a.mp4", stride=2),
    Case("black bars left and right", "ffmpeg -i S1 -vf scale=640:-2,pad=900:360:130:0 X a.mp4"),
    Case("portrait", "ffmpeg -i S1 -vf crop=406:720 X a.mp4"),
    Case(
        "the same place with the phone upright", "ffmpeg -i S1 -vf crop=720:720,pad=720:1280:0:280 X a.mp4", alike=True
    ),
    Case(
        "a landscape video within a portrait one",
        "ffmpeg -i K1 -vf scale=540:-2,pad=540:960:0:328 X a.mp4",
    ),
    Case("a small picture", "ffmpeg -i S1 -vf scale=320:180 X a.mp4"),
    Case("4K", "ffmpeg -i S1 -vf fps=12,scale=3840:-2 -c:v libx264 -preset ultrafast a.mp4", stride=1),
    Case(
        "a picture that grows from 4:3 to 16:9",
        'ffmpeg -i K1 -t 1 -vf "crop=960:720,scale=640:480" X a.ts; ffmpeg -ss 1 -i K1 X -output_ts_offset 1 b.ts; cat a.ts b.ts > c.ts',
        says=("The picture changes its size: 640x480, then 1280x720 from 1.0 s on", "2 clips one after another"),
    ),
    Case(
        "a picture that shrinks",
        "ffmpeg -i S1 -t 2 X a.ts; ffmpeg -ss 2 -i S1 -vf scale=640:-2 X b.ts; cat a.ts b.ts > c.ts",
        says=("The picture changes its size", "2 clips one after another"),
    ),
    Case(
        "a phone that is turned before the movement",
        "ffmpeg -i S1 -t 0.8 -vf crop=720:720,pad=720:1280:0:280 X a.ts; ffmpeg -ss 0.8 -i S1 X b.ts; cat a.ts b.ts > c.ts",
        says=("The picture changes its size", "2 clips one after another"),
    ),
    Case(
        "a browser recording that grows, VP8",
        "ffmpeg -i S1 -t 1.5 -vf scale=320:-2 -c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M a.webm; ffmpeg -ss 1.5 -i S1 -vf scale=640:-2 -c:v libvpx -deadline realtime -cpu-used 8 -b:v 2M b.webm; cat a.webm b.webm > c.webm",
        says=("The picture changes its size", "2 clips one after another"),
    ),
    Case(
        "interlaced",
        "ffmpeg -i S1 -vf fps=50,scale=960:-2,tinterlace=interleave_top,setsar=1 -r 25 -flags +ilme+ildct X a.mp4",
        stride=1,
        says=("The video is interlaced",),
    ),
    Case(
        "interlaced without being marked",
        "ffmpeg -i K1 -vf fps=50,scale=960:-2,tinterlace=interleave_bottom,setsar=1 -r 25 X a.mp4",
        stride=1,
        says=("The video is interlaced",),
    ),
    Case("marked as interlaced, and is not", "ffmpeg -i S1 -vf scale=640:-2,setfield=tff -flags +ildct+ilme X a.mp4"),
    Case(
        "a clock in the corner",
        'ffmpeg -i S1 -f lavfi -i testsrc=s=160x90:r=30:d=6 -filter_complex "[0:v]scale=640:-2[a];[a][1:v]overlay=shortest=1" X a.mp4',
    ),
    Case(
        "a round picture, as messengers make it",
        "ffmpeg -i S1 -vf \"crop=720:720:280:0,scale=360:360,format=yuv420p,geq=lum='if(lt(hypot(X-180,Y-180),179),lum(X,Y),255)':cb='if(lt(hypot(X-90,Y-90),89),cb(X,Y),128)':cr='if(lt(hypot(X-90,Y-90),89),cr(X,Y),128)'\" X a.mp4",
    ),
    Case(
        "bars filled with the picture itself, out of focus",
        'ffmpeg -i S1 -filter_complex "[0:v]scale=640:-2,split[a][b];[a]crop=203:360,scale=640:-2,crop=640:360,boxblur=10[bg];[b]crop=300:360[fg];[bg][fg]overlay=(W-w)/2:0" X a.mp4',
    ),
    Case(
        "a lens that breathes with its focus",
        "ffmpeg -i S1 -vf \"scale=w='2*trunc(640*(1.05+0.02*sin(t*4))/2)':h='2*trunc(360*(1.05+0.02*sin(t*4))/2)':eval=frame,crop=640:360\" X a.mp4",
    ),
    Case(
        "a wide-angle lens",
        "ffmpeg -i S1 -vf scale=640:-2,lenscorrection=k1=0.22:k2=0.05 X a.mp4",
        stride=2,
        tolerance_deg=2.5,  # a lens that bends lines bends the angles between them
    ),
)

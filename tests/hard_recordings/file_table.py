"""The file: containers, codecs, times and what else phones, browsers and cameras write."""

from __future__ import annotations

from hard_case import Case

CASES = (
    # Turned and mirrored by the file, as phones do.
    Case(
        "HEVC with 10 bits, HLG, turned by the file",
        "ffmpeg -i S1 -vf scale=640:-2,transpose=1 -c:v libx265 -preset ultrafast -crf 20 -pix_fmt yuv420p10le -color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc -tag:v hvc1 a.mp4; matrix 0 -1 1 0 a.mp4 > b.mp4",
    ),
    Case(
        "turned by 90 degrees by the file",
        "ffmpeg -i K1 -vf scale=640:-2,transpose=2 X a.mov; matrix 0 1 -1 0 a.mov > b.mov",
    ),
    Case(
        "turned by 270 degrees by the file",
        "ffmpeg -i K1 -vf scale=640:-2,transpose=1 X a.mp4; matrix 0 -1 1 0 a.mp4 > b.mp4",
    ),
    Case(
        "upside down by the file", "ffmpeg -i K1 -vf scale=640:-2,hflip,vflip X a.mp4; matrix -1 0 0 -1 a.mp4 > b.mp4"
    ),
    Case("mirrored by the file", "ffmpeg -i K1 -vf scale=640:-2,hflip X a.mp4; matrix -1 0 0 1 a.mp4 > b.mp4"),
    Case(
        "flipped from top to bottom by the file",
        "ffmpeg -i K1 -vf scale=640:-2,vflip X a.mp4; matrix 1 0 0 -1 a.mp4 > b.mp4",
    ),
    Case(
        "turned and mirrored by the file",
        "ffmpeg -i K1 -vf scale=640:-2,transpose=0 X a.mp4; matrix 0 1 1 0 a.mp4 > b.mp4",
    ),
    Case(
        "a selfie, mirrored without a tag, with the option",
        "ffmpeg -i K1 -vf scale=640:-2,hflip X a.mp4",
        video={"mirror": True},
    ),
    # Times.
    Case("an edit list that trims the start", "ffmpeg -ss 0.35 -i S1 -c copy a.mp4"),
    Case(
        "an edit list that starts late",
        "ffmpeg -f lavfi -i sine -itsoffset 1.2 -i S1 -map 0:a -map 1:v -c:v copy -c:a aac -t 6.6 a.mp4",
    ),
    Case(
        "MPEG-TS whose times wrap around", "ffmpeg -i S1 -vf scale=640:-2 X -output_ts_offset 95440.7 -muxdelay 0 a.ts"
    ),
    Case("negative times", "ffmpeg -itsoffset -0.7 -i S1 -c copy -avoid_negative_ts disabled a.mp4"),
    Case(
        "variable rate",
        "ffmpeg -i S1 -vf \"select='not(mod(n,3))+lt(mod(n,50),25)',scale=640:-2\" -vsync vfr X a.mp4",
        stride=1,
    ),
    Case(
        "a pause of four seconds while standing",
        "ffmpeg -i S1 -vf \"setpts='if(gt(T,0.6),PTS+4/TB,PTS)',scale=640:-2\" -vsync vfr X a.mp4",
    ),
    Case(
        "240 pictures a second", "ffmpeg -i S1 -vf scale=480:-2,fps=240 -c:v libx264 -preset ultrafast a.mp4", stride=16
    ),
    Case("12 pictures a second", "ffmpeg -i S1 -vf fps=12,scale=640:-2 X a.mp4", stride=1),
    Case("slow motion", "ffmpeg -i S1 -vf setpts=2.5*PTS,fps=30,scale=640:-2 X a.mp4"),
    # Pictures that rest on others.
    Case(
        "open groups of pictures",
        "ffmpeg -i S1 -vf scale=640:-2 X -x264-params open-gop=1:keyint=20:min-keyint=20:scenecut=0:bframes=3 a.mp4",
    ),
    Case(
        "begins within an open group of pictures",
        "ffmpeg -i S1 -vf scale=640:-2 X -x264-params open-gop=1:keyint=10:min-keyint=10:scenecut=0:bframes=3 a.ts; keep -0.97 a.ts > b.ts",
    ),
    Case("one whole picture for the whole recording", "ffmpeg -i S1 -vf scale=640:-2 X -g 9999 -bf 8 a.mkv"),
    Case(
        "very low bit rate",
        "ffmpeg -i S1 -vf scale=640:-2 -c:v libx264 -preset veryfast -b:v 120k -maxrate 120k -bufsize 60k a.mp4",
    ),
    # Tracks.
    Case(
        "two video tracks",
        "ffmpeg -i S1 -f lavfi -i testsrc=s=320x180:r=30:d=5 -map 0:v -map 1:v -c:v:0 copy -c:v:1 libx264 a.mp4",
    ),
    Case(
        "two video tracks, the second is the default",
        "ffmpeg -f lavfi -i testsrc=s=320x180:r=30:d=5 -i S1 -map 0:v -map 1:v -c:v:0 libx264 -c:v:1 copy -disposition:v:0 0 -disposition:v:1 default a.mkv",
    ),
    Case(
        "a cover picture before the video",
        "ffmpeg -f lavfi -i testsrc=s=1920x1080:d=1 -frames:v 1 c.jpg; ffmpeg -i S1 -i c.jpg -map 1:v -map 0:v -c copy -disposition:v:0 attached_pic a.mp4",
    ),
    Case(
        "sound, chapters, subtitles and a time code",
        "ffmpeg -i S1 -f lavfi -i sine=d=5 -timecode 01:00:00:00 -c:v copy -c:a aac a.mov",
    ),
    # Containers.
    Case("fragmented MP4", "ffmpeg -i S1 -c copy -movflags frag_keyframe+empty_moov+default_base_moof a.mp4"),
    Case(
        "a fragmented MP4 whose copy was not finished",
        "ffmpeg -i S1 -c copy -movflags frag_keyframe+empty_moov+default_base_moof -frag_duration 500000 a.mp4; keep 0.93 a.mp4 > b.mp4",
        says=("damaged picture",),
    ),
    Case(
        "WebM without duration",
        "ffmpeg -i S1 -vf fps=15,scale=480:-2 -c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M -live 1 a.webm",
        stride=1,
    ),
    Case("VP9", "ffmpeg -i S1 -vf scale=640:-2 -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 1M a.webm"),
    Case("AV1", "ffmpeg -i S1 -vf scale=640:-2 -c:v libsvtav1 -preset 12 a.mp4"),
    Case("GIF", "ffmpeg -i S1 -vf fps=12.5,scale=480:-1 a.gif", stride=1),
    Case("MPEG-2", "ffmpeg -i S1 -vf scale=640:-2 -c:v mpeg2video -q:v 3 a.mpg"),
    Case("AVI without presentation times, B-frames", "ffmpeg -i S1 -vf scale=640:-2 X -bf 3 a.avi"),
    Case("MPEG-4 in AVI", "ffmpeg -i S1 -vf scale=640:-2 -c:v mpeg4 -q:v 3 -bf 2 a.avi"),
    Case("Motion JPEG in AVI", "ffmpeg -i S1 -vf scale=640:-2 -c:v mjpeg -q:v 4 a.avi"),
    Case("Windows Media Video", "ffmpeg -i S1 -vf scale=640:-2 -c:v wmv2 -q:v 3 a.wmv"),
    Case("H.263 of an old phone", "ffmpeg -i S1 -vf scale=704:576,setsar=16/11 -c:v h263 -q:v 3 a.3gp"),
    Case("ProRes 4:2:2", "ffmpeg -i S1 -vf fps=15,scale=480:-2 -c:v prores_ks -profile:v 0 a.mov", stride=1),
    Case(
        "ProRes 4444 with alpha",
        "ffmpeg -i S1 -vf fps=15,scale=480:-2,format=yuva444p10le -c:v prores_ks -profile:v 4444 a.mov",
        stride=1,
    ),
    Case("lossless RGB with alpha", "ffmpeg -i S1 -vf scale=480:-2,format=argb,fps=15 -c:v qtrle a.mov", stride=1),
    Case("a wrong ending", "ffmpeg -i S1 -c copy -f mp4 a.avi"),
    Case(
        "a name with signs that mean something elsewhere",
        "ffmpeg -i S1 -c copy a.mp4; cat a.mp4 > 'Überprüfung #2 100%03d [a].mp4'",
    ),
    # Clips joined byte by byte: their times begin anew.
    *(
        Case(
            f"two clips joined by cat, {ending}",
            f"ffmpeg -i S -t 8 -vf scale=640:-2 X a.{ending}; ffmpeg -ss 8 -i S -vf scale=640:-2 X b.{ending}; cat a.{ending} b.{ending} > c.{ending}",
            says=("2 clips one after another",),
        )
        for ending in ("ts", "mp4")
    ),
    Case(
        "two clips joined by cat, AVI",
        "ffmpeg -i S1 -t 2 -vf scale=640:-2 X a.avi; ffmpeg -ss 2 -i S1 -vf scale=640:-2 X b.avi; cat a.avi b.avi > c.avi",
    ),
    Case(
        "a clock that jumps by ten hours",
        "ffmpeg -i S1 -t 2 -vf scale=640:-2 X a.ts; ffmpeg -ss 2 -i S1 -vf scale=640:-2 X -output_ts_offset 36000 b.ts; cat a.ts b.ts > c.ts",
        says=("2 clips one after another",),
    ),
    Case(
        "slow motion that ends before the movement",
        "ffmpeg -i S1 -vf \"scale=480:-2,fps=240,select='lt(t,0.5)+not(mod(n,8))'\" -vsync vfr X a.mp4",
        stride=None,
    ),
    Case(
        "a stream without a file around it", "ffmpeg -i S1 -vf scale=640:-2 X a.h264", says=("The file gives no times",)
    ),
    Case(
        "two clips joined by cat, fragmented MP4",
        "ffmpeg -i S1 -t 2 -vf scale=640:-2 X -movflags frag_keyframe+empty_moov a.mp4; ffmpeg -ss 2 -i S1 -vf scale=640:-2 X -movflags frag_keyframe+empty_moov b.mp4; cat a.mp4 b.mp4 > c.mp4",
        says=("2 clips one after another",),
    ),
    Case(
        "two clips joined by cat, Matroska, made with different settings",
        "ffmpeg -i S1 -t 2 -vf scale=640:-2 X a.mkv; ffmpeg -ss 2 -i S1 -vf scale=480:-2 -c:v libx264 -preset ultrafast -crf 18 b.mkv; cat a.mkv b.mkv > c.mkv",
        says=("2 clips one after another", "The picture changes its size"),
    ),
    Case(
        "times that tremble, as of a busy phone",
        "ffmpeg -i S1 -vf settb=1/1000,setpts=PTS+8*sin(N*2.1)+6*sin(N*0.7),scale=640:-2 -fps_mode passthrough -enc_time_base 1/1000 X a.mkv",
        stride=1,
    ),
    Case(
        "pictures stored in pairs, a thousandth of a second apart",
        'ffmpeg -i S1 -bf 0 -vf scale=640:-2 X a.mkv; ffmpeg -i a.mkv -c copy -bsf:v "setts=pts=PTS-mod(N\\\\,2)*33" b.mkv',
        stride=1,
    ),
    Case(
        "an AVI of a camcorder that was switched off: no index, no end",
        "ffmpeg -i S -t 9 -vf scale=640:-2 -c:v mjpeg -q:v 4 a.avi; keep 0.7 a.avi > b.avi",
        like="S1",
        stride=1,
    ),
)

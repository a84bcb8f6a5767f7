//! Awkward files, as people have them: each becomes something to watch, or says clearly why not.

#![allow(clippy::unwrap_used, reason = "a test")]

#[path = "corpus/broken.rs"]
mod broken;
#[path = "corpus/clips.rs"]
mod clips;
mod media;
#[path = "corpus/ready.rs"]
mod ready;

use domain::video::Hdr;
use media::studio::Studio;
use ready::ready;

/// A small moving picture, one that is large enough for two renditions, and sound: a flash and a click at second two.
const PICTURE: &str = "-f lavfi -i testsrc2=s=320x180:r=25:d=5,FLASH";
const WIDE: &str = "-f lavfi -i testsrc2=s=854x480:r=25:d=5,FLASH";
const SOUND: &str = "-f lavfi -i CLICK:d=5";
/// As quickly as can be.
const H264: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
const ONE: &[&str] = &["180p"];
const TWO: &[&str] = &["480p", "360p"];

fn made(options: &str) -> Studio {
    let studio = Studio::new();
    studio.make(&spelled_out(options));
    studio
}

fn spelled_out(options: &str) -> String {
    let options = options.replace("PICTURE", PICTURE).replace("WIDE", WIDE).replace("SOUND", SOUND);
    let options = options.replace("FLASH", "drawbox=t=fill:color=white:enable=between(t\\,2\\,2.4)");
    let click = "aevalsrc=if(between(t\\,2\\,2.4)\\,sin(2*PI*1000*t)/2\\,0):s=48000";
    options.replace("CLICK", click).replace("H264", H264)
}

/// A test of each row: its name, how the file is made, what becomes of it.
macro_rules! corpus {
    ($($name:ident: $options:expr => $ready:expr;)*) => {
        $(#[tokio::test]
        async fn $name() {
            $ready.from(stringify!($name), &made($options)).await;
        })*
    };
}

corpus! {
    h264_and_aac_in_mp4: "WIDE SOUND H264 -c:a aac -ac 2 -f mp4" => ready(854, 480, TWO);
    an_index_in_front: "PICTURE SOUND H264 -c:a aac -ac 2 -movflags +faststart -f mp4" => ready(320, 180, ONE);
    h264_and_pcm_in_avi: "PICTURE SOUND H264 -c:a pcm_s16le -ac 2 -f avi" => ready(320, 180, ONE);
    prores_and_pcm_in_mov: "WIDE SOUND -c:v prores_ks -c:a pcm_s24le -ac 2 -f mov" => ready(854, 480, TWO);
    hevc_of_10_bits_and_opus_in_mkv:
        "WIDE SOUND -c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -c:a libopus -ac 2 -f matroska"
        => ready(854, 480, TWO);
    hevc_in_mp4:
        "PICTURE SOUND -c:v libx265 -preset ultrafast -tag:v hvc1 -c:a aac -ac 2 -f mp4" => ready(320, 180, ONE);
    vp9_in_webm:
        "WIDE SOUND -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus -ac 2 -f webm"
        => ready(854, 480, TWO);
    av1_of_10_bits_in_mkv:
        "PICTURE SOUND -c:v libsvtav1 -preset 12 -pix_fmt yuv420p10le -c:a flac -ac 2 -f matroska"
        => ready(320, 180, ONE);
    av1_in_mp4:
        "PICTURE SOUND -c:v libsvtav1 -preset 12 -c:a aac -ac 2 -f mp4" => ready(320, 180, ONE);
    mpeg2_in_a_program_stream:
        "PICTURE SOUND -c:v mpeg2video -q:v 3 -c:a mp2 -ac 2 -f vob" => ready(320, 180, ONE);
    mpeg2_and_pcm_in_mxf:
        "PICTURE SOUND -c:v mpeg2video -q:v 3 -c:a pcm_s16le -ac 2 -f mxf" => ready(320, 180, ONE);
    mpeg4_and_mp3_in_avi: "PICTURE SOUND -c:v mpeg4 -c:a libmp3lame -ac 2 -f avi" => ready(320, 180, ONE);
    windows_media: "PICTURE SOUND -c:v wmv2 -b:v 1M -c:a wmav2 -ac 2 -f asf" => ready(320, 180, ONE);
    theora_and_vorbis_in_ogg:
        "PICTURE SOUND -c:v libtheora -q:v 7 -c:a libvorbis -ac 2 -f ogg" => ready(320, 180, ONE);
    an_old_phone:
        "-f lavfi -i testsrc2=s=176x144:r=15:d=5,FLASH SOUND -c:v h263 -c:a aac -ar 16000 -ac 1 -f 3gp"
        => ready(176, 144, &["144p"]).mono().at(15, 1);
    h264_in_flv: "PICTURE SOUND H264 -c:a aac -ac 2 -f flv" => ready(320, 180, ONE);
    h264_in_a_transport_stream: "WIDE SOUND H264 -c:a aac -ac 2 -f mpegts" => ready(854, 480, TWO);
    an_animated_gif: "-f lavfi -i testsrc2=s=320x180:r=10:d=5 -f gif" => ready(320, 180, ONE).silent().at(10, 1);
    a_screen_recording_of_one_frame_a_second:
        "-f lavfi -i testsrc2=s=640x360:r=1:d=6 H264 -f mp4" => ready(640, 360, &["360p"]).silent().lasts(6.0).at(5, 1);
    ntsc_at_59_94:
        "-f lavfi -i testsrc2=s=854x480:r=60000/1001:d=5,FLASH SOUND H264 -c:a aac -ac 2 -f mp4"
        => ready(854, 480, TWO).at(60_000, 1001);
    a_film_at_23_976:
        "-f lavfi -i testsrc2=s=854x480:r=24000/1001:d=9,FLASH -f lavfi -i CLICK:d=9 H264 -c:a aac -ac 2 -f matroska"
        => ready(854, 480, TWO).lasts(9.0).at(24_000, 1001);
    a_phone_at_120_frames:
        "-f lavfi -i testsrc2=s=320x180:r=120:d=5,FLASH SOUND H264 -c:a aac -ac 2 -f mp4"
        => ready(320, 180, ONE).at(60, 1);
    a_variable_rate:
        "WIDE SOUND -vf select=lt(n\\,60)+not(mod(n\\,4)) -fps_mode vfr H264 -c:a aac -ac 2 -f mp4"
        => ready(854, 480, TWO).at(20, 1);
    a_variable_rate_in_mkv:
        "PICTURE SOUND -vf select=lt(n\\,60)+not(mod(n\\,4)) -fps_mode vfr H264 -c:a libopus -ac 2 -f matroska"
        => ready(320, 180, ONE);
    one_pixel: "-f lavfi -i color=red:s=2x2:r=25:d=5,format=gray,crop=1:1 -c:v ffv1 -f matroska" => ready(2, 2, &["2p"]).silent();
    odd_sides_and_full_chroma:
        "-f lavfi -i testsrc2=s=321x241:r=25:d=5,FLASH SOUND -c:v libx264 -preset ultrafast -pix_fmt yuv444p -c:a aac -ac 2 -f mp4"
        => ready(320, 240, &["240p"]);
    upright: "-f lavfi -i testsrc2=s=480x854:r=25:d=5,FLASH SOUND H264 -c:a aac -ac 2 -f mp4" => ready(480, 854, TWO);
    upright_and_odd: "-f lavfi -i testsrc2=s=271x481:r=25:d=5 -c:v ffv1 -f matroska" => ready(270, 480, &["270p"]).silent();
    grey: "PICTURE -c:v ffv1 -pix_fmt gray -f matroska" => ready(320, 180, ONE).silent();
    full_range: "PICTURE -c:v mjpeg -pix_fmt yuvj420p -f matroska" => ready(320, 180, ONE).silent();
    red_green_and_blue: "PICTURE -c:v libx264rgb -preset ultrafast -f matroska" => ready(320, 180, ONE).silent();
    see_through:
        "PICTURE -vf format=yuva444p10le,colorchannelmixer=aa=0.5 -c:v prores_ks -profile:v 4444 -f mov"
        => ready(320, 180, ONE).silent();
    oblong_pixels: "-f lavfi -i testsrc2=s=720x576:r=25:d=5 -vf setsar=64/45 H264 -f mp4" => ready(854, 480, TWO).silent();
    cinema:
        "-f lavfi -i testsrc2=s=1280x534:r=24:d=5 H264 -f mp4"
        => ready(1280, 534, &["720p", "480p", "360p"]).silent();
    slides_that_hardly_move:
        "-f lavfi -i color=white:s=1280x720:r=25:d=5,drawbox=x=100:y=100:w=500:h=40:color=black:t=fill H264 -f mp4"
        => ready(1280, 720, &["720p", "360p"]).silent();
    five_point_one: "WIDE SOUND H264 -c:a ac3 -ac 6 -f matroska" => ready(854, 480, TWO);
    seven_point_one: "PICTURE SOUND H264 -c:a pcm_s16le -ac 8 -f mov" => ready(320, 180, ONE);
    mono: "PICTURE SOUND H264 -c:a aac -ac 1 -f mp4" => ready(320, 180, ONE).mono();
    eight_thousand_samples_a_second: "PICTURE SOUND H264 -c:a pcm_s16le -ar 8000 -f mov" => ready(320, 180, ONE).mono();
    ninety_six_thousand_samples_a_second:
        "PICTURE SOUND H264 -c:a flac -ar 96000 -ac 2 -f matroska" => ready(320, 180, ONE);
    no_sound: "WIDE H264 -f mp4" => ready(854, 480, TWO).silent();
    sound_that_holds_nothing:
        "PICTURE SOUND H264 -c:a aac -ac 2 -f matroska ;; -i {before} -map 0:v -map 0:a -c copy -bsf:a noise=drop=1 -f matroska"
        => ready(320, 180, ONE).silent().warned();
    sound_alone: "SOUND -c:a aac -ac 2 -f mp4" => ready(0, 0, &[]);
    speech_as_wav: "SOUND -ac 1 -f wav" => ready(0, 0, &[]).mono();
    a_song_with_a_cover:
        "PICTURE -frames:v 1 -c:v mjpeg -f matroska ;; SOUND -i {before} -map 0:a -map 1:v -c:a libmp3lame -ac 2 \
         -c:v copy -disposition:v attached_pic -id3v2_version 3 -f mp3" => ready(0, 0, &[]);
    three_sounds_and_the_second_is_the_main_one:
        "PICTURE SOUND SOUND SOUND H264 -map 0 -map 1 -map 2 -map 3 -c:a aac -ac:a:0 2 -ac:a:1 1 -ac:a:2 2 \
         -disposition:a:0 0 -disposition:a:1 default -f matroska" => ready(320, 180, ONE).mono();
    one_frame: "PICTURE -frames:v 1 H264 -f mp4" => ready(320, 180, ONE).silent().lasts(0.04);
    turned_by_90:
        "WIDE SOUND H264 -c:a aac -ac 2 -f mp4 ;; -i {before} -c copy -metadata:s:v rotate=90 -f mp4"
        => ready(480, 854, TWO);
    turned_by_180: "PICTURE H264 -f mp4 ;; -i {before} -c copy -metadata:s:v rotate=180 -f mp4" => ready(320, 180, ONE).silent();
    turned_by_270: "PICTURE H264 -f mp4 ;; -i {before} -c copy -metadata:s:v rotate=270 -f mp4" => ready(180, 320, ONE).silent();
    a_phone_held_upright:
        "WIDE SOUND -vf select=lt(n\\,60)+not(mod(n\\,2)) -fps_mode vfr -pix_fmt yuv420p10le -c:v libx265 -preset ultrafast -tag:v hvc1 \
         -color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc \
         -x265-params colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc -c:a aac -ac 1 -f mov ;; \
         -i {before} -c copy -tag:v hvc1 -metadata:s:v rotate=270 -f mov" => ready(480, 854, TWO).mono();
    an_edit_list:
        "PICTURE SOUND H264 -g 100 -c:a aac -ac 2 -f mp4 ;; -ss 1 -i {before} -c copy -f mp4"
        => ready(320, 180, ONE).lasts(4.0);
    timestamps_that_begin_late: "PICTURE SOUND H264 -c:a aac -ac 2 -output_ts_offset 1000 -f mpegts" => ready(320, 180, ONE);
    timestamps_below_zero:
        "PICTURE SOUND H264 -bf 2 -c:a aac -ac 2 -output_ts_offset -0.5 -avoid_negative_ts disabled -f mp4"
        => ready(320, 180, ONE).lasts(4.5);
    a_browsers_recording:
        "WIDE SOUND -c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus -ac 2 -live 1 -f webm"
        => ready(854, 480, TWO);
    a_browsers_recording_of_sound: "SOUND -c:a libopus -ac 2 -live 1 -f webm" => ready(0, 0, &[]);
    a_browsers_recording_in_fragments:
        "PICTURE SOUND H264 -c:a aac -ac 2 -movflags +frag_keyframe+empty_moov -f mp4" => ready(320, 180, ONE);
    a_camera_with_a_timecode: "PICTURE SOUND H264 -c:a aac -ac 2 -timecode 01:00:00:00 -f mov" => ready(320, 180, ONE);
    chapters:
        "PICTURE SOUND -i {here}/chapters.txt -map_chapters 2 H264 -c:a aac -ac 2 -f mp4" => ready(320, 180, ONE);
    captions_with_styles_and_fonts:
        "PICTURE -i {here}/subs.ass -map 0 -map 1 H264 -c:s ass -attach {here}/font.ttf \
         -metadata:s:t mimetype=application/x-truetype-font -metadata:s:s language=ger -f matroska"
        => ready(320, 180, ONE).silent().with(&[(Some("de"), "de")]);
    captions_in_two_languages:
        "PICTURE SOUND -i {here}/subs.srt -i {here}/subs.srt -map 0 -map 1 -map 2 -map 3 H264 -c:a aac -ac 2 -c:s mov_text \
         -metadata:s:s:0 language=eng -metadata:s:s:1 language=fra -f mp4"
        => ready(320, 180, ONE).with(&[(Some("en"), "en"), (Some("fr"), "fr")]);
    sound_that_ends_before_the_picture:
        "PICTURE -f lavfi -i CLICK:d=3 H264 -c:a aac -ac 2 -f mp4" => ready(320, 180, ONE);
    sound_that_goes_on_after_the_picture:
        "PICTURE -f lavfi -i CLICK:d=7 H264 -c:a aac -ac 2 -f mp4" => ready(320, 180, ONE).lasts(7.0);
    nothing_but_silence:
        "PICTURE -f lavfi -i anullsrc=d=5 H264 -c:a aac -ac 2 -f mp4" => ready(320, 180, ONE).without_a_flash();
    nothing_but_black: "-f lavfi -i color=black:s=320x180:r=25:d=5 H264 -f mp4" => ready(320, 180, ONE).silent();
}

#[tokio::test]
async fn high_dynamic_range_becomes_what_every_screen_shows() {
    for (name, transfer, hdr) in [("pq", "smpte2084", Hdr::Pq), ("hlg", "arib-std-b67", Hdr::Hlg)] {
        let studio = made(&format!(
            "WIDE SOUND -pix_fmt yuv420p10le -c:v libx265 -preset ultrafast -color_primaries bt2020 -color_trc {transfer} \
             -colorspace bt2020nc -x265-params colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc -c:a aac -ac 2 -f mp4"
        ));
        let made = ready(854, 480, TWO).from(name, &studio).await;
        assert_eq!(made.probe.colour.hdr, Some(hdr));
        let tags = "-select_streams v -show_entries stream=color_space,color_transfer,color_primaries";
        assert_eq!(media::probe(&studio.playlist("480p"), tags), ["bt709,bt709,bt709"; 2]);
    }
}

/// Pictures of fields, as a camera of old made them.
const FIELDS: &str = "-f lavfi -i testsrc2=s=720x576:r=50:d=5,FLASH SOUND \
                      -vf tinterlace=interleave_top,fieldorder=tff,setsar=16/15 -flags +ildct+ilme -ac 2";

#[tokio::test]
async fn fields_are_found_whether_the_file_says_so_or_not() {
    for (name, encoded) in [
        ("mpeg2_of_fields", "-c:v mpeg2video -q:v 2 -c:a mp2 -f mpegts"),
        ("h264_of_fields", "-c:v libx264 -preset ultrafast -x264-params tff=1 -c:a aac -f mpegts"),
        ("fields_unsaid", "-field_order progressive -c:v mpeg4 -q:v 2 -c:a libmp3lame -f avi"),
    ] {
        let studio = made(&format!("{FIELDS} {encoded}"));
        assert!(ready(640, 480, TWO).from(name, &studio).await.probe.interlaced, "{name}");
    }
    // Whole frames that are called fields, as many cameras do.
    let whole = made(
        "PICTURE SOUND -vf gblur=3 -c:v mpeg2video -q:v 2 -flags +ildct+ilme -field_order tt -c:a mp2 -ac 2 -f mpegts",
    );
    assert!(!ready(320, 180, ONE).from("frames_called_fields", &whole).await.probe.interlaced);
}

#[tokio::test]
async fn what_was_too_quiet_or_too_loud_is_as_loud_as_everything_else() {
    for volume in ["-10dB", "12dB"] {
        let studio = made(&format!(
            "PICTURE -f lavfi -i anoisesrc=d=4:c=pink:a=0.5:seed=1 -af volume={volume} H264 -c:a pcm_s16le -ac 2 -f mov"
        ));
        studio.transcode().await.unwrap();
        let (loud, peak) = studio.loudness();
        assert!((loud + 16.0).abs() < 1.5, "{volume}: {loud} LUFS");
        assert!(peak <= -1.0, "{volume}: {peak} dBTP");
    }
    let silence = made("PICTURE -f lavfi -i anullsrc=d=2 H264 -c:a pcm_s16le -ac 2 -f mov");
    silence.transcode().await.unwrap();
    assert!(silence.loudness().0 < -60.0);
}

#[tokio::test]
async fn a_picture_that_changes_its_size_on_the_way_stays_one_picture() {
    let studio = made("WIDE H264 -f mpegts");
    let first = std::fs::read(studio.source()).unwrap();
    studio.make(&spelled_out("-f lavfi -i testsrc2=s=160x120:r=25:d=5 H264 -output_ts_offset 5 -f mpegts"));
    let second = std::fs::read(studio.source()).unwrap();
    std::fs::write(studio.source(), [first, second].concat()).unwrap();
    ready(854, 480, TWO).silent().lasts(10.0).from("a_picture_that_changes_its_size", &studio).await;
}

#[tokio::test]
async fn captions_are_words_alone() {
    let studio = made("PICTURE -i {here}/subs.ass -map 0 -map 1 H264 -c:s ass -f matroska");
    let made = studio.transcode().await.unwrap();
    assert_eq!(made.output.captions[0].file, "captions/1.vtt");
    assert_eq!(studio.text("captions/1.vtt"), "WEBVTT\n\n00:00.200 --> 00:01.000\nHello there\n");
}

#[tokio::test]
async fn the_poster_is_neither_the_black_nor_the_blurred_beginning() {
    let studio = made(
        "-f lavfi -i testsrc2=s=320x180:r=25:d=6 -vf boxblur=30:3:enable=lt(t\\,3),fade=in:d=2:st=0.5 H264 -f mp4",
    );
    let made = studio.transcode().await.unwrap();
    assert!(made.output.posters >= 3, "{:?}", made.output);
    let size = |name: &str| std::fs::metadata(studio.file(name)).unwrap().len();
    assert!(size("poster.jpg") * 2 > size("poster-1.jpg"));
    let options = "-f lavfi -show_entries frame_tags=lavfi.signalstats.YAVG -i";
    let light = media::probe(&format!("movie={},signalstats", studio.file("poster.jpg").display()), options);
    assert!(light[0].parse::<f64>().unwrap() > 40.0, "{light:?}");
}

#[tokio::test]
async fn sound_stays_with_the_picture_wherever_each_begins() {
    let codecs = "H264 -bf 2 -c:a aac -ac 2";
    // The first second of one of them is not there, or both are there but begin late.
    for (name, cut, container) in [
        ("picture_that_begins_late", "-filter:v select=gte(t\\,1) -fps_mode vfr", "-f matroska"),
        ("sound_that_begins_late", "-filter:a atrim=start=1", "-f matroska"),
        ("sound_that_begins_late_in_mp4", "-filter:a atrim=start=1", "-f mp4"),
        ("sound_that_begins_late_in_a_stream", "-filter:a atrim=start=1", "-f mpegts"),
        ("both_begin_late", "-output_ts_offset 7", "-f mpegts"),
    ] {
        let studio = made(&format!("PICTURE SOUND -map 0:v -map 1:a {cut} {codecs} {container}"));
        ready(320, 180, ONE).from(name, &studio).await;
    }
}

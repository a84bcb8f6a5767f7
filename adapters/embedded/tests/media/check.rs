//! What holds of whatever was made, of what kind of file ever.

use super::probe;
use super::studio::{AAC_FRAME, Made, Studio};
use domain::video::{Ladder, poster_file};
use services::ports::Transcoded;
use services::videos::packaging::multivariant_playlist;

/// A rendition of the picture, as its packets tell.
struct Picture {
    /// When each frame is shown, in order, seconds.
    shown: Vec<f64>,
    /// When those are shown at which a player can begin.
    keys: Vec<f64>,
}

impl Studio {
    pub(crate) fn check(&self, made: &Made) {
        let Made { ladder, output, .. } = made;
        let master = multivariant_playlist(output);
        assert!(master.starts_with("#EXTM3U\n"), "{master}");
        let named = |rendition: &str| master.contains(&format!("\n{rendition}/index.m3u8\n"));
        let names: Vec<&str> = output.video.iter().map(|rendition| rendition.name.as_str()).collect();
        assert!(names.iter().all(|name| named(name)), "{master}");
        assert_eq!(named("audio"), output.audio.is_some(), "{master}");
        for name in names.iter().copied().chain(output.audio.as_ref().map(|_| "audio")) {
            self.check_playlist(name, if name == "audio" { 4.0 } else { segment(ladder) });
        }
        if let Some((first, others)) = names.split_first() {
            let picture = self.picture(first);
            check_picture(&picture, made);
            for name in others {
                assert_eq!(self.picture(name).keys, picture.keys, "{name}");
            }
            if output.audio.is_some() {
                // One AAC frame comes before the first that is heard.
                let apart = self.starts("audio") + AAC_FRAME - self.starts(first);
                assert!(apart.abs() < 0.005, "sound starts {apart} s after the picture");
                let apart = self.lasts("audio") - AAC_FRAME - output.duration.as_secs_f64();
                assert!(
                    apart.abs() < made.frame().max(AAC_FRAME) + 0.0005,
                    "sound ends {apart} s after the picture"
                );
            }
            self.check_storyboard(output);
        }
        for name in &names {
            self.check_decoding(name, made);
        }
        assert!((1..=5).contains(&output.posters), "{output:?}");
        for at in 0..output.posters {
            let name = poster_file(at);
            assert!(std::fs::read(self.file(&name)).unwrap().starts_with(&[0xff, 0xd8]), "{name}");
        }
        for caption in &output.captions {
            assert!(self.text(&caption.file).starts_with("WEBVTT"), "{caption:?}");
        }
        assert!(self.nothing_is_left());
    }

    fn picture(&self, name: &str) -> Picture {
        let packets = probe(&self.playlist(name), "-select_streams v -show_entries packet=pts_time,flags");
        let moment = |packet: &String| packet.split(',').next().unwrap().parse::<f64>().unwrap();
        let mut shown: Vec<f64> = packets.iter().map(moment).collect();
        shown.sort_by(f64::total_cmp);
        let keys = packets.iter().filter(|packet| packet.contains(",K")).map(moment).collect();
        Picture { shown, keys }
    }

    /// Every frame can be decoded, and is as every screen can show it.
    fn check_decoding(&self, name: &str, made: &Made) {
        let fields = "pix_fmt,color_range,profile,r_frame_rate,nb_read_frames";
        let options = format!("-select_streams v -count_frames -show_entries stream={fields}");
        let (frames, seconds) = made.ladder.frame_rate.fraction();
        let all = (made.output.duration.as_secs_f64() / made.frame()).round();
        let shown = format!("High,yuv420p,tv,{frames}/{seconds},{all}");
        assert_eq!(probe(&self.playlist(name), &options)[0], shown);
    }

    /// Every segment but the last is as long as it should be, and there.
    fn check_playlist(&self, name: &str, seconds: f64) {
        let text = self.text(&format!("{name}/index.m3u8"));
        assert!(text.contains("#EXT-X-PLAYLIST-TYPE:VOD") && text.ends_with("#EXT-X-ENDLIST\n"), "{text}");
        let durations: Vec<f64> = text
            .lines()
            .filter_map(|line| line.strip_prefix("#EXTINF:")?.strip_suffix(',')?.parse().ok())
            .collect();
        let (last, others) = durations.split_last().expect("a segment");
        // Sound is cut at its own frames.
        let near = if name == "audio" { 0.03 } else { 0.001 };
        assert!(others.iter().all(|found| (found - seconds).abs() < near), "{name}: {text}");
        assert!(*last <= seconds + near, "{name}: {text}");
        let files: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(files.len(), durations.len(), "{text}");
        assert!(files.iter().all(|file| self.file(name).join(file).is_file()), "{text}");
    }

    fn check_storyboard(&self, output: &Transcoded) {
        assert!(output.storyboard);
        let list = self.text("storyboard/storyboard.vtt");
        let cues = list.matches(" --> ").count();
        assert!((1..=150).contains(&cues), "{list}");
        assert_eq!(list.matches("00:00:00.000 --> ").count(), 1, "{list}");
        let size =
            probe(self.file("storyboard/1.jpg").to_str().unwrap(), "-show_entries stream=width,height");
        let (width, height) = size[0].split_once(',').unwrap();
        let first = list.lines().find(|line| line.starts_with("1.jpg#xywh=0,0,")).unwrap();
        let sides: Vec<u32> =
            first["1.jpg#xywh=0,0,".len()..].split(',').map(|n| n.parse().unwrap()).collect();
        assert_eq!((width.parse(), height.parse()), (Ok(sides[0] * 10), Ok(sides[1] * 5)));
    }
}

/// At a constant rate from the first frame to the last, and with a key frame where a segment begins and nowhere else.
fn check_picture(picture: &Picture, made: &Made) {
    let Picture { shown, keys } = picture;
    let steps = shown.windows(2).map(|pair| pair[1] - pair[0]);
    assert!(steps.clone().all(|step| (step - made.frame()).abs() < 0.0005), "{shown:?}");
    let begins = (0..keys.len()).map(|at| shown[0] + at as f64 * segment(&made.ladder));
    assert!(keys.iter().zip(begins).all(|(key, begin)| (key - begin).abs() < 0.001), "{keys:?}");
    let segments = (made.output.duration.as_secs_f64() / segment(&made.ladder) - 0.001).ceil();
    assert_eq!(keys.len() as f64, segments, "{keys:?}");
}

fn segment(ladder: &Ladder) -> f64 {
    f64::from(ladder.frames_per_segment()) / ladder.frame_rate.per_second()
}

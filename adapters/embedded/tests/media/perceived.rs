//! What is seen and heard of what was made.

use super::probe;
use super::studio::{AAC_FRAME, Studio};

impl Studio {
    /// When a rendition starts, seconds.
    pub(crate) fn starts(&self, rendition: &str) -> f64 {
        let moment = probe(&self.playlist(rendition), "-select_streams 0 -show_entries stream=start_time");
        moment[0].parse().unwrap()
    }

    /// Loudness of the sound as it was made, LUFS, and its highest true peak, dBTP.
    pub(crate) fn loudness(&self) -> (f64, f64) {
        let graph = format!("amovie={},ebur128=metadata=1:peak=true", self.playlist("audio"));
        let options = "-f lavfi -show_entries frame_tags=lavfi.r128.I,lavfi.r128.true_peaks_ch0 -i";
        let lines = probe(&graph, options);
        let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NEG_INFINITY);
        let (loud, _) = lines.last().unwrap().split_once(',').unwrap();
        let peak = lines.iter().filter_map(|line| Some(number(line.split_once(',')?.1))).fold(0.0, f64::max);
        (number(loud), 20.0 * peak.log10())
    }

    /// How long the frames of a rendition last, seconds.
    pub(crate) fn lasts(&self, rendition: &str) -> f64 {
        let infos = self.text(&format!("{rendition}/index.m3u8"));
        infos
            .lines()
            .filter_map(|line| line.strip_prefix("#EXTINF:")?.strip_suffix(',')?.parse::<f64>().ok())
            .sum()
    }

    /// How much later the click comes than the flash, seconds, in a rendition and its sound.
    pub(crate) fn click_after_flash(&self, rendition: &str) -> f64 {
        let moment = |graph: &str, shown: &str| -> f64 {
            let found = probe(graph, &format!("-f lavfi -show_entries {shown} -i"));
            found.first().expect("a flash and a click").parse().unwrap()
        };
        let (picture, sound) = (self.playlist(rendition), self.playlist("audio"));
        let bright = format!(
            "movie={picture},signalstats,metadata=select:key=lavfi.signalstats.YAVG:value=200:function=greater"
        );
        let loud =
            format!("amovie={sound},silencedetect=n=0.05:d=0.2,ametadata=select:key=lavfi.silence_end");
        let (flash, click) =
            (moment(&bright, "frame=pts_time"), moment(&loud, "frame_tags=lavfi.silence_end"));
        // Each is shown from zero on: the picture's first frame is, and a frame of AAC that nobody hears.
        (click - self.starts("audio") - AAC_FRAME) - (flash - self.starts(rendition))
    }
}

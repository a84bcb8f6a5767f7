//! A job as MediaConvert wants it.

use aws_sdk_mediaconvert::types::*;
use domain::video::{Ladder, Rung};
use services::ports::{BlobKey, TranscodeJob};

/// What the two halves of `index` are: see [`super::MediaConvert`].
const BASE: &str = "in";
const MODIFIER: &str = "dex";
/// Folder of the pictures that the poster is chosen from.
pub(super) const FRAMES: &str = "frames";
const SOUND: &str = "Audio Selector 1";
/// Integrated loudness of speech for headphones and small speakers (AES TD1008), LUFS, and the highest true peak, dBTP.
const LOUDNESS: f64 = -16.0;
const PEAK: f64 = -1.5;
/// Of 10: good pictures that still save bits in calm scenes (user guide, "Using the QVBR rate control mode").
const QUALITY: i32 = 8;

/// The settings of a job; `uri` tells where a blob is.
pub(super) fn job_settings(job: &TranscodeJob, uri: impl Fn(&BlobKey) -> String) -> JobSettings {
    let at = |rest: &str| format!("{}/{rest}", uri(&job.target));
    let ladder = &job.ladder;
    let mut groups: Vec<_> = ladder
        .rungs
        .iter()
        .map(|rung| cmaf(&rung.name, at(&format!("{}/{BASE}", rung.name)), picture(rung, job)))
        .collect();
    if let Some(bitrate) = ladder.audio {
        groups.push(cmaf("audio", at(&format!("audio/{BASE}")), sound(bitrate, channels(job))));
    }
    groups.push(poster(job, at(&format!("{FRAMES}/poster"))));
    JobSettings::builder()
        .timecode_config(TimecodeConfig::builder().source(TimecodeSource::Zerobased).build())
        .inputs(input(uri(&job.source), ladder.audio.map(|_| job.probe.audio_track)))
        .set_output_groups(Some(groups))
        .build()
}

fn input(source: String, sound: Option<u32>) -> Input {
    let input = Input::builder()
        .file_input(source)
        .timecode_source(InputTimecodeSource::Zerobased)
        .video_selector(VideoSelector::builder().rotate(InputRotate::Auto).build());
    let Some(track) = sound else { return input.build() };
    let main = AudioSelector::builder()
        .default_selection(AudioDefaultSelection::Default)
        .selector_type(AudioSelectorType::Track)
        // Counted from one here.
        .tracks(number(track.saturating_add(1)));
    input.audio_selectors(SOUND, main.build()).build()
}

/// One rendition in a folder of its own, as CMAF with an HLS playlist.
fn cmaf(name: &str, destination: String, output: builders::OutputBuilder) -> OutputGroup {
    let seconds = Ladder::SEGMENT_SECONDS as i32;
    let settings = CmafGroupSettings::builder()
        .destination(destination)
        .segment_control(CmafSegmentControl::SegmentedFiles)
        .segment_length(seconds)
        .fragment_length(seconds)
        // Frame rates like 29.97 have no segments of exactly 4 s: the key frames decide.
        .segment_length_control(CmafSegmentLengthControl::GopMultiple)
        .manifest_duration_format(CmafManifestDurationFormat::FloatingPoint)
        .codec_specification(CmafCodecSpecification::Rfc6381)
        .write_hls_manifest(CmafWriteHlsManifest::Enabled)
        .write_dash_manifest(CmafWriteDashManifest::Disabled)
        .build();
    let settings = OutputGroupSettings::builder()
        .r#type(OutputGroupType::CmafGroupSettings)
        .cmaf_group_settings(settings)
        .build();
    let container = ContainerSettings::builder().container(ContainerType::Cmfc).build();
    let output = output.name_modifier(MODIFIER).container_settings(container).build();
    OutputGroup::builder().custom_name(name).output_group_settings(settings).outputs(output).build()
}

fn picture(rung: &Rung, job: &TranscodeJob) -> builders::OutputBuilder {
    let ladder = &job.ladder;
    let (frames, seconds) = ladder.frame_rate.fraction();
    let h264 = H264Settings::builder()
        .codec_profile(H264CodecProfile::High)
        .codec_level(H264CodecLevel::Auto)
        .rate_control_mode(H264RateControlMode::Qvbr)
        .qvbr_settings(H264QvbrSettings::builder().qvbr_quality_level(QUALITY).build())
        .max_bitrate(number(rung.bitrate))
        .hrd_buffer_size(number(rung.bitrate * 2))
        .quality_tuning_level(H264QualityTuningLevel::SinglePassHq)
        .interlace_mode(H264InterlaceMode::Progressive)
        .framerate_control(H264FramerateControl::Specified)
        .framerate_conversion_algorithm(H264FramerateConversionAlgorithm::DuplicateDrop)
        .framerate_numerator(number(frames))
        .framerate_denominator(number(seconds))
        .par_control(H264ParControl::Specified)
        .par_numerator(1)
        .par_denominator(1)
        // A key frame every segment and nowhere else: segments start on the same frame in every rung.
        .gop_size_units(H264GopSizeUnits::Frames)
        .gop_size(f64::from(ladder.frames_per_segment()))
        .gop_closed_cadence(1)
        .scene_change_detect(H264SceneChangeDetect::Disabled)
        .min_i_interval(0)
        .build();
    let codec = VideoCodecSettings::builder().codec(VideoCodec::H264).h264_settings(h264).build();
    // By itself where the source is interlaced; otherwise nothing is done.
    let deinterlacer =
        Deinterlacer::builder().mode(DeinterlacerMode::Adaptive).control(DeinterlacerControl::Normal).build();
    let video = scaled(rung)
        .video_preprocessors(colours(job).deinterlacer(deinterlacer).build())
        .codec_settings(codec)
        .build();
    Output::builder().video_description(video)
}

/// Every rendition is for screens of all ages: what is brighter is brought down.
fn colours(job: &TranscodeJob) -> builders::VideoPreprocessorBuilder {
    let preprocessor = VideoPreprocessor::builder();
    if job.probe.colour.hdr.is_none() {
        return preprocessor;
    }
    let corrector = ColorCorrector::builder().color_space_conversion(ColorSpaceConversion::Force709).build();
    preprocessor.color_corrector(corrector)
}

/// To the size of a rung, which has the shape of the source.
fn scaled(rung: &Rung) -> builders::VideoDescriptionBuilder {
    VideoDescription::builder()
        .width(number(rung.width))
        .height(number(rung.height))
        .scaling_behavior(ScalingBehavior::StretchToOutput)
}

fn sound(bitrate: u32, channels: u32) -> builders::OutputBuilder {
    let aac = AacSettings::builder()
        .codec_profile(AacCodecProfile::Lc)
        .rate_control_mode(AacRateControlMode::Cbr)
        .bitrate(number(bitrate))
        .coding_mode(if channels == 1 { AacCodingMode::CodingMode10 } else { AacCodingMode::CodingMode20 })
        .sample_rate(48_000)
        .build();
    let loudness = AudioNormalizationSettings::builder()
        .algorithm(AudioNormalizationAlgorithm::ItuBs17703)
        .algorithm_control(AudioNormalizationAlgorithmControl::CorrectAudio)
        .target_lkfs(LOUDNESS)
        .peak_calculation(AudioNormalizationPeakCalculation::TruePeak)
        .true_peak_limiter_threshold(PEAK)
        .build();
    let audio = AudioDescription::builder()
        .audio_source_name(SOUND)
        .audio_normalization_settings(loudness)
        .codec_settings(AudioCodecSettings::builder().codec(AudioCodec::Aac).aac_settings(aac).build())
        .build();
    Output::builder().audio_descriptions(audio)
}

/// Pictures of the beginning and after every fifth, of which short sources have only some.
fn poster(job: &TranscodeJob, destination: String) -> OutputGroup {
    let fifth = i32::try_from(job.probe.duration.as_secs() / 5).unwrap_or(i32::MAX).max(1);
    let capture = FrameCaptureSettings::builder()
        .framerate_numerator(1)
        .framerate_denominator(fifth)
        .max_captures(5)
        .quality(80)
        .build();
    let codec =
        VideoCodecSettings::builder().codec(VideoCodec::FrameCapture).frame_capture_settings(capture).build();
    // No larger than pages show it: the rung nearest to 720 lines.
    let rung = job.ladder.rungs.iter().min_by_key(|rung| rung.height.min(rung.width).abs_diff(720));
    let video = rung.map_or_else(VideoDescription::builder, scaled);
    let video = video.video_preprocessors(colours(job).build()).codec_settings(codec).build();
    let container = ContainerSettings::builder().container(ContainerType::Raw).build();
    let output = Output::builder().container_settings(container).video_description(video).build();
    let settings = OutputGroupSettings::builder()
        .r#type(OutputGroupType::FileGroupSettings)
        .file_group_settings(FileGroupSettings::builder().destination(destination).build())
        .build();
    OutputGroup::builder().custom_name("poster").output_group_settings(settings).outputs(output).build()
}

/// How many channels the rendition of the sound has: mono where the source is, else stereo.
pub(super) fn channels(job: &TranscodeJob) -> u32 {
    if job.probe.audio_channels == Some(1) { 1 } else { 2 }
}

fn number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

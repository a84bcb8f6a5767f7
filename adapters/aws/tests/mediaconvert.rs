//! What MediaConvert is asked, and what is made of its answers and of its output. No stand-in transcodes: requests are
//! compared with AWS's documentation, and the output is written here as MediaConvert names it.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

mod service;
mod stand_in;

use bytes::Bytes;
use domain::id::{AssetId, VersionId};
use domain::time::Timestamp;
use domain::video::{FrameRate, Ladder, Probe, RemoteJob};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use service::Service;
use services::contract::blob::key;
use services::ports::{BlobStore, Remote, TranscodeError, TranscodeJob, Transcoder, Work};
use stand_in::{ministack, unique};
use std::time::Duration;
use stoa_aws::{BucketSettings, MediaConvert, MediaConvertSettings, S3Blobs};
use tokio_util::sync::CancellationToken;

const QUEUE: &str = "arn:aws:mediaconvert:eu-central-1:123456789012:queues/stoa";

struct Bench {
    service: Service,
    blobs: S3Blobs,
    transcoder: MediaConvert,
    bucket: String,
}

impl Bench {
    async fn answering(answers: impl IntoIterator<Item = (u16, Value)>) -> Self {
        let bucket = unique("media");
        let config =
            aws_sdk_s3::config::Builder::from(&ministack().infrastructure()).force_path_style(true).build();
        aws_sdk_s3::Client::from_conf(config).create_bucket().bucket(&bucket).send().await.unwrap();
        let settings = BucketSettings { bucket: bucket.clone(), prefix: "test/".into(), path_style: true };
        let blobs = S3Blobs::new(&ministack().connect().await, settings);
        let service = Service::answering(answers).await;
        let settings = MediaConvertSettings {
            role: "arn:aws:iam::123456789012:role/mediaconvert".into(),
            queue: Some(QUEUE.into()),
            template: None,
        };
        let transcoder = MediaConvert::new(&service.connect().await, blobs.clone(), settings);
        Self { service, blobs, transcoder, bucket }
    }

    async fn put(&self, name: &str, bytes: impl Into<Bytes>) {
        let bytes = stream::iter([Ok(bytes.into())]).boxed();
        self.blobs.put(&key(name), bytes).await.unwrap();
    }

    async fn transcode(&self) -> Result<Work, TranscodeError> {
        self.transcoder.transcode(&job(), &|_| {}, CancellationToken::new()).await
    }

    /// The output of the job, as MediaConvert names it.
    async fn write_output(&self) {
        let avc = b"\0\0\0\x20avcC\x01\x64\x00\x1f\xff";
        for (folder, ending) in [("480p", "cmfv"), ("360p", "cmfv"), ("audio", "cmfa")] {
            let playlist = format!(
                "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:5\n#EXT-X-MEDIA-SEQUENCE:1\n#EXT-X-PLAYLIST-TYPE:VOD\n\
                 #EXT-X-MAP:URI=\"indexinit.{ending}\"\n#EXTINF:4.004,\nindex_000000001.{ending}\n\
                 #EXTINF:2.002,\nindex_000000002.{ending}\n#EXT-X-ENDLIST\n"
            );
            self.put(&format!("media/A/V/{folder}/in.m3u8"), "#EXTM3U").await;
            self.put(&format!("media/A/V/{folder}/index.m3u8"), playlist).await;
            self.put(&format!("media/A/V/{folder}/indexinit.{ending}"), avc.to_vec()).await;
            self.put(&format!("media/A/V/{folder}/index_000000001.{ending}"), vec![0; 400_400]).await;
            self.put(&format!("media/A/V/{folder}/index_000000002.{ending}"), vec![0; 100_100]).await;
        }
        self.put("media/A/V/frames/poster.0000000.jpg", "black").await;
        self.put("media/A/V/frames/poster.0000001.jpg", "a picture").await;
        self.put("media/A/V/frames/poster.0000002.jpg", "another").await;
    }
}

fn job() -> TranscodeJob {
    let rate = FrameRate::new(30_000, 1001).unwrap();
    let probe = Probe::picture(854, 480, rate, Duration::from_secs(60));
    let probe = Probe { audio_channels: Some(6), audio_track: 1, ..probe };
    TranscodeJob {
        asset: AssetId::new(Timestamp::from_millis(1), 2),
        version: VersionId::new(Timestamp::from_millis(3), 4),
        attempt: 3,
        source: key("uploads/A/V/source"),
        target: key("media/A/V"),
        ladder: Ladder::for_source(&probe),
        probe,
    }
}

fn remote() -> RemoteJob {
    RemoteJob("1515368087458-qnoxtd".into())
}

fn status(status: &str, more: Value) -> (u16, Value) {
    let mut job = json!({"id": remote(), "role": "r", "settings": {}, "status": status});
    for (name, value) in more.as_object().unwrap() {
        job[name] = value.clone();
    }
    (200, json!({"job": job}))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_asked_for_as_mediaconvert_wants_it() {
    let bench = Bench::answering([status("SUBMITTED", json!({}))]).await;
    assert_eq!(bench.transcode().await.unwrap(), Work::Elsewhere(remote()));
    let asked = bench.service.asked().remove(0);
    assert_eq!(asked.what, "POST /2017-08-29/jobs");
    let (job, request) = (job(), asked.body);
    assert_eq!(request["clientRequestToken"], format!("{}-3", job.version));
    assert_eq!(
        (&request["queue"], &request["role"]),
        (&json!(QUEUE), &json!("arn:aws:iam::123456789012:role/mediaconvert"))
    );
    assert_eq!(request["userMetadata"], json!({"asset": job.asset, "version": job.version, "attempt": "3"}));
    let settings = &request["settings"];
    let at = |rest: &str| format!("s3://{}/test/media/A/V/{rest}", bench.bucket);
    let input = &settings["inputs"][0];
    assert_eq!(input["fileInput"], format!("s3://{}/test/uploads/A/V/source", bench.bucket));
    assert_eq!(input["videoSelector"]["rotate"], "AUTO");
    assert_eq!(input["audioSelectors"]["Audio Selector 1"]["tracks"], json!([2]), "from one");
    let groups = settings["outputGroups"].as_array().unwrap();
    let names: Vec<_> = groups.iter().map(|group| group["customName"].as_str().unwrap()).collect();
    assert_eq!(names, ["480p", "360p", "audio", "poster"]);
    for (group, name) in groups.iter().zip(["480p", "360p", "audio"]) {
        let cmaf = &group["outputGroupSettings"]["cmafGroupSettings"];
        assert_eq!(group["outputGroupSettings"]["type"], "CMAF_GROUP_SETTINGS");
        assert_eq!(cmaf["destination"], at(&format!("{name}/in")));
        assert_eq!(group["outputs"][0]["nameModifier"], "dex", "in + dex: index.m3u8");
        assert_eq!((&cmaf["segmentLength"], &cmaf["segmentControl"]), (&json!(4), &json!("SEGMENTED_FILES")));
        assert_eq!(
            (&cmaf["writeHlsManifest"], &cmaf["writeDashManifest"]),
            (&json!("ENABLED"), &json!("DISABLED"))
        );
    }
    for (group, rung) in groups.iter().zip(&job.ladder.rungs) {
        let video = &group["outputs"][0]["videoDescription"];
        assert_eq!((&video["width"], &video["height"]), (&json!(rung.width), &json!(rung.height)));
        let h264 = &video["codecSettings"]["h264Settings"];
        assert_eq!(h264["rateControlMode"], "QVBR");
        assert_eq!(h264["maxBitrate"], rung.bitrate);
        assert_eq!((&h264["gopSizeUnits"], &h264["gopSize"]), (&json!("FRAMES"), &json!(120.0)));
        assert_eq!(
            (&h264["framerateNumerator"], &h264["framerateDenominator"]),
            (&json!(30_000), &json!(1001))
        );
        assert_eq!(h264["sceneChangeDetect"], "DISABLED");
        assert_eq!(video["videoPreprocessors"]["deinterlacer"]["mode"], "ADAPTIVE");
        assert_eq!(group["outputs"][0]["audioDescriptions"], Value::Null, "sound is a rendition of its own");
    }
    let audio = &groups[2]["outputs"][0]["audioDescriptions"][0];
    assert_eq!(audio["codecSettings"]["aacSettings"]["bitrate"], 128_000);
    assert_eq!(audio["codecSettings"]["aacSettings"]["codingMode"], "CODING_MODE_2_0");
    assert_eq!(audio["audioNormalizationSettings"]["targetLkfs"], -16.0);
    assert_eq!(groups[2]["outputs"][0]["videoDescription"], Value::Null);
    let poster = &groups[3];
    assert_eq!(poster["outputGroupSettings"]["fileGroupSettings"]["destination"], at("frames/poster"));
    let capture = &poster["outputs"][0]["videoDescription"]["codecSettings"]["frameCaptureSettings"];
    assert_eq!((&capture["framerateDenominator"], &capture["maxCaptures"]), (&json!(12), &json!(5)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_complete_job_is_measured_and_not_done_again() {
    let complete = || status("COMPLETE", json!({}));
    let bench =
        Bench::answering([status("PROGRESSING", json!({"jobPercentComplete": 42})), complete(), complete()])
            .await;
    assert_eq!(bench.transcoder.look(&job(), &remote()).await.unwrap(), Remote::Running(42));
    bench.write_output().await;
    let Remote::Made(made) = bench.transcoder.look(&job(), &remote()).await.unwrap() else {
        panic!("it is made")
    };
    assert_eq!(made.duration, Duration::from_millis(6006));
    let names: Vec<_> = made.video.iter().map(|video| (video.name.as_str(), video.codec.as_str())).collect();
    assert_eq!(names, [("480p", "avc1.64001f"), ("360p", "avc1.64001f")]);
    assert_eq!(made.video[0].bandwidth.peak, 800_000, "400,400 bytes in 4.004 s");
    assert_eq!(made.audio.as_ref().unwrap().codec, "mp4a.40.2");
    assert_eq!(bench.blobs.size(&key("media/A/V/poster.jpg")).await.unwrap(), Some(9), "not the black one");
    assert_eq!(bench.blobs.size(&key("media/A/V/poster-1.jpg")).await.unwrap(), Some(7));
    assert_eq!(made.posters, 2);
    assert_eq!(bench.blobs.list(&key("media/A/V/frames"), None, 10).await.unwrap(), []);
    assert_eq!(bench.transcoder.look(&job(), &remote()).await.unwrap(), Remote::Made(made.clone()));
    assert_eq!(bench.transcode().await.unwrap(), Work::Made(made), "nothing is asked for what is there");
    assert_eq!(bench.service.asked().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_that_did_not_end_well_says_why_and_whether_to_try_again() {
    let error = json!({"errorCode": 1404, "errorMessage": "Not Found"});
    let gone = (404, json!({"type": "NotFoundException", "message": "no such job"}));
    let denied = (403, json!({"type": "ForbiddenException", "message": "no"}));
    let answers = [
        status("SUBMITTED", json!({})),
        status("ERROR", error),
        status("CANCELED", json!({})),
        gone,
        denied,
        status("COMPLETE", json!({})),
    ];
    let bench = Bench::answering(answers).await;
    let look = || async { bench.transcoder.look(&job(), &remote()).await };
    assert_eq!(look().await.unwrap(), Remote::Running(0));
    assert!(matches!(look().await, Err(TranscodeError::SourceGone)));
    assert!(matches!(look().await, Err(TranscodeError::Interrupted(_))));
    assert_eq!(look().await.unwrap(), Remote::Unknown);
    assert!(matches!(look().await, Err(TranscodeError::Internal(_))));
    assert!(matches!(look().await, Err(TranscodeError::Internal(_))), "complete without output");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_ended_once() {
    let conflict = || (409, json!({"type": "ConflictException", "message": "the job is complete"}));
    let bench = Bench::answering([
        (202, json!({})),
        conflict(),
        status("COMPLETE", json!({})),
        conflict(),
        status("PROGRESSING", json!({})),
    ])
    .await;
    bench.transcoder.stop(&remote()).await.unwrap();
    bench.transcoder.stop(&remote()).await.unwrap();
    assert!(bench.transcoder.stop(&remote()).await.is_err(), "it runs on");
    assert_eq!(bench.service.asked()[0].what, "DELETE /2017-08-29/jobs/1515368087458-qnoxtd");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_probe_tells_what_the_source_holds() {
    let video = json!({"index": 1, "trackType": "video", "codec": "AVC", "videoProperties": {
        "width": 1920, "height": 1080, "rotation": 90, "transferCharacteristics": "ARIB_B67", "frameRate": {"numerator": 30000, "denominator": 1001}}});
    let sound = json!({"index": 2, "trackType": "audio", "codec": "AAC", "audioProperties": {"channels": 6}});
    let file = |tracks: Value| {
        (200, json!({"probeResults": [{"container": {"format": "mp4", "duration": 30.5, "tracks": tracks}}]}))
    };
    let no_video = (400, json!({"type": "BadRequestException", "message": "cannot be read"}));
    let bench =
        Bench::answering([file(json!([sound, video])), file(json!([sound])), file(json!([])), no_video])
            .await;
    let source = job().source;
    assert!(matches!(bench.transcoder.probe(&source).await, Err(TranscodeError::SourceGone)));
    bench.put(source.as_str(), "film").await;
    let found = bench.transcoder.probe(&source).await.unwrap();
    assert_eq!(
        (found.width, found.height, found.audio_channels),
        (1080, 1920, Some(6)),
        "a phone held upright"
    );
    assert_eq!(
        (found.frame_rate.fraction(), found.duration),
        ((30_000, 1001), Duration::from_millis(30_500))
    );
    assert_eq!(
        bench.service.asked()[0].body["inputFiles"][0]["fileUrl"],
        format!("s3://{}/test/{source}", bench.bucket)
    );
    assert!(
        matches!(bench.transcoder.probe(&source).await, Err(TranscodeError::Unsupported(_))),
        "sound alone"
    );
    assert!(matches!(bench.transcoder.probe(&source).await, Err(TranscodeError::NotAVideo)));
    assert!(matches!(bench.transcoder.probe(&source).await, Err(TranscodeError::NotAVideo)));
}

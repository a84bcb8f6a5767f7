//! One transcoding, from a look at what is there already to the output in its place.

use super::process::{Limits, Stopped};
use super::staging::{Staging, blocking};
use super::{
    Ffmpeg, captions, errors, internal, judge, loudness::Loudness, measure, posters, renditions, storage,
    storyboard,
};
use domain::time::Seconds;
use domain::video::{Ladder, Storyboard, Warning};
use services::ports::{TranscodeError, TranscodeJob, Transcoded};
use std::io;
use std::path::Path;
use std::time::Duration;

/// No file of the output is larger, bytes: a segment is four seconds.
const LARGEST_FILE: u64 = 1 << 28;

/// How often it is looked how far the output is.
const LOOK_EVERY: Duration = Duration::from_millis(500);

impl Ffmpeg {
    /// Does a job, or measures what somebody made who did it before.
    pub(super) async fn work(
        &self,
        source: &Path,
        job: &TranscodeJob,
        progress: &(dyn Fn(u8) + Send + Sync),
    ) -> Result<Transcoded, TranscodeError> {
        let target = self.path(&job.target);
        if is_dir(&target).await? {
            // Output appears whole.
            match measure::measure(&target, job).await {
                Ok(found) => {
                    progress(100);
                    return Ok(found);
                }
                Err(error) => {
                    tracing::warn!(output = %job.target, %error, "replacing unusable output");
                    tokio::fs::remove_dir_all(&target).await.map_err(storage)?;
                }
            }
        }
        let staging = Staging::create(&self.root, &job.target).await.map_err(storage)?;
        let folder = staging.path();
        for name in [posters::FOLDER, Storyboard::FOLDER, captions::FOLDER] {
            tokio::fs::create_dir(folder.join(name)).await.map_err(storage)?;
        }
        let ((heard, log), ()) =
            tokio::try_join!(self.play(source, folder, job, progress), self.read(source, folder, job))?;
        let (path, job_) = (folder.to_owned(), job.clone());
        let finished = blocking(move || finish(&path, &job_, heard, &log)).await;
        finished.map_err(|error| match error.kind() {
            // ffmpeg ended well and made nothing that could be played.
            io::ErrorKind::InvalidData | io::ErrorKind::NotFound => {
                TranscodeError::Damaged(error.to_string())
            }
            _ => storage(error),
        })?;
        staging.publish(&target).await.map_err(storage)?;
        progress(100);
        measure::measure(&target, job).await.map_err(internal)
    }

    /// Makes renditions and what else is made of the pictures. Returns whether there is sound, and the log.
    async fn play(
        &self,
        source: &Path,
        folder: &Path,
        job: &TranscodeJob,
        progress: &(dyn Fn(u8) + Send + Sync),
    ) -> Result<(bool, String), TranscodeError> {
        let (probe, total) = (&job.probe, job.probe.duration);
        let limits = limits(total);
        let loudness = match job.ladder.audio {
            Some(_) => Loudness::measure(&self.launcher, source, folder, probe, limits.time).await?,
            None => None,
        };
        if loudness.is_none() && !probe.has_picture() {
            return Err(TranscodeError::Damaged("the sound cannot be decoded".into()));
        }
        let arguments = renditions::arguments(source, probe, &job.ladder, loudness);
        let made = async { self.launcher.ffmpeg(&arguments, folder, limits).await.map_err(judge) };
        let wave = async {
            if probe.has_picture() {
                return Ok(());
            }
            let arguments = posters::wave(source, probe);
            self.launcher.ffmpeg(&arguments, folder, limits).await.map(drop).map_err(judge)
        };
        let work = async { tokio::try_join!(made, wave) };
        tokio::select! {
            done = work => Ok((loudness.is_some(), done?.0)),
            never = follow(folder, job, progress) => match never {},
        }
    }

    /// Takes the captions over. A video without them is better than none.
    async fn read(&self, source: &Path, folder: &Path, job: &TranscodeJob) -> Result<(), TranscodeError> {
        if job.probe.subtitles.is_empty() {
            return Ok(());
        }
        let arguments = captions::arguments(source, &job.probe);
        match self.launcher.ffmpeg(&arguments, folder, limits(job.probe.duration)).await {
            Ok(_) => {}
            Err(stopped @ (Stopped::Failed { .. } | Stopped::TooLarge)) => match judge(stopped) {
                TranscodeError::Full => return Err(TranscodeError::Full),
                error => tracing::warn!(source = %job.source, %error, "captions could not be taken over"),
            },
            Err(stopped) => return Err(stopped.into()),
        }
        let (folder, probe) = (folder.to_owned(), job.probe.clone());
        blocking(move || captions::tidy(&folder, &probe)).await.map_err(storage)
    }
}

/// Closes what ffmpeg left open, chooses the poster, and writes down what the instructor should know.
fn finish(folder: &Path, job: &TranscodeJob, heard: bool, log: &str) -> io::Result<()> {
    let Ladder { rungs, .. } = &job.ladder;
    for name in rungs.iter().map(|rung| rung.name.as_str()).chain(heard.then_some("audio")) {
        renditions::finish(&folder.join(name))?;
    }
    let duration = measure::duration_of(folder, job)?;
    let mut warnings = Vec::new();
    if let Some(missing) = missing(duration, job.probe.duration) {
        warnings.push(Warning::CutShort { missing });
    }
    if errors::tells_of_damage(log) && warnings.is_empty() {
        warnings.push(Warning::Damaged);
    }
    if job.ladder.audio.is_some() && !heard {
        warnings.push(Warning::SoundUnreadable);
    }
    if !warnings.is_empty() {
        let told = serde_json::to_string(&warnings)?;
        tracing::info!(source = %job.source, warnings = told, log, "a source is not whole");
        measure::write_warnings(folder, &warnings)?;
    }
    if job.probe.has_picture() {
        posters::choose(folder)?;
        let plan = storyboard::Plan::new(&job.probe, &job.ladder);
        plan.write_list(&folder.join(Storyboard::FOLDER), duration)?;
    }
    std::fs::remove_dir_all(folder.join(posters::FOLDER))?;
    for name in [Storyboard::FOLDER, captions::FOLDER] {
        // Those that hold nothing go.
        let _ = std::fs::remove_dir(folder.join(name));
    }
    Ok(())
}

/// What a container says and what its frames add up to differ a little; a file that was cut short differs more.
fn missing(found: Duration, expected: Duration) -> Option<Seconds> {
    let missing = expected.saturating_sub(found);
    let much = Duration::from_secs(1).max(expected.mul_f64(0.01)).min(Duration::from_secs(10));
    (missing >= much).then(|| Seconds(missing.as_secs_f64().round().max(1.0) as u32))
}

/// Tells how far it is, by what is written already. ffmpeg itself says nothing before all its outputs have begun, and the
/// first sheet of small pictures is written when it is full.
async fn follow(
    folder: &Path,
    job: &TranscodeJob,
    progress: &(dyn Fn(u8) + Send + Sync),
) -> std::convert::Infallible {
    progress(0);
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let (folder, job_) = (folder.to_owned(), job.clone());
        // There is nothing to read before the first segment.
        if let Ok(written) = blocking(move || measure::written(&folder, &job_)).await {
            progress(percent(written, job.probe.duration));
        }
    }
}

/// 100 is said once the output is there.
fn percent(done: Duration, total: Duration) -> u8 {
    let share = done.as_secs_f64() / total.as_secs_f64().max(0.001);
    (share * 100.0).clamp(0.0, 99.0) as u8
}

/// A loaded small machine takes some thirty times as long as a 4K film lasts. A process that takes longer hangs.
fn limits(duration: Duration) -> Limits {
    Limits { time: duration * 40 + Duration::from_secs(600), file: LARGEST_FILE }
}

async fn is_dir(path: &Path) -> Result<bool, TranscodeError> {
    match tokio::fs::metadata(path).await {
        Ok(found) => Ok(found.is_dir()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(internal(error)),
    }
}

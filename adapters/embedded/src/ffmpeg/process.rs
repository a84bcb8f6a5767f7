//! Child processes that do not outlive their reason: not a cancellation, and not `kill -9` of the server.

use super::FfmpegError;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::Command;

/// Where the programs are.
pub(super) struct Launcher {
    ffmpeg: PathBuf,
    ffprobe: PathBuf,
    /// `setpriv` (util-linux) asks the kernel to kill the child together with the thread that started it, and
    /// becomes the child. Where it is missing, a child of a killed server works on in a folder that the next
    /// start removes, and fails.
    setpriv: Option<PathBuf>,
    /// Pages come before renditions.
    nice: Option<PathBuf>,
}

/// Why a process did not end well.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stopped {
    /// It said no: the end of what it wrote to standard error.
    #[error("the process failed: {stderr}")]
    Failed {
        /// The last few kilobytes.
        stderr: String,
    },
    /// Somebody ended it, as the kernel does where memory runs out.
    #[error("the process was killed")]
    Killed,
    /// It took longer than it may, and was ended.
    #[error("the process took too long")]
    TimedOut,
    /// It could not be started or read from.
    #[error("the process could not be run")]
    Io(#[from] std::io::Error),
}

impl Launcher {
    /// Looks for the programs on `PATH`.
    pub(super) fn find() -> Result<Self, FfmpegError> {
        let needed = |name| on_path(name).ok_or(FfmpegError::Missing(name));
        Ok(Self {
            ffmpeg: needed("ffmpeg")?,
            ffprobe: needed("ffprobe")?,
            setpriv: on_path("setpriv"),
            nice: on_path("nice"),
        })
    }

    /// Runs ffmpeg to its end, in a folder. `done` hears how much of the output's time is written.
    /// A run that is dropped is killed.
    pub(super) async fn ffmpeg(
        &self,
        arguments: &[OsString],
        folder: &Path,
        limit: Duration,
        done: &(dyn Fn(Duration) + Send + Sync),
    ) -> Result<(), Stopped> {
        let mut command = self.command(&self.ffmpeg, arguments);
        command.current_dir(folder);
        self.run(command, limit, async |stdout| {
            let mut lines = BufReader::new(stdout).lines();
            while let Some(line) = lines.next_line().await? {
                // Before the first frame it says "N/A".
                if let Some(micros) = line.strip_prefix("out_time_us=").and_then(|micros| micros.parse().ok())
                {
                    done(Duration::from_micros(micros));
                }
            }
            Ok(())
        })
        .await
    }

    /// Runs ffprobe to its end, and folds what it writes to standard output, line by line.
    pub(super) async fn ffprobe(
        &self,
        arguments: &[OsString],
        limit: Duration,
        mut line: impl FnMut(&str),
    ) -> Result<(), Stopped> {
        let command = self.command(&self.ffprobe, arguments);
        self.run(command, limit, async |stdout| {
            let mut lines = BufReader::new(stdout).lines();
            while let Some(text) = lines.next_line().await? {
                line(&text);
            }
            Ok(())
        })
        .await
    }

    /// A child that has no input, no environment, its own process group (so that Ctrl-C reaches the server
    /// alone, which then stops it in order), and dies when its handle is dropped. `setpriv` and `nice` replace
    /// themselves by the program: the child is the program itself.
    fn command(&self, program: &Path, arguments: &[OsString]) -> Command {
        let mut line: Vec<&OsStr> = Vec::new();
        if let Some(setpriv) = &self.setpriv {
            line.extend([setpriv.as_os_str(), "--pdeathsig".as_ref(), "KILL".as_ref(), "--".as_ref()]);
        }
        if let Some(nice) = &self.nice {
            line.extend([nice.as_os_str(), "-n".as_ref(), "10".as_ref()]);
        }
        line.push(program.as_os_str());
        let mut command = Command::new(line[0]);
        command.args(&line[1..]).args(arguments).env_clear();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.process_group(0).kill_on_drop(true);
        command
    }

    async fn run(
        &self,
        mut command: Command,
        limit: Duration,
        read: impl AsyncFnOnce(tokio::process::ChildStdout) -> std::io::Result<()>,
    ) -> Result<(), Stopped> {
        let mut child = command.spawn()?;
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(Stopped::Io(std::io::Error::other("the child has no pipes")));
        };
        let all = async { tokio::try_join!(read(stdout), tail(stderr), child.wait()) };
        let ended = tokio::time::timeout(limit, all).await;
        let Ok(ended) = ended else {
            child.kill().await?;
            return Err(Stopped::TimedOut);
        };
        let ((), stderr, status) = ended?;
        match status.code() {
            // It also ends well when the disk is full while it closes its last file.
            Some(0) if !stderr.contains("No space left on device") => Ok(()),
            Some(_) => Err(Stopped::Failed { stderr }),
            None => Err(Stopped::Killed),
        }
    }
}

/// The last few kilobytes of a stream: enough for a log, and for the reason, which comes last.
async fn tail(mut stream: impl AsyncRead + Unpin) -> std::io::Result<String> {
    const KEPT: usize = 4096;
    let (mut kept, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let n = stream.read(&mut buffer).await?;
        if n == 0 {
            return Ok(String::from_utf8_lossy(&kept).trim().to_owned());
        }
        kept.extend_from_slice(&buffer[..n]);
        let excess = kept.len().saturating_sub(KEPT);
        kept.drain(..excess);
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file())
}

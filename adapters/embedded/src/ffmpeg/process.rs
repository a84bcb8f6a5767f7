//! Child processes that do not outlive their reason: not a cancellation, and not `kill -9` of the server.

use super::FfmpegError;
use super::cores::{Cores, Share};
use super::settings::FfmpegSettings;
use rustix::process::{Pid, Signal, kill_process_group};
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::Command;

/// Where the programs are.
pub(super) struct Launcher {
    ffmpeg: PathBuf,
    ffprobe: PathBuf,
    /// `prlimit` (util-linux) sets limits and becomes the program.
    prlimit: Option<PathBuf>,
    /// Where a run may not use all cores.
    cores: Option<Cores>,
    /// What stands in front of every command. Each word becomes the next by itself: the child is the program.
    wrappers: Vec<OsString>,
}

/// What a run may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// From its start to its end.
    pub time: Duration,
    /// The size of each file that it writes, bytes.
    pub file: u64,
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
    /// It wrote more than it may, and was ended.
    #[error("the process wrote too much")]
    TooLarge,
    /// It could not be started or read from.
    #[error("the process could not be run")]
    Io(#[from] std::io::Error),
}

impl Launcher {
    /// Looks for the programs on `PATH`.
    pub(super) fn find(settings: &FfmpegSettings) -> Result<Self, FfmpegError> {
        let needed = |name| on_path(name).ok_or(FfmpegError::Missing(name));
        let mut wrappers: Vec<OsString> = without_network();
        // `setpriv` (util-linux) asks the kernel to kill the child together with the thread that started it.
        // Where it is missing, a child of a killed server works on in a folder that the next start removes,
        // and fails.
        if let Some(setpriv) = on_path("setpriv") {
            wrappers.push(setpriv.into());
            wrappers.extend(["--pdeathsig", "KILL", "--"].map(OsString::from));
        }
        if let Some(nice) = on_path("nice") {
            wrappers.push(nice.into());
            wrappers.extend(["-n".to_owned(), settings.niceness.to_string()].map(OsString::from));
        }
        Ok(Self {
            ffmpeg: needed("ffmpeg")?,
            ffprobe: needed("ffprobe")?,
            prlimit: on_path("prlimit"),
            cores: Cores::find(settings.cores)?,
            wrappers,
        })
    }

    /// Runs ffmpeg to its end, in a folder. A run that is dropped is killed. Returns the end of what it wrote to standard error.
    pub(super) async fn ffmpeg(
        &self,
        arguments: &[OsString],
        folder: &Path,
        limits: Limits,
    ) -> Result<String, Stopped> {
        let share = self.cores.as_ref().map(Cores::share);
        let mut command = self.command(&self.ffmpeg, arguments, limits, share.as_ref());
        command.current_dir(folder);
        run(command, limits, |_| ()).await
    }

    /// Runs ffprobe to its end, and folds what it writes to standard output, line by line.
    pub(super) async fn ffprobe(
        &self,
        arguments: &[OsString],
        time: Duration,
        line: impl FnMut(&str),
    ) -> Result<(), Stopped> {
        let limits = Limits { time, file: 0 };
        let share = self.cores.as_ref().map(Cores::share);
        let command = self.command(&self.ffprobe, arguments, limits, share.as_ref());
        run(command, limits, line).await.map(drop)
    }

    /// A child that has no input, no environment, its own process group (so that Ctrl-C reaches the server
    /// alone, which then stops it in order), and dies when its handle is dropped.
    fn command(
        &self,
        program: &Path,
        arguments: &[OsString],
        limits: Limits,
        share: Option<&Share<'_>>,
    ) -> Command {
        let mut line = self.wrappers.clone();
        line.extend(share.into_iter().flat_map(Share::wrapper));
        if let Some(prlimit) = &self.prlimit {
            line.push(prlimit.into());
            line.extend(
                [format!("--fsize={}", limits.file), "--core=0".into(), "--".into()].map(OsString::from),
            );
        }
        line.push(program.into());
        let mut command = Command::new(&line[0]);
        command.args(&line[1..]).args(arguments).env_clear();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.process_group(0).kill_on_drop(true);
        command
    }
}

/// A process group that ends when this is dropped.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // One that has ended already is fine.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

async fn run(mut command: Command, limits: Limits, mut line: impl FnMut(&str)) -> Result<String, Stopped> {
    let mut child = command.spawn()?;
    let pid = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    let mut group = Group(pid);
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(Stopped::Io(std::io::Error::other("the child has no pipes")));
    };
    let read = async {
        let mut lines = BufReader::new(stdout).lines();
        while let Some(text) = lines.next_line().await? {
            line(&text);
        }
        Ok(())
    };
    let all = async { tokio::try_join!(read, tail(stderr), child.wait()) };
    let Ok(ended) = tokio::time::timeout(limits.time, all).await else {
        drop(group);
        child.wait().await?;
        return Err(Stopped::TimedOut);
    };
    let ((), stderr, status) = ended?;
    // It was waited for: the number may be another's from now on.
    group.0 = None;
    const TOO_LARGE: i32 = Signal::XFSZ.as_raw();
    match (status.code(), status.signal()) {
        // It also ends well when the disk is full while it closes its last file.
        (Some(0), _) if !stderr.contains("No space left on device") => Ok(stderr),
        (None, Some(TOO_LARGE)) => Err(Stopped::TooLarge),
        (Some(_), _) if stderr.contains("File too large") => Err(Stopped::TooLarge),
        (Some(_), _) => Err(Stopped::Failed { stderr }),
        (None, _) => Err(Stopped::Killed),
    }
}

/// The words that take the network away from a command, where this machine lets us: ffmpeg is told to open
/// nothing but files anyway.
fn without_network() -> Vec<OsString> {
    let (Some(unshare), Some(nothing)) = (on_path("unshare"), on_path("true")) else { return Vec::new() };
    let ways: [&[&str]; 2] = [&["--net", "--"], &["--user", "--map-current-user", "--net", "--"]];
    for way in ways {
        let mut attempt = std::process::Command::new(&unshare);
        attempt.args(way).arg(&nothing).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if attempt.status().is_ok_and(|status| status.success()) {
            return [unshare.into()].into_iter().chain(way.iter().map(OsString::from)).collect();
        }
    }
    Vec::new()
}

/// The last few kilobytes of a stream: enough for a log, and for the reason, which comes last.
async fn tail(mut stream: impl AsyncRead + Unpin) -> std::io::Result<String> {
    const KEPT: usize = 16 * 1024;
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

pub(super) fn on_path(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroUsize;

    const LIMITS: Limits = Limits { time: Duration::from_secs(60), file: 1 << 20 };

    /// A shell in the place of ffmpeg.
    fn shell(script: &str, limits: Limits) -> Command {
        shell_on(&launcher(FfmpegSettings::default()), script, limits)
    }

    fn shell_on(launcher: &Launcher, script: &str, limits: Limits) -> Command {
        let share = launcher.cores.as_ref().map(Cores::share);
        launcher.command(Path::new("/bin/sh"), &["-c".into(), script.into()], limits, share.as_ref())
    }

    fn launcher(settings: FfmpegSettings) -> Launcher {
        Launcher::find(&settings).expect("ffmpeg is installed")
    }

    fn is_running(pid: &str) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // One that waits for somebody to ask how it ended does not run.
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
    }

    #[tokio::test]
    async fn what_takes_too_long_ends_with_all_its_children() {
        let limits = Limits { time: Duration::from_millis(500), ..LIMITS };
        let mut child = String::new();
        let script = "/bin/sleep 100 & echo $!; wait";
        let ended = run(shell(script, limits), limits, |line| child.push_str(line)).await;
        assert!(matches!(ended, Err(Stopped::TimedOut)), "{ended:?}");
        assert!(!child.is_empty());
        while is_running(&child) {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn what_writes_too_much_is_ended() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("large");
        let script = format!("exec /bin/dd if=/dev/zero of={} bs=1M count=4", file.display());
        let ended = run(shell(&script, LIMITS), LIMITS, |_| ()).await;
        assert!(matches!(ended, Err(Stopped::TooLarge)), "{ended:?}");
    }

    #[tokio::test]
    async fn there_is_no_environment_and_where_the_machine_lets_us_no_network() {
        let mut said = Vec::new();
        let script = "echo PATH=$HOME; cat /proc/net/dev";
        let script = script.replace("cat", "/bin/cat");
        run(shell(&script, LIMITS), LIMITS, |line| said.push(line.to_owned())).await.expect("it ends well");
        assert_eq!(said[0], "PATH=");
        if !without_network().is_empty() {
            let devices: Vec<_> = said[3..].iter().filter_map(|line| line.trim().split_once(':')).collect();
            assert!(devices.iter().all(|(name, _)| *name == "lo"), "{devices:?}");
        }
    }

    #[tokio::test]
    async fn a_run_uses_no_more_cores_than_it_may() {
        let launcher = launcher(FfmpegSettings { cores: NonZeroUsize::new(1), ..FfmpegSettings::default() });
        let mut said = String::new();
        let command = shell_on(&launcher, "/bin/grep Cpus_allowed_list /proc/self/status", LIMITS);
        run(command, LIMITS, |line| said.push_str(line)).await.expect("it ends well");
        let (_, cores) = said.split_once(':').expect("a list");
        assert!(cores.trim().parse::<usize>().is_ok(), "{cores}");
    }
}

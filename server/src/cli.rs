//! The command line.

mod edge;
mod sandbox;

use crate::compose::{self, Program};
use crate::config::Config;
use crate::http::{Site, router};
use crate::rotation::Rotation;
use crate::system::{self, SystemClock};
use crate::{demo, import, serve, telemetry};
use clap::{Args, Parser, Subcommand};
use domain::account::Role;
use futures::future::OptionFuture;
use services::clock::Clock;
use services::worker::{CONVERSIONS, EVENTS, JOBS, MAIL, Task, Worker};
use services::{accounts, housekeeping, jobs, outbox, videos};
use std::error::Error;
use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How many jobs other than conversions are done at a time: they are short, and wait for the disk.
const JOBS_AT_A_TIME: usize = 4;
/// How many mails are sent at a time.
const MAILS_AT_A_TIME: usize = 4;

/// Stoa: sells and teaches video courses.
///
/// Everything is kept in one folder (`data_dir`), and nothing else is needed but ffmpeg. Configuration comes
/// from `stoa.toml` where it is there, then from variables (`STOA_DATA_DIR`, `STOA_HTTP__DRAIN_SECONDS`),
/// then from options. `stoa config` shows every key with its effective value.
#[derive(Debug, Parser)]
#[command(name = "stoa", version, propagate_version = true)]
struct Cli {
    /// Read this configuration file instead of `stoa.toml`.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server until it is told to stop (SIGTERM, or Ctrl-C).
    Serve(Serve),
    /// Manage accounts.
    #[command(subcommand)]
    Account(Account),
    /// Bring in courses from a JSON file: all of them, or none if a row is wrong.
    Import(Import),
    /// Take away files that nobody needs any more, as the server does by itself every hour.
    Clean(Clean),
    /// Sign for the media edge, and ask it why it refuses.
    #[command(subcommand)]
    Edge(edge::Edge),
    /// Run the payment sandbox by itself: a server that answers like Stripe, on this machine, with no money in it.
    Sandbox(sandbox::Sandbox),
    /// Show the effective configuration, without secrets.
    Config,
}

#[derive(Debug, Args)]
struct Serve {
    /// Add demo accounts, courses and a film where they are not there yet.
    #[arg(long)]
    demo: bool,
    /// Listen on this port (0: any that is free).
    #[arg(long)]
    port: Option<u16>,
}

#[derive(Debug, Subcommand)]
enum Account {
    /// Add an account. The password is asked for, or read as a line from standard input.
    Add {
        /// The address to sign in with.
        #[arg(long)]
        email: String,
        /// The name that others see.
        #[arg(long)]
        name: String,
        /// One of learner, instructor, support, admin.
        #[arg(long, default_value = "learner")]
        role: Role,
    },
    /// Set a new password, and end every session of the account and what plays in them. It is asked for, or read as
    /// a line from standard input.
    Password {
        /// The address to sign in with.
        #[arg(long)]
        email: String,
    },
}

#[derive(Debug, Args)]
struct Import {
    /// An array of courses: slug, title, subtitle, description, instructor, price_cents, level, updated,
    /// sections of lessons, reviews.
    file: PathBuf,
    /// The instructor who may edit them; the account is made where it is not there.
    #[arg(long, value_name = "EMAIL", default_value = "import@stoa.example")]
    owner: String,
}

#[derive(Debug, Args)]
struct Clean {
    /// What was replaced, or has no record, goes after so many hours. Less than one is for a server that is stopped: what
    /// has just arrived has no record for a moment.
    #[arg(long, value_name = "HOURS", default_value_t = videos::GRACE.as_secs() / 3600)]
    grace: u64,
}

/// Runs the program.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match execute(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "stoa: {error}");
            ExitCode::FAILURE
        }
    }
}

fn execute(cli: Cli) -> Result<(), Box<dyn Error>> {
    let mut config = Config::load(cli.config.as_deref(), std::env::vars())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match cli.command {
        Command::Serve(Serve { demo, port }) => {
            if let Some(port) = port {
                config.listen.set_port(port);
            }
            telemetry::logs(&config.log);
            runtime.block_on(server(config, demo))
        }
        Command::Account(Account::Add { email, name, role }) => {
            let password = password()?;
            let stoa = runtime.block_on(compose::beside(&config))?;
            runtime.block_on(accounts::add_account(&stoa, &email, &name, role, &password))?;
            say(format_args!("Added {email}."));
            Ok(())
        }
        Command::Account(Account::Password { email }) => {
            let stoa = runtime.block_on(compose::beside(&config))?;
            if runtime.block_on(accounts::by_email(&stoa, &email))?.is_none() {
                return Err(format!("no account has the address {email}").into());
            }
            runtime.block_on(accounts::set_password(&stoa, &email, &password()?))?;
            say(format_args!("{email} has a new password and must sign in again."));
            Ok(())
        }
        Command::Import(Import { file, owner }) => {
            let stoa = runtime.block_on(compose::beside(&config))?;
            let count = runtime.block_on(import::run(&stoa, &file, &owner))?;
            say(format_args!("Imported {count} courses."));
            Ok(())
        }
        Command::Clean(Clean { grace }) => {
            if grace == 0 && compose::is_in_use(&config)? {
                return Err("a server uses this data: stop it, or leave --grace at an hour or more".into());
            }
            let stoa = runtime.block_on(compose::beside(&config))?;
            let grace = Duration::from_secs(grace.saturating_mul(3600));
            let count = runtime.block_on(housekeeping::clean(&stoa, grace))?;
            say(format_args!("{count} things that nobody needed were taken away."));
            Ok(())
        }
        Command::Edge(edge) => edge.run(&config, SystemClock.now()),
        Command::Sandbox(sandbox) => {
            telemetry::logs(&config.log);
            runtime.block_on(sandbox.run())
        }
        Command::Config => {
            say(config.to_json());
            Ok(())
        }
    }
}

async fn server(mut config: Config, demo: bool) -> Result<(), Box<dyn Error>> {
    if let Err(error) = system::allow_many_files() {
        tracing::warn!(%error, "the limit on open files stays as it is");
    }
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", config.listen))?;
    config.listen = listener.local_addr()?;
    config.payments.sandbox = Some(config.has_sandbox(demo));
    let Program { stoa, uploads, hears, till } = compose::server(&config).await?;
    let metrics = telemetry::metrics();
    let stop = CancellationToken::new();
    let config = Arc::new(config);
    let rotation = Rotation::new(config.clone(), stoa.media.clone())?;
    let site = Site {
        stoa: stoa.clone(),
        config: config.clone(),
        metrics: metrics.clone(),
        stop: stop.clone(),
        uploads,
        till,
    };
    if let Some(sandbox) = site.till.as_ref().and_then(|till| till.sandbox.clone()) {
        tokio::spawn(sandbox.run());
    }
    let router = router(site);

    let relay = tokio::spawn(outbox::relay(stoa.clone(), stop.clone()));
    tokio::spawn(housekeeping::run(stoa.clone(), stop.clone()));
    let worker = |queue, at_a_time| {
        let working = stoa.clone();
        let handle = move |task| jobs::handle(working.clone(), task);
        tokio::spawn(Worker::new(&stoa, queue, at_a_time).run(handle, stop.clone()))
    };
    let conversions = worker(CONVERSIONS, config.conversion.at_a_time);
    let jobs = worker(JOBS, JOBS_AT_A_TIME);
    let mail = worker(MAIL, MAILS_AT_A_TIME);
    let hearing = hears.map(|hears| {
        let hearing = stoa.clone();
        let handle = move |told: Task<&str>| Ok(jobs::hear(hearing.clone(), hears(told.job)));
        tokio::spawn(Worker::new(&stoa, EVENTS, JOBS_AT_A_TIME).run_on_text(handle, stop.clone()))
    });
    tokio::spawn(telemetry::upkeep(metrics));
    tokio::spawn(rotation.run(stop.clone())?);
    tokio::spawn(stop_on_signal(stop.clone())?);
    announce(&config, demo);
    if demo {
        tokio::spawn(demo::seed(stoa, config.demo.film.clone()));
    }
    serve(listener, router, &config.http, stop).await;
    // All end by themselves once they are told to; what the workers did not finish is handed back.
    let _ = tokio::join!(relay, conversions, jobs, mail, OptionFuture::from(hearing));
    tracing::info!("stopped");
    Ok(())
}

/// Orders the program to stop at the first signal. A second one ends it at once.
fn stop_on_signal(stop: CancellationToken) -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        for last in [false, true] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if last {
                std::process::exit(130);
            }
            tracing::info!("stopping");
            stop.cancel();
        }
    })
}

fn announce(config: &Config, demo: bool) {
    say(format_args!("Stoa is at {}", config.origin()));
    if demo {
        say(format_args!(
            "Sign in as {} (teaches), {} (learns) or {} (operates), password: {}",
            demo::ADA,
            demo::LINUS,
            demo::GRACE,
            demo::PASSWORD
        ));
    }
    if config.payments.sandbox == Some(true) {
        say(format_args!(
            "Courses are paid in a sandbox, with the card 4242 4242 4242 4242; what can go wrong is at {}{}/faults",
            config.origin(),
            domain::address::SANDBOX
        ));
    }
}

/// The one place that writes to standard output. Who reads it may have gone away.
fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn password() -> std::io::Result<String> {
    if std::io::stdin().is_terminal() {
        return rpassword::prompt_password("Password: ");
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

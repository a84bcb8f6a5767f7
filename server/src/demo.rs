//! `--demo`: accounts, courses and a film, so that a fresh start has something to show.
//!
//! Big Buck Bunny is (c) copyright 2008, Blender Foundation, <https://peach.blender.org>, under the Creative
//! Commons Attribution 3.0 licence; the course says so too.

mod courses;

use domain::account::{Account, Actor, Role};
use domain::video::VideoStatus;
use futures::StreamExt;
use services::{Error, Result, Stoa, accounts, authoring, catalogue, import, videos};
use std::path::{Path, PathBuf};
use tokio::fs::File;
use tokio_util::io::ReaderStream;

/// Signs in as the instructor.
pub(crate) const ADA: &str = "ada@stoa.example";
/// Signs in as a learner.
pub(crate) const LINUS: &str = "linus@stoa.example";
/// Signs in as who operates the program.
pub(crate) const GRACE: &str = "grace@stoa.example";
/// Of all.
pub(crate) const PASSWORD: &str = "learning is fun";

/// How much of the film is read at a time.
const PIECE: usize = 256 * 1024;

/// Adds what is not there yet. Nothing depends on it: what does not work is only logged.
pub(crate) async fn seed(stoa: Stoa, film: PathBuf) {
    if let Err(error) = try_seed(&stoa, &film).await {
        tracing::error!(error = &error as &dyn std::error::Error, "the demo is not complete");
    }
}

async fn try_seed(stoa: &Stoa, film: &Path) -> Result<()> {
    account(stoa, LINUS, "Linus Torres", Role::Learner).await?;
    account(stoa, GRACE, "Grace Lindqvist", Role::Admin).await?;
    let ada = account(stoa, ADA, "Ada Okafor", Role::Instructor).await?;
    let now = stoa.clock.now();
    // Newest first is the catalogue's order, and the film's course is to be the first.
    for course in courses::all(now).into_iter().rev() {
        match catalogue::course(stoa, Actor::Anonymous, course.slug.as_str()).await {
            Err(Error::NotFound) => drop(import::course(stoa, &ada, course).await?),
            found => drop(found?),
        }
    }
    upload(stoa, &ada, film).await
}

async fn account(stoa: &Stoa, email: &str, name: &str, role: Role) -> Result<Account> {
    if let Some(account) = accounts::by_email(stoa, email).await? {
        return Ok(account);
    }
    accounts::add_account(stoa, email, name, role, PASSWORD).await?;
    accounts::by_email(stoa, email).await?.ok_or(Error::NotFound)
}

/// Uploads the film to its lesson as an instructor would, unless there is a video already.
async fn upload(stoa: &Stoa, ada: &Account, film: &Path) -> Result<()> {
    let actor = ada.actor(None);
    let own = authoring::own_courses(stoa, actor).await?;
    let Some(course) = own.iter().find(|own| own.card.slug.as_str() == courses::FILM_COURSE) else {
        return Ok(());
    };
    let editor = authoring::editor(stoa, actor, course.id).await?;
    let Some(lesson) = editor.outline.lessons().next().map(|lesson| lesson.id) else { return Ok(()) };
    if videos::of_lesson(stoa, actor, course.id, lesson).await?.status != VideoStatus::Missing {
        return Ok(());
    }
    let file = match File::open(film).await {
        Ok(file) => file,
        Err(error) => {
            tracing::info!(film = %film.display(), %error, "the demo has no film");
            return Ok(());
        }
    };
    let name = film.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = ReaderStream::with_capacity(file, PIECE).boxed();
    videos::upload(stoa, actor, course.id, lesson, &name, None, bytes).await
}

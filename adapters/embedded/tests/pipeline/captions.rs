//! Captions that instructors upload, from the file to the player.

use super::*;
use domain::caption::MAX_LANGUAGES;
use domain::id::CaptionId;
use services::captions;
use services::worker::Job;

const GERMAN: &str = "1\r\n00:00:01,000 --> 00:00:02,500\r\nGrüß dich\r\n";
const ARABIC: &str = "WEBVTT\n\n00:01.000 --> 00:02.000 align:start\nمرحبا\n";

#[tokio::test]
async fn captions_are_given_to_players_as_soon_as_they_can_fetch_them() {
    let world = World::with_video().await;
    world.caption("de", GERMAN).await.unwrap();
    world.caption("ar", ARABIC).await.unwrap();
    assert_eq!(world.offered().await, [""; 0], "a file that is not there yet is not named");
    assert_eq!([world.work().await, world.work().await], [Outcome::Done, Outcome::Done]);
    let captions = world.open().await.unwrap().captions;
    let labels: Vec<_> = captions.iter().map(|caption| caption.label.as_str()).collect();
    assert_eq!(labels, ["Deutsch", "العربية"]);
    assert_eq!(captions[0].language.as_ref().map(|language| language.as_str()), Some("de"));
    let stored = std::fs::read_to_string(world.blobs().join(&captions[0].address[1..])).unwrap();
    assert_eq!(stored, "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nGrüß dich\n");
}

#[tokio::test]
async fn captions_take_the_place_of_those_in_the_same_language() {
    let world = World::with_video().await;
    world.caption("de", GERMAN).await.unwrap();
    world.work().await;
    let before = world.offered().await;
    world.caption("DE", "00:01 --> 00:02\nBesser").await.unwrap();
    world.work().await;
    let after = world.offered().await;
    assert_eq!((before.len(), after.len()), (1, 1));
    assert_ne!(before, after, "browsers keep what is at an address");
    assert_eq!(world.caption_files(), 2, "the file, and its copy beside the video");
}

#[tokio::test]
async fn captions_that_are_removed_are_gone() {
    let world = World::with_video().await;
    let id = world.caption("de", GERMAN).await.unwrap();
    world.work().await;
    captions::remove(&world.stoa, world.actor, world.course, world.lesson, id).await.unwrap();
    assert_eq!(world.offered().await, [""; 0]);
    world.work().await;
    assert_eq!(world.caption_files(), 0);
    let again = captions::remove(&world.stoa, world.actor, world.course, world.lesson, id).await;
    assert!(matches!(again, Err(Error::Refused(_))));
}

#[tokio::test]
async fn captions_stay_when_another_version_is_uploaded() {
    let world = World::new().await;
    world.upload("one.mp4", world.film("640x360", 5)).await.unwrap();
    world.caption("de", GERMAN).await.unwrap();
    world.settle(3).await;
    let first = world.offered().await;
    assert_eq!(first.len(), 1, "captions can be added before the video is ready");
    world.upload("two.mp4", world.film("640x360", 6)).await.unwrap();
    world.settle(2).await;
    let second = world.offered().await;
    let playlist = world.playlist_address().await;
    let folder = playlist.strip_suffix("master.m3u8").unwrap();
    assert!(second[0].starts_with(folder) && second != first, "{second:?} {playlist}");
    assert!(world.blobs().join(&second[0][1..]).exists());
}

#[tokio::test]
async fn captions_that_came_with_the_file_give_way_to_those_in_the_same_language() {
    let world = World::new().await;
    world.upload("one.mkv", world.film_with_subtitles()).await.unwrap();
    world.work().await;
    let languages = async || {
        let captions = world.open().await.unwrap().captions;
        let tag = |caption: &domain::view::CaptionTrack| caption.language.as_ref().map(ToString::to_string);
        captions.iter().map(|caption| (tag(caption).unwrap(), caption.address.len())).collect::<Vec<_>>()
    };
    let embedded = languages().await;
    assert_eq!(embedded.iter().map(|(tag, _)| tag.as_str()).collect::<Vec<_>>(), ["de", "fr"]);
    let id = world.caption("de", GERMAN).await.unwrap();
    world.work().await;
    let uploaded = languages().await;
    assert_eq!(uploaded.iter().map(|(tag, _)| tag.as_str()).collect::<Vec<_>>(), ["de", "fr"]);
    assert!(uploaded[0].1 > embedded[0].1, "named by an identifier, not by a number");
    captions::remove(&world.stoa, world.actor, world.course, world.lesson, id).await.unwrap();
    world.work().await;
    assert_eq!(languages().await, embedded);
}

#[tokio::test]
async fn what_lies_beside_a_video_becomes_what_its_record_says() {
    let world = World::with_video().await;
    world.caption("de", GERMAN).await.unwrap();
    let task = world.task().await;
    assert!(matches!(task.job, Job::PlaceCaptions { .. }), "{task:?}");
    world.again(&task).await;
    let files = world.files("media");
    let address = world.offered().await.remove(0);
    let copy = world.blobs().join(&address[1..]);
    let stray = copy.with_file_name("01J00000000000000000000000.vtt");
    let embedded = copy.with_file_name("1.vtt");
    std::fs::remove_file(&copy).unwrap();
    std::fs::write(&stray, "left by a run that was overtaken").unwrap();
    std::fs::write(&embedded, "came with the file").unwrap();
    assert_eq!(world.again(&task).await, Outcome::Done);
    assert!(embedded.exists());
    std::fs::remove_file(&embedded).unwrap();
    assert_eq!(world.files("media"), files);
}

#[tokio::test]
async fn captions_that_are_refused_leave_nothing() {
    let world = World::new().await;
    let early = world.caption("de", GERMAN).await;
    assert!(matches!(early, Err(Error::Refused(_))), "there is no video yet: {early:?}");
    world.upload("one.mp4", world.film("640x360", 5)).await.unwrap();
    let Err(Error::Refused(message)) = world.caption("de", "1\n00:00:01 -> 00:00:02\nHallo").await else {
        panic!("a line is wrong")
    };
    assert!(message.starts_with("Line 2 is not a time range"), "{message}");
    assert!(matches!(world.caption("../x", GERMAN).await, Err(Error::Invalid { .. })));
    let eve = instructor(&world.stoa, "eve@stoa.example").await;
    for stranger in [Actor::Anonymous, eve] {
        let result = captions::add(&world.stoa, stranger, world.course, world.lesson, "de", GERMAN).await;
        assert!(matches!(result, Err(Error::NotFound | Error::SignInNeeded | Error::Forbidden)));
    }
    for n in 0..MAX_LANGUAGES {
        world.caption(&format!("de-x{n}"), GERMAN).await.unwrap();
    }
    assert!(matches!(world.caption("fr", GERMAN).await, Err(Error::Refused(_))));
    assert_eq!(world.caption_files(), MAX_LANGUAGES);
    world.caption("de-x0", GERMAN).await.unwrap();
    assert_eq!(world.caption_files(), MAX_LANGUAGES, "one in the place of another is no more");
}

#[tokio::test]
async fn captions_go_with_their_video() {
    let world = World::with_video().await;
    world.caption("de", GERMAN).await.unwrap();
    world.work().await;
    videos::remove(&world.stoa, world.actor, world.course, world.lesson).await.unwrap();
    world.work().await;
    assert_eq!(world.caption_files(), 0);
}

#[tokio::test]
async fn captions_that_a_crash_left_are_taken_away_after_a_while() {
    let world = World::with_video().await;
    let id = world.caption("de", GERMAN).await.unwrap();
    world.work().await;
    let kept = world.files("captions");
    let left = kept[0].replace(&id.to_string(), "01J00000000000000000000000");
    for orphan in [left.as_str(), "captions/01J00000000000000000000000/01J00000000000000000000001.vtt"] {
        world.stoa.blobs.put(&BlobKey::new(orphan).unwrap(), bytes("WEBVTT")).await.unwrap();
    }
    assert_eq!(
        videos::clean(&world.stoa, videos::GRACE).await.unwrap(),
        0,
        "somebody may be about to record them"
    );
    world.clock.advance(videos::GRACE * 3_000);
    assert_eq!(videos::clean(&world.stoa, videos::GRACE).await.unwrap(), 2);
    assert_eq!(world.files("captions"), kept);
}

impl World {
    /// With a video that can be watched.
    async fn with_video() -> Self {
        let world = Self::new().await;
        world.upload("one.mp4", world.film("640x360", 5)).await.unwrap();
        assert_eq!(world.work().await, Outcome::Done);
        world
    }

    async fn caption(&self, language: &str, file: &str) -> services::Result<CaptionId> {
        captions::add(&self.stoa, self.actor, self.course, self.lesson, language, file).await
    }

    /// Where players find captions.
    async fn offered(&self) -> Vec<String> {
        let captions = self.open().await.unwrap().captions;
        captions.into_iter().map(|caption| caption.address).collect()
    }

    /// A film with subtitles in German and in French.
    fn film_with_subtitles(&self) -> ByteStream {
        let path = |name: &str| self.folder.path().join(name);
        media::film(&path("plain.mp4"), "640x360", "24", 5, 6);
        std::fs::write(path("words.srt"), GERMAN).unwrap();
        let (plain, words) = (path("plain.mp4"), path("words.srt"));
        let inputs = format!("-i {} -i {} -i {}", plain.display(), words.display(), words.display());
        let languages = "-metadata:s:s:0 language=ger -metadata:s:s:1 language=fre";
        media::make(&path("film.mkv"), &format!("{inputs} -map 0 -map 1 -map 2 -c copy {languages}"));
        let film = std::fs::read(path("film.mkv")).unwrap();
        futures::stream::iter([Ok(Bytes::from(film))]).boxed()
    }

    async fn settle(&self, jobs: usize) {
        for _ in 0..jobs {
            assert_eq!(self.work().await, Outcome::Done);
        }
    }

    /// Files of captions, wherever they lie.
    fn caption_files(&self) -> usize {
        [self.files("media"), self.files("captions")]
            .concat()
            .iter()
            .filter(|file| file.contains("captions/"))
            .count()
    }
}

//! What pages show: read models, made by use cases and carried to the browser as they are.

use crate::account::{Actor, Role};
use crate::caption::Language;
use crate::course::{Course, Level, Outline};
use crate::device::DeviceName;
use crate::download::FileName;
use crate::id::{AccountId, AssetId, AttachmentId, CaptionId, CourseId, LeaseId, LessonId, VersionId};
use crate::mail::Topic;
use crate::money::Price;
use crate::review::{Rating, Review};
use crate::shared::Shared;
use crate::text::{DisplayName, Email, Prose, Slug, Subtitle, TimeZone, Title};
use crate::time::{Seconds, Timestamp};
use crate::upload::UnfinishedUpload;
use crate::video::{LogLine, VideoStatus};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Whose session it is.
    pub account: AccountId,
    /// The name to greet with.
    pub name: DisplayName,
    /// What menus to show. What is allowed is the server's to decide.
    pub role: Role,
    /// When their account will be deleted, where they want that.
    pub deletion: Option<Timestamp>,
}

impl Viewer {
    /// Them as one who asks.
    pub fn actor(&self) -> Actor {
        Actor::Account { id: self.account, role: self.role, from: None }
    }
}

/// How an account is protected, for its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Security {
    /// Its address.
    pub email: Email,
    /// Whether its owner gave their password of late, which is needed for what is dangerous.
    pub proved: bool,
    /// Whether a second factor is asked for.
    pub second_factor: bool,
    /// What they are shown until they say that they have it.
    pub shown: Option<Shown>,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
    /// The address that is to take the place of the present one.
    pub new_email: Option<Email>,
    /// Whether the present address has agreed to that.
    pub new_email_approved: bool,
    /// Where its owner is signed in; the newest first.
    pub sessions: Vec<SessionRow>,
}

/// A secret that somebody is to keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// The key of an authenticator.
    Authenticator(Authenticator),
    /// Recovery codes.
    RecoveryCodes(Vec<String>),
}

/// The key of an authenticator, to be set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authenticator {
    /// Base 32, to be typed.
    pub key: String,
    /// The same as an `otpauth:` address.
    pub address: String,
    /// That as a QR code: the path of its dark modules in SVG, a module being 1.
    pub qr: String,
    /// How many modules wide that is.
    pub size: u32,
}

/// What is asked for beyond a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// The code of an authenticator, or a recovery code.
    Code,
    /// A password of their own.
    NewPassword,
    /// The first code of this authenticator.
    NewAuthenticator(Authenticator),
}

/// Keys that open somebody's own place for uploads, for a while: what AWS's own tools take.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadKeys {
    /// The access key's name.
    pub id: String,
    /// The secret that goes with it.
    pub secret: String,
    /// Goes with both: they are good for nothing without.
    pub token: String,
    /// Until then.
    pub until: Timestamp,
    /// Where the bucket is.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// What keys in it begin with that they may write, read and delete.
    pub prefix: String,
}

impl std::fmt::Debug for UploadKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UploadKeys")
            .field("id", &self.id)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

/// A session, for its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// Names it; opens nothing.
    pub id: String,
    /// Whether it is the one that asks.
    pub here: bool,
    /// The browser.
    pub device: DeviceName,
    /// Where it was last used from.
    pub from: Option<IpAddr>,
    /// When it began.
    pub since: Timestamp,
    /// When it was last used, to some minutes.
    pub seen: Timestamp,
}

/// What people say of themselves, and what there is to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfilePage {
    /// The name shown to others.
    pub name: DisplayName,
    /// The address to sign in with.
    pub email: Email,
    /// The language that they read best, where they said it.
    pub language: Option<Language>,
    /// Where their clock is, where they said it.
    pub time_zone: Option<TimeZone>,
    /// Where it may be.
    pub time_zones: Vec<TimeZone>,
}

/// What somebody is invited to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationPage {
    /// The address of the account that they will have.
    pub email: Email,
    /// What it will be.
    pub role: Role,
    /// Who invites.
    pub by: DisplayName,
}

/// The invitations that were not taken up, for who invites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationsPage {
    /// Whether the viewer gave their password of late, which is needed for inviting.
    pub proved: bool,
    /// The link of one, until the viewer, who made it, says that they have it.
    pub made: Option<InvitationLink>,
    /// Those that were made last, the newest first.
    pub open: Vec<InvitationRow>,
    /// Whether there are more.
    pub more: bool,
}

/// The link of an invitation: a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationLink {
    /// Whom it is for.
    pub email: Email,
    /// Makes the account.
    pub link: String,
}

/// An invitation that was not taken up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationRow {
    /// Names it. It does not open it.
    pub id: String,
    /// The address of the account that they will have.
    pub email: Email,
    /// What it will be.
    pub role: Role,
    /// Who invites.
    pub by: DisplayName,
    /// Until when it can be taken up.
    pub until: Timestamp,
}

/// What there is to decide about one's own data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnDataPage {
    /// Whether its owner gave their password of late, which is needed for all of it.
    pub proved: bool,
    /// When the account will be deleted, where its owner wants that.
    pub deletion: Option<Timestamp>,
    /// What stands in the way of deleting it: sentences.
    pub in_the_way: Vec<String>,
}

/// Which mails somebody gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailPage {
    /// What they want no mails about.
    pub unwanted: BTreeSet<Topic>,
}

/// A course in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseCard {
    /// Its name in addresses.
    pub slug: Slug,
    /// Its name.
    pub title: Title,
    /// One line on what it teaches.
    pub subtitle: Option<Subtitle>,
    /// Who teaches.
    pub instructor: DisplayName,
    /// Whom it suits.
    pub level: Level,
    /// What it costs.
    pub price: Price,
    /// What learners say.
    pub rating: Rating,
    /// How many lessons it has.
    pub lessons: u32,
    /// How long they are together.
    pub length: Seconds,
}

impl From<&Course> for CourseCard {
    fn from(course: &Course) -> Self {
        Self {
            slug: course.slug.clone(),
            title: course.title.clone(),
            subtitle: course.subtitle.clone(),
            instructor: course.instructor.clone(),
            level: course.level,
            price: course.price,
            rating: course.rating,
            lessons: course.lessons,
            length: course.length,
        }
    }
}

/// A page of the catalogue, newest course first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CataloguePage {
    /// At most 24.
    pub courses: Shared<Vec<CourseCard>>,
    /// The `after` of the next page, if there is one.
    pub next: Option<String>,
}

/// How the viewer stands to a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// May look at it.
    Visitor,
    /// Takes it.
    Enrolled,
    /// Teaches it.
    Instructor,
}

/// The page of one course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoursePage {
    /// Its identifier: where its instructor edits it.
    pub id: CourseId,
    /// As in lists.
    pub card: CourseCard,
    /// Paragraphs on what it teaches.
    pub description: Prose,
    /// Whether it is published. A draft is shown to those who may edit it alone.
    pub published: bool,
    /// Sections and lessons, without what the viewer completed of them.
    pub outline: Shared<OutlineView>,
    /// The newest 10 reviews.
    pub reviews: Shared<Vec<Review>>,
    /// How the viewer stands to it.
    pub standing: Standing,
    /// Where "Start" or "Continue" leads; `None` for visitors and for a course without lessons.
    pub resume: Option<LessonId>,
}

/// An outline as learners see it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OutlineView {
    /// In order.
    pub sections: Vec<SectionView>,
}

impl OutlineView {
    /// All lessons, in order.
    pub fn lessons(&self) -> impl Iterator<Item = &LessonView> {
        self.sections.iter().flat_map(|section| &section.lessons)
    }
}

/// A section as learners see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionView {
    /// Its name.
    pub title: Title,
    /// In order.
    pub lessons: Vec<LessonView>,
}

/// A lesson in an outline as learners see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonView {
    /// Its identifier.
    pub id: LessonId,
    /// Its name.
    pub title: Title,
    /// How long its video is; zero without one.
    pub length: Seconds,
    /// Whether the viewer completed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub completed: bool,
}

/// The page on which a lesson is watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonPage {
    /// Name of the course in addresses.
    pub course: Slug,
    /// Name of the course.
    pub course_title: Title,
    /// All its sections and lessons.
    pub outline: OutlineView,
    /// Which lesson this is.
    pub lesson: LessonId,
    /// Its name.
    pub title: Title,
    /// How its video is doing.
    pub video: VideoStatus,
    /// What can be kept of it.
    pub downloads: Downloads,
    /// Where to start playing.
    pub resume_at: Seconds,
    /// The lesson after this one.
    pub next: Option<LessonId>,
}

/// What a player is answered that wants to play.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opening {
    /// It may.
    Granted(Playback),
    /// Other devices of the account play.
    Elsewhere(Elsewhere),
}

/// Why a device may not play: others do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// Whether one of them must stop first.
    pub full: bool,
    /// The other devices that play now.
    pub devices: Vec<PlayingDevice>,
}

/// Another device of one's own that plays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlayingDevice {
    /// Names it when it is to be stopped.
    pub lease: LeaseId,
    /// What people call it.
    pub name: DeviceName,
    /// The lesson that it plays.
    pub lesson: Title,
    /// For how long it has played.
    pub playing_for: Seconds,
    /// How long ago it was last heard of.
    pub silent_for: Seconds,
}

/// What learners can keep of a lesson.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Downloads {
    /// In order.
    pub attachments: Vec<FileView>,
    /// The size of the video's copy in bytes, where there is one.
    pub video: Option<u64>,
}

/// A file that comes with a lesson.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileView {
    /// Its identifier.
    pub id: AttachmentId,
    /// Under which it is shown and saved.
    pub name: FileName,
    /// Bytes.
    pub size: u64,
}

/// The same for the lesson's instructor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditableDownloads {
    /// In order.
    pub attachments: Vec<FileView>,
    /// The most bytes of a file that is added.
    pub max_bytes: u64,
    /// The most files.
    pub max_count: u32,
    /// Whether learners may keep the video.
    pub video: CopyStatus,
}

/// How the copy of a video is doing that learners may keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CopyStatus {
    /// They may not.
    NotAllowed,
    /// They may, as soon as it is made.
    ToBeMade,
    /// They may.
    There {
        /// Bytes.
        size: u64,
    },
}

/// The permission to watch what a conversion has made so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Address of its playlist.
    pub playlist: String,
    /// In how many milliseconds to ask again.
    pub renew_after: u32,
}

/// What a player needs to play; the cookies that go with it travel as cookies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Playback {
    /// Names the device's place among those that play: to be told at each renewal.
    pub lease: LeaseId,
    /// Address of the multivariant playlist.
    pub playlist: String,
    /// Address of the poster image.
    pub poster: String,
    /// In the order of the menu.
    #[serde(default)]
    pub captions: Vec<CaptionTrack>,
    /// Address of the list of its small pictures ([`Storyboard`](crate::video::Storyboard)), where it has some.
    pub storyboard: Option<String>,
    /// After how many milliseconds to ask for new cookies.
    pub renew_after: u32,
}

/// Captions that a player can show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptionTrack {
    /// Where they are, as WebVTT.
    pub address: String,
    /// Their language, as far as it is known.
    pub language: Option<Language>,
    /// What people choose them by.
    pub label: String,
}

/// A course of one's own or one that one takes, in a personal list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenCourse {
    /// The course.
    pub card: CourseCard,
    /// How many of its lessons are completed.
    pub completed: u32,
    /// Where "Continue" leads.
    pub resume: Option<LessonId>,
}

/// A course in its instructor's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnCourse {
    /// Its identifier.
    pub id: CourseId,
    /// As in lists.
    pub card: CourseCard,
    /// When it was published, if it is.
    pub published: Option<Timestamp>,
    /// Whether it is another's, who shares it.
    pub shared: bool,
}

/// Somebody with an account, for those who help and those who run the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// Their account.
    pub account: AccountId,
    /// The address that they sign in with.
    pub email: Email,
    /// The name that others see.
    pub name: DisplayName,
    /// What they may do.
    pub role: Role,
}

/// Those with an account, who joined last first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeoplePage {
    /// Those on this page.
    pub people: Vec<PersonRow>,
    /// Where the next page begins, if there is more.
    pub next: Option<AccountId>,
    /// Whether the viewer gives and takes roles.
    pub changes_roles: bool,
}

/// A course that one is asked to teach together with its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeachingInvitation {
    /// The course.
    pub course: CourseId,
    /// Its name.
    pub title: Title,
    /// Its owner.
    pub by: DisplayName,
}

/// The courses that one teaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeachPage {
    /// The own ones and those of others, newest first.
    pub courses: Vec<OwnCourse>,
    /// Those that one is asked to teach.
    pub invitations: Vec<TeachingInvitation>,
}

/// Who teaches a course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstructorsPage {
    /// The course.
    pub course: CourseId,
    /// Its name.
    pub course_title: Title,
    /// Its owner.
    pub owner: DisplayName,
    /// Who teaches it together with the owner.
    pub co_instructors: Vec<(AccountId, DisplayName)>,
    /// The addresses that were invited, and have not answered.
    pub invited: Vec<Email>,
    /// Whether the viewer says who teaches it.
    pub manages: bool,
    /// The viewer: they may leave, if they are no owner.
    pub viewer: AccountId,
}

/// The page on which an instructor edits a course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditorPage {
    /// The course.
    pub course: Course,
    /// Its sections and lessons.
    pub outline: Outline,
    /// The status of each lesson that has a video.
    pub videos: Vec<(LessonId, VideoStatus)>,
}

/// Who takes a course, as its instructor sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnersPage {
    /// The course.
    pub course: CourseId,
    /// Its name.
    pub course_title: Title,
    /// How many lessons it has.
    pub lessons: u32,
    /// Those who take it, who joined last first.
    pub learners: Vec<LearnerRow>,
    /// The `after` of the next page, if there is one.
    pub next: Option<String>,
}

/// Somebody who takes a course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnerRow {
    /// Whose row it is.
    pub account: AccountId,
    /// The name to show.
    pub name: DisplayName,
    /// When they joined.
    pub since: Timestamp,
    /// How many lessons they completed.
    pub completed: u32,
}

/// The page on which an instructor edits a lesson.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonEditorPage {
    /// The course.
    pub course: CourseId,
    /// Its name in addresses.
    pub course_slug: Slug,
    /// Its name.
    pub course_title: Title,
    /// The lesson.
    pub lesson: LessonId,
    /// Its name.
    pub title: Title,
    /// Its video.
    pub video: LessonVideo,
    /// Its captions; `None` where there is no video yet that they could belong to.
    pub captions: Option<Vec<CaptionView>>,
    /// What learners can keep of it.
    pub downloads: EditableDownloads,
    /// Uploads that can be continued.
    #[serde(default)]
    pub unfinished: Vec<UnfinishedUpload>,
}

/// Captions of a video, as its instructor sees them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptionView {
    /// Which were uploaded; `None` for those that came with the video's file.
    pub id: Option<CaptionId>,
    /// Their language, as far as it is known.
    pub language: Option<Language>,
    /// What learners choose them by.
    pub label: String,
}

/// The video of a lesson, as its instructor sees it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LessonVideo {
    /// How its newest upload is doing.
    pub status: VideoStatus,
    /// In how long a conversion should be done, as far as that can be told.
    pub left: Option<Seconds>,
    /// Every upload that is remembered, newest first.
    pub versions: Vec<VideoVersion>,
    /// Which of the pictures that were made of it stands for it.
    pub poster: u32,
    /// What should be known of it, in sentences.
    pub warnings: Vec<String>,
}

/// One upload of a lesson's video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoVersion {
    /// Its identifier.
    pub version: VersionId,
    /// As its file was named.
    pub file_name: String,
    /// Bytes of that file.
    pub size: u64,
    /// When it was uploaded.
    pub uploaded: Timestamp,
    /// What became of it.
    pub fate: VersionFate,
}

/// What became of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VersionFate {
    /// It waits, or is being converted.
    InProgress,
    /// Learners watch it.
    Watched,
    /// It could not be converted.
    Failed,
    /// Learners watched it until a newer one was ready.
    Replaced,
    /// A newer one took its place before anybody watched it.
    Skipped,
}

/// The video pipeline, for those who operate the program.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PipelineBoard {
    /// Videos that are waiting or being made, by the time of their last change, longest ago first.
    pub active: Vec<PipelineRow>,
    /// Videos that failed, last first.
    pub failed: Vec<PipelineRow>,
    /// Jobs that were given up.
    pub dead: Vec<DeadJob>,
}

/// A video in the pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineRow {
    /// Which video.
    pub asset: AssetId,
    /// Of which course.
    pub course: CourseId,
    /// Its name; `None` where the course is gone.
    pub course_title: Option<Title>,
    /// Of which lesson.
    pub lesson: LessonId,
    /// Its name; `None` where the lesson is gone.
    pub lesson_title: Option<Title>,
    /// As the file was named.
    pub file_name: String,
    /// Bytes.
    pub size: u64,
    /// When it was uploaded.
    pub uploaded: Timestamp,
    /// How long nothing was heard of it.
    pub quiet_for: Seconds,
    /// How often somebody asked for it, from 1.
    pub attempt: u32,
    /// How it is doing.
    pub status: VideoStatus,
    /// In how long it should be done.
    pub left: Option<Seconds>,
    /// What happened to it.
    pub log: Vec<LogLine>,
}

/// A job that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadJob {
    /// Where it waited.
    pub queue: String,
    /// Names it there.
    pub id: String,
    /// What it says.
    pub body: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it was given up.
    pub reason: String,
    /// When it was made.
    pub sent: Timestamp,
}

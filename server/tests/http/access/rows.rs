//! The matrix, row by row: every server function and every route, what it needs, and a request that asks for it.
//!
//! The request is good but for what it asks last, so that it can be sent again and again: what it is answered tells
//! whether its sender may ask for it at all.

use super::school::School;
use domain::address::encode;
use domain::id::{AccountId, AssetId, LeaseId, LessonId, OrderId, SectionId};
use domain::permission::Permission;
use std::collections::HashMap;

/// What somebody needs to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing.
    Nothing,
    /// A permission that concerns no course.
    Site(Permission),
    /// A permission for the course in question.
    Course(Permission),
    /// To be on a developer's machine: there is no such address elsewhere.
    Developer,
    /// A signed policy: no session opens it.
    Signature,
    /// To be a machine that is let in: no session opens it.
    Machine,
}

/// How somebody is told that they may not, beside 401, 403 and the way to signing in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Denial {
    /// By that alone.
    Plain,
    /// By 404: they may not know that it is there.
    Hidden,
    /// By being led to this path.
    LedTo(String),
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The function or route, as the router knows it.
    pub(crate) pattern: &'static str,
    pub(crate) method: &'static str,
    /// The address that is asked, with its query.
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The fields of the form; of calls by GET they are the query.
    pub(crate) fields: Vec<(&'static str, String)>,
    pub(crate) needs: Needs,
    pub(crate) denial: Denial,
    /// The session that asks does not outlive it.
    pub(crate) ends_session: bool,
}

/// How forms are sent.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

impl Row {
    /// Whether the fields are sent as a form; else they are the query.
    pub(crate) fn is_form(&self) -> bool {
        self.method == "POST" && self.pattern.starts_with("/api/")
    }

    /// What is asked, with the fields.
    pub(crate) fn address_and_body(&self) -> (String, String) {
        let field = |(name, value): &(&str, String)| format!("{name}={}", encode(value));
        let fields = self.fields.iter().map(field).collect::<Vec<_>>().join("&");
        match (self.is_form(), fields.is_empty()) {
            (true, _) => (self.path.clone(), fields),
            (false, true) => (self.path.clone(), String::new()),
            (false, false) => (format!("{}?{fields}", self.path), String::new()),
        }
    }

    fn new(method: &'static str, pattern: &'static str, needs: Needs) -> Self {
        Self {
            pattern,
            method,
            path: pattern.to_owned(),
            headers: Vec::new(),
            fields: Vec::new(),
            needs,
            denial: Denial::Plain,
            ends_session: false,
        }
    }

    /// At this address of the pattern's.
    fn at(self, path: impl Into<String>) -> Self {
        Self { path: path.into(), ..self }
    }

    fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.fields.push((name, value.to_string()));
        self
    }

    fn header(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    fn denied(self, denial: Denial) -> Self {
        Self { denial, ..self }
    }

    fn ending_the_session(self) -> Self {
        Self { ends_session: true, ..self }
    }
}

/// All of them.
pub(crate) async fn rows(school: &School) -> Vec<Row> {
    let mut rows = calls(school).await;
    rows.extend(pages(school));
    rows.extend(files(school).await);
    // Last: it ends every session of those who ask.
    rows.push(Row::new("POST", "/api/sessions/end-all", Needs::Site(Permission::ManageOwnAccount)));
    rows
}

/// Every server function.
async fn calls(school: &School) -> Vec<Row> {
    use Needs::{Course, Nothing, Site};
    use Permission::*;
    let School { course, slug, section, lesson, open, guest, attachment, .. } = school;
    let now = crate::test_app::NOW;
    let (no_section, no_lesson) = (SectionId::new(now, 1), LessonId::new(now, 1));
    let (no_asset, nobody) = (AssetId::new(now, 1), AccountId::new(now, 1));
    let no_order = OrderId::new(now, 1);
    let methods: HashMap<&str, &str> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| (path, if method == http::Method::GET { "GET" } else { "POST" }))
        .collect();
    let call =
        |path: &'static str, needs| Row::new(methods.get(path).copied().unwrap_or("POST"), path, needs);
    let of_course = |path, permission| call(path, Course(permission)).with("course", course);
    let of_lesson = |path, permission| of_course(path, permission).with("lesson", lesson);
    let of_upload = async |path| call(path, Course(EditCourse)).with("upload", school.upload().await);
    vec![
        call("/api/account/sign-up", Nothing)
            .with("email", "nobody@stoa.example")
            .with("name", "")
            .with("password", ""),
        call("/api/account/resend", Nothing).with("email", "nobody@stoa.example"),
        call("/api/account/confirm", Nothing).with("email", "nobody@stoa.example").with("code", "wrong"),
        call("/api/account/forgot", Nothing).with("email", "nobody@stoa.example"),
        call("/api/account/reset", Nothing)
            .with("email", "nobody@stoa.example")
            .with("code", "wrong")
            .with("password", "wrong"),
        call("/api/account/security", Site(ManageOwnAccount)),
        call("/api/account/prove", Site(ManageOwnAccount)).with("password", "wrong"),
        call("/api/account/change-password", Site(ManageOwnAccount)).with("old", "wrong").with("new", ""),
        call("/api/account/change-email", Site(ManageOwnAccount)).with("email", "wrong"),
        call("/api/account/approve-email", Site(ManageOwnAccount)).with("code", "wrong"),
        call("/api/account/confirm-email", Site(ManageOwnAccount)).with("code", "wrong"),
        call("/api/second-factor/begin", Site(ManageOwnAccount)),
        call("/api/second-factor/confirm", Site(ManageOwnAccount)).with("code", "wrong"),
        call("/api/second-factor/remove", Site(ManageOwnAccount)).ending_the_session(),
        call("/api/second-factor/recovery-codes", Site(ManageOwnAccount)),
        call("/api/second-factor/hide", Site(ManageOwnAccount)),
        call("/api/sessions/end", Site(ManageOwnAccount)).with("session", "none"),
        call("/api/session/challenge", Nothing),
        call("/api/session/hosted-name", Nothing),
        call("/api/session/hosted", Nothing),
        call("/api/session/return", Nothing).with("code", "wrong").with("state", "wrong"),
        call("/api/session/answer", Nothing).with("answer", "wrong"),
        call("/api/own/profile", Site(ManageOwnAccount)),
        call("/api/own/change-profile", Site(ManageOwnAccount))
            .with("name", "")
            .with("language", "")
            .with("time_zone", ""),
        call("/api/own/mail", Site(ManageOwnAccount)),
        call("/api/own/choose-mail", Site(ManageOwnAccount)).with("videos", true),
        call("/api/own/data", Site(ManageOwnAccount)),
        call("/api/deletion/ask", Site(ManageOwnAccount)),
        call("/api/deletion/keep", Site(ManageOwnAccount)),
        call("/api/own/unsubscribe", Nothing)
            .with("account", guest)
            .with("topic", "videos")
            .with("proof", "wrong"),
        call("/api/invitation/send", Site(InvitePeople)).with("email", "wrong").with("role", "learner"),
        call("/api/invitation/list", Site(InvitePeople)),
        call("/api/invitation/hide", Site(ManageOwnAccount)),
        call("/api/invitation/revoke", Site(InvitePeople)).with("invitation", "none"),
        call("/api/invitation/page", Nothing).with("code", "wrong"),
        call("/api/invitation/accept", Nothing).with("code", "wrong").with("name", "").with("password", ""),
        call("/api/audit/log", Site(ReadAuditLog))
            .with("who", "")
            .with("thing", "")
            .with("kind", "")
            .with("from", "")
            .with("until", ""),
        call("/api/authoring/teach", Site(CreateCourse)),
        call("/api/authoring/create-course", Site(CreateCourse)).with("title", ""),
        of_course("/api/authoring/editor", EditCourse),
        of_lesson("/api/authoring/lesson-editor", EditCourse),
        of_course("/api/authoring/edit-course", EditCourse)
            .with("title", "Seen by all")
            .with("subtitle", "")
            .with("description", "")
            .with("level", "beginner"),
        of_course("/api/authoring/set-published", EditCourse).with("published", true),
        of_lesson("/api/authoring/rename-lesson", EditCourse).with("title", "Lesson"),
        of_course("/api/outline/add-section", EditCourse).with("title", "One more"),
        of_course("/api/outline/rename-section", EditCourse).with("section", section).with("title", "One"),
        of_course("/api/outline/remove-section", EditCourse).with("section", no_section),
        of_course("/api/outline/move-section", EditCourse).with("section", section).with("direction", "up"),
        of_course("/api/outline/add-lesson", EditCourse).with("section", section).with("title", "One more"),
        of_course("/api/outline/remove-lesson", EditCourse).with("lesson", no_lesson),
        of_lesson("/api/outline/move-lesson", EditCourse).with("direction", "up"),
        of_lesson("/api/captions/add", EditCourse)
            .with("language", "en")
            .with("text", "WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n"),
        of_lesson("/api/captions/remove", EditCourse).with("captions", nobody),
        call("/api/catalogue/page", Site(BrowseCatalogue)),
        call("/api/catalogue/search", Site(BrowseCatalogue)).with("words", "seen"),
        call("/api/catalogue/course", Course(BrowseCatalogue)).with("slug", slug),
        call("/api/catalogue/course", Course(PreviewCourse)).with("slug", "draft").denied(Denial::Hidden),
        of_lesson("/api/files/rename", EditCourse).with("file", attachment).with("name", "a.pdf"),
        of_lesson("/api/files/remove", EditCourse).with("file", nobody),
        of_lesson("/api/files/move", EditCourse).with("file", attachment).with("direction", "up"),
        of_lesson("/api/files/allow-video", EditCourse).with("allowed", true),
        of_course("/api/instructors/list", EditCourse),
        of_course("/api/instructors/invite", ManageInstructors).with("email", "new@stoa.example"),
        of_course("/api/instructors/uninvite", ManageInstructors).with("email", "no@stoa.example"),
        of_course("/api/instructors/hand-over", ManageInstructors).with("account", guest),
        of_course("/api/instructors/remove", ManageInstructors).with("account", guest),
        call("/api/teaching/answer", Site(CreateCourse)).with("course", course).with("accepted", true),
        of_course("/api/learners/list", SeeLearners),
        of_course("/api/learners/remove", ManageLearners).with("account", guest),
        call("/api/learning/enrol", Course(Enrol)).with("course", open),
        call("/api/learning/courses", Site(ManageOwnAccount)),
        call("/api/learning/lesson", Course(WatchLesson)).with("course", slug).with("lesson", lesson),
        call("/api/learning/position", Course(WatchLesson))
            .with("course", slug)
            .with("lesson", lesson)
            .with("position", 1),
        call("/api/learning/review", Course(Review)).with("course", slug).with("stars", 5).with("body", ""),
        call("/api/people/list", Site(SeePeople)),
        call("/api/people/find", Site(SeePeople)).with("email", "guest@stoa.example"),
        call("/api/people/change-role", Site(ChangeRoles)).with("account", guest).with("role", "learner"),
        call("/api/people/end-sessions", Site(EndSessions)).with("account", guest),
        call("/api/pipeline/board", Site(Operate)),
        call("/api/pipeline/retry", Site(Operate)).with("asset", no_asset),
        call("/api/pipeline/cancel", Site(Operate)).with("asset", no_asset),
        call("/api/pipeline/redrive", Site(Operate)).with("queue", "jobs").with("id", "none"),
        call("/api/playback/open", Course(WatchLesson)).with("course", slug).with("lesson", lesson),
        call("/api/playback/release", Site(ManageOwnAccount)).with("lease", LeaseId::new(now, 1)),
        call("/api/payments/orders", Site(SeeOrders)).with("state", ""),
        call("/api/payments/find", Site(SeeOrders)).with("text", "guest@stoa.example"),
        call("/api/payments/order", Site(SeeOrders)).with("order", no_order),
        call("/api/payments/order-refund", Site(Refund))
            .with("order", no_order)
            .with("amount", "")
            .with("reason", "wrong"),
        call("/api/payments/order-decline", Site(Refund)).with("order", no_order).with("why", "too late"),
        call("/api/payments/order-ask", Site(ReplayPayments)).with("order", no_order),
        call("/api/payments/news", Site(SeeOrders)),
        call("/api/payments/replay", Site(ReplayPayments)).with("event", "none"),
        call("/api/payments/books", Site(Reconcile)).with("from", "").with("until", ""),
        of_lesson("/api/playback/posters", EditCourse),
        of_lesson("/api/playback/preview", EditCourse),
        of_course("/api/selling/price", SetPrices),
        of_course("/api/selling/set-price", SetPrices).with("amount", "0").with("currency", "USD"),
        call("/api/selling/coupons", Site(ManageCoupons)),
        call("/api/selling/make-coupon", Site(ManageCoupons))
            .with("code", "")
            .with("off", "20")
            .with("unit", "percent")
            .with("from", "")
            .with("until", "")
            .with("limit", ""),
        call("/api/selling/switch-coupon", Site(ManageCoupons)).with("code", "NONE").with("active", true),
        call("/api/selling/sales", Site(CreateCourse)).with("from", "").with("until", ""),
        call("/api/session/current", Nothing),
        call("/api/session/sign-in", Nothing).with("email", "nobody@stoa.example").with("password", "wrong"),
        call("/api/session/sign-out", Nothing).ending_the_session(),
        call("/api/session/theme", Nothing).with("theme", "dark"),
        call("/api/shop/cart", Site(Buy)),
        call("/api/shop/put-in", Course(Buy)).with("course", open),
        call("/api/shop/take-out", Site(Buy)).with("course", open),
        call("/api/shop/coupon", Site(Buy)).with("code", ""),
        call("/api/shop/pay", Site(Buy)),
        call("/api/shop/orders", Site(ManageOwnAccount)),
        call("/api/shop/order", Site(ManageOwnAccount)).with("order", no_order).with("ask", true),
        call("/api/shop/order-pay", Site(ManageOwnAccount)).with("order", no_order),
        call("/api/shop/order-cancel", Site(ManageOwnAccount)).with("order", no_order),
        call("/api/shop/order-ask-refund", Site(ManageOwnAccount))
            .with("order", no_order)
            .with("reason", "wrong"),
        of_lesson("/api/uploads/begin", EditCourse)
            .with("purpose", "attachment")
            .with("name", "b.pdf")
            .with("media_type", "")
            .with("size", 9)
            .with("modified", 0),
        of_upload("/api/uploads/continue").await,
        of_upload("/api/uploads/sign").await.with("number", 1).with("sha256", ""),
        of_upload("/api/uploads/finish").await,
        of_upload("/api/uploads/abort").await,
        call("/api/uploads/keys", Site(BorrowUploadKeys)),
        of_lesson("/api/videos/status", EditCourse),
        of_lesson("/api/videos/retry", EditCourse),
        of_lesson("/api/videos/cancel", EditCourse),
        of_lesson("/api/videos/choose-poster", EditCourse).with("poster", 0),
    ]
}

/// Every page.
fn pages(school: &School) -> Vec<Row> {
    use Needs::{Course, Nothing, Site};
    use Permission::*;
    let School { course, slug, lesson, draft, .. } = school;
    let no_order = OrderId::new(crate::test_app::NOW, 1);
    let page = |pattern, needs| Row::new("GET", pattern, needs).header("accept", "text/html");
    vec![
        page("/", Nothing),
        page("/courses", Site(BrowseCatalogue)),
        page("/courses/{slug}", Course(BrowseCatalogue)).at(format!("/courses/{slug}")),
        page("/courses/{slug}", Course(PreviewCourse)).at(format!("/courses/{draft}")).denied(Denial::Hidden),
        page("/learn/{slug}/{lesson}", Course(WatchLesson)).at(format!("/learn/{slug}/{lesson}")),
        page("/learning", Site(ManageOwnAccount)),
        page("/cart", Site(Buy)),
        page("/orders", Site(ManageOwnAccount)),
        page("/orders/{order}", Site(ManageOwnAccount)).at(format!("/orders/{no_order}")),
        page("/sign-in", Nothing),
        page("/sign-up", Nothing),
        page("/confirm", Nothing),
        page("/reset", Nothing),
        page("/second-step", Nothing),
        page("/change-address", Site(ManageOwnAccount)),
        page("/account", Site(ManageOwnAccount)),
        page("/account/security", Site(ManageOwnAccount)),
        page("/account/mail", Site(ManageOwnAccount)),
        page("/account/data", Site(ManageOwnAccount)),
        page("/invitation", Nothing),
        page("/unsubscribe", Nothing),
        page("/teach", Site(CreateCourse)),
        page("/teach/{course}", Course(EditCourse)).at(format!("/teach/{course}")),
        page("/teach/{course}/instructors", Course(EditCourse)).at(format!("/teach/{course}/instructors")),
        page("/teach/{course}/learners", Course(SeeLearners)).at(format!("/teach/{course}/learners")),
        page("/teach/{course}/lessons/{lesson}", Course(EditCourse))
            .at(format!("/teach/{course}/lessons/{lesson}")),
        page("/teach/{course}/price", Course(SetPrices)).at(format!("/teach/{course}/price")),
        page("/teach/coupons", Site(ManageCoupons)),
        page("/teach/sales", Site(CreateCourse)),
        page("/operate/orders", Site(SeeOrders)),
        page("/operate/orders/{order}", Site(SeeOrders)).at(format!("/operate/orders/{no_order}")),
        page("/operate/payments", Site(SeeOrders)),
        page("/operate/books", Site(Reconcile)),
        page("/operate/videos", Site(Operate)),
        page("/operate/people", Site(SeePeople)),
        page("/operate/invitations", Site(InvitePeople)),
        page("/operate/audit", Site(ReadAuditLog)),
    ]
}

/// Every other route.
async fn files(school: &School) -> Vec<Row> {
    use Needs::{Course, Developer, Machine, Nothing, Signature, Site};
    use Permission::*;
    let School { course, slug, lesson, video, attachment, guest, .. } = school;
    let get = |pattern, needs| Row::new("GET", pattern, needs);
    let tus = |method, pattern, needs| Row::new(method, pattern, needs).header("tus-resumable", "1.0.0");
    let upload = format!("/uploads/{}", school.upload().await);
    let begin = format!("/upload/{course}/{lesson}");
    let led = Denial::LedTo(format!("/learn/{slug}/{lesson}"));
    vec![
        get("/account/data.zip", Site(ManageOwnAccount)),
        Row::new("POST", "/unsubscribe", Nothing)
            .at(format!("/unsubscribe?account={guest}&topic=videos&proof=wrong")),
        get("/operate/audit.csv", Site(ReadAuditLog)),
        get("/teach/sales.csv", Site(CreateCourse)),
        Row::new("POST", "/webhooks/stripe", Signature),
        get("/download/{course}/{lesson}/{file}", Course(WatchLesson))
            .at(format!("/download/{slug}/{lesson}/{attachment}"))
            .denied(led.clone()),
        get("/download/{course}/{lesson}/video", Course(WatchLesson))
            .at(format!("/download/{slug}/{lesson}/video"))
            .denied(led),
        tus("OPTIONS", "/upload/{course}/{lesson}", Nothing).at(&begin),
        tus("POST", "/upload/{course}/{lesson}", Course(EditCourse))
            .at(&begin)
            .header("upload-length", 9)
            .header("upload-metadata", "filename Yi5wZGY=,purpose YXR0YWNobWVudA=="),
        tus("OPTIONS", "/uploads/{upload}", Nothing).at(&upload),
        tus("HEAD", "/uploads/{upload}", Course(EditCourse)).at(&upload),
        tus("PATCH", "/uploads/{upload}", Course(EditCourse))
            .at(&upload)
            .header("upload-offset", 0)
            .header("content-type", "application/offset+octet-stream"),
        tus("DELETE", "/uploads/{upload}", Course(EditCourse)).at(&upload),
        get("/media/{*path}", Signature).at(format!("/media/{video}/{video}/master.m3u8")),
        get("/files/{*path}", Signature).at(format!("/files/{attachment}/a.pdf")),
        get("/health/live", Nothing),
        get("/health/ready", Nothing),
        get("/metrics", Machine).header("x-forwarded-for", "192.0.2.1"),
        get("/dev/mail", Developer),
        get("/dev/mail/samples/{name}", Developer).at("/dev/mail/samples/new-sign-in"),
        get("/dev/mail/samples/{name}/html", Developer).at("/dev/mail/samples/new-sign-in/html"),
        get("/dev/mail/sent/{id}", Developer).at("/dev/mail/sent/none"),
        get("/dev/mail/sent/{id}/html", Developer).at("/dev/mail/sent/none/html"),
        get("/{*rest}", Nothing).at("/robots.txt"),
        get("/pkg", Nothing),
        get("/pkg/", Nothing),
        get("/pkg/{*rest}", Nothing).at("/pkg/stoa.js"),
    ]
}

//! A site that sells two courses.

use crate::site::Site;
use domain::account::{Actor, Role};
use domain::id::{CourseId, LessonId, OrderId};
use domain::order::{Order, OrderState};
use domain::payment::{PaymentId, SessionId};
use services::contract::payments::MemoryPayments;
use services::orders;
use services::ports::{PaymentNews, Told};
use std::sync::Arc;
use std::time::Duration;

pub(super) struct World {
    pub(super) site: Site,
    pub(super) service: Arc<MemoryPayments>,
    pub(super) admin: Actor,
    pub(super) ada: Actor,
    pub(super) linus: Actor,
    /// It costs 19 dollars.
    pub(super) course: CourseId,
    pub(super) lesson: LessonId,
}

impl World {
    pub(super) async fn new() -> Self {
        let mut site = Site::new().await;
        let service = Arc::new(MemoryPayments::new(site.clock.clone()));
        site.stoa.payments = Some(service.clone());
        let admin = site.person("grace", Role::Admin).await;
        let ada = site.person("ada", Role::Instructor).await;
        let linus = site.person("linus", Role::Learner).await;
        let (course, lesson) = site.imported(ada, "rust", 1900).await;
        site.imported(ada, "zig", 4900).await;
        Self { site, service, admin, ada, linus, course, lesson }
    }

    pub(super) async fn buy(&self, courses: &[&str], coupon: &str) -> Order {
        orders::buy(&self.site.stoa, self.linus, courses, coupon).await.unwrap()
    }

    /// Buys a course and pays for it, all the way.
    pub(super) async fn bought(&self, courses: &[&str]) -> (OrderId, PaymentId) {
        let order = self.buy(courses, "").await;
        let payment = self.service.pay(&session(&order));
        assert_eq!(self.returns(order.id).await, OrderState::Fulfilled);
        (order.id, payment)
    }

    /// The buyer comes back from the payment service.
    pub(super) async fn returns(&self, id: OrderId) -> OrderState {
        orders::returned(&self.site.stoa, self.linus, id).await.unwrap().state()
    }

    pub(super) async fn state(&self, id: OrderId) -> OrderState {
        orders::order(&self.site.stoa, self.linus, id).await.unwrap().state()
    }

    /// The payment service tells something, and the queue works it through.
    pub(super) async fn told(&self, event: &str, news: PaymentNews, order: Option<OrderId>) {
        orders::hear(&self.site.stoa, self.news(event, news, order)).await.unwrap();
        self.site.run_jobs().await;
    }

    pub(super) fn news(&self, event: &str, news: PaymentNews, order: Option<OrderId>) -> Told {
        Told {
            event: event.into(),
            created: self.site.stoa.clock.now(),
            news,
            live: false,
            order,
            session: None,
            payment: None,
            refund: None,
            dispute: None,
        }
    }

    /// Some time passes, and the sweeper looks.
    pub(super) async fn swept_after(&self, span: Duration) {
        self.site.clock.advance(span);
        orders::sweep(&self.site.stoa).await.unwrap();
        self.site.run_jobs().await;
    }

    /// The addresses of the courses that the buyer has.
    pub(super) async fn taken(&self) -> Vec<String> {
        let taken = services::learning::my_courses(&self.site.stoa, self.linus).await.unwrap();
        let mut slugs: Vec<_> = taken.into_iter().map(|taken| taken.card.slug.to_string()).collect();
        slugs.sort();
        slugs
    }

    /// The subjects of the mails that somebody got, by the alphabet, once those that wait are sent.
    pub(super) async fn mails_to(&self, name: &str) -> Vec<String> {
        self.site.run_jobs().await;
        let to = format!("{name}@stoa.example");
        let mails = self.site.mails().into_iter().filter(|mail| mail.to == to);
        let mut subjects: Vec<_> = mails.map(|mail| mail.subject).collect();
        subjects.sort();
        subjects
    }

    /// What moved into the clearing account for an order.
    pub(super) async fn booked(&self, id: OrderId) -> i64 {
        let history = orders::history(&self.site.stoa, self.admin, id).await.unwrap();
        history.entries.iter().map(|entry| entry.cleared()).sum()
    }
}

/// The page on which an order can be paid.
pub(super) fn session(order: &Order) -> SessionId {
    order.checkout().expect("it can be paid").session.clone()
}

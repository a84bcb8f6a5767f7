//! Who reads a mail, and how they want it.

use super::{Post, subscriptions};
use crate::records::{accounts, preferences};
use crate::{Result, Stoa};
use domain::time::Timestamp;
use jiff::tz::TimeZone;

/// How somebody reads a mail.
pub(super) struct Reader {
    /// Whether they want it. Who has left wants none.
    pub(super) wants: bool,
    /// Where their clock is.
    pub(super) zone: Zone,
    /// The path of the link that ends such mails, where they can be ended.
    pub(super) unsubscribe: Option<String>,
}

impl Reader {
    /// Whom a mail is for.
    pub(super) async fn of(stoa: &Stoa, post: &Post) -> Result<Self> {
        let Some(account) = post.to.account else {
            return Ok(Self { wants: true, zone: Zone(TimeZone::UTC), unsubscribe: None });
        };
        if accounts::account(&*stoa.table, account).await?.is_none() {
            return Ok(Self { wants: false, zone: Zone(TimeZone::UTC), unsubscribe: None });
        }
        let topic = post.mail.topic();
        let (preferences, unsubscribe) = match topic {
            None => (preferences::preferences(&*stoa.table, account).await?.value, None),
            Some(topic) => {
                let (preferences, path) = subscriptions::link(stoa, account, topic).await?;
                (preferences, Some(path))
            }
        };
        let zone = preferences.time_zone.and_then(|zone| TimeZone::get(zone.as_str()).ok());
        Ok(Self {
            wants: topic.is_none_or(|topic| !preferences.unwanted.contains(&topic)),
            zone: Zone(zone.unwrap_or(TimeZone::UTC)),
            unsubscribe,
        })
    }
}

/// Where a clock is.
pub(super) struct Zone(pub(super) TimeZone);

impl Zone {
    /// A moment as that clock and its calendar have it: `23 November 2026, 04:20 CET`.
    pub(super) fn moment(&self, at: Timestamp) -> String {
        match jiff::Timestamp::from_millisecond(at.millis()) {
            Ok(moment) => moment.to_zoned(self.0.clone()).strftime("%-d %B %Y, %H:%M %Z").to_string(),
            // Further away than calendars go.
            Err(_) => format!("{} UTC", at.clock()),
        }
    }
}

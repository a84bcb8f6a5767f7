//! Days, as people type them.

use crate::{Error, Result};
use domain::time::Timestamp;

/// The beginning of a day in UTC that was typed into this field.
pub(crate) fn day(field: &'static str, text: &str) -> Result<Timestamp> {
    let wrong = || Error::invalid(field, "is expected as a day, like 2026-11-22");
    Timestamp::from_date(text.trim()).ok_or_else(wrong)
}

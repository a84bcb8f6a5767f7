//! The audit log.

use super::Answer;
use domain::audit::LogPage;
use domain::id::AuditEntryId;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// What was done, newest first, from after `after`. What is empty asks for nothing.
#[server(name = Log, endpoint = "audit/log", input = GetUrl)]
pub async fn log(
    who: String,
    thing: String,
    kind: String,
    from: String,
    until: String,
    after: Option<AuditEntryId>,
) -> Answer<LogPage> {
    use super::request;
    let search =
        services::audit::Search { who: &who, thing: &thing, kind: &kind, from: &from, until: &until };
    Ok(services::audit::page(&request::stoa(), request::actor(), search, after).await?)
}

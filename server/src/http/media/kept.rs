//! Files to keep: answered with the type and the name that were said when they were stored, and never shown.

use axum::response::Response;
use domain::download::FileType;
use http::{HeaderValue, header};
use services::ports::ServedAs;

/// Should a browser show the file after all, it runs, loads and embeds nothing.
const SANDBOX: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");

/// The type that it is served as: one of the list, whatever was said.
pub(super) fn content_type(served: &ServedAs) -> HeaderValue {
    HeaderValue::from_static(FileType::with_media_type(&served.content_type).media_type())
}

/// Tells the browser to save it.
pub(super) fn save(served: &ServedAs, response: &mut Response) {
    let said = HeaderValue::from_str(&served.disposition).ok();
    let disposition = said.filter(|said| said.as_bytes().starts_with(b"attachment"));
    let headers = response.headers_mut();
    headers
        .insert(header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
    headers.insert(header::CONTENT_SECURITY_POLICY, SANDBOX);
}

//! What can be said of a file before anything is sent: what the server would say too.

use domain::download::{FileName, FileType, HEAD_BYTES};
use domain::upload::{Failure, FailureKind, Purpose, check_video, check_video_name};
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

/// Looks at the name and the first bytes.
pub(super) async fn check(file: &File, purpose: Purpose) -> Result<(), Failure> {
    let head = file.slice_with_f64_and_f64(0.0, HEAD_BYTES as f64).ok();
    let head = match head {
        Some(head) => bytes(&head).await,
        None => None,
    };
    let Some(head) = head else {
        return Err(unreadable());
    };
    let refused = |error: &dyn std::fmt::Display| Failure {
        kind: FailureKind::Type,
        message: format!("The file {error}."),
    };
    match purpose {
        Purpose::Video => {
            // What it is says more than how it is named.
            check_video(&head).map_err(|error| refused(&error))?;
            check_video_name(&file.name(), &file.type_()).map_err(|error| refused(&error))
        }
        Purpose::Attachment => {
            let name = FileName::clean(&file.name()).map_err(|_| refused(&"has no name"))?;
            let kind = FileType::of(&name).map_err(|error| refused(&error))?;
            kind.check(&name, &head).map_err(|error| refused(&error))
        }
    }
}

/// The file cannot be read any more.
pub(super) fn unreadable() -> Failure {
    Failure {
        kind: FailureKind::Gone,
        message: "The file cannot be read: it was changed, moved or removed. Choose it again.".to_owned(),
    }
}

/// What is in a piece of a file; `None` where it cannot be read.
pub(super) async fn bytes(blob: &Blob) -> Option<Vec<u8>> {
    let buffer: ArrayBuffer = JsFuture::from(blob.array_buffer()).await.ok()?.dyn_into().ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

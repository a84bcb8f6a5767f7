//! The path of a request as the name of a file: whatever it says, it leads to one place below the root, or nowhere.
#![no_main]

use blob::BlobKey;
use libfuzzer_sys::fuzz_target;
use std::path::{Component, Path};

// The file alone: the whole of `services` would bring a C library to be built with sanitizers.
#[allow(dead_code)]
#[path = "../../services/src/ports/blob.rs"]
mod blob;

fuzz_target!(|path: &str| {
    let Some(key) = path.strip_prefix('/').and_then(BlobKey::new) else { return };
    assert_eq!(format!("/{key}"), path, "an address has one spelling");
    let root = Path::new("/srv/blobs");
    let file = root.join(key.as_str());
    let below = file.strip_prefix(root).expect("a key is joined below the root");
    assert!(below.components().all(|part| matches!(part, Component::Normal(_))), "{file:?}");
    assert_eq!(below.to_str(), Some(key.as_str()), "nothing is tidied away");
});

//! The client bundle: takes over the page that the server rendered. (The static site is a program of its own,
//! `static_site.rs`, and needs none of this.)

#![cfg(feature = "hydrate")]

use app::App;
use leptos::prelude::document;
use wasm_bindgen::prelude::wasm_bindgen;

/// Makes the page alive. `public/boot.js` calls it once the page was painted.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    #[cfg(not(feature = "split"))]
    take_over();
    #[cfg(feature = "split")]
    wasm_bindgen_futures::spawn_local(async {
        // Without all of its code the page stays as the server sent it, and works as such.
        let path = leptos::prelude::window().location().pathname().unwrap_or_default();
        if app::fetch_for(&path).await {
            take_over();
        }
    });
}

fn take_over() {
    leptos::mount::hydrate_body(App);
    if let Some(root) = document().document_element() {
        // For tests and measurements: from here on the page answers by itself.
        let _ = root.set_attribute("data-hydrated", "");
    }
}

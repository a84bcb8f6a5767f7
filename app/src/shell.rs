//! The HTML document around the site, and what it needs to know of the program.

use crate::App;
use crate::api::request;
use crate::api::session::Theme;
use leptos::config::LeptosOptions;
use leptos::hydration::AutoReload;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;
use std::sync::Arc;

/// What of the configuration the pages need. The server provides it as context to every request.
#[derive(Debug, Clone)]
pub struct SiteSettings {
    /// Whether browsers reach the site by HTTPS: then cookies are for HTTPS alone.
    pub https: bool,
    /// The client's files.
    pub bundle: Arc<ClientBundle>,
}

/// The addresses of the client's files. Their names hold a hash of their content, so that they can be cached
/// for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientBundle {
    /// The style sheet.
    pub style: String,
    /// The JavaScript module that loads the WASM.
    pub script: String,
    /// The WASM.
    pub wasm: String,
}

impl ClientBundle {
    /// From the text of the hash file that cargo-leptos writes beside the program: a line for each kind of
    /// file, as in `wasm: 2Kq8…`. Without one (`hash-files = false`, as while developing) names are plain.
    pub fn new(options: &LeptosOptions, hashes: Option<&str>) -> Self {
        let address = |kind: &str| {
            let hash = hashes.unwrap_or_default().lines().find_map(|line| {
                let (name, hash) = line.split_once(':')?;
                (name.trim() == kind).then(|| format!(".{}", hash.trim()))
            });
            format!("/{}/{}{}.{kind}", options.site_pkg_dir, options.output_name, hash.unwrap_or_default())
        };
        Self { style: address("css"), script: address("js"), wasm: address("wasm") }
    }
}

/// The document. Needs [`SiteSettings`] in context.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let bundle = request::settings().bundle;
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=Theme::chosen().style()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="stylesheet" href=bundle.style.clone() />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                // Fetched while the page is parsed, run after: it waits for the first paint by itself.
                <script
                    defer
                    src="/boot.js"
                    nonce=use_nonce()
                    data-bundle=bundle.script.clone()
                    data-wasm=bundle.wasm.clone()
                ></script>
                <AutoReload options />
                <MetaTags />
            </head>
            <body class="bg-base-100 text-base-content">
                <App />
            </body>
        </html>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundle_is_found_by_its_hashes_and_without_them() {
        let options = LeptosOptions::builder().output_name("stoa").site_pkg_dir("pkg").build();
        let hashed = ClientBundle::new(&options, Some("js: AbC\nwasm: dEf\ncss: gHi\n"));
        assert_eq!(
            (hashed.script.as_str(), hashed.wasm.as_str(), hashed.style.as_str()),
            ("/pkg/stoa.AbC.js", "/pkg/stoa.dEf.wasm", "/pkg/stoa.gHi.css"),
        );
        assert_eq!(ClientBundle::new(&options, None).wasm, "/pkg/stoa.wasm");
    }
}

//! hls.js, as far as the player needs it: <https://github.com/video-dev/hls.js/blob/master/docs/API.md>.
//!
//! The library is fetched on the player page alone, and touched after hydration only.

use crate::library::{self, get};
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::HtmlMediaElement;

/// Where the library is. The version is package.json's: a new one must not meet an old copy in a cache.
const ADDRESS: &str = "/vendor/hls.min.js?v=1.7.4";

const NAME: &str = "Hls";

/// Names of its events.
pub(crate) const MANIFEST_PARSED: &str = "hlsManifestParsed";
/// The picture changed to another level.
pub(crate) const LEVEL_SWITCHED: &str = "hlsLevelSwitched";
/// Something failed; the data says whether playback can go on.
pub(crate) const ERROR: &str = "hlsError";

#[wasm_bindgen]
extern "C" {
    /// A player.
    #[derive(Clone)]
    pub(crate) type Hls;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new(config: &Object) -> Hls;
    #[wasm_bindgen(static_method_of = Hls, js_name = isSupported)]
    pub(crate) fn is_supported() -> bool;
    #[wasm_bindgen(method, js_name = loadSource)]
    pub(crate) fn load_source(this: &Hls, url: &str);
    #[wasm_bindgen(method, js_name = attachMedia)]
    pub(crate) fn attach_media(this: &Hls, media: &HtmlMediaElement);
    #[wasm_bindgen(method)]
    pub(crate) fn on(this: &Hls, event: &str, listener: &Function);
    #[wasm_bindgen(method)]
    pub(crate) fn destroy(this: &Hls);
    #[wasm_bindgen(method, js_name = startLoad)]
    pub(crate) fn start_load(this: &Hls);
    #[wasm_bindgen(method, js_name = recoverMediaError)]
    pub(crate) fn recover_media_error(this: &Hls);
    #[wasm_bindgen(method, getter)]
    fn config(this: &Hls) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn levels(this: &Hls) -> Array;
    #[wasm_bindgen(method, setter, js_name = nextLevel)]
    pub(crate) fn set_next_level(this: &Hls, level: i32);

    /// What an `ERROR` event tells.
    pub(crate) type ErrorData;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn fatal(this: &ErrorData) -> bool;
    #[wasm_bindgen(method, getter, js_name = type)]
    pub(crate) fn kind(this: &ErrorData) -> String;
}

/// Level −1 leaves the choice to the bandwidth.
pub(crate) const AUTO: i32 = -1;

/// The settings of a player that starts at `position`, in seconds. Cookies are sent to a media host, too.
pub(crate) fn config(position: f64) -> Object {
    let config = Object::new();
    // Setting a property of a plain object cannot fail.
    let set = |key: &str, value: JsValue| drop(Reflect::set(&config, &key.into(), &value));
    set("startPosition", position.into());
    // Segments are fMP4 already: there is nothing for a worker to do, and none must be allowed by the
    // content security policy.
    set("enableWorker", false.into());
    set("backBufferLength", 60.into());
    // Seconds ahead of where playback is. By default up to ten minutes of a small rendition, most of which are fetched
    // for nothing when the learner leaves.
    set("maxMaxBufferLength", 120.into());
    // Called for every request (API.md, "xhrSetup"). Where media is of the site's own origin it changes nothing.
    let with_cookies =
        |request: JsValue| drop(Reflect::set(&request, &"withCredentials".into(), &true.into()));
    set("xhrSetup", Closure::<dyn Fn(JsValue)>::new(with_cookies).into_js_value());
    config
}

/// The heights of the levels, in the order of their numbers.
pub(crate) fn heights(hls: &Hls) -> Vec<u32> {
    let height = |level: JsValue| get(&level, "height").as_f64();
    hls.levels().iter().map(|level| height(level).unwrap_or_default() as u32).collect()
}

/// Decides whether the library asks again. It calls this with what it would do by itself at the end:
/// `(retryConfig, retryCount, isTimeout, response, retry)`.
pub(crate) type Retries = Closure<dyn FnMut(JsValue, u32, bool, JsValue, bool) -> bool>;

impl Hls {
    /// Has the library ask again where `again` says so, by the status and how often it did; else as it is used to:
    /// never after a 4xx. To be kept as long as the player.
    pub(crate) fn retry(&self, mut again: impl FnMut(u32, u32) -> bool + 'static) -> Retries {
        let retries = Retries::new(move |_: JsValue, tried: u32, _: bool, response: JsValue, retry: bool| {
            let status = get(&response, "code").as_f64().unwrap_or_default() as u32;
            again(status, tried) || retry
        });
        // Each player has a copy of the library's own settings: nothing else is changed with it.
        let config = self.config();
        for policy in ["manifestLoadPolicy", "playlistLoadPolicy", "fragLoadPolicy"] {
            let errors = get(&get(&get(&config, policy), "default"), "errorRetry");
            drop(Reflect::set(&errors, &"shouldRetry".into(), retries.as_ref()));
        }
        retries
    }
}

/// Whether the library is there.
pub(crate) fn is_loaded() -> bool {
    library::is_loaded(NAME)
}

/// Fetches the library, unless it is there.
pub(crate) async fn load() -> Result<(), JsValue> {
    library::load(NAME, ADDRESS).await
}

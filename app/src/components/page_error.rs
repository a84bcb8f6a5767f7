//! A page in the place of one that could not be shown.

use crate::api::ApiError;
use crate::routes;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_url;

/// A page in the place of one that could not be shown, with its HTTP status. Who must sign in is led there.
#[component]
pub(crate) fn PageError(error: ApiError) -> impl IntoView {
    if error == ApiError::SignInNeeded {
        let here = use_url().with_untracked(|url| format!("{}{}", url.path(), query(url.search())));
        lead_to(routes::sign_in(&here));
        return Either::Left(());
    }
    #[cfg(feature = "ssr")]
    crate::api::request::set_status(error.status());
    let (title, advice) = match &error {
        // What the sentence says is all there is to it.
        ApiError::Refused { message } => ("This cannot be done", message.clone()),
        ApiError::NotFound => {
            ("Page not found", "The address may be mistyped, or what was here is gone.".to_owned())
        }
        ApiError::Forbidden => {
            ("Not for this account", "Your account is not allowed to see this page.".to_owned())
        }
        ApiError::Unavailable | ApiError::Unreachable => ("Not available right now", error.to_string()),
        _ => ("Something went wrong", error.to_string()),
    };
    Either::Right(view! {
        <Title text=title />
        <div class="page py-16 sm:py-24">
            {(!matches!(error, ApiError::Refused { .. })).then(|| view! { <p class="eyebrow">{format!("Error {}", error.status())}</p> })}
            <h1 class="mt-2 text-3xl font-semibold">{title}</h1>
            <p class="mt-4 max-w-prose text-muted">{advice}</p>
            <p class="mt-8 flex flex-wrap gap-3">
                <a href=routes::COURSES class="btn btn-primary min-h-11">"Browse courses"</a>
                <a href=routes::HOME class="btn btn-ghost min-h-11">"Go to the start page"</a>
            </p>
        </div>
    })
}

/// Leads to another page of the site. (The router's `Redirect` redirects only requests that say they accept
/// HTML, which not every crawler and tool does.)
fn lead_to(path: String) {
    #[cfg(feature = "ssr")]
    crate::api::request::redirect(&path);
    #[cfg(not(feature = "ssr"))]
    leptos_router::hooks::use_navigate()(
        &path,
        leptos_router::NavigateOptions { replace: true, ..Default::default() },
    );
}

fn query(search: &str) -> String {
    match search.trim_start_matches('?') {
        "" => String::new(),
        search => format!("?{search}"),
    }
}

//! What one says of oneself.

use super::{Area, waiting};
use crate::api::own::{ChangeProfile, profile};
use crate::components::{Outcome, PostForm, Problem, load};
use crate::data::preload;
use crate::routes;
use crate::session::use_session;
use domain::caption::COMMON;
use domain::view::ProfilePage;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What one says of oneself.
#[component]
pub(crate) fn Profile() -> impl IntoView {
    let outcome = use_session().profile;
    // Coming back later must not find what was said of today's change.
    on_cleanup(move || outcome.clear());
    let page = preload(|| (), |()| profile());
    view! {
        <Area title="Profile">
            {load(page, waiting, move |profile| view! { <ProfileForm profile outcome /> })}
        </Area>
    }
}

#[component]
fn ProfileForm(profile: ProfilePage, outcome: Outcome) -> impl IntoView {
    let ProfilePage { name, email, language, time_zone, time_zones } = profile;
    let languages = COMMON.map(|common| {
        let chosen = language.as_ref().is_some_and(|language| language.as_str() == common.tag);
        view! { <option value=common.tag lang=common.tag selected=chosen>{common.name}</option> }
    });
    let zones: Vec<_> = time_zones
        .into_iter()
        .map(|zone| {
            let chosen = time_zone.as_ref() == Some(&zone);
            view! { <option value=zone.to_string() selected=chosen>{zone.as_str().replace('_', " ")}</option> }
        })
        .collect();
    view! {
        <PostForm to=ChangeProfile::PATH outcome>
            <div class="panel flex flex-col gap-6 p-5 sm:p-6">
                <div class="field">
                    <label for="name">"Name"</label>
                    <input
                        id="name"
                        name="name"
                        required
                        maxlength="80"
                        autocomplete="name"
                        dir="auto"
                        aria-describedby="name-hint"
                        class="input min-h-11 w-full"
                        value=name.to_string()
                    />
                    <p id="name-hint" class="hint">"Others see it, and so do the pages of your courses."</p>
                </div>
                <p class="hint">
                    "You sign in as " <bdi class="font-medium text-base-content">{email.to_string()}</bdi>
                    ". The address is changed under " <a href=routes::SECURITY class="text-link">"Security"</a> "."
                </p>
                <div class="field">
                    <label for="language">"Language"</label>
                    <select id="language" name="language" aria-describedby="language-hint" class="select min-h-11 max-w-xs">
                        <option value="">"Not said"</option>
                        {languages}
                    </select>
                    <p id="language-hint" class="hint">"Which one you read best. The site itself is in English so far."</p>
                </div>
                <div class="field">
                    <label for="time_zone">"Time zone"</label>
                    <select id="time_zone" name="time_zone" aria-describedby="zone-hint" class="select min-h-11 max-w-xs">
                        <option value="">"UTC"</option>
                        {zones}
                    </select>
                    <p id="zone-hint" class="hint">"Times in mails are told by it."</p>
                </div>
                <Problem of=outcome />
                <div class="flex items-center gap-4">
                    <button type="submit" class="btn btn-primary min-h-11" disabled=move || outcome.pending()>"Save profile"</button>
                    <p role="status" class="hint">{move || outcome.succeeded().then_some("Saved")}</p>
                </div>
            </div>
        </PostForm>
    }
}

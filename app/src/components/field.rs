//! The fields of forms about accounts, told to password managers by their proper names (HTML, "Autofill").

use domain::text::Password;
use leptos::prelude::*;

/// An e-mail address.
#[component]
pub(crate) fn EmailField(
    #[prop(default = "E-mail")] label: &'static str,
    #[prop(default = "username")] autocomplete: &'static str,
    #[prop(optional_no_strip)] value: Option<String>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for="email">{label}</label>
            <input
                id="email"
                name="email"
                type="email"
                required
                autocomplete=autocomplete
                maxlength="254"
                value=value
                dir="auto"
                class="input min-h-11 w-full"
            />
        </div>
    }
}

/// A password: a new one, or one to be checked.
#[component]
pub(crate) fn PasswordField(
    #[prop(default = "password")] name: &'static str,
    #[prop(default = "Password")] label: &'static str,
    #[prop(optional)] new: bool,
) -> impl IntoView {
    let hint = new.then(|| {
        let words = format!(
            "At least {} characters. Several words are easy to keep and hard to guess.",
            Password::MIN
        );
        view! { <p id=format!("{name}-hint") class="hint">{words}</p> }
    });
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type="password"
                required
                autocomplete=if new { "new-password" } else { "current-password" }
                minlength=new.then(|| Password::MIN.to_string())
                maxlength=Password::MAX.to_string()
                aria-describedby=new.then(|| format!("{name}-hint"))
                class="input min-h-11 w-full"
            />
            {hint}
        </div>
    }
}

/// A code that came by mail, or from an authenticator.
#[component]
pub(crate) fn CodeField(
    #[prop(default = "code")] name: &'static str,
    #[prop(default = "Code")] label: &'static str,
    #[prop(optional_no_strip)] value: Option<String>,
    #[prop(optional)] hint: &'static str,
) -> impl IntoView {
    let described = (!hint.is_empty()).then(|| format!("{name}-hint"));
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                required
                autocomplete="one-time-code"
                autocapitalize="characters"
                spellcheck="false"
                maxlength="40"
                value=value
                dir="ltr"
                aria-describedby=described.clone()
                class="input min-h-11 w-full font-mono"
            />
            {described.map(|id| view! { <p id=id class="hint">{hint}</p> })}
        </div>
    }
}

//! The key of an authenticator, to be set up.

use domain::view::Authenticator;
use leptos::prelude::*;

/// Its QR code, and beside that the key in words, then whatever takes its first code.
#[component]
pub(crate) fn NewAuthenticator(authenticator: Authenticator, children: Children) -> impl IntoView {
    let Authenticator { key, address, qr, size } = authenticator;
    // A quiet zone of four modules (ISO/IEC 18004 §5.3.8).
    let view_box = format!("-4 -4 {} {}", size + 8, size + 8);
    view! {
        <div class="@container">
            <div class="panel flex flex-col gap-6 p-5 @lg:flex-row @lg:p-6">
                <svg viewBox=view_box role="img" aria-label="QR code for your authenticator" class="size-52 shrink-0 self-center rounded bg-white @lg:self-start">
                    <path d=qr fill="#000" />
                </svg>
                <div class="flex min-w-0 flex-col gap-4">
                    <p>
                        "Scan this with an authenticator app. On this device, "
                        <a href=address class="text-link">"open it in the app"</a> ". Or type the key:"
                    </p>
                    <p class="font-mono break-words" dir="ltr">{key}</p>
                    {children()}
                </div>
            </div>
        </div>
    }
}

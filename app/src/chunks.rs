//! Pages whose code is no part of the bundle that everybody loads: it comes in a file of its own, when it is needed.
//!
//! Only a release build has such files (feature `split`, docs/decisions/0020); elsewhere these pages are called like any
//! other.

use leptos::prelude::*;
use leptos_router::ChooseView;
#[cfg(feature = "split")]
use leptos_router::{hooks::use_location, location::Location};

/// Declares the pages that share a file, and how that is fetched.
macro_rules! chunk {
    ($(#[$doc:meta])* $chunk:ident { $($page:ident),+ $(,)? } in $file:ident, $fetch:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub(crate) enum $chunk {
            $($page),+
        }

        impl $chunk {
            fn view(self) -> AnyView {
                match self {
                    $(Self::$page => crate::pages::$page().into_any()),+
                }
            }
        }

        impl ChooseView for $chunk {
            async fn choose(self) -> AnyView {
                #[cfg(feature = "split")]
                return fetched($file(self)).await;
                #[cfg(not(feature = "split"))]
                self.view()
            }

            async fn preload(&self) {}
        }

        #[cfg(feature = "split")]
        #[leptos::wasm_split::wasm_split($file, fallible, preload($fetch), wasm_split_path = leptos::wasm_split)]
        fn $file(page: $chunk) -> Result<AnyView, Missing> {
            Ok(page.view())
        }
    };
}

chunk! {
    /// What instructors do.
    Teaching {
        Teach, CourseEditor, Instructors, Learners, LessonEditor, CoursePrice, Coupons, Sales,
    } in teaching, fetch_teaching
}

chunk! {
    /// What learners do.
    Watching { Lesson } in watching, fetch_watching
}

chunk! {
    /// What people buy, and have bought.
    Buying { Cart, Orders, Order } in buying, fetch_buying
}

chunk! {
    /// What people do to their account.
    Settling {
        SignUp, Confirm, Reset, SecondStep, Profile, Security, ChangeAddress, MailChoice, OwnData, Unsubscribe, Invitation,
    } in settling, fetch_settling
}

chunk! {
    /// What those do who operate the program.
    Operating {
        Pipeline, People, Invitations, AuditLog, AllOrders, OrderFile, PaymentNews, Books,
    } in operating, fetch_operating
}

/// A file that could not be fetched, or is no longer there because the site has changed.
#[cfg(feature = "split")]
type Missing = leptos::wasm_split::SplitLoaderError;

/// Fetches what the page at this path needs beyond the bundle. Says whether it is there.
#[cfg(feature = "split")]
pub async fn fetch_for(path: &str) -> bool {
    let fetched = match path.split('/').nth(1) {
        Some("teach") => fetch_teaching().await,
        Some("learn") => fetch_watching().await,
        Some("cart" | "orders") => fetch_buying().await,
        Some(
            "account" | "sign-up" | "confirm" | "reset" | "second-step" | "change-address" | "unsubscribe"
            | "invitation",
        ) => fetch_settling().await,
        Some("operate") => fetch_operating().await,
        _ => Ok(()),
    };
    fetched.is_ok()
}

/// The page. If its file did not come, the browser is sent there: the server has every page as plain HTML, and the
/// names of the files that there are now.
#[cfg(feature = "split")]
async fn fetched(page: impl Future<Output = Result<AnyView, Missing>>) -> AnyView {
    let Location { pathname, search, .. } = use_location();
    let asked = pathname.get_untracked();
    let page = page.await;
    if let Ok(view) = page {
        return view;
    }
    if pathname.get_untracked() != asked {
        // The person has gone elsewhere meanwhile: the router drops this.
        return ().into_any();
    }
    let address = match search.get_untracked().as_str() {
        "" => asked,
        search => format!("{asked}?{search}"),
    };
    let _ = window().location().set_href(&address);
    // Until the browser has left it, what is shown stays. Should the browser keep it and show it again, its router
    // would still be on the way.
    window_event_listener_untyped("pageshow", |_| {
        let _ = window().location().reload();
    });
    std::future::pending().await
}

//! Showing everybody the same.

use domain::shared::Shared;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos::tachys::html::InertElement;

/// The view of something that is shared. On the server its markup is made once, for all who are shown it.
///
/// So the view must be one element and the same for everybody: it may not ask who is signed in, hold no form
/// with an action, no title and nothing that is loaded. Reactive parts are as they are before the first event.
pub(crate) fn alike<T, V>(shared: Shared<T>, view: impl FnOnce(&T) -> V) -> AnyView
where
    V: IntoView + 'static,
{
    #[cfg(feature = "ssr")]
    return InertElement::new(shared.markup(|| view(&shared).into_view().to_html()).to_owned()).into_any();
    #[cfg(not(feature = "ssr"))]
    view(&shared).into_any()
}

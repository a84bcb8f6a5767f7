//! Names of several things, after each other.

use leptos::prelude::*;

/// Names with commas between them, each in its own direction: joined to one text, names in different scripts would stand in
/// each other's way.
pub(crate) fn names(names: Vec<String>) -> Vec<AnyView> {
    let name =
        |(at, name): (usize, String)| view! { {(at > 0).then_some(", ")} <bdi>{name}</bdi> }.into_any();
    names.into_iter().enumerate().map(name).collect()
}

//! What belongs to the browser's one thread, in a page's values.

use leptos::prelude::*;
use send_wrapper::SendWrapper;

/// A place for something that belongs to the browser's one thread: a connection, a player. The server renders a page on
/// several threads, so there the place stays empty: what was put in on one thread must not be dropped on another. To be
/// filled by event handlers and effects, which run in the browser alone.
pub(crate) struct Local<T: 'static>(StoredValue<Option<SendWrapper<T>>>);

impl<T> Clone for Local<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Local<T> {}

impl<T> Local<T> {
    /// An empty place.
    pub(crate) fn empty() -> Self {
        Self(StoredValue::new(None))
    }

    /// Puts something in; what was there is dropped first. Nothing happens once the page was left.
    pub(crate) fn set(self, value: T) {
        self.clear();
        self.0.try_update_value(|place| *place = Some(SendWrapper::new(value)));
    }

    /// Drops what is there.
    pub(crate) fn clear(self) {
        drop(self.0.try_update_value(Option::take));
    }

    /// Does something with what is there; `None` where nothing is.
    pub(crate) fn with<R>(self, act: impl FnOnce(&T) -> R) -> Option<R> {
        self.0.try_with_value(|place| place.as_deref().map(act)).flatten()
    }

    /// Changes what is there; the first time, its default.
    pub(crate) fn update<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R>
    where
        T: Default,
    {
        self.0.try_update_value(|place| change(place.get_or_insert_with(|| SendWrapper::new(T::default()))))
    }
}

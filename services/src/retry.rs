//! Changing what others may change at the same moment.

use crate::{Error, Result};

/// How often a change is begun before it is given up: so often in a row nobody loses by chance.
const ATTEMPTS: u32 = 8;

/// Reads, changes and writes, from the start again whenever somebody else was quicker.
///
/// `change` reads what it changes, and writes on the condition that it is still what was read; a write that
/// finds it changed is an [`Error::Conflict`]. Every other result is the result.
pub(crate) async fn until_written<T, F>(change: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    for _ in 1..ATTEMPTS {
        match change().await {
            Err(Error::Conflict) => {}
            result => return result,
        }
    }
    change().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    /// What `until_written` makes of changes that end like this, one after the other, and how many it tried.
    async fn tried(ends: Vec<Result<u32>>) -> (Result<u32>, usize) {
        let most = ends.len();
        let left = RefCell::new(ends.into_iter());
        let result = until_written(|| async { left.borrow_mut().next().unwrap() }).await;
        (result, most - left.borrow().len())
    }

    #[tokio::test]
    async fn a_change_that_somebody_else_overtook_is_made_anew() {
        let (result, tries) = tried(vec![Err(Error::Conflict), Err(Error::Conflict), Ok(3), Ok(4)]).await;
        assert_eq!((result.unwrap(), tries), (3, 3));
    }

    #[tokio::test]
    async fn a_change_that_was_refused_is_not_tried_again() {
        let (result, tries) = tried(vec![Err(Error::Forbidden), Ok(2)]).await;
        assert!(matches!((result, tries), (Err(Error::Forbidden), 1)));
    }

    #[tokio::test]
    async fn a_change_that_is_always_overtaken_is_given_up() {
        let (result, tries) = tried((0..100).map(|_| Err(Error::Conflict)).collect()).await;
        assert!(matches!((result, tries), (Err(Error::Conflict), 8)));
    }
}

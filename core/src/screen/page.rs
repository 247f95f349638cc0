//! Some of what a screen shows, and where the rest begins.

use super::LIST_LEN_MAX;

/// Some items of a longer list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, at most [`LIST_LEN_MAX`].
    pub items: Vec<T>,
    /// How many the whole list has.
    pub total: usize,
    /// What the next page is asked for with; none after the last.
    pub next: Option<usize>,
}

impl<T> Page<T> {
    /// The items of a list from the `from`th on.
    #[must_use]
    pub fn of(all: Vec<T>, from: usize) -> Self {
        let total = all.len();
        let items: Vec<T> = all.into_iter().skip(from).take(LIST_LEN_MAX).collect();
        let shown = from.saturating_add(items.len());
        Self {
            next: (shown < total && !items.is_empty()).then_some(shown),
            items,
            total,
        }
    }
}

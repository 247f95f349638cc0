//! What was read of the standard and the calendar: read again only where the text is another one.

use std::cell::RefCell;
use std::sync::Arc;

use crate::calendar::Calendar;
use crate::profile::Profile;

/// What was made of a text last.
pub(super) struct Read<T, V>(RefCell<Option<(T, V)>>);

impl<T, V> Default for Read<T, V> {
    fn default() -> Self {
        Self(RefCell::new(None))
    }
}

impl<T: PartialEq, V: Clone> Read<T, V> {
    /// What `read` makes of the text.
    pub(super) fn of(&self, text: T, read: impl FnOnce(&T) -> V) -> V {
        let mut last = self.0.borrow_mut();
        if let Some((_, value)) = last.as_ref().filter(|(known, _)| *known == text) {
            return value.clone();
        }
        let value = read(&text);
        *last = Some((text, value.clone()));
        value
    }
}

/// What a vault reads again and again.
#[derive(Default)]
pub(super) struct Readings {
    pub(super) versions: Read<Vec<String>, Arc<[Profile]>>,
    pub(super) calendar: Read<Vec<(String, String)>, Option<Arc<Calendar>>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_again_only_when_it_is_another_one() {
        let (read, mut times) = (Read::<&str, usize>::default(), 0);
        for (text, value, reads) in [("a", 1, 1), ("a", 1, 1), ("bb", 2, 2), ("a", 1, 3)] {
            let of = read.of(text, |text| {
                times += 1;
                text.len()
            });
            assert_eq!((of, times), (value, reads));
        }
    }
}

//! Nothing built or recorded belongs in the tree: a tracked file has a largest size.

use super::Finding;

/// The largest tracked file. The lock file, the largest that we write, stays far below.
const BYTES_MAX: usize = 400_000;

/// A file that is too large.
pub(super) fn check(file: &str, bytes: usize) -> Option<Finding> {
    let problem = format!("{bytes} bytes; a tracked file has at most {BYTES_MAX}");
    (bytes > BYTES_MAX).then(|| Finding::new(file, 0, problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_is_allowed() {
        assert_eq!(check("a.bin", BYTES_MAX), None);
        assert!(check("a.bin", BYTES_MAX + 1).is_some());
    }
}

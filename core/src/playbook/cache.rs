//! Sets that were read or judged lately, by their files: a phone judges a set when it comes and reads it again when it
//! is next needed, an office judges it when it is published and again for the next request. The answer is the same.

use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use super::{PlaybookFile, Playbooks};

/// How many sets are kept: the one in force and the one that takes its place.
const MOST_KEPT: usize = 2;

static CACHE: Mutex<Vec<CachedSet>> = Mutex::new(Vec::new());

struct CachedSet {
    key: [u8; 32],
    set: Playbooks,
    judged: bool,
}

/// The set of these files, if it is at hand; judged, when that is asked.
pub(super) fn find(files: &[PlaybookFile], judged: bool) -> Option<Playbooks> {
    let key = key(files);
    let cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    cache.iter().find(|kept| kept.key == key && kept.judged >= judged).map(|kept| kept.set.clone())
}

/// Keeps a set; the one kept longest goes.
pub(super) fn keep(files: &[PlaybookFile], set: &Playbooks, judged: bool) {
    let key = key(files);
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    cache.retain(|kept| kept.key != key);
    if cache.len() >= MOST_KEPT {
        cache.remove(0);
    }
    cache.push(CachedSet { key, set: set.clone(), judged });
}

fn key(files: &[PlaybookFile]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for file in files {
        for part in [&file.name, &file.text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.update([u8::from(file.current)]);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_that_was_only_read_is_not_taken_for_a_judged_one() {
        let file = |name: &str| PlaybookFile { name: name.to_owned(), text: String::new(), current: true };
        let files = [file("cache-a.toml")];
        keep(&files, &Playbooks::default(), false);
        assert!(find(&files, true).is_none());
        keep(&files, &Playbooks::default(), true);
        assert!(find(&files, true).is_some());
        assert!(find(&[file("cache-b.toml")], false).is_none(), "the name is part of messages");
    }
}

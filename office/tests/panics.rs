//! The hook is the whole process's, so this is a process of its own.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<u8>>>);

impl Write for Journal {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_panic_is_noted_by_its_place_and_quotes_nobody() {
    let journal = Journal::default();
    let writer = journal.clone();
    tracing_subscriber::fmt().json().with_writer(move || writer.clone()).init();
    butler_office::panics::leave_out_messages();
    let caught = std::panic::catch_unwind(|| panic!("张丽 13800001111"));
    let _ = std::panic::take_hook();
    assert!(caught.is_err());
    let noted = String::from_utf8(journal.0.lock().unwrap().clone()).unwrap();
    let noted: serde_json::Value = serde_json::from_str(&noted).unwrap();
    assert_eq!(noted["fields"]["code"], "panic");
    assert!(noted["fields"]["file"].as_str().unwrap().ends_with("panics.rs"), "{noted}");
    assert!(!noted.to_string().contains("张丽") && !noted.to_string().contains("138"), "{noted}");
}

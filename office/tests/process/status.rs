//! What the office's status says of a phone, said by a real phone over HTTP.

use std::process::Command;
use std::sync::Arc;

use butler_core::Butler;
use butler_core::host::SystemHost;
use butler_core::store::KeyAnswer;
use butler_core::sync::End;
use butler_core::testing::TestKeys;

use super::fixture::{Http, Served, code, found};

#[test]
fn status_says_what_keeps_a_phones_work_from_moving() {
    let (office, phone) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    found(office.path());
    let served = Served::start(office.path());
    let butler =
        Butler::open(phone.path(), &TestKeys::new(KeyAnswer::Missing), Arc::new(SystemHost)).unwrap();
    let line = |left| Http::breaking_after(&served.url, left);
    butler.enrol(&code(office.path()), "华为 Mate 60", &line(1)).unwrap();
    let sync = |exchanges| butler.sync(&line(exchanges), &mut |_| ()).unwrap().end;
    let status = || {
        let output = Command::new(env!("CARGO_BIN_EXE_butler-office"))
            .args(["--data".as_ref(), office.path().as_os_str(), "status".as_ref()])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(sync(usize::MAX), End::Complete);
    assert!(!status().contains("受阻"), "{}", status());
    // The connection is gone in the middle; the next hello tells.
    assert_eq!(sync(3), End::Interrupted);
    assert_eq!(sync(usize::MAX), End::Complete);
    assert!(status().contains("受阻 blocked: interrupted"), "{}", status());
    assert_eq!(sync(usize::MAX), End::Complete);
    assert!(!status().contains("受阻"), "{}", status());
}

//! What the office's status says of a phone, said by a real phone over HTTP.

use std::process::Command;
use std::sync::Arc;

use butler_core::Butler;
use butler_core::host::SystemHost;
use butler_core::model::{Edit, PhotoId};
use butler_core::store::KeyAnswer;
use butler_core::sync::End;
use butler_core::testing::TestKeys;

use super::fixture::{Http, Phone, Served, code, found, home};

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

/// 张丽's phone hands in an edit and is lost before the photo it names has travelled.
#[test]
fn status_names_the_photos_that_never_came() {
    let folder = tempfile::tempdir().unwrap();
    found(folder.path());
    let office = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_butler-office"))
            .args(["--data".as_ref(), folder.path().as_os_str()])
            .args(words)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let served = Served::start(folder.path());
    let phone = Phone::enrolled(&served.url, &code(folder.path()));
    assert!(!office(&["status"]).contains("photos named"));
    let photo = PhotoId([7; 32]);
    let mut home = home();
    let edit = Edit::new().put("place", "b3/u2").put(format!("photo/{photo}"), "三栋大堂地砖松动");
    phone.push(vec![phone.write(&mut home, &edit).1]).unwrap();
    let said = office(&["status"]);
    assert!(said.contains("1 张照片还没有传来") && said.contains(&photo.to_string()), "{said}");
    assert!(!said.contains("已吊销 revoked"), "{said}");
    let status = || -> serde_json::Value { serde_json::from_str(&office(&["status", "--json"])).unwrap() };
    let device = status()["devices"][0]["device"].as_str().unwrap().to_owned();
    office(&["revoke", &device]);
    let awaited = &status()["awaited_photos"][0];
    assert_eq!((&awaited["photo"], &awaited["gone"]), (&photo.to_string().into(), &true.into()), "{awaited}");
    assert_eq!((&awaited["record"], &awaited["owner"]), (&home.id().to_string().into(), &"zhang.li".into()));
    assert!(office(&["status"]).contains("1 张的手机已吊销"));
}

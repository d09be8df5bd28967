//! The real process over HTTP: what it rejects, what it says, what it leaves unsaid.

use std::io::{ErrorKind, Write};
use std::net::TcpStream;
use std::process::Command;

use super::fixture::{self, Phone, Served, agent, send};
use butler_core::model::Edit;
use butler_core::sync::frame;
use butler_core::sync::message::{CONTENT_TYPE, Frame, PROTOCOL, Problem, Reply, Request, Verdict, limit};

fn problem(bytes: &[u8]) -> Problem {
    match frame::decode::<Reply>(bytes).unwrap().body {
        Reply::Problem(problem) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_address_of_the_world_is_rejected_before_anything_else() {
    let folder = tempfile::tempdir().unwrap();
    fixture::found(folder.path());
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let output = Command::new(env!("CARGO_BIN_EXE_butler-office"))
            .args(["--data".as_ref(), folder.path().as_os_str()])
            .args(["serve", "--listen", address])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{address}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("failed to listen on ") && said.contains("without TLS"), "{said}");
    }
}

#[test]
fn a_folder_without_an_office_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_butler-office"))
        .args(["--data".as_ref(), folder.path().as_os_str()])
        .arg("status")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("failed to find an office in this folder; run `init` first"), "{said}");
}

/// As `butler-office playbook check DIR | head` does, once `head` has seen enough.
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let playbooks = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/playbooks");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = Command::new(env!("CARGO_BIN_EXE_butler-office"))
        .args(["playbook", "check", playbooks])
        .stdout(writer)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn limits_have_a_status_and_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    fixture::found(folder.path());
    let served = Served::start(folder.path());
    let agent = agent();

    let health = agent.get(format!("{}/health", served.url)).call().unwrap();
    assert_eq!(health.status().as_u16(), 200);
    let text = health.into_body().read_to_string().unwrap();
    assert!(text.contains(r#""status":"ok""#) && text.contains(r#""protocol":1"#), "{text}");

    let (status, body) = send(&agent, &served.url, b"nonsense").unwrap();
    assert_eq!((status, problem(&body)), (400, Problem::Malformed));
    let bomb = zstd::bulk::compress(&vec![0; limit::FRAME * 8], 3).unwrap();
    let (status, body) = send(&agent, &served.url, &bomb).unwrap();
    assert_eq!((status, problem(&body)), (413, Problem::TooLarge { limit: limit::FRAME as u64 }));
    let (status, body) = send(&agent, &served.url, &vec![0x5a; limit::FRAME_PACKED + 1]).unwrap();
    assert_eq!((status, problem(&body)), (413, Problem::TooLarge { limit: limit::FRAME_PACKED as u64 }));
    let device = butler_core::model::DeviceId([1; 16]);
    let old = Frame { protocol: 0, request: 7, token: None, body: Request::Challenge { device } };
    let (status, body) = send(&agent, &served.url, &frame::encode(&old).unwrap()).unwrap();
    assert_eq!((status, problem(&body)), (400, Problem::Protocol { min: PROTOCOL, max: PROTOCOL }));
    let unknown = Frame { protocol: PROTOCOL, request: 7, token: None, body: Request::Challenge { device } };
    let (status, body) = send(&agent, &served.url, &frame::encode(&unknown).unwrap()).unwrap();
    assert_eq!((status, problem(&body)), (401, Problem::UnknownDevice));
    assert_eq!(agent.get(format!("{}/v1/frame", served.url)).call().unwrap().status().as_u16(), 405);
}

/// Bodies that never come, as many as there are seats and more: everybody else is answered meanwhile.
#[test]
fn slow_clients_keep_nobody_waiting() {
    let folder = tempfile::tempdir().unwrap();
    fixture::found(folder.path());
    let served = Served::start(folder.path());
    let address = served.url.strip_prefix("http://").unwrap();
    let slow: Vec<TcpStream> = (0..100)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            let head = format!(
                "POST /v1/frame HTTP/1.1\r\nhost: jinse\r\ncontent-type: {CONTENT_TYPE}\r\ncontent-length: 4096\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(b"a little").unwrap();
            stream
        })
        .collect();
    let phone = Phone::enrolled(&served.url, &fixture::code(folder.path()));
    let written = phone.write(&mut fixture::home(), &Edit::new().put("place", "b3/u2").put("layout", "三室"));
    let verdicts = phone.push(vec![written.1]).unwrap();
    assert!(matches!(verdicts[0].1, Verdict::Accepted(_)));
    for stream in &slow {
        stream.set_nonblocking(true).unwrap();
        let waiting = stream.peek(&mut [0]).map_err(|error| error.kind());
        assert_eq!(waiting, Err(ErrorKind::WouldBlock), "the office gave up on them first");
    }
}

/// The header says what a body is, on both sides; nothing else is taken for a frame.
#[test]
fn requests_and_answers_name_their_content_type() {
    let folder = tempfile::tempdir().unwrap();
    fixture::found(folder.path());
    let served = Served::start(folder.path());
    let post = |content_type: Option<&str>| {
        let mut request = agent().post(format!("{}/v1/frame", served.url));
        if let Some(content_type) = content_type {
            request = request.content_type(content_type);
        }
        let answer = request.send(&b"{}"[..]).unwrap();
        (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap().to_owned())
    };
    for wrong in [None, Some("application/octet-stream"), Some("application/json")] {
        assert_eq!(post(wrong), (415, CONTENT_TYPE.to_owned()), "{wrong:?}");
    }
    assert_eq!(post(Some(CONTENT_TYPE)), (400, CONTENT_TYPE.to_owned()), "read, and no frame");
}

#[test]
fn the_journal_names_nobody() {
    const NAME: &str = "司马晓彤";
    const NUMBER: &str = "13912345678";
    let folder = tempfile::tempdir().unwrap();
    fixture::found(folder.path());
    let served = Served::start(folder.path());
    let phone = Phone::enrolled(&served.url, &fixture::code(folder.path()));
    // Accepted, rejected, malformed: a name in each.
    let mut home = fixture::home();
    let edit = Edit::new().put("place", "b3/u2").put("surroundings", format!("{NAME} {NUMBER}"));
    let accepted = phone.write(&mut home, &edit).1;
    let rejected = phone.write(&mut fixture::home(), &Edit::new().put("place", "b9").put("layout", NAME)).1;
    let mut malformed = accepted.clone();
    malformed.change = serde_bytes::ByteBuf::from(NAME);
    let verdicts = phone.push(vec![accepted, rejected, malformed]).unwrap();
    assert!(matches!(verdicts[0].1, Verdict::Accepted(_)));
    assert!(matches!(verdicts[1].1, Verdict::Rejected(_)));
    assert!(matches!(verdicts[2].1, Verdict::Quarantined(_)));
    send(&agent(), &served.url, format!("{NAME}{NUMBER}").as_bytes()).unwrap();

    let (code, journal) = served.stop();
    assert_eq!(code, Some(0), "asked to stop, it stops well");
    let finds = |text: &str| [NAME, NUMBER].iter().any(|canary| text.contains(canary));
    assert!(finds(&format!("{journal}{NAME}")), "the scan finds a planted name");
    assert!(!finds(&journal), "{journal}");
    for line in journal.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(entry["fields"].is_object(), "{line}");
    }
    assert!(journal.contains(r#""request":"push""#), "{journal}");
}

/// Behind a proxy everybody comes from this machine: without the header nobody who guesses can be told from a colleague.
#[test]
fn the_journal_says_that_nobody_can_be_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    fixture::found(folder.path());
    let warned = |more: &[&str]| {
        let (_, journal) = Served::start_with(folder.path(), more).stop();
        journal.contains(r#""code":"client-address""#)
    };
    assert!(warned(&[]));
    assert!(!warned(&["--client-address", "X-Forwarded-For"]));
}

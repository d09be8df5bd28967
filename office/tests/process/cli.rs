//! The office's commands, one after the other, as a clerk types them.

use std::path::Path;

use butler_office::cli::{Cli, run};
use clap::Parser;

/// Runs one command line and returns what it printed, or its error after "failed to".
fn office(folder: &Path, line: &str) -> Result<String, String> {
    let words =
        ["butler-office", "--data", folder.to_str().unwrap()].into_iter().chain(line.split_whitespace());
    let cli = Cli::try_parse_from(words).map_err(|error| error.to_string())?;
    let mut out = Vec::new();
    run(cli, &mut out).map_err(|error| error.to_string())?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn a_clerk_sets_up_an_office() {
    let folder = tempfile::tempdir().unwrap();
    let office = |line: &str| office(folder.path(), line);
    assert!(office("status").unwrap_err().contains("run `init` first"));
    assert!(office("init --community jinse").unwrap().contains("not-in-backups"));
    assert!(office("init --community jinse").unwrap_err().contains("has one already"));

    office("staff add zhang.li --name 张丽 --role butler").unwrap();
    office("name 金色家园物业服务中心").unwrap();
    let scanned = office("enrol zhang.li --address https://butler.jinse.example").unwrap();
    let (code, picture) = scanned.split_once('\n').unwrap();
    let picture = picture.lines().next().unwrap();
    let read = butler_core::sync::enrol::EnrolmentCode::read(picture).unwrap();
    assert_eq!((read.office.as_deref(), read.code.as_str()), (Some("https://butler.jinse.example"), code));
    assert!(office("enrol zhang.li --address http://jinse.example").unwrap_err().contains("https"));
    office("staff add li.zg --name 李主管 --role supervisor").unwrap();
    assert_eq!(
        office("staff add zhang.li --name 张丽 --role butler").unwrap_err(),
        "add zhang.li: it exists already · 编号已存在"
    );
    assert!(office("staff add wang --name 王 --role emperor").unwrap_err().contains("find role emperor"));
    assert!(office("staff add bot --name 导入 --role office").unwrap_err().contains("find role office"));
    for line in [
        "grid add g1 --name 1网格",
        "grid add g2 --name 2网格",
        "grid assign zhang.li g1 --role butler",
        "grid assign li.zg --community --role supervisor",
        "grid add-spot b3 --name 3栋 --grid g1",
        "grid add-spot b3/u2 --name 3栋2单元 --grid g1 --parent b3",
        "grid add-spot gate --name 南门 --grid g1 --grid g2 --code QR-南门 --kind gate",
        "grid edit-spot gate --at 22.54312,113.94151",
    ] {
        office(line).unwrap();
    }
    let nowhere = office("grid assign zhang.li --role butler").unwrap_err();
    assert!(nowhere.contains("<GRID>"), "the whole community is asked for by name: {nowhere}");
    assert!(
        office("grid assign zhang.li g1 --community --role butler").unwrap_err().contains("cannot be used")
    );
    assert!(office("grid assign zhang.li g9 --role butler").unwrap_err().contains("find grid g9"));
    assert!(
        office("grid assign zhang.li g1 --role supervisor").unwrap_err().contains("find role supervisor")
    );
    assert!(
        office("grid add-spot x --name x --grid g1 --parent nowhere")
            .unwrap_err()
            .contains("find place nowhere")
    );

    for (line, why) in [
        ("grid edit-spot nowhere --name 北门", "find place nowhere"),
        ("grid edit-spot gate --kind castle", "use kind castle"),
        ("grid edit-spot gate --at 222.5,113.9", "not degrees north and east"),
        ("grid edit-spot b3/u2 --code QR-南门", "give b3/u2 this code: gate has it"),
    ] {
        let error = office(line).unwrap_err();
        assert!(error.contains(why), "{error}");
    }

    office("grid add-spot control-room --name 监控室 --grid g2 --kind desk --phone 0755-26001234转801")
        .unwrap();
    assert!(office("grid list").unwrap().contains("control-room  监控室  desk  0755-26001234-801"));
    office("grid edit-spot control-room --name 消防监控室").unwrap();
    assert!(
        office("grid list").unwrap().contains("消防监控室  desk  0755-26001234-801"),
        "what is left out stays"
    );
    office("staff add wang.gong --name 王工 --role engineering --phone 13800001234").unwrap();
    assert!(office("staff list").unwrap().contains("wang.gong  王工  engineering  13800001234"));
    office("staff phone wang.gong --phone +86-138-0000-5678").unwrap();
    assert!(office("staff list").unwrap().contains("王工  engineering  13800005678"));
    for line in ["staff phone wang.gong --phone 1990000567", "grid edit-spot control-room --phone 1990000567"]
    {
        let error = office(line).unwrap_err();
        assert!(error.contains("电话号码不对") && !error.contains("1990000567"), "{error}");
    }
    office("staff phone wang.gong --phone=").unwrap();
    office("grid edit-spot control-room --phone=").unwrap();
    assert!(office("staff list").unwrap().contains("王工  engineering\n"));
    assert!(office("grid list").unwrap().contains("消防监控室  desk\n"));
    assert!(office("staff phone nobody --phone 13800001234").unwrap_err().contains("find staff nobody"));
    office("staff phone wang.gong --phone 19900005678").unwrap();
    office("staff leave wang.gong").unwrap();
    assert!(office("staff list").unwrap().contains("王工  engineering  已离职"), "the number is forgotten");
    assert!(office("staff phone wang.gong --phone 13800001234").unwrap_err().contains("they left"));

    let listed = office("grid list").unwrap();
    let (first, second) = listed.split_once("g2  2网格").unwrap();
    assert!(first.contains("butler  zhang.li  张丽") && first.contains("b3/u2  3栋2单元"), "{listed}");
    assert!(
        second.contains("supervisor  li.zg") && second.contains("gate  南门  gate  22.54312,113.94151"),
        "{listed}"
    );
    assert!(
        office("grid cover g2 --by zhang.li --until 2020-01-01").unwrap_err().contains("that day is over")
    );
    assert!(office("grid cover g1 --by zhang.li --until 2999-01-01").unwrap_err().contains("exists already"));
    office("grid cover g2 --by zhang.li --until 2999-01-01").unwrap();
    assert!(office("grid list").unwrap().contains("张丽  代班至 · cover until 2999-01-01"));
    office("grid unassign zhang.li g2").unwrap();
    office("grid move-place b3 g2").unwrap();
    let listed = office("grid list").unwrap();
    assert!(
        listed.split_once("g2  2网格").unwrap().1.contains("b3/u2  3栋2单元"),
        "its units move with it: {listed}"
    );

    let month = office("metrics --month 2026-11 --by grid").unwrap();
    assert!(month.starts_with("2026-11\n") && month.contains("patrols_done"), "{month}");
    let line = office("metrics --month 2026-10 --metric patrols_due --json").unwrap();
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (&line["value"]["part"], &line["as_of"]),
        (&62.into(), &"2026-10-31".into()),
        "two grids, 31 days"
    );
    assert!(office("metrics --metric beauty").unwrap_err().contains("find metric beauty"));
    assert!(
        office("metrics --metric patrols_due --records").unwrap_err().contains("--staff"),
        "whoever reads says so"
    );
    let missed =
        "metrics --month 2026-10 --metric patrols_done --records --whole --staff li.zg --by grid --group g2";
    let missed = office(missed).unwrap();
    assert!(
        missed.starts_with("2026-10  patrols_done  31 ") && missed.contains("2026-10-31  2网格"),
        "{missed}"
    );

    let code = office("enrol zhang.li").unwrap();
    let code = code.lines().next().unwrap();
    assert!(code.len() == 11 && [2, 5, 8].iter().all(|at| code.as_bytes()[*at] == b'-'), "{code}");
    assert!(office("enrol nobody").unwrap_err().contains("find staff nobody"));
    assert!(office("revoke 00112233445566778899aabbccddeeff").unwrap_err().contains("find device"));
    assert!(office("revoke zhang.li").unwrap_err().contains("not a valid device identifier"));

    assert!(office("import nowhere.xlsx").unwrap_err().starts_with("use nowhere.xlsx: "));
    let note = folder.path().join("note.txt");
    std::fs::write(&note, "不是表格").unwrap();
    let rejected = office(&format!("import {}", note.display())).unwrap_err();
    assert!(rejected.contains("没有写明房屋的表") && rejected.contains("CSV: 1 行 × 1 列"), "{rejected}");

    office("staff role zhang.li supervisor").unwrap();
    office("staff role zhang.li butler --remove").unwrap();
    assert!(!office("grid list").unwrap().contains("zhang.li"), "the assignment ends with the role");
    office("staff leave zhang.li").unwrap();
    assert!(office("staff list").unwrap().contains("zhang.li  张丽  supervisor  已离职"));
    assert!(office("enrol zhang.li").unwrap_err().contains("they left"));
    assert!(office("staff add zhang.li --name 张丽 --role butler").unwrap_err().contains("staff rehire"));
    assert!(office("staff rehire nobody").unwrap_err().contains("find staff nobody"));
    assert!(office("staff rehire zhang.li").unwrap().contains("复职"));
    assert!(office("staff rehire zhang.li").unwrap_err().contains("never left"));
    assert!(office("staff list").unwrap().contains("zhang.li  张丽  supervisor\n"));
    assert!(!office("grid list").unwrap().contains("zhang.li"), "assignments are made anew");
    office("staff leave zhang.li").unwrap();
    office("staff rehire zhang.li --role butler").unwrap();
    office("grid assign zhang.li g1 --role butler").unwrap();
    assert!(office("enrol zhang.li").unwrap().contains("10 分钟"));
    let head = folder.path().join("head.json");
    std::fs::write(&head, office("audit head").unwrap()).unwrap();
    let verified = office(&format!("audit verify --head {}", head.display())).unwrap();
    assert!(verified.contains("条完整"), "{verified}");
    std::fs::write(&head, "{}").unwrap();
    assert!(office(&format!("audit verify --head {}", head.display())).unwrap_err().contains("not one that"));
    assert!(office("key check").unwrap().contains("this office's"));
    std::fs::remove_file(folder.path().join("not-in-backups/signing-key")).unwrap();
    assert!(office("key check").unwrap_err().starts_with("find the office's signing key"));
    assert!(office("playbook publish --embedded").unwrap_err().contains("key renew"));
    office("key renew").unwrap();
    office("playbook publish --embedded").unwrap();
    assert_eq!(office("held list").unwrap(), "");
    assert!(office("held release --by li.zg").unwrap_err().contains("required"), "of whom, of what");
    let one_of_a_day = "held release 00112233445566778899aabbccddeeff --by li.zg --day 2026-11-27";
    assert!(office(one_of_a_day).unwrap_err().contains("cannot be used"));
    let dry = office("held release --by li.zg --author zhang.li --day 2026-11-27 --grid g1").unwrap();
    assert!(dry.contains("0 条") && dry.contains("--apply"), "{dry}");
    let status: serde_json::Value = serde_json::from_str(&office("status --json").unwrap()).unwrap();
    assert_eq!((&status["community"], &status["held"]), (&"jinse".into(), &0.into()));
    assert!(office("status").unwrap().starts_with("jinse  0 台设备"));
}

#[test]
fn a_clerk_checks_playbooks_without_an_office() {
    let folder = tempfile::tempdir().unwrap();
    let check = |dir: &Path| {
        let words = ["butler-office", "playbook", "check", dir.to_str().unwrap()];
        let mut out = Vec::new();
        let result = run(Cli::try_parse_from(words).unwrap(), &mut out);
        (result.map_err(|error| error.to_string()), String::from_utf8(out).unwrap())
    };
    let write = |name: &str, text: &[u8]| std::fs::write(folder.path().join(name), text).unwrap();
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/playbooks");
    let (result, said) = check(&ours);
    assert_eq!(result, Ok(()), "{said}");
    assert!(said.contains("workflow ") && said.contains("份文件可以使用"), "{said}");

    write("repair.toml.txt", b"kind = \"form\"");
    let (result, _) = check(folder.path());
    assert!(result.unwrap_err().contains("not *.toml.txt"), "nothing is not a set in order");

    let form = "kind = \"form\"\nid = \"test.x\"\ntitle = { zh = \"测试\", en = \"Test\" }\n";
    write("good.toml", form.as_bytes());
    let (result, said) = check(folder.path());
    assert_eq!(result, Ok(()));
    assert!(
        said.contains("  test.x  测试\n") && said.contains("1 份文件可以使用 · files in order"),
        "{said}"
    );

    write("again.toml", form.as_bytes());
    write("slip.toml", form.replace("test.x", "test.y").replace("title", "titel").as_bytes());
    let (result, said) = check(folder.path());
    assert!(result.unwrap_err().starts_with("accept the playbooks: 2 处"), "{said}");
    let place = |name: &str| folder.path().join(name).display().to_string();
    let lines: Vec<&str> = said.lines().collect();
    assert!(
        lines[0].starts_with(&format!("{}:2: 同一编号已在 again.toml 中使用 / ", place("good.toml"))),
        "{said}"
    );
    assert!(lines[1].starts_with(&format!("{}:3: 这里没有“titel”", place("slip.toml"))), "{said}");

    write("slip.toml", &[b"# ".as_slice(), &[0xc3, 0xfb]].concat());
    let (result, said) = check(folder.path());
    assert!(result.is_err() && said.contains("slip.toml:1: 从这一行起不是 UTF-8"), "{said}");
    assert!(check(&folder.path().join("nowhere")).0.unwrap_err().starts_with("use "));
    let status = Cli::try_parse_from(["butler-office", "status"]).unwrap();
    assert!(run(status, &mut Vec::new()).unwrap_err().to_string().contains("--data"));
}

#[test]
fn a_manager_prints_a_playbook_of_this_build_or_of_a_folder() {
    let show = |words: &str| {
        let line = ["butler-office", "playbook", "show"].into_iter().chain(words.split_whitespace());
        let mut out = Vec::new();
        let result = run(Cli::try_parse_from(line).unwrap(), &mut out);
        (result.map_err(|error| error.to_string()), String::from_utf8(out).unwrap())
    };
    let (result, page) = show("repair.paid");
    assert_eq!(result, Ok(()));
    assert!(page.starts_with("# 有偿维修") && page.contains("```mermaid\nstateDiagram-v2\n"), "{page}");
    let (_, diagram) = show("repair.paid --format mermaid --language en");
    assert!(diagram.starts_with("stateDiagram-v2\n") && diagram.contains("Take (Engineering)"), "{diagram}");
    assert!(show("no.such").0.unwrap_err().starts_with("find playbook no.such"));

    let folder = tempfile::tempdir().unwrap();
    let form = "kind = \"form\"\nid = \"test.x\"\ntitle = { zh = \"借钥匙\", en = \"Keys\" }\n";
    std::fs::write(folder.path().join("x.toml"), form).unwrap();
    let own = format!("test.x --in {}", folder.path().display());
    assert!(show(&own).1.starts_with("# 借钥匙\n\n`test.x` · 表单\n"));
    std::fs::write(folder.path().join("x.toml"), form.replace("zh", "cn")).unwrap();
    let (result, said) = show(&own);
    assert!(result.unwrap_err().starts_with("accept the playbooks") && said.contains("x.toml:3: "), "{said}");
}

#[test]
fn a_clerk_publishes_playbooks_and_goes_back() {
    let folder = tempfile::tempdir().unwrap();
    let office = |line: &str| office(folder.path(), line);
    office("init --community jinse").unwrap();
    office("staff add zhou.min --name 周敏 --role front_desk").unwrap();
    let own = tempfile::tempdir().unwrap();
    let form = "kind = \"form\"\nid = \"test.keys\"\ntitle = { zh = \"借钥匙\", en = \"Keys\" }\n";
    let write = |text: &str| std::fs::write(own.path().join("keys.toml"), text).unwrap();
    write(form);
    assert!(office("playbook list").unwrap().contains("nothing was published"));
    let publish = format!("playbook publish {}", own.path().display());
    let tried = office(&format!("{publish} --dry-run")).unwrap();
    assert!(
        tried.contains("新增 added  form test.keys") && tried.contains("nothing was published"),
        "{tried}"
    );
    assert!(office("playbook list").unwrap().contains("nothing was published"));

    let published = office(&format!("{publish} --by zhou.min")).unwrap();
    assert!(
        published.contains("新增 added  form test.keys\n") && published.contains("已发布 published "),
        "{published}"
    );
    assert!(office(&format!("{publish} --by nobody")).unwrap_err().contains("find staff nobody"));
    let status: serde_json::Value = serde_json::from_str(&office("status --json").unwrap()).unwrap();
    assert!(status["playbooks"].as_u64().unwrap() > 0);

    let tried = office(&format!("playbook try {} --month 2026-10", own.path().display())).unwrap_err();
    assert!(tried.starts_with("look at 2026-10: nothing was recorded by its end"), "{tried}");
    let tried = office(&format!("playbook try {} --month 2999-01", own.path().display())).unwrap_err();
    assert!(tried.starts_with("look at 2999-01: it has not begun"), "{tried}");
    write(&format!("# 第二版\n{form}"));
    assert!(office(&publish).unwrap().contains("修改 changed  form test.keys\n"));
    let listed = office("playbook list").unwrap();
    let lines: Vec<&str> = listed.lines().skip(1).collect();
    assert_eq!(lines.len(), 2, "{listed}");
    assert!(
        lines[0].contains("form test.keys  借钥匙") && lines[0].contains("在用 in force  20"),
        "{listed}"
    );
    assert!(lines[1].contains("旧版 older  20"), "{listed}");

    write("kind = \"form\"\n");
    assert!(office(&publish).unwrap_err().starts_with("accept the playbooks: 1 处"));
    std::fs::remove_file(own.path().join("keys.toml")).unwrap();
    let taken_away = office(&publish).unwrap_err();
    assert!(taken_away.starts_with("find a playbook in"), "an empty folder takes nothing back: {taken_away}");
    let back = office("playbook publish --embedded").unwrap();
    assert!(
        back.contains("撤下 dropped  form test.keys\n") && back.contains("back to the playbooks"),
        "{back}"
    );
    assert!(!office("playbook list").unwrap().contains("在用"), "everything of the company is older now");
}

/// A file nobody has seen: what it was taken for is written down, corrected, and imported; then imported once more.
#[test]
fn a_clerk_takes_in_a_register_nobody_has_seen() {
    let folder = tempfile::tempdir().unwrap();
    let office = |line: &str| office(folder.path(), line);
    office("init --community jinse").unwrap();
    let (register, map) = (folder.path().join("台账.csv"), folder.path().join("map.toml"));
    std::fs::write(
        &register,
        "哪一座;门户;屋主;传呼;心情\n1栋;101;钱多;13800001111;好\n1栋;102;孙里;13800002222;一般\n2栋;101;周武;13800003333;好\n制表人：李四;;;;\n",
    )
    .unwrap();
    let import = |more: &str| office(&format!("import {} {more}", register.display()));
    let seen = import(&format!("--propose {}", map.display())).unwrap();
    assert!(seen.starts_with("3 户 homes  3 人 people"), "{seen}");
    assert!(seen.contains("要回答 questions: CSV!E1 “心情”") && seen.contains("仅预览"), "{seen}");
    assert!(seen.lines().count() <= 20, "{seen}");
    assert!(seen.contains("    未导入 left out: 1  表尾说明 · line below the table（CSV!A5）\n"), "{seen}");
    let open = import("--apply").unwrap_err();
    assert!(open.starts_with("apply the register: 1 个问题还没有回答"), "{open}");

    let proposed = std::fs::read_to_string(&map).unwrap();
    std::fs::write(&map, proposed.replace("to = \"?\"", "to = \"ignore\"")).unwrap();
    let done = import(&format!("--mapping {} --apply", map.display())).unwrap();
    let made = "6 份新档案 new records，0 份变更 changed，0 项待裁定 conflicts\n";
    assert!(done.contains(made) && done.ends_with("已导入 · imported\n"), "{done}");
    assert!(done.lines().all(|line| columns(line) <= 80), "{done}");
    assert!(done.contains("台账没有网格"), "nobody would see these homes: {done}");
    let again = import(&format!("--mapping {} --apply", map.display())).unwrap();
    assert!(
        again.contains("0 份新档案 new records，0 份变更 changed") && !again.contains("没有网格"),
        "{again}"
    );

    // A home was sold, one is not there any more. It is said until it is answered.
    std::fs::write(
        &register,
        "哪一座;门户;屋主;传呼;心情\n1栋;101;郑新;13800009999;好\n1栋;102;孙里;13800002222;好\n",
    )
    .unwrap();
    for made in [1, 0] {
        let sold = import(&format!("--mapping {} --apply", map.display())).unwrap();
        assert!(sold.contains(&format!("{made} 份新档案")), "{sold}");
        assert!(sold.contains("    换了业主 another owner: CSV!B2  原业主保留"), "{sold}");
        assert!(sold.contains("不在新表 not in this register: 1 户 homes，0 位住户 residents\n"), "{sold}");
    }
    let answered = import(&format!("--mapping {} --owners-until 2026-11 --apply", map.display())).unwrap();
    assert!(answered.contains("1 份变更") && answered.contains("原业主至 2026-11"), "{answered}");
    let last = import(&format!("--mapping {}", map.display())).unwrap();
    assert!(!last.contains("换了业主"), "{last}");
}

/// How wide a line is on a terminal.
fn columns(line: &str) -> usize {
    line.chars().map(|character| if character >= '\u{2e80}' { 2 } else { 1 }).sum()
}

#[test]
fn an_office_of_another_day_goes_by_its_own_clock() {
    let folder = tempfile::tempdir().unwrap();
    let office = |line: &str| office(folder.path(), line);
    office("init --community jinse").unwrap();
    office("staff add zhang.li --name 张丽 --role butler").unwrap();
    office("grid add g1 --name 1网格").unwrap();
    let cover = "grid cover g1 --by zhang.li --until 2090-01-01";
    let ahead = 80 * 365 * 86_400_000_i64;
    assert!(office(&format!("--clock-ms={ahead} {cover}")).unwrap_err().contains("2090-01-01"));
    office(&format!("--clock-ms=-{ahead} {cover}")).unwrap();
    office(cover).unwrap();
}

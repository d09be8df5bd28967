//! `paper`: a slip filled from a case, a round or a row of a register, to be printed and handed over.

use std::io::Write;
use std::path::PathBuf;

use butler_core::host::Host;
use butler_core::model::StaffId;

use super::CliError;
use super::playbook::Tongue;
use crate::hub::Hub;
use crate::pdf::{Font, draw};
use crate::storage::Storage;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The record, by its id or the number on its slips, such as 261128-7K3F2Q
    record: String,
    /// Who hands it out, by the id of `staff list`; noted in the audit
    #[arg(long, value_name = "STAFF")]
    staff: StaffId,
    /// Which slip; left out, the only one, or a list of them
    #[arg(long, value_name = "ID")]
    paper: Option<String>,
    /// In which language
    #[arg(long, value_enum, default_value_t = Tongue::Zh)]
    language: Tongue,
    /// As a page for a browser, or as a PDF
    #[arg(long = "as", value_enum, default_value_t = Shape::Html)]
    shape: Shape,
    /// A font that shows Chinese, for a PDF; left out, the one of this machine
    #[arg(long, value_name = "FILE")]
    font: Option<PathBuf>,
    /// The file it is written to; left out, it is printed here
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Shape {
    /// One page of HTML, with what a printer needs to know
    Html,
    /// PDF, with its font
    Pdf,
}

pub(super) fn run<S: Storage>(
    hub: &Hub<S>,
    host: &dyn Host,
    args: &Args,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let papers = hub.papers(host, &args.staff, &args.record)?;
    let ready: Vec<_> = papers.templates().collect();
    let wanted = |id: &String| ready.iter().find(|paper| paper.id == *id);
    let paper = match (&args.paper, ready.as_slice()) {
        (Some(id), _) => wanted(id).ok_or_else(|| CliError::NoPaper(id.clone()))?,
        (None, [only]) => only,
        (None, all) => {
            writeln!(out, "{} 种单据 · {} slips", all.len(), all.len())?;
            for paper in all {
                writeln!(out, "    {}  {} · {}", paper.id, paper.title.zh, paper.title.en)?;
            }
            return Ok(());
        }
    };
    let slip = papers.fill(paper, args.language.into());
    let page = match (args.shape, &args.font) {
        (Shape::Html, _) => slip.html().into_bytes(),
        (Shape::Pdf, Some(font)) => draw(&slip, &Font::read(font)?)?,
        (Shape::Pdf, None) => draw(&slip, &Font::find()?)?,
    };
    match &args.out {
        Some(path) => {
            let failed = |cause| CliError::File { path: path.clone(), cause };
            crate::private::write(path, &page).map_err(failed)?;
            writeln!(out, "{} · {}: {}", paper.title.zh, paper.title.en, path.display())?;
        }
        None => out.write_all(&page)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use butler_core::crdt::Document;
    use butler_core::model::{Edit, Kind, PlaybookHash, RecordId};
    use butler_core::sync::message::Verdict;

    use super::*;
    use crate::hub::OfficeError;
    use crate::hub::testing::{Office, staff};

    const PASS: &str = r#"
        kind = "form"
        id = "test.pass"
        title = { zh = "出入证登记", en = "Pass" }
        roles = ["supervisor"]
        [[field]]
        id = "holder"
        label = { zh = "持证人", en = "Holder" }
        type = "text"
        [[field]]
        id = "until"
        label = { zh = "有效期至", en = "Until" }
        type = "date"
    "#;
    const SLIP: &str = r#"
        kind = "paper"
        id = "test.pass-slip"
        title = { zh = "出入证", en = "Pass" }
        of = ["test.pass"]
        size = "a6"
        [[block]]
        table = ["holder", "until", "$place", "$issuer"]
    "#;
    const WORDS: &str = r#"
        kind = "terms"
        id = "paper.terms"
        title = { zh = "单据用语", en = "Words" }
        [term]
        "paper.company" = { zh = "金色家园物业", en = "Jinse Property" }
    "#;

    fn printed(office: &Office, record: &str, who: &str, out: Option<PathBuf>) -> Result<String, CliError> {
        let args = Args {
            record: record.to_owned(),
            staff: staff(who),
            paper: None,
            language: Tongue::Zh,
            shape: Shape::Html,
            font: None,
            out,
        };
        let mut said = Vec::new();
        run(&office.hub, &office.desk, &args, &mut said)?;
        Ok(String::from_utf8_lossy(&said).into_owned())
    }

    #[test]
    fn a_row_is_printed_by_its_id_or_number_and_that_is_noted() {
        let office = Office::with_playbooks(&[(PASS, true), (SLIP, true), (WORDS, true)]);
        let li = office.phone("li.zg");
        let id = RecordId([9; 16]);
        let mut row = Document::genesis(id, Kind::Entry, 1).unwrap();
        let version = PlaybookHash::of(PASS).version().to_string();
        let edit = Edit::new().put("place", "b3/u1").put("form", "test.pass").put("version", version);
        let edit = edit.put("field/holder", "秦<师傅>").put("field/until", "2026-12-20");
        let verdict = li.push_one(&li.write(&mut row, &edit));
        assert!(matches!(verdict, Verdict::Accepted(_)), "{verdict:?}");
        let page = printed(&office, &id.to_string(), "li.zg", None).unwrap();
        for words in ["金色家园物业", "秦&lt;师傅&gt;", "2026年12月20日", "李主管"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let number = page.split_once("单号：").unwrap().1.split_once('<').unwrap().0;
        assert_eq!(printed(&office, &number.to_lowercase(), "li.zg", None).unwrap(), page);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pass.html");
        printed(&office, number, "li.zg", Some(file.clone())).unwrap();
        assert_eq!(std::fs::read_to_string(file).unwrap(), page);
        let noted = office.audit("paper");
        assert_eq!(noted.len(), 3);
        assert!(noted.iter().all(|about| about.contains(&id.to_string()) && !about.contains("师傅")));
        let unknown = printed(&office, "261128-222222", "li.zg", None);
        assert!(matches!(unknown, Err(CliError::Office(OfficeError::UnknownRecord(_)))));
        let nobody = printed(&office, number, "nobody", None);
        assert!(matches!(nobody, Err(CliError::Office(OfficeError::UnknownStaff(_)))));
        assert_eq!(office.audit("paper").len(), 3, "what was not handed out is not noted");
    }
}

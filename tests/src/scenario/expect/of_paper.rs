//! What is handed over: slips, on a phone and at the office, and receipts for customers.

use butler_core::error::ButlerError;
use butler_core::model::StaffId;
use butler_core::playbook::Language;
use butler_core::sync::customer_receipt;
use butler_office::hub::OfficeError;
use butler_office::storage::{Storage as _, StorageError};

use super::super::file::ExpectArgs;
use super::super::stage::{Phone, Stage};
use super::{Look, Not, list, so};

pub(super) fn slip(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let (id, _) = stage.record(args.of.as_deref().unwrap_or_default())?;
    let paper = args.slip.as_deref().unwrap_or_default();
    let filled = phone.butler.papers().fill(id, paper, Language::Zh).map_err(|error| match error {
        ButlerError::NotFound => Not::Here,
        other => so(other),
    })?;
    says(&filled.html(), args)
}

/// The same slip, made by anybody who works there.
pub(super) fn slip_at_office(stage: &Stage, args: &ExpectArgs) -> Look {
    let (id, _) = stage.record(args.of.as_deref().unwrap_or_default())?;
    let staff = stage
        .hub
        .storage()
        .read(|read| Ok::<_, StorageError>(stage.hub.in_force(read)?.staff.keys().next().cloned()));
    let staff: StaffId = staff.map_err(so)?.ok_or_else(|| Not::Meant("nobody works here".to_owned()))?;
    let papers = match stage.hub.papers(&stage.host, &staff, &id.to_string()) {
        Err(OfficeError::UnknownRecord(_)) => return Err(Not::Here),
        papers => papers.map_err(so)?,
    };
    let wanted = args.slip.as_deref().unwrap_or_default();
    let paper = papers.templates().find(|paper| paper.id == wanted).ok_or(Not::Here)?;
    says(&papers.fill(paper, Language::Zh).html(), args)
}

/// A receipt is looked at as a customer's friend would: by the company's public key and nothing else.
pub(super) fn receipt(stage: &Stage, phone: &Phone, args: &ExpectArgs) -> Look {
    let (id, _) = stage.record(args.receipt.as_deref().unwrap_or_default())?;
    let shown = phone.butler.cases().receipt(id).map_err(|error| match error {
        ButlerError::NotFound => Not::Here,
        other => so(other),
    })?;
    let shown = shown.ok_or(Not::Here)?;
    let key = stage.hub.storage().read(|read| read.office_key()).map_err(so)?;
    let said = customer_receipt::check(&shown.text, key).map_err(so)?;
    says(&format!("{} {} {} {}", said.company, said.by, said.number, said.what), args)
}

fn says(text: &str, args: &ExpectArgs) -> Look {
    let missing: Vec<String> = args.says.0.iter().filter(|words| !text.contains(*words)).cloned().collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Not::So(format!("it does not say {}: {text}", list(&missing))))
    }
}

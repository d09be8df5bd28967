//! Finding a home, a person, an order by whatever the butler remembers of it.
//!
#![cfg_attr(feature = "testing", doc = "```")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! use butler_core::testing::TestPhone;
//!
//! let phone = TestPhone::new(&["butler"]);
//! let home = phone.home("501");
//! assert_eq!(phone.butler.search("501", 10)?[0].record, home);
//! # Ok::<_, butler_core::ButlerError>(())
//! ```

use crate::areas::homes::Homes;
use crate::butler::Butler;
use crate::context::{Context, OfficeTables, Visibility};
use crate::error::ButlerError;
use crate::model::{Kind, Procedure, RecordId};
use crate::playbook::Label;
use crate::store::search::SearchText;
use crate::store::{self, Found, Hit, Reader};

/// So many hits are looked at for those that may be shown: each may cost reading a record.
const LOOKED_AT: usize = 1_000;

/// One result.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct SearchRow {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// What it is called.
    pub title: String,
    /// What it belongs to: the home of a person, the note of nothing.
    pub detail: String,
    /// Why it was found, a reason for each of the words typed.
    pub found: Vec<Found>,
    /// The state of a home or a case, in words; `None` where it has none, or none that may be read.
    pub state: Option<Label>,
}

impl Butler {
    /// Searches names (also by pinyin and initials), rooms as people type them, phones by their last digits, notes
    /// and orders; best first. Only what the phone's owner may read is found, and only by what of it they may read.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn search(&self, typed: &str, limit: usize) -> Result<Vec<SearchRow>, ButlerError> {
        find(&self.context, typed, &Kind::ALL, limit)
    }
}

impl Homes<'_> {
    /// Homes by room as people type it, best first; so many homes, however many people and orders the words fit.
    ///
    /// # Errors
    /// [`ButlerError`] of the store.
    pub fn find(&self, typed: &str, limit: usize) -> Result<Vec<SearchRow>, ButlerError> {
        find(&self.0, typed, &[Kind::Home], limit)
    }
}

/// Searches among these kinds alone.
fn find(context: &Context, typed: &str, kinds: &[Kind], limit: usize) -> Result<Vec<SearchRow>, ButlerError> {
    let office = context.office()?;
    let limit = limit.clamp(1, 100);
    context.read(|reader| {
        let visibility = Visibility::new(reader, &office)?;
        let kinds: Vec<Kind> = kinds.iter().copied().filter(|kind| visibility.anywhere(*kind)).collect();
        let mut asked = limit;
        loop {
            let hits = reader.search(typed, &kinds, asked)?;
            let all = hits.len() < asked || asked >= LOOKED_AT;
            let mut rows = Vec::new();
            for hit in hits {
                if rows.len() == limit {
                    break;
                }
                rows.extend(row(reader, &visibility, &office, typed, &hit)?);
            }
            if all || rows.len() == limit {
                return Ok(rows);
            }
            // Many were found that may not be shown: look further.
            asked = asked.saturating_mul(8).min(LOOKED_AT);
        }
    })
}

/// A hit as it may be shown; `None` when it is not the owner's to find.
fn row(
    reader: &Reader<'_>,
    visibility: &Visibility<'_>,
    office: &OfficeTables,
    typed: &str,
    hit: &Hit,
) -> Result<Option<SearchRow>, ButlerError> {
    if !visibility.opens(hit.record, hit.kind, hit.place.as_ref())? {
        return Ok(None);
    }
    let found = if visibility.rights(hit.place.as_ref()).reads_whole(hit.kind) {
        let text = reader.search_text(hit.record)?;
        text.map_or_else(Vec::new, |text| store::search::found(typed, &text))
    } else {
        // The index knows every field; a record found by one they may not read would give it away.
        let record = visibility.listed(hit.record)?;
        let found = record.map(|record| store::search::found(typed, &SearchText::of(&record)));
        let Some(found) = found.filter(|found| !found.is_empty()) else { return Ok(None) };
        found
    };
    let (title, detail) =
        match reader.resident_row(hit.record)?.map(|person| visibility.row(person)).transpose()? {
            Some(person) => {
                let person = person.map(|person| (person.home, person.called()));
                let (home, name) = person.unwrap_or_default();
                (name, home.map_or_else(|| Ok(String::new()), |home| visibility.title_of(home))?)
            }
            None => (visibility.title_of(hit.record)?, String::new()),
        };
    let state = state(reader, visibility, office, hit.record)?;
    Ok(Some(SearchRow { record: hit.record, kind: hit.kind, title, detail, found, state }))
}

/// The state of a home or a case, in words.
fn state(
    reader: &Reader<'_>,
    visibility: &Visibility<'_>,
    office: &OfficeTables,
    record: RecordId,
) -> Result<Option<Label>, ButlerError> {
    if let Some(home) = reader.home_row(record)? {
        return Ok(visibility.row(home)?.and_then(|home| home.state).map(|state| state.label));
    }
    let Some(work) = reader.work_row(record)? else { return Ok(None) };
    let id = work.procedure.as_ref().and_then(Procedure::workflow);
    let workflow = id.zip(work.version).and_then(|(id, version)| office.playbooks.workflow_at(id, version));
    let state = workflow.zip(work.state.as_deref()).and_then(|(workflow, state)| workflow.state(state));
    Ok(state.map(|state| state.label.clone()))
}

#[cfg(test)]
mod tests {
    use crate::model::ResidentEdit;
    use crate::model::{Edit, Kind, RecordId};
    use crate::store::FoundBy;
    use crate::testing::{TestPhone, unit};

    #[test]
    fn a_home_is_found_however_many_orders_the_words_fit_better() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let write = |id, kind, edit: &Edit| {
            bench.butler.context.act(|author, tx| author.edit_unchecked(tx, id, kind, edit)).unwrap();
        };
        write(home, Kind::Home, &Edit::new().splice("note", 0, 0, "雨季阳台漏水,已约业主看现场"));
        let order = Edit::new().put("place", unit().as_str()).put("title", "漏水");
        for number in 0..30 {
            write(RecordId([number; 16]), Kind::Case, &order);
        }
        let everything = bench.butler.search("漏水", 20).unwrap();
        assert_eq!(everything.iter().filter(|row| row.kind == Kind::Home).count(), 0, "orders come first");
        let found = bench.butler.homes().find("漏水", 20).unwrap();
        assert_eq!(found.iter().map(|row| row.record).collect::<Vec<_>>(), [home]);
    }

    #[test]
    fn people_are_found_by_name_and_phone_and_note() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let person = ResidentEdit { name: "单小明".into(), ..ResidentEdit::default() };
        let person = bench.butler.residents().add(home, person).unwrap().record;
        bench.butler.records().edit_note(person, "常年在国外,房屋委托").unwrap();
        for typed in ["小明", "单小明", "shanxiaoming", "sxm", "委托"] {
            let hits = bench.butler.search(typed, 10).unwrap();
            assert!(hits.iter().any(|hit| hit.record == person), "{typed}");
        }
        let why = |typed: &str| bench.butler.search(typed, 10).unwrap()[0].found.remove(0);
        assert_eq!((why("sxm").by, why("委托").by), (FoundBy::Name, FoundBy::Note));
        assert_eq!(why("委托").excerpt, "常年在国外房屋委托");
        bench.brings(home, Kind::Home, &Edit::new().put("state", "vacant"));
        let room = bench.butler.search("1-1-501", 10).unwrap();
        assert_eq!(
            (room[0].found[0].by, room[0].state.as_ref().unwrap().zh.as_str()),
            (FoundBy::Room, "空置")
        );
        assert_eq!((room[0].record, room[0].title.as_str()), (home, "1栋1单元501"));
    }
}

use std::collections::BTreeMap;

use serde::Serialize;

use super::Rounds;
use crate::context::author::place_of;
use crate::context::round_results;
use crate::context::{Author, Recorded};
use crate::error::{ButlerError, InputProblem};
use crate::model::{Edit, Event, Evidence, Kind, Record, RecordId, Round, Value};
use crate::playbook::checklist::{Checklist, DISTANCE, SCAN};

/// What shows that somebody stood at a point.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Proof {
    /// The text of the QR code or the NFC id that was read there.
    Scan {
        /// What was read.
        code: String,
    },
    /// The phone measured how far the place is.
    Distance {
        /// How far.
        metres: f64,
    },
    /// Nothing: the point asks for none, or the code is gone.
    Nothing,
}

impl Rounds<'_> {
    /// Checks in at a point of a round. A poor proof is recorded and visible, never rejected: the butler stands there.
    ///
    /// # Errors
    /// [`ButlerError::NotFound`], [`ButlerError::InvalidInput`] for an unknown point or a code of another place,
    /// [`ButlerError::NotAllowed`].
    pub fn check_in(&self, round: RecordId, point: &str, proof: &Proof) -> Result<Recorded, ButlerError> {
        self.0.submit("rounds.check_in", &(round, point, proof), |author, tx| {
            let record = round_results::known(author, tx, round)?;
            let checklist = round_results::checklist(&author.office.playbooks, &record)?;
            let event = arrival(author, checklist, &record, point, proof)?;
            let edit = Edit::new().put(Round::check_in_path(&event), event.encode());
            let edited = author.edit(tx, round, Kind::Round, &edit)?;
            Ok(edited.with_event(&event))
        })
    }
}

/// The event of a check-in at a point of a round.
pub(super) fn arrival(
    author: &Author,
    checklist: &Checklist,
    round: &Record,
    point: &str,
    proof: &Proof,
) -> Result<Event, ButlerError> {
    if !checklist.points.iter().any(|known| known.id == point) {
        return Err(ButlerError::invalid("point", InputProblem::UnknownPoint));
    }
    let role = author.role_among(&place_of(round)?, &checklist.roles, point)?;
    let mut fields = BTreeMap::new();
    match proof {
        Proof::Scan { code } => {
            let known = author.office.place_of_code(code);
            let known = known.ok_or_else(|| ButlerError::invalid("scan", InputProblem::UnknownCode))?;
            fields.insert(SCAN.into(), Value::from(known.id.as_str()));
        }
        Proof::Distance { metres } if metres.is_finite() && *metres >= 0.0 => {
            fields.insert(DISTANCE.into(), Value::Real(*metres));
        }
        Proof::Distance { .. } => return Err(ButlerError::invalid("distance", InputProblem::NotADistance)),
        Proof::Nothing => {}
    }
    let seen = Round::check_ins(round).into_iter().filter(|seen| seen.of == point);
    let seen = seen.map(|seen| seen.event.id).collect();
    author.event(&point.into(), role, seen, "", Evidence { fields, photos: BTreeMap::new() })
}

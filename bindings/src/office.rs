//! What the office decided, as this phone last heard it: people, grids, places, and what there is to do.

use butler_core::areas::procedures as views;
use butler_core::model::directory;
use butler_core::query::SubjectKind;

use crate::ids::{GridId, PlaceId, RoleId, StaffId, out};
use crate::questions::Choice;
use crate::values::Label;
use crate::{ButlerCore, ButlerError};

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StaffRow {
    /// Who.
    pub id: StaffId,
    /// Name as shown to colleagues.
    pub name: String,
    /// Roles held.
    pub roles: Vec<RoleId>,
    /// Whether they left; they are kept so that history can name them.
    pub left: bool,
}

/// A role 岗位.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RoleRow {
    /// Which.
    pub id: RoleId,
    /// What it is called.
    pub label: Label,
}

/// A grid 网格.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct GridInfo {
    /// Which.
    pub id: GridId,
    /// Name as shown.
    pub name: String,
}

/// A building, unit or public spot.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PlaceRow {
    /// Which.
    pub id: PlaceId,
    /// Name as shown.
    pub name: String,
    /// The place it is part of.
    pub parent: Option<PlaceId>,
    /// The grids it lies in.
    pub grids: Vec<GridId>,
}

/// What something is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Subject {
    /// A home.
    Home,
    /// A person.
    Resident,
    /// A case.
    Case,
    /// A row of a register.
    Entry,
    /// A contact.
    Visit,
    /// A building or public spot.
    Place,
    /// A grid.
    Grid,
    /// The whole community.
    Community,
}

/// What is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum ProcedureKind {
    /// A row of a register, by its form.
    Form,
    /// A round through a checklist.
    Checklist,
    /// A case of a workflow.
    Workflow,
}

/// A procedure that may be begun.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ProcedureRow {
    /// Its id.
    pub id: String,
    /// What is begun.
    pub kind: ProcedureKind,
    /// What it is called.
    pub title: Label,
    /// Advice shown beside it.
    pub guidance: Option<Label>,
    /// What it may be about; empty when it is about nothing.
    pub about: Vec<Subject>,
}

impl From<directory::Staff> for StaffRow {
    fn from(row: directory::Staff) -> Self {
        Self { id: row.id.into(), name: row.name, roles: out(row.roles), left: row.left }
    }
}

impl From<directory::Grid> for GridInfo {
    fn from(row: directory::Grid) -> Self {
        Self { id: row.id.into(), name: row.name }
    }
}

impl From<directory::Place> for PlaceRow {
    fn from(row: directory::Place) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            parent: row.parent.map(PlaceId::from),
            grids: out(row.grids),
        }
    }
}

impl From<SubjectKind> for Subject {
    fn from(kind: SubjectKind) -> Self {
        match kind {
            SubjectKind::Premises => Self::Home,
            SubjectKind::Resident => Self::Resident,
            SubjectKind::Case => Self::Case,
            SubjectKind::Entry => Self::Entry,
            SubjectKind::Contact => Self::Visit,
            SubjectKind::Place => Self::Place,
            SubjectKind::Grid => Self::Grid,
            SubjectKind::Community => Self::Community,
        }
    }
}

impl From<views::ProcedureRow> for ProcedureRow {
    fn from(row: views::ProcedureRow) -> Self {
        let kind = match row.kind {
            views::ProcedureKind::Form => ProcedureKind::Form,
            views::ProcedureKind::Checklist => ProcedureKind::Checklist,
            views::ProcedureKind::Workflow => ProcedureKind::Workflow,
        };
        Self {
            id: row.id,
            kind,
            title: row.title.into(),
            guidance: row.guidance.map(Label::from),
            about: out(row.about),
        }
    }
}

#[uniffi::export]
impl ButlerCore {
    /// What this phone's owner may begin somewhere: registers, rounds, then cases.
    pub fn office_procedures(&self) -> Result<Vec<ProcedureRow>, ButlerError> {
        Ok(out(self.butler.procedures()?))
    }

    /// Everybody who works here or did.
    pub fn office_staff(&self) -> Result<Vec<StaffRow>, ButlerError> {
        Ok(out(self.butler.office()?.staff.values().cloned()))
    }

    /// The roles people may hold.
    pub fn office_roles(&self) -> Result<Vec<RoleRow>, ButlerError> {
        let playbooks = self.butler.playbooks()?;
        let roles = playbooks.roles().roles.iter().filter(|role| !role.office);
        Ok(roles
            .map(|role| RoleRow { id: role.id.clone().into(), label: role.label.clone().into() })
            .collect())
    }

    /// A shared list of choices by its name, such as `port`; empty when there is none.
    pub fn office_choices(&self, name: &str) -> Result<Vec<Choice>, ButlerError> {
        let playbooks = self.butler.playbooks()?;
        Ok(out(playbooks.terms().choices(name).unwrap_or_default().iter().cloned()))
    }

    /// What a unit is called.
    pub fn office_unit(&self, unit: &str) -> Result<Option<Label>, ButlerError> {
        Ok(self.butler.playbooks()?.terms().unit(unit).cloned().map(Label::from))
    }

    /// The grids.
    pub fn office_grids(&self) -> Result<Vec<GridInfo>, ButlerError> {
        Ok(out(self.butler.office()?.grids.values().cloned()))
    }

    /// Buildings, units and public spots, as one walks.
    pub fn office_places(&self) -> Result<Vec<PlaceRow>, ButlerError> {
        let office = self.butler.office()?;
        let mut places: Vec<_> = office.places.values().cloned().collect();
        places.sort_by_key(|place| place.walk);
        Ok(out(places))
    }
}

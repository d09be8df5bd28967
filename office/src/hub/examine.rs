//! What can be said of a change alone: what its bytes say, who signed it, whom it claims to be from.

use butler_core::crdt::{ChangeInfo, GateError, edit_id};
use butler_core::model::{ChangeHash, DeviceId, EditId, Receipt, StaffId};
use butler_core::sync::message::{Envelope, Reason, Verdict};
use sha2::{Digest, Sha256};

use super::session::public_key;
use crate::seal::SealSecret;
use crate::storage::{Device, Held, HeldKind};

/// A change as handed in, with what can be said of it alone.
pub(super) struct HandedIn {
    pub(super) hash: ChangeHash,
    pub(super) envelope: Envelope,
    pub(super) sender: DeviceId,
    /// What the bytes say, where they are a change.
    pub(super) info: Option<ChangeInfo>,
    /// What is wrong with it whatever the record holds.
    pub(super) objection: Option<Objection>,
    /// A supervisor vouches for it: access is not asked.
    pub(super) vouched: bool,
    /// This office accepted it before its data was restored.
    pub(super) accepted_before: Option<Receipt>,
}

/// Why a change is not accepted.
#[derive(Debug, Clone)]
pub(super) struct Objection {
    pub(super) kind: HeldKind,
    pub(super) reason: Reason,
    pub(super) because: Option<ChangeHash>,
    /// See [`Held::binding`].
    pub(super) binding: bool,
}

impl Objection {
    pub(super) fn new(kind: HeldKind, code: &str, path: Option<&str>) -> Self {
        let reason = Reason { code: code.to_owned(), path: path.map(str::to_owned) };
        Self { kind, reason, because: None, binding: true }
    }

    pub(super) fn quarantined(code: &str) -> Self {
        Self::new(HeldKind::Quarantined, code, None)
    }

    pub(super) fn because(kind: HeldKind, code: &str, of: ChangeHash) -> Self {
        Self { because: Some(of), ..Self::new(kind, code, None) }
    }

    /// Not proven to be the author's: it binds nobody.
    fn unproven(code: &str) -> Self {
        Self { binding: false, ..Self::quarantined(code) }
    }

    pub(super) fn verdict(&self) -> Verdict {
        match (self.kind, self.because) {
            (HeldKind::Fork, Some(accepted)) => Verdict::Fork { accepted },
            (HeldKind::Dependency, Some(dependency)) => Verdict::DependencyRejected { dependency },
            (HeldKind::Rejected, _) => Verdict::Rejected(self.reason.clone()),
            _ => Verdict::Quarantined(self.reason.clone()),
        }
    }
}

/// Looks at a change alone: its bytes, who signed it, whom it claims to be from. A receipt of this office proves all that
/// at once: it was looked at when the receipt was given.
pub(super) fn examine(
    envelope: Envelope,
    sender: DeviceId,
    signer: Option<&Device>,
    seals: Option<&SealSecret>,
) -> HandedIn {
    let mut accepted_before = None;
    let (hash, info, objection) = match ChangeInfo::parse(&envelope.change) {
        Ok(info) => {
            let sealed = seals.zip(envelope.receipt.as_ref());
            accepted_before =
                sealed.and_then(|(seals, sealed)| seals.opened(envelope.record, info.hash, sealed));
            let objection =
                if accepted_before.is_some() { None } else { claims(&info, &envelope, signer).err() };
            (info.hash, Some(info), objection)
        }
        Err(error) => {
            let hash = ChangeHash(Sha256::digest(&envelope.change).into());
            let objection = Objection { binding: false, ..gate_objection(&error) };
            (hash, None, Some(objection))
        }
    };
    HandedIn { hash, envelope, sender, info, objection, vouched: false, accepted_before }
}

impl From<&Held> for Objection {
    /// What was decided before, to be said again.
    fn from(held: &Held) -> Self {
        Self { kind: held.kind, reason: held.reason.clone(), because: held.because, binding: held.binding }
    }
}

impl HandedIn {
    /// The same, vouched for by a supervisor.
    pub(super) fn vouched(self) -> Self {
        Self { vouched: true, ..self }
    }

    /// Whether it is asked nothing but whether the record survives it.
    pub(super) const fn is_allowed(&self) -> bool {
        self.vouched || self.accepted_before.is_some()
    }

    /// Whether its author is proven: only then may anybody vouch for it.
    pub(super) const fn is_proven(&self) -> bool {
        self.objection.is_none()
    }

    pub(super) fn edit(&self) -> Option<(EditId, StaffId)> {
        self.info.as_ref().map(|info| (edit_id(info), info.stamp.staff.clone()))
    }
}

/// Whether the change is signed by an enrolled device, made under an actor of that device, and stamped by its
/// owner.
fn claims(info: &ChangeInfo, envelope: &Envelope, signer: Option<&Device>) -> Result<(), Objection> {
    let signer = signer.ok_or_else(|| Objection::unproven("device"))?;
    public_key(signer)
        .ok()
        .and_then(|key| key.verify_change(envelope, info.hash).ok())
        .ok_or_else(|| Objection::unproven("signature"))?;
    if info.actor.device() != signer.id {
        // Signed by one device over a change of another: it must not bind the other.
        return Err(Objection::unproven("actor"));
    }
    if info.stamp.staff != signer.staff {
        return Err(Objection::quarantined("author"));
    }
    Ok(())
}

/// What the gate says, as a verdict. Who writes a field that may be written once, meets a colleague who was
/// first: that is a rejection, not an attack.
pub(super) fn gate_objection(error: &GateError) -> Objection {
    let kind =
        if matches!(error, GateError::WriteOnce { .. }) { HeldKind::Rejected } else { HeldKind::Quarantined };
    Objection::new(kind, error.code(), error.path())
}

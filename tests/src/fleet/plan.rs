//! What goes wrong in a fleet, drawn singly, in pairs or three at once; and the least of it that still breaks.

use butler_core::sync::SyncRules;
use butler_office::hub;

use super::{Broken, Dice, Outcome, run};

/// What a fleet goes through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// How many phones begin; clones come on top.
    pub phones: usize,
    /// Days of work before the line heals.
    pub days: u32,
    /// What goes wrong.
    pub faults: Faults,
    /// Whether and when the office is restored from a backup, beside what [`Faults::restore`] draws.
    pub restored: Restored,
    /// Every phone writes by way of documents; otherwise every other one does.
    pub always_load: bool,
    /// The phones' rules; all of them but in a test that switches one off.
    pub phone_rules: SyncRules,
    /// The office's rules; likewise.
    pub office_rules: hub::Rules,
}

/// When the office becomes again what it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restored {
    /// Never.
    Never,
    /// On the evening of the second day, while nobody syncs, it becomes what it was on the evening of the first.
    Evening,
    /// After the second day and in the middle of a sync: it becomes what it was before that sync handed its changes in.
    MidSync,
}

/// How often something goes wrong, in percent: of messages for those of the line, of half-days for the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// A request or its answer is lost.
    pub loss: u32,
    /// A request arrives twice.
    pub double: u32,
    /// A request arrives again much later, or an answer does.
    pub late: u32,
    /// The sync is broken off.
    pub cut: u32,
    /// The office has done what it was asked, and the sync is broken off before its answer comes. Not part of
    /// [`Faults::ALL`].
    pub hang_up: u32,
    /// Somebody writes in the middle of a sync.
    pub busy: u32,
    /// The phone is killed in the middle of a sync.
    pub crash: u32,
    /// A phone's files are copied back from an earlier half-day: a device backup or a disk image.
    pub rollback: u32,
    /// A phone's files are copied to a second phone.
    pub clone: u32,
    /// Phones whose clock is wrong by up to ten years.
    pub wrong_clock: u32,
    /// Edits that their author may not do.
    pub forbidden: u32,
    /// A building moves to another grid.
    pub move_building: u32,
    /// Somebody works in another grid from now on.
    pub reassign: u32,
    /// A butler, any of them, is made a supervisor too, or is one no more. Not part of [`Faults::ALL`].
    pub promote: u32,
    /// A supervisor lets a rejected edit in.
    pub release: u32,
    /// A phone's disk is full until the half-day is over.
    pub full_disk: u32,
    /// The office becomes what its last backup holds, between two syncs or in the middle of one. It is backed up on most
    /// evenings then. Not part of [`Faults::ALL`].
    pub restore: u32,
    /// Of the restores: those after which the office's secrets, which no backup holds, are gone too.
    pub secret: u32,
    /// A phone is lost for good, revoked, and its owner gets another. Not part of [`Faults::ALL`].
    pub lost: u32,
}

/// Where a fault stands among [`Faults`].
type FaultField = fn(&mut Faults) -> &mut u32;

impl Faults {
    /// Nothing goes wrong.
    pub const NONE: Self = Self {
        loss: 0,
        double: 0,
        late: 0,
        cut: 0,
        hang_up: 0,
        busy: 0,
        crash: 0,
        rollback: 0,
        clone: 0,
        wrong_clock: 0,
        forbidden: 0,
        move_building: 0,
        reassign: 0,
        promote: 0,
        release: 0,
        full_disk: 0,
        restore: 0,
        secret: 0,
        lost: 0,
    };

    /// A bad week.
    pub const ALL: Self = Self {
        loss: 15,
        double: 10,
        late: 10,
        cut: 3,
        busy: 10,
        crash: 2,
        rollback: 12,
        clone: 6,
        wrong_clock: 40,
        forbidden: 12,
        move_building: 12,
        reassign: 6,
        release: 10,
        full_disk: 10,
        ..Self::NONE
    };

    /// What can go wrong beside a restore, each with where it stands and how much of it is a bad day.
    pub const EACH: [(&str, FaultField, u32); 18] = [
        ("loss", |faults| &mut faults.loss, 25),
        ("double", |faults| &mut faults.double, 20),
        ("late", |faults| &mut faults.late, 25),
        ("cut", |faults| &mut faults.cut, 10),
        ("hang_up", |faults| &mut faults.hang_up, 10),
        ("busy", |faults| &mut faults.busy, 25),
        ("crash", |faults| &mut faults.crash, 6),
        ("rollback", |faults| &mut faults.rollback, 15),
        ("clone", |faults| &mut faults.clone, 12),
        ("wrong_clock", |faults| &mut faults.wrong_clock, 60),
        ("forbidden", |faults| &mut faults.forbidden, 25),
        ("move_building", |faults| &mut faults.move_building, 16),
        ("reassign", |faults| &mut faults.reassign, 12),
        ("promote", |faults| &mut faults.promote, 6),
        ("release", |faults| &mut faults.release, 12),
        ("full_disk", |faults| &mut faults.full_disk, 20),
        ("secret", |faults| &mut faults.secret, 50),
        ("lost", |faults| &mut faults.lost, 5),
    ];

    /// The restore itself, as the faults of [`Self::EACH`]: about twice in three days.
    pub const RESTORE: (&str, fn(&mut Self) -> &mut u32, u32) = ("restore", |faults| &mut faults.restore, 35);

    /// How much there is of the fault of that name.
    pub fn named(&mut self, name: &str) -> Option<&mut u32> {
        let mut each = Self::EACH.iter().chain([&Self::RESTORE]);
        each.find(|(of, ..)| *of == name).map(|(_, of, _)| of(self))
    }

    /// What differs from nothing, for whoever reads a plan.
    fn told(mut self) -> String {
        let each = Self::EACH.iter().chain([&Self::RESTORE]);
        let there = each.filter_map(|(name, of, _)| {
            let percent = *of(&mut self);
            (percent > 0).then(|| format!("{name} {percent} %"))
        });
        there.collect::<Vec<_>>().join(", ")
    }
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            phones: 5,
            days: 3,
            faults: Faults::ALL,
            restored: Restored::Never,
            always_load: false,
            phone_rules: SyncRules::ALL,
            office_rules: hub::Rules::default(),
        }
    }
}

impl Plan {
    /// Whether the office needs files, to be restored.
    pub(super) fn restores(&self) -> bool {
        self.restored != Restored::Never || self.faults.restore > 0
    }

    /// A world with two or three faults, each seed with its own; the office is restored in two of three.
    #[must_use]
    pub fn of_pairs(seed: u64) -> Self {
        let mut dice = Dice::new(seed ^ 0x7061_6972_7300_0000);
        let mut faults = Faults::NONE;
        let restored = dice.chance(67);
        if restored {
            faults.restore = Faults::RESTORE.2;
        }
        let others = if restored { 1 + dice.below(2) } else { 2 + dice.below(2) };
        let order = dice.order(Faults::EACH.len());
        for (_, of, percent) in order.into_iter().take(others as usize).map(|at| Faults::EACH[at]) {
            *of(&mut faults) = percent;
        }
        Self { phones: 3 + dice.pick_index(3), days: 2 + dice.below(2), faults, ..Self::default() }
    }

    /// An office that is restored, and one fault beside: each seed the next one.
    #[must_use]
    pub fn restored_with_one(seed: u64) -> Self {
        let mut faults = Faults { restore: Faults::RESTORE.2, ..Faults::NONE };
        let (_, of, percent) = Faults::EACH[(seed % Faults::EACH.len() as u64) as usize];
        *of(&mut faults) = percent;
        Self { phones: 4, faults, ..Self::default() }
    }

    /// A bad week in which the office is restored several times, and phones are lost.
    #[must_use]
    pub fn restored_again_and_again() -> Self {
        Self { faults: Faults { restore: 40, lost: 1, ..Faults::ALL }, ..Self::default() }
    }

    /// The line of a mine, and everything that happens to phones and grids at once.
    #[must_use]
    pub fn harsh() -> Self {
        let faults = Faults {
            loss: 30,
            double: 20,
            late: 20,
            rollback: 20,
            clone: 10,
            forbidden: 25,
            move_building: 20,
            reassign: 12,
            full_disk: 15,
            ..Faults::ALL
        };
        Self { phones: 6, faults, ..Self::default() }
    }

    /// What is planned, in a line.
    #[must_use]
    pub fn told(&self) -> String {
        let Self { phones, days, restored, .. } = self;
        format!("{phones} phones, {days} days, {}; restored {restored:?}", self.faults.told())
    }

    /// Plans with one thing less.
    fn smaller(&self) -> Vec<Self> {
        let mut smaller = Vec::new();
        for (_, of, _) in Faults::EACH.iter().chain([&Faults::RESTORE]) {
            let mut faults = self.faults;
            if std::mem::take(of(&mut faults)) > 0 {
                smaller.push(Self { faults, ..self.clone() });
            }
        }
        if self.restored != Restored::Never {
            smaller.push(Self { restored: Restored::Never, ..self.clone() });
        }
        if self.phones > 1 {
            smaller.push(Self { phones: self.phones - 1, ..self.clone() });
        }
        if self.days > 1 {
            smaller.push(Self { days: self.days - 1, ..self.clone() });
        }
        smaller
    }
}

/// The least that still breaks: faults, phones and days are taken away one by one as long as one of `tries` seeds from
/// `seed` on breaks a promise without them. Returns that plan with its seed and what is broken.
#[must_use]
pub fn shrink(seed: u64, plan: &Plan, tries: u64) -> Option<(u64, Plan, Broken)> {
    let fails = |plan: &Plan, from: u64| {
        (from..from + tries).find_map(|seed| run(seed, plan).err().map(|broken| (seed, broken)))
    };
    let mut least = run(seed, plan).err().map(|broken| (seed, plan.clone(), broken))?;
    loop {
        let fewer = least.1.smaller().into_iter().find_map(|plan| {
            let (seed, broken) = fails(&plan, least.0)?;
            Some((seed, plan, broken))
        });
        match fewer {
            Some(fewer) => least = fewer,
            None => return Some(least),
        }
    }
}

/// Runs a seed, twice for one in twenty: then both must go the same way.
///
/// # Errors
/// [`Broken`] names the first promise that was not kept.
pub fn run_and_compare(seed: u64, plan: &Plan) -> Result<Outcome, Broken> {
    let outcome = run(seed, plan)?;
    if seed.is_multiple_of(20) && run(seed, plan)? != outcome {
        return Err(Broken("the same seed went another way".to_owned()));
    }
    Ok(outcome)
}

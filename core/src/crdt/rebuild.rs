//! What remains without a rejected change, and how are the edits built on it saved?

use std::collections::{BTreeMap, BTreeSet};

use super::{ChangeInfo, CrdtError, Document, edit_id};
use crate::model::{ActorId, ChangeHash, Edit, Op, Stamp};

impl Document {
    /// The record without `dead` changes and everything built on them, and what was dropped, dead ones included,
    /// each after those it builds on.
    ///
    /// # Errors
    /// [`CrdtError::Internal`].
    pub fn without(&self, dead: &BTreeSet<ChangeHash>) -> Result<(Self, Vec<ChangeInfo>), CrdtError> {
        let gone = self.graph.descendants(dead);
        if gone.is_empty() {
            return Ok((self.clone(), Vec::new()));
        }
        let (dropped, kept): (Vec<_>, Vec<_>) =
            self.changes().into_iter().partition(|info| gone.contains(&info.hash));
        let mut rest = Self::genesis(self.id(), self.kind(), self.version())?;
        rest.apply(&kept)?;
        Ok((rest, dropped))
    }
}

/// What became of one dropped edit.
#[derive(Debug, Clone, PartialEq)]
pub struct Reauthored {
    /// The dropped change.
    pub original: ChangeHash,
    /// What became of its edit.
    pub outcome: ReauthorOutcome,
}

/// What became of a dropped edit.
#[derive(Debug, Clone, PartialEq)]
pub enum ReauthorOutcome {
    /// Written again as this change, which is in the document.
    Copied(ChangeInfo),
    /// A copy was in the document already.
    Present(ChangeHash),
    /// Nothing is left of it: it only cleared what the dead change had written.
    Void,
    /// It cannot be written without what it was built on: show it to its author.
    Impossible(CrdtError),
}

/// Writes dropped edits again, by rule 3 of the sync rules: each at its original's own dependencies, where a
/// dead one is replaced by its copy in `after` (only if that copy's history holds no edit the original's lacks)
/// or by its own replaced dependencies; never on present heads. The stamp is copied with the edit id, events keep
/// their id and bytes. Positions in texts are carried over to the text as it is without the dead change.
///
/// `before` is the document the changes were dropped from, `after` what [`Document::without`] left, with any
/// accepted copies applied. `dropped` is all that was dropped, in order; only those in `intents` are
/// written again: leave out what was rejected itself and what belongs to others. `fresh` gives an actor never
/// used before; it is called when the first edit is written, and again when one actor's changes could not be in
/// one line.
///
/// # Errors
/// Whatever `fresh` fails with. What fails for one edit is its [`ReauthorOutcome`].
pub fn reauthor<E>(
    before: &Document,
    after: &mut Document,
    dropped: &[ChangeInfo],
    intents: &BTreeMap<ChangeHash, Edit>,
    fresh: &mut dyn FnMut() -> Result<ActorId, E>,
) -> Result<Vec<Reauthored>, E> {
    let mut actor = None;
    let mut results = Vec::new();
    for original in dropped {
        let Some(edit) = intents.get(&original.hash) else { continue };
        let outcome = match after.copy_of(edit_id(original), &original.stamp.staff) {
            Some(copy) => ReauthorOutcome::Present(copy),
            None => write_again(before, after, dropped, original, edit, &mut actor, fresh)?,
        };
        results.push(Reauthored { original: original.hash, outcome });
    }
    Ok(results)
}

fn write_again<E>(
    before: &Document,
    after: &mut Document,
    dropped: &[ChangeInfo],
    original: &ChangeInfo,
    edit: &Edit,
    actor: &mut Option<ActorId>,
    fresh: &mut dyn FnMut() -> Result<ActorId, E>,
) -> Result<ReauthorOutcome, E> {
    let deps = match replaced(before, after, dropped, &original.deps) {
        Ok(deps) => deps,
        Err(error) => return Ok(ReauthorOutcome::Impossible(error)),
    };
    let edit = carried(before, &original.deps, after, &deps, edit);
    let stamp = Stamp { copy_of: Some(edit_id(original)), ..original.stamp.clone() };
    let mut written = Err(CrdtError::ActorAhead);
    if let Some(actor) = *actor {
        written = after.author_at(&deps, actor, &stamp, &edit);
    }
    if written == Err(CrdtError::ActorAhead) {
        written = after.author_at(&deps, *actor.insert(fresh()?), &stamp, &edit);
    }
    Ok(match written {
        Ok(copy) => ReauthorOutcome::Copied(copy),
        Err(CrdtError::Nothing) => ReauthorOutcome::Void,
        Err(error) => ReauthorOutcome::Impossible(error),
    })
}

/// What somebody had seen who saw `deps` in `before`, in terms of what is in `after`.
pub(super) fn replaced(
    before: &Document,
    after: &Document,
    dropped: &[ChangeInfo],
    deps: &[ChangeHash],
) -> Result<Vec<ChangeHash>, CrdtError> {
    let seen = before.graph.ancestors(deps.iter().copied());
    let seen = before.graph.edits(&seen);
    let stands_in = |copy: &ChangeHash| {
        let history = after.graph.ancestors([*copy]);
        after.graph.edits(&history).is_subset(&seen)
    };
    let mut open = deps.to_vec();
    let mut found = BTreeSet::new();
    while let Some(dep) = open.pop() {
        if after.contains(dep) {
            found.insert(dep);
            continue;
        }
        let dead = dropped.iter().find(|info| info.hash == dep).ok_or(CrdtError::Missing(dep))?;
        match after.copy_of(edit_id(dead), &dead.stamp.staff).filter(stands_in) {
            Some(copy) => drop(found.insert(copy)),
            None => open.extend(&dead.deps),
        }
    }
    // Only the newest: what others build on is seen through them; the genesis, through anything.
    let beneath =
        found.iter().filter_map(|hash| after.graph.get(*hash)).flat_map(|node| node.deps.iter().copied());
    let beneath = after.graph.ancestors(beneath);
    let newest = |hash: &ChangeHash| !beneath.contains(hash) && *hash != after.genesis_hash();
    Ok(found.into_iter().filter(newest).collect())
}

/// The edit with its positions in texts carried over from the text its author saw to the one without what was
/// dropped. What both have in common at the start and at the end is taken to be the same characters: nothing typed
/// is lost, and nothing is removed that the author did not remove.
pub(super) fn carried(
    before: &Document,
    old: &[ChangeHash],
    after: &Document,
    new: &[ChangeHash],
    edit: &Edit,
) -> Edit {
    let mut texts: BTreeMap<&str, (Vec<char>, Vec<char>)> = BTreeMap::new();
    let mut carried = Edit::new();
    for op in &edit.ops {
        let Op::Splice { path, at, delete, insert } = op else {
            carried.ops.push(op.clone());
            continue;
        };
        let (old, new) = texts.entry(path).or_insert_with(|| {
            let object = || before.texts().object(path);
            let seen = before.view(Some(old)).text(object());
            // Without any dependency left, the author had seen the genesis: an empty text.
            let left = if new.is_empty() { String::new() } else { after.view(Some(new)).text(object()) };
            (seen.chars().collect(), left.chars().collect())
        });
        for splice in carry(old, new, *at, *delete, insert) {
            carried = carried.splice(path, splice.at, splice.delete, splice.insert);
        }
    }
    carried
}

struct Splice<'a> {
    at: usize,
    delete: usize,
    insert: &'a str,
}

/// Does one splice to `old`, as its author saw it, and its counterpart to `new`, and says what that was.
fn carry<'a>(
    old: &mut Vec<char>,
    new: &mut Vec<char>,
    at: usize,
    delete: usize,
    insert: &'a str,
) -> Vec<Splice<'a>> {
    let end = at.saturating_add(delete);
    if end > old.len() {
        // Not what its author saw: let the author module reject it.
        return vec![Splice { at: usize::MAX, delete, insert }];
    }
    let head = old.iter().zip(new.iter()).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let [old_tail, new_tail] = [old.len() - tail, new.len() - tail];
    let in_head = end.min(head).saturating_sub(at);
    let in_tail = end.saturating_sub(at.max(old_tail));
    // Where the hole begins and ends at one position, what is removed says which side is meant.
    let behind = at >= old_tail && (at > head || in_tail > 0);
    let start = if behind { at - old_tail + new_tail } else { at.min(head) };
    let splices = if in_tail > 0 && at < old_tail {
        // Two stretches with a hole between: the later one first, so that the earlier keeps its position.
        vec![
            Splice { at: new_tail, delete: in_tail, insert: "" },
            Splice { at: start, delete: in_head, insert },
        ]
    } else {
        vec![Splice { at: start, delete: in_head + in_tail, insert }]
    };
    for splice in &splices {
        new.splice(splice.at..splice.at + splice.delete, splice.insert.chars());
    }
    old.splice(at..end, insert.chars());
    splices
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;
    use crate::crdt::testing::{actor, empty, stamp};
    use crate::model::{DeviceId, Kind, Value};

    /// Drops `dead` and writes the rest of `intents` again under actors 101, 102 …
    fn rebuild(
        before: &Document,
        dead: ChangeHash,
        accepted: &[ChangeInfo],
        intents: &[(&ChangeInfo, &Edit)],
    ) -> (Document, Vec<ReauthorOutcome>) {
        let (mut after, dropped) = before.without(&BTreeSet::from([dead])).unwrap();
        after.apply(accepted).unwrap();
        let intents = intents.iter().map(|(info, edit)| (info.hash, (*edit).clone())).collect();
        let mut next = 100;
        let mut fresh = || {
            next += 1;
            Ok::<_, Infallible>(ActorId::new(DeviceId([1; 16]), [next; 8]))
        };
        let outcomes = reauthor(before, &mut after, &dropped, &intents, &mut fresh).unwrap();
        (after, outcomes.into_iter().map(|one| one.outcome).collect())
    }

    #[test]
    fn later_edits_survive_a_rejection_with_author_time_and_edit_id() {
        let mut document = empty(Kind::Home);
        let start = document.author(actor(9), &stamp("office", 1), &Edit::new().put("place", "3/2")).unwrap();
        let rejected =
            document.author(actor(1), &stamp("zhang.li", 2), &Edit::new().put("fee/arrears", 1200)).unwrap();
        let edit = Edit::new().put("layout", "三室两厅").splice("note", 0, 0, "有狗");
        let later = document.author(actor(1), &stamp("zhang.li", 3), &edit).unwrap();

        let (after, outcomes) = rebuild(&document, rejected.hash, &[], &[(&later, &edit)]);
        let ReauthorOutcome::Copied(copy) = &outcomes[0] else { panic!("{outcomes:?}") };
        assert_eq!(copy.deps, [start.hash]);
        assert_eq!(copy.stamp, Stamp { copy_of: Some(later.hash), ..later.stamp });
        assert_eq!(edit_id(copy), later.hash);
        let record = after.record();
        assert_eq!((record.get("fee/arrears"), record.text("layout")), (None, Some("三室两厅")));
        assert_eq!(record.texts["note"], "有狗");
    }

    #[test]
    fn what_the_author_never_saw_is_in_conflict_not_overwritten() {
        let mut document = empty(Kind::Home);
        let start = document.author(actor(9), &stamp("office", 1), &Edit::new().put("place", "3/2")).unwrap();
        let rejected =
            document.author(actor(1), &stamp("zhang.li", 2), &Edit::new().put("fee/arrears", 1)).unwrap();
        let edit = Edit::new().put("layout", "三室");
        let later = document.author(actor(1), &stamp("zhang.li", 3), &edit).unwrap();
        let foreign = Edit::new().put("layout", "两室");
        document.author_at(&[start.hash], actor(2), &stamp("wang.fang", 4), &foreign).unwrap();

        let (after, _) = rebuild(&document, rejected.hash, &[], &[(&later, &edit)]);
        assert!(after.record().in_conflict("layout"));
    }

    #[test]
    fn a_copy_stands_in_only_if_it_saw_nothing_the_author_had_not() {
        let mut office = empty(Kind::Home);
        let start = office.author(actor(9), &stamp("office", 1), &Edit::new().put("place", "3/2")).unwrap();
        let mut phone = office.clone();
        let first_edit = Edit::new().put("layout", "三室");
        let first = phone.author(actor(1), &stamp("zhang.li", 2), &first_edit).unwrap();
        let second_edit = Edit::new().put("layout", "两室");
        let second = phone.author(actor(1), &stamp("zhang.li", 3), &second_edit).unwrap();

        // The office has accepted a copy of the first edit, written by a restored twin of this phone.
        let copied = Stamp { copy_of: Some(first.hash), ..first.stamp.clone() };
        let plain = office.clone().author_at(&[start.hash], actor(3), &copied, &first_edit).unwrap();
        let (after, outcomes) =
            rebuild(&phone, first.hash, std::slice::from_ref(&plain), &[(&second, &second_edit)]);
        assert!(matches!(&outcomes[0], ReauthorOutcome::Copied(copy) if copy.deps == [plain.hash]));
        assert_eq!(after.record().text("layout"), Some("两室"));
        assert!(!after.record().in_conflict("layout"));

        // The same, but that copy was made on top of an edit this phone's author never saw.
        let unseen =
            office.author(actor(2), &stamp("wang.fang", 4), &Edit::new().put("layout", "四室")).unwrap();
        let informed = office.author(actor(3), &copied, &first_edit).unwrap();
        let (after, outcomes) = rebuild(&phone, first.hash, &[unseen, informed], &[(&second, &second_edit)]);
        assert!(matches!(&outcomes[0], ReauthorOutcome::Copied(copy) if copy.deps == [start.hash]));
        assert!(after.record().in_conflict("layout"));
    }

    #[test]
    fn writing_again_twice_writes_once() {
        let mut document = empty(Kind::Case);
        let rejected = document.author(actor(1), &stamp("zhang.li", 1), &Edit::new().put("fee", 1)).unwrap();
        let edit = Edit::new().put("title", "水管漏水");
        let later = document.author(actor(1), &stamp("zhang.li", 2), &edit).unwrap();
        let (after, outcomes) = rebuild(&document, rejected.hash, &[], &[(&later, &edit)]);
        let ReauthorOutcome::Copied(copy) = &outcomes[0] else { panic!("{outcomes:?}") };
        let (again, outcomes) =
            rebuild(&document, rejected.hash, std::slice::from_ref(copy), &[(&later, &edit)]);
        assert_eq!(outcomes, [ReauthorOutcome::Present(copy.hash)]);
        assert_eq!(again.changes(), after.changes());
    }

    #[test]
    fn a_copy_of_a_copy_names_the_first() {
        let mut document = empty(Kind::Case);
        let rejected = document.author(actor(1), &stamp("zhang.li", 1), &Edit::new().put("fee", 1)).unwrap();
        let concurrent = Edit::new().put("urgent", true);
        let start = document.genesis_hash();
        let concurrent = document.author_at(&[start], actor(2), &stamp("wang.fang", 2), &concurrent).unwrap();
        let edit = Edit::new().put("title", "水管漏水");
        let first = ChangeHash([0x5a; 32]);
        let copied = Stamp { copy_of: Some(first), ..stamp("zhang.li", 2) };
        let later = document.author(actor(1), &copied, &edit).unwrap();
        let (_, outcomes) = rebuild(&document, rejected.hash, &[], &[(&later, &edit)]);
        let ReauthorOutcome::Copied(copy) = &outcomes[0] else { panic!("{outcomes:?}") };
        assert_eq!(edit_id(copy), first);
        assert_eq!(copy.deps, [concurrent.hash], "the genesis is seen through anything");
    }

    #[test]
    fn what_only_cleared_the_rejected_is_void() {
        let mut document = empty(Kind::Case);
        let rejected = document.author(actor(1), &stamp("zhang.li", 1), &Edit::new().put("fee", 1)).unwrap();
        let edit = Edit::new().clear("fee");
        let later = document.author(actor(1), &stamp("zhang.li", 2), &edit).unwrap();
        assert_eq!(rebuild(&document, rejected.hash, &[], &[(&later, &edit)]).1, [ReauthorOutcome::Void]);
    }

    #[test]
    fn branches_of_two_incarnations_take_two_actors() {
        let mut document = empty(Kind::Case);
        let rejected = document.author(actor(1), &stamp("zhang.li", 1), &Edit::new().put("fee", 1)).unwrap();
        let edits = ["甲", "乙"].map(|title| Edit::new().put("title", title));
        let one = document.author_at(&[rejected.hash], actor(1), &stamp("zhang.li", 2), &edits[0]).unwrap();
        let two = document.author_at(&[rejected.hash], actor(2), &stamp("zhang.li", 3), &edits[1]).unwrap();
        let (after, outcomes) =
            rebuild(&document, rejected.hash, &[], &[(&one, &edits[0]), (&two, &edits[1])]);
        let actors: BTreeSet<_> =
            outcomes
                .iter()
                .map(|outcome| {
                    if let ReauthorOutcome::Copied(copy) = outcome {
                        copy.actor
                    } else {
                        panic!("{outcome:?}")
                    }
                })
                .collect();
        assert_eq!(actors.len(), 2);
        assert!(after.record().in_conflict("title"));
    }

    #[test]
    fn positions_follow_the_text() {
        // (before the dead edit, after it, the later splice, what is left without the dead edit)
        for (start, dead, later, expected) in [
            ("有狗按铃", (0, 0, "东户"), (6, 0, "再敲门"), "有狗按铃再敲门"),
            ("有狗按铃", (4, 0, "，周末"), (0, 2, "无狗"), "无狗按铃"),
            ("有狗按铃", (2, 0, "大"), (1, 3, "猫"), "有猫铃"),
            ("有狗按铃", (1, 2, ""), (1, 1, "窗"), "有狗按窗"),
            ("", (0, 0, "周末在家"), (2, 0, "不"), "不"),
        ] {
            let mut document = empty(Kind::Home);
            let splice =
                |(at, delete, insert): (usize, usize, &str)| Edit::new().splice("note", at, delete, insert);
            let first = Edit::new().put("place", "3/2").splice("note", 0, 0, start);
            document.author(actor(9), &stamp("office", 1), &first).unwrap();
            let rejected = document.author(actor(1), &stamp("zhang.li", 2), &splice(dead)).unwrap();
            let edit = splice(later);
            let later = document.author(actor(1), &stamp("zhang.li", 3), &edit).unwrap();
            let (after, _) = rebuild(&document, rejected.hash, &[], &[(&later, &edit)]);
            assert_eq!(after.record().texts["note"], expected, "{start} {dead:?}");
        }
    }

    #[test]
    fn nothing_but_the_dead_and_what_stands_on_it_goes() {
        let mut document = empty(Kind::Home);
        let root =
            document.author(actor(1), &stamp("zhang.li", 1), &Edit::new().put("place", "3/2")).unwrap();
        let dead = document.author(actor(1), &stamp("zhang.li", 2), &Edit::new().put("a", 1)).unwrap();
        let concurrent = Edit::new().put("b", 2);
        let concurrent =
            document.author_at(&[root.hash], actor(2), &stamp("wang.fang", 3), &concurrent).unwrap();
        let on_top = document.author(actor(2), &stamp("wang.fang", 4), &Edit::new().put("c", 3)).unwrap();
        let (rest, dropped) = document.without(&BTreeSet::from([dead.hash])).unwrap();
        assert_eq!(dropped, [dead, on_top]);
        assert_eq!(rest.changes(), [root, concurrent]);
        assert_eq!(rest.record().get("b"), Some(&Value::Int(2)));
    }
}

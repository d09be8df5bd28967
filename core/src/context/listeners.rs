//! Who wants to know that something changed.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::store::Collection;

/// Is told, after the fact and with no lock held, which collections changed.
pub trait Listener: Send + Sync {
    /// Called by the thread that made the change, once per call that changed something.
    fn changed(&self, collections: &BTreeSet<Collection>);
}

/// Keeps a listener registered; dropping it ends the subscription, whoever else holds the listener.
pub struct Subscription {
    _slot: Arc<Slot>,
}

/// One registration. The listener itself may be shared with the app, so it cannot be what ends with the subscription.
struct Slot(Arc<dyn Listener>);

/// The registered listeners. Held weakly: the subscriptions own them.
#[derive(Default)]
pub(crate) struct Listeners(Mutex<Vec<Weak<Slot>>>);

impl Listeners {
    /// Registers one until its subscription is dropped.
    pub(crate) fn subscribe(&self, listener: Arc<dyn Listener>) -> Subscription {
        let slot = Arc::new(Slot(listener));
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|weak| weak.strong_count() > 0);
        slots.push(Arc::downgrade(&slot));
        Subscription { _slot: slot }
    }

    /// Tells all of them; no lock is held while they run, so they may call the butler.
    pub(crate) fn tell(&self, collections: &BTreeSet<Collection>) {
        if collections.is_empty() {
            return;
        }
        let present: Vec<_> = {
            let slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            slots.iter().filter_map(Weak::upgrade).collect()
        };
        for slot in present {
            slot.0.changed(collections);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::HomeEdit;
    use crate::testing::TestPhone;
    use std::sync::atomic::{AtomicUsize, Ordering};

    struct Count(AtomicUsize);
    impl Listener for Count {
        fn changed(&self, _: &BTreeSet<Collection>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_dropped_subscription_hears_nothing() {
        let (listeners, count) = (Listeners::default(), Arc::new(Count(AtomicUsize::new(0))));
        let all = BTreeSet::from([Collection::Outbox]);
        let subscription = listeners.subscribe(count.clone());
        listeners.tell(&all);
        drop(subscription);
        listeners.tell(&all);
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn listeners_hear_of_what_changed_and_of_nothing_else() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let count = Arc::new(Count(AtomicUsize::new(0)));
        let _subscription = bench.butler.subscribe(count.clone());
        bench.butler.homes().details(home).unwrap();
        let rejected = HomeEdit { arrears: 1.into(), ..HomeEdit::default() };
        assert!(bench.butler.homes().edit(home, rejected).is_err());
        assert_eq!(count.0.load(Ordering::SeqCst), 0);
        bench.butler.records().edit_note(home, "门禁坏").unwrap();
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
    }
}

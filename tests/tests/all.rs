//! Every whole-system test in one binary: it is linked once.

mod dependencies;
mod docs;
mod fleet;
mod fleet_large;
mod fleet_pairs;
mod hostile;
mod playbooks;
mod protocol;
mod scenarios;
mod structure;

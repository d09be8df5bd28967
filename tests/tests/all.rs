//! Every whole-system test in one binary: it is linked once.

mod app_calls;
mod dependencies;
mod docs;
mod fleet;
mod fleet_large;
mod fleet_pairs;
mod hostile;
mod playbooks;
mod protocol;
mod scenarios;
mod slips;
mod structure;

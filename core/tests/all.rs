//! Every test of core from outside, in one binary: it is linked once.

mod access;
mod due;
mod hostile_changes;
mod merge_properties;
mod playbooks;
mod sqlcipher;

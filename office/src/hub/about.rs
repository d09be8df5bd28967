//! Which office is this? Asked by a phone before it uses its code, so that whoever holds it sees where they are about to enrol.

use butler_core::host::Host;
use butler_core::sync::message::{About, Reply};

use super::Hub;
use super::error::{Failure, OfficeError};
use crate::storage::Storage;

/// Longest name of an office, in characters.
const NAME: usize = 64;

impl<S: Storage> Hub<S> {
    /// Tells anybody what is on the office's door, and nothing else. One row is read, nothing written and nothing drawn, so
    /// asking costs less than a challenge.
    pub(super) fn about(&self) -> Result<Reply, Failure> {
        let community = self.storage.read(|read| read.community())?;
        Ok(Reply::About(About { community: community.id, name: community.name }))
    }

    /// Says what people call the office.
    ///
    /// # Errors
    /// The storage's.
    pub fn rename(&self, host: &dyn Host, name: &str) -> Result<(), OfficeError> {
        let name: String = name.trim().chars().filter(|c| !c.is_control()).take(NAME).collect();
        self.storage.write(|tx| {
            tx.put_name(&name)?;
            tx.put_audit(host.now(), "office", "name", &serde_json::json!({ "name": name }).to_string())?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use butler_core::sync::message::{About, Reply, Request};

    use super::super::testing::*;

    #[test]
    fn whoever_asks_is_told_the_name_on_the_door_and_nothing_is_kept_of_it() {
        let office = Office::new();
        let phone = office.phone("zhang.li");
        let ask = || match phone.ask(Request::About {}) {
            Reply::About(About { community, name }) => (community.to_string(), name),
            other => panic!("{other:?}"),
        };
        assert_eq!(ask(), ("jinse".to_owned(), String::new()));
        office.hub.rename(&office.desk, &format!(" 金色家园\n物业服务中心{}", "长".repeat(99))).unwrap();
        let (_, name) = ask();
        assert!(name.starts_with("金色家园物业服务中心") && name.chars().count() == 64, "{name}");
        assert_eq!(office.audit("name").len(), 1);
    }
}

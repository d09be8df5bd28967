//! The hours a walk is planned into.

use serde::{Deserialize, Serialize};

use crate::model::PlaceId;

/// In which order the doors of a stop are walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Floors {
    /// Lift up, walk down.
    #[default]
    TopDown,
    /// From the ground up.
    BottomUp,
}

/// The hours and habits of the person who walks. Times are minutes since midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct WalkHours {
    /// Work begins; 9:00 unless said otherwise.
    pub from: u16,
    /// Work ends; 18:00.
    pub until: u16,
    /// Lunch begins; 12:00.
    pub lunch_from: u16,
    /// Lunch ends; 13:30.
    pub lunch_until: u16,
    /// Minutes kept free at the first look of the day for what comes up since; 30.
    pub reserve: u16,
    /// Minutes from one stop to the next; 2.
    pub per_stop: u16,
    /// Minutes from knock to open door; 1.
    pub per_knock: u16,
    /// Calls planned for a day beside those that must be made; 6.
    pub calls: u16,
    /// Doors of a day at most; 40.
    pub doors: u16,
    /// Stops of a day at most; 12.
    pub stops: u16,
    /// The order of doors within a stop.
    pub floors: Floors,
    /// The stop to begin at 从这里走起; the stops before it come last. Said once it holds for the day; `None` changes nothing.
    pub start: Option<PlaceId>,
}

impl Default for WalkHours {
    fn default() -> Self {
        Self {
            from: 9 * 60,
            until: 18 * 60,
            lunch_from: 12 * 60,
            lunch_until: 13 * 60 + 30,
            reserve: 30,
            per_stop: 2,
            per_knock: 1,
            calls: 6,
            doors: 40,
            stops: 12,
            floors: Floors::TopDown,
            start: None,
        }
    }
}

impl WalkHours {
    /// Minutes of work left at a minute of the day, lunch left out.
    #[must_use]
    pub fn left(&self, minute: u16) -> u32 {
        let from = minute.max(self.from);
        u32::from(self.until.saturating_sub(from)).saturating_sub(self.lunch_after(from))
    }

    /// The minute of the day at which so many minutes of work are done.
    #[must_use]
    pub fn ends(&self, minute: u16, work: u32) -> u32 {
        let from = minute.max(self.from);
        let plain = u32::from(from) + work;
        if plain > u32::from(self.lunch_from) { plain + self.lunch_after(from) } else { plain }
    }

    /// Minutes of lunch that lie behind a minute of the day, within the hours.
    fn lunch_after(&self, minute: u16) -> u32 {
        u32::from(self.lunch_until.min(self.until).saturating_sub(self.lunch_from.max(minute)))
    }
}

#[cfg(test)]
mod tests {
    use super::WalkHours;

    #[test]
    fn lunch_counts_once_and_only_while_it_lies_ahead() {
        let hours = WalkHours::default();
        assert_eq!(hours.left(8 * 60), 7 * 60 + 30);
        assert_eq!(hours.left(12 * 60 + 30), 4 * 60 + 30, "the rest of lunch is no work");
        assert_eq!(hours.left(18 * 60 + 5), 0);
        assert_eq!(hours.ends(9 * 60, 60), 10 * 60);
        assert_eq!(hours.ends(9 * 60, 4 * 60), 14 * 60 + 30);
        assert_eq!(hours.ends(14 * 60, 60), 15 * 60);
    }
}

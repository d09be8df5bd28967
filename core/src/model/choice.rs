//! The words a field may hold: a stable code, and what it is called in both languages.
//!
//! A *choice* is closed: the core's own rules rest on what each of its words means. A *list* of words is one a company adds to
//! and calls otherwise in its playbooks ([`crate::playbook::Terms`]); what stands here is what every company begins with, and the
//! codes code may name. Ports, segments, sources and categories of orders stand in the playbooks alone.

use serde::{Deserialize, Serialize};

use super::fields::Type;
use super::{Scalar, Value};

/// One word of a choice or a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodedWord {
    /// What is stored.
    pub code: &'static str,
    /// What a person reads in Chinese: the authoritative word.
    pub zh: &'static str,
    /// What a person reads in English.
    pub en: &'static str,
}

/// Declares a closed choice: an enum, its stored codes and its words.
macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal $zh:tt $en:tt,)+ })+) => {
        /// Every closed choice there is, by the name of its type.
        pub const ALL: &[(&str, &[CodedWord])] = &[$((stringify!($name), $name::CHOICES),)+];

        $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
        pub enum $name { $(#[doc = $zh] #[doc = "·"] #[doc = $en] #[serde(rename = $code)] $variant,)+ }

        impl $name {
            /// Every word, in the order people list them.
            pub const CHOICES: &'static [CodedWord] = &[$(CodedWord { code: $code, zh: $zh, en: $en },)+];

            /// The stored code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The word of that code; `None` for a code of a newer app.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }

        impl Scalar for $name {
            const TYPE: Type = Type::Choice(Self::CHOICES);

            fn read(value: &Value) -> Option<Self> {
                Self::from_code(value.as_text()?)
            }
            fn write(self) -> Value {
                self.code().into()
            }
        }
        )+
    };
}

choices! {
    /// How a contact ended 沟通结果.
    Outcome {
        Agreed = "agreed" "达成一致" "agreed",
        NotAgreed = "not_agreed" "未达成一致" "not agreed",
        NotReached = "not_reached" "未联系上" "not reached",
        Refused = "refused" "拒绝沟通" "refused",
        Unsuitable = "unsuitable" "时间不便" "not a suitable moment",
    }

    /// How soon 紧急程度.
    Urgency {
        Urgent = "urgent" "急修" "urgent",
        Normal = "normal" "普通" "normal",
    }
}

/// Declares a list of words: its name among the playbooks' lists, its codes and what they are called.
macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident = $list:literal { $($constant:ident = $code:literal $zh:tt $en:tt,)+ })+) => {
        /// Every list there is: the name of its type, its name in the playbooks, its words.
        pub const LISTS: &[(&str, &str, &[CodedWord])] = &[$((stringify!($name), $list, $name::CHOICES),)+];

        $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}

        impl $name {
            /// Its words, in the order people list them; a company's own stand behind them.
            pub const CHOICES: &'static [CodedWord] = &[$(CodedWord { code: $code, zh: $zh, en: $en },)+];
            $(#[doc = $zh] #[doc = "·"] #[doc = $en] pub const $constant: &'static str = $code;)+
        }
        )+
    };
}

lists! {
    /// State of a home 房屋状态.
    HomeState = "home_state" {
        UNDER_CONSTRUCTION = "under_construction" "在建" "under construction",
        BUILT = "built" "未交付" "built, not handed over",
        HANDED_OVER = "handed_over" "已交付未入住" "handed over, not moved in",
        RENOVATING = "renovating" "装修中" "renovating",
        OCCUPIED = "occupied" "已入住" "occupied",
        VACANT = "vacant" "空置" "vacant",
        RENTED_OUT = "rented_out" "出租" "rented out",
        ENTRUSTED = "entrusted" "委托代管" "entrusted to us",
    }

    /// Where the owner of a home stands 业主状况.
    OwnerState = "owner_state" {
        LIVES_HERE = "lives_here" "本人居住" "lives here",
        ELSEWHERE = "elsewhere" "本市他处" "lives elsewhere in the city",
        AWAY = "away" "长期外地" "away for long",
        ABROAD = "abroad" "常年国外" "abroad",
        UNREACHABLE = "unreachable" "失联" "cannot be reached",
    }

    /// How a parking space is held 车位权属.
    Tenure = "tenure" {
        OWNED = "owned" "产权" "owned",
        LEASED = "leased" "租用" "leased",
        FREE = "free" "免费" "free of charge",
    }

    /// What a meter counts 表计.
    MeterKind = "meter_kind" {
        WATER = "water" "水表" "water",
        HOT_WATER = "hot_water" "热水表" "hot water",
        ELECTRICITY = "electricity" "电表" "electricity",
        GAS = "gas" "燃气表" "gas",
        HEAT = "heat" "热量表" "heat",
    }

    /// A person's place in the household 身份.
    ResidentRole = "resident_role" {
        OWNER = "owner" "业主" "owner",
        TENANT = "tenant" "租客" "tenant",
        FAMILY = "family" "家庭成员" "family",
        HOUSEKEEPER = "housekeeper" "家政人员" "housekeeper",
        COMPANY_OWNER = "company_owner" "企业业主" "company owner",
        PROXY = "proxy" "代理人" "proxy",
    }

    /// Lifecycle stage 客户关键时刻.
    Stage = "stage" {
        PROSPECTIVE = "prospective" "准业主" "prospective owner",
        NEW_OWNER = "new_owner" "新业主" "new owner",
        RESIDENT_OWNER = "resident_owner" "入住业主" "resident owner",
    }

    /// A way to reach somebody 沟通渠道.
    Channel = "channel" {
        VISIT = "visit" "上门拜访" "visit",
        PHONE = "phone" "电话" "phone",
        MESSAGE = "message" "短信" "text message",
        WECHAT = "wechat" "微信" "WeChat",
        MEETING = "meeting" "会面" "meeting",
        LETTER = "letter" "书面函件" "letter",
    }

    /// A time of day somebody prefers, or asks to be left alone in.
    TimeOfDay = "time_of_day" {
        MORNING = "morning" "上午" "morning",
        NOON = "noon" "中午" "noon",
        AFTERNOON = "afternoon" "下午" "afternoon",
        EVENING = "evening" "晚上" "evening",
        WEEKEND = "weekend" "周末" "weekend",
        ANY = "any" "不限" "any time",
    }

    /// What needs attention 关怀需求.
    Need = "need" {
        MOBILITY = "mobility" "行动不便" "mobility",
        LIVES_ALONE = "lives_alone" "独居老人" "elder living alone",
        NEWBORN = "newborn" "新生儿" "newborn",
        PREGNANCY = "pregnancy" "孕妇" "pregnancy",
        ILLNESS = "illness" "慢性病" "illness",
        DISABILITY = "disability" "残障" "disability",
        OTHER = "other" "其他" "other",
    }
}

/// The words of the core in a list; none for a list of the playbooks alone.
#[must_use]
pub fn words_of(list: &str) -> &'static [CodedWord] {
    LISTS.iter().find(|(_, name, _)| *name == list).map_or(&[], |(.., words)| words)
}

impl Outcome {
    /// Whether somebody was met or spoken to, however it ended.
    #[must_use]
    pub const fn met_somebody(self) -> bool {
        match self {
            Self::Agreed | Self::NotAgreed | Self::Refused => true,
            Self::NotReached | Self::Unsuitable => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Kind, fields};

    #[test]
    fn codes_survive_and_unknown_ones_are_none() {
        for choice in Outcome::CHOICES {
            assert_eq!(Outcome::from_code(choice.code).map(Outcome::code), Some(choice.code));
        }
        assert_eq!(Outcome::from_code("postponed"), None);
    }

    #[test]
    fn every_list_is_that_of_a_field() {
        let named: Vec<_> =
            Kind::ALL.into_iter().flat_map(fields::specs).filter_map(|spec| spec.terms).collect();
        for (name, list, words) in LISTS {
            assert!(named.contains(list), "{name}");
            assert_eq!(words_of(list), *words);
        }
        assert_eq!(words_of("segment"), [], "which a company says whole");
    }
}

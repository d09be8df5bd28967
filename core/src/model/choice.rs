//! The words a choice field may hold: a stable code, and what it is called in both languages.
//!
//! Only what the records themselves need is listed here. Ports, segments, sources and categories of orders and everything
//! else a company may rename or extend is a [`super::fields::Type::Code`] with its words in the playbooks' terms.

use serde::{Deserialize, Serialize};

use super::fields::Type;
use super::{Scalar, Value};

/// One word of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodedWord {
    /// What is stored.
    pub code: &'static str,
    /// What a person reads in Chinese: the authoritative word.
    pub zh: &'static str,
    /// What a person reads in English.
    pub en: &'static str,
}

/// Declares a choice: an enum, its stored codes and its words.
macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal $zh:tt $en:tt,)+ })+) => {
        /// Every choice there is, by the name of its type.
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
    /// State of a home 房屋状态.
    HomeState {
        UnderConstruction = "under_construction" "在建" "under construction",
        Built = "built" "未交付" "built, not handed over",
        HandedOver = "handed_over" "已交付未入住" "handed over, not moved in",
        Renovating = "renovating" "装修中" "renovating",
        Occupied = "occupied" "已入住" "occupied",
        Vacant = "vacant" "空置" "vacant",
        RentedOut = "rented_out" "出租" "rented out",
        Entrusted = "entrusted" "委托代管" "entrusted to us",
    }

    /// Where the owner of a home stands 业主状况.
    OwnerState {
        LivesHere = "lives_here" "本人居住" "lives here",
        Elsewhere = "elsewhere" "本市他处" "lives elsewhere in the city",
        Away = "away" "长期外地" "away for long",
        Abroad = "abroad" "常年国外" "abroad",
        Unreachable = "unreachable" "失联" "cannot be reached",
    }

    /// How a parking space is held 车位权属.
    Tenure {
        Owned = "owned" "产权" "owned",
        Leased = "leased" "租用" "leased",
        Free = "free" "免费" "free of charge",
    }

    /// What a meter counts 表计.
    MeterKind {
        Water = "water" "水表" "water",
        HotWater = "hot_water" "热水表" "hot water",
        Electricity = "electricity" "电表" "electricity",
        Gas = "gas" "燃气表" "gas",
        Heat = "heat" "热量表" "heat",
    }

    /// A person's place in the household 身份.
    ResidentRole {
        Owner = "owner" "业主" "owner",
        Tenant = "tenant" "租客" "tenant",
        Family = "family" "家庭成员" "family",
        Housekeeper = "housekeeper" "家政人员" "housekeeper",
        CompanyOwner = "company_owner" "企业业主" "company owner",
        Proxy = "proxy" "代理人" "proxy",
    }

    /// Lifecycle stage 客户关键时刻.
    Stage {
        Prospective = "prospective" "准业主" "prospective owner",
        NewOwner = "new_owner" "新业主" "new owner",
        ResidentOwner = "resident_owner" "入住业主" "resident owner",
    }

    /// A way to reach somebody 沟通渠道.
    Channel {
        Visit = "visit" "上门拜访" "visit",
        Phone = "phone" "电话" "phone",
        Message = "message" "短信" "text message",
        Wechat = "wechat" "微信" "WeChat",
        Meeting = "meeting" "会面" "meeting",
        Letter = "letter" "书面函件" "letter",
    }

    /// A time of day somebody prefers, or asks to be left alone in.
    TimeOfDay {
        Morning = "morning" "上午" "morning",
        Noon = "noon" "中午" "noon",
        Afternoon = "afternoon" "下午" "afternoon",
        Evening = "evening" "晚上" "evening",
        Weekend = "weekend" "周末" "weekend",
        Any = "any" "不限" "any time",
    }

    /// What needs attention 关怀需求.
    Need {
        Mobility = "mobility" "行动不便" "mobility",
        LivesAlone = "lives_alone" "独居老人" "elder living alone",
        Newborn = "newborn" "新生儿" "newborn",
        Pregnancy = "pregnancy" "孕妇" "pregnancy",
        Illness = "illness" "慢性病" "illness",
        Disability = "disability" "残障" "disability",
        Other = "other" "其他" "other",
    }

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

    #[test]
    fn codes_survive_and_unknown_ones_are_none() {
        for choice in HomeState::CHOICES {
            assert_eq!(HomeState::from_code(choice.code).map(HomeState::code), Some(choice.code));
        }
        assert_eq!(HomeState::from_code("demolished"), None);
    }
}

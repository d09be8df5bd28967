//! The words a choice field may hold, as enums of both languages.

use butler_core::model::{Scalar, choice};

/// The word of a stored code; `None` for a word of a newer app.
pub(crate) fn word<C: Scalar, W: From<C>>(code: Option<String>) -> Option<W> {
    C::read(&code?.into()).map(W::from)
}

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident,)+ })+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl From<choice::$name> for $name {
            fn from(word: choice::$name) -> Self {
                match word { $(choice::$name::$variant => Self::$variant,)+ }
            }
        }

        impl From<$name> for choice::$name {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => Self::$variant,)+ }
            }
        }
    )+ };
}

choices! {
    /// How a home is used 房屋状态.
    HomeState {
        /// 未交付
        UnderConstruction,
        /// 已交付未入住
        HandedOver,
        /// 装修中
        Renovating,
        /// 已入住
        Occupied,
        /// 空置
        Vacant,
        /// 出租
        RentedOut,
        /// 委托代管
        Entrusted,
    }
    /// Where the owner is 业主去向.
    OwnerState {
        /// 本人居住
        LivesHere,
        /// 本市他处
        Elsewhere,
        /// 长期外地
        Away,
        /// 常年国外
        Abroad,
        /// 失联
        Unreachable,
    }
    /// What a person is in a household 住户身份.
    ResidentRole {
        /// 业主
        Owner,
        /// 租客
        Tenant,
        /// 家庭成员
        Family,
        /// 家政人员
        Housekeeper,
        /// 企业业主
        CompanyOwner,
        /// 代理人
        Proxy,
    }
    /// How somebody is reached 沟通方式.
    Channel {
        /// 上门拜访
        Visit,
        /// 电话
        Phone,
        /// 短信
        Message,
        /// 微信
        Wechat,
        /// 会面
        Meeting,
        /// 书面函件
        Letter,
    }
    /// When somebody likes to be reached 时段.
    TimeOfDay {
        /// 上午
        Morning,
        /// 中午
        Noon,
        /// 下午
        Afternoon,
        /// 晚上
        Evening,
        /// 周末
        Weekend,
        /// 不限
        Any,
    }
    /// How a contact ended 沟通结果.
    Outcome {
        /// 达成一致
        Agreed,
        /// 未达成一致
        NotAgreed,
        /// 未联系上
        NotReached,
        /// 拒绝沟通
        Refused,
        /// 时间不便
        Unsuitable,
    }
}

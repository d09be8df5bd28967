//! The words a choice field may hold, as enums of both languages.

use butler_core::model::{Scalar, choice};

/// The word of a stored code; `None` for a word of a newer app.
pub(crate) fn word<C: Scalar, W: From<C>>(code: Option<String>) -> Option<W> {
    C::read(&code?.into()).map(W::from)
}

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident = $core:ty { $($(#[$variant_doc:meta])* $variant:ident,)+ })+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl From<$core> for $name {
            fn from(word: $core) -> Self {
                match word { $(<$core>::$variant => Self::$variant,)+ }
            }
        }

        impl From<$name> for $core {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => Self::$variant,)+ }
            }
        }
    )+ };
}

choices! {
    /// How a home is used 房屋状态.
    HomeState = choice::HomeState {
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
    OwnerState = choice::OwnerState {
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
    ResidentRole = choice::ResidentRole {
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
    Channel = choice::Channel {
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
    TimeOfDay = choice::TimeOfDay {
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
    Outcome = choice::Outcome {
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
    /// How a parking space is held 车位权属.
    Tenure = choice::Tenure {
        /// 产权
        Owned,
        /// 租用
        Leased,
        /// 免费
        Free,
    }
    /// What a meter counts 表计.
    MeterKind = choice::MeterKind {
        /// 水表
        Water,
        /// 热水表
        HotWater,
        /// 电表
        Electricity,
        /// 燃气表
        Gas,
        /// 热量表
        Heat,
    }
    /// Customer segment 客户细分.
    Segment = choice::Segment {
        /// 务实之家·经济务实
        ThriftyHome,
        /// 社会新锐·青年之家
        YoungCouple,
        /// 社会新锐·青年持家
        YoungProvider,
        /// 望子成龙·小太阳
        SmallSun,
        /// 望子成龙·后小太阳
        OlderSun,
        /// 望子成龙·三个孩子
        ThreeGenerations,
        /// 富贵之家
        Affluent,
        /// 活跃长者·健康养老
        ActiveElders,
    }
    /// Where the customer stands 客户关键时刻.
    Stage = choice::Stage {
        /// 准业主
        Prospective,
        /// 新业主
        NewOwner,
        /// 入住业主
        ResidentOwner,
    }
    /// What needs attention 关怀需求.
    Need = choice::Need {
        /// 行动不便
        Mobility,
        /// 独居老人
        LivesAlone,
        /// 新生儿
        Newborn,
        /// 孕妇
        Pregnancy,
        /// 慢性病
        Illness,
        /// 残障
        Disability,
        /// 其他
        Other,
    }
    /// What a case came from 工单来源.
    CaseSource = choice::CaseSource {
        /// 巡视发现
        Patrol,
        /// 住户报事
        Resident,
        /// 投诉
        Complaint,
        /// 装修巡查
        Renovation,
        /// 空置房检查
        VacantCheck,
        /// 秩序日报
        OrderTeam,
        /// 主管交办
        Manager,
    }
    /// How soon a case is to be handled 紧急程度.
    CaseUrgency = choice::Urgency {
        /// 急修
        Urgent,
        /// 普通
        Normal,
    }
}

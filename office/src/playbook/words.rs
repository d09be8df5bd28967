//! The words of a printed playbook, in one language.

use butler_core::model::RoleId;
use butler_core::playbook::form::AnswerType;
use butler_core::playbook::workflow::Span;
use butler_core::playbook::{Label, Language, Playbooks};
use butler_core::query::SubjectKind;

/// A set of playbooks as it is told in one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    pub set: &'a Playbooks,
    pub language: Language,
}

impl Words<'_> {
    /// One of two texts.
    pub fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        match self.language {
            Language::Zh => zh,
            Language::En => en,
        }
    }

    pub fn label<'t>(&self, label: &'t Label) -> &'t str {
        label.text(self.language)
    }

    /// Between the parts of a list.
    pub fn list(&self, parts: impl IntoIterator<Item = String>) -> String {
        parts.into_iter().collect::<Vec<_>>().join(self.say("、", ", "))
    }

    /// The names of roles; a role the set does not have by its id.
    pub fn roles(&self, roles: &[RoleId]) -> String {
        let name = |role: &RoleId| {
            let known = self.set.roles().get(role);
            known.map_or_else(|| role.to_string(), |role| self.label(&role.label).to_owned())
        };
        self.list(roles.iter().map(name))
    }

    pub fn span(&self, span: Span) -> String {
        let (number, zh, en) = match span {
            Span::Minutes(number) => (number, "分钟", "minute"),
            Span::Hours(number) => (number, "小时", "hour"),
            Span::Days(number) => (number, "天", "day"),
            Span::WorkingDays(number) => (number, "个工作日", "working day"),
            Span::Months(number) => (number, "个月", "month"),
            Span::Years(number) => (number, "年", "year"),
        };
        match self.language {
            Language::Zh => format!("{number}{zh}"),
            Language::En => format!("{number} {en}{}", if number == 1 { "" } else { "s" }),
        }
    }

    pub fn subject(&self, subject: SubjectKind) -> &'static str {
        let (zh, en) = match subject {
            SubjectKind::Home => ("房屋", "home"),
            SubjectKind::Resident => ("住户", "resident"),
            SubjectKind::Case => ("工单", "case"),
            SubjectKind::Entry => ("登记", "entry"),
            SubjectKind::Contact => ("沟通记录", "contact"),
            SubjectKind::Place => ("楼栋或点位", "building or spot"),
            SubjectKind::Grid => ("网格", "grid"),
            SubjectKind::Community => ("小区", "community"),
        };
        self.say(zh, en)
    }

    pub fn answer(&self, answer: AnswerType) -> &'static str {
        let (zh, en) = match answer {
            AnswerType::Text => ("文字", "text"),
            AnswerType::Number => ("数字", "number"),
            AnswerType::Date => ("日期", "date"),
            AnswerType::Time => ("时刻", "time"),
            AnswerType::Moment => ("日期和时刻", "date and time"),
            AnswerType::Flag => ("是或否", "yes or no"),
            AnswerType::Choice => ("单选", "one of"),
            AnswerType::MultiChoice => ("多选", "any of"),
            AnswerType::Photo => ("照片", "photo"),
            AnswerType::Signature => ("签名", "signature"),
            AnswerType::Phone => ("电话", "telephone number"),
            AnswerType::Money => ("金额", "money"),
            AnswerType::Score => ("1–5分", "score 1–5"),
            AnswerType::Person => ("住户", "resident"),
            AnswerType::Home => ("房屋", "home"),
            AnswerType::Case => ("工单", "case"),
            AnswerType::Staff => ("员工", "member of staff"),
            AnswerType::Place => ("楼栋或点位", "building or spot"),
        };
        self.say(zh, en)
    }
}

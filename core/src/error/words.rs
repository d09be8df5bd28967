//! What a person is told of an error: what happened, what is safe, what to do. Never a name, a number or a value.

use super::{ButlerError, Forbidden, NotUndoable};
use crate::playbook::Label;
use crate::sync::TransportError;
use crate::sync::message::Problem;

impl ButlerError {
    /// What to tell the user, in both languages.
    #[must_use]
    pub fn words(&self) -> Label {
        let (zh, en) = match self {
            Self::Locked => ("先解锁手机，再打开管家", "Unlock the phone, then open again"),
            Self::KeyMissing => (
                "打开资料的钥匙不在了，资料没动。别卸载，找办公室",
                "The key to this data is gone; nothing was touched. Do not uninstall; call the office",
            ),
            Self::WrongKey => (
                "这份资料打不开，什么都没动。别卸载，找办公室",
                "This data cannot be opened; nothing was touched. Do not uninstall; call the office",
            ),
            Self::Damaged => (
                "资料坏了，已挪到一边。再打开一次，其余从办公室取",
                "Data was damaged and set aside. Open again; the rest comes from the office",
            ),
            Self::AlreadyOpen => ("管家已经打开着", "The butler is open already"),
            Self::StorageFull => (
                "手机存满了，新记录写不进去。已经记下的都在",
                "The phone is full: nothing new can be kept. What is recorded is safe",
            ),
            Self::NeedsNewerApp => ("请更新应用，再打开", "Please update the app"),
            Self::Closed => ("管家已经关上，请重新打开", "The butler was closed; open it again"),
            Self::NotEnrolled => ("这部手机还没登记", "This phone is not registered"),
            Self::CodeInvalid => (
                "码不对、用过或过期了，请办公室再给一个",
                "The code is wrong, used or too old; ask for another",
            ),
            Self::AlreadyEnrolled => (
                "这部手机登记的是别人，先交还，再登记",
                "This phone is registered for somebody else; hand it over first",
            ),
            Self::NotHandedIn { edits, photos, rejected, drafts } => {
                return Label::new(
                    format!(
                        "还有没交的：{edits} 条记录、{photos} 张照片没送到，{rejected} 条被退回、{drafts} 份草稿没处理"
                    ),
                    format!(
                        "Not all is handed in: {edits} edits and {photos} photos to send, \
                         {rejected} rejected and {drafts} drafts to decide"
                    ),
                );
            }
            Self::Offline { why } => return offline(*why),
            Self::NotAnOffice => (
                "那边不是办公室，看看地址；连的要是公共 Wi-Fi，先登录它",
                "What answered is not the office; check its address, or sign in to the Wi-Fi first",
            ),
            Self::Office { problem } => return told_by_the_office(problem),
            Self::NotAllowed { words, .. } | Self::InvalidInput { words, .. } => return words.clone(),
            Self::EvidenceMissing { problems } => {
                let said = |text: fn(&Label) -> &str, between: &str| {
                    problems.iter().map(|problem| text(&problem.message)).collect::<Vec<_>>().join(between)
                };
                return Label::new(
                    format!("还差：{}", said(|words| &words.zh, "；")),
                    format!("Still needed: {}", said(|words| &words.en, "; ")),
                );
            }
            Self::StepNotPossible { why: Some(why), .. } => return why.clone(),
            Self::StepNotPossible { why: None, .. } => (
                "这一步现在不用办了，可能别人刚办过",
                "This step is not possible now; somebody may just have made it",
            ),
            Self::StepNeeds { label, .. } => {
                return Label::new(format!("先办：{}", label.zh), format!("First: {}", label.en));
            }
            Self::CannotUndo { why } => return why.words(),
            Self::NotFound => {
                ("这条不在这部手机里，可能换了网格", "Not on this phone; the grid may have changed")
            }
            Self::AlreadySubmitted { .. } => (
                "这张表已经记过一次，请在那一条上改",
                "This form was recorded before; change that record instead",
            ),
            Self::PhotoMissing { .. } => ("照片还没取到，有网再看", "The photo has not come yet"),
            Self::BadPlaybook { .. } => {
                ("新规程没装上，先用旧的", "The new procedures were not taken; the old ones stay")
            }
            Self::Internal { code } => {
                return Label::new(
                    format!("这一步没成，别的都在。给办公室报：{code}"),
                    format!("This did not work; all else is safe. Tell the office: {code}"),
                );
            }
        };
        Label::new(zh, en)
    }
}

impl NotUndoable {
    /// What to tell the user.
    #[must_use]
    pub fn words(self) -> Label {
        let (zh, en) = match self {
            Self::Step => {
                ("已经办了的一步撤不回，请记下一步", "A step that was made stays; record what comes next")
            }
            Self::Others => ("这是别人记的，撤不了", "Somebody else recorded this"),
            Self::ChangedSince => {
                ("之后又有人改过，请直接改", "It was changed since; write what it should say")
            }
            Self::Decision => {
                ("这是对两种说法的裁定，请重新裁定", "This decided between two answers; decide again")
            }
        };
        Label::new(zh, en)
    }
}

impl Forbidden {
    /// What is said of a field that is others' to fill in.
    pub(crate) fn field_words(whose: &Label) -> Label {
        Label::new(format!("这一项由{}填", whose.zh), format!("This is filled in by: {}", whose.en))
    }

    /// What is said of a step that is others' to make.
    pub(crate) fn step_words(whose: Option<&Label>) -> Label {
        whose.map_or_else(
            || Label::new("这一步由别的岗位办", "This step is another role's"),
            |whose| Label::new(format!("这一步由{}办", whose.zh), format!("This is done by: {}", whose.en)),
        )
    }
}

/// Why there was no answer; what is recorded is safe whatever it was.
fn offline(why: TransportError) -> Label {
    let (zh, en) = match why {
        TransportError::Unreachable => {
            ("现在没网。都在手机里，有网自己送", "No network. All is on the phone and goes by itself later")
        }
        TransportError::TimedOut => (
            "网太慢，办公室没应。都在手机里，过会儿自己送",
            "The office did not answer in time. All is on the phone and goes by itself later",
        ),
        TransportError::Status { .. } | TransportError::TooLong => (
            "网络中间有东西拦着，到不了办公室。都在手机里",
            "Something between answers instead of the office. All is on the phone",
        ),
    };
    Label::new(zh, en)
}

/// What is wrong with a request, by the office's word.
fn told_by_the_office(problem: &Problem) -> Label {
    let (zh, en) = match problem {
        Problem::Protocol { .. } => ("请更新应用，再打开", "Please update the app"),
        Problem::Revoked => {
            ("这部手机已被办公室停用，请找办公室", "This phone was stopped by the office; call it")
        }
        Problem::UnknownDevice => {
            ("办公室没有登记这部手机，请找办公室", "This phone is not registered at the office; call it")
        }
        Problem::CodeInvalid => {
            ("码不对、用过或过期了，请办公室再给一个", "The code is wrong, used or too old; ask for another")
        }
        Problem::AlreadyEnrolled => (
            "这部手机登记的是别人，先交还，再登记",
            "This phone is registered for somebody else; hand it over first",
        ),
        Problem::TooManyAttempts => {
            ("这里输错太多次，10 分钟后再试", "Too many wrong codes from here; try again in ten minutes")
        }
        Problem::Busy | Problem::Storage => (
            "办公室正忙。都在手机里，过会儿自己送",
            "The office is busy. All is on the phone and goes by itself later",
        ),
        Problem::NotFound | Problem::WrongGrid => {
            ("这条不在您的网格里，可能换了网格", "Not in a grid of yours; the grid may have changed")
        }
        Problem::Malformed
        | Problem::TooLarge { .. }
        | Problem::NoSession
        | Problem::BadSignature
        | Problem::WrongGeneration
        | Problem::PhotoMismatch => {
            return Label::new(
                format!("没和办公室说通，都在手机里。给办公室报：{}", problem.code()),
                format!(
                    "The office did not take it; all is on the phone. Tell the office: {}",
                    problem.code()
                ),
            );
        }
    };
    Label::new(zh, en)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::areas::cases::NewCase;
    use crate::areas::testing::{TICKED, shutdown};
    use crate::model::{Evidence, HomeEdit, PhotoId, RecordId};
    use crate::playbook::form::{FieldProblem, ProblemCode};
    use crate::testing::TestPhone;

    #[test]
    fn every_error_is_told_in_both_languages_and_blames_nobody() {
        use ButlerError as E;
        let label = || Label::new("客户签字", "customer signs");
        let problem =
            FieldProblem { field: "photo".into(), code: ProblemCode::PhotosMissing, message: label() };
        let errors = [
            E::Locked,
            E::KeyMissing,
            E::WrongKey,
            E::Damaged,
            E::AlreadyOpen,
            E::StorageFull,
            E::NeedsNewerApp,
            E::Closed,
            E::NotEnrolled,
            E::CodeInvalid,
            E::AlreadyEnrolled,
            E::NotHandedIn { edits: 3, photos: 1, rejected: 0, drafts: 2 },
            E::Offline { why: TransportError::Unreachable },
            E::Offline { why: TransportError::Status { status: 407 } },
            E::NotAnOffice,
            E::Office { problem: Problem::Revoked },
            E::Office { problem: Problem::Malformed },
            E::forbidden("quote", Some(&label())),
            E::EvidenceMissing { problems: vec![problem] },
            E::StepNotPossible { step: "sign".into(), why: None },
            E::StepNeeds { first: "sign".into(), label: label() },
            E::NotFound,
            NotUndoable::Step.into(),
            NotUndoable::Others.into(),
            NotUndoable::ChangedSince.into(),
            NotUndoable::Decision.into(),
            E::invalid("place", super::super::InputProblem::PlaceMissing),
            E::AlreadySubmitted { record: RecordId([1; 16]) },
            E::PhotoMissing { photo: PhotoId([1; 32]) },
            E::BadPlaybook { reason: "repair.toml:3".to_owned() },
            E::internal("S-12"),
        ];
        for error in errors {
            let Label { zh, en } = error.words();
            assert!(!zh.is_ascii() && !zh.contains(['！', '你', '{']), "{error:?}: {zh}");
            assert!(en.chars().count() > 5 && !en.contains(['!', '{']), "{error:?}: {en}");
        }
        assert_eq!(E::StepNeeds { first: "sign".into(), label: label() }.words().zh, "先办：客户签字");
    }

    #[test]
    fn what_another_role_does_says_whose_it_is() {
        let bench = TestPhone::new(&["butler"]);
        let home = bench.home("501");
        let edit = HomeEdit { arrears: 100.into(), ..HomeEdit::default() };
        let words = bench.butler.homes().edit(home, edit).unwrap_err().words();
        assert_eq!(words.zh, "这一项由财务填");
        bench.publish(&[TICKED]);
        let case = shutdown(&bench, "502");
        let refused =
            bench.butler.cases().take(case, &"measure".into(), Evidence::default(), "").unwrap_err();
        assert_eq!(refused.words().zh, "这一步由工程办");
        let nowhere = bench.butler.cases().open(&NewCase::default()).unwrap_err();
        assert_eq!(nowhere.words().zh, "请选在哪里");
    }
}

//! What can be wrong with an input: a table of reasons with what is told to the user.

use super::ButlerError;
use crate::crdt::{CrdtError, GateError, limit};
use crate::model::fields::{FieldError, Type};
use crate::playbook::Label;

/// Declares the reasons, each with its words. `{name}` stands for what the input is called, `{n}` for a number.
macro_rules! reasons {
    ($($(#[$doc:meta])* $reason:ident: $zh:literal, $en:literal;)+) => {
        /// What is wrong with an input. Never repeats the input.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
        #[non_exhaustive]
        pub enum InputProblem { $($(#[$doc])* $reason,)+ }

        impl InputProblem {
            /// Every reason there is.
            pub const ALL: &'static [Self] = &[$(Self::$reason,)+];

            /// What to tell the user, with places for what the input is called and for a number.
            #[must_use]
            pub fn words(self) -> Label {
                match self { $(Self::$reason => Label::new($zh, $en),)+ }
            }
        }
    };
}

reasons! {
    /// The edit says what the record says already.
    NothingChanged: "没有改动，不用再记", "nothing was changed";
    /// Neither a place nor a record was named.
    PlaceMissing: "请选在哪里", "say where it is";
    /// No home and no person was named.
    SubjectMissing: "请选是哪一户、哪一位", "say which home or person it is about";
    /// The workflow is not for what the case is about.
    WrongSubject: "这个流程不是办这类事的，请换一个流程", "this workflow is not for that; choose another";
    /// A person without a name.
    NameMissing: "请填姓名", "a name is needed";
    /// Needed, and not there.
    Missing: "请填“{name}”", "“{name}” is needed";
    /// The playbooks in force have no such workflow, form or checklist.
    UnknownProcedure: "规程里没有这一项，可能已经改版", "the procedures have no such thing any more";
    /// The workflow has no such step.
    UnknownStep: "这个流程里没有这一步，可能已经改版", "the workflow has no such step";
    /// The checklist has no such item, or the point has none.
    UnknownItem: "检查表里没有这一项，可能已经改版", "the checklist has no such item here";
    /// The checklist has no such point.
    UnknownPoint: "检查表里没有这个点位，可能已经改版", "the checklist has no such point";
    /// Records of this kind have no such field.
    UnknownField: "档案里没有“{name}”这一项，请更新应用再填", "the record has no field “{name}”; update the app";
    /// The step opens no case.
    NotAnOpening: "不能从这一步开始", "a case is not opened by this step";
    /// The version in force runs the case already.
    VersionInForce: "已经按现行规程在办，不用换", "the version in force runs this case already";
    /// A case linked with itself.
    LinkedWithItself: "不能和自己关联，请选另一件", "a case is not linked with itself";
    /// Not a word of the playbooks' terms.
    UnknownWord: "请从“{name}”的选项里选", "choose one of the options of “{name}”";
    /// The field is not in conflict any more.
    Resolved: "这一项已经定过了", "this has been decided already";
    /// An empty photo, or one over 20 MiB.
    PhotoSize: "照片是空的或超过 20 MB，请重拍", "a photo has 1 byte to 20 MiB; take it again";
    /// The photo cannot be shown small: not a JPEG or PNG, damaged, or larger than any camera takes.
    PhotoUnreadable: "这张照片打不开预览", "this photo cannot be shown small";
    /// The code belongs to no place.
    UnknownCode: "这不是任何点位的码", "this code belongs to no place";
    /// The code is another place's than the point's.
    OtherPlacesCode: "这是“{name}”的码，不是这个点位的，请到点位上扫", "this is the code of “{name}”, not of this point; scan the one that hangs there";
    /// No QR code of an office for enrolling.
    NotAnEnrolmentCode: "这不是登记手机的码，请扫办公室给的那张", "this is not a code for enrolling; scan the one from the office";
    /// Not a distance.
    NotADistance: "距离没量到，请再试一次", "the distance was not measured; try again";
    /// The form was opened over another record.
    OtherRecord: "这张表是给另一条记录开的，请重新打开", "the form was opened over another record; open it again";
    /// Text that is no identifier of this library.
    NotAnId: "认不出这一条，请从列表里重选", "not an identifier of this library; choose it from the list";
    /// No such day, month or year.
    NoSuchDate: "没有这个日期，请看一下", "there is no such date";
    /// The next contact is not after this one.
    NextContactEarlier: "下次联系要晚于这一次", "the next contact must be later than this one";
    /// A mobile number with digits missing.
    PhoneShort: "电话少 {n} 位，请看一下", "{n} digit(s) of the telephone are missing";
    /// A mobile number with digits too many.
    PhoneLong: "电话多 {n} 位，请看一下", "the telephone has {n} digit(s) too many";
    /// No telephone number has these digits.
    NotAPhone: "这不是电话号码，请看一下", "this is not a telephone number";
    /// Not a number.
    NotANumber: "“{name}”要填数字", "“{name}” is a number";
    /// The value is of another type than its field.
    WrongType: "“{name}”的填写方式不对", "“{name}” is not filled in correctly";
    /// Text over its limit, in characters.
    TooLong: "最多 {n} 个字，请短一些", "at most {n} characters";
    /// A change of text outside the text.
    OutsideText: "文字已经变了，请重新打开再改", "the text has changed; open it again";
    /// A field that is written once.
    WrittenOnce: "这一项只能填一次", "this is written once";
    /// More at once than one edit may hold.
    TooMuch: "一次写得太多，请分几次记", "too much at once; record it in parts";
    /// A record may not hold this.
    NotRecordable: "这样记不了，请重新打开再记", "this cannot be recorded; open it again";
}

impl InputProblem {
    /// The words, filled in.
    fn with(self, name: Label, number: Option<usize>) -> Label {
        let number = number.map(|number| ("n", Label::same(number.to_string())));
        self.words().fill(&[("name", name)].into_iter().chain(number).collect())
    }
}

impl ButlerError {
    /// An input that does not fit.
    pub(crate) fn invalid(field: impl Into<String>, reason: InputProblem) -> Self {
        let field = field.into();
        Self::InvalidInput { words: reason.with(Label::same(field.clone()), None), field, reason }
    }

    /// A field that does not fit, by the name people give it.
    pub(crate) fn invalid_field(path: &str, name: Label, reason: InputProblem) -> Self {
        Self::InvalidInput { field: path.to_owned(), reason, words: reason.with(name, None) }
    }

    /// An input that is off by a number, or over it.
    pub(crate) fn invalid_by(field: impl Into<String>, reason: InputProblem, number: usize) -> Self {
        let field = field.into();
        Self::InvalidInput { words: reason.with(Label::same(field.clone()), Some(number)), field, reason }
    }
}

impl From<FieldError> for ButlerError {
    fn from(error: FieldError) -> Self {
        use InputProblem as P;
        let path = error.path.as_str();
        if let Some(over) = error.digits_over {
            let reason = if over < 0 { P::PhoneShort } else { P::PhoneLong };
            return Self::invalid_by(path, reason, over.unsigned_abs());
        }
        let reason = match error.spec.ty {
            Type::Int | Type::Real | Type::Fen => P::NotANumber,
            Type::Date | Type::PartialDate | Type::Birthday | Type::Moment => P::NoSuchDate,
            Type::Phone => P::NotAPhone,
            Type::Choice(_) | Type::Code => P::UnknownWord,
            Type::Record | Type::Place | Type::Staff => P::NotAnId,
            Type::Bool | Type::Text | Type::Member | Type::Event | Type::Note | Type::Any => P::WrongType,
        };
        Self::invalid_field(path, Label::of_field(error.spec), reason)
    }
}

impl From<CrdtError> for ButlerError {
    fn from(error: CrdtError) -> Self {
        use CrdtError as E;
        match error {
            E::Nothing => Self::invalid("edit", InputProblem::NothingChanged),
            E::UnknownVersion { .. } => Self::NeedsNewerApp,
            E::Position { path } => Self::invalid(path, InputProblem::OutsideText),
            E::NotAllowed(GateError::TooLarge { limit, path: Some(path) }) if limit == limit::TEXT => {
                Self::invalid_by(path, InputProblem::TooLong, limit)
            }
            E::NotAllowed(reason) => {
                let problem = match reason {
                    GateError::TooLarge { .. } => InputProblem::TooMuch,
                    GateError::WriteOnce { .. } => InputProblem::WrittenOnce,
                    _ => InputProblem::NotRecordable,
                };
                Self::invalid(reason.path().unwrap_or("edit"), problem)
            }
            _ => Self::internal("document"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Kind, fields};

    #[test]
    fn every_reason_is_told_in_both_languages_without_a_place_left_open() {
        for reason in InputProblem::ALL {
            let words = reason.with(Label::new("电话", "telephone"), Some(1));
            assert!(words.zh.chars().count() <= 40 && !words.zh.is_ascii(), "{words:?}");
            assert!(words.en.chars().count() > 10 && !words.en.contains('–'), "{words:?}");
            assert!(!words.zh.contains(['{', '–', '！']), "{words:?}");
        }
    }

    #[test]
    fn a_telephone_says_how_many_digits_are_missing_and_a_field_what_it_is_called() {
        let wrong = |kind, path: &str, value: crate::model::Value| {
            let error = fields::stored(kind, path, value.clone())
                .and_then(|value| fields::check(kind, path, &value))
                .unwrap_err();
            match ButlerError::from(error) {
                ButlerError::InvalidInput { words, .. } => words.zh,
                other => panic!("{other:?}"),
            }
        };
        let phone = |typed: &str| wrong(Kind::Resident, "phone/7f/number", typed.into());
        assert_eq!(phone("1990000296"), "电话少 1 位，请看一下");
        assert_eq!(phone("199 0000 29600"), "电话多 1 位，请看一下");
        assert_eq!(phone("12345"), "这不是电话号码，请看一下");
        assert_eq!(wrong(Kind::Home, "area", "很大".into()), "“建筑面积”要填数字");
        assert_eq!(wrong(Kind::Contact, "outcome", "empty".into()), "请从“沟通结果”的选项里选");
    }
}

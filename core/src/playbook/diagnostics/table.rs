//! What can be wrong with a playbook, as values, and the one table of the words for it.
//!
//! A check reports a [`Diagnostic`] and knows no sentence; the sentences in both languages stand here, each beside the
//! other, in the words of the person who wrote the file. `{name}` in a sentence is the data of its variant.

use std::fmt;

use chrono::NaiveDate;

use super::Suggestion;
use crate::model::Kind;
use crate::playbook::condition::{MAX_NESTING, MAX_SOURCE};
use crate::playbook::parse::{KINDS, MAX_DEPTH};
use crate::playbook::rule::Subject;
use crate::playbook::schedule::{Gaps, MAX_TEXT};
use crate::playbook::{Label, Language};

const MOST_TEMPLATE: usize = Label::MOST_TEMPLATE;
const MOST_DRAWN: usize = Subject::MOST_DRAWN;

/// Data of a diagnostic as a sentence mentions it.
pub(super) trait Words {
    /// In Chinese.
    fn zh(&self) -> String;
    /// In English.
    fn en(&self) -> String;
}

/// A table of variants: the data of each, its sentence in Chinese, its sentence in English.
macro_rules! sentences {
    (
        $(#[$about:meta])*
        pub enum $name:ident {
            $($variant:ident $(($($field:ident: $data:ty),+))? => $zh:literal, $en:literal;)+
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = $en] $variant $(($($data),+))?,)+
        }

        impl Words for $name {
            fn zh(&self) -> String {
                match self {
                    $(Self::$variant $(($($field),+))? => {
                        $($(let $field = Words::zh($field);)+)?
                        format!($zh)
                    })+
                }
            }

            fn en(&self) -> String {
                match self {
                    $(Self::$variant $(($($field),+))? => {
                        $($(let $field = Words::en($field);)+)?
                        format!($en)
                    })+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.en())
            }
        }

        #[cfg(test)]
        impl tests::Sample for $name {
            fn samples() -> Vec<Self> {
                vec![$(Self::$variant $(($(tests::sample::<$data>()),+))?,)+]
            }
        }
    };
}

sentences! {
    /// What is wrong with a playbook, or may not be meant by whoever wrote it.
    pub enum Diagnostic {
        // Files
        Utf16 =>
            "文件是 UTF-16 编码；请用“另存为”，编码选 UTF-8",
            "the file is written in UTF-16; save it again with the encoding UTF-8";
        NotUtf8 =>
            "从这一行起不是 UTF-8 编码（可能是记事本的 ANSI，即 GBK）；请用“另存为”，编码选 UTF-8",
            "from this line on the file is not UTF-8 (Notepad's ANSI, or GBK, perhaps); save it again with the encoding UTF-8";
        FileTooLarge => "文件过大（上限 256 KB）", "the file is too large (at most 256 KB)";
        FileTooDeep =>
            "括号或名称嵌套过深（上限 {MAX_DEPTH} 层）",
            "more than {MAX_DEPTH} tables or lists lie inside each other";
        KindMissing => "缺少 kind（文件类别）", "the file does not say its kind";
        KindNotText => "kind 应为文字", "kind must be a text";
        UnknownKind(kind: String) =>
            "没有“{kind}”这种文件；可用：{KINDS}", "`{kind}` is not a kind of playbook; use one of {KINDS}";
        IdTaken(file: String) => "同一编号已在 {file} 中使用", "this id is already used in {file}";
        RolesMissing => "缺少岗位文件（kind = \"roles\"）", "the set has no file of roles (kind = \"roles\")";

        // Text that is no TOML
        Unquoted =>
            "文字要加英文双引号：\"…\"；是或否写成 true 或 false；日期写成 2026-01-31",
            "a text stands in double quotes: \"…\"; yes or no is true or false; a date is written 2026-01-31";
        QuoteNotClosed =>
            "引号没有配对，文字要在同一行用英文双引号结束", "the quote is not closed: a text ends with \" on its line";
        KeyTwice =>
            "这一项写了两次；可以有多个的，每个都以双方括号 [[…]] 开头",
            "this was given before; of what there may be several, each begins with two brackets, [[…]]";
        InvalidFlag => "只能写 true 或 false（小写）", "only true or false is possible, in small letters";
        CommaMissingInGroup =>
            "{{ }} 里两项之间要有英文逗号；文字里面的引号请用“”或「」",
            "between two things in {{ }} there must be a comma; a quote inside a text is written “” or ''";
        CommaMissingInList =>
            "[ ] 里两项之间缺少英文逗号，或者漏了结尾的 ]",
            "a comma between two things in [ ] is missing, or the closing ]";
        EqualsSignMissing =>
            "缺少等号：应写成 名称 = 值；备注以 # 开头",
            "the equals sign is missing: write name = value; a remark begins with #";
        InvalidKey => "名称只能用字母、数字、- 和 _", "a name may use letters, digits, - and _ only";
        LineBreakMissing => "一行只写一项，这里应换行", "one thing a line: a new line should begin here";
        Backslash => "文字里的反斜杠 \\ 要写两个 \\\\", "a backslash in a text is written twice, \\\\";
        SquareBracketNotClosed => "方括号没有配对，少了 ]", "the bracket is not closed: ] is missing";
        BracketNotClosed => "括号没有配对", "a bracket is not closed";
        FullWidthMark(found: char, plain: char) =>
            "这里用了中文标点 {found} ，请切换到英文输入法改成 {plain} ",
            "`{found}` is a full-width mark; switch the input method and write `{plain}`";
        FullWidthSpace(found: char) =>
            "这里用了中文标点 {found} ，请切换到英文输入法改成空格",
            "`{found}` is a full-width mark; switch the input method and write a plain space";
        Unreadable(message: String) => "写法不对：{message}", "{message}";

        // Keys and values that are not those of a playbook
        UnknownKey(key: String, suggestion: Suggestion) =>
            "这里没有“{key}”这一项，请检查拼写{suggestion}",
            "`{key}` is not known here; check its spelling{suggestion}";
        UnknownValue(value: String, suggestion: Suggestion) =>
            "“{value}”不是可用的取值{suggestion}", "`{value}` is not allowed here{suggestion}";
        EnglishMissing => "缺少英文文字（en）", "the English text (`en`) is missing";
        ChineseMissing => "缺少中文文字（zh）", "the Chinese text (`zh`) is missing";
        KeyMissing(key: String) => "缺少“{key}”", "`{key}` is missing";
        MoreThanOne => "这一组里只能写一项，请删去多余的", "only one of these may be given; take the others out";
        NotADay =>
            "日期应写成 2026-01-31，不加引号，且是真实存在的一天",
            "a date is written 2026-01-31, without quotes, and must be a real day";
        NotAnId =>
            "这里要写编号，不是名称（如 butler，不是“管家”）：只能用英文字母、数字和 . _ - /，不能有空格，最多64个字符",
            "an id is needed here, no name (`butler`): letters, digits and . _ - / only, no spaces, at most 64 characters";
        FlagNeeded =>
            "这里只能写 true 或 false（小写，不加引号）",
            "only true or false is possible here, in small letters and without quotes";
        TablesNeeded => "应写成双方括号 [[…]]，因为可以有多个", "write it with two brackets, [[…]]: there may be several";
        ListNeeded => "这里应是列表，写成 [\"…\", \"…\"]", "a list is needed here: [\"…\", \"…\"]";
        LabelNeeded =>
            "中英文都要写：{{ zh = \"…\", en = \"…\" }}",
            "both languages are needed: {{ zh = \"…\", en = \"…\" }}";
        TextNeeded => "这里应是文字，要加英文双引号", "a text in double quotes is needed here";
        SectionNeeded =>
            "这里应是一段，以单方括号 [ … ] 开头，下面每行写 名称 = 值",
            "a section is needed here: one pair of brackets, [ … ], and below it name = value, one a line";
        NumberNeeded => "这里应是数字，不加引号", "a number is needed here, without quotes";
        GroupNeeded => "这里应是一组内容，写成 {{ 名称 = 值, … }}", "a group is needed here, written {{ name = value, … }}";
        WrongType(found: String, expected: String) =>
            "取值类型不对：{found}，应为 {expected}",
            "the value is of the wrong type: {found}, expected {expected}";
        NotACondition(error: ConditionError) => "{error}", "{error}";
        NotASchedule(error: ScheduleError) => "{error}", "{error}";

        // Ids and texts
        MalformedId(id: String) =>
            "编号“{id}”只能用小写字母、数字和 . _ -，最多64个字符",
            "the id `{id}` may use a-z, 0-9 and . _ - only, at most 64 characters";
        RepeatedId(id: String) => "编号“{id}”重复", "the id `{id}` is used twice";
        EmptyEnglish => "缺少英文文字", "the English text is empty";
        NoChinese => "缺少中文文字", "the Chinese text is missing";

        // What is named and does not exist
        NoRole(id: String, suggestion: Suggestion) =>
            "没有“{id}”这个岗位{suggestion}", "there is no role `{id}`{suggestion}";
        NoGrid(id: String, suggestion: Suggestion) =>
            "办公室没有“{id}”这个网格{suggestion}", "the office has no grid `{id}`{suggestion}";
        NoPlace(id: String, suggestion: Suggestion) =>
            "办公室没有“{id}”这个位置{suggestion}", "the office has no place `{id}`{suggestion}";
        NoWorkflow(id: String, suggestion: Suggestion) =>
            "没有“{id}”这个流程{suggestion}", "there is no workflow `{id}`{suggestion}";
        NoChecklist(id: String, suggestion: Suggestion) =>
            "没有“{id}”这份清单{suggestion}", "there is no checklist `{id}`{suggestion}";
        NoForm(id: String, suggestion: Suggestion) =>
            "没有“{id}”这张表单{suggestion}", "there is no form `{id}`{suggestion}";
        NoRule(id: String, suggestion: Suggestion) =>
            "没有“{id}”这条规则{suggestion}", "there is no rule `{id}`{suggestion}";
        NoState(id: String, suggestion: Suggestion) =>
            "没有“{id}”这个状态{suggestion}", "there is no state `{id}`{suggestion}";
        NoStep(id: String, suggestion: Suggestion) =>
            "没有“{id}”这个步骤{suggestion}", "there is no step `{id}`{suggestion}";
        NoItem(id: String, suggestion: Suggestion) =>
            "没有“{id}”这个检查项{suggestion}", "there is no item `{id}`{suggestion}";
        NoDeadline(id: String, suggestion: Suggestion) =>
            "没有“{id}”这个时限{suggestion}", "there is no deadline `{id}`{suggestion}";
        NoField(path: String, suggestion: Suggestion) =>
            "没有“{path}”这一项{suggestion}", "there is no field `{path}`{suggestion}";
        NoFieldOfKind(kind: Kind, path: String) =>
            "“{kind}”档案没有“{path}”这一项", "a {kind} has no field `{path}`";
        NoValue(path: String, value: String, suggestion: Suggestion) =>
            "“{path}”没有“{value}”这个取值{suggestion}",
            "`{value}` is not a value of `{path}`{suggestion}";
        NoChoices(id: String, suggestion: Suggestion) =>
            "用语文件里没有“{id}”这组选项{suggestion}", "the terms have no list of choices `{id}`{suggestion}";
        NoUnit(id: String, suggestion: Suggestion) =>
            "用语文件里没有单位“{id}”{suggestion}", "the terms have no unit `{id}`{suggestion}";
        NoTerm(id: String) => "用语文件里没有“{id}”", "the terms have no `{id}`";
        NoGroup(pattern: String) => "没有“{pattern}”这一组信息", "there is no group of fields `{pattern}`";
        NoDateOfForm(form: String, date: String) =>
            "表单“{form}”没有日期“{date}”", "the form `{form}` has no date `{date}`";
        NothingToBegin(id: String, kind: Kind) =>
            "没有“{id}”，或者它不产生“{kind}”这类记录，请检查拼写",
            "nothing called `{id}` makes a record of kind {kind}; check its spelling";
        Nobody => "没有岗位可以办理", "no role may do this";
        NoWorkflowNamed => "至少写一个流程", "at least one workflow is needed";
        NoStepNamed => "至少写一个步骤", "at least one step is needed";
        NoValueNamed => "至少写一个取值", "at least one value is needed";
        NothingNamed => "至少写一个", "at least one is needed";
        NotIndexed(path: String) =>
            "“{path}”没有索引，不能用来挑选或统计",
            "`{path}` is not indexed: nothing can be selected or counted by it";

        // Conditions
        ConditionsTooCostly =>
            "这套规程的条件太多太长，无法逐一试算；请删减或缩短",
            "the conditions of the set are too many and too long to be tried; shorten them or take some out";
        ConditionNamesUnknown(name: String, suggestion: Suggestion) =>
            "条件里的“{name}”在这里不存在，请检查拼写{suggestion}",
            "the condition mentions `{name}`, which does not exist here; check its spelling{suggestion}";
        ConditionWordUnknown(word: String, suggestion: Suggestion) =>
            "条件里的“{word}”不是任何一个选项{suggestion}",
            "`{word}` in the condition is none of the options{suggestion}";
        ConditionFails(error: EvaluationError) => "{error}", "{error}";

        // Forms
        ReadersOfNoRegister =>
            "read_by 只用于登记表；房屋、住户、沟通记录由岗位文件决定谁能看",
            "read_by is for rows of registers; who reads homes, residents and contacts is said by the roles";
        FormOfCourse =>
            "工单和巡视的内容由流程和清单决定，不能用表单填写",
            "cases and rounds are filled by workflows and checklists, not by forms";
        SnoozeWithoutDate =>
            "延后待办的表单必须有必填的日期“until”",
            "a form that puts something off needs the required date `until`";
        ProposalAboutNothing =>
            "表单没有写明登记的是哪类档案（subject），无法建议取值",
            "the form does not say what record it is about (subject), so it cannot propose a value";
        ProposalWithoutLabel(path: String) =>
            "请用 label 写明建议“{path}”填什么", "say by `label` what is proposed for `{path}`";
        NotAValue(path: String) => "“{path}”不能取这个值", "this is not a value of `{path}`";
        UnlikeField(id: String) =>
            "“{id}”的类型或选项与档案不符", "the type or options of `{id}` do not fit the record's field";
        ReservedName(id: String) => "“{id}”是系统保留的名称", "`{id}` is a name the workflow itself uses";
        ForChecklistsOnly => "只有检查清单可以用这一项", "only a checklist may use this";
        RoleWithoutMoney(role: String) => "岗位“{role}”不能填写金额", "the role `{role}` may not enter money";
        MoneyRequiredOfNobody =>
            "金额只能由 entered_by 列出的岗位填写，没有岗位时不能必填",
            "money is entered by the roles of entered_by only; without any it cannot be required";
        MustBeNoFlag => "只有是否题可以要求必须为“是”", "only a flag can be asked to be yes";
        MustInChecklist =>
            "清单里的“否”是发现的问题，要记下来：请用 fails_when",
            "in a checklist a no is a finding to be recorded: use fails_when";
        ChoiceWithoutOptions => "选择题没有选项", "a choice without options";
        OptionsWithoutChoice => "只有选择题可以有选项", "only a choice may have options";
        RepeatedOption(id: String) => "选项“{id}”重复", "the option `{id}` is given twice";
        NormalIsFinding => "不合格的选项不能是正常的那个", "an option that is a finding is not the normal one";
        UnitOfNoNumber(unit: String) => "只有数字和金额可以有单位（{unit}）", "only numbers and money have a unit ({unit})";
        NumberWithoutUnit => "数字必须写明单位", "a number needs its unit";
        SumMisplaced =>
            "这里不能有由系统算出的项：登记表、整个流程、整个检查表的 [[field]] 才可以",
            "nothing is worked out here: that is for the [[field]] of a register's form, of a whole workflow or of a whole checklist";
        SumOfNoNumber => "由系统算出的只能是数字或金额", "what is worked out is a number or money";
        SumAnswered(key: String) =>
            "由系统算出的项没人填，请去掉“{key}”", "nobody answers what is worked out; take `{key}` out";
        SumPartUnclear =>
            "每一部分只写一个来源：answer、each、rows、beside、about、having、having_beside、metric、points_of 或 score",
            "each part says one thing it comes from: answer, each, rows, beside, about, having, having_beside, metric, points_of or score";
        CountsAsNoWord(word: String, suggestion: Suggestion) =>
            "as 要写这张词表原有的词，没有“{word}”{suggestion}",
            "`as` names a word the list has by itself, and `{word}` is none{suggestion}";
        CountsAsItself(word: String) =>
            "“{word}”是词表里原有的词，只能改叫法，不能再用 as 算作别的词",
            "`{word}` is a word the list has by itself: it may be called otherwise, but counts as no other";
        CountNotKnownHere(id: String) =>
            "“{id}”数的是别的档案，这里看不到；能看它的有：办理时填的题、requires、步骤之后的规则",
            "`{id}` counts other records, which are not looked at here; the questions of a step, `requires` and rules after a step may look at it";
        DayNotKnownHere(id: String) =>
            "“{id}”数的是一天或一段时间的工作，规则看不到；表单自己的题和单据可以看",
            "`{id}` tells of the work of a day or more, which rules do not look at; the form’s own questions and slips may";
        MetricOfNoDay(id: String) =>
            "指标“{id}”不能按天、按月数：只能是数个数或求和，不能是占比、平均、时长、金额、现状",
            "the metric `{id}` does not count days: it must count or add up what happened, no share, average, time, money or records as they stand";
        RowOfOthers(role: String, form: String) =>
            "“{form}”不由岗位“{role}”填写（见表单的 roles 和必填题的 entered_by），不能要求他交",
            "the role `{role}` does not enter rows of `{form}` (its `roles`, `entered_by` of what is required), so none is asked of it";
        OnceUnlike(id: String) =>
            "once 里的“{id}”应是登记表的必填日期或单选题", "`{id}` in `once` is no required date or choice of a register";
        SumPartUnlike(key: String) =>
            "这一部分用不上“{key}”，或者缺少它", "this part has no use for `{key}`, or lacks it";
        SumNotThere(id: String, suggestion: Suggestion) =>
            "这里没有可以相加的“{id}”：只能是填写的数字，或写在它前面的合计{suggestion}",
            "there is no `{id}` here to add up: it is a number that is answered, or a sum that stands before this one{suggestion}";
        SumOfMoney(id: String) =>
            "金额只能和金额相加：“{id}”不合适", "money is added to money alone: `{id}` does not fit";
        SumNotDated(form: String, date: String) =>
            "表单“{form}”的“{date}”应是必填的日期", "`{date}` of the form `{form}` is not a required date";
        BoundsOfNoNumber => "只有数字可以有上下限", "only numbers have bounds";
        BoundsCrossed => "下限大于上限", "the lower bound is above the upper bound";
        LengthOfNoText => "只有文字可以限制字数", "only a text has a length";
        CountOfNoPhoto => "只有照片可以要求张数", "only photos are counted";

        // Workflows
        NoFirstAnswer(id: String, suggestion: Suggestion) =>
            "用语 first_question 里没有“{id}”这个回答{suggestion}",
            "`{id}` is no answer of the list `first_question`{suggestion}";
        PrefilledOfNoCase =>
            "prefilled_from 只用于流程的步骤：别处没有前面的回答",
            "prefilled_from is for the steps of a workflow: elsewhere nothing was answered before";
        NotAskedEarlier(id: String, suggestion: Suggestion) =>
            "别的步骤没有问“{id}”{suggestion}", "no other step asks `{id}`{suggestion}";
        PrefilledUnlike(id: String) =>
            "“{id}”的答法与这一题不同，不能照抄", "`{id}` is answered in another way than this question";
        PrefilledUnread(role: String) =>
            "“{role}”看不到工单前面的回答，不能替他填好",
            "`{role}` may not read what was answered before, so it cannot stand there";
        HandlerCannotRead(role: String) =>
            "“{role}”不在 read_by 里，看不到这类工单，办不了",
            "`{role}` is not in read_by: whoever handles a case must be able to read it";
        NoWordOfContact(word: String) =>
            "“{word}”不能用来登记沟通：渠道、结果写沟通记录的代码，或本步骤的选择题；内容是文字题，满意度是评分题",
            "`{word}` says nothing a contact has: a channel and an outcome are codes of contacts or choices this step asks, a summary is a text, a satisfaction a score";
        SetsNoSubject(kind: Kind) =>
            "这个流程不办理“{kind}”，没有档案可写；subjects 里要有它，且只能是房屋或住户",
            "a case of this workflow is about no {kind}, so there is nothing to write: name it among the subjects; a home or a resident";
        NotSetBySteps(path: String) =>
            "“{path}”不能由步骤写入：只能是档案的一个普通项目，不能是成组资料、备注，也不能是办公室建档的项目",
            "`{path}` is not written by steps: only a plain field of the record is, no part of a list, no note, nothing of the office's";
        RequiredOfNoSubject(subject: String) =>
            "这个流程不办理“{subject}”；requires 只能问 home、resident（要在 subjects 里）或 case（工单本身）",
            "a case of this workflow is about no {subject}: a step requires something of a home or resident among the subjects, or of the `case` itself";
        RequiresNothing =>
            "没有写要满足什么：where、unless、having、lacking、ordered 至少写一项",
            "it does not say what must hold: give `where`, `unless`, `having`, `lacking` or `ordered`";
        SetsUnasked(id: String) => "本步骤没有问“{id}”", "this step does not ask `{id}`";
        SetsByNoRole(role: String, path: String) =>
            "“{role}”可以办这一步，却不能写“{path}”；请调整岗位文件或本步骤的 roles",
            "`{role}` may make this step and may not write `{path}`: change the file of roles or the roles of the step";
        KeptFromNobody(id: String) =>
            "“{id}”不是任何步骤里选员工（staff）的问题，不知道对谁保密",
            "`{id}` is no question of type `staff` in any step: it names nobody to keep a case from";
        NamesNobody(id: String, suggestion: Suggestion) =>
            "“{id}”不是任何步骤里选员工（staff）的问题{suggestion}",
            "`{id}` is no question of type `staff` in any step{suggestion}";
        CannotMeet(role: String) =>
            "“{role}”办不了 until 里的任何一步，时限不会轮到他",
            "`{role}` may make none of the steps in `until`: the deadline is never its turn";
        LeavesEnd(state: String) =>
            "“{state}”已是结束状态，只能用 reopen 重新打开",
            "the state `{state}` is an end; a case leaves it by reopen only";
        OpensIntoNothing => "开单步骤要写明进入的状态（to）", "an opening step needs `to`";
        OpensFromState => "开单步骤不能有 from", "an opening step has no `from`";
        StepInNoState => "没有写明在哪些状态可以办理（from）", "the step says in no state it is possible";
        AsideOfNoMove =>
            "aside 只用于改变状态（to）的步骤，开单步骤不能用",
            "only a step that leads to another state is aside, and none that opens a case";
        WhenNotUnused => "没有写 when，when_not 永远不会用到", "without `when` nobody ever reads `when_not`";
        OpensAfterSteps => "开单步骤之前没有别的步骤", "nothing can be made before a step that opens a case";
        StepUnreachable(id: String) =>
            "步骤“{id}”永远办不了：它所需的步骤互相等待，或走不到",
            "`{id}` can never be made: what it needs waits for itself, or cannot be reached";
        QuestionDiffers(id: String) =>
            "“{id}”在另一步骤里类型、单位或选项不同", "`{id}` has another type, unit or options in an earlier step";
        ReopensIntoEnd => "重新打开后不能进入结束状态", "reopening cannot lead to an end";
        NoOpeningStep => "没有开单步骤（opens = true）", "no step opens a case (opens = true)";
        NoEndState => "没有结束状态（end = true）", "no state ends a case (end = true)";
        StateUnreachable(id: String) => "没有步骤能进入状态“{id}”", "no step leads to the state `{id}`";
        StateWithoutEnd(id: String) => "状态“{id}”走不到任何结束状态", "from the state `{id}` no end can be reached";
        SpanTooLong => "期限过长（上限约100年）", "the time allowed is too long (about 100 years at most)";

        // Checklists
        NoPoint => "清单没有点位", "the checklist has no point";
        NoArticleNamed(id: String, suggestion: Suggestion) =>
            "案例库里没有“{id}”这一篇{suggestion}", "no library has an article `{id}`{suggestion}";
        NoIdentity(id: String, suggestion: Suggestion) =>
            "用语文件里没有“{id}”这个身份{suggestion}", "the terms have no identity `{id}`{suggestion}";
        NoPlaceKind(id: String, suggestion: Suggestion) =>
            "没有“{id}”这类点位{suggestion}", "there is no kind of place `{id}`{suggestion}";
        LocationWithoutBound =>
            "用定位到位的点位要写明多近才算（location_within_m）",
            "a point at a place that is proven by location needs to know how near (location_within_m)";
        AnsweredElsewhere(id: String) =>
            "“{id}”在别的点位回答，那里可能有好几处，这里的条件不能用它",
            "`{id}` is answered at another point, at several places perhaps: a condition here cannot mention it";
        InvalidWindow =>
            "时段应写成 08:30，且开始早于结束；跨零点的时段（如 23:00 到 01:00）最长12小时",
            "a part of the day is written 08:30 and begins before it ends; one over midnight (23:00 to 01:00) lasts 12 hours at most";

        // Rules
        RuleTaken(id: String, file: String) =>
            "规则“{id}”已在“{file}”中", "the rule `{id}` is already in `{file}`";
        DueWithoutTime => "没有写明期限（within）", "the rule does not say how long (within)";
        NoDateAnswer(id: String) => "流程里没有日期问题“{id}”", "the workflow asks no date `{id}`";
        NoDateOfRecord(path: String) => "“{path}”不是档案里的日期", "`{path}` is not a date of the record";
        NoFlagOfRecord(path: String) => "“{path}”不是档案里的是否题", "`{path}` is not a yes-or-no field of the record";
        NoFestival(id: String, suggestion: Suggestion) =>
            "工作日历里没有“{id}”这个节日{suggestion}", "the calendar has no festival `{id}`{suggestion}";
        LongerThanAYear =>
            "提前、期限和 late_days 合计不能超过330天：明年的这一天来之前，今年的要过去",
            "the days before, the time allowed and `late_days` add up to more than 330 days: this year's is over before next year's comes";
        LunarUnknown =>
            "工作日历里没有农历年（[[lunar]]），算不出农历日子",
            "the calendar has no lunar years ([[lunar]]), so no lunar day can be told";
        LunarEnded(year: i32) =>
            "工作日历的农历只到{year}年，这条规则不会产生待办；请在日历文件里补上以后的农历年",
            "the calendar's lunar years end with {year}, so this rule brings nothing about: add the years to the file of the calendar";
        LunarEnds(year: i32) =>
            "工作日历的农历只到{year}年，此后这条规则不再产生待办；请在那之前换上新的日历文件",
            "the calendar's lunar years end with {year}: after it this rule brings nothing about, unless the calendar is replaced before";
        PlaceholderUnfilled(name: String) =>
            "说明里的“{{{name}}}”无处取值，请检查拼写：花括号里写步骤中问题的编号",
            "nothing fills `{{{name}}}` in the reason; check its spelling";
        NotAddressed(question: String) =>
            "“{question}”不能用来指定岗位：每个流程都要问这一项，选项的编号都是 roles 里的岗位",
            "`{question}` addresses nobody: each workflow asks it, and the ids of its options are among the roles";
        NotAPerson(question: String) =>
            "“{question}”不能用来指定人：每个流程都要问这一项，类型是 staff",
            "`{question}` names nobody: each workflow asks it, as a question of type `staff`";
        NothingFollows(state: String, by: String) =>
            "走完“{by}”停在状态“{state}”，没有时限也没有规则催着往下办：只能翻列表才找得到",
            "after {by} a case stands in `{state}` and nothing is due: it is found by leafing through lists alone";
        DeadlineSaidTwice(workflow: String, deadline: String) =>
            "流程“{workflow}”的时限“{deadline}”自己会出现在今日待办，这条规则又说了一遍",
            "the deadline `{deadline}` of `{workflow}` is on Today by itself; this rule says it again";
        ReasonTooLong =>
            "说明过长（上限{MOST_TEMPLATE}字）",
            "the reason is too long (at most {MOST_TEMPLATE} characters)";
        ScheduleNever => "这个周期里没有任何一天，请检查月份和日期", "no day ever fits this schedule";
        ScheduleGaps(gaps: Box<Gaps>) => "{gaps}", "{gaps}";
        RelatedToNoRecord =>
            "having 和 lacking 只用于针对房屋、住户等档案的规则",
            "`having` and `lacking` are for rules about homes, people and other records";
        DrawnSoMany =>
            "drawn 是每个网格抽几个，写1到{MOST_DRAWN}",
            "`drawn` says how many of each grid are drawn: 1 to {MOST_DRAWN}";
        DrawnOfNone =>
            "drawn 只用于按周期（every）、针对房屋、住户等档案或位置的规则，且不能同时写 at_once",
            "`drawn` is for rules by periods (`every`) about homes, people, other records or places, without `at_once`";
        NowhereInParticular =>
            "这条规则的对象没有具体位置：全小区的规则不能写 grids 和 places，针对网格的不能写 places",
            "what this rule is about lies nowhere in particular: `grids` and `places` are not for the community, `places` not for grids";
        PartsOfNoDay =>
            "parts 只用于每天的周期（FREQ=DAILY，没有间隔），期限由各时段自己写明，due 里不写 within 和 shown_days_before",
            "`parts` are for a daily schedule (FREQ=DAILY) and say themselves until when: `due` has no `within` and no `shown_days_before`";
        PartsOutOfOrder =>
            "时段应写成 08:30，一个接一个、不重叠，都在当天之内",
            "the parts of a day are written 08:30, one after the other, and lie within the day";
        OutcomesOfNoContact =>
            "outcomes 只用于以沟通记录（contact）完成的待办", "`outcomes` is for what a contact answers";
        OutcomeInWhere =>
            "沟通结果写在 outcomes，不写在 where：没联系上的要记为试过",
            "say the outcome in `outcomes`, not in `where`: a contact that met nobody is remembered as tried";
        EffortTooLong => "effort 的分钟数不能超过一个工作日（480）", "`effort` takes at most a working day (480 minutes)";
        OpportunityObliges =>
            "借机拜访（opportunity）不是必做的事：urgency 只能是 low，也不能是 promised",
            "an `opportunity` obliges nobody: its urgency is `low`, and it is not `promised`";
        AtOnceNone => "at_once 至少为 1", "`at_once` is one at least";
        AtOnceOfFew =>
            "at_once 只用于按周期或按日期、针对房屋、住户等档案的规则",
            "`at_once` is for rules by periods or dates about homes, people and other records";
        ShownBeforeKnown =>
            "提前天数比期限还长，而事情发生之前没有日期可算",
            "more days before than the time allowed, and no date is known before it happens";
        EachOfAll =>
            "each = true 涉及片区内的每一个对象，必须用 where 选出是哪些",
            "`each` concerns every subject of the grid: say which by `where`";
        EachOfEntry => "针对登记行本身的规则不能用 each", "a rule about the row itself has no `each`";
        NotComparable(workflow: String, question: String) =>
            "流程“{workflow}”没有可以比较的问题“{question}”",
            "the workflow `{workflow}` asks no question `{question}` that can be compared";
        FewerThanTwo => "至少两件才算一起发生", "fewer than two are not together";
        GroupedByRecord =>
            "一起发生的工单只能按房屋、住户、地点、片区或小区归在一起",
            "a group is made by a home, a resident, a place, a grid or the community";
        SubjectNotListed(workflow: String, subject: String) =>
            "流程“{workflow}”不能用于“{subject}”：它的 subjects 里没有这一类",
            "a case of `{workflow}` cannot be about a {subject}: its subjects do not list it";
        AnsweredIfOfWork =>
            "answered_if 只用于沟通记录和登记；事项由步骤完成，巡查走完才算",
            "`answered_if` is for contacts and rows; a case is answered by steps, a round when it is complete";
        AsksWithoutAnswer(asks: String) =>
            "填了“{asks}”，事项也不会完成：asks 只能写 unless 里缺的那一项，或住户的 phone/*/verified",
            "an answer to `{asks}` would not answer the item: `asks` names a field that `unless` leaves out, or `phone/*/verified` of a resident";
        WhereWithoutAny => "只有 any = true 时才能写 where", "`where` needs `any = true`";
        StepsWithoutTrigger => "只有步骤触发的规则才能由步骤完成", "only a rule after a step is answered by steps";

        // Metrics
        MetricTaken(id: String, file: String) =>
            "指标“{id}”已在“{file}”中", "the metric `{id}` is already in `{file}`";
        TermWithoutMeaning(term: String) =>
            "用语文件里缺少“{term}”及其含义（means）", "the terms lack `{term}` with its meaning (means)";
        SeveralMeasures =>
            "share、filled、sum、average、median 只能写一种",
            "give only one of share, filled, sum, average and median";
        ShareOfAll => "没有写明占哪一部分", "it does not say which part";
        PortOfNoCase => "只有工单有端口", "only cases have a port";
        DoneByNobody => "这些内容没有经办人", "nobody did this: say `grid`";
        TimeWithoutUnit => "时长要写明单位：min、h 或 day", "a length of time needs its unit: min, h or day";
        YuanOfNoMoney => "只有金额可以用元", "only money is shown in yuan";
        Misplaced => "这里不能用这一项", "this does not go with what is looked at";
        NotARecord =>
            "只能数档案：home、resident、case、entry、contact",
            "only records can be counted: home, resident, case, entry, contact";
        NotRecorded =>
            "这里只能数沟通、巡视和登记：contact、round、entry",
            "only contacts, rounds and rows of registers are counted here: contact, round, entry";
        ConditionMisplaced =>
            "这里不能写条件，请用 where、unless、dates", "no condition goes here; use where, unless and dates";
        OutcomeImpossible(outcome: &'static str, possible: Vec<&'static str>) =>
            "这里没有“{outcome}”这种结果；可用：{possible}",
            "`{outcome}` does not come out here; possible: {possible}";
        NotADate(path: String) => "“{path}”不是日期", "`{path}` is not a date of the record";
        NotAReference(path: String) => "“{path}”不指向其他档案", "`{path}` does not refer to a record";
        NotANumber(name: String) =>
            "没有“{name}”这一项，或它不是可以相加的数", "there is no `{name}` here that is a number to be added up";

        // Templates of slips
        NoProcedure(id: String, suggestion: Suggestion) =>
            "没有“{id}”这个流程、清单或表单{suggestion}",
            "there is no workflow, checklist or form `{id}`{suggestion}";
        NotOnPaper(name: String, suggestion: Suggestion) =>
            "没有“{name}”这一项可填到单据上（照片和签名除外）{suggestion}",
            "there is no `{name}` that goes onto a slip (photos and signatures do not){suggestion}";
        CourseOfNoCase => "只有流程有办理步骤（course、after）", "only a workflow has steps (course, after)";
        PointsOfNoRound => "只有巡查清单有点位（points）", "only a checklist has points";
        NoMetric(id: String, suggestion: Suggestion) =>
            "没有“{id}”这个指标{suggestion}", "there is no metric `{id}`{suggestion}";
        MetricsOfNoMonth =>
            "month 要写这张表单里问日期的一项", "month names a question of the form that asks for a day";
        EmptyPaper => "单据没有内容", "the slip has nothing on it";

        // Libraries, roles, terms, calendars
        NoArticle => "案例库没有内容", "the library has no article";
        RepeatedRole(id: String) => "岗位“{id}”重复", "the role `{id}` is given twice";
        TermTwice(term: String, other: String, here: String) =>
            "“{term}”在两个用语文件里都有：{other} 和 {here}",
            "`{term}` is defined by two files of terms: {other} and {here}";
        ListOfCore(list: String) =>
            "“{list}”是系统自带的词表，不能整个替换；要增加或改叫法，请写在 [added] 里",
            "`{list}` is a list of the core and is not replaced; what is added to it, or called otherwise, stands under [added]";
        RepeatedYear(year: i32) => "{year}年重复", "the year {year} is given twice";
        InvalidHoliday => "假期的起止日期不对或不在这一年", "the holiday ends before it begins, or lies outside its year";
        NoMakeUpDay(day: NaiveDate) =>
            "{day}不是这一年可以调休上班的周末", "{day} is not a weekend day of this year outside the holidays";
        NotADayOfAYear(text: String) =>
            "“{text}”不是一年里的一天，应写成 08-15", "`{text}` is not a day of a year; write it like 08-15";
        LunarYearOff(year: i32) =>
            "农历{year}年不对：应有12个月（闰年13个月，写明 leap），每月29或30天，各月加起来正好到下一年的正月初一",
            "the lunar year {year} is off: it has 12 months (13 with `leap`) of 29 or 30 days, which end where the next year begins";
    }
}

sentences! {
    /// A text that is no condition.
    pub enum ConditionError {
        TooLong => "条件过长（上限 {MAX_SOURCE} 字节）", "the condition is longer than {MAX_SOURCE} bytes";
        TooDeep =>
            "条件里的括号嵌套过深（上限 {MAX_NESTING} 层）；可拆成几条",
            "the condition has more than {MAX_NESTING} brackets inside each other";
        UnknownOperator(operator: String) =>
            "条件里这个位置不能写“{operator}”；可用：==、!=、<、<=、>、>=、in、&&、||、! 和括号",
            "`{operator}` is not an operator a condition may use here; use ==, !=, <, <=, >, >=, in, &&, ||, ! and brackets";
        Syntax(error: ConditionSyntax) =>
            "条件写法不对：{error}；“并且”写 &&，“或者”写 ||，文字用单引号 '…'",
            "the condition cannot be read: {error}; and is &&, or is ||, a text stands in '…'";
        NestedLoop => "条件里不能在循环中再写循环", "a loop inside a loop is not allowed in a condition";
        UnknownName(name: String) =>
            "条件里不能用“{name}”；可用：form.…、case.…、record.…、today、rounds",
            "`{name}` is not a name a condition may use; use form.…, case.…, record.…, today or rounds";
        UnknownFunction(name: String) => "条件里没有函数“{name}”", "`{name}` is not a function a condition may use";
        LoopOver =>
            "条件里的循环只能针对多选的答案或一组成员（如 record.phone）",
            "a loop in a condition runs over a list of answers or the members of a group only";
    }
}

impl std::error::Error for ConditionError {}

sentences! {
    /// Where the parser of conditions stopped.
    pub enum ConditionSyntax {
        SingleEqualsSign => "判断相等要写两个等号 ==", "equality is written with two signs, ==";
        FullWidthMark(mark: char) =>
            "用了中文标点 {mark} ，请改成英文标点", "`{mark}` is a Chinese mark; use the plain one";
        Unfinished => "没有写完，或括号、引号没有配对", "it is not finished, or a bracket or quote is not closed";
        Unexpected(message: String) => "{message}", "{message}";
    }
}

sentences! {
    /// Why it cannot be said whether a condition holds.
    pub enum EvaluationError {
        Absent(name: String) =>
            "“{name}”没有填写时这个条件无法判断，请先写 has(…{name}) &&",
            "the condition fails when `{name}` is not filled in; write has(…{name}) && before it";
        NoQuestion =>
            "这个条件无法判断：它的结果不是“是”或“否”",
            "the condition cannot be evaluated: the condition is not a yes-or-no question";
        Failed(message: String) => "这个条件无法判断：{message}", "the condition cannot be evaluated: {message}";
    }
}

sentences! {
    /// A text that is no schedule of the supported subset.
    pub enum ScheduleError {
        Part(part: String) =>
            "周期里的“{part}”写法不对；应像 FREQ=WEEKLY;BYDAY=MO", "`{part}` is not a part of a schedule";
        Unsupported(name: String) =>
            "周期里不能用“{name}”；可用：FREQ、INTERVAL、BYDAY、BYMONTHDAY、BYMONTH",
            "`{name}` is not supported; use FREQ, INTERVAL, BYDAY, BYMONTHDAY and BYMONTH";
        Value(part: String, value: String) =>
            "“{value}”不是 {part} 可用的取值", "`{value}` is not a value for {part}";
        NoFrequency => "周期必须写明 FREQ（DAILY、WEEKLY、MONTHLY 或 YEARLY）", "a schedule needs FREQ";
        CountedWeekday =>
            "BYDAY 带序号（如 1MO）时，FREQ 只能是 MONTHLY 或 YEARLY",
            "BYDAY with a number (1MO) needs FREQ=MONTHLY or YEARLY";
        MonthDayInWeek =>
            "FREQ=WEEKLY 时不能写 BYMONTHDAY",
            "BYMONTHDAY does not go with FREQ=WEEKLY";
        MonthDayInYear =>
            "FREQ=YEARLY 时写了 BYMONTHDAY，就必须写 BYMONTH",
            "BYMONTHDAY with FREQ=YEARLY needs BYMONTH";
        TooLong => "周期过长（上限 {MAX_TEXT} 字节）", "the schedule is longer than {MAX_TEXT} bytes";
    }
}

impl std::error::Error for ScheduleError {}

impl Diagnostic {
    /// The sentence in a language.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::Zh => self.zh(),
            Language::En => self.en(),
        }
    }

    /// The sentence in both languages.
    #[must_use]
    pub fn label(&self) -> Label {
        Label::new(self.zh(), self.en())
    }
}

/// The end of a sentence: what may have been meant.
impl Words for Suggestion {
    fn zh(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Nearest(name) => format!("；是不是“{name}”？"),
            Self::OneOf(names) => format!("；可用：{}", names.join("、")),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Nearest(name) => format!("; did you mean `{name}`?"),
            Self::OneOf(names) => format!("; use one of `{}`", names.join("`, `")),
        }
    }
}

/// Which months a schedule leaves out, and how the last day of each is written.
impl Words for Box<Gaps> {
    fn zh(&self) -> String {
        let mut parts = Vec::new();
        if !self.always.is_empty() {
            parts.push(format!("{}没有这一天，这些月份不会产生待办", listed(&self.always, "月", "、")));
        }
        if self.weekday && !self.at_times.is_empty() {
            parts.push("不是每个月都有这一天，没有的月份不会产生待办".to_owned());
        } else if !self.at_times.is_empty() {
            let (months, years) = (listed(&self.at_times, "月", "、"), listed(&self.years, "", "、"));
            parts.push(format!("{months}只在部分年份有这一天（{years}……）"));
        }
        parts.push(match self.weekday {
            true => "若指最后一个，请写负数，如 BYDAY=-1MO".to_owned(),
            false => "若指月末，请写 BYMONTHDAY=-1".to_owned(),
        });
        parts.join("；")
    }

    fn en(&self) -> String {
        let mut parts = Vec::new();
        if !self.always.is_empty() {
            let months = listed(&self.always, "", ", ");
            parts.push(format!("nothing is due in months {months}: they do not have the day"));
        }
        if self.weekday && !self.at_times.is_empty() {
            parts.push(
                "nothing is due in months that do not have the day, and not every month has it".to_owned(),
            );
        } else if !self.at_times.is_empty() {
            let (months, years) = (listed(&self.at_times, "", ", "), listed(&self.years, "", ", "));
            parts.push(format!("months {months} have the day in some years only ({years} …)"));
        }
        parts.push(match self.weekday {
            true => "for the last one write it with a minus, BYDAY=-1MO".to_owned(),
            false => "for the last day of the month write BYMONTHDAY=-1".to_owned(),
        });
        parts.join("; ")
    }
}

fn listed<T: fmt::Display>(all: impl IntoIterator<Item = T>, unit: &str, joint: &str) -> String {
    all.into_iter().map(|one| format!("{one}{unit}")).collect::<Vec<_>>().join(joint)
}

impl Words for Vec<&'static str> {
    fn zh(&self) -> String {
        self.join("、")
    }

    fn en(&self) -> String {
        self.join(", ")
    }
}

/// What reads the same in both languages.
macro_rules! words_of_display {
    ($($data:ty: $($method:ident)?),+ $(,)?) => {
        $(impl Words for $data {
            fn zh(&self) -> String {
                self$(.$method())?.to_string()
            }

            fn en(&self) -> String {
                self.zh()
            }
        })+
    };
}

words_of_display!(String:, &'static str:, char:, i32:, NaiveDate:, Kind: name);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Values of a type for a test: of an enum each variant.
    pub(super) trait Sample: Sized {
        fn samples() -> Vec<Self>;
    }

    pub(super) fn sample<T: Sample>() -> T {
        T::samples().remove(0)
    }

    macro_rules! samples {
        ($($data:ty => [$($value:expr),+];)+) => {
            $(impl Sample for $data {
                fn samples() -> Vec<Self> {
                    vec![$($value),+]
                }
            })+
        };
    }

    samples! {
        String => ["x.y".to_owned()];
        &'static str => ["late"];
        Vec<&'static str> => [vec!["on_time", "late"]];
        char => ['，'];
        i32 => [2026];
        NaiveDate => [NaiveDate::MIN];
        Kind => [Kind::Case];
        Suggestion => [
            Suggestion::Nearest("near".to_owned()),
            Suggestion::OneOf(vec!["one".to_owned(), "other".to_owned()])
        ];
        Box<Gaps> => [
            Box::new(Gaps { always: BTreeSet::from([2]), ..Gaps::default() }),
            Box::new(Gaps { at_times: BTreeSet::from([2]), years: vec![2028], ..Gaps::default() }),
            Box::new(Gaps { at_times: BTreeSet::from([2]), weekday: true, ..Gaps::default() })
        ];
    }

    fn every<T: Sample + Words + fmt::Debug>() -> Vec<(String, String, String)> {
        T::samples().iter().map(|all| (format!("{all:?}"), all.zh(), all.en())).collect()
    }

    #[test]
    fn every_diagnostic_has_its_words_in_both_languages() {
        let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        let all = [
            every::<Diagnostic>(),
            every::<ConditionError>(),
            every::<EvaluationError>(),
            every::<ScheduleError>(),
            every::<Suggestion>(),
            every::<Box<Gaps>>(),
            every::<ConditionSyntax>(),
        ];
        for (diagnostic, zh, en) in all.concat() {
            // What a foreign parser says is shown as it came.
            let foreign = diagnostic.starts_with("Unexpected");
            assert!(zh.chars().any(chinese) || foreign && zh == en, "{diagnostic}: {zh}");
            // A sentence in English under a Chinese beginning is none in Chinese.
            let english = [" is ", " the ", " not ", " needs "].iter().any(|word| zh.contains(word));
            assert!(foreign || !english, "{diagnostic}: {zh}");
            assert!(!en.trim().is_empty() && !en.chars().any(chinese), "{diagnostic}: {en}");
        }
    }

    #[test]
    fn a_sentence_mentions_the_data_of_its_diagnostic() {
        for (diagnostic, zh, en) in every::<Diagnostic>() {
            if diagnostic.contains("x.y") {
                assert!(zh.contains("x.y") && en.contains("x.y"), "{diagnostic}: {zh} / {en}");
            }
            if diagnostic.contains("Nearest") {
                assert!(
                    zh.ends_with("；是不是“near”？") && en.ends_with("; did you mean `near`?"),
                    "{diagnostic}"
                );
            }
        }
    }
}

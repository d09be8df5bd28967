#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// The general form: its questions in order, and one button that says what is missing.
struct FormScreen: View {
    let state: FormState
    let on: (FormIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, on: on)
            ScrollViewReader { scroll in
                ScrollView { content }
                    .scrollDismissesKeyboard(.interactively)
                    .onChange(of: state.lookAt) { _, label in if let label { scroll.scrollTo(label, anchor: .top) } }
            }
            if let record = state.record {
                FootBar { PressButton(record, on, state.ready ? .primary : .tonal, least: Measure.buttonLarge) }
            }
        }
        .overlay { if let sheet = state.sheet { FormSheetView(sheet: sheet, on: on) } }
    }

    private var content: some View {
        VStack(alignment: .leading, spacing: 18) {
            if let problem = state.problem { Banner(kind: .danger, title: problem, icon: .triangleAlert) }
            if let guidance = state.guidance { Banner(kind: .info, title: "", text: guidance, icon: .info) }
            if let reading = state.reading { ReadFirst(reading: reading, on: on) }
            if let draft = state.draft { Draft(draft: draft, on: on) }
            if let empty = state.empty { EmptyState(icon: .clipboardList, empty: empty, on: on).padding(.top, 40) }
            ForEach(Array(state.questions.enumerated()), id: \.offset) { _, question in
                QuestionField(question: question, on: on).id(question.label)
            }
            if let remark = state.remark { Field(typing: remark, on: on, lines: 2) }
        }
        .padding(.horizontal, Measure.margin)
        .padding(.top, 10)
        .padding(.bottom, 24)
    }
}

/// Where the answers came from, and the way to begin anew.
private struct Draft: View {
    let draft: DraftLine
    let on: (FormIntent) -> Void

    var body: some View {
        HStack(spacing: 8) {
            Words(draft.text, .meta, \.ink2).frame(maxWidth: .infinity, alignment: .leading)
            PressButton(draft.restart, on, .plain, least: Measure.touch).fixedSize(horizontal: true, vertical: false)
        }
    }
}

/// One question with its field, whatever kind of answer it takes.
private struct QuestionField: View {
    let question: QuestionState
    let on: (FormIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(alignment: .leading, spacing: 8) {
            HStack(spacing: 8) {
                Flow {
                    Words(question.label, .bold).accessibilityAddTraits(.isHeader)
                    if !question.hint.isEmpty { Words(question.hint, .meta, \.ink2) }
                }
                .frame(maxWidth: .infinity, alignment: .leading)
                beside
            }
            // Where text is large, help makes room for the field until something is wrong.
            if let help = question.help, !design.large || wrong { Words(help, .meta, \.ink2) }
            answer
            if let problem = question.problem { WrongAnswer(text: problem) }
        }
    }

    private var wrong: Bool { question.problem != nil }

    /// What stands in the line of the question itself.
    @ViewBuilder private var beside: some View {
        switch question.answer {
        case .count(let count): if !design.large { stepper(count).frame(width: 190) }
        case .signature(let signature):
            if let again = signature.again {
                PressButton(again, on, .plain, least: Measure.touch).fixedSize(horizontal: true, vertical: false)
            }
        default: EmptyView()
        }
    }

    @ViewBuilder private var answer: some View {
        switch question.answer {
        case .words(let words):
            HStack(spacing: 10) {
                Field(
                    typing: words.typing, on: on, lines: words.long ? 2 : 1, labelled: false, keys: words.keys,
                    wrong: wrong)
                if let unit = words.unit { Words(unit, .body, \.ink2) }
            }
        case .count(let count): if design.large { stepper(count) }
        case .options(let options): choices(options.chips)
        case .pick(let pick): picked(pick)
        case .moment(let moment):
            let layout = design.large ? AnyLayout(VStackLayout(spacing: design.gap)) : AnyLayout(HStackLayout(spacing: design.gap))
            layout {
                PickBox(text: moment.day.label, icon: .calendar, press: moment.day, on: on, wrong: wrong)
                Field(typing: moment.time, on: on, labelled: false, keys: .number, wrong: wrong)
                if !design.large {
                    PressButton(moment.now, on, .outline, least: 54).fixedSize(horizontal: true, vertical: false)
                }
            }
        case .photos(let photos):
            PhotoStrip(photos: photos.photos, on: on)
            HStack(spacing: design.gap) {
                PressButton(photos.take, on, .tonal, icon: .camera).fixedSize(horizontal: true, vertical: false)
                Words(photos.taken, .meta, \.ink2).frame(maxWidth: .infinity, alignment: .leading)
                if let remove = photos.remove { IconButton(icon: .x, press: remove, on: on) }
            }
        case .signature(let signature):
            SignaturePad(drawing: signature.drawing, signed: signature.again != nil, on: on)
        case .sum(let sum): Words(sum.comesTo, .title)
        case .locked(let locked):
            HStack(spacing: 8) {
                Picture(.lock, size: Measure.iconSmall, \.ink2)
                Words(locked.whose, .meta, \.ink2)
            }
        }
    }

    private func stepper(_ count: AnswerState.Count) -> some View {
        CountStepper(number: count.number, unit: count.unit, less: count.less, more: count.more, on: on)
    }

    /// A day stands beside today and tomorrow, anything else below what is chosen most.
    @ViewBuilder private func picked(_ pick: AnswerState.Pick) -> some View {
        let box = PickBox(text: pick.text, icon: icon(pick.kind), press: pick.open, on: on, wrong: wrong)
        if pick.kind == .day && !design.large {
            // On a small phone the day has a line of its own where the words before it are long.
            ViewThatFits(in: .horizontal) {
                HStack(spacing: design.gap) {
                    ForEach(Array(pick.chips.enumerated()), id: \.offset) { _, chip in
                        ChipButton(chip: chip, on: on, wide: false)
                    }
                    box
                }
                VStack(alignment: .leading, spacing: design.gap) {
                    choices(pick.chips)
                    box
                }
            }
        } else {
            if !pick.chips.isEmpty { choices(pick.chips) }
            box
        }
    }

    private func choices(_ chips: [Chip<FormIntent>]) -> some View {
        let layout = design.large ? AnyLayout(VStackLayout(spacing: design.gap)) : AnyLayout(Flow())
        return layout {
            ForEach(Array(chips.enumerated()), id: \.offset) { _, chip in
                ChipButton(chip: chip, on: on, wide: design.large)
            }
        }
    }

    private func icon(_ kind: PickKind) -> Icon {
        switch kind {
        case .day: .calendar
        case .person: .user
        case .home: .doorClosed
        case .case: .clipboardList
        case .place: .map
        }
    }
}

private struct FormSheetView: View {
    let sheet: FormSheet
    let on: (FormIntent) -> Void

    var body: some View {
        switch sheet {
        case .days(let days): MonthSheet(sheet: days, on: on)
        case .picks(let picks):
            SheetFrame(title: picks.title, close: { on(picks.close.intent) }) {
                Field(typing: picks.search, on: on, labelled: false)
                if let none = picks.none { Words(none, .meta, \.ink2) }
                if !picks.rows.isEmpty {
                    Card {
                        Ruled(picks.rows) { row in
                            ListRow(title: row.pick.label, about: row.about, press: { on(row.pick.intent) })
                        }
                    }
                }
                PressButton(picks.close, on, .outline, least: Measure.buttonLarge)
            }
        case .proposals(let proposals):
            SheetFrame(title: proposals.title, subtitle: proposals.about, close: { on(proposals.leave.intent) }) {
                Card { Ruled(proposals.proposals) { proposal in ListRow(title: proposal, icon: .lightbulb) } }
                Actions(second: proposals.leave, first: proposals.take, on: on)
            }
        }
    }
}
#endif

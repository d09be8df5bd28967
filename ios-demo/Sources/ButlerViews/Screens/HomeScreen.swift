#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// A home with its household.
struct HomeScreen: View {
    let state: HomeScreenState
    let on: (HomeIntent) -> Void

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, back: state.back, badge: state.badge, tool: state.history, on: on)
            Scrolled(problem: state.problem, spacing: 8) {
                if let archived = state.archived { Archived(line: archived, on: on) }
                ForEach(state.marks, id: \.self) { Banner(kind: .late, title: $0, icon: .triangleAlert) }
                if let today = state.today { HomeTodayCard(today: today, on: on) }
                HeadingWith(title: state.peopleTitle, press: state.addPerson, on: on)
                Card {
                    if let nobody = state.nobody { Words(nobody, .body, \.ink3).padding(16) }
                    Ruled(state.people) { person in PersonRow(person: person, on: on) }
                }
                Hints(title: state.hintTitle, hints: state.hints, none: state.noHints)
                HeadingWith(title: state.fieldsTitle, press: state.allData, on: on)
                if !state.fields.isEmpty || state.folded != nil {
                    Card {
                        Ruled(state.fields) { field in FieldRow(field: field, on: on) }
                        if let folded = state.folded {
                            if !state.fields.isEmpty { Rule() }
                            Folded(folded: folded, on: on)
                        }
                    }
                }
                HeadingWith(title: state.dealingsTitle, press: state.allDealings, on: on)
                Card {
                    if let none = state.noDealings { Words(none, .body, \.ink3).padding(16) }
                    Ruled(state.dealings) { dealing in DealingRow(dealing: dealing, on: on) }
                }
            }
            if let visit = state.visit {
                // Three stand in one row only without their pictures.
                ActionBar(
                    second: state.call, first: visit, on: on, secondIcon: .phone, firstIcon: .penLine, third: state.order,
                    thirdIcon: .clipboardList)
            }
        }
        .overlay { if let sheet = state.sheet { HomeSheetView(sheet: sheet, on: on) } }
    }
}

private struct HomeSheetView: View {
    let sheet: HomeSheet
    let on: (HomeIntent) -> Void

    var body: some View {
        switch sheet {
        case .called(let sheet):
            SheetFrame(title: sheet.title, subtitle: sheet.about, close: { on(.closeSheet) }) {
                Actions(second: sheet.missed, first: sheet.got, on: on)
                PressButton(sheet.notDialled, on, .plain)
            }
        case .missed(let sheet):
            SheetFrame(title: sheet.title, subtitle: sheet.about, close: { on(.closeSheet) }) {
                VStack(alignment: .leading, spacing: 8) {
                    Words(sheet.question, .bold)
                    Chips(chips: sheet.times, on: on)
                }
                Actions(second: nil, first: sheet.record, on: on)
            }
        case .dues(let sheet):
            SheetFrame(title: sheet.title, subtitle: sheet.about, close: { on(.closeSheet) }) {
                ForEach(sheet.rows.indices, id: \.self) { at in DueChoices(due: sheet.rows[at], on: on) }
                HStack(spacing: 8) {
                    if let skipped = sheet.allSkipped { PressButton(skipped, on, .plain) }
                    if let later = sheet.allLater { PressButton(later, on, .plain) }
                }
            }
        case .slips(let sheet):
            SheetFrame(title: sheet.title, subtitle: sheet.about, close: { on(.closeSheet) }) {
                ForEach(sheet.answers.indices, id: \.self) { at in
                    VStack(alignment: .leading, spacing: 8) {
                        Heading(title: sheet.answers[at].title)
                        SlipRows(slips: sheet.answers[at].slips, on: on)
                    }
                }
                if let others = sheet.others { PressButton(others, on, .outline) }
            }
        case .others(let sheet):
            SheetFrame(title: sheet.title, subtitle: sheet.about, close: { on(.closeSheet) }) {
                Field(typing: sheet.search, on: on, labelled: false)
                if let none = sheet.none { Words(none, .meta, \.ink2) }
                if !sheet.rows.isEmpty { SlipRows(slips: sheet.rows, on: on) }
            }
        }
    }
}

struct SlipRows<Intent: Sendable>: View {
    let slips: [SlipLine<Intent>]
    let on: (Intent) -> Void

    var body: some View {
        Card {
            Ruled(slips) { slip in ListRow(title: slip.open.label, about: slip.about, press: { on(slip.open.intent) }) }
        }
    }
}

/// What is to be done at this door today.
private struct HomeTodayCard: View {
    let today: HomeToday
    let on: (HomeIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        Card {
            SwiftUI.Button {
                on(today.open.intent)
            } label: {
                VStack(alignment: .leading, spacing: 0) {
                    HStack(spacing: 8) {
                        Words(today.title, .bold).frame(maxWidth: .infinity, alignment: .leading)
                        if let badge = today.badge, !design.large { BadgeView(badge: badge) }
                        Picture(.chevronRight, size: Measure.iconSmall, \.ink3)
                    }
                    if let badge = today.badge, design.large { BadgeView(badge: badge).padding(.vertical, 4) }
                    Words(today.things, .meta, \.ink2, lines: 3)
                }
                .padding(.horizontal, 16)
                .padding(.vertical, 12)
                .contentShape(Rectangle())
            }
            .buttonStyle(.plain)
            .accessibilityHint(today.open.label)
        }
    }
}

private struct PersonRow: View {
    let person: Person
    let on: (HomeIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        HStack(spacing: 12) {
            SwiftUI.Button {
                on(person.open.intent)
            } label: {
                told
            }
            .buttonStyle(.plain)
            .accessibilityHint(person.open.label)
            if let call = person.call { IconButton(icon: call.locked == nil ? .phone : .phoneOff, press: call, on: on) }
        }
        .padding(.leading, 16)
        .padding(.trailing, 6)
        .padding(.vertical, 8)
        .frame(minHeight: Measure.row)
    }

    private var told: some View {
        HStack(spacing: 12) {
            Words(person.initial, .bold, person.keyPerson ? \.accentInk : \.ink2)
                .frame(width: design.large ? 52 : 40, height: design.large ? 52 : 40)
                .background(design[person.keyPerson ? \.accentSoft : \.sunken], in: Circle())
                .accessibilityHidden(true)
            VStack(alignment: .leading, spacing: 0) {
                HStack(spacing: 6) {
                    Words(person.name, .bold)
                    if !design.large { Words(person.about, lines: 1) }
                }
                if design.large && !person.about.isEmpty { Words(person.about, .meta) }
                // In large text the number and since when it is known have a line each.
                let said = person.phone.replacing("，", with: ", ").components(separatedBy: ", ")
                ForEach(design.large ? said : [person.phone], id: \.self) { line in
                    Words(line, person.unverified ? .metaBold : .meta, person.unverified ? \.overdueInk : \.ink2, lines: 2)
                }
            }
            .frame(maxWidth: .infinity, alignment: .leading)
        }
        .contentShape(Rectangle())
    }
}

/// What one should know before the door opens.
private struct Hints: View {
    let title: String
    let hints: [String]
    let none: String?
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.controlRadius)
        HStack(alignment: .top, spacing: 10) {
            Picture(.doorOpen, size: 22)
            let layout =
                design.large
                ? AnyLayout(VStackLayout(alignment: .leading, spacing: 0))
                : AnyLayout(HStackLayout(alignment: .top, spacing: 10))
            layout {
                Words(title, .metaBold)
                VStack(alignment: .leading, spacing: 0) {
                    ForEach(hints, id: \.self) { hint in Words(hint, .meta) }
                    if let none { Words(none, .meta, \.ink2) }
                }
                .frame(maxWidth: .infinity, alignment: .leading)
            }
        }
        .padding(.horizontal, 14)
        .padding(.vertical, 11)
        .background(design[\.sunken], in: shape)
        .overlay(shape.strokeBorder(design[\.ink], lineWidth: design.softEdge))
        .accessibilityElement(children: .combine)
    }
}

/// Fields behind a line; opened, below it.
private struct Folded: View {
    let folded: FoldedFields
    let on: (HomeIntent) -> Void

    var body: some View {
        SwiftUI.Button {
            on(folded.open.intent)
        } label: {
            HStack(spacing: 12) {
                Words(folded.open.label, .bold).frame(maxWidth: .infinity, alignment: .leading)
                Picture(folded.lines.isEmpty ? .chevronRight : .chevronDown, size: Measure.iconSmall, \.ink3)
            }
            .padding(.horizontal, 16)
            .padding(.vertical, 10)
            .frame(minHeight: Measure.row)
            .contentShape(Rectangle())
        }
        .buttonStyle(.plain)
        ForEach(Array(folded.lines.enumerated()), id: \.offset) { _, line in
            Rule()
            FieldRow(field: line, on: on)
        }
    }
}

/// A field; two answers have a double edge, not a colour alone.
private struct FieldRow: View {
    let field: FieldLine
    let on: (HomeIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        if let open = field.open {
            SwiftUI.Button {
                on(open.intent)
            } label: {
                whole.contentShape(Rectangle())
            }
            .buttonStyle(.plain)
        } else {
            whole.accessibilityElement(children: .combine)
        }
    }

    private var whole: some View {
        row
            .padding(.horizontal, 16)
            .padding(.vertical, 10)
            .frame(minHeight: Measure.row)
    }

    @ViewBuilder private var row: some View {
        if let badge = field.badge {
            HStack(spacing: 12) {
                VStack(alignment: .leading, spacing: 0) {
                    Words(field.label, .bold)
                    Words(field.value, .meta, \.ink2, lines: 3)
                    if design.large { BadgeView(badge: badge).padding(.top, 4) }
                }
                .padding(.leading, 14)
                .frame(maxWidth: .infinity, alignment: .leading)
                .overlay(alignment: .leading) {
                    HStack(spacing: 2) {
                        design[\.conflictInk].frame(width: 1.5)
                        design[\.conflictInk].frame(width: 1.5)
                    }
                }
                if !design.large { BadgeView(badge: badge) }
            }
        } else if design.large {
            VStack(alignment: .leading, spacing: 0) {
                Words(field.label, .bold)
                value
            }
            .frame(maxWidth: .infinity, alignment: .leading)
        } else {
            HStack(spacing: 12) {
                Words(field.label, .bold)
                value.frame(maxWidth: .infinity, alignment: .trailing)
            }
        }
    }

    /// What stands in it; where nothing does, that it is to be filled in.
    @ViewBuilder private var value: some View {
        if field.value.isEmpty {
            Words(field.open?.label ?? "", .bold, \.accent)
        } else {
            Words(field.value, align: design.large ? .leading : .trailing)
        }
    }
}

private struct DealingRow: View {
    let dealing: Dealing
    let on: (HomeIntent) -> Void

    var body: some View {
        if let open = dealing.open {
            SwiftUI.Button {
                on(open.intent)
            } label: {
                row
            }
            .buttonStyle(.plain)
        } else {
            row.accessibilityElement(children: .combine)
        }
    }

    private var row: some View {
        HStack(spacing: 12) {
            Picture(icon, \.ink2)
            VStack(alignment: .leading, spacing: 0) {
                Words(dealing.title, .bold, lines: 2)
                Words(dealing.about, .meta, \.ink2, lines: 2)
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            if dealing.open != nil { Picture(.chevronRight, size: Measure.iconSmall, \.ink3) }
        }
        .padding(.horizontal, 16)
        .padding(.vertical, 10)
        .frame(minHeight: Measure.row)
        .contentShape(Rectangle())
    }

    private var icon: Icon {
        switch dealing.kind {
        case .visit: .doorOpen
        case .call: .phone
        case .message: .messageCircle
        case .case: .wrench
        case .round: .footprints
        }
    }
}
#endif

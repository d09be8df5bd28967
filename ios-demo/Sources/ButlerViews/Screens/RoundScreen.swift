#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// A round: one point, everything in order with one press, what is not at its row.
struct RoundScreen: View {
    let state: RoundState
    let on: (RoundIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: 0) {
            Bar(
                title: state.title, subtitle: state.subtitle, back: state.back, badge: design.large ? nil : state.syncBadge,
                on: on)
            Marks(marks: state.marks, spoken: state.subtitle)
            Scrolled(problem: state.problem, spacing: 12) {
                if let planned = state.plannedFor { IconLine(icon: .user, text: planned) }
                if let key = state.key {
                    Card { ListRow(title: key.open.label, about: key.about, icon: .keyRound, press: { on(key.open.intent) }) }
                }
                if !state.met.isEmpty { Chips(chips: state.met, on: on, across: 3) }
                if let passed = state.passed { Passed(text: passed, change: state.change, on: on) }
                if let order = state.order { Card { Strip(press: order, on: on, icon: .clipboardList) } }
                if let done = state.done {
                    let isProven = state.notes.allSatisfy { $0.look == nil }
                    EmptyState(icon: isProven ? .check : .qrCode, empty: done, on: on).padding(.top, 48)
                }
                if !state.point.isEmpty { PointHead(state: state, on: on) }
                if !state.notes.isEmpty { Notes(notes: state.notes, on: on) }
                if !state.items.isEmpty { Card { Ruled(state.items) { item in ItemView(item: item, on: on) } } }
                if let hint = state.groupsHint { Heading(title: hint) }
                if !state.groups.isEmpty { Groups(groups: state.groups, on: on) }
                if let guidance = state.guidance { Banner(kind: .info, title: "", text: guidance, icon: .messageCircle) }
                if let next = state.next { IconLine(icon: .arrowRight, text: next) }
                if let handOver = state.handOver { Card { Strip(press: handOver, on: on, icon: .arrowLeftRight) } }
                if let history = state.history { Card { Strip(press: history, on: on, icon: .history) } }
                if let papers = state.papers { Card { Strip(press: papers, on: on, icon: .scrollText) } }
            }
            .scrollDismissesKeyboard(.interactively)
            if let record = state.record {
                ActionBar(second: nil, first: record, on: on, firstIcon: record.locked == nil && state.groups.isEmpty ? .check : nil)
            }
        }
        .overlay { if let finding = state.finding { Finding(sheet: finding, on: on) } }
        .overlay { if let sheet = state.paperSheet { PapersFrame(sheet: sheet, on: on) } }
    }
}

/// A mark for each point; a screen reader is told which one it is instead.
private struct Marks: View {
    let marks: [PointMark]
    let spoken: String
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: 4)
        HStack(spacing: 4) {
            ForEach(Array(marks.enumerated()), id: \.offset) { _, mark in
                shape.fill(design[colour(mark)])
                    .overlay(shape.strokeBorder(design[\.ink], lineWidth: design.softEdge))
                    .frame(maxWidth: .infinity)
                    .frame(height: 8)
            }
        }
        .padding(.horizontal, Measure.margin)
        .padding(.vertical, 4)
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(spoken)
    }

    private func colour(_ mark: PointMark) -> KeyPath<Palette, UInt32> {
        switch mark {
        case .done: \.accent
        case .now: \.ink
        case .next: \.sunken
        }
    }
}

/// What is behind one, in a line, with the way back to it.
private struct Passed: View {
    let text: String
    let change: Press<RoundIntent>?
    let on: (RoundIntent) -> Void

    var body: some View {
        HStack(spacing: 10) {
            Picture(.check, size: Measure.iconSmall, \.ink3)
            Words(text, .body, \.ink3, lines: 2).frame(maxWidth: .infinity, alignment: .leading)
            if let change {
                SwiftUI.Button {
                    on(change.intent)
                } label: {
                    Words(change.label, .bold, \.accent)
                        .padding(.horizontal, 12)
                        .frame(minHeight: Measure.touch)
                        .contentShape(Rectangle())
                }
                .buttonStyle(.plain)
            }
        }
        .frame(minHeight: Measure.touch)
    }
}

private struct PointHead: View {
    let state: RoundState
    let on: (RoundIntent) -> Void

    var body: some View {
        HStack(spacing: 8) {
            VStack(alignment: .leading, spacing: 0) {
                Words(state.point, .title).accessibilityAddTraits(.isHeader)
                Words(state.pointAbout, .meta, \.ink2)
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            if let tag = state.tag { IconButton(icon: .smartphone, press: tag, on: on) }
            if let scan = state.scan { IconButton(icon: .qrCode, press: scan, on: on) }
        }
    }
}

/// Why a point, or the way to it, may not have been walked; where it can be put right it leads there.
private struct Notes: View {
    let notes: [PointNote]
    let on: (RoundIntent) -> Void

    var body: some View {
        let lead = notes.compactMap { note in note.look.map { (kind: note.kind, press: $0) } }
        VStack(alignment: .leading, spacing: 8) {
            if !lead.isEmpty { Card { Ruled(lead) { row in Strip(press: row.press, on: on, icon: icon(row.kind)) } } }
            ForEach(Array(notes.filter { $0.look == nil }.enumerated()), id: \.offset) { _, note in
                IconLine(icon: icon(note.kind), text: note.text)
            }
        }
    }

    private func icon(_ kind: NoteKind) -> Icon {
        switch kind {
        case .unproven: .circleHelp
        case .notCounted: .qrCode
        case .tooFast: .clockAlert
        }
    }
}

/// A grey line with its icon.
private struct IconLine: View {
    let icon: Icon
    let text: String

    var body: some View {
        HStack(spacing: 10) {
            Picture(icon, size: Measure.iconSmall, \.ink2)
            Words(text, .meta, \.ink2).frame(maxWidth: .infinity, alignment: .leading)
        }
        .padding(.horizontal, 2)
    }
}

/// The groups of a home, two beside each other: a box says that all of one is in order, its name leads to one thing after
/// the other.
private struct Groups: View {
    let groups: [GroupTile]
    let on: (RoundIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let columns = Array(repeating: GridItem(.flexible(), spacing: design.gap), count: design.large ? 1 : 2)
        LazyVGrid(columns: columns, spacing: design.gap) {
            ForEach(Array(groups.enumerated()), id: \.offset) { _, tile in GroupView(tile: tile, on: on) }
        }
    }
}

private struct GroupView: View {
    let tile: GroupTile
    let on: (RoundIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.cardRadius)
        HStack(spacing: design.rowGap) {
            if let all = tile.all {
                SwiftUI.Button {
                    on(all.intent)
                } label: {
                    box.contentShape(Rectangle())
                }
                .buttonStyle(.plain)
                .accessibilityLabel(all.label)
            } else {
                box.accessibilityHidden(true)
            }
            SwiftUI.Button {
                on(tile.open.intent)
            } label: {
                VStack(alignment: .leading, spacing: 0) {
                    Words(tile.open.label, .bold)
                    Words(tile.about, tile.mark == .problem ? .metaBold : .meta, tile.mark == .problem ? \.urgentInk : \.ink2)
                }
                .frame(maxWidth: .infinity, minHeight: 76, alignment: .leading)
                .padding(.trailing, 12)
                .contentShape(Rectangle())
            }
            .buttonStyle(.plain)
        }
        .background(design[\.surface], in: shape)
        .overlay(shape.strokeBorder(design[\.line], lineWidth: design.hair))
    }

    private var box: some View {
        let shape = RoundedRectangle(cornerRadius: 8)
        return ZStack {
            switch tile.mark {
            case .open: shape.strokeBorder(design[\.control], lineWidth: 2)
            case .inOrder:
                shape.fill(design[\.accent])
                Picture(.check, size: 20, \.onAccent)
            case .problem:
                shape.fill(design[\.urgent])
                Picture(.flag, size: 20, \.onUrgent)
            }
        }
        .frame(width: 28, height: 28)
        .frame(width: Measure.buttonLarge, height: 76)
    }
}

private struct ItemView: View {
    let item: RoundItem
    let on: (RoundIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(alignment: .leading, spacing: 8) {
            if design.large {
                words
                if let problem = item.problem { PressButton(problem, on, .outline, least: Measure.touch, icon: .flag) }
            } else {
                HStack(spacing: 10) {
                    words.frame(maxWidth: .infinity, alignment: .leading)
                    if let problem = item.problem {
                        PressButton(problem, on, .outline, least: Measure.touch, icon: .flag)
                            .fixedSize(horizontal: true, vertical: false)
                    }
                }
            }
            if !item.choices.isEmpty { Choices(chips: item.choices, on: on) }
            if let reading = item.reading {
                HStack(spacing: 10) {
                    Field(typing: reading, on: on, labelled: false)
                    if let unit = item.unit { Words(unit, .body, \.ink2) }
                }
            }
            PhotoStrip(photos: item.photos, on: on)
            if let photo = item.photo { PressButton(photo, on, .outline, least: Measure.touch, icon: .camera) }
        }
        .padding(.leading, 16)
        .padding(.trailing, 10)
        .padding(.vertical, 10)
    }

    private var words: some View {
        VStack(alignment: .leading, spacing: 4) {
            Flow(spacing: 8) {
                Words(item.label)
                if let severe = item.severe { Words(severe, .bold, \.urgentInk) }
            }
            if let help = item.help { Words(help, .meta, \.ink2) }
            if let last = item.last { Words(last, .meta, \.ink2) }
            if let badge = item.badge { BadgeView(badge: badge) }
            ForEach(Array(item.said.enumerated()), id: \.offset) { _, said in Words(said, .meta, \.ink2) }
        }
        .accessibilityElement(children: .combine)
    }
}

/// Something is not in order.
private struct Finding: View {
    let sheet: FindingSheet
    let on: (RoundIntent) -> Void

    var body: some View {
        let record = sheet.record
        SheetFrame(title: sheet.title, subtitle: sheet.about, close: { on(.closeFinding) }) {
            if let severe = sheet.severe { Words(severe, .bold, \.urgentInk) }
            if !sheet.kinds.isEmpty { Choices(chips: sheet.kinds, on: on) }
            PhotoStrip(photos: sheet.photos, on: on)
            PressButton(sheet.photo, on, .outline, icon: .camera)
            Field(typing: sheet.words, on: on, lines: 2)
            VStack(alignment: .leading, spacing: 8) {
                Words(sheet.nowTitle, .bold).accessibilityAddTraits(.isHeader)
                Choices(chips: sheet.now, on: on)
            }
            Actions(second: nil, first: Press(record.locked ?? record.label, record.intent, locked: record.locked), on: on)
        }
    }
}
#endif

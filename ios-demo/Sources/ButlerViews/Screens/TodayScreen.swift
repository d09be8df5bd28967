#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 今天: capacity, urgent, the walk.
struct TodayScreen: View {
    let state: TodayState
    let on: (TodayIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, subtitle: state.subtitle, search: state.search, sync: state.sync, badge: state.syncBadge, on: on)
            ScrollViewReader { scroll in
                ScrollView { content }
                    .onChange(of: state.lookAt) { _, stop in if let stop { scroll.scrollTo(stop, anchor: .top) } }
            }
        }
    }

    private var content: some View {
        LazyVStack(alignment: .leading, spacing: 0) {
            if let problem = state.problem {
                Banner(kind: .danger, title: problem, icon: .triangleAlert).padding(.bottom, 12)
            }
            if let empty = state.empty { EmptyState(icon: .map, empty: empty, on: on).padding(.top, 56) }
            if let done = state.done {
                let about = [done.about, done.later].compactMap { $0 }.joined(separator: "\n")
                EmptyState(icon: .check, empty: Empty<TodayIntent>(done.title, about), on: on).padding(.top, 40)
            }
            if !state.links.isEmpty { Links(links: state.links, on: on).padding(.bottom, 12) }
            if let done = state.done {
                Banner(
                    kind: done.safe ? .ok : .unsent, title: done.office, text: done.officeAbout,
                    icon: done.safe ? .cloudCheck : .circleArrowUp)
            }
            if let capacity = state.capacity { CapacityCard(capacity: capacity, on: on).padding(.bottom, 12) }
            if !state.urgent.isEmpty { UrgentCardView(state: state, on: on).padding(.bottom, 12) }
            if let walked = state.walked, !design.large { Walked(part: walked, more: !state.stops.isEmpty, on: on) }
            ForEach(state.stops, id: \.number) { stop in
                StopView(stop: stop, more: stop.number != state.stops.last?.number, on: on).id(stop.name)
            }
        }
        .padding(.horizontal, Measure.margin)
        .padding(.top, 4)
        .padding(.bottom, 24)
    }
}

/// What lies over 今天, the bar at the foot too.
struct TodaySheetView: View {
    let sheet: TodaySheet
    let on: (TodayIntent) -> Void

    var body: some View {
        switch sheet {
        case .nobody(let sheet): NobodySheet(sheet: sheet, on: on)
        case .days(let sheet): MonthSheet(sheet: sheet, on: on)
        case .cutShort(let sheet): CutShortSheet(sheet: sheet, on: on)
        case .due(let sheet):
            SheetFrame(title: sheet.title, subtitle: sheet.about, close: { on(.closeSheet) }) { DueChoices(due: sheet.due, on: on) }
        }
    }
}

/// What one goes on with.
private struct Links: View {
    let links: [TodayLink]
    let on: (TodayIntent) -> Void

    var body: some View {
        Card {
            Ruled(links) { link in
                ListRow(title: link.open.label, about: link.about, icon: icon(link.kind)) { on(link.open.intent) }
            }
        }
    }

    private func icon(_ kind: LinkKind) -> Icon {
        switch kind {
        case .sync: .refreshCw
        case .call: .phone
        case .library: .bookOpen
        case .tomorrow: .sunrise
        case .first: .clock
        case .keys: .keyRound
        }
    }
}

/// How full the day is, and the three ways to change it.
private struct CapacityCard: View {
    let capacity: Capacity
    let on: (TodayIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        Card {
            VStack(alignment: .leading, spacing: 4) {
                Between(left: capacity.left, right: capacity.ends, strong: true)
                DayBar(capacity: capacity).padding(.top, 4)
                if !design.large { Between(left: capacity.done, right: capacity.spare, strong: false) }
            }
            .padding(.horizontal, 16)
            .padding(.top, 14)
            .padding(.bottom, 12)
            .accessibilityElement(children: .combine)
            if design.large {
                Rule()
                Strip(press: capacity.plan, on: on, colour: \.accent)
            } else {
                if let misfit = capacity.doesNotFit {
                    Rule()
                    Strip(press: misfit, on: on, icon: .clockAlert, colour: \.overdueInk)
                }
                ForEach(Array(capacity.inspections.enumerated()), id: \.offset) { _, inspection in
                    Rule()
                    Strip(press: inspection, on: on, icon: .footprints)
                }
                Rule()
                HStack(spacing: design.rowGap / 2) {
                    if let canWait = capacity.canWait {
                        PressButton(canWait, on, .plain, least: Measure.row, trailing: .chevronRight)
                        design[\.line].frame(width: design.hair)
                    }
                    PressButton(capacity.cutShort, on, .plain, least: Measure.row)
                }
                .fixedSize(horizontal: false, vertical: true)
            }
        }
    }
}

/// Two texts at the ends of a line; below each other where they do not fit.
private struct Between: View {
    let left: String
    let right: String
    let strong: Bool

    var body: some View {
        ViewThatFits(in: .horizontal) {
            HStack {
                words
                Spacer(minLength: 8)
                Words(right, .meta, \.ink2, lines: 1)
            }
            VStack(alignment: .leading, spacing: 0) {
                words
                Words(right, .meta, \.ink2)
            }
        }
    }

    private var words: some View { Words(left, strong ? .bold : .meta, strong ? \.ink : \.ink2) }
}

/// The day as a bar: gone, planned, beyond. In the sun what is planned is hatched, because tints cannot be told apart.
private struct DayBar: View {
    let capacity: Capacity
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: 7)
        Canvas { context, size in
            func part(_ from: Int, _ hundredths: Int) -> CGRect {
                CGRect(
                    x: size.width * Double(from) / 100, y: 0, width: size.width * Double(hundredths) / 100,
                    height: size.height)
            }
            let planned = part(capacity.donePart, capacity.plannedPart)
            context.fill(Path(part(0, capacity.donePart)), with: .color(design[design.sunlight ? \.ink : \.ink2]))
            context.fill(Path(planned), with: .color(design[\.accent]))
            context.fill(
                Path(part(capacity.donePart + capacity.plannedPart, capacity.overPart)), with: .color(design[\.overdueInk]))
            if design.sunlight {
                context.clip(to: Path(planned))
                for x in stride(from: planned.minX - size.height, to: planned.maxX, by: 8) {
                    var line = Path()
                    line.move(to: CGPoint(x: x, y: size.height))
                    line.addLine(to: CGPoint(x: x + size.height, y: 0))
                    context.stroke(line, with: .color(design[\.surface]), lineWidth: 3)
                }
            }
        }
        .frame(height: 14)
        .background(design[\.sunken])
        .clipShape(shape)
        .overlay(shape.strokeBorder(design[\.ink], lineWidth: design.softEdge))
        .accessibilityHidden(true)
    }
}

/// The most urgent thing with its next step; the others on demand. One line where text is large.
private struct UrgentCardView: View {
    let state: TodayState
    let on: (TodayIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        Card {
            if let short = state.urgentInShort, design.large {
                SwiftUI.Button {
                    on(short.open.intent)
                } label: {
                    HStack(spacing: 8) {
                        BadgeView(badge: short.badge)
                        Words(short.open.label, .metaBold).frame(maxWidth: .infinity, alignment: .leading)
                        Picture(.chevronRight, size: Measure.iconSmall)
                    }
                    .padding(.horizontal, 16)
                    .padding(.vertical, 8)
                    .frame(minHeight: 64)
                    .contentShape(Rectangle())
                }
                .buttonStyle(.plain)
            } else {
                Ruled(Array(state.urgent.enumerated())) { index, card in
                    UrgentRow(card: card, first: index == 0, on: on)
                }
                if let more = state.moreUrgent {
                    Rule()
                    Strip(press: more, on: on, open: state.urgent.count > 1 ? .chevronDown : .chevronRight)
                }
            }
        }
    }
}

private struct UrgentRow: View {
    let card: UrgentCard
    let first: Bool
    let on: (TodayIntent) -> Void

    var body: some View {
        HStack(spacing: 8) {
            VStack(alignment: .leading, spacing: 4) {
                Flow {
                    BadgeView(badge: card.clock)
                    Words(card.title, .bold, lines: 2)
                }
                Words(card.place, .meta, \.ink2, lines: 2)
            }
            .frame(maxWidth: .infinity, alignment: .leading)
            .accessibilityElement(children: .combine)
            PressButton(card.open, on, first ? .urgent : .outline).frame(minWidth: 82, maxWidth: 132)
        }
        .padding(.leading, 16)
        .padding([.trailing, .vertical], 12)
    }
}

/// What lies behind one, in a line; opened, stop by stop.
private struct Walked: View {
    let part: WalkedPart
    let more: Bool
    let on: (TodayIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        VStack(alignment: .leading, spacing: 0) {
            SwiftUI.Button {
                on(part.open.intent)
            } label: {
                HStack(spacing: 12) {
                    Dot(phase: .done, number: nil)
                    Words(part.open.label, .body, \.ink3).frame(maxWidth: .infinity, alignment: .leading)
                    Picture(part.at.isEmpty ? .chevronRight : .chevronDown, size: Measure.iconSmall, \.ink3)
                }
                .frame(minHeight: Measure.row)
                .contentShape(Rectangle())
            }
            .buttonStyle(.plain)
            if !part.at.isEmpty {
                VStack(alignment: .leading, spacing: design.gap) {
                    ForEach(Array(part.at.enumerated()), id: \.offset) { _, at in
                        Words(at.name, .metaBold, \.ink2)
                        ForEach(Array(at.things.enumerated()), id: \.offset) { _, thing in
                            DoneRow(place: thing.place, what: thing.what, badge: nil) { on(thing.open.intent) }
                        }
                    }
                }
                .padding(.leading, 42)
                .padding(.bottom, 10)
            }
        }
        .padding(.bottom, design.rowGap)
        .background(alignment: .topLeading) { if more { Rail() } }
    }
}

/// The line from stop to stop, behind what stands on it.
private struct Rail: View {
    @Environment(\.design) private var design

    var body: some View {
        design[\.control].opacity(0.45).frame(width: 2).padding(.leading, 14).offset(y: 24).accessibilityHidden(true)
    }
}

private struct Dot: View {
    let phase: StopPhase
    let number: Int?
    @Environment(\.design) private var design

    var body: some View {
        let look = look
        let side = design.large ? 38.0 : 28.0
        ZStack {
            Circle().fill(design[look.back])
            Circle().strokeBorder(design[look.edge], lineWidth: 2)
            if let number { Words("\(number)", .metaBold, look.ink, lines: 1) } else { Picture(.check, size: 18, look.ink) }
        }
        .frame(width: side, height: side)
        .padding(.leading, 1)
    }

    private var look: (back: KeyPath<Palette, UInt32>, edge: KeyPath<Palette, UInt32>, ink: KeyPath<Palette, UInt32>) {
        switch phase {
        case .now: (\.accent, \.accent, \.onAccent)
        case .done: (\.ink2, \.ink2, \.surface)
        case .next: (\.surface, \.control, \.ink2)
        }
    }
}

/// A stop with what is done there.
private struct StopView: View {
    let stop: Stop
    let more: Bool
    let on: (TodayIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let folded = stop.doors.isEmpty && stop.spots.isEmpty
        VStack(alignment: .leading, spacing: 0) {
            StopHeader(stop: stop, folded: folded, on: on)
            VStack(alignment: .leading, spacing: 10) {
                if let start = stop.start {
                    PressButton(start.press, on, .outline, icon: .footprints).accessibilityLabel(start.spoken)
                }
                ForEach(Array(stop.spots.enumerated()), id: \.offset) { _, spot in DueCard(spot: spot, on: on) }
                ForEach(Array(stop.doors.enumerated()), id: \.offset) { _, door in DoorGroup(door: door, on: on) }
                if let rest = stop.rest { RestOfStop(press: rest, on: on) }
            }
            .padding(.leading, design.large ? 0 : 42)
            .padding(.top, stop.start == nil ? design.rowGap : design.gap)
            .padding(.bottom, folded ? 0 : max(6, design.rowGap))
        }
        .background(alignment: .topLeading) { if more && !design.large { Rail() } }
    }
}

private struct StopHeader: View {
    let stop: Stop
    let folded: Bool
    let on: (TodayIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        SwiftUI.Button {
            if let fold = stop.fold { on(fold.intent) }
        } label: {
            HStack(spacing: 12) {
                Dot(phase: stop.phase, number: stop.number)
                if design.large {
                    below(inShort(stop.about)).padding(.vertical, 6)
                } else {
                    // On a small phone what is said of it has a line of its own.
                    ViewThatFits(in: .horizontal) {
                        HStack(spacing: 12) {
                            Words(stop.name, .bold, lines: 1).frame(maxWidth: .infinity, alignment: .leading)
                            Words(stop.about, .meta, \.ink2, lines: 1)
                        }
                        below(stop.about)
                    }
                }
                if folded { Picture(.chevronRight, size: Measure.iconSmall, \.ink3) }
            }
            .frame(minHeight: Measure.touch)
            .contentShape(Rectangle())
        }
        .buttonStyle(.plain)
        .accessibilityAddTraits(.isHeader)
    }

    private func below(_ about: String) -> some View {
        VStack(alignment: .leading, spacing: 0) {
            Words(stop.name, .bold)
            Words(about, .meta, \.ink2)
        }
        .frame(maxWidth: .infinity, alignment: .leading)
    }
}

/// The rooms of a stop that are not shown yet.
private struct RestOfStop: View {
    let press: Press<TodayIntent>
    let on: (TodayIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        SwiftUI.Button {
            on(press.intent)
        } label: {
            HStack(spacing: 8) {
                Words(press.label, .meta, \.ink2, lines: design.large ? 4 : 2).frame(maxWidth: .infinity, alignment: .leading)
                Picture(.chevronRight, size: Measure.iconSmall, \.ink3)
            }
            .frame(minHeight: Measure.touch)
            .contentShape(Rectangle())
        }
        .buttonStyle(.plain)
    }
}

/// What is done, in a line.
private struct DoneRow: View {
    let place: String
    let what: String
    let badge: Badge?
    let open: () -> Void
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.cardRadius)
        SwiftUI.Button {
            open()
        } label: {
            HStack(spacing: 8) {
                if !place.isEmpty { Words(place, .bold, \.ink3) }
                Words(what, .meta, \.ink3, lines: badge == nil ? 2 : 1).frame(maxWidth: .infinity, alignment: .leading)
                if let badge { BadgeView(badge: badge) }
            }
            .padding(.horizontal, 14)
            .padding(.vertical, 10)
            .frame(minHeight: Measure.touch)
            .overlay(shape.strokeBorder(design[\.line], lineWidth: design.hair))
            .contentShape(shape)
        }
        .buttonStyle(.plain)
    }
}

/// One door: a main job, what goes along, two buttons. One that is done shrinks to a line.
private struct DoorGroup: View {
    let door: Door
    let on: (TodayIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        if door.phase == .done {
            DoneRow(place: door.room, what: door.title, badge: door.badge) { on(door.open.intent) }
        } else {
            open
        }
    }

    private var open: some View {
        Card {
            SwiftUI.Button {
                on(door.open.intent)
            } label: {
                VStack(alignment: .leading, spacing: 2) {
                    HStack(spacing: 8) {
                        Words(door.room, .title)
                        if !design.large { Words(door.people, .meta, \.ink2, lines: 1) }
                        Spacer(minLength: 0)
                        if let badge = door.badge { BadgeView(badge: badge) }
                    }
                    if design.large { Words(door.people, .meta, \.ink2, lines: 1) }
                    Words(door.title, .bold, lines: 2)
                    if let along = door.along { Words(along, .meta, \.ink2, lines: 2) }
                    if let asked = door.asked { Words(asked, .metaBold, \.overdueInk, lines: 2) }
                }
                .frame(maxWidth: .infinity, alignment: .leading)
                .padding(.horizontal, 14)
                .padding(.top, 12)
                .contentShape(Rectangle())
            }
            .buttonStyle(.plain)
            .accessibilityActions {
                if let nobody = door.nobody, nobody.locked == nil { SwiftUI.Button { on(nobody.intent) } label: { Text(verbatim: nobody.label) } }
                if let main = door.main, main.locked == nil { SwiftUI.Button { on(main.intent) } label: { Text(verbatim: main.label) } }
            }
            let layout = design.large ? AnyLayout(VStackLayout(spacing: design.gap)) : AnyLayout(HStackLayout(spacing: design.gap))
            layout {
                if let nobody = door.nobody { PressButton(nobody, on, .outline, least: design.touch) }
                if let main = door.main { PressButton(main, on, door.strong ? .primary : .tonal, least: design.touch) }
            }
            .padding(.horizontal, 14)
            .padding(.top, 10)
            .padding(.bottom, 12)
        }
    }
}

/// Something at the spot, at the desk or by telephone.
private struct DueCard: View {
    let spot: Spot
    let on: (TodayIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        Card {
            let layout =
                design.large
                ? AnyLayout(VStackLayout(alignment: .leading, spacing: 10)) : AnyLayout(HStackLayout(spacing: design.gap))
            layout {
                SwiftUI.Button {
                    on(spot.open.intent)
                } label: {
                    VStack(alignment: .leading, spacing: 2) {
                        Words(spot.title, .bold, lines: 2)
                        if !spot.about.isEmpty { Words(spot.about, .meta, \.ink2, lines: 2) }
                        if let badge = spot.badge { BadgeView(badge: badge).padding(.top, 4) }
                    }
                    .frame(maxWidth: .infinity, minHeight: Measure.touch, alignment: .leading)
                    .contentShape(Rectangle())
                }
                .buttonStyle(.plain)
                PressButton(spot.act, on, .tonal, least: design.touch).frame(maxWidth: design.large ? .infinity : 132)
            }
            .padding(.leading, 14)
            .padding([.trailing, .vertical], 12)
        }
    }
}

/// Nobody is at home: two presses, and the door comes back by itself.
private struct NobodySheet: View {
    let sheet: TodaySheet.Nobody
    let on: (TodayIntent) -> Void

    var body: some View {
        SheetFrame(title: sheet.title, subtitle: sheet.about, close: { on(.closeSheet) }) {
            VStack(alignment: .leading, spacing: 8) {
                Words(sheet.question, .bold)
                Chips(chips: sheet.times, on: on)
                if let time = sheet.time { Field(typing: time, on: on, keys: .number) }
                if let locked = sheet.record.locked { WrongAnswer(text: locked) }
                if let help = sheet.help { Words(help, .meta, \.ink2) }
            }
            PhotoStrip(photos: sheet.photos, on: on)
            if let photo = sheet.photo {
                SwiftUI.Button {
                    on(photo.intent)
                } label: {
                    HStack(spacing: 12) {
                        Picture(.camera)
                        VStack(alignment: .leading, spacing: 0) {
                            Words(photo.label)
                            Words(sheet.photoAbout, .meta, \.ink2)
                        }
                        .frame(maxWidth: .infinity, alignment: .leading)
                        Picture(.chevronRight, size: Measure.iconSmall, \.ink3)
                    }
                    .frame(minHeight: Measure.row)
                    .contentShape(Rectangle())
                }
                .buttonStyle(.plain)
            }
            Actions(second: sheet.call, first: sheet.record, on: on)
        }
    }
}

/// The day has to end earlier: four lines that add up to what was open.
private struct CutShortSheet: View {
    let sheet: TodaySheet.CutShort
    let on: (TodayIntent) -> Void

    var body: some View {
        SheetFrame(title: sheet.title, close: { on(.closeSheet) }) {
            Chips(chips: sheet.left, on: on)
            Card {
                Ruled(sheet.lines) { line in CutRow(line: line, on: on) }
            }
            if !sheet.reasons.isEmpty {
                VStack(alignment: .leading, spacing: 8) {
                    Flow(spacing: 6) {
                        Words(sheet.reason, .bold)
                        Words(sheet.reasonAbout, .meta, \.ink2)
                    }
                    Flow {
                        ForEach(Array(sheet.reasons.enumerated()), id: \.offset) { _, chip in
                            ChipButton(chip: chip, on: on, wide: false)
                        }
                    }
                    if let remark = sheet.remark { Field(typing: remark, on: on) }
                }
            }
        } foot: {
            Actions(second: sheet.close, first: sheet.walk, on: on)
        }
    }
}

private struct CutRow: View {
    let line: CutLine
    let on: (TodayIntent) -> Void

    var body: some View {
        let look = look
        VStack(alignment: .leading, spacing: 0) {
            SwiftUI.Button {
                on(line.open.intent)
            } label: {
                HStack(spacing: 12) {
                    Picture(look.icon, look.colour)
                    VStack(alignment: .leading, spacing: 0) {
                        Words(line.title, .bold)
                        Words(line.about, .meta, \.ink2)
                    }
                    .frame(maxWidth: .infinity, alignment: .leading)
                    Picture(line.things.isEmpty ? .chevronRight : .chevronDown, size: Measure.iconSmall, \.ink2)
                }
                .padding(.horizontal, 16)
                .padding(.vertical, 8)
                .frame(minHeight: Measure.row)
                .contentShape(Rectangle())
            }
            .buttonStyle(.plain)
            if !line.things.isEmpty {
                VStack(alignment: .leading, spacing: 6) {
                    ForEach(Array(line.things.enumerated()), id: \.offset) { _, thing in Words(thing, .meta) }
                }
                .padding(.leading, 52)
                .padding(.trailing, 16)
                .padding(.bottom, 12)
            }
        }
    }

    private var look: (icon: Icon, colour: KeyPath<Palette, UInt32>) {
        switch line.kind {
        case .keep: (.footprints, \.accent)
        case .tomorrow: (.arrowRight, \.overdueInk)
        case .missed: (.flag, \.overdueInk)
        case .anotherDay: (.inbox, \.ink3)
        }
    }
}

/// The first and the last thing said of a stop: how many, and which way.
private func inShort(_ about: String) -> String {
    let parts = parts(of: about)
    return parts.count > 2 ? [parts[0], parts[parts.count - 1]].joined(separator: dot) : about
}
#endif

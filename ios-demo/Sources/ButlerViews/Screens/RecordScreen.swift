#if canImport(SwiftUI)
import ButlerScreens
import SwiftUI

/// 记一笔.
struct RecordScreen<Above: View>: View {
    let state: RecordScreenState
    let on: (RecordIntent) -> Void
    /// The way to an emergency card.
    @ViewBuilder let above: Above

    var body: some View {
        VStack(spacing: 0) {
            Bar(title: state.title, badge: state.syncBadge, on: on)
            Scrolled(problem: state.problem, spacing: 10) {
                above
                if let empty = state.empty { EmptyState(icon: .clipboardList, empty: empty, on: on).padding(.top, 56) }
                if !state.tiles.isEmpty { Tiles(tiles: state.tiles, on: on) }
                if let title = state.registersTitle { HeadingWith(title: title, press: state.all, on: on) }
                if !state.registers.isEmpty {
                    Flow(spacing: 8) {
                        ForEach(Array(state.registers.enumerated()), id: \.offset) { _, register in PressButton(register, on, .outline) }
                    }
                }
            }
        }
        .overlay {
            if let sheet = state.sheet {
                SheetFrame(title: sheet.title, close: { on(sheet.close.intent) }) { SlipRows(slips: sheet.slips, on: on) }
            }
        }
    }
}

/// Two beside each other; one where text is large.
private struct Tiles: View {
    let tiles: [RecordTile]
    let on: (RecordIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let across = Array(repeating: GridItem(.flexible(), spacing: design.gap), count: design.large ? 1 : 2)
        LazyVGrid(columns: across, spacing: design.gap) {
            ForEach(Array(tiles.enumerated()), id: \.offset) { _, tile in Tile(tile: tile, on: on) }
        }
    }
}

private struct Tile: View {
    let tile: RecordTile
    let on: (RecordIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        let shape = RoundedRectangle(cornerRadius: Measure.cardRadius)
        SwiftUI.Button {
            on(tile.open.intent)
        } label: {
            HStack(spacing: 12) {
                Picture(icon)
                    .frame(width: 44, height: 44)
                    .background(design[\.sunken], in: RoundedRectangle(cornerRadius: Measure.controlRadius))
                Words(tile.open.label, .bold).frame(maxWidth: .infinity, alignment: .leading)
            }
            .padding(12)
            .frame(minHeight: 72)
            .background(design[\.surface], in: shape)
            .overlay(shape.strokeBorder(design[\.line], lineWidth: design.edge))
            .contentShape(shape)
        }
        .buttonStyle(.plain)
    }

    private var icon: Icon {
        switch tile.look {
        case .visit: .doorOpen
        case .call: .phone
        case .broken: .wrench
        case .notDone: .flag
        case .toDo: .clipboardList
        case .unhappy: .messageSquareWarning
        case .other: .penLine
        }
    }
}

/// The way to an emergency card from 记一笔: the one red thing there.
struct EmergencyButton: View {
    let state: EmergencyEntryState
    let on: (EmergencyEntryIntent) -> Void
    @Environment(\.design) private var design

    var body: some View {
        if let open = state.open {
            let shape = RoundedRectangle(cornerRadius: Measure.controlRadius)
            SwiftUI.Button {
                on(open.intent)
            } label: {
                HStack(spacing: 14) {
                    Picture(.siren, size: 30, \.onUrgent)
                    VStack(alignment: .leading, spacing: 0) {
                        Words(open.label, .bold, \.onUrgent)
                        Words(state.about, .meta, \.onUrgent, lines: 2)
                    }
                    .frame(maxWidth: .infinity, alignment: .leading)
                }
                .padding(.horizontal, 18)
                .padding(.vertical, 12)
                .frame(minHeight: Measure.buttonLarge)
                .background(design[\.urgent], in: shape)
                .contentShape(shape)
            }
            .buttonStyle(.plain)
        }
    }
}
#endif

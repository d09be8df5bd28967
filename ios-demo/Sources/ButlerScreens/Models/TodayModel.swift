import ButlerKit
import Foundation

/// What can be pressed on 今天.
public enum TodayIntent: Equatable, Sendable {
    case search
    case outbox
    case canWait
    case doesNotFit
    case inspections(ChecklistId)
    case allUrgent
    case walked
    case sync
    case callNumber(String)
    case library
    case register(Procedure)
    case openItem(DueId)
    case fold(PlaceId)
    case showRest(PlaceId)
    case startHere(PlaceId)
    case openHome(RecordId)
    case begin(DueId)
    case read(ArticleRow)
    case take(RecordId, StepId)
    case meet(RecordId)
    case nobodyHome(RecordId)
    case again(Date)
    case anotherTime
    case month(Month)
    case againOn(Day)
    case againAt(String)
    case handled(String)
    case photoOfNote
    case look(PhotosAt)
    case dial
    case recordNobody
    case askHowLong
    case left(Int)
    case lookAtPart(CutKind)
    case because(String)
    case remark(String)
    case walkLikeThis
    case closeSheet
    /// What may be done with an item of a spot, or of the desk.
    case ask(DueId)
    case instead(DueAnswer)
}

/// 今天: the walk of the day, of `today.walk()`.
@MainActor public final class TodayModel: Model {
    public let app: App
    public let life = Life(TodayState())
    private var walk: DayWalk?
    private var folded: [PlaceId: Bool] = [:]
    private var whole: Set<PlaceId> = []
    private var lookedAt: PlaceId?
    private var allUrgent = false
    private var allWalked = false
    private var nobody: Nobody?
    private var absence: Absence?
    /// Of the door whose sheet is open.
    private var reach: Reach?
    private var cut: Cut?
    private var asked: DueId?
    private var problem: String?

    public init(_ app: App) { self.app = app }

    private var hours: WalkHours { app.settings.now.hours }

    /// The open sheet of a door nobody opened. It is a draft from its first change on.
    private struct Nobody {
        let door: WalkDoor
        let submission: Submission
        let at: Date
        let times: [Date]
        var again: Date
        let help: String?
        var photos: [PhotoId] = []
        /// It is none of the times that are offered.
        var picked: Bool
        /// Its time as it is typed; nil as long as nobody did.
        var typed: String?
        /// The month that is open to choose a day of.
        var month: Month?
    }

    /// The open sheet of a day that has to end earlier. It is a draft from its first change on.
    private struct Cut {
        let submission: Submission
        var minutes: Int
        var parts: CutShort
        var reason: String?
        var remark = ""
        /// The part one looks into.
        var part: CutKind?
    }

    public func act(_ intent: TodayIntent) async throws {
        problem = nil
        switch intent {
        case .search: app.platform.go(.homes)
        case .outbox: app.platform.go(.outbox)
        case .canWait, .doesNotFit: app.platform.go(.canWait)
        case .inspections(let checklist): app.platform.go(.dayRounds(checklist))
        case .allUrgent: allUrgent.toggle()
        case .walked: allWalked.toggle()
        case .sync: app.platform.sync()
        case .callNumber(let number): app.platform.dial(number)
        case .library: app.platform.go(.library)
        case .register(let of): app.platform.go(.register(of))
        case .openItem(let item): try await openNoticed(app, item)
        case .fold(let stop): folded[stop] = !isFolded(stop, unless: stop == current?.place)
        case .showRest(let stop): whole.insert(stop)
        case .startHere(let stop): try await startHere(stop)
        case .openHome(let home): app.platform.go(.home(home))
        case .meet(let home): app.platform.go(.visit(home))
        case .begin(let item):
            asked = nil
            try await ButlerScreens.begin(app, item)
        case .ask(let item): asked = item
        case .read(let article): app.platform.go(.article(article))
        case .instead(let answer):
            let due = asked
            asked = nil
            if let due, let item = try await app.butler.today.item(due) { app.platform.go(.form(.instead(answer, due, item.about))) }
        case .nobodyHome(let home): try await openNobody(home)
        case .take(let id, let step): app.platform.go(.form(.step(id, step)))
        case .again(let at):
            nobody?.again = at
            nobody?.picked = false
            try await keepNobody()
        case .anotherTime: if let again = nobody?.again { nobody?.month = Month(of: today(again)) }
        case .month(let month): nobody?.month = month
        case .againOn(let day):
            if let again = nobody?.again { nobody?.again = app.formats.at(day, minute: app.formats.minuteOfDay(again)) }
            nobody?.picked = true
            nobody?.month = nil
            try await keepNobody()
        case .againAt(let time):
            nobody?.typed = time
            if let again = nobody?.again, let minute = clockTime(time) {
                nobody?.again = app.formats.at(today(again), minute: minute)
            }
            try await keepNobody()
        case .photoOfNote: try await photoOfNote()
        case .look(let at): app.platform.go(.photo(at))
        case .dial: try await call()
        case .recordNobody: if let absence { try await recordAbsence(absence) } else { try await recordNobody() }
        case .handled(let option): absence?.chosen = option
        case .askHowLong: try await openCut()
        case .left(let minutes):
            cut?.parts = try await app.butler.today.cutShort(minutes: minutes, hours)
            cut?.minutes = minutes
            try await keepCut()
        case .lookAtPart(let part): if let open = cut?.part, open == part { cut?.part = nil } else { cut?.part = part }
        case .because(let reason):
            cut?.reason = reason
            try await keepCut()
        case .remark(let text):
            cut?.remark = text
            try await keepCut()
        case .walkLikeThis: try await walkLikeThis()
        case .closeSheet: try await closeSheet()
        }
    }

    public func failed(_ words: String) { problem = words }

    // What is written.

    /// It is kept with the day's walk: whoever looks at it finds it so. The stop is the one that is looked into then.
    private func startHere(_ stop: PlaceId) async throws {
        _ = try await app.butler.today.walk(app.settings.now.walked(from: stop))
        folded = [:]
        lookedAt = stop
    }

    private func openNobody(_ home: RecordId) async throws {
        guard let door = doors.first(where: { $0.home == home }) else { return }
        let reach = try await ButlerScreens.reach(app, door.people)
        self.reach = reach
        absence = try await ButlerScreens.absence(app, door)
        if absence != nil { return }
        let kept = try await app.butler.drafts.list().map(\.draft).first {
            $0.form == contactForm.value && $0.about.contains(home) && $0.answers.text(.outcome) == notReached
        }
        let now = app.now()
        // A knock of another day is not this one.
        let at = kept?.answers.moment(.at).flatMap { today($0) == today(now) ? $0 : nil } ?? now
        let again = kept?.answers.moment(.nextContact).flatMap { $0 > now ? $0 : nil }
        let times = timesAgain(app, at, reach)
        let usual = app.formats.at(app.formats.day(today(at), plus: 1), minute: usualEvening)
        let first = timeAgain(times, usual: usual, reach)
        // As many as stand beside each other, the first one among them.
        let shown = times.prefix(offered).contains(first) ? Array(times.prefix(offered)) : times.prefix(offered - 1) + [first]
        let known = reach.known
        let submission: Submission
        if let kept { submission = kept.submission } else { submission = try await app.butler.submission() }
        nobody = Nobody(
            door: door, submission: submission, at: at, times: shown, again: again ?? first,
            help: known.isEmpty ? nil : known.joined(separator: "\n"), photos: kept?.answers.photos[.photo] ?? [],
            picked: again.map { !shown.contains($0) } ?? false)
    }

    /// How the call went is asked on the home. That one knocked is a draft; what was done about an inspection is answered in its
    /// sheet.
    private func call() async throws {
        guard let door = nobody?.door ?? absence?.door, let to = reach?.call else { return }
        try await keepNobody()
        nobody = nil
        try await beginCall(app, door.home, to.person, to.phone, to.number)
        app.platform.go(.home(door.home))
    }

    private func keepNobody() async throws {
        if let nobody { try await app.butler.drafts.save(draft(nobody)) }
    }

    private func draft(_ open: Nobody) -> Draft {
        let fields: [QuestionId: Value] = [
            .channel: .text(visit), .outcome: .text(notReached), .at: .int(open.at.millis),
            .nextContact: .int(open.again.millis),
        ]
        let answers = Evidence(fields: fields, photos: open.photos.isEmpty ? [:] : [.photo: open.photos])
        return Draft(submission: open.submission, form: contactForm.value, about: [open.door.home], answers: answers)
    }

    private func photoOfNote() async throws {
        guard let open = nobody, try await app.photo(draft(open), .photo) != nil else { return }
        nobody?.photos = try await app.butler.drafts.get(open.submission.id)?.draft.answers.photos[.photo] ?? []
    }

    /// A visit that met nobody answers nothing, but an agreed contact or a promise carries its time on: it names those.
    private func recordNobody() async throws {
        guard let sheet = nobody else { return }
        let door = sheet.door
        let open = door.items.filter { $0.status == .open }
        let contact = NewContact(
            about: [door.home], channel: Channel.visit, purpose: try await contactPurpose(app, open), outcome: .notReached,
            nextContact: sheet.again, at: sheet.at,
            dues: open.filter(\.promised).map(\.id),
            photos: sheet.photos)
        let recorded = try await app.butler.submitting(sheet.submission).contacts.record(contact)
        nobody = nil
        let again = app.formats.nearTime(sheet.again, today: today(sheet.at))
        app.recorded(app.words(.nobodyNoted, ["room": room(door), "again": again]), [recorded])
    }

    /// What was done about it answers what the checklist asks where nobody is.
    private func recordAbsence(_ sheet: Absence) async throws {
        let proof = try await proof(app, at: sheet.point)
        let recorded = try await app.butler.rounds.recordPoint(sheet.round, at: sheet.point.id, proof: proof, [sheet.answer])
        absence = nil
        let handled = sheet.asked.options.first { $0.id == sheet.chosen }.map { app.words($0.label) } ?? ""
        app.recorded(app.words(.absenceNoted, ["room": room(sheet.door), "what": handled]), [recorded] + sheet.made)
    }

    private func openCut() async throws {
        let drafts = try await app.butler.drafts.list().filter { $0.draft.form == cutShortForm }
        let kept = drafts.filter { today($0.changedAt) == today(app.now()) }
        for old in drafts where !kept.contains(old) { try await app.butler.drafts.discard(old.draft.submission.id) }
        let draft = kept.first?.draft
        var minutes = twoHours
        if case .int(let left) = draft?.answers.fields[minutesField] { minutes = Int(left) }
        let parts = try await app.butler.today.cutShort(minutes: minutes, hours)
        let asked = try await app.butler.today.asks(.snooze)
        let reasons = asked.first { $0.answer == .choice }?.options ?? []
        let usual = (reasons.first { $0.id == shortOfHands } ?? reasons.first)?.id
        let reason = draft?.answers.text(reasonField) ?? ""
        let submission: Submission
        if let draft { submission = draft.submission } else { submission = try await app.butler.submission() }
        cut = Cut(
            submission: submission, minutes: minutes, parts: parts, reason: reason.isEmpty ? usual : reason,
            remark: draft?.note ?? "")
    }

    private func keepCut() async throws {
        guard let open = cut else { return }
        let fields: [QuestionId: Value] = [
            minutesField: .int(Int64(open.minutes)), reasonField: .text(open.reason ?? ""),
        ]
        try await app.butler.drafts.save(
            Draft(submission: open.submission, form: cutShortForm, answers: Evidence(fields: fields), note: open.remark))
    }

    /// What the form for putting off asks now, and the answers to it so far.
    private func putOff(_ open: Cut) async throws -> (questions: [Question], answers: Evidence) {
        var fields: [QuestionId: Value] = [:]
        for question in try await app.butler.today.asks(.snooze) {
            switch question.answer {
            case .date: fields[question.field] = .text(tomorrow.description)
            case .choice: if let reason = open.reason { fields[question.field] = .text(reason) }
            case .text: if !open.remark.isBlank { fields[question.field] = .text(open.remark) }
            default: break
            }
        }
        let answers = Evidence(fields: fields)
        return (try await app.butler.registers.ask(putOffForm, answers), answers)
    }

    private func walkLikeThis() async throws {
        guard let open = cut else { return }
        let later = open.parts.tomorrow
        if !later.isEmpty {
            let recorded = try await app.butler.today.snoozeMany(later, try await putOff(open).answers)
            app.recorded(app.words(.putOff, ["count": later.count]), recorded)
        }
        try await app.butler.drafts.discard(open.submission.id)
        cut = nil
    }

    /// One level back, as Back goes.
    private func closeSheet() async throws {
        if nobody?.month != nil {
            nobody?.month = nil
            return
        }
        if let absence { try await app.butler.records.undo(absence.made) }
        absence = nil
        nobody = nil
        cut = nil
        asked = nil
    }

    // What is shown.

    public func read() async throws -> TodayState {
        let butler = app.butler
        let now = app.now()
        let date = try await butler.date()
        let me = try await butler.me()
        let status = try await app.butler.status()
        var state = TodayState(
            title: app.words(.tabToday),
            subtitle: ([app.formats.dayOfWeek(date)] + me.grids.map(\.name)).joined(separator: dot),
            search: Press(app.words(.search), .search),
            sync: Press(app.words(.syncNow), .outbox),
            syncBadge: syncBadge(app, status),
            problem: problem ?? app.notice)
        if me.grids.isEmpty {
            state.empty = Empty(app.words(.noGrid), app.words(.noGridAbout))
            state.links = try await withoutGrid(app, status, date)
            return state
        }
        let walk = try await butler.today.walk(hours)
        self.walk = walk
        if let scanned = app.taken({ if case .stop(let place) = $0 { place } else { nil } }) {
            folded[scanned] = false
            lookedAt = scanned
        }
        let walked = Walked(walk)
        let stops = try await stops(walk, date, now)
        let nothing = walk.urgent.isEmpty && stops.allSatisfy { $0.phase == .done }
        if !nothing {
            state.capacity = try await capacity(walk, walked, now)
            state.walked = self.walked(walk, walked)
        }
        for item in walk.urgent.prefix(allUrgent ? walk.urgent.count : 1) { state.urgent.append(try await urgent(item, now)) }
        state.moreUrgent = moreUrgent(walk)
        state.urgentInShort = urgentInShort(walk, now)
        state.stops = stops.filter { $0.phase != .done }
        state.lookAt = walk.stops.first { $0.place == lookedAt }?.name
        if nothing {
            let items = try await app.butler.today.all()
            state.done = dayDone(app, walked, items, status, date)
            state.links = try await afterToday(app, items, date)
        }
        state.sheet = absence.map { .nobody(absenceSheet($0)) } ?? nobody.map { nobodySheet($0, date) }
        if state.sheet == nil, let cut { state.sheet = .cutShort(try await cutSheet(cut)) }
        if state.sheet == nil, let asked, let item = try await butler.today.item(asked) {
            let due = DueChoice(app, item, today: date, begin: TodayIntent.begin(item.id), read: { .read($0) }, instead: { .instead($0) })
            state.sheet = .due(.init(title: app.words(.doOrNot), about: item.subject, due: due))
        }
        return state
    }

    private func capacity(_ walk: DayWalk, _ walked: Walked, _ now: Date) async throws -> Capacity {
        let words = app.words
        let (from, end) = (Int(hours.from), Int(hours.until))
        let spare = Int(walk.spareMinutes)
        // The bar is the day from its first hour to its last, or to where the walk ends.
        let minute = app.formats.minuteOfDay(now)
        let ends = max(app.formats.minuteOfDay(walk.endsAt), minute)
        let at = min(max(minute, from), end)
        let whole = max(ends, end) - from
        func part(_ minutes: Int) -> Int { whole > 0 ? max(minutes, 0) * 100 / whole : 0 }
        let waiting = walk.canWait.map(\.count).reduce(0, +)
        return Capacity(
            left: words(
                .leftToday,
                [
                    "items": Int(walk.planned) + walk.urgent.count, "doors": walk.doors,
                    "stops": walk.stops.filter(\.isLeft).count,
                ]),
            ends: words(.endsAbout, ["time": app.formats.time(walk.endsAt)]),
            donePart: part(at - from),
            plannedPart: part(min(ends, end) - at),
            overPart: part(ends - end),
            done: words(.doneItems, ["count": walked.items]),
            spare: spare < 0
                ? words(.tooLong, ["time": app.formats.time(end), "over": app.formats.minutes(-spare)])
                : words(.fits, ["time": app.formats.time(end), "spare": app.formats.minutes(spare)]),
            doesNotFit: try await ButlerScreens.doesNotFit(app, walk).map { Press($0, .doesNotFit) },
            inspections: inspections(walk),
            canWait: waiting > 0 ? Press(words(.canWait, ["count": waiting]), .canWait) : nil,
            cutShort: Press(words(.cutShort), .askHowLong),
            plan: Press(words(.planDay), .askHowLong))
    }

    private func inspections(_ walk: DayWalk) -> [Press<TodayIntent>] {
        let atDoors = walk.stops.flatMap(\.doors).flatMap(\.items)
        return ButlerScreens.inspections(atDoors).compactMap { checklist, items in
            let homes = items.grouped { $0.about }
            guard homes.count >= severalHomes, let first = items.first else { return nil }
            let seen = homes.filter { home in !home.rows.contains { $0.isToDo } }.count
            let label = app.words(.inspectionsOf, ["what": app.words(first.title), "count": homes.count, "seen": seen])
            return Press(label, .inspections(checklist))
        }
    }

    private func urgent(_ item: TodayItem, _ now: Date) async throws -> UrgentCard {
        var details: CaseDetails?
        var step: NextStep?
        if let id = item.case {
            details = try await app.butler.cases.details(id)
            step = try await app.butler.cases.nextSteps(id).first { $0.whyNot == nil && $0.first.isEmpty }
        }
        var place: String?
        if let about = details?.about.first { place = await home(about) }
        if place == nil, let id = item.place { place = try await app.place(id) }
        var open = Press(app.words(.begin), TodayIntent.begin(item.id))
        // What the button says it does: the step's form opens at once.
        if let id = item.case, let step { open = Press(app.words(step.label), .take(id, step.step)) }
        return UrgentCard(
            clock: Badge(.urgent, clock(item, now)),
            title: details?.case.title ?? item.subject,
            place: ([place].compactMap { $0 } + [app.words(item.title)]).joined(separator: dot),
            open: open)
    }

    private func clock(_ item: TodayItem, _ now: Date) -> String {
        item.dueAt.map { app.formats.clock($0, now: now) } ?? app.words(.urgentNow)
    }

    private func home(_ record: RecordId) async -> String? {
        if let door = doors.first(where: { $0.home == record }) { return door.title }
        return try? await app.butler.homes.details(record).title
    }

    private func moreUrgent(_ walk: DayWalk) -> Press<TodayIntent>? {
        if walk.urgent.count < 2 { return nil }
        if allUrgent { return Press(app.words(.fewerUrgent), .allUrgent) }
        return Press(app.words(.moreUrgent, ["count": walk.urgent.count - 1]), .allUrgent)
    }

    private func urgentInShort(_ walk: DayWalk, _ now: Date) -> UrgentInShort? {
        walk.urgent.first.map { first in
            UrgentInShort(
                badge: Badge(.urgent, app.words(.urgentCount, ["count": walk.urgent.count])),
                open: Press(app.words(.soonest, ["clock": clock(first, now)]), .begin(first.id)))
        }
    }

    private func walked(_ walk: DayWalk, _ walked: Walked) -> WalkedPart? {
        if walked.items == 0 { return nil }
        let text =
            walked.places == 0
            ? app.words(.walkedItems, ["items": walked.items])
            : app.words(.walked, ["stops": walked.places, "items": walked.items])
        return WalkedPart(open: Press(text, .walked), at: allWalked ? walkedAt(walk) : [])
    }

    /// All that is counted, of stops one is not through with, too.
    private func walkedAt(_ walk: DayWalk) -> [WalkedAt] {
        func done(_ items: [TodayItem]) -> [TodayItem] { items.filter { $0.status == .done } }
        func things(_ items: [TodayItem], _ at: String) -> [WalkedThing] {
            done(items).map { item in
                WalkedThing(
                    place: item.subject == at ? "" : item.subject, what: app.words(item.title), open: Press(item.subject, .openItem(item.id)))
            }
        }
        let stops = walk.stops.map { stop in
            let doors = stop.doors.compactMap { door -> WalkedThing? in
                let here = done(door.items).map { app.words($0.title) }.unique()
                if here.isEmpty { return nil }
                return WalkedThing(place: room(door), what: app.words.list(here), open: Press(door.title, .openHome(door.home)))
            }
            return WalkedAt(name: stop.name, things: things(stop.spots, stop.name) + doors)
        }
        let aside = [(Word.calls, walk.calls), (.desk, walk.desk)].map { name, items in
            WalkedAt(name: app.words(name), things: things(items, app.words(name)))
        }
        return (stops + aside).filter { !$0.things.isEmpty }
    }

    private func stops(_ walk: DayWalk, _ today: Day, _ now: Date) async throws -> [Stop] {
        // What was walked is behind one, wherever the walk began.
        let done = walk.stops.filter { !$0.isLeft }
        let open = walk.stops.filter(\.isLeft)
        var stops: [Stop] = []
        for (index, stop) in (done + open).enumerated() {
            let phase: StopPhase = index < done.count ? .done : index == done.count ? .now : .next
            stops.append(try await self.stop(stop, index + 1, phase, today, now))
        }
        let beside: [(items: [TodayItem], name: Word, about: Word)] = [
            (walk.calls, .calls, .callsAbout), (walk.desk, .desk, .deskAbout),
        ]
        for (items, name, about) in beside {
            let first = open.isEmpty && stops.count == walk.stops.count
            if let aside = aside(items, stops.count + 1, name, about, first, today, now) { stops.append(aside) }
        }
        return stops
    }

    private func stop(_ stop: WalkStop, _ number: Int, _ phase: StopPhase, _ today: Day, _ now: Date) async throws -> Stop {
        let open = !isFolded(stop.place, unless: phase == .now)
        let spots = stop.spots.filter(\.isToDo)
        let doors = stop.doors.filter(\.open) + stop.doors.filter { !$0.open }
        let shown = !open ? [] : whole.contains(stop.place) ? doors : Array(doors.prefix(shownDoors))
        let rest = open ? doors.dropFirst(shown.count).filter(\.open) : []
        let minutes = app.formats.minutes(Int(stop.minutes))
        let about =
            doors.isEmpty
            ? app.words(.stopSpots, ["items": spots.count, "minutes": minutes])
            : app.words(.stopAbout, ["doors": doors.filter(\.open).count, "minutes": minutes])
        var states: [Door] = []
        for door in shown { states.append(try await self.door(door, today, now)) }
        let direction = app.words(hours.floors == .topDown ? .topDown : .bottomUp)
        let start =
            open && phase == .next
            ? StartHere(
                press: Press(app.words(.startHere), .startHere(stop.place)), spoken: app.words(.startHereSpoken, ["stop": stop.name])) : nil
        return Stop(
            number: number, phase: phase, name: stop.name,
            about: open && doors.count > 1 ? about + dot + direction : about,
            fold: Press(stop.name, .fold(stop.place)),
            spots: open ? spots.map { spot($0, today, now) } : [],
            doors: states,
            rest: rest.isEmpty
                ? nil : Press(app.words(.alsoHere, ["rooms": app.words.list(rest.map { room($0) })]), .showRest(stop.place)),
            start: start)
    }

    /// What is done without walking: calls, and what one does sitting.
    private func aside(
        _ items: [TodayItem], _ number: Int, _ name: Word, _ about: Word, _ first: Bool, _ today: Day, _ now: Date
    ) -> Stop? {
        let left = items.filter(\.isToDo)
        if left.isEmpty { return nil }
        // No place is called so.
        let place = PlaceId(value: "aside \(name.zh)")
        let open = !isFolded(place, unless: first)
        let minutes = app.formats.minutes(left.map { Int($0.minutes) }.reduce(0, +))
        return Stop(
            number: number, phase: first ? .now : .next, name: app.words(name),
            about: app.words(about, ["count": left.count, "minutes": minutes]),
            fold: Press(app.words(name), .fold(place)),
            spots: open ? left.map { spot($0, today, now) } : [], doors: [], rest: nil, start: nil)
    }

    private func spot(_ item: TodayItem, _ today: Day, _ now: Date) -> Spot {
        Spot(
            title: app.words(item.title), about: item.subject, badge: badge(item, today, now),
            act: Press(beginWords(app, item), .begin(item.id)), open: Press(app.words(item.title), .ask(item.id)))
    }

    private func door(_ door: WalkDoor, _ today: Day, _ now: Date) async throws -> Door {
        let words = app.words
        let items = door.items
        let tried = items.lazy.compactMap(\.tried).first
        let phase: DoorPhase = !door.open ? .done : tried != nil ? .tried : .open
        let along = items.dropFirst().filter { $0.status != .done }.map { words($0.title) }.unique()
        let badge: Badge? =
            if phase == .done {
                Badge(.ok, words(.doorDone))
            } else if let tried {
                Badge(.plain, self.tried(tried, today))
            } else if door.isNew {
                Badge(.plain, words(.new))
            } else {
                longestDue(items).flatMap { self.badge($0, today, now) }
            }
        let round = items.first?.begin.isChecklist ?? false
        // Works are inspected whoever lives there.
        let reach = round || phase == .done ? nil : try await ButlerScreens.reach(app, door.people)
        let locked = reach?.noVisits == true ? words(.noVisits) : nil
        let works = try await works(door, items.first)
        return Door(
            room: room(door), people: works ?? people(door.people), badge: badge, phase: phase,
            title: items.first.map { words($0.title) } ?? "",
            along: along.isEmpty || phase == .done ? nil : words(.along, ["things": words.list(along)]),
            asked: reach?.unwelcome,
            open: Press(door.title, .openHome(door.home)),
            nobody: phase == .done ? nil : Press(words(.nobodyHome), .nobodyHome(door.home), locked: locked),
            main: phase == .done ? nil : main(door, items.first, locked),
            strong: !round)
    }

    /// What one presses at a door where somebody is: a round is begun there, anything else is a visit.
    private func main(_ door: WalkDoor, _ item: TodayItem?, _ locked: String?) -> Press<TodayIntent> {
        guard let item, item.begin.isChecklist else { return Press(app.words(.metThem), .meet(door.home), locked: locked) }
        return Press(app.words(item.status == .begun ? .goOnRound : .inspect), .begin(item.id))
    }

    /// The first of those that are due for the longest time.
    private func longestDue(_ items: [TodayItem]) -> TodayItem? {
        items.reduce(nil) { longest, item in
            guard let longest else { return item }
            return item.due < longest.due ? item : longest
        }
    }

    private func tried(_ tried: Tried, _ today: Day) -> String {
        let time = app.formats.time(tried.at)
        guard let again = tried.again else { return app.words(.tried, ["time": time]) }
        return app.words(.triedAgain, ["time": time, "again": app.formats.nearTime(again, today: today)])
    }

    /// What one needs before a home that is inspected: how it stands, and how far its works are; nil where nothing is known.
    private func works(_ door: WalkDoor, _ main: TodayItem?) async throws -> String? {
        guard case .checklist(let checklist) = main?.begin else { return nil }
        guard let home = try await found({ try await app.butler.homes.details(door.home) }) else { return nil }
        let stage = try await lastRounds(app, home, checklist).lazy.compactMap { ButlerScreens.stage(self.app, $0) }.first
        let known = [home.home.state.map { app.words($0.label) }, stage?.words].compactMap { $0 }
        return known.isEmpty ? nil : known.joined(separator: dot)
    }

    private func people(_ people: [ResidentRow]) -> String {
        guard let head = people.first(where: { $0.role?.code == ResidentRole.owner }) ?? people.first else { return app.words(.vacant) }
        return app.words(.family, ["name": app.called(head)]) + dot + app.words(.people, ["count": people.count])
    }

    private func badge(_ item: TodayItem, _ today: Day, _ now: Date) -> Badge? {
        let late = app.formats.days(from: item.due, to: today)
        if item.urgency == .urgent, let due = item.dueAt { return Badge(.urgent, app.formats.clock(due, now: now)) }
        if late > 0 { return Badge(.overdue, app.words(.late, ["days": late])) }
        if item.overdue, let due = item.dueAt { return Badge(.overdue, app.formats.clock(due, now: now)) }
        return nil
    }

    private func absenceSheet(_ sheet: Absence) -> TodaySheet.Nobody {
        let help = [sheet.asked.help.map { app.words($0) }, reach?.noCalls].compactMap { $0 }
        return TodaySheet.Nobody(
            title: app.words(.nobodyTitle, ["room": room(sheet.door)]),
            about: sheet.door.jobs.first.map { app.words($0.title) } ?? "",
            question: app.words(sheet.asked.label),
            times: sheet.asked.options.map { Chip(Press(app.words($0.label), .handled($0.id)), chosen: $0.id == sheet.chosen) },
            time: nil,
            help: help.isEmpty ? nil : help.joined(separator: "\n"),
            photos: [],
            photo: nil,
            photoAbout: "",
            call: callPress,
            record: Press(app.words(.noteNext), .recordNobody))
    }

    private var callPress: Press<TodayIntent>? { reach?.call.map { _ in Press(app.words(.call), .dial) } }

    /// What is wrong with the time that was picked.
    private func wrong(_ sheet: Nobody) -> String? {
        if !sheet.picked { return nil }
        if let typed = sheet.typed, clockTime(typed) == nil {
            return app.words(.stillMissing, ["count": 1, "what": app.words(.atWhatTime)])
        }
        if !daytime.contains(app.formats.minuteOfDay(sheet.again)) { return app.words(.notAtNight) }
        return sheet.again <= app.now() ? app.words(.notInThePast) : nil
    }

    private func nobodySheet(_ sheet: Nobody, _ date: Day) -> TodaySheet {
        guard let month = sheet.month else { return .nobody(nobodySheet(sheet)) }
        return .days(
            MonthDays(
                app, app.words(.whenAgain), month, today: date, chosen: today(sheet.again), turn: { .month($0) },
                choose: { .againOn($0) }, close: .closeSheet, first: date))
    }

    private func nobodySheet(_ sheet: Nobody) -> TodaySheet.Nobody {
        let today = today(sheet.at)
        let open = sheet.door.items.filter { $0.status == .open }.count
        return TodaySheet.Nobody(
            title: app.words(.nobodyTitle, ["room": room(sheet.door)]),
            about: app.words(.nobodyAbout, ["time": app.formats.time(sheet.at), "count": open]),
            question: app.words(.whenAgain),
            times: againChips(app, sheet.times, today: today, chosen: sheet.picked ? nil : sheet.again) { TodayIntent.again($0) } + [
                Chip(
                    Press(
                        sheet.picked ? app.formats.near(self.today(sheet.again), today: today).capitalisedFirst : app.words(.anotherTime),
                        .anotherTime),
                    chosen: sheet.picked)
            ],
            time: !sheet.picked
                ? nil
                : Typing(app.words(.atWhatTime), sheet.typed ?? app.formats.time(sheet.again), hint: app.words(.timeHint)) {
                    .againAt($0)
                },
            help: sheet.help,
            photos: app.strip(sheet.photos) { .look($0) },
            photo: Press(
                sheet.photos.isEmpty ? app.words(.note) : app.words(.noteTaken, ["count": sheet.photos.count]), .photoOfNote),
            photoAbout: app.words(.optional),
            call: callPress,
            record: Press(app.words(.noteNext), .recordNobody, locked: wrong(sheet)))
    }

    private func cutSheet(_ sheet: Cut) async throws -> TodaySheet.CutShort {
        let words = app.words
        let parts = sheet.parts
        // What waits anyway is none of what the day has left.
        let waits = Set((walk?.canWait ?? []).flatMap(\.items))
        let (questions, answers) = try await putOff(sheet)
        let reasons = questions.first { $0.answer == .choice }?.options ?? []
        let remark = questions.first { $0.answer == .text && $0.required }
        let missing = questions.filter { $0.required && answers.fields[$0.field] == nil }.map { words($0.label) }
        // What is put off is put off with a reason.
        let asks = !parts.tomorrow.isEmpty
        let known = onTheWalk()
        // Of the walk, or of what does not fit into it.
        func items(_ ids: [DueId]) async throws -> [TodayItem] {
            var items: [TodayItem] = []
            for id in ids {
                if let item = known[id] {
                    items.append(item)
                } else if let item = try await app.butler.today.item(id) {
                    items.append(item)
                }
            }
            return items
        }
        let missed = try await items(parts.missed)
        let homes = Set(missed.compactMap(\.about)).count
        let inHomes = homes == missed.count && Set(missed.map(\.rule)).count == 1 && !ButlerScreens.inspections(missed).isEmpty
        let missedWords =
            inHomes
            ? words(.missedHomes, ["what": words(missed[0].title), "count": homes])
            : words(.missed, ["count": missed.count])
        let another = parts.anotherDay.filter { !waits.contains($0) }
        func line(_ kind: CutKind, _ part: [DueId], _ title: String, _ about: String) async throws -> CutLine? {
            if part.isEmpty { return nil }
            let things = sheet.part == kind ? things(try await items(part)) : []
            return CutLine(kind: kind, title: title, about: about, open: Press(title, .lookAtPart(kind)), things: things)
        }
        let lines = [
            try await line(
                .keep, parts.keep, words(.keep, ["count": parts.keep.count]), kept(try await items(parts.keep))),
            try await line(
                .tomorrow, parts.tomorrow, words(.toTomorrow, ["count": parts.tomorrow.count]), words(.toTomorrowAbout)),
            try await line(.missed, parts.missed, missedWords, words(.missedAbout)),
            try await line(.anotherDay, another, words(.anotherDay, ["count": another.count]), words(.anotherDayAbout)),
        ]
        return TodaySheet.CutShort(
            title: words(.howLong),
            left: choices().map { minutes, name in Chip(Press(name, .left(minutes)), chosen: minutes == sheet.minutes) },
            lines: lines.compactMap { $0 },
            reason: words(.reason),
            reasonAbout: words(.reasonAsked),
            reasons: !asks ? [] : reasons.map { Chip(Press(words($0.label), .because($0.id)), chosen: $0.id == sheet.reason) },
            remark: !asks ? nil : remark.map { Typing(words($0.label), sheet.remark) { .remark($0) } },
            close: Press(words(.thinkAgain), .closeSheet),
            walk: Press(
                words(.walkLikeThis), .walkLikeThis,
                locked: missing.isEmpty || !asks ? nil : words(.stillMissing, ["count": missing.count, "what": words.list(missing)])))
    }

    /// What is on the walk, by its id.
    private func onTheWalk() -> [DueId: TodayItem] {
        guard let walk else { return [:] }
        let items = walk.urgent + walk.stops.flatMap(\.items) + walk.calls + walk.desk
        return Dictionary(items.map { ($0.id, $0) }) { first, _ in first }
    }

    /// Each home or spot once, with all that is to be done there.
    private func things(_ items: [TodayItem]) -> [String] {
        items.grouped { $0.subject }.map { subject, here in
            [subject, app.words.list(here.map { app.words($0.title) }.unique())].filter { !$0.isEmpty }.joined(separator: dot)
        }
    }

    /// Why what is kept is kept: each once, by what presses most.
    private func kept(_ items: [TodayItem]) -> String {
        let today = today(app.now())
        func why(_ item: TodayItem) -> KeptWhy {
            if item.urgency == .urgent { return KeptWhy(rank: 0, words: app.words(.keptUrgent)) }
            if item.promised { return KeptWhy(rank: 1, words: app.words(.keptPromised)) }
            if case .checklist = item.begin { return KeptWhy(rank: 5, words: app.words(item.title)) }
            if item.due < today { return KeptWhy(rank: 2, words: app.words(.keptLate)) }
            if item.due == today { return KeptWhy(rank: 3, words: app.words(.keptDue)) }
            return KeptWhy(rank: 4, words: app.words(.keptOnTheWay))
        }
        let ranked = items.grouped(by: why).enumerated().sorted { ($0.element.key.rank, $0.offset) < ($1.element.key.rank, $1.offset) }
        return app.words.list(ranked.map { app.words(.groupCount, ["what": $0.element.key.words, "count": $0.element.rows.count]) })
    }

    private struct KeptWhy: Hashable {
        let rank: Int
        let words: String
    }

    /// How long may be left, in minutes; to the end of the day when that is longer than all of them.
    private func choices() -> [(Int, String)] {
        let words = app.words
        let until = Int(hours.until)
        let now = app.now()
        let left = app.formats.minutes(from: now, to: app.formats.at(today(now), minute: until))
        let choices = [(30, words(.halfHour)), (60, words(.oneHour)), (twoHours, words(.twoHours))]
        if left <= twoHours { return choices }
        return choices + [(left, words(.untilEnd, ["time": app.formats.time(until)]))]
    }

    // Small words.

    private func isFolded(_ stop: PlaceId, unless now: Bool) -> Bool { folded[stop] ?? !now }

    private var current: WalkStop? { walk?.stops.first(where: \.isLeft) }

    private var doors: [WalkDoor] { walk?.stops.flatMap(\.doors) ?? [] }

    /// Within a stop a door is called by its room alone.
    private func room(_ door: WalkDoor) -> String { door.title.after("单元").after("栋") }

    private func today(_ at: Date) -> Day { app.formats.day(at) }

    private var tomorrow: Day { app.formats.day(today(app.now()), plus: 1) }
}

private let shownDoors = 2
private let twoHours = 120
/// So many times are offered beside one that is picked.
private let offered = 3
/// What a draft of the sheet of a day cut short is called.
let cutShortForm = "today.cut-short"
private let minutesField: QuestionId = "minutes"
private let reasonField: QuestionId = "reason"
private let shortOfHands = "workload"
private let putOffForm: FormId = "due.snooze"

extension WalkStop {
    /// Something is still to be done there.
    var isLeft: Bool { doors.contains(where: \.open) || spots.contains(where: \.isToDo) }
}

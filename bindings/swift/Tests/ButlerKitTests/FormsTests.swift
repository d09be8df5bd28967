import ButlerKit
import Foundation
import Testing

/// Forms and steps render themselves: what is asked, what will not do, what the answers suggest.
@Suite struct FormsTests {
    let office: Office

    init() throws { office = try Office.shared.get() }

    private func question(_ field: QuestionId, in questions: [Question]) throws -> Question {
        try #require(questions.first { $0.field == field })
    }

    @Test func aFormAsksWhatIsRequiredAndSaysWhatWillNotDo() async throws {
        let butler = try await office.phone("zhang.li")
        let home = try #require(try await butler.homes.find("1-1-501").first?.record)
        let details = try await butler.homes.details(home)
        let place = try #require(details.home.place)
        let form = try await butler.registers.form("keys.owner")
        #expect(form.guidance != nil)
        let copies = try question("copies", in: form.questions)
        #expect(copies.min == 1 && copies.max == 20 && copies.required && copies.problem != nil)
        #expect(try question("bag_number", in: form.questions).maxLength == 20)
        #expect(try question("consent", in: form.questions).atLeast == 1)
        #expect(!form.questions.contains { $0.field == "given_back_sign" }, "not asked yet")

        let hurried = try await butler.answer(
            form.questions.filter { $0.field != "from_person" && $0.field != "given_back_on" })
        let person = try #require(details.residents.first).record.id
        let answers = hurried.fields.merging(["from_person": .text(person.value)]) { $1 }
        let good = Evidence(fields: answers, photos: hurried.photos)
        let many = answers.merging(["copies": .int(21)]) { $1 }
        let tooMany = Evidence(fields: many, photos: hurried.photos)
        let asked = try await butler.registers.ask(form.form, tooMany)
        #expect(try question("copies", in: asked).problem != nil)
        #expect(try await butler.registers.ask(form.form, good).allSatisfy { $0.problem == nil })
        do {
            try await butler.registers.add(NewEntry(form: form.form, place: place, answers: tooMany, about: [home]))
            Issue.record("too many copies were taken")
        } catch ButlerError.EvidenceMissing(let problems) {
            #expect(problems.map(\.field) == ["copies"])
        }
        let new = NewEntry(form: form.form, place: place, answers: good, about: [home])
        let entry = try await butler.registers.add(new).record

        // The answers suggest; taking the suggestion is an edit of the home.
        let proposal = try #require(try await butler.registers.propose(form.form, good).first)
        #expect(proposal.path == "key_held")
        try await butler.homes.edit(home) {
            $0.take(proposal)
            $0.keySpot = "前台3号柜"
        }
        #expect(try await butler.homes.details(home).home.keyHeld == true)

        // Given back: the row now asks for a signature.
        let back: [QuestionId: Value?] = ["given_back_on": .text("2026-11-30")]
        do {
            try await butler.registers.edit(entry, answers: back)
            Issue.record("a key was given back unsigned")
        } catch ButlerError.EvidenceMissing(let problems) {
            #expect(problems.map(\.field) == ["given_back_sign"])
        }
        let photo = try await butler.photos.add(Data([9, 9]))
        try await butler.registers.edit(entry, answers: back, photos: ["given_back_sign": [photo]])
        let row = try await butler.registers.details(entry)
        #expect(row.about == [home])
        #expect(row.answers.fields["given_back_on"] == .text("2026-11-30"))
        #expect(row.answers.photos["given_back_sign"] == [photo])
        try await butler.shutdown()
    }

    @Test func aStepAsksAndTwoCasesAreOneMatter() async throws {
        let butler = try await office.phone("zhang.li")
        let home = try #require(try await butler.homes.find("1-1-501").first?.record)
        let place = try #require(try await butler.homes.details(home).home.place)
        let opening = try #require(try await butler.cases.opening("repair.public", at: place).first)
        let asked = try await butler.cases.askOpening("repair.public", step: opening.step, at: place, Evidence())
        #expect(asked.contains { $0.required && $0.problem != nil })
        let evidence = try await butler.answer(asked)
        let answered = try await butler.cases.askOpening("repair.public", step: opening.step, at: place, evidence)
        #expect(answered.allSatisfy { $0.problem == nil })

        var cases: [RecordId] = []
        for title in ["大堂灯不亮", "大堂灯又不亮"] {
            let new = NewCase(
                workflow: "repair.public", step: opening.step, title: title, place: place, evidence: evidence,
                spot: "大堂东侧", urgency: .urgent)
            cases.append(try await butler.cases.open(new).record)
        }
        #expect(try await butler.cases.details(cases[0]).case.urgency == .urgent)
        for step in try await butler.cases.nextSteps(cases[0]) {
            let fields = try await butler.cases.ask(cases[0], step: step.step, Evidence()).map(\.field)
            #expect(Set(fields).isSubset(of: step.questions.map(\.field)))
        }
        try await butler.cases.link(cases[0], with: cases[1], how: "repeat")
        let links = try await butler.cases.details(cases[1]).links
        #expect(links.map(\.`case`) == [cases[0]] && links.first?.how.zh == "同一问题再次发生")
        try await butler.shutdown()
    }

    @Test func aRejectedEditIsCorrectedAndSentAgain() async throws {
        let butler = try await office.phone("wang.wei")
        let home = try #require(try await butler.homes.find("1-1-502").first?.record)
        try await butler.homes.edit(home) {
            $0.layout = "三室"
            $0.people = 47
        }
        try office.run("grid", "unassign", "wang.wei", "jinse/grid-1")
        #expect(try await butler.sync(with: office.transport).rejected == 1)
        let rejected = try #require(try await butler.rejected.list().first)
        #expect(rejected.meant.map(\.label.zh) == ["户型", "常住人口"])

        try office.run("grid", "assign", "wang.wei", "jinse/grid-1", "--role", "butler")
        try await butler.sync(with: office.transport)
        let corrected = rejected.meant.filter { $0.path == "layout" }.map { $0.writing(.text("三室两厅")) }
        try await butler.rejected.resend(rejected.change, corrected: corrected)
        let sent = try await butler.sync(with: office.transport)
        #expect(sent.accepted == 1 && sent.rejected == 0)
        let agreed = try await butler.homes.details(home)
        #expect(agreed.home.layout == "三室两厅" && agreed.home.people != 47)
        try await butler.shutdown()
    }
}

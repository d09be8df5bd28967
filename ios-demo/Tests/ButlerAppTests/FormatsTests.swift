import ButlerKit
import Foundation
import Testing

@testable import ButlerScreens

/// Days, times and numbers in both languages.
@Suite struct FormatsTests {
    private let zh = Formats(Words(.zh))
    private let en = Formats(Words(.en))
    /// A Saturday.
    private let today = Day(year: 2026, month: 11, day: 28)

    private func at(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    @Test func daysAreCalledAsPeopleCallThem() {
        #expect(zh.dayOfWeek(today) == "11月28日 周六")
        #expect(en.dayOfWeek(today) == "Sat 28 Nov")
        let near = [-2, -1, 0, 1, 2, 6, 7].map { zh.near(zh.day(today, plus: $0), today: today) }
        #expect(near == ["11月26日", "昨天", "今天", "明天", "周一", "周五", "12月5日"])
        #expect(en.date(Day(year: 2025, month: 3, day: 2), today: today) == "2 Mar 2025")
        #expect(zh.date(Day(year: 2025, month: 3, day: 2), today: today) == "2025年3月2日")
    }

    @Test func daysInTheCoresWordsAreWrittenAsPeopleWriteThem() {
        func label(_ words: String) -> Label { Label(zh: words, en: words) }
        #expect(zh.say(label("截止 2026-12-31，每天 1 件"), today: today) == "截止 12月31日，每天 1 件")
        #expect(en.say(label("since 2019-09"), today: today) == "since Sep 2019")
        #expect(zh.say(label("2019-09-01 交付"), today: today) == "2019年9月1日 交付")
        #expect(zh.say(label("请在2026-12-31前办完"), today: today) == "请在12月31日前办完")
        #expect(zh.say(label("编号 10888-12"), today: today) == "编号 10888-12")
    }

    @Test func anAmountAndAnAreaAreWrittenAsPeopleWriteThemAndOnlyAsAWhole() {
        func said(_ zhWords: String, _ enWords: String) -> [String] {
            let label = Label(zh: zhWords, en: enWords)
            return [zh.say(label, today: today), en.say(label, today: today)]
        }
        #expect(said("1240.00 元", "1240.00 yuan") == ["1\u{2009}240.00 元", "¥1,240.00"])
        #expect(said("-1234567.05 元", "-1234567.05 yuan") == ["-1\u{2009}234\u{2009}567.05 元", "-¥1,234,567.05"])
        #expect(said("120.00 元", "120.00 yuan") == ["120.00 元", "¥120.00"])
        #expect(said("118.62 平方米", "118.62 m²") == ["118.62 m²", "118.62 m²"])
        for written in ["说好 1240.00 元，分两次", "每平方米 2.80 元/月", "5 元"] { #expect(said(written, written)[0] == written) }
    }

    @Test func monthsFollowEachOther() {
        let november = Month(of: today)
        #expect([-11, -1, 0, 1, 2, 14].map { zh.month(november, plus: $0).description }
            == ["2025-12", "2026-10", "2026-11", "2026-12", "2027-01", "2028-01"])
        #expect(zh.month(november, today: today) == "11月" && en.month(november, today: today) == "Nov")
        #expect(zh.month(Month(year: 2027, month: 1), today: today) == "2027年1月")
        #expect(zh.days(of: Month(year: 2028, month: 2)).map(\.day) == Array(1...29))
    }

    @Test func aDayIsTheCommunitysWhereverThePhoneIs() throws {
        #expect(try zh.day(at("2026-11-27T16:00:00Z")) == today)
        #expect(try zh.day(at("2026-11-27T15:59:59Z")) == zh.day(today, plus: -1))
        #expect(try zh.time(at("2026-11-28T02:42:00Z")) == "10:42")
        #expect(try zh.at(today, minute: 18 * 60 + 30) == at("2026-11-28T10:30:00Z"))
        #expect(zh.day(Day(year: 2028, month: 2, day: 28), plus: 2) == Day(year: 2028, month: 3, day: 1))
        #expect(zh.weekdayNumber(today) == 6 && zh.weekdayNumber(zh.day(today, plus: 1)) == 7)
    }

    @Test func aClockRunsAndRunsOver() throws {
        let now = try at("2026-11-28T02:42:00Z")
        let said = [7_200, 360, 30, -30, -720, -7_200].map { zh.clock(now.addingTimeInterval($0), now: now) }
        #expect(said == ["还剩 2 小时", "还剩 6 分", "还剩 0 分", "还剩 0 分", "超时 12 分", "超时 2 小时"])
        #expect(zh.minutes(35) == "35 分" && en.minutes(310) == "5 h 10 min")
    }

    @Test func numbersAndTelephones() {
        #expect([78.5, 118.62, 1_296, 0.05].map(zh.number) == ["78.5", "118.62", "1\u{2009}296", "0.05"])
        #expect([99.999, -0.5, -1_296].map(zh.number) == ["100", "-0.5", "-1\u{2009}296"])
        #expect(en.number(1_234_567) == "1,234,567")
        #expect(zh.phone("13812345021") == "138****5021" && zh.phone("87654") == "87654")
    }

    @Test func aNumberStandsWithItsNoun() {
        #expect(Words(.en)(.callsAbout, ["count": 1, "minutes": "4 min"]) == "1 call · 4 min")
        #expect(Words(.en)(.callsAbout, ["count": 6, "minutes": "24 min"]) == "6 calls · 24 min")
        #expect(Words(.zh)(.callsAbout, ["count": 6, "minutes": "24 分"]) == "6 通 · 24 分")
        #expect(Words(.zh).list(["渗漏维修雨后回访", "定期拜访"]) == "渗漏维修雨后回访、定期拜访")
    }

    @Test func telephoneNumbersAreReadOutInGroups() {
        #expect(readOut("138****5021，62 天前核实") == "138 **** 5021，62 天前核实")
        #expect(readOut("打给 13800005021") == "打给 138 0000 5021")
        #expect(readOut("3栋2单元1501 · 78.5 m²") == "3栋2单元1501 · 78.5 m²")
    }
}

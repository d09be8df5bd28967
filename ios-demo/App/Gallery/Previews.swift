#if canImport(SwiftUI) && DEBUG
import SwiftUI

// One preview for each state of the contract; a test counts them.

#Preview("article/numbered") { SceneView("article/numbered") }

#Preview("article/numbered-en") { SceneView("article/numbered-en") }

#Preview("can-wait/back") { SceneView("can-wait/back") }

#Preview("can-wait/brought") { SceneView("can-wait/brought") }

#Preview("can-wait/dated") { SceneView("can-wait/dated") }

#Preview("can-wait/does-not-fit") { SceneView("can-wait/does-not-fit") }

#Preview("can-wait/each-home") { SceneView("can-wait/each-home") }

#Preview("can-wait/morning") { SceneView("can-wait/morning") }

#Preview("can-wait/no-room") { SceneView("can-wait/no-room") }

#Preview("can-wait/things") { SceneView("can-wait/things") }

#Preview("case/all-steps") { SceneView("case/all-steps") }

#Preview("case/archived") { SceneView("case/archived") }

#Preview("case/arrears") { SceneView("case/arrears") }

#Preview("case/conflict") { SceneView("case/conflict") }

#Preview("case/link") { SceneView("case/link") }

#Preview("case/linked") { SceneView("case/linked") }

#Preview("case/other-steps") { SceneView("case/other-steps") }

#Preview("case/receipt") { SceneView("case/receipt") }

#Preview("case/receipt-sent") { SceneView("case/receipt-sent") }

#Preview("case/signature") { SceneView("case/signature") }

#Preview("case/slips") { SceneView("case/slips") }

#Preview("case/take") { SceneView("case/take") }

#Preview("case/urgent") { SceneView("case/urgent") }

#Preview("case/violation") { SceneView("case/violation") }

#Preview("case/waits") { SceneView("case/waits") }

#Preview("cases/done") { SceneView("cases/done") }

#Preview("cases/morning") { SceneView("cases/morning") }

#Preview("cases/morning-en") { SceneView("cases/morning-en") }

#Preview("cases/none") { SceneView("cases/none") }

#Preview("cases/opened") { SceneView("cases/opened") }

#Preview("cases/others") { SceneView("cases/others") }

#Preview("cases/soon") { SceneView("cases/soon") }

#Preview("conflict/decided") { SceneView("conflict/decided") }

#Preview("conflict/morning") { SceneView("conflict/morning") }

#Preview("conflict/morning-en") { SceneView("conflict/morning-en") }

#Preview("conflict/other") { SceneView("conflict/other") }

#Preview("conflict/own") { SceneView("conflict/own") }

#Preview("conflict/steps") { SceneView("conflict/steps") }

#Preview("day-rounds/nobody") { SceneView("day-rounds/nobody") }

#Preview("day-rounds/renovations") { SceneView("day-rounds/renovations") }

#Preview("day-rounds/renovations-en") { SceneView("day-rounds/renovations-en") }

#Preview("day-rounds/seen") { SceneView("day-rounds/seen") }

#Preview("day-rounds/vacant") { SceneView("day-rounds/vacant") }

#Preview("duties/empty") { SceneView("duties/empty") }

#Preview("duties/morning") { SceneView("duties/morning") }

#Preview("emergencies/begun") { SceneView("emergencies/begun") }

#Preview("emergencies/kinds") { SceneView("emergencies/kinds") }

#Preview("emergency-entry/morning") { SceneView("emergency-entry/morning") }

#Preview("emergency/begun") { SceneView("emergency/begun") }

#Preview("emergency/begun-en") { SceneView("emergency/begun-en") }

#Preview("emergency/said") { SceneView("emergency/said") }

#Preview("emergency/saying") { SceneView("emergency/saying") }

#Preview("emergency/told") { SceneView("emergency/told") }

#Preview("emergency/water") { SceneView("emergency/water") }

#Preview("emergency/water-en") { SceneView("emergency/water-en") }

#Preview("enrol/address-wrong") { SceneView("enrol/address-wrong") }

#Preview("enrol/another-office") { SceneView("enrol/another-office") }

#Preview("enrol/code-wrong") { SceneView("enrol/code-wrong") }

#Preview("enrol/cut") { SceneView("enrol/cut") }

#Preview("enrol/done") { SceneView("enrol/done") }

#Preview("enrol/empty") { SceneView("enrol/empty") }

#Preview("enrol/empty-en") { SceneView("enrol/empty-en") }

#Preview("enrol/enrolled") { SceneView("enrol/enrolled") }

#Preview("enrol/found") { SceneView("enrol/found") }

#Preview("enrol/loading") { SceneView("enrol/loading") }

#Preview("enrol/offline") { SceneView("enrol/offline") }

#Preview("enrol/ringing-off") { SceneView("enrol/ringing-off") }

#Preview("enrol/scanned") { SceneView("enrol/scanned") }

#Preview("enrol/scanned-else") { SceneView("enrol/scanned-else") }

#Preview("enrol/too-many") { SceneView("enrol/too-many") }

#Preview("enrol/typed") { SceneView("enrol/typed") }

#Preview("enrol/unlike") { SceneView("enrol/unlike") }

#Preview("entry/key") { SceneView("entry/key") }

#Preview("find-home/call") { SceneView("find-home/call") }

#Preview("find-home/open") { SceneView("find-home/open") }

#Preview("find-home/visit") { SceneView("find-home/visit") }

#Preview("form/dispatch") { SceneView("form/dispatch") }

#Preview("form/home-again") { SceneView("form/home-again") }

#Preview("form/home-field") { SceneView("form/home-field") }

#Preview("form/keys") { SceneView("form/keys") }

#Preview("form/keys-days") { SceneView("form/keys-days") }

#Preview("form/keys-draft") { SceneView("form/keys-draft") }

#Preview("form/keys-en") { SceneView("form/keys-en") }

#Preview("form/keys-half") { SceneView("form/keys-half") }

#Preview("form/keys-person") { SceneView("form/keys-person") }

#Preview("form/keys-which-home") { SceneView("form/keys-which-home") }

#Preview("form/keys-wrong") { SceneView("form/keys-wrong") }

#Preview("form/left-out") { SceneView("form/left-out") }

#Preview("form/not-possible") { SceneView("form/not-possible") }

#Preview("form/person") { SceneView("form/person") }

#Preview("form/put-off") { SceneView("form/put-off") }

#Preview("form/put-off-recorded") { SceneView("form/put-off-recorded") }

#Preview("form/remind") { SceneView("form/remind") }

#Preview("form/sign") { SceneView("form/sign") }

#Preview("form/sign-missing") { SceneView("form/sign-missing") }

#Preview("form/sign-ready") { SceneView("form/sign-ready") }

#Preview("form/sign-recorded") { SceneView("form/sign-recorded") }

#Preview("form/sign-tenant") { SceneView("form/sign-tenant") }

#Preview("form/stock-issue") { SceneView("form/stock-issue") }

#Preview("form/talk") { SceneView("form/talk") }

#Preview("form/talk-read") { SceneView("form/talk-read") }

#Preview("handover/begun") { SceneView("handover/begun") }

#Preview("handover/begun-en") { SceneView("handover/begun-en") }

#Preview("handover/none") { SceneView("handover/none") }

#Preview("handover/through") { SceneView("handover/through") }

#Preview("history/archived") { SceneView("history/archived") }

#Preview("history/as-it-was") { SceneView("history/as-it-was") }

#Preview("history/case") { SceneView("history/case") }

#Preview("history/earlier") { SceneView("history/earlier") }

#Preview("history/home") { SceneView("history/home") }

#Preview("history/home-en") { SceneView("history/home-en") }

#Preview("history/now") { SceneView("history/now") }

#Preview("history/restored") { SceneView("history/restored") }

#Preview("home/archived") { SceneView("home/archived") }

#Preview("home/archived-restored") { SceneView("home/archived-restored") }

#Preview("home/arrears") { SceneView("home/arrears") }

#Preview("home/call") { SceneView("home/call") }

#Preview("home/confidential") { SceneView("home/confidential") }

#Preview("home/confidential-shown") { SceneView("home/confidential-shown") }

#Preview("home/dues") { SceneView("home/dues") }

#Preview("home/dues-later") { SceneView("home/dues-later") }

#Preview("home/field") { SceneView("home/field") }

#Preview("home/household") { SceneView("home/household") }

#Preview("home/household-en") { SceneView("home/household-en") }

#Preview("home/missed") { SceneView("home/missed") }

#Preview("home/missed-noted") { SceneView("home/missed-noted") }

#Preview("home/no-permit") { SceneView("home/no-permit") }

#Preview("home/orders") { SceneView("home/orders") }

#Preview("home/orders-en") { SceneView("home/orders-en") }

#Preview("home/orders-found") { SceneView("home/orders-found") }

#Preview("home/orders-none") { SceneView("home/orders-none") }

#Preview("home/orders-others") { SceneView("home/orders-others") }

#Preview("home/parked") { SceneView("home/parked") }

#Preview("home/parked-open") { SceneView("home/parked-open") }

#Preview("home/round") { SceneView("home/round") }

#Preview("home/two-answers") { SceneView("home/two-answers") }

#Preview("home/two-answers-open") { SceneView("home/two-answers-open") }

#Preview("home/vacant") { SceneView("home/vacant") }

#Preview("home/violation") { SceneView("home/violation") }

#Preview("index/handover") { SceneView("index/handover") }

#Preview("index/morning") { SceneView("index/morning") }

#Preview("library/all") { SceneView("library/all") }

#Preview("library/found") { SceneView("library/found") }

#Preview("library/none") { SceneView("library/none") }

#Preview("metric-records/in-part") { SceneView("metric-records/in-part") }

#Preview("metric-records/none") { SceneView("metric-records/none") }

#Preview("metric-records/visits") { SceneView("metric-records/visits") }

#Preview("metrics/all") { SceneView("metrics/all") }

#Preview("metrics/earlier") { SceneView("metrics/earlier") }

#Preview("metrics/followed") { SceneView("metrics/followed") }

#Preview("metrics/month") { SceneView("metrics/month") }

#Preview("metrics/month-en") { SceneView("metrics/month-en") }

#Preview("more/morning") { SceneView("more/morning") }

#Preview("outbox/morning") { SceneView("outbox/morning") }

#Preview("outbox/morning-en") { SceneView("outbox/morning-en") }

#Preview("outbox/opened") { SceneView("outbox/opened") }

#Preview("outbox/sent") { SceneView("outbox/sent") }

#Preview("outbox/tried") { SceneView("outbox/tried") }

#Preview("overview/hasty") { SceneView("overview/hasty") }

#Preview("overview/hasty-round") { SceneView("overview/hasty-round") }

#Preview("overview/morning") { SceneView("overview/morning") }

#Preview("overview/morning-en") { SceneView("overview/morning-en") }

#Preview("photo/first") { SceneView("photo/first") }

#Preview("photo/first-en") { SceneView("photo/first-en") }

#Preview("photo/next") { SceneView("photo/next") }

#Preview("procedures/all") { SceneView("procedures/all") }

#Preview("procedures/found") { SceneView("procedures/found") }

#Preview("procedures/found-en") { SceneView("procedures/found-en") }

#Preview("recent/code-of-nothing") { SceneView("recent/code-of-nothing") }

#Preview("recent/nobody") { SceneView("recent/nobody") }

#Preview("recent/nothing-there") { SceneView("recent/nothing-there") }

#Preview("recent/undone") { SceneView("recent/undone") }

#Preview("record/broken") { SceneView("record/broken") }

#Preview("record/morning") { SceneView("record/morning") }

#Preview("record/not-done") { SceneView("record/not-done") }

#Preview("record/repair") { SceneView("record/repair") }

#Preview("record/visit-en") { SceneView("record/visit-en") }

#Preview("register/add-repair") { SceneView("register/add-repair") }

#Preview("register/empty") { SceneView("register/empty") }

#Preview("register/found") { SceneView("register/found") }

#Preview("register/found-none") { SceneView("register/found-none") }

#Preview("register/keys") { SceneView("register/keys") }

#Preview("register/loans") { SceneView("register/loans") }

#Preview("register/repairs") { SceneView("register/repairs") }

#Preview("rejected/asked") { SceneView("rejected/asked") }

#Preview("rejected/correct") { SceneView("rejected/correct") }

#Preview("rejected/correct-number") { SceneView("rejected/correct-number") }

#Preview("rejected/corrected") { SceneView("rejected/corrected") }

#Preview("rejected/morning") { SceneView("rejected/morning") }

#Preview("rejected/nothing") { SceneView("rejected/nothing") }

#Preview("rejected/put-away") { SceneView("rejected/put-away") }

#Preview("rejected/resent") { SceneView("rejected/resent") }

#Preview("resident/add") { SceneView("resident/add") }

#Preview("resident/added") { SceneView("resident/added") }

#Preview("resident/confidential") { SceneView("resident/confidential") }

#Preview("resident/confidential-shown") { SceneView("resident/confidential-shown") }

#Preview("resident/corrected") { SceneView("resident/corrected") }

#Preview("resident/owner") { SceneView("resident/owner") }

#Preview("resident/owner-en") { SceneView("resident/owner-en") }

#Preview("resident/verified") { SceneView("resident/verified") }

#Preview("resident/wrong") { SceneView("resident/wrong") }

#Preview("round/code-elsewhere") { SceneView("round/code-elsewhere") }

#Preview("round/code-of-no-place") { SceneView("round/code-of-no-place") }

#Preview("round/fifth-point") { SceneView("round/fifth-point") }

#Preview("round/finding") { SceneView("round/finding") }

#Preview("round/finding-open") { SceneView("round/finding-open") }

#Preview("round/finding-photo") { SceneView("round/finding-photo") }

#Preview("round/fourth-point") { SceneView("round/fourth-point") }

#Preview("round/fourth-point-en") { SceneView("round/fourth-point-en") }

#Preview("round/in-conflict") { SceneView("round/in-conflict") }

#Preview("round/key-out") { SceneView("round/key-out") }

#Preview("round/located") { SceneView("round/located") }

#Preview("round/look-back") { SceneView("round/look-back") }

#Preview("round/not-counted") { SceneView("round/not-counted") }

#Preview("round/papers") { SceneView("round/papers") }

#Preview("round/put-right") { SceneView("round/put-right") }

#Preview("round/renovation-normal") { SceneView("round/renovation-normal") }

#Preview("round/renovation-severe") { SceneView("round/renovation-severe") }

#Preview("round/renovation-severe-finding") { SceneView("round/renovation-severe-finding") }

#Preview("round/renovation-severe-found") { SceneView("round/renovation-severe-found") }

#Preview("round/renovation-violation") { SceneView("round/renovation-violation") }

#Preview("round/scanned") { SceneView("round/scanned") }

#Preview("round/scanned-before") { SceneView("round/scanned-before") }

#Preview("round/surveyed") { SceneView("round/surveyed") }

#Preview("round/too-far") { SceneView("round/too-far") }

#Preview("round/too-fast") { SceneView("round/too-fast") }

#Preview("round/too-fast-en") { SceneView("round/too-fast-en") }

#Preview("round/unproven") { SceneView("round/unproven") }

#Preview("round/unproven-here") { SceneView("round/unproven-here") }

#Preview("round/vacant-airing") { SceneView("round/vacant-airing") }

#Preview("round/vacant-finding") { SceneView("round/vacant-finding") }

#Preview("round/vacant-found") { SceneView("round/vacant-found") }

#Preview("round/vacant-groups") { SceneView("round/vacant-groups") }

#Preview("round/vacant-groups-en") { SceneView("round/vacant-groups-en") }

#Preview("round/vacant-home") { SceneView("round/vacant-home") }

#Preview("round/vacant-in-order") { SceneView("round/vacant-in-order") }

#Preview("round/vacant-left") { SceneView("round/vacant-left") }

#Preview("round/vacant-meters") { SceneView("round/vacant-meters") }

#Preview("round/vacant-meters-less") { SceneView("round/vacant-meters-less") }

#Preview("round/walked") { SceneView("round/walked") }

#Preview("round/walked-en") { SceneView("round/walked-en") }

#Preview("running/none") { SceneView("running/none") }

#Preview("running/water") { SceneView("running/water") }

#Preview("search/case") { SceneView("search/case") }

#Preview("search/digits") { SceneView("search/digits") }

#Preview("search/empty") { SceneView("search/empty") }

#Preview("search/name") { SceneView("search/name") }

#Preview("search/none") { SceneView("search/none") }

#Preview("search/opened") { SceneView("search/opened") }

#Preview("search/phone") { SceneView("search/phone") }

#Preview("search/room") { SceneView("search/room") }

#Preview("search/room-en") { SceneView("search/room-en") }

#Preview("search/scanned-homes") { SceneView("search/scanned-homes") }

#Preview("settings/changed") { SceneView("settings/changed") }

#Preview("settings/first") { SceneView("settings/first") }

#Preview("settings/first-en") { SceneView("settings/first-en") }

#Preview("settings/hours") { SceneView("settings/hours") }

#Preview("settings/hours-order") { SceneView("settings/hours-order") }

#Preview("settings/lost") { SceneView("settings/lost") }

#Preview("storage/full") { SceneView("storage/full") }

#Preview("storage/opened") { SceneView("storage/opened") }

#Preview("sync/cut") { SceneView("sync/cut") }

#Preview("sync/offline") { SceneView("sync/offline") }

#Preview("sync/sending") { SceneView("sync/sending") }

#Preview("today/another-stop") { SceneView("today/another-stop") }

#Preview("today/cut-short") { SceneView("today/cut-short") }

#Preview("today/cut-short-homes") { SceneView("today/cut-short-homes") }

#Preview("today/cut-short-other") { SceneView("today/cut-short-other") }

#Preview("today/does-not-fit") { SceneView("today/does-not-fit") }

#Preview("today/done") { SceneView("today/done") }

#Preview("today/done-en") { SceneView("today/done-en") }

#Preview("today/inspections") { SceneView("today/inspections") }

#Preview("today/morning") { SceneView("today/morning") }

#Preview("today/morning, dark") { SceneView("today/morning", theme: .dark) }

#Preview("today/morning, in the sun") { SceneView("today/morning", theme: .sunlight) }

#Preview("today/morning-en") { SceneView("today/morning-en") }

#Preview("today/no-grid") { SceneView("today/no-grid") }

#Preview("today/no-grid-asked") { SceneView("today/no-grid-asked") }

#Preview("today/no-grid-en") { SceneView("today/no-grid-en") }

#Preview("today/no-visits") { SceneView("today/no-visits") }

#Preview("today/nobody") { SceneView("today/nobody") }

#Preview("today/nobody, largest text") { SceneView("today/nobody").dynamicTypeSize(.accessibility3) }

#Preview("today/nobody-afternoon") { SceneView("today/nobody-afternoon") }

#Preview("today/nobody-at-night") { SceneView("today/nobody-at-night") }

#Preview("today/nobody-called") { SceneView("today/nobody-called") }

#Preview("today/nobody-inspected") { SceneView("today/nobody-inspected") }

#Preview("today/nobody-inspection") { SceneView("today/nobody-inspection") }

#Preview("today/nobody-month") { SceneView("today/nobody-month") }

#Preview("today/nobody-no-calls") { SceneView("today/nobody-no-calls") }

#Preview("today/nobody-noted") { SceneView("today/nobody-noted") }

#Preview("today/nobody-picked") { SceneView("today/nobody-picked") }

#Preview("today/scanned") { SceneView("today/scanned") }

#Preview("today/start-here") { SceneView("today/start-here") }

#Preview("today/walked") { SceneView("today/walked") }

#Preview("visit/agreed") { SceneView("visit/agreed") }

#Preview("visit/agreed-en") { SceneView("visit/agreed-en") }

#Preview("visit/by-phone") { SceneView("visit/by-phone") }

#Preview("visit/door") { SceneView("visit/door") }

#Preview("visit/door-done") { SceneView("visit/door-done") }

#Preview("visit/door-half") { SceneView("visit/door-half") }

#Preview("visit/door-recorded") { SceneView("visit/door-recorded") }

#Preview("visit/empty") { SceneView("visit/empty") }

#Preview("visit/left") { SceneView("visit/left") }

#Preview("visit/not-agreed") { SceneView("visit/not-agreed") }

#Preview("visit/promised") { SceneView("visit/promised") }

#Preview("visit/recorded") { SceneView("visit/recorded") }
#endif

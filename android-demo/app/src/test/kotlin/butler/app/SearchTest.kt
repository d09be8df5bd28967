package butler.app

import butler.CaseFilter
import butler.ChecklistId
import butler.Procedure
import butler.WorkflowId
import butler.app.models.Errand
import butler.app.models.Place
import butler.app.models.RecentModel
import butler.app.models.RoundModel
import butler.app.models.RoundOf
import butler.app.models.SearchModel
import butler.app.models.Tab
import butler.app.models.TagsModel
import butler.app.models.TodayModel
import butler.app.words.Language
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 房屋, state by state. */
@RunWith(RobolectricTestRunner::class)
class SearchTest {
    @Test
    fun `nothing typed`() = search("empty").check { SearchModel(it.app) }

    @Test
    fun `a room by its keys`() = search("room").keys("3-2-15").check { SearchModel(it.app) }

    @Test
    fun `in English`() = Scene("search", "room-en", "morning", Language.EN).keys("3-2-1").check { SearchModel(it.app) }

    @Test
    fun `a room without dashes`() = search("digits").keys("32903").press("退一格").press("退一格").press("0").press("4").check { SearchModel(it.app) }

    @Test
    fun `a name by letters`() = search("name").press("字").type("搜索", "刘敏").check { SearchModel(it.app) }

    @Test
    fun `the last digits of a telephone`() = search("phone").keys("5021").check { SearchModel(it.app) }

    @Test
    fun `a case by its title`() = search("case").press("字").type("搜索", "渗水").check { SearchModel(it.app) }

    @Test
    fun `no such home`() = search("none").keys("9-9-999").check { SearchModel(it.app) }

    @Test
    fun `opened and found again`() = search("opened").keys("3-2-904").press("打开").press("清空").check { SearchModel(it.app) }

    @Test
    fun `a home to be visited`() = Scene("find-home", "visit", "morning").keys("3-2-15").press("打开").check { SearchModel(it.app, Errand.Visit) }

    @Test
    fun `somebody to be called, who lives there`() =
        Scene("find-home", "call", "morning").press("字").type("搜索", "刘敏").check { SearchModel(it.app, Errand.Call) }

    @Test
    fun `a home to be repaired`() =
        Scene("find-home", "open", "morning").press("3栋2单元1501").check { SearchModel(it.app, Errand.Open(WorkflowId("repair.paid"))) }

    @Test
    fun `a code of a place leads to its homes, where nothing is to be done there today`() = search("scanned-homes").press("扫码").check { it.search("qr:jinse/1/1") }

    @Test
    fun `a place leads to its stop on the walk of today`() = scanned("qr:jinse/3/1") { stage ->
        Scene("today", "scanned", "morning").checkOn(stage) { TodayModel(it.app) }
    }

    @Test
    fun `a code of nothing is told so`() = scanned("https://example.com/wifi") { stage ->
        Scene("recent", "code-of-nothing", "morning").checkOn(stage) { RecentModel(it.app) }
    }

    @Test
    fun `a place with neither homes nor anything to do is told so`() = scanned("qr:jinse/3/1", "lost") { stage ->
        Scene("recent", "nothing-there", "lost").checkOn(stage) { RecentModel(it.app) }
    }

    @Test
    fun `while a round runs a code leads to its point`() = Stage("surveyed", Language.ZH).use { stage ->
        runBlocking {
            val due = stage.world.butler.today.list().items.first { it.begin == Procedure.Checklist(ChecklistId("patrol.public-area")) }
            RoundModel(stage.app, RoundOf.Due(due.id)).refresh()
            search("round").press("扫码").play(stage) { it.search("qr:jinse/3-2-lobby") }
            assertEquals<Place>(Place.Round(RoundOf.Due(due.id)), stage.navigator.way.value.top)
        }
        Scene("round", "scanned-before", "surveyed").checkOn(stage) { RoundModel(it.app, (it.navigator.way.value.top as Place.Round).of) }
    }

    @Test
    fun `the number of a key leads to its row, and to its loan while it is lent`() = Stage("emergency", Language.ZH).use { stage ->
        search("key").press("扫码").play(stage) { it.search("K-17") }
        val row = assertIs<Place.Entry>(stage.navigator.way.value.top)
        runBlocking {
            val butler = stage.world.butler
            val about = butler.registers.details(row.entry).about
            val others = stage.lent("2栋1单元301", "owner", "K-09", about)
            stage.navigator.back()
            search("key").press("扫码").play(stage) { it.search("K-17") }
            assertEquals<Place>(row, stage.navigator.way.value.top)
            val loan = stage.lent("1栋2单元503", "owner", "K-17", about)
            search("key").press("扫码").play(stage) { it.search(" K-17\n") }
            assertEquals<Place>(Place.Case(loan), stage.navigator.way.value.top)
            assertTrue(others != loan)
        }
    }

    @Test
    fun `the code of a slip leads to what it is of, where that is on the phone`() = Stage("emergency", Language.ZH).use { stage ->
        runBlocking {
            val case = stage.world.butler.cases.list(CaseFilter()).first().id
            search("slip").press("扫码").play(stage) { it.search("butler://record/${case.value}") }
            assertEquals<Place>(Place.Case(case), stage.navigator.way.value.top)
            stage.navigator.tab(Tab.Homes)
            search("slip").press("扫码").play(stage) { it.search("butler://record/${case.value.reversed()}") }
            assertEquals<Place>(Place.Homes, stage.navigator.way.value.top)
        }
    }

    @Test
    fun `a tag opens what it names on any screen`() = Stage("morning", Language.ZH).use { stage ->
        runBlocking {
            val tags = launch { TagsModel(stage.app).run() }
            stage.device.tags.subscriptionCount.first { it > 0 }
            stage.device.tags.emit("qr:jinse/1/1")
            stage.navigator.way.first { it.top == Place.Homes }
            tags.cancelAndJoin()
        }
    }

    private fun Stage.search(code: String) = SearchModel(app).also { device.scanned = code }

    /** Something is scanned, and what comes of it. */
    private fun scanned(code: String, world: String = "morning", then: (Stage) -> Unit) = Stage(world, Language.ZH).use { stage ->
        search("scanned").press("扫码").play(stage) { it.search(code) }
        then(stage)
    }

    private fun search(name: String) = Scene("search", name, "morning")

    private fun Scene.keys(keys: String): Scene = keys.fold(this) { scene, key -> scene.press("$key") }
}

package butler.app

import butler.Channel
import butler.DueStatus
import butler.Outcome
import butler.RecordId
import butler.RuleId
import butler.app.models.FormModel
import butler.app.models.FormOf
import butler.app.models.HomeModel
import butler.app.models.Model
import butler.app.models.Names
import butler.app.models.Place
import butler.app.models.ResidentModel
import butler.app.models.SearchModel
import butler.app.models.TodayModel
import butler.app.models.VisitModel
import butler.app.words.Language
import java.time.Duration
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** A person of a household, state by state; and what a telephone goes through. */
@RunWith(RobolectricTestRunner::class)
class ResidentTest {
    @Test
    fun `an owner with a telephone`() = scene("owner").resident()

    @Test
    fun `an owner in English`() = Scene("resident", "owner-en", "morning", Language.EN).resident()

    @Test
    fun `a number is verified`() = scene("verified").press("核实").resident()

    @Test
    fun `a number is added`() = scene("add").press("加号码").type("电话号码", "139 1111 2222").type("谁的号码", "爱人").resident()

    @Test
    fun `a number was added`() = scene("added").press("加号码").type("电话号码", "139 1111 2222").type("谁的号码", "爱人").press("记下").resident()

    @Test
    fun `what is no number is not taken`() = scene("wrong").press("加号码").type("电话号码", "12").press("记下").resident()

    @Test
    fun `a number is put right`() = scene("corrected").press("改号码").type("电话号码", "13911112222").press("记下").resident()

    @Test
    fun `somebody who keeps their name`() = scene("confidential").onStage { confidential() }

    @Test
    fun `their name is asked for`() = scene("confidential-shown").press("看姓名").onStage { confidential() }

    @Test
    fun `a name that was asked for is hidden again`() = Stage("morning", Language.ZH).use { stage ->
        runBlocking { stage.confidential() }
        val model = scene("shown").press("看姓名").play(stage) { ResidentModel(it.app, stage.owner()) }
        val names = listOf(0L, 29L, 1L).map { seconds ->
            stage.world.office.clock.time += Duration.ofSeconds(seconds)
            runBlocking { model.refresh() }
            model.state.value.title
        }
        assertEquals(listOf("刘敏", "刘敏", "保密住户"), names)
        assertEquals(Duration.ofSeconds(30), Names.SHOWN_FOR)
    }

    @Test
    fun `who keeps their name has none on any screen one carries through the grid`() = Stage("morning", Language.ZH).use { stage ->
        runBlocking { stage.confidential() }
        val home = stage.home("3-2-1501")
        val app = stage.app
        val screens: List<Model<*, *>> = listOf(HomeModel(app, home), TodayModel(app), SearchModel(app), VisitModel(app, home), ResidentModel(app, stage.owner()))
        for (screen in screens) {
            runBlocking { screen.refresh() }
            val shown = Shown.json(screen.state.value)
            assertTrue("刘敏" !in shown, shown)
        }
        val found = Scene("search", "name", "morning").press("字").type("搜索", "刘敏").play(stage) { SearchModel(it.app) }
        assertEquals(listOf("保密住户"), found.state.value.hits.filter { "1501" in it.about }.map { it.before + it.match + it.after }, "they are found by it all the same")
    }

    /** Nobody answers; a number is due to be found; the next call is answered: nothing is due any more. */
    @Test
    fun `a telephone nobody answered is verified by the call that is answered`() = Stage("morning", Language.ZH).use { stage ->
        val home = stage.home("3-2-1501")
        suspend fun due() = stage.world.butler.today.about(home).filter { it.rule == RuleId("household.phone-failed") && it.status == DueStatus.OPEN }
        Scene("home", "missed", "morning").press("打给刘敏").press("没打通").press("记下").play(stage) { HomeModel(it.app, home) }
        val item = runBlocking { due() }.single()
        assertEquals("verify_phone", item.purpose)
        stage.world.office.clock.time += Duration.ofHours(2)
        Scene("home", "got", "morning").press("打给刘敏").press("打通了").play(stage) { HomeModel(it.app, home) }
        val talk = Scene("visit", "by-phone", "morning").press("达成一致").type("谈了什么", "换了手机，号码没变").press("记下")
        talk.play(stage) { VisitModel(it.app, home, byPhone = true) }
        runBlocking {
            assertEquals(emptyList(), due())
            val butler = stage.world.butler
            assertEquals(butler.date(), butler.residents.details(stage.owner()).resident.phones.first().verified)
            val answered = butler.homes.details(home).contacts.first { it.channel?.code == Channel.PHONE && it.outcome == Outcome.AGREED }
            assertEquals("核实联系方式", butler.records.get(answered.record.id).fields.first { it.path == "purpose" }.words.zh)
        }
    }

    @Test
    fun `a number that somebody else answered is not verified`() = Stage("morning", Language.ZH).use { stage ->
        val home = stage.home("3-2-1501")
        val before = runBlocking { stage.world.butler.residents.details(stage.owner()).resident.phones.first().verified }
        Scene("home", "got", "morning").press("打给刘敏").press("打通了").play(stage) { HomeModel(it.app, home) }
        val talk = Scene("visit", "by-phone", "morning").press("138****5021 本人接的，算核实").press("达成一致").type("谈了什么", "家里老人接的").press("记下")
        talk.play(stage) { VisitModel(it.app, home, byPhone = true) }
        assertEquals(before, runBlocking { stage.world.butler.residents.details(stage.owner()).resident.phones.first().verified })
    }

    @Test
    fun `somebody is entered in a household, and their number comes next`() = Stage("morning", Language.ZH).use { stage ->
        val home = stage.home("3-2-1501")
        Scene("home", "add", "morning").press("加一位").play(stage) { HomeModel(it.app, home) }
        assertEquals(Place.Form(FormOf.Row(ResidentModel.BASIC, home)), stage.navigator.way.value.top)
        val form = Scene("form", "person", "morning").type("姓名", "周老太").press("家庭成员").type("与业主关系", "婆婆").press("是", "是否同住").press("否", "本人同意登记信息").press("记下")
        form.play(stage) { FormModel(it.app, FormOf.Row(ResidentModel.BASIC, home)) }
        val entered = runBlocking { stage.world.butler.homes.details(home) }.residents.single { it.name == "周老太" }
        assertEquals(Place.Resident(entered.record.id), stage.navigator.way.value.top)
        runBlocking {
            stage.app.undo()
            assertEquals(2, stage.world.butler.homes.details(home).residents.size)
        }
    }

    private fun scene(name: String) = Scene("resident", name, "morning")

    private fun Scene.resident() = check { ResidentModel(it.app, it.owner()) }

    private fun Scene.onStage(before: suspend Stage.() -> Unit) = Stage(world, language).use { stage ->
        runBlocking { stage.before() }
        checkOn(stage) { ResidentModel(it.app, it.owner()) }
    }
}

/** The owner of 3-2-1501. */
fun Stage.owner(): RecordId = runBlocking { world.butler.homes.details(home("3-2-1501")).residents.first { it.name == "刘敏" }.record.id }

/** The owner of 3-2-1501 asked to keep their name. */
suspend fun Stage.confidential() {
    world.butler.residents.edit(owner()) { confidential = true }
}

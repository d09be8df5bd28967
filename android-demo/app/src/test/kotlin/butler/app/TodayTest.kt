package butler.app

import butler.DueAnswer
import butler.Evidence
import butler.Procedure
import butler.QuestionId
import butler.ResidentEdit
import butler.TimeOfDay
import butler.Value
import butler.WorkflowId
import butler.app.models.FormOf
import butler.app.models.HomeModel
import butler.app.models.HomeSheet
import butler.app.models.LinkKind
import butler.app.models.Place
import butler.app.models.StopPhase
import butler.app.models.TodayIntent
import butler.app.models.TodayModel
import butler.app.models.TodaySheet
import butler.app.words.Language
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 今天, state by state. */
@RunWith(RobolectricTestRunner::class)
class TodayTest {
    @Test
    fun morning() = scene("morning").today()

    @Test
    fun `morning in English`() = Scene("today", "morning-en", "morning", Language.EN).today()

    @Test
    fun `no grid any more`() = scene("no-grid", "lost").today()

    @Test
    fun `no grid any more, in English`() = Scene("today", "no-grid-en", "lost", Language.EN).today()

    @Test
    fun `the office is asked whether there is a grid by now`() = scene("no-grid-asked", "lost").press("看看分好了没有").today()

    @Test
    fun `the day is done`() = evening(scene("done"))

    @Test
    fun `the day is done, in English`() = evening(Scene("today", "done-en", "morning", Language.EN))

    @Test
    fun `keys are out at the end of the day`() = Stage("morning", Language.ZH).use { stage ->
        runBlocking {
            stage.lent("3栋地下室配电间")
            stage.evening()
        }
        val done = scene("keys-out").press("钥匙还没归还").play(stage) { TodayModel(it.app) }
        val keys = done.state.value.links.single { it.kind == LinkKind.Keys }.about
        assertTrue(keys.startsWith("3栋地下室配电间，") && keys.endsWith("借出"), keys)
        assertEquals(Place.Register(Procedure.Workflow(WorkflowId("keys.loan"))), stage.navigator.way.value.top)
    }

    private fun evening(scene: Scene) = Stage(scene.world, scene.language).use { stage ->
        runBlocking { stage.dayDone() }
        scene.checkOn(stage) { TodayModel(it.app) }
    }

    @Test
    fun `another stop is looked into`() = scene("another-stop").press("3栋1单元").today()

    @Test
    fun `the walk starts at another stop`() = scene("start-here").press("3栋1单元").press("从这里走起").today()

    @Test
    fun `where the walk starts outlives the app, and its doors`() = Stage("morning", Language.ZH).use { stage ->
        fun stops(model: TodayModel) = model.state.value.stops.map { it.name }
        val first = scene("started").press("2栋1单元").press("从这里走起").play(stage) { TodayModel(it.app) }
        assertEquals(listOf("2栋1单元", "1栋2单元", "3栋2单元", "3栋1单元", "打电话", "坐下办"), stops(first))
        runBlocking { stage.restart() }
        val again = scene("started-before").play(stage) { TodayModel(it.app) }
        assertEquals(stops(first), stops(again))
        // The one door of the stop is done with: the walk goes on behind it.
        val door = again.state.value.stops.first().doors.single()
        runBlocking {
            val fields = mapOf("until" to "${stage.world.butler.date().plusDays(1)}", "reason" to "workload").map { (field, text) -> QuestionId(field) to Value.Text(text) }
            val home = (door.open.intent as TodayIntent.OpenHome).home
            stage.world.butler.today.snoozeMany(stage.world.butler.today.about(home).map { it.id }, Evidence(fields.toMap()))
            again.refresh()
        }
        assertEquals(stops(first).drop(1), stops(again))
        assertEquals(StopPhase.Now, again.state.value.stops.first().phase)
    }

    @Test
    fun `a strip leads to the homes inspected today`() = scene("inspections").press("装修日巡查：今天排 4 户，看过 0 户").today()

    @Test
    fun `what was walked is looked at`() = scene("walked").press("走过 1 站，4 件").today()

    @Test
    fun `what was walked is folded again`() = Stage("morning", Language.ZH).use { stage ->
        val model = scene("folded").press("走过 1 站，4 件").press("走过 1 站，4 件").play(stage) { TodayModel(it.app) }
        assertEquals(emptyList(), model.state.value.walked?.at)
    }

    @Test
    fun `more than the hours hold is said in homes`() = Stage("leaks", Language.ZH).use { stage ->
        stage.shortDay()
        scene("does-not-fit", "leaks").checkOn(stage) { TodayModel(it.app) }
    }

    @Test
    fun `nobody is home`() = scene("nobody").press("没人", "1501").today()

    @Test
    fun `nobody is home and it is written down`() =
        scene("nobody-noted").press("没人", "1501").press("周一 18:30").press("门上留条，拍一张").press("记下，下一户").today()

    @Test
    fun `another day is picked`() = scene("nobody-month").press("没人", "1501").press("另选时间").today()

    @Test
    fun `another day and time are picked`() =
        scene("nobody-picked").press("没人", "1501").press("另选时间").press("30").type("几点", "15:30").today()

    @Test
    fun `nobody is called on at night`() =
        scene("nobody-at-night").press("没人", "1501").press("另选时间").press("30").type("几点", "2200").today()

    @Test
    fun `who likes afternoons and no evenings is come back to in an afternoon`() =
        asking(scene("nobody-afternoon").press("没人", "1501")) { preferredTime = TimeOfDay.AFTERNOON; avoidTime = TimeOfDay.EVENING }

    @Test
    fun `who asked not to be called is not`() = asking(scene("nobody-no-calls").press("没人", "1501")) { noCalls = true }

    @Test
    fun `who asked not to be visited is not called on`() = asking(scene("no-visits")) { noVisits = true }

    /** What everybody of a home asks for. */
    private fun asking(scene: Scene, what: ResidentEdit.() -> Unit) = Stage(scene.world, scene.language).use { stage ->
        runBlocking { stage.ask("3-2-1501", what) }
        scene.checkOn(stage) { TodayModel(it.app) }
    }

    @Test
    fun `whoever is called from the door is asked how it went`() = Stage("morning", Language.ZH).use { stage ->
        scene("nobody-called").press("没人", "1501").press("打电话", "下次什么时候来").checkOn(stage) { TodayModel(it.app) }
        val home = stage.home("3-2-1501")
        assertEquals(Place.Home(home), stage.navigator.way.value.top)
        val asked = Scene("home", "called", "morning").play(stage) { HomeModel(it.app, home) }
        assertIs<HomeSheet.Called>(asked.state.value.sheet)
        // Nobody answered the telephone, either: nothing of the knock is left half done.
        assertEquals(2, runBlocking { stage.world.butler.drafts.list() }.size)
        Scene("home", "missed", "morning").press("没打通").press("记下").play(stage) { HomeModel(it.app, home) }
        assertEquals(emptyList(), runBlocking { stage.world.butler.drafts.list() })
    }

    @Test
    fun `what a closed door is noted for is what was to be done there`() = Stage("morning", Language.ZH).use { stage ->
        val home = stage.home("3-2-1501")
        val butler = stage.world.butler
        val purpose = runBlocking { butler.today.about(home) }.firstNotNullOf { it.purpose }
        assertTrue(purpose != "planned_visit", purpose)
        scene("noted").press("没人", "1501").press("记下，下一户").play(stage) { TodayModel(it.app) }
        val noted = runBlocking { butler.records.get(butler.homes.details(home).contacts.first().record.id) }
        assertEquals(Value.Text(purpose), noted.fields.single { it.path == "purpose" }.shown.value)
    }

    @Test
    fun `nobody is at home where an inspection is due`() = scene("nobody-inspection").press("没人", "904").today()

    @Test
    fun `the inspection says that nobody was there`() =
        scene("nobody-inspected").press("没人", "904").press("已联系业主").press("记下，下一户").today()

    @Test
    fun `pressed by mistake it is taken back with the sheet`() = Stage("morning", Language.ZH).use { stage ->
        val before = Shown.json(scene("before").play(stage) { TodayModel(it.app) }.state.value)
        val model = scene("closed").press("没人", "904").play(stage) { TodayModel(it.app) }
        runBlocking { model.handle(TodayIntent.CloseSheet) }
        assertEquals(before, Shown.json(model.state.value))
    }

    @Test
    fun `something at the desk may be put off`() = Stage("morning", Language.ZH).use { stage ->
        val model = scene("desk").press("坐下办").play(stage) { TodayModel(it.app) }
        val spot = model.state.value.stops.flatMap { it.spots }.first()
        runBlocking {
            model.handle(spot.open.intent)
            model.handle(assertIs<TodaySheet.Due>(model.state.value.sheet).due.later.intent)
        }
        assertEquals(DueAnswer.SNOOZE, assertIs<FormOf.Instead>(assertIs<Place.Form>(stage.navigator.way.value.top).of).answer)
    }

    @Test
    fun `the day has to end earlier`() = scene("cut-short").press("今天走不完").press("1 小时").today()

    @Test
    fun `the homes of each part are named`() = scene("cut-short-homes").press("今天走不完").press("1 小时").press("装修日巡查 3 户今天算没看").today()

    @Test
    fun `less than half of it, for another reason`() =
        scene("cut-short-other", "leaks").press("今天走不完").press("30 分").press("其他").type("说明", "下午公司开会").today()

    private fun scene(name: String, world: String = "morning") = Scene("today", name, world)

    private fun Scene.today() = check { TodayModel(it.app) }
}

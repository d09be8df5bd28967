package butler.app

import butler.app.models.Model
import butler.app.models.RecentModel
import butler.app.models.TodayModel
import butler.app.models.VisitModel
import butler.app.words.Language
import kotlin.test.assertEquals
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** What was just recorded is said on whichever screen one is, and may be undone there. */
@RunWith(RobolectricTestRunner::class)
class RecentTest {
    @Test
    fun `nobody was home`() = Scene("recent", "nobody", "morning").after(::nobody)

    @Test
    fun `nobody was home after all`() = Scene("recent", "undone", "morning").press("撤销").after(::nobody)

    @Test
    fun `a visit from a home is confirmed and taken back`() = Stage("morning", Language.ZH).use { stage ->
        val home = stage.home("3-2-1501")
        suspend fun visits() = stage.world.butler.homes.details(home).contacts.size
        val before = runBlocking { visits() }
        Scene("visit", "agreed", "morning").press("达成一致").type("谈了什么", "墙角已干").press("记下，下一户").play(stage) { VisitModel(it.app, home) }
        val recent = Scene("recent", "visit", "morning").play(stage) { RecentModel(it.app) }
        assertEquals("3栋2单元1501 记下了", recent.state.value.snack?.text)
        assertEquals(before + 1, runBlocking { visits() })
        Scene("recent", "visit", "morning").press("撤销").play(stage) { recent }
        assertEquals(null, recent.state.value.snack)
        assertEquals(before, runBlocking { visits() })
    }

    private fun Scene.after(work: (Stage) -> Model<*, *>) = Stage(world, language).use { stage ->
        work(stage)
        checkOn(stage) { RecentModel(it.app) }
    }

    private fun nobody(stage: Stage): Model<*, *> =
        Scene("today", "nobody", "morning").press("没人", "1501").press("记下，下一户").play(stage) { TodayModel(it.app) }
}

package butler.app

import butler.app.models.ConflictModel
import butler.app.models.FormModel
import butler.app.models.FormOf
import butler.app.models.MoreModel
import butler.app.models.OutboxModel
import butler.app.models.RecordModel
import butler.app.models.SearchModel
import butler.app.words.Language
import kotlin.test.assertEquals
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** Search, outbox, conflicts and 更多, state by state. */
@RunWith(RobolectricTestRunner::class)
class OfficeTest {
    @Test
    fun `nothing is typed`() = Scene("search", "today", "morning").check { SearchModel(it.app) }

    @Test
    fun `a room in four presses`() = Scene("search", "room", "morning").press("1").press("5").press("0").press("1").check { SearchModel(it.app) }

    @Test
    fun `a name`() = Scene("search", "name", "morning").press("字").type("搜索", "刘敏").check { SearchModel(it.app) }

    @Test
    fun `there is no such room`() = Scene("search", "none", "morning").press("9").press("9").press("9").press("9").check { SearchModel(it.app) }

    @Test
    fun `what waits and what was not taken`() = Scene("outbox", "morning", "morning").check { OutboxModel(it.app) }

    @Test
    fun `what was not taken is put away`() = Scene("outbox", "dismissed", "morning").press("不送了").check { OutboxModel(it.app) }

    @Test
    fun `two answers`() = Scene("conflict", "two-answers", "morning").check { ConflictModel(it.app) }

    @Test
    fun `two answers in English`() = Scene("conflict", "two-answers-en", "morning", Language.EN).check { ConflictModel(it.app) }

    @Test
    fun `it is decided`() = Scene("conflict", "decided", "morning").press("本市他处").press("就用“本市他处”").check { ConflictModel(it.app) }

    @Test
    fun `the other answer is the one that stands`() = Stage("morning", Language.ZH).use { stage ->
        Scene("conflict", "chosen", "morning").press("本市他处").press("就用“本市他处”").play(stage) { ConflictModel(it.app) }
        val home = runBlocking { stage.world.butler.homes.details(stage.home("3-2-802")) }
        assertEquals(butler.OwnerState.ELSEWHERE, home.home.ownerState)
        assertEquals(emptyList(), home.conflicts)
    }

    @Test
    fun more() = Scene("more", "morning", "morning").check { MoreModel(it.app) }

    @Test
    fun `what may be recorded`() = Scene("record", "morning", "morning").check { RecordModel(it.app) }

    @Test
    fun `a register about a home asks which one`() =
        Scene("form", "questionnaire", "morning").type("", "3-2-1501").press("3栋2单元1501").check {
            FormModel(it.app, FormOf.Register(butler.FormId("household.questionnaire"), aboutHome = true))
        }
}

package butler.app

import butler.app.models.CanWaitModel
import butler.app.words.Language
import kotlin.test.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 可以等, state by state. */
@RunWith(RobolectricTestRunner::class)
class CanWaitTest {
    @Test
    fun morning() = Scene("can-wait", "morning", "morning").check { CanWaitModel(it.app) }

    @Test
    fun `what waits for one reason alone`() = Scene("can-wait", "dated", "morning").press("有期限").check { CanWaitModel(it.app) }

    @Test
    fun back() = Scene("can-wait", "back", "morning").press("返回").check { CanWaitModel(it.app) }

    @Test
    fun `what a group is made of`() = Scene("can-wait", "things", "morning").press("核心人物面谈 4").check { CanWaitModel(it.app) }

    @Test
    fun `inspections of homes have a list of their own`() = Scene("can-wait", "each-home", "morning").press("空置房月检 2").press("看每一户").check { CanWaitModel(it.app) }

    @Test
    fun `what there is no room for says what gives way`() = Scene("can-wait", "no-room", "morning").press("核心人物面谈 4").press("排进今天 4 件").check { CanWaitModel(it.app) }

    @Test
    fun `what gives way waits`() = Scene("can-wait", "brought", "morning").press("核心人物面谈 4").press("排进今天 4 件").press("就这样换").check { CanWaitModel(it.app) }

    @Test
    fun `what does not fit is said in homes, with whom to ask`() = Stage("leaks", Language.ZH).use { stage ->
        stage.shortDay()
        Scene("can-wait", "does-not-fit", "leaks").checkOn(stage) { CanWaitModel(it.app) }
    }

    @Test
    fun `whoever may send somebody is called`() = Stage("emergency", Language.ZH).use { stage ->
        stage.shortDay(11 * 60)
        Scene("can-wait", "asked", "emergency").press("请主管分人").play(stage) { CanWaitModel(it.app) }
        assertEquals(listOf("dial"), stage.device.asked)
    }
}

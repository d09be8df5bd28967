package butler.app

import butler.app.models.CanWaitModel
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 可以等, state by state. */
@RunWith(RobolectricTestRunner::class)
class CanWaitTest {
    @Test
    fun morning() = Scene("can-wait", "morning", "morning").check { CanWaitModel(it.app) }

    @Test
    fun back() = Scene("can-wait", "back", "morning").press("返回").check { CanWaitModel(it.app) }
}

package butler.app

import butler.app.models.DutiesModel
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 按身份看今天, state by state. */
@RunWith(RobolectricTestRunner::class)
class DutiesTest {
    @Test
    fun morning() = Scene("duties", "morning", "morning").check { DutiesModel(it.app) }

    @Test
    fun `a grid that asks nothing`() = Scene("duties", "empty", "lost").check { DutiesModel(it.app) }
}

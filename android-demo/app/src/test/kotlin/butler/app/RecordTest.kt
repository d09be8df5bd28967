package butler.app

import butler.FormId
import butler.app.models.FormModel
import butler.app.models.FormOf
import butler.app.models.MoreModel
import butler.app.models.RecordModel
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 记一笔 and 更多, state by state. */
@RunWith(RobolectricTestRunner::class)
class RecordTest {
    @Test
    fun more() = Scene("more", "morning", "morning").check { MoreModel(it.app) }

    @Test
    fun `what may be recorded`() = Scene("record", "morning", "morning").check { RecordModel(it.app) }

    @Test
    fun `a register about a home asks which one`() =
        Scene("form", "keys-which-home", "morning").press("选一个", "哪一户").type("搜索", "3-2-1501").press("3栋2单元1501").check {
            FormModel(it.app, FormOf.Row(FormId("keys.owner"), null))
        }
}

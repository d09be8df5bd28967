package butler.app

import butler.FormId
import butler.app.models.FormModel
import butler.app.models.FormOf
import butler.app.models.MoreModel
import butler.app.models.RecordModel
import butler.app.words.Language
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
    fun `an answer that leads to several slips asks which`() = Scene("record", "broken", "morning").press("坏了要修").check { RecordModel(it.app) }

    @Test
    fun `an answer that leads to one opens it`() = Scene("record", "not-done", "morning").press("没做到位").check { RecordModel(it.app) }

    @Test
    fun `a slip for a home alone asks for it`() =
        Scene("record", "repair", "morning").press("坏了要修").press("有偿维修（户内）").check { RecordModel(it.app) }

    @Test
    fun `a meeting asks for the home`() = Scene("record", "visit-en", "morning", Language.EN).press("Visit").check { RecordModel(it.app) }

    @Test
    fun `a register about a home asks which one`() =
        Scene("form", "keys-which-home", "morning").press("选一个", "哪一户").type("搜索", "3-2-1501").press("3栋2单元1501").check {
            FormModel(it.app, FormOf.Row(FormId("keys.owner"), null))
        }
}

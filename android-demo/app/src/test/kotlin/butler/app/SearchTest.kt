package butler.app

import butler.WorkflowId
import butler.app.models.Errand
import butler.app.models.SearchModel
import butler.app.words.Language
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

    private fun search(name: String) = Scene("search", name, "morning")

    private fun Scene.keys(keys: String): Scene = keys.fold(this) { scene, key -> scene.press("$key") }
}

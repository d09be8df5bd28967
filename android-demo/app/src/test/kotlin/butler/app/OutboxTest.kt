package butler.app

import butler.app.models.ConflictModel
import butler.app.models.OutboxModel
import butler.app.models.RejectedModel
import butler.app.words.Language
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** 手机与办公室, 被退回, 两种说法, state by state. */
@RunWith(RobolectricTestRunner::class)
class OutboxTest {
    @Test
    fun waiting() = outbox("morning").check { OutboxModel(it.app) }

    @Test
    fun `in English`() = Scene("outbox", "morning-en", "morning", Language.EN).check { OutboxModel(it.app) }

    @Test
    fun `it is tried`() = outbox("tried").press("现在试一次").check { OutboxModel(it.app) }

    @Test
    fun `it is under way`(): Unit = Stage("morning", Language.ZH).use { stage ->
        val (reached, goOn) = CountDownLatch(1) to CountDownLatch(1)
        stage.transport = held(stage, reached, goOn) { sending(stage.line) }
        runBlocking {
            val sync = async(Dispatchers.IO) { stage.line.sync() }
            assertTrue(reached.await(1, TimeUnit.MINUTES))
            // A sync that is held holds up whoever waits for it, also where something else is shown.
            try {
                sync("sending").checkOn(stage) { OutboxModel(it.app) }
            } finally {
                goOn.countDown()
            }
            sync.await()
            Unit
        }
    }

    @Test
    fun `it is cut off`() = sync("cut").check { stage ->
        var sent = false
        stage.transport = breaking(stage) { sent.also { sent = sent || sending(stage.line) } }
        runBlocking { stage.line.sync() }
        OutboxModel(stage.app)
    }

    @Test
    fun `there is no network`() = sync("offline").check { stage ->
        stage.transport = breaking(stage) { true }
        runBlocking { stage.line.sync() }
        OutboxModel(stage.app)
    }

    @Test
    fun `everything is sent`() = outbox("sent").check { stage ->
        runBlocking { stage.world.butler.sync(stage.world.office.transport) }
        OutboxModel(stage.app)
    }

    @Test
    fun `a rejected one is opened`() = outbox("opened").press("3栋1单元602 欠费金额").check { OutboxModel(it.app) }

    @Test
    fun rejected() = Scene("rejected", "morning", "morning").check { it.rejected() }

    @Test
    fun `the rest is sent again`() = Scene("rejected", "resent", "morning").press("去掉这项，再送 2 项").check { it.rejected() }

    @Test
    fun `nothing is ticked`() = Scene("rejected", "nothing", "morning").press("业主状况").press("常住人口").check { it.rejected() }

    @Test
    fun `a value is answered anew`() = Scene("rejected", "correct", "morning").press("改“业主状况”").press("常年国外").check { it.rejected() }

    @Test
    fun `a number is typed anew`() = Scene("rejected", "correct-number", "morning").press("改“常住人口”").type("常住人口", "60").check { it.rejected() }

    @Test
    fun `what was put right is sent as it is now`() = Stage("morning", Language.ZH).use { stage ->
        val row = runBlocking { stage.app.butler.rejected.list() }.single()
        Scene("rejected", "corrected", "morning").press("改“常住人口”").type("常住人口", "3").press("就用这个").checkOn(stage) { it.rejected() }
        Scene("rejected", "sent", "morning").press("改“常住人口”").type("常住人口", "3").press("就用这个").press("改好了，再送 2 项").play(stage) { it.rejected() }
        val (home, arrears) = runBlocking { stage.app.butler.homes.details(row.record) }.home.let { it.people to it.arrears }
        assertEquals(3L, home)
        assertEquals(null, arrears)
    }

    @Test
    fun `it is asked once before it is put away`() = Scene("rejected", "asked", "morning").press("不送了").check { it.rejected() }

    @Test
    fun `it is put away`() = Scene("rejected", "put-away", "morning").press("不送了").press("不送了", "这一条不送了？").check { it.rejected() }

    @Test
    fun `two answers`() = conflict("morning").check { ConflictModel(it.app) }

    @Test
    fun `two answers in English`() = Scene("conflict", "morning-en", "morning", Language.EN).check { ConflictModel(it.app) }

    @Test
    fun `the other is chosen`() = conflict("other").press("选“本市他处”").check { ConflictModel(it.app) }

    @Test
    fun `it is decided`() = conflict("decided").press("选“本市他处”").press("就用“本市他处”").check { ConflictModel(it.app) }

    @Test
    fun `the next one is two steps`() = conflict("steps").press("先放着").check { ConflictModel(it.app) }

    @Test
    fun `one of the two was written on this phone`() = Scene("conflict", "own", "supervisor").check { ConflictModel(it.app) }

    private fun outbox(name: String) = Scene("outbox", name, "morning")

    /** A sync as the outbox shows it. */
    private fun sync(name: String) = Scene("sync", name, "morning")

    private fun conflict(name: String) = Scene("conflict", name, "morning")
}

/** The edit the office sent back. */
fun Stage.rejected() = RejectedModel(app, runBlocking { app.butler.rejected.list() }.first().change)

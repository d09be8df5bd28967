package butler.app

import android.content.Context
import androidx.test.core.app.ApplicationProvider
import androidx.work.Configuration
import androidx.work.ListenableWorker.Result
import androidx.work.NetworkType
import androidx.work.WorkInfo
import androidx.work.WorkManager
import butler.ButlerException
import butler.Problem
import butler.StepId
import butler.SyncEnd
import butler.app.android.Schedule
import butler.app.android.Sun
import butler.app.android.SyncWorkers
import butler.app.android.attempt
import butler.app.android.comesBack
import butler.app.android.photosGo
import butler.app.models.CasesModel
import butler.app.models.EmergenciesModel
import butler.app.models.FormModel
import butler.app.models.FormOf
import butler.app.models.HomeModel
import butler.app.models.MetricsModel
import butler.app.models.OutboxModel
import butler.app.models.RecordModel
import butler.app.models.SearchModel
import butler.app.models.SettingsModel
import butler.app.models.TodayModel
import butler.app.words.Language
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** When the phone syncs, by the real WorkManager, and what a sync in the background does. */
@RunWith(RobolectricTestRunner::class)
class ScheduleTest {
    /** One that plans and remembers; nothing tells it of a network, so it runs nothing. */
    private fun work(stage: Stage): WorkManager {
        val context = ApplicationProvider.getApplicationContext<Context>()
        WorkManager.initialize(context, Configuration.Builder().setWorkerFactory(SyncWorkers(stage.settings) { stage.line }).build())
        return WorkManager.getInstance(context)
    }

    private fun WorkManager.of(name: String): List<WorkInfo> = getWorkInfosForUniqueWork(name).get()

    @Test
    fun `it is planned for the next network, every quarter of an hour, and each once`() = Stage("new", Language.ZH).use { stage ->
        val work = work(stage)
        val schedule = Schedule(work, stage.line::ask)
        schedule.now()
        val now = work.of(Schedule.NOW).single()
        assertEquals(NetworkType.CONNECTED, now.constraints.requiredNetworkType)
        schedule.now()
        assertNotEquals(now.id, work.of(Schedule.NOW).single().id, "what waits after a broken line waits no longer once somebody presses")

        schedule.regularly()
        val regular = work.of(Schedule.REGULARLY).single()
        assertEquals(NetworkType.CONNECTED, regular.constraints.requiredNetworkType)
        assertEquals(TimeUnit.MINUTES.toMillis(15), regular.periodicityInfo?.repeatIntervalMillis)
        schedule.regularly()
        assertEquals(regular.id, work.of(Schedule.REGULARLY).single().id)

        work.cancelAllWork().result.get()
        work.pruneWork().result.get()
        Schedule(work) { true }.now()
        assertEquals(emptyList(), work.of(Schedule.NOW), "a sync that runs is followed by another, not cut")
    }

    @Test
    fun `it sends all, and comes back where the line broke`() = Stage("morning", Language.ZH).use { stage ->
        runBlocking {
            stage.world.office.online = false
            assertEquals(Result.retry(), attempt({ stage.line }, photos = true))
            stage.world.office.online = true
            assertEquals(Result.success(), attempt({ stage.line }, photos = true))
            assertEquals(0uL, stage.app.butler.status().unsentEdits)
            assertEquals(Result.retry(), attempt({ throw ButlerException.Locked() }, photos = true))
        }
    }

    @Test
    fun `what is asked for while a sync runs is in the next one, which follows at once`() = Stage("morning", Language.ZH).use { stage ->
        val (reached, goOn) = CountDownLatch(1) to CountDownLatch(1)
        stage.transport = held(stage, reached, goOn) { reached.count > 0L }
        runBlocking {
            val first = async(Dispatchers.IO) { stage.line.sync() }
            assertTrue(reached.await(1, TimeUnit.MINUTES))
            stage.app.butler.records.editNote(stage.home("3-2-1501"), "次卫窗台有水渍，下次带工程看")
            assertTrue(stage.line.ask(), "one runs")
            assertEquals(null, stage.line.sync(), "and no second beside it")
            goOn.countDown()
            first.await()
            assertEquals(0uL, stage.app.butler.status().unsentEdits)
            assertFalse(stage.line.ask(), "none runs any more")
        }
    }

    @Test
    fun `a line that hangs makes nobody wait`() = Stage("morning", Language.ZH).use { stage ->
        val (reached, goOn) = CountDownLatch(1) to CountDownLatch(1)
        stage.transport = held(stage, reached, goOn) { reached.count > 0L }
        runBlocking {
            val sync = async(Dispatchers.IO) { stage.line.sync() }
            assertTrue(reached.await(1, TimeUnit.MINUTES))
            try {
                withTimeout(SOON) {
                    val app = stage.app
                    val screens = listOf(
                        TodayModel(app), HomeModel(app, stage.home("3-2-1501")), CasesModel(app), OutboxModel(app), MetricsModel(app), EmergenciesModel(app),
                        SettingsModel(app), SearchModel(app), RecordModel(app),
                    )
                    for (screen in screens) screen.refresh()
                    Scene("today", "nobody", "morning").press("没人", "1501").press("记下，下一户").play(stage) { TodayModel(app) }
                }
                assertEquals("recorded", stage.device.asked.last())
            } finally {
                goOn.countDown()
                sync.await()
            }
        }
    }

    @Test
    fun `a step of an urgent case is sent at once, another goes with the next sync`() {
        for ((case, step, sent) in listOf(Triple("卫生间渗水", "dispatch", true), Triple("飘窗渗水", "remind", false))) {
            Stage("morning", Language.ZH).use { stage ->
                val form = FormModel(stage.app, FormOf.Step(stage.caseId(case), StepId(step)))
                val scene = Scene("form", step, "morning")
                if (sent) scene.press("工程")
                scene.press(if (sent) "记下" else "催单").play(stage) { form }
                assertEquals(sent, "sync" in stage.device.asked, "$case: ${form.state.value.record?.label} ${form.state.value.problem}")
            }
        }
    }

    @Test
    fun `only what another try may mend comes back`() {
        assertTrue(comesBack(SyncEnd.Interrupted))
        assertTrue(comesBack(SyncEnd.Office(Problem.Busy)))
        assertFalse(comesBack(SyncEnd.Office(Problem.Revoked)))
        assertFalse(comesBack(SyncEnd.Complete))
        assertFalse(comesBack(null))
    }

    @Test
    fun `photos wait for Wi-Fi where that is settled`() {
        assertFalse(photosGo(onWifiOnly = true, metered = true))
        assertTrue(photosGo(onWifiOnly = true, metered = false))
        assertTrue(photosGo(onWifiOnly = false, metered = true))
    }

    @Test
    fun `the sun shines after three bright seconds, and a shadow of one changes nothing`() {
        val sun = Sun()
        assertEquals(listOf(false, false, true), listOf(0L, 2_900, 3_000).map { sun.seen(50_000f, it) })
        assertEquals(listOf(true, true, true), listOf(4_000L to 800f, 5_000L to 50_000f, 8_500L to 800f).map { (at, lux) -> sun.seen(lux, at) })
        assertEquals(false, sun.seen(800f, 11_500))
    }

    private companion object {
        /** Long enough for a slow machine, and far from what a request may take. */
        const val SOON = 60_000L
    }
}

package butler.app

import android.app.AlarmManager
import android.app.KeyguardManager
import android.app.NotificationManager
import android.content.Context
import android.content.Intent
import android.location.Location
import android.location.LocationManager
import android.nfc.NdefMessage
import android.nfc.NdefRecord
import android.os.Looper
import android.os.SystemClock
import androidx.activity.ComponentActivity
import androidx.test.core.app.ApplicationProvider
import butler.DueId
import butler.GeoPoint
import butler.StepId
import butler.app.android.AlarmBell
import butler.app.android.DeviceOwner
import butler.app.android.MainActivity
import butler.app.android.RingReceiver
import butler.app.android.codeIn
import butler.app.android.fix
import butler.app.android.noticed
import butler.app.android.said
import butler.app.models.Bell
import butler.app.models.Curtain
import butler.app.models.FormModel
import butler.app.models.FormOf
import butler.app.models.Place
import butler.app.models.Ring
import butler.app.models.Ringing
import butler.app.models.SettingsKeeper
import butler.app.models.openNoticed
import butler.app.words.Language
import butler.app.words.Words
import com.google.zxing.BarcodeFormat
import com.google.zxing.qrcode.QRCodeWriter
import java.time.Duration
import java.time.Instant
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf

/** What only a phone can do, as far as a phone on a desk goes: codes and tags are read, alarms are set, the owner is asked. */
@RunWith(RobolectricTestRunner::class)
class PhoneTest {
    @get:Rule val activity = EmptyActivity()

    private val context = ApplicationProvider.getApplicationContext<Context>()
    private val noon = Instant.parse("2026-11-28T04:00:00Z")

    @Test
    fun `a code is read off a frame whose rows are longer than the picture is wide`() {
        val code = "qr:jinse/3-2-lobby"
        val drawn = QRCodeWriter().encode(code, BarcodeFormat.QR_CODE, SIDE, SIDE)
        // The last row of a frame ends where the picture ends.
        val light = ByteArray(STRIDE * (SIDE - 1) + SIDE) { at -> if (at % STRIDE < SIDE && drawn[at % STRIDE, at / STRIDE]) 0 else WHITE }
        assertEquals(code, codeIn(light, STRIDE, SIDE, SIDE))
        assertNull(codeIn(ByteArray(STRIDE * SIDE) { WHITE }, STRIDE, SIDE, SIDE))
    }

    @Test
    fun `a tag says its address or its text`() {
        assertEquals("qr:jinse/gate", said(NdefMessage(NdefRecord.createUri("qr:jinse/gate"))))
        assertEquals("三栋二单元大堂", said(NdefMessage(NdefRecord.createTextRecord("zh", "三栋二单元大堂"))))
        assertNull(said(NdefMessage(NdefRecord.createMime("image/png", byteArrayOf(1, 2, 3)))))
        assertNull(said(NdefMessage(NdefRecord(NdefRecord.TNF_WELL_KNOWN, NdefRecord.RTD_TEXT, null, byteArrayOf(0x3f)))), "its language is longer than it is")
    }

    @Test
    fun `where the phone is counts when it is known well, and of just now`() {
        val manager = context.getSystemService(LocationManager::class.java)
        shadowOf(manager).setProviderEnabled(LocationManager.GPS_PROVIDER, true)
        fun fix(metres: Float, ago: Duration = Duration.ZERO) = Location(LocationManager.GPS_PROVIDER).apply {
            latitude = 22.53
            longitude = 113.93
            accuracy = metres
            elapsedRealtimeNanos = SystemClock.elapsedRealtimeNanos() - ago.toNanos()
        }
        SystemClock.setCurrentTimeMillis(Duration.ofHours(1).toMillis())
        fun known(fix: Location) = runBlocking {
            shadowOf(manager).simulateLocation(fix)
            manager.fix(0.seconds)
        }
        assertEquals(GeoPoint(22.53, 113.93), known(fix(metres = 8f)))
        assertNull(known(fix(metres = 400f)), "that is somewhere in the grid")
        assertNull(known(fix(metres = 8f, ago = Duration.ofMinutes(2))), "that was at the gate")
        runBlocking {
            val asked = async { manager.fix(60.seconds) }
            yield()
            shadowOf(manager).simulateLocation(fix(metres = 12f))
            shadowOf(Looper.getMainLooper()).idle()
            assertEquals(GeoPoint(22.53, 113.93), asked.await())
        }
        shadowOf(manager).setProviderEnabled(LocationManager.GPS_PROVIDER, false)
        assertNull(known(fix(metres = 8f)), "it is switched off")
    }

    @Test
    fun `what is urgent rings at half its time and when it is over, until it is done`() = Stage("morning", Language.ZH).use { stage ->
        val settings = SettingsKeeper()
        fun rings() = runBlocking { Ringing(stage.world.butler, Words(Language.ZH), settings, Silent) { stage.world.office.clock.time }.rings() }
        val item = runBlocking { stage.world.butler.today.list().items.first { it.case == stage.caseId("卫生间渗水") } }
        val leak = rings().filter { it.item == item.id }
        assertTrue(leak.isNotEmpty(), "$item ${rings()}")
        assertEquals("到时限了", leak.last().text.substringAfterLast("·").trim())
        assertEquals(leak.sortedBy { it.at }, leak)
        assertTrue(leak.all { it.aloud })
        settings.change { copy(ringing = false) }
        assertEquals(leak.map { it.copy(aloud = false) }, rings().filter { it.item == item.id }, "switched off, it says the same in silence")
        val form = FormModel(stage.app, FormOf.Step(stage.caseId("卫生间渗水"), StepId("dispatch")))
        Scene("form", "dispatch", "morning").press("工程").press("记下").play(stage) { form }
        assertEquals(emptyList(), rings().filter { it.item in leak.map(Ring::item) })
    }

    @Test
    fun `an alarm that is wanted no more is taken back, also by an app that was opened again`() {
        val alarms = context.getSystemService(AlarmManager::class.java)
        fun set() = shadowOf(alarms).scheduledAlarms.map { it.triggerAtMs }.sorted()
        val (leak, gas) = listOf("leak" to 30L, "gas" to 6L).map { (id, minutes) -> Ring(DueId(id), noon + Duration.ofMinutes(minutes), "渗漏报修", "3栋1单元1203") }
        AlarmBell(context).set(listOf(leak, gas))
        assertEquals(listOf(gas, leak).map { it.at.toEpochMilli() }, set())
        AlarmBell(context).set(listOf(leak))
        assertEquals(listOf(leak.at.toEpochMilli()), set())
    }

    @Test
    fun `an alarm says what is urgent, with a sound of its own`() {
        AlarmBell(context).set(listOf(Ring(DueId("leak"), noon, "渗漏报修", "3栋1单元1203 · 还剩 22 分")))
        val alarm = shadowOf(context.getSystemService(AlarmManager::class.java)).scheduledAlarms.single()
        RingReceiver().onReceive(context, shadowOf(alarm.operation).savedIntent)
        val notices = context.getSystemService(NotificationManager::class.java)
        val notice = shadowOf(notices).allNotifications.single()
        assertEquals(listOf("渗漏报修", "3栋1单元1203 · 还剩 22 分"), listOf("android.title", "android.text").map { notice.extras.getString(it) })
        val channel = notices.getNotificationChannel(notice.channelId)
        assertEquals(NotificationManager.IMPORTANCE_HIGH, channel.importance)
        assertTrue(channel.shouldVibrate())
    }

    @Test
    fun `a notice leads to its case, and one of what is done to nothing`() = Stage("morning", Language.ZH).use { stage ->
        val leak = runBlocking { stage.world.butler.today.list().items.first { it.case == stage.caseId("卫生间渗水") } }
        AlarmBell(context).set(listOf(leak.id, DueId("gas")).map { Ring(it, noon, "渗漏报修", "3栋1单元1203") })
        for (alarm in shadowOf(context.getSystemService(AlarmManager::class.java)).scheduledAlarms) RingReceiver().onReceive(context, shadowOf(alarm.operation).savedIntent)
        val pressed = shadowOf(context.getSystemService(NotificationManager::class.java)).allNotifications.map { shadowOf(it.contentIntent).savedIntent }
        assertEquals(setOf(leak.id, DueId("gas")), pressed.map { noticed(it) }.toSet(), "each opens its own")
        assertNull(noticed(Intent(pressed.first()).addFlags(Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY)), "it was followed before")
        assertNull(noticed(Intent(context, MainActivity::class.java)))
        runBlocking {
            stage.navigator.go(Place.Outbox)
            openNoticed(stage.app, DueId(unknown(leak.id.value)))
            assertEquals(Place.Outbox, stage.navigator.way.value.top)
            openNoticed(stage.app, leak.id)
            assertEquals(Place.Case(stage.caseId("卫生间渗水")), stage.navigator.way.value.top)
            stage.navigator.back()
            assertEquals(Place.Outbox, stage.navigator.way.value.top, "back leads to where one was")
            val home = stage.home("3-2-1501")
            openNoticed(stage.app, stage.world.butler.today.about(home).first { it.case == null && it.about == home }.id)
            assertEquals(Place.Home(home), stage.navigator.way.value.top)
        }
    }

    @Test
    fun `with ringing off an alarm that was set already is silent`() {
        val leak = Ring(DueId("leak"), noon, "渗漏报修", "3栋1单元1203 · 还剩 22 分")
        AlarmBell(context).set(listOf(leak))
        AlarmBell(context).set(listOf(leak.copy(aloud = false)))
        val alarm = shadowOf(context.getSystemService(AlarmManager::class.java)).scheduledAlarms.single()
        RingReceiver().onReceive(context, shadowOf(alarm.operation).savedIntent)
        val notices = context.getSystemService(NotificationManager::class.java)
        val channel = notices.getNotificationChannel(shadowOf(notices).allNotifications.single().channelId)
        assertNull(channel.sound)
        assertFalse(channel.shouldVibrate())
    }

    @Test
    fun `the bell hears at once that ringing is switched off`() = Stage("morning", Language.ZH).use { stage ->
        val settings = SettingsKeeper()
        val heard = Channel<List<Ring>>(Channel.UNLIMITED)
        val bell = object : Bell {
            override fun set(rings: List<Ring>) {
                heard.trySend(rings)
            }
        }
        runBlocking {
            val ringing = launch { Ringing(stage.world.butler, Words(Language.ZH), settings, bell) { stage.world.office.clock.time }.run() }
            assertTrue(heard.receive().let { it.isNotEmpty() && it.all(Ring::aloud) })
            settings.change { copy(ringing = false) }
            assertTrue(heard.receive().let { it.isNotEmpty() && it.none(Ring::aloud) })
            ringing.cancel()
        }
    }

    @Test
    fun `who holds the phone is asked at the start and after five minutes out of sight`() {
        val curtain = Curtain()
        assertTrue(curtain.closed)
        curtain.open()
        fun away(minutes: Long): Boolean {
            curtain.leave(noon)
            curtain.comeBack(noon + Duration.ofMinutes(minutes))
            return curtain.closed.also { curtain.open() }
        }
        assertEquals(listOf(false, true, true), listOf(away(4), away(5), away(-1)), "a clock that went back closes, too")
        curtain.comeBack(noon)
        assertFalse(curtain.closed, "nobody left")
    }

    @Test
    fun `a phone that nothing locks has nobody to ask`() {
        // Asked for before the activity is seen, as its own does.
        val other = Robolectric.buildActivity(ComponentActivity::class.java)
        val owner = DeviceOwner(other.get())
        other.setup()
        shadowOf(context.getSystemService(KeyguardManager::class.java)).setIsDeviceSecure(false)
        assertTrue(runBlocking { owner.isOwner("先解锁手机，再打开管家") })
    }

    private object Silent : Bell {
        override fun set(rings: List<Ring>) {}
    }

    private companion object {
        const val SIDE = 240
        const val STRIDE = 256
        const val WHITE = 255.toByte()
    }
}

package butler.app.android

import android.app.AlarmManager
import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.media.AudioAttributes
import android.media.RingtoneManager
import android.net.Uri
import android.os.Build
import androidx.annotation.RequiresApi
import butler.DueId
import butler.app.models.Bell
import butler.app.models.Ring
import butler.demo.app.R

/**
 * Rings by Android's alarms, which wake a sleeping phone, also after the app is gone. Which are set is kept, so that one that is no
 * longer wanted can be taken back by an app that was opened again.
 */
class AlarmBell(private val context: Context) : Bell {
    private val alarms = context.getSystemService(AlarmManager::class.java)
    private val kept = context.getSharedPreferences("bells", Context.MODE_PRIVATE)

    @Synchronized
    override fun set(rings: List<Ring>) {
        val now = rings.associateBy { "${it.item.value} ${it.at.toEpochMilli()}" }
        val before = kept.getStringSet(SET, emptySet()).orEmpty()
        for (gone in before - now.keys) alarms.cancel(intent(gone, null))
        for ((key, ring) in now) set(ring, intent(key, ring))
        if (before != now.keys) kept.edit().putStringSet(SET, now.keys).apply()
    }

    private fun set(ring: Ring, then: PendingIntent) {
        val exact = Build.VERSION.SDK_INT < Build.VERSION_CODES.S || exact()
        if (exact) alarms.setExactAndAllowWhileIdle(AlarmManager.RTC_WAKEUP, ring.at.toEpochMilli(), then)
        else alarms.setAndAllowWhileIdle(AlarmManager.RTC_WAKEUP, ring.at.toEpochMilli(), then)
    }

    @RequiresApi(Build.VERSION_CODES.S)
    private fun exact(): Boolean = alarms.canScheduleExactAlarms()

    /** Two intents are the same alarm when their addresses are. */
    private fun intent(key: String, ring: Ring?): PendingIntent {
        val intent = Intent(context, RingReceiver::class.java).setData(Uri.fromParts("ring", key, null))
        if (ring != null) intent.putExtra(ITEM, ring.item.value).putExtra(TITLE, ring.title).putExtra(TEXT, ring.text).putExtra(ALOUD, ring.aloud)
        return PendingIntent.getBroadcast(context, 0, intent, PendingIntent.FLAG_UPDATE_CURRENT or PendingIntent.FLAG_IMMUTABLE)
    }

    internal companion object {
        const val SET = "set"
        const val ITEM = "item"
        const val TITLE = "title"
        const val TEXT = "text"
        const val ALOUD = "aloud"
    }
}

/** What a notice that was pressed is about; null for an intent that comes from none, or was followed before. */
internal fun noticed(intent: Intent): DueId? =
    intent.takeIf { it.flags and Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY == 0 }?.getStringExtra(AlarmBell.ITEM)?.let(::DueId)

/** It is time: what is urgent stands where every app's news stand, with the sound of an alarm unless ringing is off. */
class RingReceiver : BroadcastReceiver() {
    override fun onReceive(context: Context, intent: Intent) {
        val notices = context.getSystemService(NotificationManager::class.java)
        val channel = if (intent.getBooleanExtra(AlarmBell.ALOUD, true)) aloud(context) else silent(context)
        notices.createNotificationChannel(channel)
        val item = intent.getStringExtra(AlarmBell.ITEM)
        // Two intents are the same when their addresses are: each item has its own.
        val main = Intent(context, MainActivity::class.java).setData(Uri.fromParts("item", item, null)).putExtra(AlarmBell.ITEM, item)
        val open = PendingIntent.getActivity(context, 0, main, PendingIntent.FLAG_IMMUTABLE)
        val notice = Notification.Builder(context, channel.id)
            .setSmallIcon(R.drawable.footprints)
            .setContentTitle(intent.getStringExtra(AlarmBell.TITLE))
            .setContentText(intent.getStringExtra(AlarmBell.TEXT))
            .setCategory(Notification.CATEGORY_ALARM)
            .setContentIntent(open)
            .setAutoCancel(true)
        notices.notify(item, 0, notice.build())
    }

    private fun aloud(context: Context) = NotificationChannel(ALOUD, context.getString(R.string.urgent), NotificationManager.IMPORTANCE_HIGH).apply {
        val sound = AudioAttributes.Builder().setUsage(AudioAttributes.USAGE_ALARM).setContentType(AudioAttributes.CONTENT_TYPE_SONIFICATION).build()
        setSound(RingtoneManager.getDefaultUri(RingtoneManager.TYPE_ALARM), sound)
        vibrationPattern = PULSES
    }

    /** What a channel sounds like is the phone's once it was made: silence has one of its own. */
    private fun silent(context: Context) = NotificationChannel(SILENT, context.getString(R.string.urgent_silent), NotificationManager.IMPORTANCE_HIGH).apply {
        setSound(null, null)
        enableVibration(false)
    }

    internal companion object {
        const val ALOUD = "urgent"
        const val SILENT = "urgent-silent"

        /** Three pulses. */
        val PULSES = longArrayOf(0, 200, 150, 200, 150, 200)
    }
}

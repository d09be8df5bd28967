package butler.app.android

import android.app.Activity
import android.nfc.NdefMessage
import android.nfc.NdefRecord
import android.nfc.NfcAdapter
import android.nfc.tech.Ndef

/** Tags held to the phone while an activity is seen: [read] is told what each says. A phone without a reader reads none. */
internal class Tags(private val activity: Activity, private val read: (String) -> Unit) {
    private val reader: NfcAdapter? get() = NfcAdapter.getDefaultAdapter(activity)

    fun listen() {
        reader?.enableReaderMode(activity, { tag -> Ndef.get(tag)?.cachedNdefMessage?.let(::said)?.let(read) }, KINDS, null)
    }

    fun leave() {
        reader?.disableReaderMode(activity)
    }

    private companion object {
        const val KINDS = NfcAdapter.FLAG_READER_NFC_A or NfcAdapter.FLAG_READER_NFC_B or NfcAdapter.FLAG_READER_NFC_V
    }
}

/** The first text or address of a tag. */
internal fun said(message: NdefMessage): String? = message.records.firstNotNullOfOrNull { it.toUri()?.toString() ?: text(it) }

/** A text without its language: the lowest six bits say how long that is, the highest that the text is UTF-16. */
private fun text(record: NdefRecord): String? {
    if (record.tnf != NdefRecord.TNF_WELL_KNOWN || !record.type.contentEquals(NdefRecord.RTD_TEXT) || record.payload.isEmpty()) return null
    val first = record.payload[0].toInt()
    val from = 1 + (first and 0x3f)
    val charset = if (first and 0x80 == 0) Charsets.UTF_8 else Charsets.UTF_16
    return if (from > record.payload.size) null else String(record.payload, from, record.payload.size - from, charset)
}

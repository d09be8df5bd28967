// In this package, for Android lets nobody else make the callbacks of an adapter, and has no other way to a PDF of a page.
@file:Suppress("PackageDirectoryMismatch")

package android.print

import android.os.Bundle
import android.os.CancellationSignal
import android.os.ParcelFileDescriptor
import java.io.File

/** Writes the whole document as a PDF, then goes on; where it cannot be laid out or written, nothing happens. */
internal fun PrintDocumentAdapter.writeTo(file: File, paper: PrintAttributes, then: () -> Unit) {
    val written = object : PrintDocumentAdapter.WriteResultCallback() {
        override fun onWriteFinished(pages: Array<out PageRange>) {
            onFinish()
            then()
        }
    }
    val laidOut = object : PrintDocumentAdapter.LayoutResultCallback() {
        override fun onLayoutFinished(info: PrintDocumentInfo, changed: Boolean) {
            val mode = ParcelFileDescriptor.MODE_CREATE or ParcelFileDescriptor.MODE_TRUNCATE or ParcelFileDescriptor.MODE_READ_WRITE
            onWrite(arrayOf(PageRange.ALL_PAGES), ParcelFileDescriptor.open(file, mode), CancellationSignal(), written)
        }
    }
    onStart()
    onLayout(null, paper, CancellationSignal(), laidOut, Bundle.EMPTY)
}

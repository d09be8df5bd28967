package butler.app.android

import android.content.Intent
import android.print.PrintAttributes
import android.print.PrintDocumentAdapter
import android.print.PrintManager
import android.print.writeTo
import android.webkit.WebView
import android.webkit.WebViewClient
import androidx.activity.ComponentActivity
import androidx.core.content.FileProvider
import butler.app.models.SlipPage
import java.io.File

/**
 * Slips on paper and as files. A page is laid out by a view nobody sees, in which no script runs and which fetches nothing; Android
 * prints what the view shows, and writes the same into a PDF to be sent.
 */
class Slips(private val activity: ComponentActivity) {
    private val folder = File(activity.cacheDir, "slips")

    /** Kept while its page is printed: a view nobody holds is taken away in the middle. */
    private var view: WebView? = null

    init {
        // What was sent before has arrived.
        folder.deleteRecursively()
    }

    /** Opens the system's dialog. */
    fun print(slip: SlipPage) = laidOut(slip) { adapter ->
        activity.getSystemService(PrintManager::class.java).print(slip.name, adapter, PAPER)
    }

    /** Opens the system's sheet of whom to send it to. */
    fun share(slip: SlipPage) = laidOut(slip) { adapter ->
        folder.mkdirs()
        val file = File(folder, "${slip.name}.pdf")
        adapter.writeTo(file, PAPER) {
            val address = FileProvider.getUriForFile(activity, "${activity.packageName}.pictures", file)
            val send = Intent(Intent.ACTION_SEND).setType("application/pdf").putExtra(Intent.EXTRA_STREAM, address)
                .addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION)
            activity.startActivity(Intent.createChooser(send, slip.name))
        }
    }

    private fun laidOut(slip: SlipPage, then: (PrintDocumentAdapter) -> Unit) {
        val view = WebView(activity)
        view.settings.blockNetworkLoads = true
        view.webViewClient = object : WebViewClient() {
            override fun onPageFinished(view: WebView, url: String?) = then(view.createPrintDocumentAdapter(slip.name))
        }
        this.view = view
        view.loadDataWithBaseURL(null, slip.html, "text/html", "utf-8", null)
    }

    private companion object {
        /** What most offices have in their printers, with a border that each of them can leave free. */
        val PAPER: PrintAttributes = PrintAttributes.Builder()
            .setMediaSize(PrintAttributes.MediaSize.ISO_A4)
            .setResolution(PrintAttributes.Resolution("slip", "slip", DPI, DPI))
            .setMinMargins(PrintAttributes.Margins(BORDER, BORDER, BORDER, BORDER))
            .build()
        const val DPI = 300

        /** Ten millimetres, in thousandths of an inch. */
        const val BORDER = 394
    }
}

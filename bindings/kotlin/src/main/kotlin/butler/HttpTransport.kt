package butler

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.SocketTimeoutException
import java.net.URI
import java.time.Duration

/** The line to an office over HTTP, with what every JVM and Android has. An app with its own client writes its own. */
class HttpTransport(office: URI, private val patience: Duration = Duration.ofSeconds(30)) : Transport {
    private val frames = office.resolve("/v1/frame").toURL()

    override fun exchange(frame: ByteArray): ByteArray = try {
        post(frame)
    } catch (_: SocketTimeoutException) {
        throw TransportException.TimedOut()
    } catch (_: IOException) {
        throw TransportException.Unreachable()
    }

    private fun post(frame: ByteArray): ByteArray {
        val line = frames.openConnection() as HttpURLConnection
        line.connectTimeout = patience.toMillis().toInt()
        line.readTimeout = patience.toMillis().toInt()
        line.doOutput = true
        line.setFixedLengthStreamingMode(frame.size)
        line.setRequestProperty("Content-Type", FRAME)
        line.outputStream.use { it.write(frame) }
        val status = line.responseCode
        // The office explains itself in a frame whatever the status; anything else came from something between.
        if (line.contentType != FRAME) throw TransportException.Status(status.toUShort())
        return (if (status < 400) line.inputStream else line.errorStream).use { bounded(it) }
    }

    /** What answers may not be the office: no more is read than an office ever says. */
    private fun bounded(stream: InputStream): ByteArray {
        val answer = ByteArrayOutputStream()
        val piece = ByteArray(64 * 1024)
        while (true) {
            val read = stream.read(piece)
            if (read < 0) return answer.toByteArray()
            if (answer.size() + read > limit) throw TransportException.TooLong()
            answer.write(piece, 0, read)
        }
    }

    private companion object {
        const val FRAME = "application/vnd.butler.frame"
        val limit = frameLimit()
    }
}

package butler.app.android

import android.annotation.SuppressLint
import android.graphics.ImageFormat
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.os.HandlerThread
import android.util.Size
import android.view.Surface

/** The running camera: what it sees goes to a surface, and each frame is looked at for a code. [read] is told on a thread of its own. */
internal class Lens(private val cameras: CameraManager, private val read: (String) -> Unit) {
    private val thread = HandlerThread("lens").apply { start() }
    private val handler = Handler(thread.looper)
    private val id = cameras.cameraIdList.firstOrNull { cameras.getCameraCharacteristics(it).get(CameraCharacteristics.LENS_FACING) == CameraCharacteristics.LENS_FACING_BACK }
    private var frames: ImageReader? = null
    private var camera: CameraDevice? = null

    /** How large its frames are: enough for a code at arm's length, and no more to be looked at. Null where there is no camera. */
    val size: Size? = id?.let { cameras.getCameraCharacteristics(it).get(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP) }
        ?.getOutputSizes(ImageFormat.YUV_420_888)?.filter { it.width <= WIDEST }?.maxByOrNull { it.width * it.height }

    /** Runs until [close]; the permission was given. False where the camera cannot be had. */
    @SuppressLint("MissingPermission")
    fun open(preview: Surface): Boolean {
        val (id, size) = (id ?: return false) to (size ?: return false)
        val frames = ImageReader.newInstance(size.width, size.height, ImageFormat.YUV_420_888, FRAMES).also { frames = it }
        frames.setOnImageAvailableListener({ reader -> reader.acquireLatestImage()?.use(::code)?.let(read) }, handler)
        return try {
            cameras.openCamera(id, Opened(listOf(preview, frames.surface)), handler)
            true
        } catch (_: CameraAccessException) {
            false
        }
    }

    fun close() {
        camera?.close()
        frames?.close()
        thread.quitSafely()
    }

    private fun code(frame: Image): String? {
        val light = frame.planes[0]
        val bytes = ByteArray(light.buffer.remaining()).also { light.buffer.get(it) }
        return codeIn(bytes, light.rowStride, frame.width, frame.height)
    }

    private inner class Opened(private val surfaces: List<Surface>) : CameraDevice.StateCallback() {
        override fun onOpened(device: CameraDevice) {
            camera = device
            val request = device.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
            surfaces.forEach(request::addTarget)
            request.set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
            try {
                @Suppress("DEPRECATION") // What takes its place came with API 28.
                device.createCaptureSession(surfaces, Configured(request.build()), handler)
            } catch (_: CameraAccessException) {
                device.close()
            }
        }

        override fun onDisconnected(device: CameraDevice) = device.close()

        override fun onError(device: CameraDevice, error: Int) = device.close()
    }

    private inner class Configured(private val request: CaptureRequest) : CameraCaptureSession.StateCallback() {
        override fun onConfigured(session: CameraCaptureSession) {
            try {
                session.setRepeatingRequest(request, null, handler)
            } catch (_: CameraAccessException) {
                session.close()
            }
        }

        override fun onConfigureFailed(session: CameraCaptureSession) = session.close()
    }

    private companion object {
        const val WIDEST = 1_280
        const val FRAMES = 2
    }
}

package butler.app

import android.graphics.Bitmap
import butler.app.android.jpeg
import butler.app.android.sample
import butler.app.android.shrunk
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** What becomes of a picture the camera took. */
@RunWith(RobolectricTestRunner::class)
class CameraTest {
    @Test
    fun `a large picture is shrunk, a small one is not blown up`() {
        fun size(width: Int, height: Int): List<Int> {
            val taken = jpeg(Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888))
            return assertNotNull(shrunk(taken, longest = 512)).let { listOf(it.width, it.height) }
        }
        assertEquals(listOf(512, 384), size(2_000, 1_500))
        assertEquals(listOf(240, 320), size(240, 320))
    }

    @Test
    fun `what is no picture is none`() {
        assertNull(shrunk("<html>".toByteArray(), longest = 512))
    }

    @Test
    fun `it is read at a size not far above the one it is kept in`() {
        assertEquals(listOf(1, 1, 2, 4), listOf(300, 1_000, 1_024, 2_400).map { sample(it, 512) })
    }
}

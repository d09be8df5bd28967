package butler.app

import butler.PhotoId
import butler.app.android.decoded
import butler.app.models.PhotoModel
import butler.app.models.PhotoPicture
import butler.app.models.PhotosAt
import butler.app.parts.Developed
import butler.app.parts.Developer
import butler.app.words.Language
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertSame
import kotlinx.coroutines.runBlocking
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.GraphicsMode

/** A photo whole, state by state, and what is seen of one that is not here or is none. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class PhotoTest {
    @Test
    fun `the first of several`() = photo("first").check { it.photosOf(CASE) }

    @Test
    fun `the next one`() = photo("next").press("下一张").check { it.photosOf(CASE) }

    @Test
    fun `in English`() = Scene("photo", "first-en", "morning", Language.EN, CASE).check { it.photosOf(CASE) }

    @Test
    fun `it is made as large as it is drawn, and once`() = seen("morning", { it.photoIds(CASE).first() }) { developer, picture ->
        val made = assertIs<Developed.Picture>(developer.make(picture, SMALL))
        assertEquals(SMALL to SMALL * 3 / 4, made.bitmap.width to made.bitmap.height)
        assertSame(made, developer.made(picture, SMALL))
    }

    @Test
    fun `one that has not come yet says so, and is asked for again`() = seen("supervisor", { it.photoIds("1网格交接").first() }) { developer, picture ->
        assertEquals("还没同步到这部手机", assertIs<Developed.Said>(developer.make(picture, SMALL)).words)
        assertNull(developer.made(picture, SMALL))
    }

    @Test
    fun `one that is no picture says so`() = seen("morning", { runBlocking { it.app.butler.photos.add("不是照片".encodeToByteArray()) } }) { developer, picture ->
        assertEquals("照片坏了，打不开", assertIs<Developed.Said>(developer.make(picture, SMALL)).words)
    }

    private fun photo(name: String) = Scene("photo", name, "morning", about = CASE)

    private fun seen(world: String, photo: (Stage) -> PhotoId, look: suspend (Developer, PhotoPicture) -> Unit) = Stage(world, Language.ZH).use { stage ->
        val model = PhotoModel(stage.app, PhotosAt(listOf(photo(stage)), 0))
        runBlocking {
            model.refresh()
            look(Developer(::decoded), model.state.value.picture!!)
        }
    }

    private companion object {
        const val CASE = "飘窗渗水"
        const val SMALL = 128
    }
}

/** What proves the steps of a case, the newest first. */
fun Stage.photoIds(case: String): List<PhotoId> = runBlocking {
    app.butler.cases.details(caseId(case)).steps.asReversed().flatMap { step -> step.evidence.photos.entries.sortedBy { it.key.value }.flatMap { it.value } }
}

fun Stage.photosOf(case: String) = PhotoModel(app, PhotosAt(photoIds(case), 0))

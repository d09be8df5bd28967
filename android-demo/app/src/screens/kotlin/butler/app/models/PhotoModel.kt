package butler.app.models

import butler.Butler
import butler.ButlerException
import butler.PhotoId
import butler.QuestionId
import butler.app.words.Word

/** Photos in their order, and which of them is looked at. */
data class PhotosAt(val photos: List<PhotoId>, val at: Int)

/** One of the photos that prove something: [open] names it and shows it whole, [picture] is drawn small. */
class Photo<out I : Any>(val open: Press<I>, val picture: PhotoPicture)

/**
 * What is drawn of a photo. No state holds its bytes: they come out of the sealed store while it is drawn, as large as it is drawn. Every
 * reading of a model makes a new one, so that a photo that has come meanwhile is drawn then.
 */
class PhotoPicture(private val butler: Butler, private val photo: PhotoId, /** What is said in its place. */ val missing: String, val damaged: String) {
    /** Tells it from other photos, and is the same for the same one. */
    val key: String get() = photo.value

    /**
     * A file whose longer edge has about [px] pixels, upright; null where the photo is not on this phone. What the library cannot make small
     * is given as it is: a phone knows more formats.
     */
    suspend fun bytes(px: Int): ByteArray? = try {
        butler.photos.thumbnail(photo, px)
    } catch (_: ButlerException.PhotoMissing) {
        null
    } catch (_: ButlerException) {
        found { butler.photos.bytes(photo) } ?: ByteArray(0)
    }
}

/** Photos as a strip draws them, numbered where there are several. */
internal fun <I : Any> photos(app: App, photos: List<PhotoId>, look: (PhotosAt) -> I): List<Photo<I>> =
    photos.indices.map { at -> Photo(Press(name(app, PhotosAt(photos, at)), look(PhotosAt(photos, at))), picture(app, photos[at])) }

/** The photos of an answer, a step or a result, question by question. */
internal fun <I : Any> photos(app: App, of: Map<QuestionId, List<PhotoId>>, look: (PhotosAt) -> I): List<Photo<I>> =
    photos(app, of.entries.sortedBy { it.key.value }.flatMap { it.value }, look)

private fun name(app: App, shown: PhotosAt): String =
    if (shown.photos.size == 1) app.words(Word.PhotoAlone) else app.words(Word.PhotoOf, "number" to shown.at + 1, "count" to shown.photos.size)

private fun picture(app: App, photo: PhotoId) = PhotoPicture(app.butler, photo, app.words(Word.PhotoNotHere), app.words(Word.PhotoDamaged))

/** One photo as large as the phone. */
data class PhotoState(
    val title: String = "",
    val back: Press<PhotoIntent>? = null,
    val picture: PhotoPicture? = null,
    val earlier: Press<PhotoIntent>? = null,
    val later: Press<PhotoIntent>? = null,
)

sealed interface PhotoIntent {
    data object Back : PhotoIntent
    data class Go(val at: Int) : PhotoIntent
}

/** A photo whole, and those beside it. */
class PhotoModel(app: App, private val shown: PhotosAt) : Model<PhotoState, PhotoIntent>(app, PhotoState()) {
    private var at = shown.at

    override suspend fun read(): PhotoState {
        fun go(word: Word, to: Int) = if (to in shown.photos.indices) Press(app.words(word), PhotoIntent.Go(to)) else null
        return PhotoState(
            title = name(app, PhotosAt(shown.photos, at)),
            back = Press(app.words(Word.Back), PhotoIntent.Back),
            picture = picture(app, shown.photos[at]),
            earlier = go(Word.EarlierPhoto, at - 1),
            later = go(Word.LaterPhoto, at + 1),
        )
    }

    override suspend fun act(intent: PhotoIntent) {
        when (intent) {
            PhotoIntent.Back -> app.platform.back()
            is PhotoIntent.Go -> at = intent.at
        }
    }

    override fun failed(words: String) {}
}

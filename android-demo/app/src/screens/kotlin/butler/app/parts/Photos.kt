package butler.app.parts

import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.sizeIn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.runtime.produceState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.Photo
import butler.app.models.PhotoPicture
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/**
 * Photos as they are drawn: made off the thread that draws, at the size they are drawn at, and the last used small ones kept. [decode] is the
 * platform's, of a file and about as large as it is to be; null where the file is no picture.
 */
class Developer(private val decode: (ByteArray, Int) -> ImageBitmap?) {
    private val working = AtomicInteger()
    private val kept = object : LinkedHashMap<String, Developed.Picture>(KEPT, 0.75f, true) {
        override fun removeEldestEntry(eldest: Map.Entry<String, Developed.Picture>) = size > KEPT
    }

    /** Nothing is being made that is not shown yet. */
    val isIdle: Boolean get() = working.get() == 0

    internal fun made(picture: PhotoPicture, px: Int): Developed? = synchronized(kept) { kept["${picture.key} $px"] }

    internal suspend fun make(picture: PhotoPicture, px: Int): Developed {
        val bytes = picture.bytes(px) ?: return Developed.Said(picture.missing)
        val bitmap = withContext(Dispatchers.Default) { decode(bytes, px) } ?: return Developed.Said(picture.damaged)
        return Developed.Picture(bitmap).also { if (px < WHOLE) synchronized(kept) { kept["${picture.key} $px"] = it } }
    }

    /** The same, busy until it is [shown]. */
    internal suspend fun make(picture: PhotoPicture, px: Int, shown: (Developed) -> Unit) {
        working.incrementAndGet()
        try {
            shown(made(picture, px) ?: make(picture, px))
        } finally {
            working.decrementAndGet()
        }
    }

    private companion object {
        /** Some five screens of small ones. */
        const val KEPT = 60
    }
}

/** What there is to see of a photo. */
internal sealed interface Developed {
    class Picture(val bitmap: ImageBitmap) : Developed

    /** Why there is none. */
    class Said(val words: String) : Developed
}

/** Who makes pictures of photos; whatever draws the app names one. */
val LocalDeveloper = staticCompositionLocalOf { Developer { _, _ -> null } }

/** Null while it is being made. */
@Composable
private fun developed(picture: PhotoPicture, px: Int): Developed? {
    val developer = LocalDeveloper.current
    val made by produceState(developer.made(picture, px), picture, px) {
        developer.make(picture, px) { value = it }
    }
    return made
}

/** The photos that prove something, small; pressed, one is shown whole. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
fun <I : Any> PhotoStrip(photos: List<Photo<I>>, on: (I) -> Unit, modifier: Modifier = Modifier) {
    if (photos.isEmpty()) return
    FlowRow(modifier, Arrangement.spacedBy(design.gap), Arrangement.spacedBy(design.gap)) { for (photo in photos) Small(photo, on) }
}

@Composable
private fun <I : Any> Small(photo: Photo<I>, on: (I) -> Unit) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    val made = developed(photo.picture, with(LocalDensity.current) { LONGER.dp.roundToPx() })
    val said = (made as? Developed.Said)?.words
    Box(
        Modifier
            .sizeIn(minWidth = SMALL.dp, minHeight = SMALL.dp)
            .clip(shape)
            .background(colours.sunken)
            .border(design.hair, colours.line, shape)
            .clickable(role = Role.Button) { on(photo.open.intent) }
            .semantics { contentDescription = listOfNotNull(photo.open.label, said).joinToString(" ") },
        Alignment.Center,
    ) {
        when (made) {
            null -> Picture(Icon.Camera, colour = colours.ink2)
            is Developed.Picture -> Image(made.bitmap, null, Modifier.size(SMALL.dp), contentScale = ContentScale.Crop)
            is Developed.Said -> Row(Modifier.padding(horizontal = 12.dp, vertical = 8.dp), Arrangement.spacedBy(8.dp), Alignment.CenterVertically) {
                Picture(Icon.Camera, size = Measure.iconSmall.dp, colour = colours.ink2)
                Words(made.words, style = Type.meta, colour = colours.ink2)
            }
        }
    }
}

/** A photo as large as there is room; called [label]. */
@Composable
fun Whole(picture: PhotoPicture, label: String, modifier: Modifier = Modifier) {
    val colours = design.colours
    Box(modifier.background(colours.sunken), Alignment.Center) {
        when (val made = developed(picture, WHOLE)) {
            null -> Picture(Icon.Camera, colour = colours.ink2)
            is Developed.Picture -> Image(made.bitmap, label, Modifier.fillMaxSize(), contentScale = ContentScale.Fit)
            is Developed.Said -> Words(made.words, Modifier.padding(Measure.margin.dp), colour = colours.ink2)
        }
    }
}

private const val SMALL = 72

/** The longer edge of a photo whose shorter one fills a small picture. */
private const val LONGER = 128

/** As large as the library makes one. */
private const val WHOLE = 1_024

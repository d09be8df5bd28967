package butler.app.models

import butler.ButlerException
import butler.words
import butler.app.words.Word
import kotlinx.coroutines.flow.Flow

/** The phone is full: whichever screen one is on, it is said, with the way to make room and to do again what was not kept. */
data class StorageState(val full: FullPhone? = null)

data class FullPhone(val title: String, val about: String, val open: Press<StorageIntent>, val again: Press<StorageIntent>)

enum class StorageIntent { Open, Again }

/** What was not kept because the phone is full: [again] does it once more. */
class Unkept(internal val by: Model<*, *>, internal val again: suspend () -> Unit)

class StorageModel(app: App) : Model<StorageState, StorageIntent>(app, StorageState()) {
    override val follows: Flow<*> get() = app.unkept

    override suspend fun read(): StorageState {
        if (app.unkept.value == null) return StorageState()
        val words = app.words
        return StorageState(
            FullPhone(
                words(ButlerException.StorageFull().words), words(Word.StorageTyped),
                Press(words(Word.OpenStorage), StorageIntent.Open), Press(words(Word.RecordAgain), StorageIntent.Again),
            ),
        )
    }

    override suspend fun act(intent: StorageIntent) {
        when (intent) {
            StorageIntent.Open -> app.platform.openStorage()
            StorageIntent.Again -> app.unkept.value?.again?.invoke()
        }
    }

    override fun failed(words: String) {}
}

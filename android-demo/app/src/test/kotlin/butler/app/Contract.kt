package butler.app

import butler.app.models.Model
import butler.app.models.Stroke
import butler.app.words.Language
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlinx.coroutines.runBlocking

/**
 * One state of a screen, told by what a person does: a world, a language, what is pressed and typed. The file of the same
 * name in `tests/contract/screens` holds what is shown then; `BLESS=1` writes it. Both platforms are held to these files.
 */
class Scene(
    val screen: String,
    val name: String,
    val world: String,
    val language: Language = Language.ZH,
    /** Which record the screen shows, by its title; a screen that shows all of a kind has none. */
    val about: String? = null,
) {
    /** What is done with one of the things a state offers: told by its words, and found by its place where the app speaks another language. */
    private class Step(val words: String, val meant: (Shown.Found) -> Boolean, val intents: (Shown.Found) -> List<Any>) {
        var place = -1
    }

    private val steps = mutableListOf<Step>()

    /** Presses what says [label]; where several do, the one beside the words [beside]. */
    fun press(label: String, beside: String? = null): Scene = step(
        if (beside == null) "press $label" else "press $label beside $beside",
        { it.press?.label == label && (beside == null || beside in it.around) },
    ) { listOf(it.press!!.intent) }

    /** Types into the field called [label]. */
    fun type(label: String, text: String): Scene = step("type $text into $label", { it.typing?.label == label }) { listOf(it.typing!!.intent(text)) }

    /** Signs where [label] says so: two lines that cross. */
    fun sign(label: String): Scene = step("sign $label", { it.drawing?.label == label }) { found ->
        listOf(Stroke(listOf(200 to 300, 500 to 700, 760 to 320)), Stroke(listOf(300 to 550, 700 to 520))).map { found.drawing!!.intent(it) }
    }

    private fun step(words: String, meant: (Shown.Found) -> Boolean, intents: (Shown.Found) -> List<Any>): Scene = apply { steps += Step(words, meant, intents) }

    /**
     * Plays the scene on a stage and returns its model as it stands then. On a stage of another language than the scene is told in
     * it does what was done at the same place when it was played in its own.
     */
    fun <M : Model<*, *>> play(stage: Stage, make: (Stage) -> M): M = runBlocking {
        val model = make(stage)
        model.refresh()
        for (step in steps) {
            val offered = Shown.presses(model.state.value)
            if (stage.app.words.language == language) step.place = offered.indexOfFirst(step.meant)
            val found = assertNotNull(offered.getOrNull(step.place), "nothing to ${step.words} on $screen: ${Shown.json(model.state.value)}")
            for (intent in step.intents(found)) model.told(intent)
        }
        model
    }

    /** Holds what is shown to the file, and looks at how it is drawn. */
    fun check(make: (Stage) -> Model<*, *>) {
        val looks = Drawn.looks(screen, name, language).groupBy { it.language }
        Stage(world, language).use { stage -> draw(stage, held(stage, make), looks[language].orEmpty()) }
        for ((other, drawn) in looks - language) Stage(world, other).use { stage -> draw(stage, play(stage, make), drawn) }
    }

    /** The same on a stage that something happened on before, and in its language alone. */
    fun checkOn(stage: Stage, make: (Stage) -> Model<*, *>) =
        draw(stage, held(stage, make), Drawn.looks(screen, name, language).map { it.copy(language = language) }.distinct())

    private fun draw(stage: Stage, model: Model<*, *>, looks: List<Look>) = Drawn.check("$screen/$name", stage, model.state.value, looks)

    private fun held(stage: Stage, make: (Stage) -> Model<*, *>): Model<*, *> {
        val model = play(stage, make)
        val given = listOf("world: $world", "language: ${language.name.lowercase()}") + listOfNotNull(about?.let { "about: $it" }) + steps.map { it.words }
        val went = stage.device.asked + listOfNotNull(stage.navigator.way.value.top.toString().substringBefore("(").takeIf { stage.navigator.way.value.stacks.isNotEmpty() }?.let { "go $it" })
        val text = Shown.json(Told(given, went, model.state.value))
        val file = File(REPO, "tests/contract/screens/$screen/$name.json")
        if (System.getenv("BLESS") == "1") {
            file.parentFile.mkdirs()
            file.writeText(text)
        }
        assertEquals(file.takeIf { it.exists() }?.readText(), text, "$screen/$name shows something else; BLESS=1 writes the file")
        return model
    }

    @Suppress("unused") // Read by its fields.
    private class Told(val given: List<String>, val asked: List<String>, val shown: Any)

    private companion object {
        val REPO: String = System.getProperty("butler.repo")
    }
}

@Suppress("UNCHECKED_CAST") // What a state offers to press, its model understands.
private suspend fun Model<*, *>.told(intent: Any) = (this as Model<*, Any>).handle(intent)

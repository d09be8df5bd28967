package butler

import java.io.File
import java.net.URI
import java.util.concurrent.TimeUnit

/** A real `butler-office` in a folder, serving on a port of this machine. */
class Office(private val data: File) : AutoCloseable {
    private val program = System.getProperty("butler.office")
    private lateinit var server: Process
    lateinit var transport: Transport
        private set

    /** The real register, three people: 张丽 and 王伟, butlers of the first grid, and 陈静, supervisor of all. */
    fun start(): Office {
        run("init", "--community", "jinse")
        run("import", System.getProperty("butler.register"), "--apply")
        run("staff", "add", "zhang.li", "--name", "张丽", "--role", "butler")
        run("staff", "add", "wang.wei", "--name", "王伟", "--role", "butler")
        run("staff", "add", "chen.jing", "--name", "陈静", "--role", "supervisor")
        run("grid", "assign", "zhang.li", "jinse/grid-1", "--role", "butler")
        run("grid", "assign", "wang.wei", "jinse/grid-1", "--role", "butler")
        run("grid", "assign", "chen.jing", "--community", "--role", "supervisor")
        server = process("serve", "--listen", "127.0.0.1:0")
        val url = server.inputReader().readLine().removePrefix("listening on ")
        transport = HttpTransport(URI(url))
        return this
    }

    /** A one-time code for a phone. */
    fun code(staff: String): String = run("enrol", staff).lineSequence().first()

    /** What somebody at the office does. */
    fun run(vararg words: String): String {
        val process = process(*words)
        val said = process.inputReader().readText()
        check(process.waitFor() == 0) { "butler-office ${words.joinToString(" ")} failed; see its journal" }
        return said
    }

    private fun process(vararg words: String): Process =
        ProcessBuilder(program, "--data", data.path, *words)
            .redirectError(ProcessBuilder.Redirect.appendTo(File("${data.path}.log")))
            .start()

    override fun close() {
        if (!::server.isInitialized) return
        server.destroy()
        if (!server.waitFor(10, TimeUnit.SECONDS)) server.destroyForcibly()
    }
}

/** An answer to a question, as a person in a hurry gives it; photos are taken first. */
suspend fun Butler.answer(questions: List<Question>): Evidence {
    val answers = mutableMapOf<QuestionId, Value>()
    val taken = mutableMapOf<QuestionId, List<PhotoId>>()
    for (question in questions) {
        when (question.answer) {
            AnswerType.PHOTO, AnswerType.SIGNATURE ->
                taken[question.field] = listOf(photos.add(byteArrayOf(0x11, 0x22, 0x33)))
            AnswerType.CHOICE, AnswerType.MULTI_CHOICE ->
                answers[question.field] =
                    Value.Text((question.options.firstOrNull { !it.fails } ?: question.options.first()).id)
            AnswerType.FLAG -> answers[question.field] = Value.Bool(true)
            AnswerType.NUMBER -> answers[question.field] = Value.Real(1.0)
            AnswerType.SCORE -> answers[question.field] = Value.Int(5)
            AnswerType.DATE -> answers[question.field] = Value.Text("2026-11-23")
            AnswerType.TIME -> answers[question.field] = Value.Text("09:30")
            AnswerType.PHONE -> answers[question.field] = Value.Text("19900001234")
            else -> answers[question.field] = Value.Text("已按规程处理")
        }
    }
    return Evidence(answers, taken)
}

package butler.app

import java.io.File
import java.time.Duration
import java.time.Instant
import java.util.concurrent.TimeUnit

/** A real `butler-office` with its register, serving on a port of this machine. One that is there already is served as it is. */
class OfficeProcess(
    private val data: File,
    /** How far its clock is ahead of this machine's. */
    private var ahead: Duration,
) : AutoCloseable {
    private lateinit var server: Process

    /** Where phones reach it. */
    val address: String

    init {
        if (!data.exists()) make()
        address = serve("127.0.0.1:0")
    }

    private val log get() = File("${data.path}.log")

    private fun serve(listen: String): String {
        server = process("serve", "--listen", listen)
        val said = checkNotNull(server.inputStream.bufferedReader().readLine()) { "butler-office serves nothing: ${log.readText()}" }
        return said.removePrefix("listening on ")
    }

    /** So much time passes at the office: it is served again at the same place, by a clock that is so much later. */
    fun passes(time: Duration) {
        close()
        ahead += time
        serve(address.removePrefix("http://"))
    }

    private fun make() {
        run("init", "--community", "jinse", "--name", "锦瑟家园 物业服务中心")
        run("import", "${System.getProperty("butler.repo")}/office/tests/fixtures/register-jinse.xlsx", "--apply")
        run("staff", "add", "zhang.li", "--name", "张丽", "--role", "butler", "--role", "finance")
        run("staff", "add", "wang.wei", "--name", "王伟", "--role", "butler")
        run("grid", "assign", "zhang.li", GRID, "--role", "butler")
        run("grid", "assign", "zhang.li", GRID, "--role", "finance")
        run("grid", "assign", "wang.wei", GRID, "--role", "butler")
    }

    /** A one-time code for a phone. */
    fun code(staff: String): String = run("enrol", staff).lineSequence().first()

    /** Finance has its own people back: 张丽 is a butler only. */
    fun butlerOnly(staff: String) {
        run("grid", "unassign", staff)
        run("grid", "assign", staff, GRID, "--role", "butler")
    }

    private fun run(vararg words: String): String {
        val process = process(*words)
        val said = process.inputStream.bufferedReader().readText()
        check(process.waitFor() == 0) { "butler-office ${words.joinToString(" ")} failed: ${log.readText()}" }
        return said
    }

    private fun process(vararg words: String): Process =
        ProcessBuilder(System.getProperty("butler.office"), "--data", data.path, "--clock-ms=${ahead.toMillis()}", *words)
            .redirectError(ProcessBuilder.Redirect.appendTo(log))
            .start()

    override fun close() {
        server.destroy()
        if (!server.waitFor(10, TimeUnit.SECONDS)) server.destroyForcibly()
    }

    companion object {
        private const val GRID = "jinse/grid-1"

        /** A Monday at ten in the morning: a walk is planned into the hours that are left, whenever the test runs. */
        val MORNING: Instant = Instant.parse("2026-11-23T02:00:00Z")

        /** How far a clock is ahead that shows this now. */
        fun ahead(of: Instant): Duration = Duration.between(Instant.now(), of)
    }
}

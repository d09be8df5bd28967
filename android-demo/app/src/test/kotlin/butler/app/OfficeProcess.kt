package butler.app

import java.io.File
import java.time.LocalTime
import java.time.ZoneOffset
import java.util.concurrent.TimeUnit

/** A real `butler-office` with its register, serving on a port of this machine. */
class OfficeProcess(private val data: File) : AutoCloseable {
    private val server: Process

    /** Where phones reach it. */
    val address: String

    init {
        // It is ten in the morning there whenever the test runs: a walk is planned into the hours that are left.
        val offset = (10 * 60 - LocalTime.now(ZoneOffset.UTC).toSecondOfDay() / 60).let { if (it < -720) it + 24 * 60 else it }
        run("init", "--community", "jinse", "--name", "锦瑟家园 物业服务中心", "--utc-offset=$offset")
        run("import", "${System.getProperty("butler.repo")}/office/tests/fixtures/register-jinse.xlsx", "--apply")
        run("staff", "add", "zhang.li", "--name", "张丽", "--role", "butler", "--role", "finance")
        run("staff", "add", "wang.wei", "--name", "王伟", "--role", "butler")
        run("grid", "assign", "zhang.li", GRID, "--role", "butler")
        run("grid", "assign", "zhang.li", GRID, "--role", "finance")
        run("grid", "assign", "wang.wei", GRID, "--role", "butler")
        server = process("serve", "--listen", "127.0.0.1:0")
        address = server.inputStream.bufferedReader().readLine().removePrefix("listening on ")
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
        check(process.waitFor() == 0) { "butler-office ${words.joinToString(" ")} failed: ${File("${data.path}.log").readText()}" }
        return said
    }

    private fun process(vararg words: String): Process =
        ProcessBuilder(System.getProperty("butler.office"), "--data", data.path, *words)
            .redirectError(ProcessBuilder.Redirect.appendTo(File("${data.path}.log")))
            .start()

    override fun close() {
        server.destroy()
        if (!server.waitFor(10, TimeUnit.SECONDS)) server.destroyForcibly()
    }

    private companion object {
        const val GRID = "jinse/grid-1"
    }
}

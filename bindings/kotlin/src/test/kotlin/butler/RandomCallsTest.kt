package butler

import butler.testing.MemoryKeys
import butler.testing.TestOffice
import java.io.File
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.ExecutionException
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException
import java.util.concurrent.atomic.AtomicInteger
import kotlin.random.Random
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.job
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.fail
import org.junit.jupiter.api.io.TempDir

/**
 * Calls, shutdowns and cancellations in any order, from several threads on the same phones: nothing crashes, hangs or leaks, and nothing
 * is lost that was said to be recorded. `BUTLER_TEST_TIER=full` runs 2,000 sequences; `BUTLER_TEST_SEED` runs others than usual.
 */
class RandomCallsTest {
    /** A phone that is shut down and opened again while others call it. */
    private class Phone(private val folder: File, private val keys: MemoryKeys, private val office: TestOffice, @Volatile var butler: Butler) {
        val recorded: MutableSet<RecordId> = ConcurrentHashMap.newKeySet()
        private val turn = Mutex()

        suspend fun reopen() = turn.withLock {
            butler.shutdown()
            butler = Butler.open(folder, keys, office.clock)
        }
    }

    @Test
    fun `calls, shutdowns and cancellations in any order`(@TempDir folder: File) = TestOffice().use { office ->
        office.grid("g1")
        val phones = List(PHONES) { number ->
            val staff = "zhang.$number"
            office.assign(staff, "butler", "g1", name = "张丽")
            val (place, keys) = File(folder, "phone-$number") to MemoryKeys()
            runBlocking {
                val butler = Butler.open(place, keys, office.clock)
                butler.enrol(office.code(staff), "测试机", office.transport)
                Phone(place, keys, office, butler)
            }
        }
        val homes = ROOMS.map { office.home(it, "g1") }
        runBlocking { for (phone in phones) phone.butler.sync(office.transport) }

        val others = Held.now().phones - PHONES
        println("seeds $SEED to ${SEED + SEQUENCES - 1}")
        sequences(SEQUENCES / 4, SEED, phones, homes, office)
        val before = settled(others)
        sequences(SEQUENCES - SEQUENCES / 4, SEED + SEQUENCES / 4, phones, homes, office)
        val after = settled(others)
        println("$SEQUENCES sequences, ${phones.sumOf { it.recorded.size }} contacts; before $before, after $after")

        assertTrue(after.phones <= others + PHONES, "$after: butlers that are open, more than phones")
        assertEquals(0, after.listeners, "subscriptions that nobody collects")
        assertEquals(0, after.lines, "lines and watchers of a sync that ended")
        assertTrue(after.files <= before.files + FEW, "files left open: $before, $after")
        assertTrue(after.resident <= before.resident + GROWTH, "memory grows: $before, $after")
        runBlocking {
            for (phone in phones) {
                phone.reopen()
                assertEquals(SyncEnd.Complete, phone.butler.sync(office.transport).end)
                for (record in phone.recorded) phone.butler.contacts.details(record)
                phone.butler.shutdown()
            }
        }
    }

    /** Runs sequences on several threads; one that fails or does not end is named by its seed. */
    private fun sequences(count: Int, first: Long, phones: List<Phone>, homes: List<RecordId>, office: TestOffice) {
        val threads = Executors.newFixedThreadPool(THREADS) { work -> Thread(work).apply { isDaemon = true } }
        val running = List(count) { number ->
            val seed = first + number
            seed to threads.submit { runBlocking(Dispatchers.Default) { sequence(Random(seed), phones.random(Random(seed)), homes, office) } }
        }
        for ((seed, sequence) in running) {
            try {
                sequence.get(PATIENCE, TimeUnit.SECONDS)
            } catch (hangs: TimeoutException) {
                val stacks = Thread.getAllStackTraces().filterKeys { "worker" in it.name || "pool" in it.name }
                fail("seed $seed does not end\n" + stacks.entries.joinToString("\n") { (thread, stack) -> "$thread\n" + stack.take(DEEP).joinToString("\n") })
            } catch (failed: ExecutionException) {
                fail("seed $seed", failed.cause)
            }
        }
        threads.shutdown()
    }

    /** A few lanes of calls at once, some of them cancelled on the way. */
    private suspend fun sequence(random: Random, phone: Phone, homes: List<RecordId>, office: TestOffice) = coroutineScope {
        val lanes = List(random.nextInt(1, LANES)) {
            val own = Random(random.nextLong())
            launch { repeat(own.nextInt(1, CALLS)) { allowed { call(own, phone, homes.random(own), office) } } }
        }
        val cancelled = lanes.filter { random.nextInt(4) == 0 }
        repeat(random.nextInt(YIELDS)) { yield() }
        for (lane in cancelled) lane.cancel()
        lanes.joinAll()
    }

    private suspend fun CoroutineScope.call(random: Random, phone: Phone, home: RecordId, office: TestOffice) {
        val butler = phone.butler
        when (random.nextInt(12)) {
            0 -> butler.today.list(limit = 20)
            1 -> butler.search("3-2-${random.nextInt(20)}")
            2 -> butler.homes.edit(home) { people = random.nextLong(1, 6) }
            3, 4 -> phone.recorded += butler.contacts.record(
                NewContact(listOf(home), Channel.VISIT, "planned_visit", Outcome.AGREED, summary = "问了车位，第 ${random.nextInt(100)} 次"),
            ).record
            5 -> {
                val draft = Draft(butler.submission(), "app.visit", about = listOf(home), answers = Evidence(mapOf(QuestionId("summary") to Value.Text("说到一半"))))
                butler.drafts.save(draft)
                butler.drafts.addPhoto(draft.submission.id, QuestionId("seen"), byteArrayOf(1, 2, 3))
                butler.drafts.discard(draft.submission.id)
            }
            6 -> butler.status()
            7 -> {
                val watching = launch { butler.watch { today.list() }.collect {} }
                repeat(random.nextInt(YIELDS)) { yield() }
                watching.cancelAndJoin()
            }
            8 -> {
                val (until, seen) = random.nextInt(8) to AtomicInteger()
                val syncing = launch {
                    val own = coroutineContext.job
                    allowed { butler.sync(office.transport) { if (seen.incrementAndGet() == until) own.cancel() } }
                }
                if (random.nextInt(3) == 0) syncing.cancelAndJoin() else syncing.join()
            }
            9 -> {
                val form = butler.submission(butler.homes.details(home).shown)
                val people = random.nextLong(1, 6)
                val twice = List(2) { launch { allowed { butler.submitting(form).homes.edit(home) { this.people = people } } } }
                twice.joinAll()
            }
            10 -> butler.records.history(home)
            else -> phone.reopen()
        }
    }

    /** What a butler may say of a phone that was shut down meanwhile, or of a record that another changed; nothing else may be thrown. */
    private suspend fun allowed(call: suspend CoroutineScope.() -> Unit) {
        try {
            coroutineScope { call() }
        } catch (_: ButlerException) {
            yield()
        }
    }

    /** What is held of the library, and by this process, once everything that nobody holds is let go. */
    private fun settled(others: Int): Held {
        val end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE)
        while (true) {
            System.gc()
            System.runFinalization()
            val held = Held.now()
            if (held.phones <= others + PHONES && held.listeners == 0 && held.lines == 0 || System.nanoTime() > end) return held
            Thread.onSpinWait()
        }
    }

    /** Every butler of the library holds a clock, every subscription a listener, every sync a line and whoever watches it. */
    private data class Held(val phones: Int, val listeners: Int, val lines: Int, val files: Int, val resident: Long) {
        companion object {
            fun now() = Held(
                phones = FfiConverterTypeClock.handleMap.size,
                listeners = FfiConverterTypeListener.handleMap.size,
                lines = FfiConverterTypeTransport.handleMap.size + FfiConverterTypeSyncListener.handleMap.size,
                files = File("/proc/self/fd").list().orEmpty().size,
                resident = File("/proc/self/status").takeIf { it.exists() }?.readLines().orEmpty().firstOrNull { it.startsWith("VmRSS") }?.filter { it.isDigit() }?.toLong() ?: 0,
            )
        }
    }

    private companion object {
        val FULL = System.getenv("BUTLER_TEST_TIER") == "full"
        val SEED = System.getenv("BUTLER_TEST_SEED")?.toLong() ?: 20_261_128L
        val SEQUENCES = if (FULL) 2_000 else 160
        val ROOMS = listOf("3-2-1501", "3-2-1203", "3-2-802", "3-2-503", "3-1-904", "3-1-602")
        const val PHONES = 3
        const val THREADS = 6
        const val LANES = 4
        const val CALLS = 6
        const val YIELDS = 12
        const val PATIENCE = 120L
        const val DEEP = 12

        /** Files that the virtual machine opens for itself. */
        const val FEW = 16

        /** In KiB. */
        const val GROWTH = 128L * 1024
    }
}

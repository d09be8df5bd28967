package butler.app

import java.io.File
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import org.junit.Test

/** What Android Studio builds with is what the tests run with. */
class CatalogueTest {
    private val app = File(System.getProperty("butler.repo"), "android-demo")
    private val poms = listOf("pom.xml", "aars/pom.xml", "app/pom.xml").map { File(app, it).readText() }

    /** `kotlin.version` by `kotlin`. */
    private val properties = Regex("<([\\w.]+)\\.version>([^<]+)</").findAll(poms.first()).associate { it.groupValues[1] to it.groupValues[2] }

    /** What a library of Maven's is taken in, as `${kotlin.version}` or a number; one of Android's has that in its name. */
    private val libraries = poms.flatMap { pom ->
        Regex("<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>\\s*<version>([^<]+)</version>").findAll(pom)
            .map { (it.groupValues[1] + ":" + it.groupValues[2].removeSuffix("-android")) to it.groupValues[3] }
    }.toMap()

    private val catalogue = File(app, "gradle/libs.versions.toml").readLines()

    private fun section(name: String): Map<String, String> = catalogue.dropWhile { it != "[$name]" }.drop(1).takeWhile { !it.startsWith("[") }
        .filter { " = " in it }.associate { it.substringBefore(" = ") to it.substringAfter(" = ").trim('"') }

    @Test
    fun `every version is Maven's`() {
        val versions = section("versions") - "agp" - "butler"
        assertTrue(versions.size > 5, "$versions")
        assertEquals(versions, properties.filterKeys { it in versions })
        assertEquals(section("versions")["butler"], libraries["butler:butler"])
    }

    @Test
    fun `every library is one of Maven's, in the version it is taken in there`() {
        for ((name, said) in section("libraries") - "butler") {
            val module = Regex("module = \"([^\"]+)\"").find(said)?.groupValues?.get(1).orEmpty()
            val version = Regex("version.ref = \"([^\"]+)\"").find(said)?.groupValues?.get(1)
            assertEquals("\${$version.version}", libraries[module.removeSuffix("-android")], name)
        }
    }

    @Test
    fun `it is built for the same phones`() {
        val gradle = File(app, "app/build.gradle.kts").readText()
        val resources = File(app, "app/Resources.java").readText()
        for ((here, there) in listOf("minSdk = " to "\"--min-sdk-version\", \"", "targetSdk = " to "\"--target-sdk-version\", \"")) {
            assertContains(resources, there + gradle.substringAfter(here).substringBefore("\n") + "\"")
        }
    }
}

package butler.app

import butler.MetricId
import butler.app.models.MetricRecordsModel
import butler.app.models.MetricsModel
import butler.app.models.Place
import butler.app.words.Language
import java.time.YearMonth
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** The metrics of a month and the records behind them, state by state. */
@RunWith(RobolectricTestRunner::class)
class MetricsTest {
    @Test
    fun `the four one follows, one of them by its parts`() = month("month").check { MetricsModel(it.app) }

    @Test
    fun `in English`() = month("month-en", Language.EN).check { MetricsModel(it.app) }

    @Test
    fun `a month nothing is known of says so`() = month("earlier").press("10月").check { MetricsModel(it.app) }

    @Test
    fun `all of them`() = month("all").press("全部 79 项").check { MetricsModel(it.app) }

    @Test
    fun `another one is looked at, by port, and followed`() =
        month("followed").press("全部 79 项").press("接单及时率").press("放到前四项").check { MetricsModel(it.app) }

    @Test
    fun `the records that count`() = records("in-part", "orders_taken_on_time").check { it.behind("orders_taken_on_time") }

    @Test
    fun `the records of a number that is no share`() = records("visits", "visits").check { it.behind("visits") }

    @Test
    fun `no record at all`() = records("none", "satisfaction").check { it.behind("satisfaction") }

    private fun month(name: String, language: Language = Language.ZH) = Scene("metrics", name, "morning", language)

    private fun records(name: String, metric: String) = Scene("metric-records", name, "morning", about = metric)
}

/** The records behind a metric of that November, of all groups together. */
fun Stage.behind(metric: String) = MetricRecordsModel(app, Place.MetricRecords(MetricId(metric), null, YearMonth.of(2026, 11)))

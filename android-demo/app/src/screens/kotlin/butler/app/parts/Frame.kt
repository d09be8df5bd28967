package butler.app.parts

import androidx.compose.animation.AnimatedVisibility
import androidx.compose.animation.fadeIn
import androidx.compose.animation.fadeOut
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.clickable
import androidx.compose.foundation.gestures.detectTapGestures
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.sizeIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.LazyListState
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.text.BasicTextField
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.foundation.verticalScroll
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberUpdatedState
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.alpha
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.layout.IntrinsicMeasurable
import androidx.compose.ui.layout.IntrinsicMeasureScope
import androidx.compose.ui.layout.Layout
import androidx.compose.ui.layout.Measurable
import androidx.compose.ui.layout.MeasurePolicy
import androidx.compose.ui.layout.MeasureResult
import androidx.compose.ui.layout.MeasureScope
import androidx.compose.ui.layout.Placeable
import androidx.compose.ui.layout.SubcomposeLayout
import androidx.compose.ui.platform.LocalAccessibilityManager
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.dismiss
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.isTraversalGroup
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.paneTitle
import androidx.compose.ui.semantics.selected
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.traversalIndex
import androidx.compose.ui.text.TextMeasurer
import androidx.compose.ui.text.input.KeyboardType
import androidx.compose.ui.text.rememberTextMeasurer
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.Constraints
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.constrainHeight
import androidx.compose.ui.unit.constrainWidth
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.offset
import butler.app.design.Icon
import butler.app.design.Measure
import butler.app.design.Type
import butler.app.design.design
import butler.app.models.Badge
import butler.app.models.Chip
import butler.app.models.Press
import butler.app.models.Snack
import butler.app.models.Typing
import butler.app.words.DOT
import kotlinx.coroutines.delay

/** What a screen shows below its bar, one after the other as far as it is in sight. */
@Composable
fun ColumnScope.Scrolling(
    gap: Dp = 0.dp,
    bottom: Dp = 24.dp,
    list: LazyListState = rememberLazyListState(),
    content: LazyListScope.() -> Unit,
) = LazyColumn(
    Modifier.weight(1f),
    list,
    contentPadding = PaddingValues(start = Measure.margin.dp, end = Measure.margin.dp, top = 4.dp, bottom = bottom),
    verticalArrangement = Arrangement.spacedBy(gap),
    content = content,
)

/** The bar of a screen: where one is; [back] leads up one level. */
@Composable
fun <I : Any> Bar(
    title: String,
    subtitle: String = "",
    back: Press<I>? = null,
    search: Press<I>? = null,
    sync: Press<I>? = null,
    badge: Badge? = null,
    tool: Press<I>? = null,
    toolIcon: Icon = Icon.History,
    on: (I) -> Unit,
) {
    val start = if (back == null) Measure.margin.dp else 4.dp
    // As far in as everything below the bar.
    val inset = Measure.margin.dp - start
    val (gap, large) = design.gap to design.large
    val measurer = rememberTextMeasurer()
    SubcomposeLayout(Modifier.fillMaxWidth().padding(start = start, end = 12.dp, top = 4.dp, bottom = 4.dp).semantics { isTraversalGroup = true }) { constraints ->
        val whole = constraints.maxWidth
        val loose = Constraints(maxWidth = whole)
        val lead = subcompose(BarPart.First) { Box { if (back != null) IconButton(Icon.ChevronLeft, back, on) } }.single().measure(loose)
        val end = subcompose(BarPart.Last) { Tools(search.takeUnless { large }, sync, badge, tool, toolIcon, on) }.single().measure(loose)
        fun taken(part: Placeable) = if (part.width > 0) part.width + gap.roundToPx() else 0
        val room = whole - taken(lead) - taken(end)
        val below = whole - inset.roundToPx()
        val word = measurer.measure(title, Type.title).multiParagraph.intrinsics.minIntrinsicWidth
        // Where a word would break or not one thing has a line, what it ends with has a line of its own.
        val beside = word <= room && (!large || end.width == 0 || subtitle.isEmpty() || measurer.inOneLine(subtitle, room) != null)
        val said = if (large) measurer.inOneLine(subtitle, if (beside) room else below) ?: subtitle.substringBefore(DOT) else subtitle
        val text = subcompose(BarPart.Words) {
            Column {
                Words(title, Modifier.semantics { heading() }, Type.title, lines = 4)
                if (said.isNotEmpty()) Words(said, style = Type.meta, colour = design.colours.ink2)
            }
        }.single().measure(Constraints(maxWidth = if (beside) room else below))
        val row = maxOf(lead.height, end.height)
        val height = if (beside) maxOf(Measure.bar.dp.roundToPx() - 8.dp.roundToPx(), row, text.height) else row + text.height
        layout(whole, height) {
            val line = if (beside) height else row
            fun middle(part: Placeable) = Alignment.CenterVertically.align(part.height, line)
            lead.place(0, middle(lead))
            // Where one is comes before what stands beside or above it.
            if (beside) text.place(taken(lead), middle(text)) else text.place(inset.roundToPx(), row)
            end.place(whole - end.width, middle(end))
        }
    }
}

private enum class BarPart { First, Words, Last }

/** As many of the things a line says as it has room for, the first ones, or of one thing its first parts; null where not even one has. */
private fun TextMeasurer.inOneLine(text: String, room: Int): String? {
    val things = text.split(DOT)
    val parts = things.first().split(PART)
    return (things.size downTo 1).map { things.take(it).joinToString(DOT) }.plus((parts.size - 1 downTo 1).map { parts.take(it).joinToString("") })
        .firstOrNull { measure(it.trimEnd('、', ',', ' '), Type.meta, softWrap = false).size.width <= room }?.trimEnd('、', ',', ' ')
}

/** What a list in a line is divided by stays with what is before it. */
private val PART = Regex("(?<=、)|(?<=, )")

/** Of what a line says as much as it has room for, where text is large. */
@Composable
internal fun OneLine(text: String, colour: Color) {
    if (!design.large) return Words(text, style = Type.meta, colour = colour, lines = 2)
    val measurer = rememberTextMeasurer()
    BoxWithConstraints { Words(measurer.inOneLine(text, constraints.maxWidth) ?: text, style = Type.meta, colour = colour) }
}

/** What a bar ends with. */
@Composable
private fun <I : Any> Tools(search: Press<I>?, sync: Press<I>?, badge: Badge?, tool: Press<I>?, toolIcon: Icon, on: (I) -> Unit) {
    val after = Modifier.semantics {
        isTraversalGroup = true
        traversalIndex = 1f
    }
    Row(after, Arrangement.spacedBy(design.gap), Alignment.CenterVertically) {
        if (search != null) IconButton(Icon.Search, search, on)
        if (tool != null) IconButton(toolIcon, tool, on)
        if (badge != null) {
            val pressed = if (sync == null) Modifier else Modifier.clip(RoundedCornerShape(Measure.pillRadius.dp)).clickable(role = Role.Button) { on(sync.intent) }
            Box(pressed.touch(), Alignment.Center) { BadgeView(badge, tall = true) }
        }
    }
}

/** A heading of a section. */
@Composable
fun Section(title: String, modifier: Modifier = Modifier) {
    Words(title, modifier.padding(start = 2.dp, top = 4.dp).semantics { heading() }, Type.metaBold, design.colours.ink2)
}

/** Choices, each as wide as its words, one beside the other. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
fun <I : Any> Chips(chips: List<Chip<I>>, on: (I) -> Unit, strong: Boolean = true) {
    FlowRow(horizontalArrangement = Arrangement.spacedBy(design.gap), verticalArrangement = Arrangement.spacedBy(design.gap)) {
        for (chip in chips) ChipButton(chip.press, chip.chosen, on, strong = strong)
    }
}

/** A choice among several; a check says that it is the one, not its colour alone. */
@Composable
fun <I : Any> ChipButton(press: Press<I>, chosen: Boolean, on: (I) -> Unit, modifier: Modifier = Modifier, strong: Boolean = true, /** Between its edge and its words. */ room: Dp = 14.dp) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    val ink = if (!chosen) colours.ink else if (strong) colours.onAccent else colours.surface
    val back = if (!chosen) colours.surface else if (strong) colours.accent else colours.ink
    Layout(
        {
            Words(press.label, style = if (chosen) Type.bold else Type.body, colour = ink, align = TextAlign.Center)
            if (chosen) Picture(Icon.Check, size = 20.dp, colour = ink)
        },
        modifier
            .sizeIn(minWidth = design.touch, minHeight = design.touch)
            .clip(shape)
            .background(back)
            .then(if (chosen) Modifier else Modifier.border(design.edge, colours.control, shape))
            .clickable(role = Role.RadioButton) { on(press.intent) }
            .semantics { selected = chosen }
            .padding(horizontal = room, vertical = 8.dp),
        MarkedWords,
    )
}

/** Words in the middle of their place, and a mark before them; above them where a word would break beside it. */
private object MarkedWords : MeasurePolicy {
    private val GAP = 6.dp

    override fun MeasureScope.measure(measurables: List<Measurable>, constraints: Constraints): MeasureResult {
        val loose = constraints.copy(minWidth = 0, minHeight = 0)
        val mark = measurables.getOrNull(1)?.measure(loose)
        val taken = if (mark == null) 0 else mark.width + GAP.roundToPx()
        val isBeside = isBeside(measurables[0], taken, constraints.maxWidth)
        val words = measurables[0].measure(if (isBeside) loose.offset(horizontal = -taken) else loose)
        val above = if (isBeside || mark == null) 0 else mark.height
        val width = constraints.constrainWidth(if (isBeside) taken + words.width else words.width)
        val height = constraints.constrainHeight(if (isBeside) maxOf(words.height, mark?.height ?: 0) else above + words.height)
        fun across(size: Int) = Alignment.CenterHorizontally.align(size, width, layoutDirection)
        fun down(size: Int) = Alignment.CenterVertically.align(size, height)
        return layout(width, height) {
            if (isBeside) {
                val start = across(taken + words.width)
                mark?.place(start, down(mark.height))
                words.place(start + taken, down(words.height))
            } else {
                val top = down(above + words.height)
                mark?.place(across(mark.width), top)
                words.place(across(words.width), top + above)
            }
        }
    }

    /** What the longest word needs: the mark may stand above it. */
    override fun IntrinsicMeasureScope.minIntrinsicWidth(measurables: List<IntrinsicMeasurable>, height: Int) = measurables.maxOf { it.minIntrinsicWidth(height) }

    override fun IntrinsicMeasureScope.minIntrinsicHeight(measurables: List<IntrinsicMeasurable>, width: Int): Int {
        val (words, mark) = measurables[0] to measurables.getOrNull(1)
        val taken = if (mark == null) 0 else mark.minIntrinsicWidth(Constraints.Infinity) + GAP.roundToPx()
        val high = mark?.minIntrinsicHeight(width) ?: 0
        return if (isBeside(words, taken, width)) maxOf(words.minIntrinsicHeight(width - taken), high) else words.minIntrinsicHeight(width) + high
    }

    override fun IntrinsicMeasureScope.maxIntrinsicHeight(measurables: List<IntrinsicMeasurable>, width: Int) = minIntrinsicHeight(measurables, width)

    private fun isBeside(words: IntrinsicMeasurable, taken: Int, width: Int) = words.minIntrinsicWidth(Constraints.Infinity) + taken <= width
}

/** Which keys a field opens. */
enum class KeyPad(internal val type: KeyboardType) { Words(KeyboardType.Text), Number(KeyboardType.Decimal), Phone(KeyboardType.Phone) }

/** A field for words. What is typed is shown at once; the model follows, and is believed when it says something else. */
@Composable
fun <I : Any> Field(
    typing: Typing<I>,
    on: (I) -> Unit,
    modifier: Modifier = Modifier,
    lines: Int = 1,
    label: Boolean = true,
    keys: KeyPad = KeyPad.Words,
    wrong: Boolean = false,
    unit: String? = null,
) {
    val colours = design.colours
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    val typed = remember { Typed(typing.text) }
    typed.told(typing.text)
    Column(modifier, Arrangement.spacedBy(design.gap)) {
        if (label && typing.label.isNotEmpty()) Words(typing.label, style = Type.bold)
        BasicTextField(
            value = typed.text,
            onValueChange = {
                typed.type(it)
                on(typing.intent(it))
            },
            modifier = Modifier.fillMaxWidth().semantics { contentDescription = typing.label },
            textStyle = Type.body.copy(color = colours.ink),
            keyboardOptions = KeyboardOptions(keyboardType = keys.type),
            cursorBrush = SolidColor(colours.accent),
            minLines = lines,
            decorationBox = { inner ->
                Box(
                    Modifier
                        .heightIn(min = 54.dp)
                        .border(if (wrong) 2.dp else design.edge, if (wrong) colours.urgentInk else colours.control, shape)
                        .background(colours.surface, shape)
                        .padding(14.dp),
                ) {
                    if (typed.text.isEmpty()) Words(typing.hint, colour = colours.ink3)
                    inner()
                    if (unit != null) Words(unit, Modifier.align(Alignment.CenterEnd), colour = colours.ink2)
                }
            },
        )
    }
}

/** What stands in a field: the model answers later than a thumb types, and its answer to an earlier letter is no news. */
private class Typed(first: String) {
    var text by mutableStateOf(first)
        private set
    private var told = first
    private val sent = ArrayDeque<String>()

    fun type(now: String) {
        text = now
        sent.addLast(now)
    }

    fun told(now: String) {
        if (now == told) return
        told = now
        val at = sent.indexOf(now)
        if (at >= 0) return repeat(at + 1) { sent.removeFirst() }
        sent.clear()
        text = now
    }
}

/** Chips in two columns; in one where text is large. */
@Composable
fun <I : Any> ChipPairs(chips: List<Chip<I>>, on: (I) -> Unit) {
    for (pair in chips.chunked(if (design.large) 1 else 2)) {
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap)) {
            for (chip in pair) ChipButton(chip.press, chip.chosen, on, Modifier.weight(1f))
            if (pair.size == 1 && !design.large) Spacer(Modifier.weight(1f))
        }
    }
}

/** Two buttons at the foot of a sheet or a form; one below the other where text is large. */
@Composable
fun <I : Any> Actions(second: Press<I>?, first: Press<I>, on: (I) -> Unit, modifier: Modifier = Modifier) {
    if (design.large) {
        Column(modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap)) {
            Button(first, on, Modifier.fillMaxWidth(), least = Measure.buttonLarge.dp)
            if (second != null) Button(second, on, Modifier.fillMaxWidth(), ButtonLook.Outline, Measure.buttonLarge.dp)
        }
    } else {
        Row(modifier.fillMaxWidth(), Arrangement.spacedBy(design.gap)) {
            if (second != null) Button(second, on, Modifier.weight(1f), ButtonLook.Outline, Measure.buttonLarge.dp)
            Button(first, on, Modifier.weight(2f), least = Measure.buttonLarge.dp)
        }
    }
}

/** From here on three buttons have room for their pictures. */
private const val ROOMY = 356

/** The buttons at the foot of a screen. What cannot be pressed yet says why in its place. */
@Composable
fun <I : Any> ActionBar(
    second: Press<I>?,
    first: Press<I>,
    on: (I) -> Unit,
    secondIcon: Icon? = null,
    firstIcon: Icon? = null,
    third: Press<I>? = null,
    thirdIcon: Icon? = null,
) {
    val others = listOfNotNull(second?.let { it to secondIcon }, third?.let { it to thirdIcon })
    val shown = first.locked?.let { first.copy(label = it) } ?: first
    Column(Modifier.fillMaxWidth().background(design.colours.surface)) {
        Rule()
        val least = if (others.isEmpty()) Measure.buttonLarge.dp else Measure.button.dp
        val padding = Modifier.fillMaxWidth().padding(start = Measure.margin.dp, end = Measure.margin.dp, top = 12.dp, bottom = 16.dp)
        if (design.large) {
            Column(padding, Arrangement.spacedBy(design.gap)) {
                Button(shown, on, Modifier.fillMaxWidth(), least = least, icon = firstIcon)
                for ((press, icon) in others) Button(press, on, Modifier.fillMaxWidth(), ButtonLook.Outline, least, icon)
            }
        } else {
            BoxWithConstraints(padding) {
                // On a narrow phone three stand in one row only without their pictures.
                val pictures = others.size < 2 || maxWidth >= ROOMY.dp
                val room = if (others.size < 2) 12.dp else 6.dp
                Row(horizontalArrangement = Arrangement.spacedBy(design.gap)) {
                    for ((press, icon) in others) Button(press, on, Modifier.weight(1f), ButtonLook.Outline, least, icon.takeIf { pictures }, room = room)
                    Button(shown, on, Modifier.weight(1.5f), least = least, icon = firstIcon.takeIf { pictures }, room = room)
                }
            }
        }
    }
}

/** A sheet over the lower part of the screen; pressing beside it closes it, and a screen reader's own way of leaving does too. */
@Composable
fun SheetFrame(
    title: String,
    subtitle: String = "",
    close: () -> Unit,
    /** What is in sight however much stands above it. */
    foot: (@Composable () -> Unit)? = null,
    content: @Composable ColumnScope.() -> Unit,
) {
    val colours = design.colours
    val shape = RoundedCornerShape(topStart = Measure.sheetRadius.dp, topEnd = Measure.sheetRadius.dp)
    val closing by rememberUpdatedState(close)
    val shut = Modifier.semantics {
        paneTitle = title
        dismiss {
            closing()
            true
        }
    }
    Box(Modifier.fillMaxSize().then(shut)) {
        Box(Modifier.fillMaxSize().background(colours.scrim).pointerInput(Unit) { detectTapGestures { closing() } })
        Column(
            Modifier
                .align(Alignment.BottomCenter)
                .padding(top = 40.dp)
                .fillMaxWidth()
                .clip(shape)
                .background(colours.surface)
                .then(if (design.sunlight) Modifier.border(design.hair, colours.line, shape) else Modifier)
                .pointerInput(Unit) { detectTapGestures {} }
                .padding(horizontal = 16.dp),
        ) {
            Column(
                Modifier.weight(1f, fill = false).verticalScroll(rememberScrollState()).padding(top = 10.dp, bottom = if (foot == null) 18.dp else 14.dp),
                Arrangement.spacedBy(14.dp),
            ) {
                Spacer(Modifier.align(Alignment.CenterHorizontally).size(40.dp, 4.dp).alpha(0.6f).background(colours.control, RoundedCornerShape(2.dp)))
                Column {
                    Words(title, Modifier.semantics { heading() }, Type.title)
                    if (subtitle.isNotEmpty()) Words(subtitle, Modifier.padding(top = 4.dp), Type.meta, colours.ink2)
                }
                content()
            }
            if (foot != null) Box(Modifier.padding(bottom = 18.dp)) { foot() }
        }
    }
}

/** What was just done, with the way back: told to a screen reader at once, and [gone] after a while, a longer one where there is one. */
@Composable
fun <I : Any> SnackView(snack: Snack<I>?, on: (I) -> Unit, modifier: Modifier = Modifier, gone: () -> Unit = {}) {
    val colours = design.colours
    val access = LocalAccessibilityManager.current
    LaunchedEffect(snack) {
        if (snack == null) return@LaunchedEffect
        delay(access?.calculateRecommendedTimeoutMillis(SNACK_MILLIS, containsIcons = true, containsText = true, containsControls = snack.undo != null) ?: SNACK_MILLIS)
        gone()
    }
    AnimatedVisibility(snack != null, modifier, enter = fadeIn(), exit = fadeOut()) {
        if (snack == null) return@AnimatedVisibility
        Row(
            Modifier
                .padding(12.dp)
                .fillMaxWidth()
                .heightIn(min = 56.dp)
                .semantics { liveRegion = LiveRegionMode.Polite }
                .background(colours.ink, RoundedCornerShape(Measure.cardRadius.dp))
                .padding(start = 16.dp, end = 8.dp, top = 8.dp, bottom = 8.dp),
            Arrangement.spacedBy(10.dp),
            Alignment.CenterVertically,
        ) {
            Picture(if (snack.done) Icon.Check else Icon.TriangleAlert, colour = colours.surface)
            Words(snack.text, Modifier.weight(1f), colour = colours.surface)
            val undo = snack.undo
            if (undo != null) {
                val shape = RoundedCornerShape(10.dp)
                Box(
                    Modifier.touch().clip(shape).border(1.5.dp, colours.surface, shape).clickable(role = Role.Button) { on(undo.intent) }.padding(horizontal = 14.dp),
                    Alignment.Center,
                ) { Words(undo.label, style = Type.bold, colour = colours.surface) }
            }
        }
    }
}

/** So long it stands there for whoever reads it. */
private const val SNACK_MILLIS = 6_000L

enum class BannerKind { Info, Late, Danger, Conflict, Rejected, Ok, Unsent }

/** What one should know, without a dialogue. */
@Composable
fun Banner(kind: BannerKind, title: String, text: String = "", icon: Icon? = null, modifier: Modifier = Modifier, /** It is what something begins with. */ head: Boolean = false, /** What may be done about it. */ action: (@Composable () -> Unit)? = null) {
    val colours = design.colours
    val (back, ink) = when (kind) {
        BannerKind.Info -> colours.sunken to colours.ink
        BannerKind.Late -> colours.overdueSoft to colours.overdueInk
        BannerKind.Danger -> colours.urgentSoft to colours.urgentInk
        BannerKind.Conflict -> colours.conflictSoft to colours.conflictInk
        BannerKind.Rejected -> colours.rejectedSoft to colours.rejectedInk
        BannerKind.Ok -> colours.okSoft to colours.okInk
        BannerKind.Unsent -> colours.unsentSoft to colours.unsentInk
    }
    val shape = RoundedCornerShape(Measure.controlRadius.dp)
    Row(
        modifier.fillMaxWidth().clip(shape).background(back).softEdge(ink, shape).padding(horizontal = 14.dp, vertical = 11.dp),
        Arrangement.spacedBy(10.dp),
    ) {
        if (icon != null) Picture(icon, size = 22.dp, colour = ink)
        Column(Modifier.weight(1f)) {
            if (title.isNotEmpty()) Words(title, if (head) Modifier.semantics { heading() } else Modifier, Type.metaBold, ink)
            if (text.isNotEmpty()) Words(text, style = Type.meta, colour = ink)
            action?.invoke()
        }
    }
}

/** Nothing to show: what will be here, and what to do. */
@Composable
fun <I : Any> EmptyView(icon: Icon, title: String, about: String, action: Press<I>?, on: (I) -> Unit, modifier: Modifier = Modifier) {
    val colours = design.colours
    Column(modifier.fillMaxWidth().padding(24.dp), Arrangement.spacedBy(10.dp), Alignment.CenterHorizontally) {
        val round = RoundedCornerShape(Measure.pillRadius.dp)
        Box(Modifier.size(84.dp).background(colours.accentSoft, round).softEdge(colours.accentInk, round), Alignment.Center) {
            Picture(icon, size = 40.dp, colour = colours.accentInk)
        }
        Words(title, Modifier.semantics { heading() }, Type.title, align = TextAlign.Center)
        Words(about, align = TextAlign.Center)
        if (action != null) Button(action, on, Modifier.padding(top = 8.dp))
    }
}

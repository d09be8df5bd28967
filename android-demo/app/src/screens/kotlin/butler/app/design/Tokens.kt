package butler.app.design

// Written by `cargo xtask tokens` from docs/design/tokens.json; change the table, not this file.

import androidx.compose.ui.graphics.Color

/** The colours of one theme; foreground and background of one name belong together. */
class Palette(
    val accent: Color,
    val accentInk: Color,
    val accentSoft: Color,
    val bg: Color,
    val conflictInk: Color,
    val conflictSoft: Color,
    val control: Color,
    val ink: Color,
    val ink2: Color,
    val ink3: Color,
    val line: Color,
    val okInk: Color,
    val okSoft: Color,
    val onAccent: Color,
    val onUrgent: Color,
    val overdueInk: Color,
    val overdueSoft: Color,
    val rejectedInk: Color,
    val rejectedSoft: Color,
    val scrim: Color,
    val sunken: Color,
    val surface: Color,
    val unsentInk: Color,
    val unsentSoft: Color,
    val urgent: Color,
    val urgentInk: Color,
    val urgentSoft: Color,
)

val darkPalette = Palette(
    accent = Color(0xFF74D3BD),
    accentInk = Color(0xFFA3E7D6),
    accentSoft = Color(0xFF15382F),
    bg = Color(0xFF0F1412),
    conflictInk = Color(0xFFD0B7FF),
    conflictSoft = Color(0xFF2C2143),
    control = Color(0xFF7C8A83),
    ink = Color(0xFFE9EEEB),
    ink2 = Color(0xFFB2BDB7),
    ink3 = Color(0xFF96A29C),
    line = Color(0xFF303A35),
    okInk = Color(0xFF93DBA8),
    okSoft = Color(0xFF173220),
    onAccent = Color(0xFF04241E),
    onUrgent = Color(0xFF3A0603),
    overdueInk = Color(0xFFF0C375),
    overdueSoft = Color(0xFF352A13),
    rejectedInk = Color(0xFFFFA6C8),
    rejectedSoft = Color(0xFF3D1B2B),
    scrim = Color(0xA3000000),
    sunken = Color(0xFF232C28),
    surface = Color(0xFF19201D),
    unsentInk = Color(0xFFA3C5FF),
    unsentSoft = Color(0xFF1B2B45),
    urgent = Color(0xFFFF8F85),
    urgentInk = Color(0xFFFFB6AE),
    urgentSoft = Color(0xFF3B1B18),
)

val lightPalette = Palette(
    accent = Color(0xFF0B6657),
    accentInk = Color(0xFF084A3F),
    accentSoft = Color(0xFFDDF0EA),
    bg = Color(0xFFF2F3EF),
    conflictInk = Color(0xFF6536A0),
    conflictSoft = Color(0xFFEFE7FA),
    control = Color(0xFF7D8881),
    ink = Color(0xFF17201C),
    ink2 = Color(0xFF4D5852),
    ink3 = Color(0xFF616B65),
    line = Color(0xFFDEE2DB),
    okInk = Color(0xFF1E6638),
    okSoft = Color(0xFFE2F1E6),
    onAccent = Color(0xFFFFFFFF),
    onUrgent = Color(0xFFFFFFFF),
    overdueInk = Color(0xFF774700),
    overdueSoft = Color(0xFFFAEFD9),
    rejectedInk = Color(0xFF931F52),
    rejectedSoft = Color(0xFFFBE5EE),
    scrim = Color(0x85101613),
    sunken = Color(0xFFE9ECE6),
    surface = Color(0xFFFFFFFF),
    unsentInk = Color(0xFF27528F),
    unsentSoft = Color(0xFFE3ECF8),
    urgent = Color(0xFFB3261E),
    urgentInk = Color(0xFF8C1D18),
    urgentSoft = Color(0xFFFCE8E6),
)

val sunlightPalette = Palette(
    accent = Color(0xFF003D33),
    accentInk = Color(0xFF003D33),
    accentSoft = Color(0xFFFFFFFF),
    bg = Color(0xFFFFFFFF),
    conflictInk = Color(0xFF4A148C),
    conflictSoft = Color(0xFFFFFFFF),
    control = Color(0xFF000000),
    ink = Color(0xFF000000),
    ink2 = Color(0xFF1C1C1C),
    ink3 = Color(0xFF333333),
    line = Color(0xFF000000),
    okInk = Color(0xFF00420F),
    okSoft = Color(0xFFFFFFFF),
    onAccent = Color(0xFFFFFFFF),
    onUrgent = Color(0xFFFFFFFF),
    overdueInk = Color(0xFF5A3200),
    overdueSoft = Color(0xFFFFFFFF),
    rejectedInk = Color(0xFF780036),
    rejectedSoft = Color(0xFFFFFFFF),
    scrim = Color(0xB8000000),
    sunken = Color(0xFFFFFFFF),
    surface = Color(0xFFFFFFFF),
    unsentInk = Color(0xFF00337A),
    unsentSoft = Color(0xFFFFFFFF),
    urgent = Color(0xFF8A0000),
    urgentInk = Color(0xFF8A0000),
    urgentSoft = Color(0xFFFFFFFF),
)

/** Sizes of text in sp with the height of their lines. */
object TypeScale {
    val body = 17 to 25
    val display = 28 to 36
    val meta = 14 to 20
    val title = 20 to 28
}

/** Measures in dp. */
object Measure {
    const val cardRadius = 14
    const val controlRadius = 12
    const val pillRadius = 999
    const val sheetRadius = 22
    const val bar = 56
    const val button = 52
    const val buttonLarge = 60
    const val gapBetweenTargets = 8
    const val icon = 24
    const val iconSmall = 18
    const val iconStroke = 2
    const val iconStrokeSunlight = 2.6f
    const val margin = 16
    const val nav = 68
    const val rail = 30
    const val reachFromBottom = 560
    const val row = 56
    const val touch = 48
}

/** Milliseconds. */
object Motion {
    const val change = 160
    const val press = 90
    const val sheet = 240
    const val undo = 6000
}

/** Lucide 1.62.0, ISC licence: strokes on a square of 24. */
enum class Icon(internal vararg val paths: String) {
    ArrowLeftRight(
        "M8 3 4 7l4 4",
        "M4 7h16",
        "m16 21 4-4-4-4",
        "M20 17H4",
    ),
    ArrowRight(
        "M5 12h14",
        "m12 5 7 7-7 7",
    ),
    ArrowUpDown(
        "m21 16-4 4-4-4",
        "M17 20V4",
        "m3 8 4-4 4 4",
        "M7 4v16",
    ),
    Baby(
        "M10 16c.5.3 1.2.5 2 .5s1.5-.2 2-.5",
        "M15 12h.01",
        "M19.38 6.813A9 9 0 0 1 20.8 10.2a2 2 0 0 1 0 3.6 9 9 0 0 1-17.6 0 2 2 0 0 1 0-3.6A9 9 0 0 1 12 3c2 0 3.5 1.1 3.5 2.5s-.9 2.5-2 2.5c-.8 0-1.5-.4-1.5-1",
        "M9 12h.01",
    ),
    BatteryMedium(
        "M10 14v-4",
        "M22 14v-4",
        "M6 14v-4",
        "M4 6h12a2 2 0 0 1 2 2v8a2 2 0 0 1 -2 2h-12a2 2 0 0 1 -2 -2v-8a2 2 0 0 1 2 -2z",
    ),
    Bell(
        "M10.268 21a2 2 0 0 0 3.464 0",
        "M3.262 15.326A1 1 0 0 0 4 17h16a1 1 0 0 0 .74-1.673C19.41 13.956 18 12.499 18 8A6 6 0 0 0 6 8c0 4.499-1.411 5.956-2.738 7.326",
    ),
    BookOpen(
        "M12 5v16",
        "M20.001 19A2 2 0 0 0 22 17V5a2 2 0 0 0 -1.999 -2L16 3.002A5 5 0 0 0 12 5a5 5 0 0 0 -4 -2H4a2 2 0 0 0 -2 2v12a2 2 0 0 0 1.999 2H8a5 5 0 0 1 4 2 5 5 0 0 1 4 -2z",
    ),
    BookOpenCheck(
        "M12 5v16",
        "m16 12 2 2 4-4",
        "M22 6V5a2 2 0 0 0 -1.999 -2L16 3.002A5 5 0 0 0 12 5a5 5 0 0 0 -4 -2H4a2 2 0 0 0 -2 2v12a2 2 0 0 0 1.999 2H8a5 5 0 0 1 4 2 5 5 0 0 1 4 -2h4.001A2 2 0 0 0 22 17v-1.344",
    ),
    Building2(
        "M10 12h4",
        "M10 8h4",
        "M14 21v-3a2 2 0 0 0-4 0v3",
        "M6 10H4a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2V9a2 2 0 0 0-2-2h-2",
        "M6 21V5a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2v16",
    ),
    Calendar(
        "M8 2v3",
        "M16 2v3",
        "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-14a2 2 0 0 1 2 -2z",
        "M3 9h18",
    ),
    CalendarClock(
        "M16 14v2.2l1.6 1",
        "M16 2v3",
        "M21 7.338V5a2 2 0 0 0 -2 -2H5a2 2 0 0 0 -2 2v14a2 2 0 0 0 2 2h2.338",
        "M3 9h5.859",
        "M8 2v3",
        "M10 16a6 6 0 1 0 12 0a6 6 0 1 0 -12 0",
    ),
    Camera(
        "M13.997 4a2 2 0 0 1 1.76 1.05l.486.9A2 2 0 0 0 18.003 7H20a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2h1.997a2 2 0 0 0 1.759-1.048l.489-.904A2 2 0 0 1 10.004 4z",
        "M9 13a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
    ),
    Car(
        "M19 17h2c.6 0 1-.4 1-1v-3c0-.9-.7-1.7-1.5-1.9C18.7 10.6 16 10 16 10s-1.3-1.4-2.2-2.3c-.5-.4-1.1-.7-1.8-.7H5c-.6 0-1.1.4-1.4.9l-1.4 2.9A3.7 3.7 0 0 0 2 12v4c0 .6.4 1 1 1h2",
        "M5 17a2 2 0 1 0 4 0a2 2 0 1 0 -4 0",
        "M9 17h6",
        "M15 17a2 2 0 1 0 4 0a2 2 0 1 0 -4 0",
    ),
    ChartColumn(
        "M3 3v16a2 2 0 0 0 2 2h16",
        "M18 17V9",
        "M13 17V5",
        "M8 17v-3",
    ),
    Check(
        "M20 6 9 17l-5-5",
    ),
    ChevronDown(
        "m6 9 6 6 6-6",
    ),
    ChevronLeft(
        "m15 18-6-6 6-6",
    ),
    ChevronRight(
        "m9 18 6-6-6-6",
    ),
    Circle(
        "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0",
    ),
    CircleArrowUp(
        "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0",
        "m16 12-4-4-4 4",
        "M12 16V8",
    ),
    CircleHelp(
        "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0",
        "M9.09 9a3 3 0 0 1 5.83 1c0 2-3 3-3 3",
        "M12 17h.01",
    ),
    ClipboardList(
        "M9 2h6a1 1 0 0 1 1 1v2a1 1 0 0 1 -1 1h-6a1 1 0 0 1 -1 -1v-2a1 1 0 0 1 1 -1z",
        "M16 4h2a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2h2",
        "M12 11h4",
        "M12 16h4",
        "M8 11h.01",
        "M8 16h.01",
    ),
    Clock(
        "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0",
        "M12 6v6l4 2",
    ),
    ClockAlert(
        "M12 6v6l4 2",
        "M20 12v5",
        "M20 21h.01",
        "M21.25 8.2A10 10 0 1 0 16 21.16",
    ),
    CloudCheck(
        "m17 15-5.5 5.5L9 18",
        "M5.516 16.07A7 7 0 1 1 15.71 8h1.79a4.5 4.5 0 0 1 3.501 7.327",
    ),
    CloudDownload(
        "M12 13v8l-4-4",
        "m12 21 4-4",
        "M4.393 15.269A7 7 0 1 1 15.71 8h1.79a4.5 4.5 0 0 1 2.436 8.284",
    ),
    CloudRain(
        "M4 14.899A7 7 0 1 1 15.71 8h1.79a4.5 4.5 0 0 1 2.5 8.242",
        "M16 14v6",
        "M8 14v6",
        "M12 16v6",
    ),
    CloudUpload(
        "M12 13v8",
        "M4 14.899A7 7 0 1 1 15.71 8h1.79a4.5 4.5 0 0 1 2.5 8.242",
        "m8 17 4-4 4 4",
    ),
    Delete(
        "M10 5a2 2 0 0 0-1.344.519l-6.328 5.74a1 1 0 0 0 0 1.481l6.328 5.741A2 2 0 0 0 10 19h10a2 2 0 0 0 2-2V7a2 2 0 0 0-2-2z",
        "m12 9 6 6",
        "m18 9-6 6",
    ),
    DoorClosed(
        "M19 21V5a2 2 0 0 0 -2 -2H7a2 2 0 0 0 -2 2v16",
        "M2 21h20",
        "M9 12h.01",
    ),
    DoorOpen(
        "M10 21H2",
        "M10 3H7a2 2 0 0 0 -2 2v16",
        "M14 12h.01",
        "M19 21V5a2 2 0 0 0 -1.675 -1.974l-6.163-1.013A1 1 0 0 0 10 3v18a1 1 0 0 0 1.124 .992z",
        "M22 21h-3",
    ),
    Download(
        "M12 15V3",
        "M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4",
        "m7 10 5 5 5-5",
    ),
    Droplets(
        "M7 16.3c2.2 0 4-1.83 4-4.05 0-1.16-.57-2.26-1.71-3.19S7.29 6.75 7 5.3c-.29 1.45-1.14 2.84-2.29 3.76S3 11.1 3 12.25c0 2.22 1.8 4.05 4 4.05z",
        "M12.56 6.6A10.97 10.97 0 0 0 14 3.02c.5 2.5 2 4.9 4 6.5s3 3.5 3 5.5a6.98 6.98 0 0 1-11.91 4.97",
    ),
    FileSpreadsheet(
        "M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2z",
        "M14 2v5a1 1 0 0 0 1 1h5",
        "M8 13h2",
        "M14 13h2",
        "M8 17h2",
        "M14 17h2",
    ),
    Flag(
        "M4 22V4a1 1 0 0 1 .4-.8A6 6 0 0 1 8 2c3 0 5 2 7.333 2q2 0 3.067-.8A1 1 0 0 1 20 4v10a1 1 0 0 1-.4.8A6 6 0 0 1 16 16c-3 0-5-2-8-2a6 6 0 0 0-4 1.528",
    ),
    Footprints(
        "M4 16v-2.38C4 11.5 2.97 10.5 3 8c.03-2.72 1.49-6 4.5-6C9.37 2 10 3.8 10 5.5c0 3.11-2 5.66-2 8.68V16a2 2 0 1 1-4 0Z",
        "M20 20v-2.38c0-2.12 1.03-3.12 1-5.62-.03-2.72-1.49-6-4.5-6C14.63 6 14 7.8 14 9.5c0 3.11 2 5.66 2 8.68V20a2 2 0 1 0 4 0Z",
        "M16 17h4",
        "M4 13h4",
    ),
    Gavel(
        "m14 13-8.381 8.38a1 1 0 0 1-3.001-3l8.384-8.381",
        "m16 16 6-6",
        "m21.5 10.5-8-8",
        "m8 8 6-6",
        "m8.5 7.5 8 8",
    ),
    Hand(
        "M18 11V6a2 2 0 0 0-2-2a2 2 0 0 0-2 2",
        "M14 10V4a2 2 0 0 0-2-2a2 2 0 0 0-2 2v2",
        "M10 10.5V6a2 2 0 0 0-2-2a2 2 0 0 0-2 2v8",
        "M18 8a2 2 0 1 1 4 0v6a8 8 0 0 1-8 8h-2c-2.8 0-4.5-.86-5.99-2.34l-3.6-3.6a2 2 0 0 1 2.83-2.82L7 15",
    ),
    HardDrive(
        "M10 16h.01",
        "M2.212 11.577a2 2 0 0 0-.212.896V18a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2v-5.527a2 2 0 0 0-.212-.896L18.55 5.11A2 2 0 0 0 16.76 4H7.24a2 2 0 0 0-1.79 1.11z",
        "M21.946 12.013H2.054",
        "M6 16h.01",
    ),
    Heart(
        "M2 9.5a5.5 5.5 0 0 1 9.591-3.676.56.56 0 0 0 .818 0A5.49 5.49 0 0 1 22 9.5c0 2.29-1.5 4-3 5.5l-5.492 5.313a2 2 0 0 1-3 .019L5 15c-1.5-1.5-3-3.2-3-5.5",
    ),
    History(
        "M3 12a9 9 0 1 0 9-9 9.75 9.75 0 0 0-6.74 2.74L3 8",
        "M3 3v5h5",
        "M12 7v5l4 2",
    ),
    Hourglass(
        "M5 22h14",
        "M5 2h14",
        "M17 22v-4.172a2 2 0 0 0-.586-1.414L12 12l-4.414 4.414A2 2 0 0 0 7 17.828V22",
        "M7 2v4.172a2 2 0 0 0 .586 1.414L12 12l4.414-4.414A2 2 0 0 0 17 6.172V2",
    ),
    Inbox(
        "M22 12L16 12L14 15L10 15L8 12L2 12",
        "M5.45 5.11 2 12v6a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2v-6l-3.45-6.89A2 2 0 0 0 16.76 4H7.24a2 2 0 0 0-1.79 1.11z",
    ),
    Info(
        "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0",
        "M12 16v-4",
        "M12 8h.01",
    ),
    KeyRound(
        "M2.586 17.414A2 2 0 0 0 2 18.828V21a1 1 0 0 0 1 1h3a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h1a1 1 0 0 0 1-1v-1a1 1 0 0 1 1-1h.172a2 2 0 0 0 1.414-.586l.814-.814a6.5 6.5 0 1 0-4-4z",
        "M16 7.5a0.5 0.5 0 1 0 1 0a0.5 0.5 0 1 0 -1 0",
    ),
    Languages(
        "m5 8 6 6",
        "m4 14 6-6 2-3",
        "M2 5h12",
        "M7 2h1",
        "m22 22-5-10-5 10",
        "M14 18h6",
    ),
    LayoutDashboard(
        "M4 3h5a1 1 0 0 1 1 1v7a1 1 0 0 1 -1 1h-5a1 1 0 0 1 -1 -1v-7a1 1 0 0 1 1 -1z",
        "M15 3h5a1 1 0 0 1 1 1v3a1 1 0 0 1 -1 1h-5a1 1 0 0 1 -1 -1v-3a1 1 0 0 1 1 -1z",
        "M15 12h5a1 1 0 0 1 1 1v7a1 1 0 0 1 -1 1h-5a1 1 0 0 1 -1 -1v-7a1 1 0 0 1 1 -1z",
        "M4 16h5a1 1 0 0 1 1 1v3a1 1 0 0 1 -1 1h-5a1 1 0 0 1 -1 -1v-3a1 1 0 0 1 1 -1z",
    ),
    LayoutGrid(
        "M4 3h5a1 1 0 0 1 1 1v5a1 1 0 0 1 -1 1h-5a1 1 0 0 1 -1 -1v-5a1 1 0 0 1 1 -1z",
        "M15 3h5a1 1 0 0 1 1 1v5a1 1 0 0 1 -1 1h-5a1 1 0 0 1 -1 -1v-5a1 1 0 0 1 1 -1z",
        "M15 14h5a1 1 0 0 1 1 1v5a1 1 0 0 1 -1 1h-5a1 1 0 0 1 -1 -1v-5a1 1 0 0 1 1 -1z",
        "M4 14h5a1 1 0 0 1 1 1v5a1 1 0 0 1 -1 1h-5a1 1 0 0 1 -1 -1v-5a1 1 0 0 1 1 -1z",
    ),
    LifeBuoy(
        "M2 12a10 10 0 1 0 20 0a10 10 0 1 0 -20 0",
        "m4.93 4.93 4.24 4.24",
        "m14.83 9.17 4.24-4.24",
        "m14.83 14.83 4.24 4.24",
        "m9.17 14.83-4.24 4.24",
        "M8 12a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
    ),
    Lightbulb(
        "M15 14c.2-1 .7-1.7 1.5-2.5 1-.9 1.5-2.2 1.5-3.5A6 6 0 0 0 6 8c0 1 .2 2.2 1.5 3.5.7.7 1.3 1.5 1.5 2.5",
        "M9 18h6",
        "M10 22h4",
    ),
    Link(
        "M10 13a5 5 0 0 0 7.54.54l3-3a5 5 0 0 0-7.07-7.07l-1.72 1.71",
        "M14 11a5 5 0 0 0-7.54-.54l-3 3a5 5 0 0 0 7.07 7.07l1.71-1.71",
    ),
    Lock(
        "M5 11h14a2 2 0 0 1 2 2v7a2 2 0 0 1 -2 2h-14a2 2 0 0 1 -2 -2v-7a2 2 0 0 1 2 -2z",
        "M7 11V7a5 5 0 0 1 10 0v4",
    ),
    Map(
        "M14.106 5.553a2 2 0 0 0 1.788 0l3.659-1.83A1 1 0 0 1 21 4.619v12.764a1 1 0 0 1-.553.894l-4.553 2.277a2 2 0 0 1-1.788 0l-4.212-2.106a2 2 0 0 0-1.788 0l-3.659 1.83A1 1 0 0 1 3 19.381V6.618a1 1 0 0 1 .553-.894l4.553-2.277a2 2 0 0 1 1.788 0z",
        "M15 5.764v15",
        "M9 3.236v15",
    ),
    Megaphone(
        "M11 6a13 13 0 0 0 8.4-2.8A1 1 0 0 1 21 4v12a1 1 0 0 1-1.6.8A13 13 0 0 0 11 14H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2z",
        "M6 14a12 12 0 0 0 2.4 7.2 2 2 0 0 0 3.2-2.4A8 8 0 0 1 10 14",
        "M8 6v8",
    ),
    MessageCircle(
        "M2.992 16.342a2 2 0 0 1 .094 1.167l-1.065 3.29a1 1 0 0 0 1.236 1.168l3.413-.998a2 2 0 0 1 1.099.092 10 10 0 1 0-4.777-4.719",
    ),
    MessageSquareWarning(
        "M22 17a2 2 0 0 1-2 2H6.828a2 2 0 0 0-1.414.586l-2.202 2.202A.71.71 0 0 1 2 21.286V5a2 2 0 0 1 2-2h16a2 2 0 0 1 2 2z",
        "M12 15h.01",
        "M12 7v4",
    ),
    Mic(
        "M12 19v3",
        "M19 10v2a7 7 0 0 1-14 0v-2",
        "M12 2h0a3 3 0 0 1 3 3v7a3 3 0 0 1 -3 3h-0a3 3 0 0 1 -3 -3v-7a3 3 0 0 1 3 -3z",
    ),
    Minus(
        "M5 12h14",
    ),
    OctagonX(
        "m15 9-6 6",
        "M2.586 16.726A2 2 0 0 1 2 15.312V8.688a2 2 0 0 1 .586-1.414l4.688-4.688A2 2 0 0 1 8.688 2h6.624a2 2 0 0 1 1.414.586l4.688 4.688A2 2 0 0 1 22 8.688v6.624a2 2 0 0 1-.586 1.414l-4.688 4.688a2 2 0 0 1-1.414.586H8.688a2 2 0 0 1-1.414-.586z",
        "m9 9 6 6",
    ),
    PaintRoller(
        "M4 2h12a2 2 0 0 1 2 2v2a2 2 0 0 1 -2 2h-12a2 2 0 0 1 -2 -2v-2a2 2 0 0 1 2 -2z",
        "M10 16v-2a2 2 0 0 1 2-2h8a2 2 0 0 0 2-2V7a2 2 0 0 0-2-2h-2",
        "M9 16h2a1 1 0 0 1 1 1v4a1 1 0 0 1 -1 1h-2a1 1 0 0 1 -1 -1v-4a1 1 0 0 1 1 -1z",
    ),
    PenLine(
        "M13 21h8",
        "M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497z",
    ),
    Phone(
        "M13.832 16.568a1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 6.392 6.384",
    ),
    PhoneOff(
        "M10.1 13.9a14 14 0 0 0 3.732 2.668 1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2 18 18 0 0 1-12.728-5.272",
        "M22 2 2 22",
        "M4.76 13.582A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 .244.473",
    ),
    Plus(
        "M5 12h14",
        "M12 5v14",
    ),
    QrCode(
        "M4 3h3a1 1 0 0 1 1 1v3a1 1 0 0 1 -1 1h-3a1 1 0 0 1 -1 -1v-3a1 1 0 0 1 1 -1z",
        "M17 3h3a1 1 0 0 1 1 1v3a1 1 0 0 1 -1 1h-3a1 1 0 0 1 -1 -1v-3a1 1 0 0 1 1 -1z",
        "M4 16h3a1 1 0 0 1 1 1v3a1 1 0 0 1 -1 1h-3a1 1 0 0 1 -1 -1v-3a1 1 0 0 1 1 -1z",
        "M21 16h-3a2 2 0 0 0-2 2v3",
        "M21 21v.01",
        "M12 7v3a2 2 0 0 1-2 2H7",
        "M3 12h.01",
        "M12 3h.01",
        "M12 16v.01",
        "M16 12h1",
        "M21 12v.01",
        "M12 21v-1",
    ),
    RefreshCw(
        "M3 12a9 9 0 0 1 9-9 9.75 9.75 0 0 1 6.74 2.74L21 8",
        "M21 3v5h-5",
        "M21 12a9 9 0 0 1-9 9 9.75 9.75 0 0 1-6.74-2.74L3 16",
        "M8 16H3v5",
    ),
    Route(
        "M3 19a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
        "M9 19h8.5a3.5 3.5 0 0 0 0-7h-11a3.5 3.5 0 0 1 0-7H15",
        "M15 5a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
    ),
    ScrollText(
        "M15 12h-5",
        "M15 8h-5",
        "M19 17V5a2 2 0 0 0-2-2H4",
        "M8 21h12a2 2 0 0 0 2-2v-1a1 1 0 0 0-1-1H11a1 1 0 0 0-1 1v1a2 2 0 1 1-4 0V5a2 2 0 1 0-4 0v2a1 1 0 0 0 1 1h3",
    ),
    Search(
        "m21 21-4.34-4.34",
        "M3 11a8 8 0 1 0 16 0a8 8 0 1 0 -16 0",
    ),
    Send(
        "M14.536 21.686a.5.5 0 0 0 .937-.024l6.5-19a.496.496 0 0 0-.635-.635l-19 6.5a.5.5 0 0 0-.024.937l7.93 3.18a2 2 0 0 1 1.112 1.11z",
        "m21.854 2.147-10.94 10.939",
    ),
    Settings(
        "M9.671 4.136a2.34 2.34 0 0 1 4.659 0 2.34 2.34 0 0 0 3.319 1.915 2.34 2.34 0 0 1 2.33 4.033 2.34 2.34 0 0 0 0 3.831 2.34 2.34 0 0 1-2.33 4.033 2.34 2.34 0 0 0-3.319 1.915 2.34 2.34 0 0 1-4.659 0 2.34 2.34 0 0 0-3.32-1.915 2.34 2.34 0 0 1-2.33-4.033 2.34 2.34 0 0 0 0-3.831A2.34 2.34 0 0 1 6.35 6.051a2.34 2.34 0 0 0 3.319-1.915",
        "M9 12a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
    ),
    Share2(
        "M15 5a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
        "M3 12a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
        "M15 19a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
        "M8.59 13.51L15.42 17.49",
        "M15.41 6.51L8.59 10.49",
    ),
    ShieldCheck(
        "M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 6.24-2.72a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5a1 1 0 0 1 1 1z",
        "m9 12 2 2 4-4",
    ),
    Signal(
        "M2 20h.01",
        "M7 20v-4",
        "M12 20v-8",
        "M17 20V8",
        "M22 4v16",
    ),
    Signature(
        "m21 17-2.156-1.868A.5.5 0 0 0 18 15.5v.5a1 1 0 0 1-1 1h-2a1 1 0 0 1-1-1c0-2.545-3.991-3.97-8.5-4a1 1 0 0 0 0 5c4.153 0 4.745-11.295 5.708-13.5a2.5 2.5 0 1 1 3.31 3.284",
        "M3 21h18",
    ),
    Siren(
        "M7 18v-6a5 5 0 1 1 10 0v6",
        "M5 21a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1v-1a2 2 0 0 0-2-2H7a2 2 0 0 0-2 2z",
        "M21 12h1",
        "M18.5 4.5 18 5",
        "M2 12h1",
        "M12 2v1",
        "m4.929 4.929.707.707",
        "M12 12v6",
    ),
    SkipForward(
        "M21 4v16",
        "M6.029 4.285A2 2 0 0 0 3 6v12a2 2 0 0 0 3.029 1.715l9.997-5.998a2 2 0 0 0 .003-3.432z",
    ),
    Smartphone(
        "M7 2h10a2 2 0 0 1 2 2v16a2 2 0 0 1 -2 2h-10a2 2 0 0 1 -2 -2v-16a2 2 0 0 1 2 -2z",
        "M12 18h.01",
    ),
    Sparkles(
        "M11.017 2.814a1 1 0 0 1 1.966 0l1.051 5.558a2 2 0 0 0 1.594 1.594l5.558 1.051a1 1 0 0 1 0 1.966l-5.558 1.051a2 2 0 0 0-1.594 1.594l-1.051 5.558a1 1 0 0 1-1.966 0l-1.051-5.558a2 2 0 0 0-1.594-1.594l-5.558-1.051a1 1 0 0 1 0-1.966l5.558-1.051a2 2 0 0 0 1.594-1.594z",
        "M20 2v4",
        "M22 4h-4",
        "M2 20a2 2 0 1 0 4 0a2 2 0 1 0 -4 0",
    ),
    SquareSplitHorizontal(
        "M12 2v20",
        "M16 3h3a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2h-3",
        "M8 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h3",
    ),
    Sunrise(
        "M12 2v8",
        "m4.93 10.93 1.41 1.41",
        "M2 18h2",
        "M20 18h2",
        "m19.07 10.93-1.41 1.41",
        "M22 22H2",
        "m8 6 4-4 4 4",
        "M16 18a4 4 0 0 0-8 0",
    ),
    TriangleAlert(
        "m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3",
        "M12 9v4",
        "M12 17h.01",
    ),
    Type(
        "M12 4v16",
        "M4 7V5a1 1 0 0 1 1-1h14a1 1 0 0 1 1 1v2",
        "M9 20h6",
    ),
    Undo2(
        "M9 14 4 9l5-5",
        "M4 9h10.5a5.5 5.5 0 0 1 5.5 5.5a5.5 5.5 0 0 1-5.5 5.5H11",
    ),
    User(
        "M19 21v-2a4 4 0 0 0-4-4H9a4 4 0 0 0-4 4v2",
        "M8 7a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
    ),
    Users(
        "M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2",
        "M16 3.128a4 4 0 0 1 0 7.744",
        "M22 21v-2a4 4 0 0 0-3-3.87",
        "M5 7a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
    ),
    Wifi(
        "M12 20h.01",
        "M2 8.82a15 15 0 0 1 20 0",
        "M5 12.859a10 10 0 0 1 14 0",
        "M8.5 16.429a5 5 0 0 1 7 0",
    ),
    WifiOff(
        "M12 20h.01",
        "M8.5 16.429a5 5 0 0 1 7 0",
        "M5 12.859a10 10 0 0 1 5.17-2.69",
        "M19 12.859a10 10 0 0 0-2.007-1.523",
        "M2 8.82a15 15 0 0 1 4.177-2.643",
        "M22 8.82a15 15 0 0 0-11.288-3.764",
        "m2 2 20 20",
    ),
    Wrench(
        "M14.7 6.3a1 1 0 0 0 0 1.4l1.6 1.6a1 1 0 0 0 1.4 0l3.106-3.105c.32-.322.863-.22.983.218a6 6 0 0 1-8.259 7.057l-7.91 7.91a1 1 0 0 1-2.999-3l7.91-7.91a6 6 0 0 1 7.057-8.259c.438.12.54.662.219.984z",
    ),
    X(
        "M18 6 6 18",
        "m6 6 12 12",
    ),
}

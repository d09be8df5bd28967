package butler.app.models

import butler.AnswerType
import butler.Evidence
import butler.ItemRow
import butler.PointAnswer
import butler.PointRow
import butler.Procedure
import butler.Proof
import butler.Question
import butler.RecordId
import butler.Recorded
import butler.RoundDetails
import butler.TodayItem
import butler.Value
import butler.WalkDoor

/**
 * Nobody is at home where an inspection is due: its checklist has an answer for that, and asks what was done about it. The round
 * says that nobody was there as soon as it is pressed; who presses it by mistake takes it back with the sheet.
 */
internal class Absence(val door: WalkDoor, val round: RecordId, val point: PointRow, val asked: Question, val made: List<Recorded>) {
    /** What one did who did nothing else yet stands last. */
    var chosen: String = asked.options.last().id

    val answer: PointAnswer get() = PointAnswer(asked.field, Evidence(mapOf(asked.field to Value.Text(chosen))))
}

/** An answer of a checklist: nobody opened. */
internal const val NOBODY = "nobody"

/** The inspection of a door that nobody opened; null where none is due there, or its checklist does not ask. */
internal suspend fun absence(app: App, door: WalkDoor): Absence? {
    val item = door.jobs.firstOrNull()?.takeIf { it.isToDo } ?: return null
    if (item.begin !is Procedure.Checklist) return null
    val (round, begun) = openRound(app, item)
    val met = met(app.butler.rounds.details(round))
    val former = met?.second?.results?.lastOrNull()?.answer
    if (met == null || former != null && former != Value.Text(NOBODY)) {
        app.butler.records.undo(listOfNotNull(begun))
        return null
    }
    val field = met.second.question.field
    val told = if (former != null) null else app.butler.rounds.record(round, field, Evidence(mapOf(field to Value.Text(NOBODY))))
    val point = app.butler.rounds.details(round).points.first { it.id == met.first.id }
    // What is simply in order or not is looked at all the same.
    val asked = point.items.map { it.question }.firstOrNull { it.field != field && it.required && it.answer == AnswerType.CHOICE && it.options.none { option -> option.normal } }
    if (asked == null) {
        app.butler.records.undo(listOfNotNull(told, begun))
        return null
    }
    return Absence(door, round, point, asked, listOfNotNull(told, begun))
}

/** Where a checklist asks whether anybody was there. */
internal fun met(details: RoundDetails): Pair<PointRow, ItemRow>? =
    details.points.firstNotNullOfOrNull { point -> point.items.firstOrNull { it.question.options.any { option -> option.id == NOBODY } }?.let { point to it } }

/** The round of an item that is under way, or a new one with what began it. */
internal suspend fun openRound(app: App, item: TodayItem): Pair<RecordId, Recorded?> {
    val checklist = (item.begin as? Procedure.Checklist)?.checklist
    val place = item.place
    if (checklist == null || place == null) throw butler.ButlerException.NotFound()
    // Two homes of a unit have rounds of their own at one place.
    val going = app.butler.rounds.underWay().find { it.checklist == checklist && it.place == place && (item.about == null || it.id in item.answers) }
    if (going != null) return going.id to null
    val begun = app.butler.rounds.start(checklist, place, item.about, item.id)
    return begun.record to begun
}

/** Where the phone is, where it is known where the place of a point lies: it shows that one was there. */
internal suspend fun proofAt(app: App, point: PointRow): Proof {
    val place = point.place?.takeIf { point.proof == null }?.let { id -> app.butler.office.places().find { it.id == id } }
    return place?.position?.let { app.platform.position() }?.let { Proof.Position(it) } ?: Proof.Nothing
}

package butler.app.models

import butler.CaseRow
import butler.HomeDetails
import butler.HomeState
import butler.Procedure
import butler.QuestionId
import butler.RecordId
import butler.Standing
import butler.Value
import butler.WorkflowId
import butler.app.words.Word
import java.time.LocalDate
import java.time.format.DateTimeParseException

/** An answer that holds makes it a severe case. */
suspend fun isSevere(app: App, case: CaseRow): Boolean = case.closed == false && found { app.butler.cases.details(case.id) }?.severe == true

/** A home is under renovation, and no permit of works that are under way holds on that day 没有有效许可; null where there is nothing to say. */
suspend fun noPermit(app: App, home: HomeDetails, today: LocalDate): String? {
    if (home.home.state?.code != HomeState.RENOVATING) return null
    val permits = home.cases.filter { it.workflow == PERMIT && it.closed == false }
    if (permits.any { holds(app, it.id, today) }) return null
    // Only a company that gives permits misses one.
    return if (app.butler.office.procedures().any { it.begin == Procedure.Workflow(PERMIT) }) app.words(Word.NoPermit) else null
}

/** The day until which it holds is said when it is given, and again when it is extended. */
private suspend fun holds(app: App, permit: RecordId, today: LocalDate): Boolean {
    val steps = found { app.butler.cases.details(permit) }?.steps.orEmpty().filter { it.standing == Standing.Counts }
    val until = steps.mapNotNull { (it.evidence.fields[UNTIL] as? Value.Text)?.v1 }.lastOrNull() ?: return false
    return try {
        LocalDate.parse(until) >= today
    } catch (_: DateTimeParseException) {
        false
    }
}

private val PERMIT = WorkflowId("renovation.permit")
private val UNTIL = QuestionId("permit_until")

package butler

// Values that UniFFI cannot generate: what crosses is their text (uniffi.toml).

// Identifiers are opaque: keep and compare them, make none. `value` is for keeping.

/** A home, person, contact, round, case or row of a register. */
@JvmInline
value class RecordId(val value: String)

/** A part of a record: one telephone, one meter. */
@JvmInline
value class PartId(val value: String)

/** A building, unit or public spot. */
@JvmInline
value class PlaceId(val value: String)

/** A grid 网格. */
@JvmInline
value class GridId(val value: String)

/** A member of staff. */
@JvmInline
value class StaffId(val value: String)

/** A role 岗位. */
@JvmInline
value class RoleId(val value: String)

/** A phone. */
@JvmInline
value class DeviceId(val value: String)

/** One thing to do. */
@JvmInline
value class DueId(val value: String)

/** A step of a case, a check-in or a result of a round. */
@JvmInline
value class EventId(val value: String)

/** A photo. */
@JvmInline
value class PhotoId(val value: String)

/** One change of a record. */
@JvmInline
value class ChangeHash(val value: String)

/** One form handed in. */
@JvmInline
value class SubmissionId(val value: String)

/** A record as a screen showed it: goes back with the form over it. */
@JvmInline
value class Shown(val value: String)

// Ids that playbooks write. An app that draws one procedure in a way of its own names it by them.

/** A workflow 流程. */
@JvmInline
value class WorkflowId(val value: String)

/** A step 步骤 of a workflow, or one every workflow has: `$remark`, `$reopen`, `$resolve`, `$migrate`. */
@JvmInline
value class StepId(val value: String)

/** A form 表单. */
@JvmInline
value class FormId(val value: String)

/** A question of a form, a step or a checklist: the key of its answer. */
@JvmInline
value class QuestionId(val value: String)

/** A due rule 到期规则. */
@JvmInline
value class RuleId(val value: String)

/** A checklist 检查表. */
@JvmInline
value class ChecklistId(val value: String)

/** A metric 指标. */
@JvmInline
value class MetricId(val value: String)

/** A date that may lack its day, or its day and month. */
data class PartialDate(val year: Int, val month: Int? = null, val day: Int? = null) {
    /** As it is stored: `2019`, `2019-06`, `2019-06-01`. */
    override fun toString(): String =
        listOfNotNull(year.digits(4), (month ?: day?.let { 0 })?.digits(2), day?.digits(2)).joinToString("-")

    companion object {
        /** Reads what [toString] writes. */
        fun parse(text: String): PartialDate {
            val parts = text.split("-").map(String::toInt)
            return PartialDate(parts[0], parts.getOrNull(1), parts.getOrNull(2))
        }
    }
}

/** A birthday, which may lack its year. */
data class Birthday(val month: Int, val day: Int, val year: Int? = null) {
    /** As it is stored: `1988-03-09`, `--03-09`. */
    override fun toString(): String = "${year?.digits(4) ?: "-"}-${month.digits(2)}-${day.digits(2)}"

    companion object {
        /** Reads what [toString] writes. */
        fun parse(text: String): Birthday {
            val (month, day) = text.takeLast(5).split("-").map(String::toInt)
            return Birthday(month, day, text.dropLast(6).toIntOrNull())
        }
    }
}

private fun Int.digits(count: Int) = toString().padStart(count, '0')

package butler

import kotlin.properties.ReadWriteProperty
import kotlin.reflect.KProperty

// The classes themselves follow from the core's tables of fields: Fields.kt, written by `cargo xtask kotlin`.

/** Remembers which fields were set, and to what, in order; setting one to null clears it. */
abstract class Touched internal constructor(internal val ops: MutableList<Op>, private val below: String) {
    internal fun <V : Any> field(name: String, stored: (V) -> Value) = object : ReadWriteProperty<Any?, V?> {
        private var now: V? = null

        override fun getValue(thisRef: Any?, property: KProperty<*>): V? = now

        override fun setValue(thisRef: Any?, property: KProperty<*>, value: V?) {
            now = value
            ops += if (value == null) Op.Clear(below + name) else Op.Put(below + name, stored(value))
        }
    }
}

/** What to change of a record: its fields, and its parts, of which one without an id is added. */
abstract class RecordEdit internal constructor() : Touched(mutableListOf(), "") {
    private var added = 0

    internal val edit get() = Edit(ops)

    /** Takes what a form proposed. */
    fun take(proposal: Proposal) = answer(QuestionId(proposal.path), proposal.value)

    /** Writes an answer of a form over this record; null takes what stood there out of the record. */
    fun answer(question: QuestionId, value: Value?) {
        ops += if (value == null) Op.Clear(question.value) else Op.Put(question.value, value)
    }

    /** The core finds out which part an added one is; until then it is called by its number. */
    internal fun <P : Touched> part(set: String, id: PartId?, part: (MutableList<Op>, String) -> P, change: P.() -> Unit) {
        val member = "$set/${id?.value ?: "+${added++}"}"
        ops += Op.Put(member, Value.Bool(true))
        part(ops, "$member/").change()
    }

    internal fun remove(set: String, id: PartId) {
        ops += Op.Clear("$set/${id.value}")
    }
}

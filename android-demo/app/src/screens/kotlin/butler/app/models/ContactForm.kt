package butler.app.models

import butler.Evidence
import butler.FormId
import butler.QuestionId
import butler.Value
import java.time.Instant

/** The form every contact follows: the names of its questions, for the screens that put them in an order of their own. */
internal object ContactForm {
    val FORM = FormId("contact.log")
    const val CHANNEL = "channel"
    const val VISIT = "visit"
    const val AT = "at"
    const val OUTCOME = "outcome"
    const val AGREED = "agreed"
    const val NOT_REACHED = "not_reached"
    const val SUMMARY = "summary"
    const val PROMISE = "promise"
    const val PROMISE_BY = "promise_by"
    const val NEXT = "next_contact"
    const val PHOTOS = "photo"
}

/** The words that answer a question; empty when it is not answered. */
internal fun Evidence.text(question: String): String = (fields[QuestionId(question)] as? Value.Text)?.v1.orEmpty()

/** The moment that answers a question. */
internal fun Evidence.moment(question: String): Instant? = (fields[QuestionId(question)] as? Value.Int)?.let { Instant.ofEpochMilli(it.v1) }

/** A moment as an answer. */
internal fun answer(moment: Instant): Value = Value.Int(moment.toEpochMilli())

package butler.app.models

import butler.Draft
import butler.Evidence
import butler.FormId
import butler.PartId
import butler.Phone
import butler.QuestionId
import butler.RecordId
import butler.Resident
import butler.TodayItem
import butler.Value
import java.time.Instant

/** The form every contact follows: the names of its questions, for the screens that put them in an order of their own. */
internal object ContactForm {
    val FORM = FormId("contact.log")
    const val CHANNEL = "channel"
    const val VISIT = "visit"
    const val PHONE = "phone"
    const val AT = "at"
    const val OUTCOME = "outcome"
    const val AGREED = "agreed"
    const val NOT_REACHED = "not_reached"
    const val SUMMARY = "summary"
    const val PROMISE = "promise"
    const val PROMISE_BY = "promise_by"
    const val NEXT = "next_contact"
    const val PHOTOS = "photo"

    /** No question of the form: which number of the person was dialled, and whether it is not to count as verified. */
    const val DIALLED = "dialled"
    const val UNVERIFIED = "unverified"

    /** No question of the form either: the items that this contact does not answer. */
    const val LEFT = "left"
}

/** What a contact was begun as, which is where it goes on. */
internal enum class Begun {
    /** Nobody was home: the sheet on 今天. */
    Nobody,

    /** Somebody was met: the visit. */
    Met,

    /** A number was dialled: the sheet on the home, and what was said on the telephone. */
    Called,
}

/** What a draft was begun as; null when it is of no contact. */
internal fun begun(draft: Draft): Begun? = when {
    draft.form != ContactForm.FORM.value -> null
    draft.answers.text(ContactForm.CHANNEL) == ContactForm.PHONE -> Begun.Called
    draft.answers.text(ContactForm.OUTCOME) == ContactForm.NOT_REACHED -> Begun.Nobody
    else -> Begun.Met
}

/** The contact about a home that was begun so. */
internal suspend fun contactDraft(app: App, home: RecordId, begun: Begun): Draft? =
    app.butler.drafts.list().map { it.draft }.find { begun(it) == begun && home in it.about }

/** What a contact is for: what the first item says that says it, else the purpose that stands first in the office's list. */
internal suspend fun purpose(app: App, items: List<TodayItem>): String =
    items.firstNotNullOfOrNull { it.purpose } ?: app.butler.office.choices("contact_purpose").firstOrNull()?.id.orEmpty()

/** The dialler comes to the front, and the app may die behind it: that a call was made is a draft. How it went is asked on the home. */
internal suspend fun beginCall(app: App, home: RecordId, person: RecordId, phone: PartId, number: String) {
    forgetCall(app, home)
    val answers = mapOf(
        QuestionId(ContactForm.CHANNEL) to Value.Text(ContactForm.PHONE), QuestionId(ContactForm.AT) to answer(app.now()),
        QuestionId(ContactForm.DIALLED) to Value.Text(phone.value),
    )
    app.butler.drafts.save(Draft(app.butler.submission(), ContactForm.FORM.value, about = listOf(home, person), answers = Evidence(answers)))
    app.platform.dial(number)
}

/** Nobody was called after all. */
internal suspend fun forgetCall(app: App, home: RecordId) {
    contactDraft(app, home, Begun.Called)?.let { app.butler.drafts.discard(it.submission.id) }
}

/** Whose number was dialled, and which. */
internal class Dialled(val person: RecordId, val resident: Resident, val phone: Phone)

/** The number that a call was made to; null where the draft knows of none any more. */
internal suspend fun dialled(app: App, call: Draft): Dialled? {
    val id = call.answers.text(ContactForm.DIALLED)
    for (about in call.about) {
        val resident = found { app.butler.residents.details(about) }?.resident ?: continue
        return resident.phones.find { it.id.value == id }?.let { Dialled(about, resident, it) }
    }
    return null
}

/** The words that answer a question; empty when it is not answered. */
internal fun Evidence.text(question: String): String = (fields[QuestionId(question)] as? Value.Text)?.v1.orEmpty()

/** The moment that answers a question. */
internal fun Evidence.moment(question: String): Instant? = (fields[QuestionId(question)] as? Value.Int)?.let { Instant.ofEpochMilli(it.v1) }

/** A moment as an answer. */
internal fun answer(moment: Instant): Value = Value.Int(moment.toEpochMilli())

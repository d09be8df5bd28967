package butler.app.models

import butler.Draft
import butler.RecordId
import butler.Submission

/** Words that are typed and not handed in yet, in a draft under a name of the app's own: what they are about, and at which [step] of it. */
internal suspend fun jotted(app: App, form: String, about: RecordId?, step: String? = null): Draft? =
    app.butler.drafts.list().map { it.draft }.find { it.form == form && it.about == listOfNotNull(about) && it.step == step }

/** Keeps them as they are now; where nothing is left of them there is no draft. */
internal suspend fun jot(app: App, submission: Submission, form: String, about: RecordId?, step: String?, words: String) {
    if (words.isEmpty()) app.butler.drafts.discard(submission.id)
    else app.butler.drafts.save(Draft(submission, form, step = step, about = listOfNotNull(about), note = words))
}

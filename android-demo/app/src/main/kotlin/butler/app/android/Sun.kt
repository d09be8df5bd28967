package butler.app.android

/** Whether the sun shines on the phone: it does once it was bright for three seconds, and no more once it was not for as long. */
class Sun {
    private var shines = false
    private var otherwiseSince: Long? = null

    /** What the light sensor saw, and when. */
    fun seen(lux: Float, millis: Long): Boolean {
        if (lux > BRIGHT == shines) {
            otherwiseSince = null
            return shines
        }
        val since = otherwiseSince ?: millis.also { otherwiseSince = it }
        if (millis - since >= LONG_ENOUGH) {
            shines = !shines
            otherwiseSince = null
        }
        return shines
    }

    private companion object {
        const val BRIGHT = 20_000f
        const val LONG_ENOUGH = 3_000L
    }
}

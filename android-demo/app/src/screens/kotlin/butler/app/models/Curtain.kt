package butler.app.models

import java.time.Duration
import java.time.Instant

/** Who holds the phone is asked again after it was out of sight for a while: what lies on it is about people's homes. */
class Curtain {
    /** Nothing may be seen until the owner was asked; so it is when the app starts. */
    var closed = true
        private set
    private var leftAt: Instant? = null

    /** The app goes out of sight. */
    fun leave(now: Instant) {
        leftAt = leftAt ?: now
    }

    /** The app is seen again. A clock that went back closes, too. */
    fun comeBack(now: Instant) {
        val away = leftAt?.let { Duration.between(it, now) } ?: return
        if (away.isNegative || away >= PATIENCE) closed = true
        leftAt = null
    }

    /** It is the phone's owner. */
    fun open() {
        closed = false
    }

    companion object {
        /** How long one may be away: as long as it takes to put the phone away for a door and take it out again. */
        val PATIENCE: Duration = Duration.ofMinutes(5)
    }
}

/** Asks who holds the phone. */
interface OwnerCheck {
    /** Whether it is the owner; also true on a phone that nothing locks. */
    suspend fun isOwner(why: String): Boolean
}

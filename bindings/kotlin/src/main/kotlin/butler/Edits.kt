package butler

import kotlin.properties.ReadWriteProperty
import kotlin.reflect.KProperty

/** Remembers which fields were set, and to what; setting one to null clears it. */
abstract class Touched<C> internal constructor() {
    private val changes = linkedMapOf<String, C>()
    internal val touched: List<C> get() = changes.values.toList()

    internal fun <V : Any> field(change: (V?) -> C) = object : ReadWriteProperty<Any?, V?> {
        private var now: V? = null

        override fun getValue(thisRef: Any?, property: KProperty<*>): V? = now

        override fun setValue(thisRef: Any?, property: KProperty<*>, value: V?) {
            now = value
            changes[property.name] = change(value)
        }
    }
}

/** The fields of a home one may write. */
class HomeEdit internal constructor() : Touched<HomeChange>() {
    var layout: String? by field(HomeChange::Layout)
    var area: Double? by field(HomeChange::Area)
    var orientation: String? by field(HomeChange::Orientation)
    var decoration: String? by field(HomeChange::Decoration)
    var surroundings: String? by field(HomeChange::Surroundings)
    var state: HomeState? by field(HomeChange::State)
    var ownerState: OwnerState? by field(HomeChange::OwnerState)
    var people: Long? by field(HomeChange::People)
    var keyHeld: Boolean? by field(HomeChange::KeyHeld)
    var keySpot: String? by field(HomeChange::KeySpot)

    /** In fen; for finance. */
    var arrears: Long? by field(HomeChange::Arrears)
}

/** The fields of a resident one may write. */
class ResidentEdit internal constructor() : Touched<ResidentChange>() {
    var name: String? by field(ResidentChange::Name)
    var role: ResidentRole? by field(ResidentChange::Role)
    var relation: String? by field(ResidentChange::Relation)
    var livesHere: Boolean? by field(ResidentChange::LivesHere)
    var wechatLinked: Boolean? by field(ResidentChange::WechatLinked)
    var appLinked: Boolean? by field(ResidentChange::AppLinked)
    var preferredTime: TimeOfDay? by field(ResidentChange::PreferredTime)
    var avoidTime: TimeOfDay? by field(ResidentChange::AvoidTime)
    var preferredChannel: Channel? by field(ResidentChange::PreferredChannel)
    var visitHint: String? by field(ResidentChange::VisitHint)
    var hobbies: String? by field(ResidentChange::Hobbies)
    var occupation: String? by field(ResidentChange::Occupation)
    var keyPerson: Boolean? by field(ResidentChange::KeyPerson)
    var noCalls: Boolean? by field(ResidentChange::NoCalls)
    var noVisits: Boolean? by field(ResidentChange::NoVisits)
    var remark: String? by field(ResidentChange::Remark)
}

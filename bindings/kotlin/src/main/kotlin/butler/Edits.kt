package butler

import java.time.LocalDate
import kotlin.properties.ReadWriteProperty
import kotlin.reflect.KProperty

/** Remembers which fields were set, and to what; setting one to null clears it. */
abstract class Touched<C> internal constructor() {
    internal val touched = mutableListOf<C>()

    internal fun <V : Any> field(change: (V?) -> C) = object : ReadWriteProperty<Any?, V?> {
        private var now: V? = null

        override fun getValue(thisRef: Any?, property: KProperty<*>): V? = now

        override fun setValue(thisRef: Any?, property: KProperty<*>, value: V?) {
            now = value
            touched += change(value)
        }
    }
}

/** The fields of a home one may write, and its parts: one without an id is added. */
class HomeEdit internal constructor() : Touched<HomeChange>() {
    var layout: String? by field(HomeChange::Layout)
    var area: Double? by field(HomeChange::Area)
    var orientation: String? by field(HomeChange::Orientation)
    var decoration: String? by field(HomeChange::Decoration)
    var handedOver: PartialDate? by field(HomeChange::HandedOver)
    var movedIn: PartialDate? by field(HomeChange::MovedIn)
    var surroundings: String? by field(HomeChange::Surroundings)
    var state: HomeState? by field(HomeChange::State)
    var ownerState: OwnerState? by field(HomeChange::OwnerState)
    var people: Long? by field(HomeChange::People)
    var keyHeld: Boolean? by field(HomeChange::KeyHeld)
    var keySpot: String? by field(HomeChange::KeySpot)

    /** In fen; for finance. */
    var arrears: Long? by field(HomeChange::Arrears)
    var arrearsOn: LocalDate? by field(HomeChange::ArrearsOn)
    var paidUntil: LocalDate? by field(HomeChange::PaidUntil)

    /** In fen; for finance. */
    var fee: Long? by field(HomeChange::Fee)

    /** Adds or touches a price homes of that kind were offered for. */
    fun price(id: PartId? = null, change: PriceEdit.() -> Unit) {
        touched += HomeChange.Price(id, PriceEdit().apply(change).touched)
    }

    fun removePrice(id: PartId) {
        touched += HomeChange.RemovePrice(id)
    }

    /** Adds or touches something that happened to the home. */
    fun happening(id: PartId? = null, change: HappeningEdit.() -> Unit) {
        touched += HomeChange.Happening(id, HappeningEdit().apply(change).touched)
    }

    fun removeHappening(id: PartId) {
        touched += HomeChange.RemoveHappening(id)
    }

    /** Adds or touches a meter. */
    fun meter(id: PartId? = null, change: MeterEdit.() -> Unit) {
        touched += HomeChange.Meter(id, MeterEdit().apply(change).touched)
    }

    fun removeMeter(id: PartId) {
        touched += HomeChange.RemoveMeter(id)
    }

    /** Adds or touches a parking space. */
    fun parking(id: PartId? = null, change: ParkingEdit.() -> Unit) {
        touched += HomeChange.Parking(id, ParkingEdit().apply(change).touched)
    }

    fun removeParking(id: PartId) {
        touched += HomeChange.RemoveParking(id)
    }

    /** Takes what a form proposed. */
    fun take(proposal: Proposal) {
        touched += HomeChange.Proposed(proposal)
    }
}

/** The fields of a price homes of that kind were offered for. */
class PriceEdit internal constructor() : Touched<PriceChange>() {
    var date: PartialDate? by field(PriceChange::Date)

    /** In fen per square metre. */
    var amount: Long? by field(PriceChange::Amount)
    var source: String? by field(PriceChange::Source)
}

/** The fields of something that happened to the home. */
class HappeningEdit internal constructor() : Touched<HappeningChange>() {
    var date: PartialDate? by field(HappeningChange::Date)
    var what: String? by field(HappeningChange::What)
}

/** The fields of a meter. */
class MeterEdit internal constructor() : Touched<MeterChange>() {
    var kind: MeterKind? by field(MeterChange::Kind)
    var number: String? by field(MeterChange::Number)
    var spot: String? by field(MeterChange::Spot)
    var reading: Double? by field(MeterChange::Reading)
    var readOn: LocalDate? by field(MeterChange::ReadOn)
}

/** The fields of a parking space. */
class ParkingEdit internal constructor() : Touched<ParkingChange>() {
    var space: String? by field(ParkingChange::Space)
    var tenure: Tenure? by field(ParkingChange::Tenure)
    var until: LocalDate? by field(ParkingChange::Until)
}

/** The fields of a resident one may write, and its parts: one without an id is added. */
class ResidentEdit internal constructor() : Touched<ResidentChange>() {
    var name: String? by field(ResidentChange::Name)
    var role: ResidentRole? by field(ResidentChange::Role)
    var relation: String? by field(ResidentChange::Relation)
    var livesHere: Boolean? by field(ResidentChange::LivesHere)
    var since: PartialDate? by field(ResidentChange::Since)
    var until: PartialDate? by field(ResidentChange::Until)
    var birthday: Birthday? by field(ResidentChange::Birthday)
    var birthdayLunar: Boolean? by field(ResidentChange::BirthdayLunar)
    var wechatLinked: Boolean? by field(ResidentChange::WechatLinked)
    var appLinked: Boolean? by field(ResidentChange::AppLinked)
    var preferredTime: TimeOfDay? by field(ResidentChange::PreferredTime)
    var avoidTime: TimeOfDay? by field(ResidentChange::AvoidTime)
    var preferredChannel: Channel? by field(ResidentChange::PreferredChannel)
    var visitHint: String? by field(ResidentChange::VisitHint)
    var hobbies: String? by field(ResidentChange::Hobbies)
    var personality: String? by field(ResidentChange::Personality)
    var consumption: String? by field(ResidentChange::Consumption)
    var occupation: String? by field(ResidentChange::Occupation)
    var segment: Segment? by field(ResidentChange::Segment)
    var stage: Stage? by field(ResidentChange::Stage)
    var keyPerson: Boolean? by field(ResidentChange::KeyPerson)
    var keyPersonWhy: String? by field(ResidentChange::KeyPersonWhy)
    var consentData: Boolean? by field(ResidentChange::ConsentData)
    var consentPhoto: Boolean? by field(ResidentChange::ConsentPhoto)
    var consentOffers: Boolean? by field(ResidentChange::ConsentOffers)
    var consentOn: LocalDate? by field(ResidentChange::ConsentOn)
    var confidential: Boolean? by field(ResidentChange::Confidential)
    var noCalls: Boolean? by field(ResidentChange::NoCalls)
    var noVisits: Boolean? by field(ResidentChange::NoVisits)
    var remark: String? by field(ResidentChange::Remark)

    /** Adds or touches a telephone. */
    fun phone(id: PartId? = null, change: PhoneEdit.() -> Unit) {
        touched += ResidentChange.Phone(id, PhoneEdit().apply(change).touched)
    }

    fun removePhone(id: PartId) {
        touched += ResidentChange.RemovePhone(id)
    }

    /** Adds or touches a pet. */
    fun pet(id: PartId? = null, change: PetEdit.() -> Unit) {
        touched += ResidentChange.Pet(id, PetEdit().apply(change).touched)
    }

    fun removePet(id: PartId) {
        touched += ResidentChange.RemovePet(id)
    }

    /** Adds or touches a vehicle. */
    fun vehicle(id: PartId? = null, change: VehicleEdit.() -> Unit) {
        touched += ResidentChange.Vehicle(id, VehicleEdit().apply(change).touched)
    }

    fun removeVehicle(id: PartId) {
        touched += ResidentChange.RemoveVehicle(id)
    }

    /** Adds or touches a care need. */
    fun care(id: PartId? = null, change: CareEdit.() -> Unit) {
        touched += ResidentChange.Care(id, CareEdit().apply(change).touched)
    }

    fun removeCare(id: PartId) {
        touched += ResidentChange.RemoveCare(id)
    }

    /** Takes what a form proposed. */
    fun take(proposal: Proposal) {
        touched += ResidentChange.Proposed(proposal)
    }
}

/** The fields of a telephone. */
class PhoneEdit internal constructor() : Touched<PhoneChange>() {
    var number: String? by field(PhoneChange::Number)
    var label: String? by field(PhoneChange::Label)
    var verified: LocalDate? by field(PhoneChange::Verified)
    var failed: LocalDate? by field(PhoneChange::Failed)
    var wechat: Boolean? by field(PhoneChange::Wechat)
}

/** The fields of a pet. */
class PetEdit internal constructor() : Touched<PetChange>() {
    var species: String? by field(PetChange::Species)
    var count: Long? by field(PetChange::Count)
    var name: String? by field(PetChange::Name)
    var licence: String? by field(PetChange::Licence)
}

/** The fields of a vehicle. */
class VehicleEdit internal constructor() : Touched<VehicleChange>() {
    var plate: String? by field(VehicleChange::Plate)
    var model: String? by field(VehicleChange::Model)
    var colour: String? by field(VehicleChange::Colour)
    var space: String? by field(VehicleChange::Space)
}

/** The fields of a care need. */
class CareEdit internal constructor() : Touched<CareChange>() {
    var need: Need? by field(CareChange::Need)
    var detail: String? by field(CareChange::Detail)
}

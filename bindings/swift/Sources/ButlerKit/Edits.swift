import ButlerFFI

/// The fields of a home one may write. Setting one to nil clears it; what is not set is not written. A part without
/// an id is added.
public struct HomeEdit {
    private(set) var touched: [HomeChange] = []

    public var layout: String? { didSet { touched.append(.layout(value: layout)) } }
    public var area: Double? { didSet { touched.append(.area(value: area)) } }
    public var orientation: String? { didSet { touched.append(.orientation(value: orientation)) } }
    public var decoration: String? { didSet { touched.append(.decoration(value: decoration)) } }
    public var handedOver: PartialDate? { didSet { touched.append(.handedOver(value: handedOver)) } }
    public var movedIn: PartialDate? { didSet { touched.append(.movedIn(value: movedIn)) } }
    public var surroundings: String? { didSet { touched.append(.surroundings(value: surroundings)) } }
    public var state: HomeState? { didSet { touched.append(.state(value: state)) } }
    public var ownerState: OwnerState? { didSet { touched.append(.ownerState(value: ownerState)) } }
    public var people: Int64? { didSet { touched.append(.people(value: people)) } }
    public var keyHeld: Bool? { didSet { touched.append(.keyHeld(value: keyHeld)) } }
    public var keySpot: String? { didSet { touched.append(.keySpot(value: keySpot)) } }
    public var arrears: Int64? { didSet { touched.append(.arrears(value: arrears)) } }
    public var arrearsOn: Day? { didSet { touched.append(.arrearsOn(value: arrearsOn)) } }
    public var paidUntil: Day? { didSet { touched.append(.paidUntil(value: paidUntil)) } }
    public var fee: Int64? { didSet { touched.append(.fee(value: fee)) } }

    /// Adds or touches a price homes of that kind were offered for.
    public mutating func price(_ id: PartId? = nil, _ change: (inout PriceEdit) -> Void) {
        var edit = PriceEdit()
        change(&edit)
        touched.append(.price(id: id, changes: edit.touched))
    }

    public mutating func removePrice(_ id: PartId) { touched.append(.removePrice(id: id)) }

    /// Adds or touches something that happened to the home.
    public mutating func happening(_ id: PartId? = nil, _ change: (inout HappeningEdit) -> Void) {
        var edit = HappeningEdit()
        change(&edit)
        touched.append(.happening(id: id, changes: edit.touched))
    }

    public mutating func removeHappening(_ id: PartId) { touched.append(.removeHappening(id: id)) }

    /// Adds or touches a meter.
    public mutating func meter(_ id: PartId? = nil, _ change: (inout MeterEdit) -> Void) {
        var edit = MeterEdit()
        change(&edit)
        touched.append(.meter(id: id, changes: edit.touched))
    }

    public mutating func removeMeter(_ id: PartId) { touched.append(.removeMeter(id: id)) }

    /// Adds or touches a parking space.
    public mutating func parking(_ id: PartId? = nil, _ change: (inout ParkingEdit) -> Void) {
        var edit = ParkingEdit()
        change(&edit)
        touched.append(.parking(id: id, changes: edit.touched))
    }

    public mutating func removeParking(_ id: PartId) { touched.append(.removeParking(id: id)) }

    /// Takes what a form proposed.
    public mutating func take(_ proposal: Proposal) { touched.append(.proposed(proposal: proposal)) }
}

/// The fields of a price homes of that kind were offered for.
public struct PriceEdit {
    private(set) var touched: [PriceChange] = []

    public var date: PartialDate? { didSet { touched.append(.date(value: date)) } }
    public var amount: Int64? { didSet { touched.append(.amount(value: amount)) } }
    public var source: String? { didSet { touched.append(.source(value: source)) } }
}

/// The fields of something that happened to the home.
public struct HappeningEdit {
    private(set) var touched: [HappeningChange] = []

    public var date: PartialDate? { didSet { touched.append(.date(value: date)) } }
    public var what: String? { didSet { touched.append(.what(value: what)) } }
}

/// The fields of a meter.
public struct MeterEdit {
    private(set) var touched: [MeterChange] = []

    public var kind: MeterKind? { didSet { touched.append(.kind(value: kind)) } }
    public var number: String? { didSet { touched.append(.number(value: number)) } }
    public var spot: String? { didSet { touched.append(.spot(value: spot)) } }
    public var reading: Double? { didSet { touched.append(.reading(value: reading)) } }
    public var readOn: Day? { didSet { touched.append(.readOn(value: readOn)) } }
}

/// The fields of a parking space.
public struct ParkingEdit {
    private(set) var touched: [ParkingChange] = []

    public var space: String? { didSet { touched.append(.space(value: space)) } }
    public var tenure: Tenure? { didSet { touched.append(.tenure(value: tenure)) } }
    public var until: Day? { didSet { touched.append(.until(value: until)) } }
}

/// The fields of a resident one may write. Setting one to nil clears it; what is not set is not written. A part without
/// an id is added.
public struct ResidentEdit {
    private(set) var touched: [ResidentChange] = []

    public var name: String? { didSet { touched.append(.name(value: name)) } }
    public var role: ResidentRole? { didSet { touched.append(.role(value: role)) } }
    public var relation: String? { didSet { touched.append(.relation(value: relation)) } }
    public var livesHere: Bool? { didSet { touched.append(.livesHere(value: livesHere)) } }
    public var since: PartialDate? { didSet { touched.append(.since(value: since)) } }
    public var until: PartialDate? { didSet { touched.append(.until(value: until)) } }
    public var birthday: Birthday? { didSet { touched.append(.birthday(value: birthday)) } }
    public var birthdayLunar: Bool? { didSet { touched.append(.birthdayLunar(value: birthdayLunar)) } }
    public var wechatLinked: Bool? { didSet { touched.append(.wechatLinked(value: wechatLinked)) } }
    public var appLinked: Bool? { didSet { touched.append(.appLinked(value: appLinked)) } }
    public var preferredTime: TimeOfDay? { didSet { touched.append(.preferredTime(value: preferredTime)) } }
    public var avoidTime: TimeOfDay? { didSet { touched.append(.avoidTime(value: avoidTime)) } }
    public var preferredChannel: Channel? { didSet { touched.append(.preferredChannel(value: preferredChannel)) } }
    public var visitHint: String? { didSet { touched.append(.visitHint(value: visitHint)) } }
    public var hobbies: String? { didSet { touched.append(.hobbies(value: hobbies)) } }
    public var personality: String? { didSet { touched.append(.personality(value: personality)) } }
    public var consumption: String? { didSet { touched.append(.consumption(value: consumption)) } }
    public var occupation: String? { didSet { touched.append(.occupation(value: occupation)) } }
    public var segment: Segment? { didSet { touched.append(.segment(value: segment)) } }
    public var stage: Stage? { didSet { touched.append(.stage(value: stage)) } }
    public var keyPerson: Bool? { didSet { touched.append(.keyPerson(value: keyPerson)) } }
    public var keyPersonWhy: String? { didSet { touched.append(.keyPersonWhy(value: keyPersonWhy)) } }
    public var consentData: Bool? { didSet { touched.append(.consentData(value: consentData)) } }
    public var consentPhoto: Bool? { didSet { touched.append(.consentPhoto(value: consentPhoto)) } }
    public var consentOffers: Bool? { didSet { touched.append(.consentOffers(value: consentOffers)) } }
    public var consentOn: Day? { didSet { touched.append(.consentOn(value: consentOn)) } }
    public var confidential: Bool? { didSet { touched.append(.confidential(value: confidential)) } }
    public var noCalls: Bool? { didSet { touched.append(.noCalls(value: noCalls)) } }
    public var noVisits: Bool? { didSet { touched.append(.noVisits(value: noVisits)) } }
    public var remark: String? { didSet { touched.append(.remark(value: remark)) } }

    /// Adds or touches a telephone.
    public mutating func phone(_ id: PartId? = nil, _ change: (inout PhoneEdit) -> Void) {
        var edit = PhoneEdit()
        change(&edit)
        touched.append(.phone(id: id, changes: edit.touched))
    }

    public mutating func removePhone(_ id: PartId) { touched.append(.removePhone(id: id)) }

    /// Adds or touches a pet.
    public mutating func pet(_ id: PartId? = nil, _ change: (inout PetEdit) -> Void) {
        var edit = PetEdit()
        change(&edit)
        touched.append(.pet(id: id, changes: edit.touched))
    }

    public mutating func removePet(_ id: PartId) { touched.append(.removePet(id: id)) }

    /// Adds or touches a vehicle.
    public mutating func vehicle(_ id: PartId? = nil, _ change: (inout VehicleEdit) -> Void) {
        var edit = VehicleEdit()
        change(&edit)
        touched.append(.vehicle(id: id, changes: edit.touched))
    }

    public mutating func removeVehicle(_ id: PartId) { touched.append(.removeVehicle(id: id)) }

    /// Adds or touches a care need.
    public mutating func care(_ id: PartId? = nil, _ change: (inout CareEdit) -> Void) {
        var edit = CareEdit()
        change(&edit)
        touched.append(.care(id: id, changes: edit.touched))
    }

    public mutating func removeCare(_ id: PartId) { touched.append(.removeCare(id: id)) }

    /// Takes what a form proposed.
    public mutating func take(_ proposal: Proposal) { touched.append(.proposed(proposal: proposal)) }
}

/// The fields of a telephone.
public struct PhoneEdit {
    private(set) var touched: [PhoneChange] = []

    public var number: String? { didSet { touched.append(.number(value: number)) } }
    public var label: String? { didSet { touched.append(.label(value: label)) } }
    public var verified: Day? { didSet { touched.append(.verified(value: verified)) } }
    public var failed: Day? { didSet { touched.append(.failed(value: failed)) } }
    public var wechat: Bool? { didSet { touched.append(.wechat(value: wechat)) } }
}

/// The fields of a pet.
public struct PetEdit {
    private(set) var touched: [PetChange] = []

    public var species: String? { didSet { touched.append(.species(value: species)) } }
    public var count: Int64? { didSet { touched.append(.count(value: count)) } }
    public var name: String? { didSet { touched.append(.name(value: name)) } }
    public var licence: String? { didSet { touched.append(.licence(value: licence)) } }
}

/// The fields of a vehicle.
public struct VehicleEdit {
    private(set) var touched: [VehicleChange] = []

    public var plate: String? { didSet { touched.append(.plate(value: plate)) } }
    public var model: String? { didSet { touched.append(.model(value: model)) } }
    public var colour: String? { didSet { touched.append(.colour(value: colour)) } }
    public var space: String? { didSet { touched.append(.space(value: space)) } }
}

/// The fields of a care need.
public struct CareEdit {
    private(set) var touched: [CareChange] = []

    public var need: Need? { didSet { touched.append(.need(value: need)) } }
    public var detail: String? { didSet { touched.append(.detail(value: detail)) } }
}

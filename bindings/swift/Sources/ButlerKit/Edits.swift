import ButlerFFI

/// The fields of a home one may write. Setting one to nil clears it; what is not set is not written.
public struct HomeEdit {
    private(set) var touched: [HomeChange] = []

    public var layout: String? { didSet { touched.append(.layout(value: layout)) } }
    public var area: Double? { didSet { touched.append(.area(value: area)) } }
    public var orientation: String? { didSet { touched.append(.orientation(value: orientation)) } }
    public var decoration: String? { didSet { touched.append(.decoration(value: decoration)) } }
    public var surroundings: String? { didSet { touched.append(.surroundings(value: surroundings)) } }
    public var state: HomeState? { didSet { touched.append(.state(value: state)) } }
    public var ownerState: OwnerState? { didSet { touched.append(.ownerState(value: ownerState)) } }
    public var people: Int64? { didSet { touched.append(.people(value: people)) } }
    public var keyHeld: Bool? { didSet { touched.append(.keyHeld(value: keyHeld)) } }
    public var keySpot: String? { didSet { touched.append(.keySpot(value: keySpot)) } }
    public var arrears: Int64? { didSet { touched.append(.arrears(value: arrears)) } }
}

/// The fields of a resident one may write. Setting one to nil clears it; what is not set is not written.
public struct ResidentEdit {
    private(set) var touched: [ResidentChange] = []

    public var name: String? { didSet { touched.append(.name(value: name)) } }
    public var role: ResidentRole? { didSet { touched.append(.role(value: role)) } }
    public var relation: String? { didSet { touched.append(.relation(value: relation)) } }
    public var livesHere: Bool? { didSet { touched.append(.livesHere(value: livesHere)) } }
    public var wechatLinked: Bool? { didSet { touched.append(.wechatLinked(value: wechatLinked)) } }
    public var appLinked: Bool? { didSet { touched.append(.appLinked(value: appLinked)) } }
    public var preferredTime: TimeOfDay? { didSet { touched.append(.preferredTime(value: preferredTime)) } }
    public var avoidTime: TimeOfDay? { didSet { touched.append(.avoidTime(value: avoidTime)) } }
    public var preferredChannel: Channel? { didSet { touched.append(.preferredChannel(value: preferredChannel)) } }
    public var visitHint: String? { didSet { touched.append(.visitHint(value: visitHint)) } }
    public var hobbies: String? { didSet { touched.append(.hobbies(value: hobbies)) } }
    public var occupation: String? { didSet { touched.append(.occupation(value: occupation)) } }
    public var keyPerson: Bool? { didSet { touched.append(.keyPerson(value: keyPerson)) } }
    public var noCalls: Bool? { didSet { touched.append(.noCalls(value: noCalls)) } }
    public var noVisits: Bool? { didSet { touched.append(.noVisits(value: noVisits)) } }
    public var remark: String? { didSet { touched.append(.remark(value: remark)) } }
}

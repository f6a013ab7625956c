import Bytes
import Events
import Ledger
import TimeZones

/// When messages went out by the clocks of their readers, and where many did at once.
struct SendReview {
    /// Sends of one hour of the day.
    struct Hour {
        /// In a window in which a message may reach a person.
        var inside = 0
        /// Outside of it.
        var outside = 0
    }

    /// A reservation whose outcome is not known yet.
    private struct Flight {
        var zone: String?
        var place: Fingerprint
        var name: String
        var process: String
        var isCounted = false
    }

    /// More are never in flight while leases end; a log that says so must not fill the memory.
    private static let flightsMax = 65_536

    /// By the hour that the reader's clock showed.
    private(set) var hours = [Hour](repeating: Hour(), count: 24)
    /// Sends to a reader whose time zone is not known.
    private(set) var withoutZone = 0
    private(set) var bursts = Bursts()
    private var flights: [Position: Flight] = [:]
    private let zones = SystemZones.shared

    /// Takes in what an event tells of a send; answers whether a message went out.
    ///
    /// A message goes out when it is attempted, or else when it is accepted: once.
    mutating func add(_ event: borrowing EventView) -> Bool {
        let isReserved = event.typeNumber == EventType.sendReserved.rawValue
        let isAttempted = event.typeNumber == EventType.sendAttempted.rawValue
        let isAccepted = event.typeNumber == EventType.sendAccepted.rawValue
        if isReserved {
            if flights.count >= Self.flightsMax { flights.removeAll(keepingCapacity: true) }
            flights[event.position] = Self.flight(event)
            return false
        }
        guard let reservation = event.reservation else {
            guard isAttempted else { return false }
            go(Self.flight(event), at: event.effective)
            return true
        }
        let flight = flights.removeValue(forKey: reservation.position)
        guard isAttempted || isAccepted else { return false }
        let isNew = flight.map { !$0.isCounted } ?? true
        if isNew { go(flight ?? Self.flight(event), at: event.effective) }
        if isAttempted {
            if flights.count < Self.flightsMax {
                var counted = flight ?? Self.flight(event)
                counted.isCounted = true
                flights[reservation.position] = counted
            }
        }
        return isNew
    }

    private static func flight(_ event: borrowing EventView) -> Flight {
        let chat = event.nameFingerprint(.chat)
        let source = event.text(.source) ?? ""
        return Flight(
            zone: event.text(.zone), place: chat == .none ? event.nameFingerprint(.person) : chat,
            name: event.text(.chat) ?? event.text(.person) ?? "",
            process: source == Ledger.ownSource ? event.text(.instance) ?? source : source)
    }

    private mutating func go(_ flight: Flight, at time: Instant) {
        bursts.add(flight.place, flight.name, flight.process, time)
        guard let zone = flight.zone, let rules = zones.rules(zone) else {
            withoutZone += 1
            return
        }
        let moment = LocalMoment(time, rules)
        if moment.window == .outside {
            hours[moment.hour].outside += 1
        } else {
            hours[moment.hour].inside += 1
        }
    }
}

/// Minutes in which one chat or person was sent many messages.
struct Bursts {
    /// So many messages in one minute are an incident.
    static let sendsMin = 10
    static let burstsMax = 100
    /// Sends of one minute that are drawn; the others are counted.
    private static let drawnMax = 240
    private static let placesMax = 16_384

    /// One minute of one chat or person.
    struct Minute {
        /// Minutes since 1970.
        var number: Int64
        var place: String
        var count = 0
        var seconds: [String: [Int]] = [:]
        /// Where it stands in the list; nil while it is no incident.
        var listed: Int?
    }

    private(set) var found: [Minute] = []
    private(set) var beyond = 0
    private var open: [Fingerprint: Minute] = [:]

    mutating func add(_ place: Fingerprint, _ name: String, _ process: String, _ time: Instant) {
        guard place != .none else { return }
        let second = (time.nanoseconds / 1_000_000_000)
        let number = second / 60
        var minute = open.removeValue(forKey: place) ?? Minute(number: number, place: name)
        if minute.number != number { minute = Minute(number: number, place: name) }
        minute.count += 1
        if minute.count <= Self.drawnMax {
            minute.seconds[process, default: Array(repeating: 0, count: 60)][Int(second % 60)] += 1
        }
        if minute.count == Self.sendsMin {
            if found.count < Self.burstsMax {
                minute.listed = found.count
                found.append(minute)
            } else {
                beyond += 1
            }
        }
        if let listed = minute.listed { found[listed] = minute }
        if open.count >= Self.placesMax {
            open = open.filter { $0.value.number >= number - 1 }
            if open.count >= Self.placesMax { open.removeAll(keepingCapacity: true) }
        }
        open[place] = minute
    }
}

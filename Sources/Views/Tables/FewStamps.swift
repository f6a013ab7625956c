import Events

/// The newest stamps, at most four, ascending; without an array of their own.
struct FewStamps: Sendable, Equatable {
    private(set) var count = 0
    private var stamps = InlineArray<4, Stamp>(repeating: .never)

    subscript(index: Int) -> Stamp { stamps[index] }

    /// Enters a stamp; a fifth pushes the earliest out.
    mutating func insert(_ stamp: Stamp) {
        if count == 4 {
            guard stamps[0] < stamp else { return }
            for index in 1..<4 { stamps[index - 1] = stamps[index] }
            count = 3
        }
        var at = count
        while at > 0, stamp < stamps[at - 1] {
            stamps[at] = stamps[at - 1]
            at -= 1
        }
        stamps[at] = stamp
        count += 1
    }

    /// Removes a stamp, if it is there.
    mutating func remove(_ stamp: Stamp) {
        guard let at = (0..<count).first(where: { stamps[$0] == stamp }) else { return }
        for index in at..<count - 1 { stamps[index] = stamps[index + 1] }
        count -= 1
        stamps[count] = .never
    }

    var array: [Stamp] { (0..<count).map { stamps[$0] } }

    static func == (left: FewStamps, right: FewStamps) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count where left.stamps[index] != right.stamps[index] { return false }
        return true
    }
}

/// Any number of stamps, in the order in which they came; one alone needs no array.
struct OpenStamps: Sendable, Equatable {
    private var one = Stamp.never
    private var others: [Stamp] = []

    /// Enters a stamp.
    mutating func insert(_ stamp: Stamp) {
        if one.isSet { others.append(stamp) } else { one = stamp }
    }

    /// Removes a stamp, if it is there.
    mutating func remove(_ stamp: Stamp) {
        guard one == stamp else {
            others.removeAll { $0 == stamp }
            return
        }
        one = others.first ?? .never
        if !others.isEmpty { others.removeFirst() }
    }

    func forEach(_ body: (Stamp) -> Void) {
        if one.isSet { body(one) }
        for stamp in others { body(stamp) }
    }

    var array: [Stamp] { one.isSet ? [one] + others : [] }
}

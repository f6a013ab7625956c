import Events
import YAML

/// `quiet.times`: presets by name, or times of the day on some days.
struct QuietForm: ItemsForm {
    var isMap: Bool { false }
    var takes: String {
        "a list of times such as {from: \"23:00\", to: \"06:00\"} or {preset: night}"
    }

    /// The days as a policy writes them, by bit.
    static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holidays"]
    /// The countries whose public holidays are known.
    static let countries = ["ZA"]

    func read(
        _ node: YAMLNode, _ reader: ValueReader, into policy: inout Policy
    ) throws(PolicyError) {
        var times: [Policy.QuietTime] = []
        for (index, item) in try reader.list(node, takes).enumerated() {
            times += try Self.read(item, reader.element(index + 1, line: item.line))
        }
        policy.quiet.times = times
    }

    private static func read(
        _ node: YAMLNode, _ reader: ValueReader
    ) throws(PolicyError) -> [Policy.QuietTime] {
        let members = try reader.members(
            node, known: ["preset", "from", "to", "days", "holidays", "categories"])
        if let (node, name) = members["preset"] {
            let preset = try name.word(node, of: Policy.QuietPreset.allCases.map(\.rawValue))
            var times = Policy.QuietPreset(rawValue: preset)?.times ?? []
            for other in ["from", "to", "days", "holidays"] {
                if let (_, wrong) = members[other] { throw wrong.fault("has no place in a preset") }
            }
            if let categories = try Self.categories(members) {
                for index in times.indices { times[index].categories = categories }
            }
            return times
        }
        let from = try members.required("from")
        let to = try members.required("to")
        var time = Policy.QuietTime(
            from: try from.reader.timeOfDay(from.node), to: try to.reader.timeOfDay(to.node))
        if let (node, reader) = members["days"] {
            time.days = 0
            for day in try reader.texts(node, 1...20) {
                guard let bit = days.firstIndex(of: day) else {
                    throw reader.fault(
                        "takes a list of \(days.joined(separator: ", ")), not \(day)")
                }
                time.days |= 1 << UInt8(bit)
            }
            if time.days == 0 { throw reader.fault("names no day") }
        }
        time.categories = try Self.categories(members) ?? []
        try readHolidays(members, reader, &time)
        return [time]
    }

    private static func readHolidays(
        _ members: ItemMembers, _ reader: ValueReader, _ time: inout Policy.QuietTime
    ) throws(PolicyError) {
        let isNamed = time.days & 0x80 != 0
        guard let (node, reader) = members["holidays"] else {
            if isNamed { throw reader.fault("names holidays, but no country: add holidays: ZA") }
            return
        }
        time.holidays = try reader.word(node, of: countries)
        if !isNamed {
            throw reader.fault("has no effect unless days names holidays too")
        }
    }

    private static func categories(_ members: ItemMembers) throws(PolicyError) -> [String]? {
        guard let (node, reader) = members["categories"] else { return nil }
        let categories = try reader.texts(node, 1...64)
        for category in categories where !Shape.categories.contains(category) {
            throw reader.fault(
                "takes a list of \(Shape.categories.joined(separator: ", ")), not \(category)")
        }
        return categories
    }

    func items(of policy: Policy) -> [(name: String?, json: String)] {
        policy.quiet.times.map { time in
            var writer = ItemWriter()
            writer.add("from", text: Self.clock(time.from))
            writer.add("to", text: Self.clock(time.to))
            if time.days != 0x7F {
                let days = Self.days.enumerated().filter {
                    time.days & (1 << UInt8($0.offset)) != 0
                }
                writer.add("days", ItemWriter.list(days.map(\.element)))
            }
            writer.add("holidays", text: time.holidays)
            if !time.categories.isEmpty {
                writer.add("categories", ItemWriter.list(time.categories))
            }
            return (nil, writer.json)
        }
    }

    /// Minutes since midnight as a clock shows them.
    static func clock(_ minutes: Int) -> String {
        let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minutes / 60)):\(two(minutes % 60))"
    }

    var schema: SchemaTree {
        let categories = SchemaTree.texts(of: Shape.categories)
        let clock = SchemaTree.object([
            ("type", "string"), ("pattern", "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"),
        ])
        let presets = SchemaTree.members(
            [
                ("preset", .word(of: Policy.QuietPreset.allCases.map(\.rawValue))),
                ("categories", categories),
            ], required: ["preset"])
        let times = SchemaTree.members(
            [
                ("from", clock), ("to", clock), ("days", .texts(of: Self.days)),
                ("holidays", .word(of: Self.countries)), ("categories", categories),
            ], required: ["from", "to"])
        return .object([
            ("type", "array"), ("items", .object([("anyOf", .array([presets, times]))])),
        ])
    }
}

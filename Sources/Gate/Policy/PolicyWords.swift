/// What errors say about a key, made from the table.
extension PolicyKey {
    /// How many digits may follow the point.
    var decimals: Int {
        switch kind {
        case .seconds(_, let decimals, _), .secondsOrDefault(_, let decimals, _): decimals
        case .count, .text: 0
        }
    }

    /// What the key takes, for a sentence: `a whole number from 1 to 3600 (seconds)`.
    public var takes: String {
        switch kind {
        case .count(let range, _):
            "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .seconds(let range, let decimals, _), .secondsOrDefault(let range, let decimals, _):
            decimals == 0
                ? "whole seconds from \(range.lowerBound) to \(range.upperBound)"
                : "seconds from \(range.lowerBound) to \(range.upperBound), at most "
                    + "\(decimals) decimals"
        case .text(let range, _):
            "text of \(range.lowerBound) to \(range.upperBound) characters"
        }
    }

    /// A guess at the key that was meant, to end a sentence with, or nothing.
    static func hint(for names: [String]) -> String {
        let section = Array(names.dropLast())
        let leaf = names.last?.split(separator: ".").last.map(String.init) ?? ""
        // A right name in the wrong place.
        if let key = all.first(where: { $0.names.last == leaf }) {
            let home = key.names.dropLast().joined(separator: ".")
            return "; did you mean \(leaf) \(home.isEmpty ? "without a section" : "below \(home)")?"
        }
        let siblings = all.map(\.names)
            .filter { $0.count > section.count && $0.starts(with: section) }
            .map { $0[section.count] }
        let near = siblings.map { (name: $0, distance: distance(leaf, $0)) }
            .min { $0.distance < $1.distance }
        guard let near, near.distance <= 2 else { return "" }
        return "; did you mean \(near.name)?"
    }

    /// How many letters must be put in, left out or replaced to turn one name into the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8.prefix(64))
        let right = Array(right.utf8.prefix(64))
        var row = Array(0...right.count)
        for (i, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in right.indices {
                let replaced = diagonal + (letter == right[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}

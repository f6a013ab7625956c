/// What errors say about a key, made from the table.
extension PolicyKey {
    /// What the key takes, for a sentence: `a whole number from 1 to 3600`.
    public var takes: String {
        switch kind {
        case .count(let form, _), .countOrDefault(let form, _), .seconds(let form, _),
            .secondsOrDefault(let form, _):
            form.takes
        case .spread(let form, _): Self.spreadTakes(form)
        case .flag: "true or false"
        case .word(let words, _): words.joined(separator: " or ")
        case .text(let range, _): Self.text(range)
        case .texts(let range, _): Self.texts(range)
        case .patterns: "a list of regular expressions (PCRE2)"
        case .items(let form): form.takes
        case .scopes:
            "a list of sections, each with the account, chat, role or category that it holds for"
        case .base: "the name of a preset"
        }
    }

    /// What a range of times is, for a sentence.
    static func spreadTakes(_ form: NumberForm) -> String {
        "the shortest and the longest time such as [25, 35], each in \(form.takes)"
    }

    /// What a text is, for a sentence.
    static func text(_ range: ClosedRange<Int>) -> String {
        "text of \(range.lowerBound) to \(range.upperBound) characters"
    }

    /// What a list of texts is.
    static func texts(_ range: ClosedRange<Int>) -> String {
        "a list of texts of \(range.lowerBound) to \(range.upperBound) characters"
    }

    /// A guess at the key that was meant, to end a sentence with, or nothing.
    static func hint(for names: [String]) -> String {
        let section = Array(names.dropLast())
        let leaf = names.last?.split(separator: ".").last.map(String.init) ?? ""
        if let note = notes.first(where: { leaf.contains($0.word) }) { return "; \(note.answer)" }
        // A right name in the wrong place.
        let homes = all.filter { $0.names.last == leaf }.map { $0.names.dropLast() }
        let near = homes.first { $0.first == section.first } ?? homes.first
        if let near {
            let home = near.joined(separator: ".")
            return "; did you mean \(leaf) \(home.isEmpty ? "without a section" : "below \(home)")?"
        }
        let siblings = all.map(\.names)
            .filter { $0.count > section.count && $0.starts(with: section) }
            .map { $0[section.count] }
        return Self.near(leaf, among: siblings)
    }

    /// What other programs have keys for and this one has not, and why.
    private static let notes: [(word: String, answer: String)] = [
        (
            "reset",
            "a day is any 24 hours, and only pacing.phases count since midnight, in the policy's "
                + "zone"
        ),
        (
            "force_release",
            "a lease that ran out keeps counting until there is evidence, because a second send "
                + "could be one too many"
        ),
        (
            "response_rate",
            "ratings rest on failures, complaints and blocks, because who answers a flow of "
                + "messages answers few of them"
        ),
    ]

    /// A guess at the word that was meant, to end a sentence with, or nothing.
    static func near(_ word: String, among words: [String]) -> String {
        let near = words.map { (name: $0, distance: distance(word, $0)) }
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

extension NumberForm {
    /// What the form takes, for a sentence.
    var takes: String {
        if unit == "seconds" {
            return decimals == 0
                ? "whole seconds from \(range.lowerBound) to \(range.upperBound)"
                : "seconds from \(range.lowerBound) to \(range.upperBound), at most "
                    + "\(decimals) decimals"
        }
        let per = unit == Self.perTenThousand ? ", so many of 10,000" : ""
        return "a whole number from \(range.lowerBound) to \(range.upperBound)\(per)"
    }
}

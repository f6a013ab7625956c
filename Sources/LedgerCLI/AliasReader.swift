import CommandLineKit
import Events
import Gate
import Ledger
import PhoneNumbers

/// Reads the alias of a person as a user types it.
struct AliasReader {
    private let ledger: Ledger

    init(_ ledger: Ledger) { self.ledger = ledger }

    /// The alias itself, where the ledger knows it; of what may be a number in national spelling,
    /// the international one, by the policy's `people.region`.
    ///
    /// - Throws: `not_found` with what is missing to read the number: the region, or the library.
    func read(_ text: String, _ out: Output) throws -> String {
        let unknown: LedgerError
        do throws(LedgerError) {
            _ = try ledger.living(text)
            // An earlier version took such a number for an alias of its own: it still leads there.
            guard let number = try? ledger.number(of: text), (try? ledger.living(number)) != nil
            else { return text }
            out.note("read \(Terminal.escape(text)) as \(number)")
            return number
        } catch {
            guard error.code == .notFound else { throw error }
            unknown = error
        }
        guard Self.mayBeNumber(text) else { return text }
        let numbers: PhoneNumbers
        do throws(PhoneNumbers.Missing) { numbers = try PhoneNumbers.load() } catch {
            throw Failure("not_found", "\(unknown.message); \(error.description)")
        }
        let region = try region()
        guard let number = numbers.e164(text, region: region) else {
            guard region == nil else { return text }
            throw Failure(
                "not_found",
                "\(unknown.message); for a number without its country's code, the policy's "
                    + "people.region says the country, such as ZA")
        }
        if number != text { out.note("read \(Terminal.escape(text)) as \(number)") }
        return number
    }

    /// Whether somebody may have typed a number: at least 7 digits, and nothing that is no part of
    /// one.
    static func mayBeNumber(_ text: String) -> Bool {
        let digits = text.utf8.count { $0 >= 0x30 && $0 <= 0x39 }
        return (7...20).contains(digits)
            && text.unicodeScalars.allSatisfy { scalar in
                ("0"..."9").contains(scalar)
                    || "+ -()./\u{A0}\u{202F}\u{2011}".unicodeScalars
                        .contains(scalar)
            }
    }

    /// The country of national numbers; nil where the policy names none, or there is no policy.
    private func region() throws -> String? {
        guard let policy = try ledger.policyInForce() else { return nil }
        return try Policy.parse(policy.text).people.region
    }
}

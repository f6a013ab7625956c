import Bytes
import Events

extension Fold {
    /// Fetches the rows that an event is about to touch, all at once.
    ///
    /// First their index lines, then the rows. It changes nothing; a wrong guess only costs time.
    static func prefetch(_ tables: borrowing Tables, for happened: borrowing Occurrence) {
        let person = happened.person
        let subject = happened.subject
        guard person != .none || subject != .none else { return }
        switch happened.type {
        case .messageReceived:
            tables.persons.prefetchIndex(person)
            tables.subjects.prefetchIndex(subject)
            tables.persons.prefetchRow(person)
            tables.subjects.prefetchRow(subject)
        case .sendAttempted, .sendReserved:
            let pair = happened.account.paired(with: person)
            let keys =
                [
                    RateScope.chat.key(happened.chat), RateScope.person.key(person),
                    RateScope.pair.key(pair), RateScope.subject.key(subject),
                ] as InlineArray<4, Fingerprint>
            for index in keys.indices { tables.rates.prefetchIndex(keys[index]) }
            tables.cooldowns.prefetchIndex(subject)
            tables.persons.prefetchIndex(person)
            tables.subjects.prefetchIndex(subject)
            for index in keys.indices { tables.rates.prefetchRow(keys[index]) }
            tables.cooldowns.prefetchRow(subject)
            tables.persons.prefetchRow(person)
            tables.subjects.prefetchRow(subject)
        default:
            tables.persons.prefetchIndex(person)
            tables.persons.prefetchRow(person)
        }
    }
}

import Bytes
import Events
import Views

/// `person.day`: at most so many messages to one person in any 24 hours.
enum PersonDay: Judge {
    static let isSkippedByCritical = true

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        guard let limit = hearing.policy.people.messagesPerDay, hearing.keys.person != .none
        else { return }
        hearing.count(
            .personDay, .person, (.person, hearing.group), limit, in: .day, &tables)
    }
}

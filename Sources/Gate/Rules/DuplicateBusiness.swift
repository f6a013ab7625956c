import Bytes
import Events
import Views

/// `duplicate.business`: a (subject, steps, submission) is answered once.
///
/// What was sent, or may have been, refuses: only a failure or a cancellation frees it. While a
/// send is open nobody knows: it waits until the lease ends.
enum DuplicateBusiness: Judge {
    static let isSkippedByCritical = false

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        let key = hearing.keys.business
        guard key != .none else { return }
        var use = tables.use(ofBusiness: key, at: hearing.now)
        if hearing.shadow != .none {
            use.add(tables.use(ofBusiness: key.shadowed(by: hearing.shadow), at: hearing.now))
        }
        hearing.find(.duplicateBusiness, scope: .subject, use)
    }
}

import Bytes
import Events
import Evidence
import Glibc
import Ledger
import Storage
import TestSupport
import Testing

@Suite struct `A log that was changed before its last signed record` {
    @Test func `is read-only once a full check has found it, until it finds otherwise`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let path = folder + "/ledger"
            let file = path + "/log/data.mdb"
            try Ledger.create(path, origin: "test.example/l", isDevelopment: true)
            let (record, next) = try await signed(path)
            let whole = try Descriptor.contents(of: file)
            let altered = try #require(replaced(record, in: whole))
            try Descriptor.create(file, altered)
            do {
                let ledger = try Ledger.open(path)
                defer { ledger.close() }
                #expect(ledger.standing() == nil, "the edge alone does not show it")
                #expect(try ledger.verify().count == 1)
                #expect(ledger.standing()?.code == .forked)
                #expect(await code { _ = try await ledger.append([next]) } == .forked)
                #expect(await code { _ = try await ledger.ask(request()) } == .forked)
                #expect(await code { _ = try ledger.signCheckpoint() } == .forked)
            }
            try Descriptor.create(file, whole)
            do {
                let ledger = try Ledger.open(path)
                defer { ledger.close() }
                #expect(ledger.standing()?.code == .forked, "nobody has looked again")
                #expect(try ledger.verify() == [])
                #expect(ledger.standing() == nil)
                _ = try await ledger.append([next])
            }
        }
    }

    @Test func `stops processes that were writing before it was found`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/ledger"
            let file = path + "/log/data.mdb"
            try Ledger.create(path, origin: "test.example/l", isDevelopment: true)
            let (record, next) = try await signed(path)
            let ledger = try Ledger.open(path)
            defer { ledger.close() }
            _ = try await ledger.append([next])
            let whole = try Descriptor.contents(of: file)
            let altered = try #require(replaced(record, in: whole))
            try overwrite(file, whole, with: altered)
            let later = sampleMessage(61, seconds: 1)
            #expect(try ledger.verify().count == 1)
            #expect(await code { _ = try await ledger.append([later]) } == .forked)
            try overwrite(file, altered, with: whole)
            #expect(try ledger.verify() == [])
            _ = try await ledger.append([later])
        }
    }

    /// Changes the bytes in which a file differs, in place: others have it mapped.
    private func overwrite(_ path: String, _ old: [UInt8], with new: [UInt8]) throws {
        let descriptor = open(path, O_RDWR)
        defer { close(descriptor) }
        for at in old.indices where old[at] != new[at] {
            var byte = new[at]
            try #require(pwrite(descriptor, &byte, 1, off_t(at)) == 1)
        }
    }

    @Test func `goes on under a new name that is its own`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/ledger"
            let file = path + "/log/data.mdb"
            try Ledger.create(path, origin: "test.example/l", isDevelopment: true)
            let (record, next) = try await signed(path)
            let altered = try #require(replaced(record, in: try Descriptor.contents(of: file)))
            try Descriptor.create(file, altered)
            let ledger = try Ledger.open(path)
            // Nobody has found it yet: accepting looks for itself.
            let gone = try await ledger.acceptRollback(by: "ann", why: "test")
            #expect(gone.origin.hasPrefix("test.example/l~2-"))
            #expect(await code { _ = try await ledger.append([next]) } == .forked, "old name")
            ledger.close()
            let again = try Ledger.open(path)
            defer { again.close() }
            #expect(again.identity.past.map(\.origin) == ["test.example/l"])
            #expect(again.identity.past.map(\.end) == [gone.position])
            #expect(again.identity.tag == ledger.identity.tag, "the views still fit")
            _ = try await again.append([next])
            #expect(try again.signCheckpoint().signed.checkpoint.origin == gone.origin)
            #expect(try again.stateDifference() == nil)
        }
    }

    /// Appends 60 events and signs; answers the record of the tenth, and an event to come.
    private func signed(_ path: String) async throws -> (record: [UInt8], next: Draft) {
        let ledger = try Ledger.open(path)
        defer { ledger.close() }
        _ = try await ledger.append((0..<60).map { sampleMessage($0, seconds: 1) })
        #expect(try ledger.signCheckpoint().isNew)
        return (try ledger.records()[10], sampleMessage(60, seconds: 1))
    }

    /// The file with one letter of a record changed, and its checksum made to fit.
    private func replaced(_ record: [UInt8], in file: [UInt8]) -> [UInt8]? {
        var other = record
        other[record.count - 10] ^= 1
        let checksum = other.span.extracting(0..<record.count - 8).checksum
        other.removeLast(8)
        other.append(littleEndian: checksum)
        var changed = file
        var found = false
        for at in 0...(file.count - record.count)
        where file[at + 16] == record[16] && file[at..<at + record.count].elementsEqual(record) {
            changed.replaceSubrange(at..<at + record.count, with: other)
            found = true
        }
        return found ? changed : nil
    }
}

@Suite struct `Reservations of a ledger with several names` {
    private let tags = ReservationTags(
        first: 7, later: [.init(start: 10, tag: 8), .init(start: 20, tag: 9)])

    @Test(arguments: [(0, 7), (9, 7), (10, 8), (19, 8), (20, 9), (1000, 9)])
    func `have the tag of the name at their position`(position: Int, tag: UInt32) {
        let reservation = tags.reservation(at: Position(position))
        #expect(reservation.tag == tag)
        #expect(tags.include(reservation))
        let others = [7, 8, 9].filter { $0 != tag }
        for other in others {
            #expect(!tags.include(Reservation(position: Position(position), tag: other)))
        }
    }
}

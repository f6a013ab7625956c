import Bytes
import Events
import TestSupport
import Testing
import Views

@Suite struct `The protocol of the views` {
    private let histories = Effort.seeds(250, full: 1000)

    @Test(arguments: 0..<8)
    func `gives the fold from 0 in thousands of histories`(_ part: UInt64) throws {
        for seed in part * histories..<(part + 1) * histories {
            var history = ProtocolHistory(seed: seed, mistake: nil)
            if let difference = try history.run(steps: 60) {
                Issue.record("seed \(seed): \(difference)")
                return
            }
        }
    }

    @Test(arguments: [
        ProtocolMistake.flushesWithoutComparing, .keepsTailAfterFailure, .dropsFrozenRows,
    ])
    func `goes wrong with each mistake that it must not make`(_ mistake: ProtocolMistake) throws {
        var wrong = 0
        for seed in UInt64(0)..<20 {
            var history = ProtocolHistory(seed: seed, mistake: mistake)
            if try history.run(steps: 200) != nil { wrong += 1 }
        }
        #expect(wrong >= 5, "\(wrong) of 20 histories were found wrong")
    }
}

/// One random history of three processes.
private struct ProtocolHistory {
    private var events: RandomEvents
    private let world = SharedWorld()
    private var processes: [SimulatedProcess]
    private let mistake: ProtocolMistake?
    private var active = 0
    private var reservations: [Reservation] = []

    init(seed: UInt64, mistake: ProtocolMistake?) {
        events = RandomEvents(seed: seed)
        self.mistake = mistake
        processes = (0..<3).map { [world] _ in SimulatedProcess(world, mistake) }
    }

    /// Runs the history; answers where it went wrong.
    mutating func run(steps: Int) throws -> String? {
        for step in 0..<steps {
            // Mostly the same one goes on, so that others fall far behind.
            if events.isOne(in: 4) { active = events.below(3) }
            let process = processes[active]
            switch events.below(100) {
            case 0..<50: append(by: process)
            case 50..<64: process.freeze()
            case 64..<82: try process.write()
            case 82..<85: process.trim(keeping: Position(events.below(40)))
            case 85..<90: processes[events.below(3)] = SimulatedProcess(world, mistake)
            default:
                if let difference = difference(of: process) { return "step \(step): \(difference)" }
            }
        }
        for process in processes {
            if let difference = difference(of: process) { return "at the end: \(difference)" }
        }
        return checkpointDifference()
    }

    private mutating func append(by process: SimulatedProcess) {
        let drafts = (0...events.below(4)).map { _ in draft() }
        var failure: CommitFailure?
        if events.isOne(in: 10) { failure = events.isOne(in: 2) ? .nothingWritten : .reportedOnly }
        let before = world.log.count
        process.append(drafts, recorded: events.now, failure: failure)
        for (index, record) in world.log[before...].enumerated() {
            if let event = EventView(record.span), event.type == .sendReserved {
                reservations.append(
                    Reservation(position: Position(before + index), tag: SimulatedProcess.tag))
            }
        }
    }

    private mutating func draft() -> Draft {
        switch events.below(10) {
        case 0..<6: events.next()
        case 6, 7:
            if let reservation = reservations.last, events.isOne(in: 2) {
                events.nextOutcome(of: reservation)
            } else {
                events.nextReservation()
            }
        case 8:
            if reservations.isEmpty {
                events.next()
            } else {
                events.nextOutcome(of: reservations[events.below(reservations.count)])
            }
        default: events.nextOrder()
        }
    }

    /// Where what a process would decide on differs from the fold from 0.
    private func difference(of process: SimulatedProcess) -> String? {
        process.renew()
        process.catchUp()
        let expected = world.foldOfLog()
        if let text = RowDump(process.tables, over: world.rows).difference(from: expected) {
            return text
        }
        return idDifference(of: process) ?? checkpointDifference()
    }

    private func idDifference(of process: SimulatedProcess) -> String? {
        for (position, record) in world.log.enumerated() {
            guard let event = EventView(record.span) else { return "no record at \(position)" }
            if process.tables.ids.position(of: event.identity) != Position(position) {
                return "the id at \(position) is not known"
            }
        }
        return nil
    }

    private func checkpointDifference() -> String? {
        let expected = world.foldOfCheckpoint()
        return world.rows.difference(from: expected).map { "the checkpoint: \($0)" }
    }
}

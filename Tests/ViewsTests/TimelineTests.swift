import Bytes
import Events
import TestSupport
import Testing

@testable import Views

@Suite(.tags(.memory)) struct `A timeline` {
    @Test(arguments: [40, 70, 300, 800])
    func `is a sorted array, whatever is done to it`(_ size: Int) throws {
        for seed in UInt64(0)..<3 {
            var trial = TimelineTrial(seed: seed, size: size)
            for step in 0..<4000 {
                if let difference = trial.step(isGrowing: step / 1500 % 2 == 0) {
                    Issue.record("size \(size), seed \(seed), step \(step): \(difference)")
                    return
                }
            }
            #expect(trial.largest * 2 > size, "size \(size), seed \(seed)")
        }
    }

    @Test func `crosses the border to chunks and comes back empty`() {
        var trial = TimelineTrial(seed: 1, size: 1)
        for second in Int64(0)..<600 { trial.insert(second) }
        #expect(trial.timeline.count == 600)
        #expect(trial.timeline.segments.count > 2)
        for second in (Int64(0)..<600).reversed() {
            trial.remove(second)
            let difference = trial.difference()
            #expect(difference == nil)
        }
        #expect(trial.timeline.isEmpty)
        #expect(trial.timeline.segments.isEmpty)
        trial.insert(7)
        #expect(trial.timeline.count == 1 && trial.timeline.segments.isEmpty)
        let difference = trial.difference()
        #expect(difference == nil)
    }

    @Test func `holds a stamp once`() {
        var trial = TimelineTrial(seed: 1, size: 1)
        for count in [10, 500] {
            for second in Int64(0)..<Int64(count) {
                trial.insert(second)
                trial.insert(second)
            }
            #expect(trial.timeline.count == count)
            let difference = trial.difference()
            #expect(difference == nil)
        }
    }
}

/// A timeline and the sorted array that it must equal.
private struct TimelineTrial {
    private(set) var timeline = Timeline()
    private(set) var largest = 0
    private var chunks = RowTable<StampChunk>(2, "chunks")
    private var stamps: [Stamp] = []
    private var random: SeededGenerator
    private let size: Int
    private var position: Position = 0

    init(seed: UInt64, size: Int) {
        random = SeededGenerator(seed: seed)
        self.size = size
    }

    private var owner: ChunkOwner {
        ChunkOwner(key: Fingerprint(of: "owner"), position: position)
    }

    /// Does one random thing; answers how timeline and array differ, if they do.
    mutating func step(isGrowing: Bool) -> String? {
        position += 1
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<(isGrowing ? 75 : 25):
            if stamps.count < size { insert(.random(in: 0..<Int64(size) * 3, using: &random)) }
        case 0..<95:
            let second = Int64.random(in: 0..<Int64(size) * 3, using: &random)
            if let stamp = stamps.randomElement(using: &random) {
                remove(stamp.time.nanoseconds / 1_000_000_000)
            }
            remove(second)
        case 95: prune()
        case 96: recode()
        default: return difference()
        }
        largest = max(largest, stamps.count)
        return timeline.count == stamps.count ? nil : "\(timeline.count) of \(stamps.count)"
    }

    mutating func insert(_ second: Int64) {
        let stamp = stamp(second)
        timeline.insert(stamp, of: owner, in: &chunks)
        let at = stamps.firstIndex { $0 >= stamp } ?? stamps.count
        if at == stamps.count || stamps[at] != stamp { stamps.insert(stamp, at: at) }
    }

    mutating func remove(_ second: Int64) {
        let stamp = stamp(second)
        let was = timeline.remove(stamp, of: owner, in: &chunks)
        let at = stamps.firstIndex(of: stamp)
        if was != (at != nil) { stamps.append(.never) }
        if let at { stamps.remove(at: at) }
    }

    /// Prunes, and takes the array down to what a timeline may keep.
    private mutating func prune() {
        let time = at(Int64.random(in: 0..<Int64(size), using: &random))
        let later = stamps.count { $0.time > time }
        timeline.prune(through: time, of: owner, in: &chunks)
        // Only stamps at or before the time go, and never so many that none is left of eight.
        let gone = stamps.count - timeline.count
        if gone < 0 || timeline.count < min(later, stamps.count) { stamps.append(.never) }
        if gone > 0 {
            if stamps[gone - 1].time > time { stamps.append(.never) }
            stamps.removeFirst(gone)
        }
    }

    /// Writes all rows down and reads them back, as over a checkpoint.
    private mutating func recode() {
        var writer = RowWriter()
        timeline.encode(into: &writer)
        var reader = RowReader(writer.bytes.span)
        timeline = Timeline(decoding: &reader)
        let isComplete = reader.isComplete
        if !isComplete { stamps.append(.never) }
        var copy = RowTable<StampChunk>(2, "chunks")
        chunks.forEach { key, row, last in
            guard row != StampChunk() else { return }
            var writer = RowWriter()
            row.encode(into: &writer)
            var reader = RowReader(writer.bytes.span)
            let slot = copy.touch(key, at: last)
            copy[slot] = StampChunk(decoding: &reader)
        }
        chunks = copy
    }

    /// How timeline and array differ.
    mutating func difference() -> String? {
        if timeline.first(of: owner, in: &chunks) != stamps.first { return "the first stamp" }
        if timeline.last(of: owner, in: &chunks) != stamps.last { return "the last stamp" }
        for _ in 0..<8 {
            let time = at(Int64.random(in: -1...Int64(size) * 3, using: &random))
            let later = stamps.filter { $0.time > time }
            let count = timeline.count(after: time, of: owner, in: &chunks)
            if count != later.count { return "\(count) of \(later.count) after \(time)" }
            let rank = Int.random(in: 0...later.count, using: &random)
            let found = timeline.stamp(rank, after: time, of: owner, in: &chunks)
            if found != (rank < later.count ? later[rank] : nil) { return "rank \(rank)" }
        }
        return nil
    }

    private func stamp(_ second: Int64) -> Stamp {
        Stamp(time: at(second), position: Position(second % 3))
    }

    private func at(_ second: Int64) -> Instant { Instant(nanoseconds: second * 1_000_000_000) }
}

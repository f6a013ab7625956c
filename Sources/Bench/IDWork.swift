import Bytes
import Events
import Storage

/// Unknown ids looked up among many: sorted runs of the size that a ledger of as many events has.
public enum IDWork {
    /// Makes runs of `count` ids in `folder`, then looks `lookups` unknown ids up in all of them.
    public static func lookup(
        folder: String, count: Int, lookups: Int
    ) throws -> Measurement {
        // Each run is larger than all that follow it: at the most, a ledger has one of each power
        // of two from that of a flush on.
        var sizes: [Int] = []
        var left = count
        while left > 4096 {
            sizes.append(left - left / 2)
            left /= 2
        }
        sizes.append(left)
        var state: UInt64 = 42
        var runs: [RunFile] = []
        var bytes = 0
        for (number, size) in sizes.enumerated() {
            var entries: [RunEntry] = []
            entries.reserveCapacity(size)
            for _ in 0..<size {
                entries.append(RunEntry(hash: next(&state), position: state >> 20))
            }
            entries.sort()
            let path = "\(folder)/\(number).run"
            var writer = try RunWriter(path: path, count: size)
            for entry in entries { try writer.append(entry) }
            try writer.finish()
            bytes += Folder.size(of: path)
            runs.append(try RunFile(path: path))
        }
        var found: UInt64 = 0
        var strangers: UInt64 = 99
        let start = SystemClock.monotonic
        for _ in 0..<lookups {
            let hash = next(&strangers)
            for run in runs { run.prefetch(hash) }
            for run in runs { try run.positions(of: hash) { found &+= $0 | 1 } }
        }
        let elapsed = Double(SystemClock.monotonic - start)
        return Measurement(
            work: "ids", perSecond: Double(lookups) / elapsed * 1e9,
            p50: elapsed / Double(lookups) / 1000, count: count, hash: found,
            extra: [
                ("bytes_per_id", Double(bytes) / Double(count)), ("runs", Double(runs.count)),
            ])
    }

    private static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

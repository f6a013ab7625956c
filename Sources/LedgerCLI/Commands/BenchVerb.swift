import Bench
import CommandLineKit
import Storage

/// `bench`: measures the ledger on this machine.
enum BenchVerb {
    static let works = Operand.rest("WORK", "what to measure; without one, everything")
    static let seconds = Option.integer(
        "seconds", "N", in: 1...600, default: 2, "how long each timed work runs")
    static let events = Option.integer(
        "events", "N", in: 1000...100_000_000, default: 1_000_000,
        "how many events the history has that is read, folded and rebuilt")
    static let ids = Option.integer(
        "ids", "N", in: 1000...200_000_000, default: 10_000_000,
        "among how many ids unknown ones are looked up")
    static let runs = Option.integer(
        "runs", "N", in: 1...99, default: 5, "how often each work is done; the median is shown")
    static let folder = Option.text(
        "folder", "DIR", "where to measure; without it, a folder of its own that is removed")
    static let small = Option.flag("small", "small sizes: to see that everything works")

    static let command = Command.verb(
        "bench", "Measure this ledger on this machine",
        details: "Figures of a shared machine are ratios: tools/bench/run measures a raw C program "
            + "beside it, in the same minutes. Every commit is flushed (full sync).",
        operands: [works], options: [seconds, events, ids, runs, folder, small]
    ) { arguments, out in
        var size = arguments(small) ? Works.Size.small : Works.Size()
        if !arguments(small) {
            size.seconds = Double(arguments(seconds))
            size.events = arguments(events)
            size.ids = arguments(ids)
        }
        let wanted = arguments(works).isEmpty ? Works.all.map(\.name) : arguments(works)
        let base = arguments(folder) ?? "/var/tmp/ledger-bench-\(SystemClock.monotonic)"
        defer { if arguments(folder) == nil { try? Folder.removeAll(base) } }
        var table = Table([
            .init("work"), .init("per second", .right), .init("p50 us", .right),
            .init("p99 us", .right), .init("count", .right), .init("more"), .init("hash"),
            .init("goal"),
        ])
        if !out.isJSON { out.line("\(LocalHost.hardware); every commit is flushed (full sync)") }
        for name in wanted {
            out.note("measuring \(Terminal.escape(name)) …")
            var all: [Measurement] = []
            for _ in 0..<(arguments(small) ? 1 : arguments(runs)) {
                all.append(try await Works.run(name, folder: base, size: size))
            }
            let measured = all.sorted { $0.perSecond < $1.perSecond }[all.count / 2]
            if out.isJSON {
                out.line(measured.json)
                continue
            }
            table.add([
                name, text(measured.perSecond), measured.p50.map(text) ?? "",
                measured.p99.map(text) ?? "", "\(measured.count)",
                measured.extra.map { "\($0.0) \(text($0.1))" }.joined(separator: ", "),
                String(measured.hash, radix: 16),
                Works.all.first { $0.name == name }?.goal ?? "",
            ])
        }
        if !out.isJSON { out.results.write(table.render()) }
        return ExitCode.done
    }

    private static func text(_ value: Double) -> String {
        if value >= 100 { return "\(Int(value.rounded()))" }
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}

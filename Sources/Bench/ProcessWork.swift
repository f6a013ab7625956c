import Bytes
import Events
import Ledger
import Storage

/// Works that need whole processes of this program.
public enum ProcessWork {
    /// `processes` processes with `callers` callers each append to one ledger; the rates add up.
    ///
    /// - Parameter worker: The words that make this program run one worker, whose JSON line is
    ///   read.
    public static func appends(
        folder: String, work: String, processes: Int, worker: [String]
    ) throws -> Measurement {
        let outputs = (0..<processes).map { "\(folder)/worker-\($0).json" }
        var started: [Subprocess] = []
        for output in outputs {
            started.append(try Subprocess(Subprocess.ownPath, worker, output: output))
        }
        for process in started {
            try end(process)
        }
        var result = Measurement(work: work, perSecond: 0, count: 0)
        for output in outputs {
            let bytes = try Descriptor.contents(of: output)
            let json = try JSONValue.parse(bytes.span)
            result.count += Int(json["count"]?.integer ?? 0)
            result.perSecond += number(json["events_per_second"])
            result.p50 = max(result.p50 ?? 0, number(json["p50_us"]))
            result.p99 = max(result.p99 ?? 0, number(json["p99_us"]))
        }
        result.hash = UInt64(result.count)
        return result
    }

    /// Waits for a process that must end well.
    static func end(_ process: Subprocess) throws {
        let code = process.wait()
        guard code == 0 else {
            throw LedgerError(.invalid, "a worker of the benchmark ended with code \(code)")
        }
    }

    private static func number(_ value: JSONValue?) -> Double {
        var json = JSONWriter()
        value?.write(to: &json)
        return Double(json.text) ?? 0
    }

    /// Runs this program `runs` times and answers the median time of a whole process.
    public static func wholeProcess(
        work: String, runs: Int, words: (Int) -> [String], accepts codes: Set<Int32> = [0]
    ) throws -> Measurement {
        var latencies = Latencies()
        for run in 0..<runs {
            let start = SystemClock.monotonic
            let process = try Subprocess(Subprocess.ownPath, words(run))
            let code = process.wait()
            latencies.add(SystemClock.monotonic - start)
            guard codes.contains(code) else {
                throw LedgerError(.invalid, "a process of the benchmark ended with code \(code)")
            }
        }
        let median = latencies.percentile(0.5) ?? 0
        return Measurement(
            work: work, perSecond: 1e6 / median, p50: median, p99: latencies.percentile(0.99),
            count: runs)
    }
}

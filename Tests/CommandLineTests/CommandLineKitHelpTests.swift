import CommandLineKit
import Glibc
import Testing

@Suite struct `Help` {
    @Test func `lists every command and every global option`() async {
        let run = await Sample("--help")
        for command in Sample.program.commands {
            #expect(run.results.contains("  \(command.name) "))
            #expect(run.results.contains(command.summary))
        }
        for option in [
            "--ledger DIR", "--json", "-q, --quiet", "--no-color", "--now T", "-h, --help",
        ] {
            #expect(run.results.contains(option))
        }
        #expect(run.results.contains("(or LEDGER_DIR)"))
        #expect(run.code == 0 && run.messages == "")
        #expect(await Sample("help").results == run.results)
        #expect(await Sample("-h").results == run.results)
    }

    @Test(arguments: [
        "help events", "events --help", "--help events", "events -h", "events --bogus --help",
        "events a b c --help",
    ])
    func `explains one command, however it is asked for`(line: String) async {
        let run = await Sample(line)
        #expect(run.results.hasPrefix("Print events\n\nUsage: ledger events [OPTIONS] [FILE]\n"))
        #expect(run.results.contains("Oldest first."))
        #expect(run.results.contains("  ledger events --from 2h  the last two hours\n"))
        #expect(run.results.contains("--reply HOW  Where to (chat, direct)\n"))
        #expect(run.results.contains("--type TYPE  Only this type (may be repeated)\n"))
        #expect(run.results.contains("--limit N    At most N (default 10)\n"))
        #expect(run.code == 0 && run.messages == "")
    }

    @Test func `explains commands of two words and their group`() async {
        let one = await Sample("help policy apply")
        #expect(one.results.contains("Usage: ledger policy apply POLICY\n"))
        #expect(await Sample("policy apply --help").results == one.results)
        let group = await Sample("policy --help")
        #expect(group.results.contains("policy show ") && group.results.contains("policy apply "))
        #expect(await Sample("run --help").results.contains("ledger run [OPTIONS] -- CMD...\n"))
        let both = await Sample("help instances")
        #expect(both.results.contains("List instances") && both.results.contains("instances stop"))
    }

    @Test func `is printed to standard error, as a usage error, without any word`() async {
        let run = await Sample("")
        #expect(run.code == 64 && run.results == "")
        #expect(run.messages == (await Sample("help")).results)
    }

    @Test(arguments: ["--version", "events --version", "--version events"])
    func `tells the version`(line: String) async {
        let run = await Sample(line)
        #expect(run.results == "ledger 1.2.3\n" && run.code == 0)
    }

    @Test func `has bold titles on a terminal, unless colours are unwanted`() async {
        func help(_ words: [String], color: Bool) async -> Bool {
            let out = Output(results: Sink(showsColor: color), messages: Sink())
            _ = await Sample.program.run(words, environment: [:], out: out)
            return out.results.text.contains("\u{1B}[1mUsage:\u{1B}[0m")
        }
        #expect(await help(["help"], color: true))
        #expect(await help(["help"], color: false) == false)
        #expect(await help(["help", "--no-color"], color: true) == false)
    }

    @Test func `becomes a table for the README`() {
        let lines = Sample.program.markdown().split(separator: "\n")
        #expect(lines.count == Sample.program.commands.count + 2)
        #expect(lines[0] == "| command | what it does |")
        #expect(lines[2] == "| `ledger events [OPTIONS] [FILE]` | Print events |")
        #expect(lines[3] == "| `ledger policy show` | Print the policy |")
    }

    @Test(arguments: [
        (["ev"], "events"), (["policy", ""], "show apply "), (["policy", "sh"], "show"),
        (["events", "--re"], "--reverse --reply"), (["events", "--reply", ""], "chat direct"),
        (["--ledger", "d", "ev"], "events"), (["--j"], "--json"),
        (["policy", "apply", "--re"], ""),
        (["run", "--ro"], "--role"), (["instances", "s"], "stop"), (["events", "--from", ""], ""),
        (["events", "--reply", "chat", "--li"], "--limit"), (["zzz", "--x"], ""),
    ])
    func `completes in bash`(words: [String], answer: String) async throws {
        let script = await Sample("completion bash").results
        let quoted = (["ledger"] + words).map { "'\($0)'" }.joined(separator: " ")
        let path = "/tmp/ledger-completion-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let file = try #require(fopen(path, "w"))
        fputs(script, file)
        fputs(
            "COMP_WORDS=(\(quoted)); COMP_CWORD=\(words.count); _ledger; echo \"${COMPREPLY[*]}\"\n",
            file)
        fclose(file)
        defer { unlink(path) }
        let pipe = try #require(popen("bash --norc \(path) 2>&1", "r"))
        defer { pclose(pipe) }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        bytes.removeSubrange(fread(&bytes, 1, bytes.count, pipe)...)
        let found = String(decoding: bytes, as: UTF8.self)
        if words == ["policy", ""] {
            #expect(found.hasPrefix(answer))
        } else {
            #expect(found == answer + "\n")
        }
    }
}

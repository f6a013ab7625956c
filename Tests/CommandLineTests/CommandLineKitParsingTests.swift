import CommandLineKit
import Testing

@Suite struct `A command line` {
    @Test func `gives every option its default`() async {
        let run = await Sample("events")
        #expect(
            run.results == "file=none from=-1 limit=10 after=-1 type=[] reverse=false reply=none "
                + "ledger=none now=none json=false\n")
        #expect(run.code == 0 && run.messages == "a note\n")
    }

    @Test(arguments: [
        "events --from 2h --limit 5 --type a --type b --reverse --reply chat --after 0 f",
        "events f --from=2h --limit=5 --type=a --type=b --reverse --reply=chat --after=0",
        "events --reverse --reply chat --type a f --type b --limit 5 --after 0 --from 2h",
        "events --from 2h --limit 5 --type a --type b --reverse --reply chat --after 0 -- f",
    ])
    func `takes options in any order and spelling`(line: String) async {
        #expect(
            await Sample(line).results
                == "file=f from=2 limit=5 after=0 type=[\"a\", \"b\"] reverse=true reply=chat "
                + "ledger=none now=none json=false\n")
    }

    @Test(arguments: [
        "--ledger d --now T --json events", "events --ledger d --now T --json",
        "--ledger=d events --now=T --json", "--json --now T events --ledger d",
    ])
    func `takes global options before and after the verb`(line: String) async {
        #expect(await Sample(line).results.hasSuffix("ledger=d now=T json=true\n"))
    }

    @Test func `takes the ledger from the environment unless an option says otherwise`() async {
        let environment = ["LEDGER_DIR": "/tmp/e"]
        let plain = await Sample("events", environment: environment)
        #expect(plain.results.contains("ledger=/tmp/e "))
        let said = await Sample("events --ledger d", environment: environment)
        #expect(said.results.contains("ledger=d "))
        let empty = await Sample("events", environment: ["LEDGER_DIR": ""])
        #expect(empty.results.contains("ledger=none "))
    }

    @Test func `takes a dash and what follows two dashes as operands`() async {
        #expect(await Sample("events -").results.hasPrefix("file=- "))
        #expect(await Sample("events -- --from").results.hasPrefix("file=--from "))
        #expect(await Sample("echo a -- -b --c").results == "[\"a\", \"-b\", \"--c\"]\n")
        #expect(await Sample("echo").results == "[]\n")
    }

    @Test func `takes values that begin with a dash`() async {
        #expect(await Sample("events --type -x --from -2h").results.contains("from=-2 "))
        #expect(await Sample("events --type=--x").results.contains("type=[\"--x\"]"))
        #expect(await Sample("events --ledger=").results.contains("ledger= "))
    }

    @Test func `chooses commands of two words, with options anywhere`() async {
        #expect(await Sample("policy show").results == "shown\n")
        #expect(await Sample("policy --json apply p").results == "applied p\n")
        #expect(await Sample("--ledger x policy --ledger=x2 show").code == 64)
        #expect(await Sample("instances").results == "listed\n")
        #expect(await Sample("instances stop web").results == "stopped web\n")
    }

    @Test func `hands the words after two dashes on untouched`() async {
        let run = await Sample("run --role r -- python3 -u --json bot.py --help")
        #expect(
            run.results == "r [\"python3\", \"-u\", \"--json\", \"bot.py\", \"--help\"]\n")
        #expect(run.code == 7)
        let environment = await Sample("run -- x", environment: ["LEDGER_ROLE": "qa"])
        #expect(environment.results == "qa [\"x\"]\n")
    }

    @Test func `silences notes when quiet`() async {
        #expect(await Sample("events -q").messages == "")
        #expect(await Sample("--quiet events").messages == "")
    }

    @Test(arguments: [
        ("evnts", "“evnts” is no command; did you mean events?", ""),
        ("zzzzzz", "“zzzzzz” is no command", ""),
        ("policy", "policy needs a second word: show, apply", " policy"),
        ("policy shw", "“policy shw” is no command; did you mean policy show?", " policy"),
        ("events --form 2h", "--form is no option here; did you mean --from?", " events"),
        ("--form 2h events", "--form is no option here", ""),
        ("events -x", "-x is no option here; long names begin with two dashes", " events"),
        ("events -qq", "-qq is no option here; long names begin with two dashes", " events"),
        (
            "events --from x",
            "--from takes a number of hours such as 2h; “x” is none", " events"
        ),
        (
            "events --from", "--from takes a number of hours such as 2h; nothing follows it",
            " events"
        ),
        (
            "events --from --reverse",
            "--from takes a number of hours such as 2h; nothing follows it", " events"
        ),
        ("--ledger", "--ledger takes DIR; nothing follows it", ""),
        ("events --limit 0", "--limit takes a whole number from 1 to 100; “0” is none", " events"),
        (
            "events --limit 1x", "--limit takes a whole number from 1 to 100; “1x” is none",
            " events"
        ),
        (
            "events --limit 99999999999999999999",
            "--limit takes a whole number from 1 to 100; “99999999999999999999” is none", " events"
        ),
        (
            "events --reply chet",
            "--reply takes one of chat, direct; “chet” is none; did you mean chat?", " events"
        ),
        ("events --limit 1 --limit 2", "--limit was given twice; it takes one value", " events"),
        ("events --reverse=1", "--reverse takes no value", " events"),
        ("events a b", "events does not take “b”", " events"),
        ("policy apply", "policy apply needs POLICY: The policy file", " policy apply"),
        ("policy show x", "policy show does not take “x”", " policy show"),
        ("run", "run needs -- and then CMD: The program to run", " run"),
        ("run --", "run needs -- and then CMD: The program to run", " run"),
        ("run x", "run needs -- and then CMD: The program to run", " run"),
        ("run x -- y", "run does not take “x”", " run"),
        ("-- events", "“events” follows --, but no command precedes it", ""),
        ("completion zsh", "completion takes bash; “zsh” is none", " completion"),
        ("help evnts", "“evnts” is no command; did you mean events?", ""),
    ])
    func `refuses wrong words with one sentence and a hint`(
        line: String, sentence: String, topic: String
    ) async {
        let run = await Sample(line)
        #expect(run.messages == "ledger: \(sentence)\nTry: ledger help\(topic)\n")
        #expect(run.code == ExitCode.usage && run.results == "")
    }

    @Test func `makes control characters in wrong words visible`() async {
        let run = await Sample("a\u{1B}[2Jb")
        #expect(run.messages.hasPrefix("ledger: “a\\x1B[2Jb” is no command\n"))
    }

    @Test func `answers a failure with its exit code, to people and to programs`() async {
        let people = await Sample("busy")
        #expect(people.messages == "ledger: process 42 holds the \\x1B[31mlock\n")
        #expect(people.code == 75 && people.results == "")
        let programs = await Sample("busy --json")
        #expect(
            programs.results == "{\"error\":{\"code\":\"busy\","
                + "\"message\":\"process 42 holds the \\u001b[31mlock\"}}\n")
        #expect(programs.code == 75 && programs.messages == "")
        let odd = await Sample("break")
        #expect(odd.code == 1 && odd.messages == "ledger: Broken()\n")
        let wrong = await Sample("--json events --limit 0")
        #expect(wrong.code == 64)
        #expect(wrong.results.hasPrefix("{\"error\":{\"code\":\"usage\",\"message\":\"--limit "))
    }
}

import Events
import Testing
import TestSupport

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `A co-process` {
    @Test func `answers each line in its place and goes on after a bad one`() async throws {
        try await EndToEnd.withPlace { place in
            let input = [
                EndToEnd.event("a"), "{", EndToEnd.event("a"), EndToEnd.event("a", subject: "X"),
                "", EndToEnd.event("s", type: "send.reserved"), EndToEnd.event("b"),
            ].joined(separator: "\n")
            let result = try place.run("append", "-", input: input)
            #expect(result.code == 0)
            #expect(result.lines.count == 7, "\(result.out)")
            #expect(result.lines[0] == "{\"position\":0,\"duplicate\":false}")
            #expect(result.json[1]["error"]?["code"]?.text == "not_json")
            #expect(result.json[1]["error"]?["line"]?.integer == 2)
            #expect(result.lines[2] == "{\"position\":0,\"duplicate\":true}")
            #expect(result.json[3]["error"]?["code"]?.text == "conflict")
            #expect(result.json[3]["error"]?["line"]?.integer == 4)
            #expect(result.json[4]["error"]?["line"]?.integer == 5)
            #expect(result.json[5]["error"]?["code"]?.text == "forbidden")
            #expect(result.lines[6] == "{\"position\":1,\"duplicate\":false}")
        }
    }

    @Test func `answers a line while its input stays open`() async throws {
        try await EndToEnd.withPlace { place in
            let process = try place.start("append", "-")
            for number in 0..<3 {
                process.write(EndToEnd.event("m\(number)") + "\n")
                let lines = process.waitForLines(number + 1)
                #expect(lines.last == "{\"position\":\(number),\"duplicate\":false}")
            }
            process.closeInput()
            #expect(process.finish().code == 0)
        }
    }

    @Test func `keeps the order of many lines, and commits those that wait together`() async throws
    {
        try await EndToEnd.withPlace { place in
            let bad = 37
            let lines = (0..<20_000).map { $0 % bad == bad - 1 ? "no" : EndToEnd.event("m\($0)") }
            let result = try place.run("append", "-", input: lines.joined(separator: "\n"))
            #expect(result.lines.count == 20_000)
            var position = 0
            for (index, line) in result.lines.enumerated() {
                if index % bad == bad - 1 {
                    #expect(line.contains("\"line\":\(index + 1)}"))
                } else {
                    #expect(line == "{\"position\":\(position),\"duplicate\":false}")
                    position += 1
                }
            }
        }
    }

    @Test func `refuses a line that is too long in its place`() async throws {
        try await EndToEnd.withPlace { place in
            let long = String(repeating: "x", count: 5 << 20)
            let input = [EndToEnd.event("a"), long, EndToEnd.event("b")].joined(separator: "\n")
            let result = try place.run("append", "-", input: input)
            #expect(result.lines.count == 3)
            #expect(result.json[1]["error"]?["code"]?.text == "too_large")
            #expect(result.lines[2] == "{\"position\":1,\"duplicate\":false}")
        }
    }

    @Test func `moves a driven clock by now, which is not stored`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let line = "{\"now\":\"2030-01-01T00:00:00Z\"," + EndToEnd.event("a").dropFirst()
            let result = try place.run("append", "-", input: line)
            #expect(result.lines == ["{\"position\":0,\"duplicate\":false}"])
            let event = try place.run("events", "--json").json[0]
            #expect(event["recordedtime"]?.text == "2030-01-01T00:00:00.000Z")
            #expect(event["now"] == nil)
        }
    }

    @Test func `asks and reports line by line`() async throws {
        try await EndToEnd.withPlace { place in
            let policy = try place.file("policy.yaml", EndToEnd.policy)
            _ = try place.run("policy", "apply", policy, "--by", "ann", "--why", "test")
            let process = try place.start("ask", "-")
            process.write("{\"chat\":\"c\",\"subject\":\"A\"}\n{\"chat\":1}\n")
            let answers = process.waitForLines(2)
            process.closeInput()
            #expect(process.finish().code == 0)
            let granted = try JSONValue.parse(answers[0])
            #expect(granted["verdict"]?.text == "send")
            #expect(answers[1].contains("\"code\":\"wrong_member\""))
            let reservation = granted["reservation"]?.text ?? ""
            let report = "{\"reservation\":\"\(reservation)\",\"outcome\":\"attempted\"}"
            let told = try place.run("report", "-", input: report + "\n" + report + "\nx\n")
            #expect(told.json[0]["go"]?.flag == true)
            #expect(told.json[0]["reservation"]?.text == reservation)
            #expect(told.json[0]["outcome"]?.text == "attempted")
            #expect(told.json[1]["go"]?.flag == false)
            #expect(told.json[1]["because"]?.texts == ["duplicate.key"])
            #expect(told.json[2]["error"]?["line"]?.integer == 3)
        }
    }
}

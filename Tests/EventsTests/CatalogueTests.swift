import Bytes
import Events
import Glibc
import Testing

@Suite struct `The catalogue` {
    func schema(_ type: EventType) throws -> JSONValue {
        try JSONValue.parse(contents("schemas/events/\(type.name).v\(type.version).json").span)
    }

    func example(_ type: EventType) throws -> IncomingEvent {
        try CloudEvent.parse(contents("Tests/Fixtures/events/\(type.name).v1.json").span)
    }

    @Test(arguments: EventType.allCases)
    func `agrees with the schema of each type`(type: EventType) throws {
        let schema = try schema(type)
        let data = schema["properties"]?["data"]
        let properties = data?["properties"]
        #expect(schema["title"]?.text == type.name)
        #expect(schema["$id"]?.text == "events/\(type.name).v\(type.version).json")
        #expect(schema["properties"]?["type"]?["const"]?.text == type.name)
        let shared: [Field] = [
            .account, .chat, .person, .message, .category, .text, .name, .zone, .role, .instance,
            .steps, .submission,
        ]
        let members = shared + type.members
        #expect(Set(properties?.members.map(\.name) ?? []) == Set(members.map(\.name)))
        let envelope: Set<String> = ["specversion", "id", "source", "type", "data"]
        let required = Set(data?["required"]?.texts ?? [])
            .union(Set(schema["required"]?.texts ?? []).subtracting(envelope))
        #expect(required == Set(type.shape.required.map(\.name)))
        for field in members {
            #expect(properties?[field.name]?["enum"]?.texts == type.shape.allowed[field])
        }
        let anyOf = schema["anyOf"]?.elements.compactMap {
            $0["properties"]?["data"]?["required"]?.texts?.first ?? $0["required"]?.texts?.first
        }
        #expect(anyOf ?? [] == type.shape.anyOf.map(\.name))
    }

    @Test(arguments: EventType.allCases)
    func `gives each member in the schema the kind it has in the record`(type: EventType) throws {
        let properties = try schema(type)["properties"]?["data"]?["properties"]
        for member in properties?.members ?? [] {
            let field = try #require(Field.allCases.first { $0.name == member.name })
            let kind = member.value["type"]
            switch field.kinds {
            case [.text]: #expect(kind?.text == "string" || member.value["enum"] != nil)
            case [.integer]: #expect(kind?.text == "integer")
            case [.boolean]: #expect(kind?.text == "boolean")
            case [.time]: #expect(member.value["format"]?.text == "date-time")
            case [.texts]: #expect(member.value["items"]?["type"]?.text == "string")
            case [.bytes]: #expect(member.value["contentEncoding"]?.text == "base64")
            case [.reservation]: #expect(member.value["pattern"] != nil)
            case [.findings, .json]: #expect(member.value["items"]?["$ref"] != nil)
            default: #expect(kind?.texts?.count == 5)
            }
        }
    }

    @Test(arguments: EventType.allCases)
    func `knows a payload for each type that loses no member of the example`(
        type: EventType
    ) throws {
        try roundTrip(type.payload, type)
    }

    private func roundTrip<P: Payload>(_ payload: P.Type, _ type: EventType) throws {
        #expect(payload.type == type)
        let draft = try example(type).draft
        let record = draft.sealed(at: 1, recorded: recorded)
        let event = try view(record) { try P($0) }
        let time = try Timestamp.parse("2025-10-01T16:51:02.125+02:00")
        let source = try #require(try view(record) { $0.text(.source) })
        let id = try #require(try view(record) { $0.text(.id) })
        #expect(try event.draft(source: source, id: id, time: time).bytes == draft.bytes)
        #expect(throws: EventError.self) {
            let other = type == .messageRead ? EventType.messageSent : .messageRead
            let record = try example(other).draft.sealed(at: 1, recorded: recorded)
            _ = try view(record) { try P($0) }
        }
    }

    @Test func `refuses a payload without what its type needs`() {
        #expect(throws: EventError.self) { try MessageLabelled().draft(source: "s", id: "i") }
        var label = MessageLabelled()
        label.names.message = "m"
        label.label = "done"
        #expect(throws: Never.self) { try label.draft(source: "s", id: "i") }
    }

    @Test(arguments: EventType.allCases)
    func `reads its golden records for ever`(type: EventType) throws {
        let hex = contents("Tests/Fixtures/events/golden/\(type.name).v1.hex").filter { $0 > 32 }
        var golden: [UInt8] = []
        for index in stride(from: 0, to: hex.count, by: 2) {
            let byte = String(decoding: hex[index..<index + 2], as: UTF8.self)
            golden.append(try #require(UInt8(byte, radix: 16)))
        }
        let (isIntact, text) = try view(golden) { ($0.isIntact, CloudEvent.text($0)) }
        #expect(isIntact)
        let shown = try JSONValue.parse(text)
        let file = contents("Tests/Fixtures/events/\(type.name).v1.json")
        let given = try JSONValue.parse(file.span)
        for member in given.members where member.name != "data" {
            #expect(shown[member.name] == member.value)
        }
        let sorted = { (value: JSONValue?) in
            value?.members.sorted { $0.name < $1.name } ?? []
        }
        #expect(sorted(shown["data"]) == sorted(given["data"]))
        #expect(shown.members.count == given.members.count + 2)
        #expect(try example(type).draft.sealed(at: 1_041, recorded: recorded) == golden)
    }

    @Test(arguments: [
        "events/send.refused", "events/send.reserved", "answers/ask", "answers/person",
    ])
    func `agrees with the rules, scopes and verdicts in the schemas`(name: String) throws {
        let finding = try JSONValue.parse(contents("schemas/\(name).v1.json").span)["$defs"]?[
            "finding"]
        let properties = finding?["properties"]
        #expect(properties?["rule"]?["enum"]?.texts == Rule.allCases.map(\.name))
        #expect(properties?["scope"]?["enum"]?.texts == Scope.allCases.map(\.name))
        #expect(properties?["verdict"]?["enum"]?.texts == Verdict.allCases.map(\.name))
    }

    /// The interpreter that the tests may use, or nil if it cannot import jsonschema.
    static let python: String? = {
        let named = getenv("LEDGER_PYTHON").map { String(cString: $0) }
        let own = packageRoot + "/.venv/bin/python3"
        let python = named ?? (access(own, X_OK) == 0 ? own : "python3")
        return shell("'\(python)' -c 'import jsonschema'").code == 0 ? python : nil
    }()

    @Test(.enabled(if: python != nil, "needs Python's jsonschema: set LEDGER_PYTHON"))
    func `satisfies an independent validator`() throws {
        let script = """
            import glob, json, os, sys
            from jsonschema import Draft202012Validator as V
            root = sys.argv[1]
            schemas = {os.path.basename(p)[:-5]: json.load(open(p))
                       for p in glob.glob(root + '/schemas/*/*.json')}
            for name, schema in schemas.items(): V.check_schema(schema)
            count = 0
            for path in glob.glob(root + '/Tests/Fixtures/events/*.json'):
                name = os.path.basename(path)[:-5]
                if name not in schemas: continue
                V(schemas[name]).validate(json.load(open(path)))
                count += 1
            for path in glob.glob(root + '/Tests/Fixtures/events/wrong/*.json'):
                event = json.load(open(path))
                assert not V(schemas[event['type'] + '.v1']).is_valid(event), path
                count += 1
            print(count)
            """
        let path = "/tmp/ledger-validate-\(getpid()).py"
        let file = try #require(fopen(path, "w"))
        fputs(script, file)
        fclose(file)
        defer { unlink(path) }
        let result = shell("'\(Self.python ?? "")' \(path) '\(packageRoot)'")
        #expect(result.code == 0, "\(result.output)")
        #expect((Int(result.output.filter(\.isNumber)) ?? 0) > EventType.allCases.count)
    }
}

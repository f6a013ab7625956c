import CommandLineKit
import Events
import Ledger
import Storage
import Views

/// `person link` and `person unlink`: says by hand that two aliases are one person, or are not.
enum PersonLink {
    static let one = Operand<String>.required("A", "An alias of the one")
    static let other = Operand<String>.required("B", "An alias of the other")

    static let link = Command.verb(
        "person link", "Say that two aliases are one person",
        details:
            "Decisions look at both as one from then on: what one withdrew is withdrawn, sends to "
            + "either count together. Nothing recorded of them changes, and 'person unlink' takes "
            + "it back.",
        operands: [one, other], options: Operator.options,
        examples: [
            .init(
                "ledger person link +27821234567 2233445566@lid --by ann --why \"asked them\"",
                "a number and an id without one")
        ]
    ) { arguments, out in
        let person = try Operator(arguments)
        return try await Ledger.writing(arguments, out) { ledger, now in
            let pair = try Pair(arguments, ledger, out)
            try refuse(person, naming: pair, ledger, arguments.command)
            switch try ledger.link(of: pair.one, and: pair.other) {
            case .same:
                throw Failure("same_person", "\(pair.text) lead to one person as it is")
            case .linked(let position):
                return answer(
                    position, .identityLinked, "\(pair.text) are linked already", isNew: false, out)
            case .parted, .throughOthers, .apart: break
            }
            let members = try ledger.members(of: pair.one, and: pair.other)
            guard members.count <= PersonGroup.membersMax, !members.isMore else {
                throw Failure(
                    "too_many",
                    "linked, they would be one with more than \(PersonGroup.membersMax - 1) others, "
                        + "and nothing would be sent to any of them; see 'ledger person show'")
            }
            var order = IdentityLinked()
            order.names.person = pair.one
            order.alias = pair.other
            order.evidence = .text("by hand")
            (order.by, order.why, order.user, order.login) = person.all
            let draft = try order.draft(source: Ledger.ownSource, id: Operator.id("link"))
            let place = try await ledger.append([draft], now: now, as: .verb)[0]
            CheckpointVerb.signByTheWay(ledger, out)
            return answer(
                place.position, .identityLinked, "linked \(pair.text)", isNew: true, out)
        }
    }

    static let unlink = Command.verb(
        "person unlink", "Take a link between two aliases back",
        details:
            "It takes back the link between these two, and no other. Adapters do not link again "
            + "what was taken apart by hand.",
        operands: [one, other], options: Operator.options,
        examples: [
            .init(
                "ledger person unlink +27821234567 2233445566@lid --by ann --why \"two people\"",
                "they are two after all")
        ]
    ) { arguments, out in
        let person = try Operator(arguments)
        return try await Ledger.writing(arguments, out) { ledger, now in
            let pair = try Pair(arguments, ledger, out)
            try refuse(person, naming: pair, ledger, arguments.command)
            switch try ledger.link(of: pair.one, and: pair.other) {
            case .same:
                throw Failure("same_person", "\(pair.text) lead to one person: nothing joins them")
            case .throughOthers:
                throw Failure("not_linked", try through(pair, ledger))
            case .parted(let position):
                return answer(
                    position, .identityUnlinked, "\(pair.text) were parted already", isNew: false,
                    out)
            case .apart: throw Failure("not_linked", "\(pair.text) are not linked")
            case .linked: break
            }
            var order = IdentityUnlinked()
            order.names.person = pair.one
            order.alias = pair.other
            (order.by, order.why, order.user, order.login) = person.all
            let draft = try order.draft(source: Ledger.ownSource, id: Operator.id("unlink"))
            let place = try await ledger.append([draft], now: now, as: .verb)[0]
            CheckpointVerb.signByTheWay(ledger, out)
            var sentence = "parted \(pair.text)"
            if case .throughOthers = try ledger.link(of: pair.one, and: pair.other) {
                sentence += "; \(try through(pair, ledger))"
            }
            return answer(place.position, .identityUnlinked, sentence, isNew: true, out)
        }
    }

    /// The two aliases, as the ledger knows them.
    private struct Pair {
        let one: String
        let other: String

        init(_ arguments: Arguments, _ ledger: Ledger, _ out: Output) throws {
            let reader = AliasReader(ledger)
            one = try reader.read(arguments(PersonLink.one), out)
            other = try reader.read(arguments(PersonLink.other), out)
        }

        var text: String { "\(one) and \(other)" }
    }

    /// Who gave an order and why stand in clear, and no erasure reaches them.
    private static func refuse(
        _ person: Operator, naming pair: Pair, _ ledger: Ledger, _ command: String
    ) throws {
        for alias in [pair.one, pair.other] {
            var mentions = Mentions(of: try ledger.living(alias))
            mentions.add(alias)
            guard !mentions.are(in: person.by.utf8Span.span),
                !mentions.are(in: person.why.utf8Span.span)
            else {
                throw UsageError(
                    "--by and --why stay readable for ever: leave the person's name and numbers "
                        + "out", command: command)
            }
        }
    }

    /// Which link joins the two, though none is theirs.
    private static func through(_ pair: Pair, _ ledger: Ledger) throws -> String {
        let names = try ledger.linked(with: ledger.living(pair.one)).filter {
            $0.alias != pair.other
        }.prefix(4).map { $0.alias ?? "somebody who was erased" }
        return "\(pair.text) are one through other links, such as with "
            + "\(names.joined(separator: ", ")): take one of those back"
    }

    private static func answer(
        _ position: Position, _ type: EventType, _ sentence: String, isNew: Bool, _ out: Output
    ) -> Int32 {
        guard out.isJSON else {
            out.line("\(Terminal.escape(sentence)) (position \(position))")
            return ExitCode.done
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("position", position)
        json.member("type", type.name)
        json.member("duplicate", !isNew)
        json.endObject()
        out.line(json.text)
        return ExitCode.done
    }
}

extension Operator {
    /// Who, why, the user and the login, as events tell them.
    fileprivate var all: (String?, String?, String?, String?) { (by, why, user, login) }
}

import YAML

/// `pacing.phases`: delays by messages sent today.
struct PhasesForm: ItemsForm {
    var isMap: Bool { false }
    var takes: String { "a list of phases such as {up_to: 30, delay: [25, 35]}" }

    func read(
        _ node: YAMLNode, _ reader: ValueReader, into policy: inout Policy
    ) throws(PolicyError) {
        var phases: [Policy.Pacing.Phase] = []
        for (index, item) in try reader.list(node, takes).enumerated() {
            let members = try reader.element(index + 1, line: item.line)
                .members(item, known: ["up_to", "delay"])
            var upTo: Int?
            if let (node, reader) = members["up_to"] { upTo = try reader.whole(node, .count()) }
            let (delay, inner) = try members.required("delay")
            phases.append(
                Policy.Pacing.Phase(
                    upTo: upTo,
                    delay: try inner.spread(delay, PolicyKey.delay, PolicyKey.delayTakes)))
        }
        policy.pacingTerms.phases = phases
    }

    func items(of policy: Policy) -> [(name: String?, json: String)] {
        (policy.pacing?.phases ?? []).map { phase in
            var writer = ItemWriter()
            writer.add("up_to", phase.upTo.map { String($0) })
            writer.add("delay", ItemWriter.spread(phase.delay))
            return (nil, writer.json)
        }
    }

    var schema: SchemaTree {
        .list(
            of: .members(
                [("up_to", .number(.count())), ("delay", .spread(PolicyKey.delay))],
                required: ["delay"]))
    }
}

/// `pacing.pauses`: longer pauses after so many messages in a row.
struct PausesForm: ItemsForm {
    var isMap: Bool { false }
    var takes: String { "a list of pauses such as {after: 20, pause: [180, 300]}" }

    func read(
        _ node: YAMLNode, _ reader: ValueReader, into policy: inout Policy
    ) throws(PolicyError) {
        var pauses: [Policy.Pacing.Tier] = []
        for (index, item) in try reader.list(node, takes).enumerated() {
            let members = try reader.element(index + 1, line: item.line)
                .members(item, known: ["after", "pause"])
            let (after, number) = try members.required("after")
            let (pause, inner) = try members.required("pause")
            pauses.append(
                Policy.Pacing.Tier(
                    after: try number.whole(after, .count()),
                    pause: try inner.spread(pause, PolicyKey.delay, PolicyKey.delayTakes)))
        }
        policy.pacingTerms.pauses = pauses
    }

    func items(of policy: Policy) -> [(name: String?, json: String)] {
        (policy.pacing?.pauses ?? []).map { tier in
            var writer = ItemWriter()
            writer.add("after", String(tier.after))
            writer.add("pause", ItemWriter.spread(tier.pause))
            return (nil, writer.json)
        }
    }

    var schema: SchemaTree {
        .list(
            of: .members(
                [("after", .number(.count())), ("pause", .spread(PolicyKey.delay))],
                required: ["after", "pause"]))
    }
}

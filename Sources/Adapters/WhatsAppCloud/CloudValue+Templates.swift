import Events

extension CloudValue {
    /// What the platform says of a template.
    func readTemplate(into reading: inout Reading) {
        let isComponents =
            node["message_template_element"] != nil || node["message_template_title"] != nil
            || field == "message_template_components_update"
        let rating = node["new_quality_score"]
        let category = node["new_category"] ?? node["correct_category"]
        let status = node["event"]
        if rating == nil, category == nil, status == nil, isComponents {
            return reading.note("message_template_components_update", from: node)
        }
        guard let name = node["message_template_name"], name.isFilledText else {
            return reading.quarantine(
                "invalid", "A template needs `message_template_name`, a text.", from: node)
        }
        if let rating, rating.isFilledText {
            var event = notice(.templateQuality)
            event.add(.template, text: name)
            event.add(.rating, text: rating)
            add("previous_quality_score", to: &event)
            finish(event, ["new_quality_score", "previous_quality_score"], into: &reading)
        } else if let category, category.isFilledText {
            var event = notice(.templateCategory)
            event.add(.template, text: name)
            event.add(.category, text: (category.text ?? "").lowercased())
            add("previous_category", to: &event)
            // What it will become is kept: until then it is what it is.
            let isNew = node["new_category"] != nil
            finish(
                event, [isNew ? "new_category" : "correct_category", "previous_category"],
                into: &reading)
        } else if let status, status.isFilledText {
            read(status: status, of: name, into: &reading)
        } else {
            reading.quarantine("unknown", "What became of the template is not said.", from: node)
        }
    }

    private func read(status: JSONNode, of name: JSONNode, into reading: inout Reading) {
        var event = notice(.templateStatus)
        event.add(.template, text: name)
        event.add(.status, text: status)
        // Which pause it is says how long it lasts; else why it was rejected.
        let reason = node["other_info"]?["title"] ?? node["reason"]
        if let reason, reason.isFilledText, !reason.equals("NONE") {
            event.add(.reason, text: reason)
        }
        var known = ["event", "reason"]
        if let category = node["message_template_category"]?.text?.lowercased(),
            Shape.categories.contains(category)
        {
            event.add(.category, text: category)
            known.append("message_template_category")
        }
        finish(event, known, into: &reading)
    }

    private func add(_ previous: String, to event: inout DraftBuilder) {
        guard let value = node[previous], value.isFilledText else { return }
        event.add(.previous, text: value)
    }

    private func finish(
        _ event: consuming DraftBuilder, _ known: [String], into reading: inout Reading
    ) {
        var event = event
        if let language = node["message_template_language"], language.isFilledText {
            event.add(.language, text: language)
        }
        event.keep(node, except: known + ["message_template_name", "message_template_language"])
        reading.take(event, from: node)
    }
}

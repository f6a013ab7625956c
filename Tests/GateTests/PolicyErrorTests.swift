import Gate
import Testing

@Suite struct `A faulty policy` {
    @Test(arguments: [
        (
            "rate_limits:\n  messages_per_hour: 2\n  messages_per_minut: 2",
            "line 3: rate_limits.messages_per_minut is no key of a policy; "
                + "did you mean messages_per_minute?"
        ),
        (
            "rate_limit:\n  a: 1",
            "line 1: rate_limit is no key of a policy; did you mean rate_limits?"
        ),
        (
            "messages_per_day: 5",
            "line 1: messages_per_day is no key of a policy; "
                + "did you mean messages_per_day below rate_limits?"
        ),
        (
            "reservations:\n  content_window: 5",
            "line 2: reservations.content_window is no key of a policy; "
                + "did you mean content_window below duplicates?"
        ),
        ("colour: red", "line 1: colour is no key of a policy"),
        ("\"\": 1", "line 1: \"\" is no key of a policy"),
        (
            "rate_limits.messages_per_day: 5",
            "line 1: rate_limits.messages_per_day is no key of a policy; "
                + "did you mean messages_per_day below rate_limits?"
        ),
        (
            "reservations:\n  name: x",
            "line 2: reservations.name is no key of a policy; did you mean name without a section?"
        ),
        (
            "breaker:\n  codes:\n    131056: {close: pair, lasts: 4}",
            "line 3: breaker.codes.131056.close is no key of a policy; did you mean closes?"
        ),
        (
            "quiet:\n  times:\n    - {from: \"23:00\", till: \"06:00\"}",
            "line 3: quiet.times[1].till is no key of a policy"
        ),
    ])
    func `names the unknown key and guesses what was meant`(text: String, answer: String) {
        #expect(fault(text) == answer)
    }

    @Test(arguments: [
        ("two", "takes a whole number from 1 to 1000000000000, and this is none"),
        ("'2'", "takes a whole number from 1 to 1000000000000, not text in quotes"),
        ("-2", "takes a whole number from 1 to 1000000000000, and this is negative"),
        ("0", "takes a whole number from 1 to 1000000000000, not 0"),
        ("2.5", "takes a whole number from 1 to 1000000000000, and this has too many decimals"),
        ("1e3", "takes a whole number from 1 to 1000000000000, and this is none"),
        ("0x10", "takes a whole number from 1 to 1000000000000, and this is none"),
        ("1_000", "takes a whole number from 1 to 1000000000000, and this is none"),
        ("+5", "takes a whole number from 1 to 1000000000000, and this is none"),
        (".5", "takes a whole number from 1 to 1000000000000, and this is none"),
        ("5.", "takes a whole number from 1 to 1000000000000, and this is none"),
        ("٣", "takes a whole number from 1 to 1000000000000, and this is none"),
        ("true", "takes a whole number from 1 to 1000000000000, and this is none"),
        (
            "1000000000001",
            "takes a whole number from 1 to 1000000000000, and this is far too large"
        ),
        (
            "99999999999999999999999999",
            "takes a whole number from 1 to 1000000000000, and this is far too large"
        ),
        ("[2]", "takes a whole number from 1 to 1000000000000, not a list"),
        (
            "{a: 2}",
            "takes a whole number from 1 to 1000000000000, not a section with keys of its own"
        ),
        (
            "",
            "has no value; it takes a whole number from 1 to 1000000000000. "
                + "Leave it out to turn it off"
        ),
    ])
    func `names the key whose value it does not take`(value: String, answer: String) {
        #expect(
            fault("rate_limits:\n\n  messages_per_day: \(value)")
                == "line 3: rate_limits.messages_per_day \(answer)")
    }

    @Test(arguments: [
        ("rate_limits.startup_grace_period", "0.5", "whole seconds from 0 to 86400"),
        ("rate_limits.startup_grace_period", "86401", "whole seconds from 0 to 86400"),
        ("rate_limits.cooldown_between_same_drop", "-1", "whole seconds from 0 to 31536000"),
        ("rate_limits.minimum_spacing", "0.0001", "seconds from 0 to 86400, at most 3 decimals"),
        ("rate_limits.minimum_spacing", "86400.001", "seconds from 0 to 86400, at most 3 decimals"),
        ("rate_limits.minimum_spacing", "1s", "seconds from 0 to 86400, at most 3 decimals"),
        ("duplicates.content_window", "86401", "whole seconds from 0 to 86400"),
        ("reservations.lease", "0", "whole seconds from 1 to 3600"),
        ("reservations.lease", "3601", "whole seconds from 1 to 3600"),
        (
            "rate_limits.startup_grace_period", "5m",
            "whole seconds from 0 to 86400, and this is none; the unit is seconds: 5m is 300"
        ),
        (
            "quality.red_per_10000", "0.05",
            "a whole number from 0 to 10000, so many of 10,000, and this has too many decimals; as a percentage 0.05 is 5 per 10,000, as a fraction 500"
        ),
        (
            "quality.red_per_10000", "5%",
            "a whole number from 0 to 10000, so many of 10,000, and this is none; 5 % is 500 per 10,000"
        ),
        (
            "quality.red_per_10000", "0.05 %",
            "a whole number from 0 to 10000, so many of 10,000, and this is none; 0.05 % is 5 per 10,000"
        ),
        ("consent.required", "yes", "true or false, not yes"),
        ("instances.second", "fense", "refuse or fence, not fense; did you mean fence?"),
        (
            "pacing.typing", "[3, 1]",
            "the shortest and the longest time such as [25, 35], each in seconds from 0 to 86400, at most 3 decimals: the shorter time first"
        ),
        (
            "pacing.typing", "[3]",
            "the shortest and the longest time such as [25, 35], each in seconds from 0 to 86400, at most 3 decimals, not a list of 1"
        ),
        (
            "templates.promotional_words", "sale",
            "a list of texts of 1 to 100 characters, not a single value"
        ),
        ("name", "12", "text, not a number; put 12 in quotes"),
        ("name", "true", "text, not a truth value; put true in quotes"),
        ("name", "''", "text of 1 to 100 characters; this has 0"),
    ])
    func `says the unit and the range`(path: String, value: String, takes: String) {
        let answer = fault(`A policy`.file(path, value))
        #expect(answer.contains("\(path) takes \(takes)"), "\(answer)")
    }

    @Test(arguments: [
        (
            "", "line 1: the policy is empty; it needs at least one key, such as rate_limits"
        ),
        (
            "# only a comment\n",
            "line 1: the policy is empty; it needs at least one key, such as rate_limits"
        ),
        ("- a\n- b", "line 1: the policy must hold keys and values, one a line; it is a list"),
        ("hello", "line 1: the policy must hold keys and values, one a line; it is a single value"),
        ("---\n", "line 2: the policy must hold keys and values, one a line; it is empty"),
        ("{}", "line 1: the policy holds no key"),
        ("name: x\nrate_limits: {}", "line 2: rate_limits holds no key"),
        (
            "name: x\nrate_limits:\n",
            "line 2: rate_limits holds no key; leave it out, or indent its keys below it"
        ),
        (
            "rate_limits: 5",
            "line 1: rate_limits must hold keys and values, one a line; it is a single value"
        ),
        ("name: x\nname: y", "line 2: column 1: name stands twice; first on line 1"),
        ("name: [x", "line 1: column 9: did not find expected ',' or ']'"),
    ])
    func `is refused as a whole with the reason`(text: String, answer: String) {
        #expect(fault(text) == answer)
    }

    @Test func `carries line and key beside the sentence`() {
        let error = #expect(throws: PolicyError.self) {
            try Policy.parse("name: x\nreservations:\n  lease: 0")
        }
        #expect(error?.line == 3)
        #expect(error?.keyPath == "reservations.lease")
    }

    private func fault(_ text: String) -> String {
        do {
            return "no fault: \(try Policy.parse(text))"
        } catch {
            return error.description
        }
    }
}

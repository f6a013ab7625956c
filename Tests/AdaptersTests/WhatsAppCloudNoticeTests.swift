import Adapters
import Events
import Testing

@Suite struct `The Cloud API's notices` {
    private static let sent = 1_760_000_000

    /// What a notice becomes, without the id.
    private func notice(
        _ value: String, field: String = "", hiding more: Set<Field> = []
    ) throws -> [String] {
        try CloudBodies.lines(
            CloudBodies.body(value, field: field, time: Self.sent),
            hiding: more.union([.id, .source]))
    }

    // MARK: - Preferences

    @Test func `are consent where a person decided`() throws {
        let value = CloudBodies.value(
            #""user_preferences":[{"wa_id":"27820000001","detail":"no \"more\"","#
                + #""category":"marketing_messages","value":"stop","timestamp":1760000003}]"#)
        #expect(
            try CloudBodies.lines(CloudBodies.body(value, field: "user_preferences")) == [
                "consent.withdrawn time=1760000003 "
                    + "id=user_preferences/+27820000001/marketing/1760000003/stop "
                    + "person=+27820000001 category=marketing "
                    + #"evidence={"webhook":"user_preferences","value":"stop","#
                    + #""detail":"no \"more\""}"#
            ])
        for (category, value) in [("marketing_messages", "maybe"), ("gossip", "stop")] {
            let odd = CloudBodies.value(
                """
                "user_preferences":[{"wa_id":"27820000001","category":"\(category)",\
                "value":"\(value)","timestamp":1760000003}]
                """)
            #expect(try notice(odd)[0].hasPrefix("quarantined unknown: "))
        }
    }

    // MARK: - Accounts

    private static let account = "account=200000000000001 scope=ledger"

    @Test func `close the gate until the last restriction of messages ends`() throws {
        let value = """
            {"event":"ACCOUNT_RESTRICTION","restriction_info":[\
            {"restriction_type":"RESTRICTED_BIZ_INITIATED_MESSAGING","expiration":1760100000},\
            {"restriction_type":"RESTRICTED_CUSTOMER_INITIATED_MESSAGING","expiration":1760050000},\
            {"restriction_type":"RESTRICTED_ADD_PHONE_NUMBER_ACTION","expiration":1760900000}]}
            """
        #expect(
            try notice(value, field: "account_update", hiding: [.extras]) == [
                "account.restricted time=1760000000 \(Self.account) "
                    + "kind=RESTRICTED_BIZ_INITIATED_MESSAGING "
                    + "RESTRICTED_CUSTOMER_INITIATED_MESSAGING until=1760100000"
            ])
    }

    @Test(arguments: [
        (
            #"{"event":"ACCOUNT_RESTRICTION","restriction_info":"#
                + #"[{"restriction_type":"RESTRICTED_BIZ_INITIATED_MESSAGING"}]}"#,
            "\(account) kind=RESTRICTED_BIZ_INITIATED_MESSAGING"
        ),
        (#"{"event":"ACCOUNT_RESTRICTION"}"#, "\(account) kind=ACCOUNT_RESTRICTION"),
        (
            #"{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"DISABLE"}}"#,
            "\(account) kind=DISABLE"
        ),
        (
            #"{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"REINSTATE"}}"#,
            "\(account) kind=REINSTATE until=1760000000"
        ),
        (#"{"event":"ACCOUNT_DELETED"}"#, "\(account) kind=ACCOUNT_DELETED"),
        (
            #"{"event":"ACCOUNT_RECONNECTED"}"#,
            "\(account) kind=ACCOUNT_RECONNECTED until=1760000000"
        ),
    ])
    func `close the gate without an end, or open it`(_ value: String, _ members: String) throws {
        #expect(
            try notice(value, field: "account_update", hiding: [.extras]) == [
                "account.restricted time=1760000000 " + members
            ])
    }

    @Test func `are of the account that the caller names`() throws {
        let body = CloudBodies.body(#"{"event":"ACCOUNT_DELETED"}"#, time: Self.sent)
        let lines = try CloudBodies.lines(
            body, hiding: [.id], AdapterOptions(account: "+27000000001"))
        #expect(
            lines == [
                "account.restricted time=1760000000 source=whatsapp-cloud/+27000000001 "
                    + "account=+27000000001 kind=ACCOUNT_DELETED"
            ])
    }

    @Test func `of unknown events of an account are put aside`() throws {
        #expect(
            try notice(#"{"event":"ACCOUNT_FROZEN"}"#, field: "account_update") == [
                "quarantined unknown: The account update `ACCOUNT_FROZEN` is unknown."
            ])
        #expect(
            try notice(
                #"{"event":"ACCOUNT_RESTRICTION","restriction_info":"#
                    + #"[{"restriction_type":"RESTRICTED_ADD_PHONE_NUMBER_ACTION"}]}"#) == [
                    "noted account_update.restricted_add_phone_number"
                ])
    }

    /// Meta's example has `field` and `object` within its value.
    @Test(arguments: [
        #"{"event":"PARTNER_APP_UNINSTALLED","waba_info":{"waba_id":"1"},"field":"account_update","#
            + #""object":"whatsapp_business_account"}"#,
        #"{"value":{"event":"PARTNER_APP_UNINSTALLED","waba_info":{"waba_id":"1"}},"#
            + #""field":"account_update","object":"whatsapp_business_account"}"#,
    ])
    func `are told by their members where the field is elsewhere`(_ value: String) throws {
        #expect(try notice(value) == ["noted account_update.partner_app_uninstalled"])
    }

    // MARK: - Numbers and limits

    @Test(arguments: [
        (
            #"{"display_phone_number":"27000000001","event":"THROUGHPUT_UPGRADE","#
                + #""max_daily_conversations_per_business":"TIER_UNLIMITED"}"#,
            ["account.tier time=1760000000 account=+27000000001 tier=TIER_UNLIMITED"]
        ),
        (
            #"{"display_phone_number":"27000000001","event":"UPGRADE","#
                + #""current_limit":"TIER_10K","old_limit":"TIER_2K"}"#,
            [
                "account.tier time=1760000000 account=+27000000001 previous=TIER_2K tier=TIER_10K "
                    + #"extras={"event":"UPGRADE"}"#
            ]
        ),
        (
            #"{"display_phone_number":"+27 00 000-0001","event":"FLAGGED","#
                + #""current_limit":"TIER_1K"}"#,
            [
                "account.tier time=1760000000 account=+27000000001 tier=TIER_1K "
                    + #"extras={"event":"FLAGGED"}"#,
                "account.quality time=1760000000 account=+27000000001 rating=RED "
                    + #"extras={"event":"FLAGGED"}"#,
            ]
        ),
        (
            #"{"display_phone_number":"27000000001","event":"UNFLAGGED","quality_rating":"GREEN"}"#,
            [
                "account.quality time=1760000000 account=+27000000001 rating=GREEN "
                    + #"extras={"event":"UNFLAGGED"}"#
            ]
        ),
        (
            #"{"display_phone_number":"27000000001","event":"ONBOARDING"}"#,
            ["noted phone_number_quality_update"]
        ),
    ])
    func `say limits and ratings, of both generations`(
        _ value: String, _ expected: [String]
    ) throws {
        let lines = try notice(value, field: "phone_number_quality_update")
        #expect(
            lines.map { $0.replacing(#" extras={"event":"THROUGHPUT_UPGRADE"}"#, with: "") }
                == expected)
    }

    @Test(arguments: [("\"TIER_2K\"", "TIER_2K"), ("2000", "2000"), ("-1", "-1")])
    func `say limits as names, numbers, or none`(_ limit: String, _ tier: String) throws {
        let value = """
            {"max_daily_conversations_per_business":\(limit),"max_phone_numbers_per_business":2}
            """
        #expect(
            try notice(value, field: "business_capability_update", hiding: [.extras]) == [
                "account.tier time=1760000000 account=200000000000001 tier=\(tier)"
            ])
    }

    // MARK: - Templates

    private static let template =
        #""message_template_id":7,"message_template_name":"visit","message_template_language":"en""#

    @Test func `say the quality of a template under the wrong field too`() throws {
        let value =
            #"{"previous_quality_score":"GREEN","new_quality_score":"RED",\#(Self.template)}"#
        for field in ["message_template_status_update", "message_template_quality_update"] {
            #expect(
                try notice(value, field: field, hiding: [.account, .extras]) == [
                    "template.quality time=1760000000 template=visit rating=RED previous=GREEN "
                        + "language=en"
                ])
        }
    }

    @Test(arguments: [
        (
            #""event":"PAUSED","reason":"NONE","other_info":{"title":"SECOND_PAUSE"}"#,
            "reason=SECOND_PAUSE language=en status=PAUSED"
        ),
        (#""event":"APPROVED","reason":null"#, "language=en status=APPROVED"),
        (#""event":"REJECTED","reason":"SCAM""#, "reason=SCAM language=en status=REJECTED"),
    ])
    func `say what a template may do`(_ status: String, _ members: String) throws {
        #expect(
            try notice(
                "{\(status),\(Self.template)}", field: "message_template_status_update",
                hiding: [.account, .extras])
                == ["template.status time=1760000000 template=visit \(members)"])
    }

    /// The first of the two announces what the template will be.
    @Test(arguments: [
        (#""new_category":"UTILITY","correct_category":"MARKETING""#, "category=utility "),
        (#""new_category":"MARKETING","previous_category":"UTILITY""#, "category=marketing "),
    ])
    func `say as what a template goes`(_ change: String, _ category: String) throws {
        let lines = try notice(
            "{\(change),\(Self.template)}", hiding: [.account, .extras, .previous])
        #expect(
            lines == ["template.category time=1760000000 \(category)template=visit language=en"])
    }

    @Test func `of a template without a name or with an unknown category are put aside`() throws {
        #expect(
            try notice(#"{"event":"APPROVED","message_template_id":7}"#)[0]
                .hasPrefix("quarantined invalid: "))
        #expect(
            try notice("{\"new_category\":\"GOSSIP\",\(Self.template)}")[0]
                .hasPrefix("quarantined wrong_member: "))
    }

    // MARK: - The rest

    @Test(arguments: [
        ("account_alerts", #"{"entity_type":"WABA","alert_type":"OBA_APPROVED"}"#),
        ("security", #"{"display_phone_number":"1","event":"PIN_CHANGED","requester":"2"}"#),
        ("flows", #"{"event":"FLOW_STATUS_CHANGE","flow_id":"1"}"#),
        ("account_review_update", #"{"decision":"APPROVED"}"#),
        ("group_lifecycle_update", #"{"groups":[]}"#),
        ("messages", #"{"messaging_product":"whatsapp","messages":[]}"#),
    ])
    func `without a meaning are noted by their field`(_ field: String, _ value: String) throws {
        #expect(try notice(value, field: field) == ["noted \(field)"])
    }

    @Test(arguments: [
        ("{}", "unknown"), ("[]", "unknown"), ("7", "unknown"), (#"{"entry":7}"#, "invalid"),
        (#"{"entry":[]}"#, "unknown"), (#"{"entry":[7]}"#, "invalid"),
        (#"{"entry":[{"changes":[7]}]}"#, "invalid"),
        (#"{"entry":[{"changes":[{"field":"messages","value":[]}]}]}"#, "invalid"),
        (#"{"entry":[{"changes":[{"field":"new_thing","value":{}}]}]}"#, "unknown"),
        (#"{"entry":[{"changes":[{"field":"messages","value":{"messages":{}}}]}]}"#, "invalid"),
    ])
    func `that are none are put aside, each as one`(_ body: String, _ code: String) throws {
        let lines = try CloudBodies.lines(body)
        #expect(lines.count == 1 && lines[0].hasPrefix("quarantined \(code): "), "\(lines)")
    }

    @Test func `stand several in a body`() throws {
        let text = #""type":"text","text":{"body":"b"}"#
        let two = CloudBodies.value(
            """
            "messages":[{"from":"27820000001","id":"a","timestamp":"1",\(text)},\
            {"from":"27820000001","id":"b","timestamp":"2",\(text)}],\
            "statuses":[{"id":"c","status":"read","timestamp":"3"}]
            """)
        let change = "{\"field\":\"messages\",\"value\":\(two)}"
        let body = """
            {"entry":[{"id":"1","changes":[\(change),\(change)]},{"id":"2","changes":[\(change)]}]}
            """
        #expect(try CloudBodies.lines(body).count == 9)
        #expect(try CloudBodies.lines(change).count == 3)
        #expect(try CloudBodies.lines(two).count == 3)
    }
}

import Adapters
import Events
import Foundation
import TestSupport
import Testing

/// The payloads of others that lie beside the repository.
@Suite struct `Webhooks that others published` {
    static let folder = URL(filePath: (SharedFixtures.folder ?? "") + "/pywa/updates")
    static let isThere = SharedFixtures.folder != nil

    private static let hidden: Set<Field> = [
        .id, .source, .account, .name, .provenance, .extras, .scope,
    ]

    @Test(.enabled(if: isThere, "\(SharedFixtures.absence)"))
    func `become the events that were written down`() throws {
        var seen: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(atPath: Self.folder.path) {
            let bytes = [UInt8](try Data(contentsOf: Self.folder.appending(path: file)))
            for (key, body) in try JSONDocument(bytes).root.members {
                let name = "\(file.dropLast(5))/\(key.text ?? "")"
                seen.insert(name)
                var reading = Reading(WhatsAppCloud.format, AdapterOptions())
                WhatsAppCloud.read(body, into: &reading)
                let events = reading.elements.map { Element($0.meaning) }
                #expect(
                    ElementLines.of(events, hiding: Self.hidden)
                        == PublishedWebhooks.expected[name], "\(name)")
            }
        }
        #expect(seen == Set(PublishedWebhooks.expected.keys))
    }

    @Test(.enabled(if: isThere, "\(SharedFixtures.absence)"))
    func `link the aliases of each contact once`() throws {
        let bytes = [UInt8](
            try Data(contentsOf: Self.folder.appending(path: "message.json")))
        let body = try #require(try JSONDocument(bytes).root["text"])
        var reading = Reading(WhatsAppCloud.format, AdapterOptions())
        WhatsAppCloud.read(body, into: &reading)
        let links: [String] = [
            "+ identity.linked time=1697043223 person=+972987654321 "
                + "alias=US.13491208655302741918 evidence=contacts",
            "+ identity.linked time=1697043223 person=US.13491208655302741918 "
                + "alias=US.ENT.11815799212886844830 evidence=contacts",
        ]
        #expect(Array(ElementLines.of(reading.elements).dropLast()) == links)
        let message: String =
            "message.received time=1697043223 id=wamid.xyzxyz "
            + "source=whatsapp-cloud/+972123456789 account=+972123456789 "
            + "person=+972987654321 message=wamid.xyzxyz text=Body Text name=Test Name "
            + "provenance=webhook"
        #expect(ElementLines.of(reading.elements).last == message)
    }
}

/// What each of the published payloads means.
enum PublishedWebhooks {
    private static func received(_ time: Int, _ rest: String = "") -> [String] {
        [
            "message.received time=\(time) person=+972987654321 message=wamid.xyzxyz"
                + (rest.isEmpty ? "" : " " + rest)
        ]
    }

    private static func answered(_ time: Int, _ message: String, _ rest: String) -> [String] {
        ["message.received time=\(time) person=+972987654321 message=\(message) \(rest)"]
    }

    private static func status(_ type: String, _ time: Int, _ rest: String = "") -> [String] {
        [
            "message.\(type) time=\(time) person=+972987654321 message=wamid.xyzxyz "
                + rest + "recipient=+972987654321"
        ]
    }

    private static func restricted(_ time: Int, _ kind: String, _ rest: String = "") -> [String] {
        ["account.restricted time=\(time) \(kind)\(rest)"]
    }

    static let expected: [String: [String]] = messages.merging(answers) { $1 }
        .merging(statuses) { $1 }.merging(accounts) { $1 }.merging(others) { $1 }

    private static let messages: [String: [String]] = [
        "message/text": received(1_697_043_223, "text=Body Text"),
        "message/image": received(1_697_043_379),
        "message/media_with_url": received(1_697_043_379),
        "message/video": received(1_697_044_362, "text=caption"),
        "message/document": received(1_697_043_666, "text=caption"),
        "message/audio": received(1_697_043_509),
        "message/voice": received(1_697_043_473),
        "message/static_sticker": received(1_697_043_760),
        "message/animated_sticker": received(1_697_043_785),
        "message/reaction": [
            "message.reacted time=1697044456 person=+972987654321 message=wamid.yzxyzx= text=😮"
        ],
        "message/unreaction_empty": [
            "message.reacted time=1697044456 person=+972987654321 message=wamid.yzxyzx= text="
        ],
        "message/unreaction_no_emoji": [
            "message.reacted time=1697044456 person=+972987654321 message=wamid.yzxyzx= text="
        ],
        "message/current_location": received(1_697_044_557),
        "message/chosen_location": received(1_697_044_557),
        "message/contacts": received(1_697_044_621),
        "message/order": received(1_697_044_668),
        "message/unsupported": received(1_697_044_706),
        "message/unsupported_with_type": received(1_697_044_706),
        "message/reply": received(1_697_044_746, "text=replied text quoted=wamid.xyzxyz=="),
        "message/forwarded": received(1_697_044_815, "text=forwarded text"),
        "message/forwarded_many_times": received(
            1_697_044_968, "text=text forwarded many times"),
        "message/interactive_message_with_err": answered(
            1_700_505_494, "wamid.wegrchytvwcggt=", "quoted=wamid.gvwegfretge==") + [
                "error.observed time=1700505494 code=131000 detail=Unsupported webhook payload"
            ],
        "message/referral": answered(1_697_045_000, "wamid.ID", "text=BODY"),
        // Names in the place of values: aliases are opaque, so that they are taken as they are.
        "deleted_message/revoke": [
            "message.revoked time=1697043223 person=<WHATSAPP_USER_PHONE_NUMBER> "
                + "message=<ORIGINAL_WHATSAPP_MESSAGE_ID>"
        ],
        "edited_message/image": [
            "message.edited time=1749854575 person=+16505551234 "
                + "message=wamid.HBgLMTQxMjU1NTA4MjkVAgASGBQzQUNCNjk5RDUwNUZGMUZEM0VBRAA= "
                + "text=Updated image caption"
        ],
        "outgoing_message/text": [
            "send.attempted time=1697043223 person=<WHATSAPP_USER_PHONE_NUMBER> "
                + "message=<WHATSAPP_MESSAGE_ID> text=Test message "
                + "recipient=<WHATSAPP_USER_PHONE_NUMBER>"
        ],
        "outgoing_message/delete": [
            "message.revoked time=1697044968 message=wamid.zzzzzz recipient=+972987654321"
        ],
        "outgoing_message/edit": [
            "message.edited time=1697044968 message=wamid.zzzzzz text=Text was edited "
                + "recipient=+972987654321"
        ],
        "system/phone_number_change": ["noted user_changed_number"],
        "system/identity_change": ["noted customer_identity_changed"],
    ]

    private static let answers: [String: [String]] = [
        "callback_button/button": received(1_698_266_730, "text=title quoted=wamid.xyzxyz"),
        "callback_button/quick_reply": answered(
            1_698_269_027, "wamid.xsidjw", "text=title quoted=wamid.xyzxyz=="),
        "callback_button/quick_reply_without_context": answered(
            1_698_269_027, "wamid.xsidjx", "text=title"),
        "callback_selection/callback": answered(
            1_698_266_905, "wamid.zyzxyz", "text=title quoted=wamid.xyzxyz"),
        "callback_selection/description": answered(
            1_698_266_905, "wamid.zyzxyz", "text=title quoted=wamid.xyzxyz"),
        "flow_completion/completion": answered(
            1_702_502_473, "wamid.wegrchytvwcggt==", "text=Sent quoted=wamid.gvwegfretge=="),
        "flow_completion/without_flow_token": answered(
            1_702_502_473, "wamid.wegrchytvwcggt==", "text=Sent quoted=wamid.gvwegfretge=="),
        "call_permission_update/accept": answered(
            1_752_582_182, "wamid.x", "quoted=wamid.y=="),
        "call_permission_update/reject": answered(
            1_752_582_182, "wamid.x", "quoted=wamid.y=="),
    ]

    private static let statuses: [String: [String]] = [
        "message_status/sent": status("sent", 1_698_266_945),
        "message_status/delivered": status("delivered", 1_698_266_945),
        "message_status/read": status("read", 1_689_380_458),
        "message_status/played": status("read", 1_689_380_458),
        "message_status/failed": status(
            "failed", 1_689_380_458,
            "code=130472 detail=Failed to send message because this user's phone number is part of "
                + "an experiment "),
        "message_status/with_tracker": status("sent", 1_698_266_945),
        "message_status/group": [
            "message.read time=1698266945 chat=fowefinoewcnw@g.us "
                + "person=<GROUP_PARTICIPANT_USER_PHONE_NUMBER> message=<WHATSAPP_MESSAGE_ID> "
                + "recipient=<GROUP_PARTICIPANT_USER_PHONE_NUMBER>"
        ],
        "call_connect/business_initiated": ["noted call"],
        "call_connect/user_initiated": ["noted call"],
        "call_status/call_status": ["noted call"],
        "call_terminate/call_terminate": ["noted call", "noted call.error"],
    ]

    private static let accounts: [String: [String]] = [
        "account_update/account_deleted": restricted(1_743_451_903, "kind=ACCOUNT_DELETED"),
        "account_update/account_restriction": restricted(
            1_641_330_498, "kind=RESTRICTED_BIZ_INITIATED_MESSAGING", " until=1641330498"),
        "account_update/account_violation": restricted(
            1_743_451_903, "reason=ADULT kind=ACCOUNT_VIOLATION"),
        "account_update/account_disabled": restricted(
            1_743_451_903, "kind=REINSTATE", " until=1743451903"),
        "account_update/account_offboarded": restricted(1_743_451_903, "kind=ACCOUNT_OFFBOARDED"),
        "account_update/account_reconnected": restricted(
            1_743_451_903, "kind=ACCOUNT_RECONNECTED", " until=1743451903"),
        "account_update/ad_account_linked": ["noted account_update.ad_account_linked"],
        "account_update/authentication_international_eligibility": [
            "noted account_update.auth_intl_price_eligibility_update"
        ],
        "account_update/mm_api_for_wa_terms_of_service": [
            "noted account_update.mm_lite_terms_signed"
        ],
        "account_update/partner_added": ["noted account_update.partner_added"],
        "account_update/partner_app_installed": ["noted account_update.partner_app_installed"],
        "account_update/partner_app_uninstalled": ["noted account_update.partner_app_uninstalled"],
        "account_update/partner_led_business_verification_status": [
            "noted account_update.partner_client_certification_status_update"
        ],
        "account_update/partner_removed": ["noted account_update.partner_removed"],
        "account_update/partner_removed_wa_app_disconnection": [
            "noted account_update.partner_removed"
        ],
        "account_update/primary_business_location_set": [
            "noted account_update.business_primary_location_country_update"
        ],
        "account_update/pricing_tiering_update": [
            "noted account_update.volume_based_pricing_tier_update"
        ],
    ]

    private static let others: [String: [String]] = [
        "template_category_update/marketing": [
            "template.category time=1750344882 category=marketing template=my_message_template "
                + "language=he"
        ],
        // A body within which another one lies.
        "template_components_update/element": [
            "noted message_template_components_update", "noted message_template_components_update",
        ],
        "template_quality_update/yellow": [
            "template.quality time=1674864290 template=welcome_template rating=YELLOW "
                + "previous=GREEN language=en_US"
        ],
        "template_status_update/approved": [
            "template.status time=1751247548 category=utility template=order_confirmation "
                + "language=en_US status=APPROVED"
        ],
        "template_status_update/rejected": [
            "template.status time=1751247548 category=marketing template=abandoned_cart "
                + "reason=INVALID_FORMAT language=en status=REJECTED"
        ],
        "user_marketing_preferences/resume": [
            "consent.granted time=1731705721 person=+16505551234 category=marketing "
                + #"evidence={"webhook":"user_preferences","value":"resume","#
                + #""detail":"User requested to resume marketing messages"}"#
        ],
        "user_marketing_preferences/signup": [
            "consent.granted time=1731705721 person=+16505551234 category=marketing "
                + #"evidence={"webhook":"user_preferences","value":"signup","#
                + #""detail":"User signed up via signup link"}"#
        ],
    ]
}

import Adapters
import Events
import Testing

@Suite struct `The Cloud API's statuses` {
    private static let thandi = "person=+27820000001 message=wamid.S1"

    @Test(arguments: [
        ("sent", "sent"), ("delivered", "delivered"), ("read", "read"), ("played", "read"),
        ("failed", "failed"),
    ])
    func `are of their own type`(_ status: String, _ type: String) throws {
        let body = CloudBodies.status(#""status":"\#(status)","recipient_id":"27820000001""#)
        #expect(
            try CloudBodies.lines(body) == [
                "message.\(type) time=1760000001 id=wamid.S1/\(status) \(Self.thandi) "
                    + "recipient=+27820000001"
            ])
    }

    @Test func `join the reservation that they carry`() throws {
        let body = CloudBodies.status(
            #""status":"sent","recipient_id":"27820000001","#
                + #""biz_opaque_callback_data":"r1041.9f3a2c1b""#)
        #expect(
            try CloudBodies.lines(body) == [
                "message.sent time=1760000001 id=wamid.S1/sent \(Self.thandi) "
                    + "reservation=r1041.9f3a2c1b recipient=+27820000001"
            ])
        let other = CloudBodies.status(
            #""status":"sent","recipient_id":"27820000001","biz_opaque_callback_data":"order 7""#)
        #expect(
            try #require(try CloudBodies.lines(other).first)
                .hasSuffix(#"extras={"biz_opaque_callback_data":"order 7"}"#))
    }

    @Test(arguments: [
        (#"{"code":131049,"title":"t","error_data":{"details":"d"}}"#, "code=131049 detail=d", ""),
        (#"{"code":"131049","message":"m","details":"beside"}"#, "code=131049 detail=beside", ""),
        (#"{"code":131049,"title":"t"}"#, "code=131049 detail=t", ""),
        (
            #"{"code":1},{"code":2}"#, "code=1", #" extras={"errors":[{"code":1},{"code":2}]}"#
        ),
    ])
    func `say why they failed`(_ errors: String, _ members: String, _ extras: String) throws {
        let body = CloudBodies.status(
            #""status":"failed","recipient_id":"27820000001","errors":[\#(errors)]"#)
        #expect(
            try CloudBodies.lines(body) == [
                "message.failed time=1760000001 id=wamid.S1/failed \(Self.thandi) \(members) "
                    + "recipient=+27820000001\(extras)"
            ])
    }

    @Test func `of a group name the participant, each with an id of its own`() throws {
        let ids = try ["27820000001", "27820000002"].map { number in
            let body = CloudBodies.status(
                #""status":"read","recipient_type":"group","recipient_id":"Y2FwaQ==","#
                    + #""recipient_participant_id":"\#(number)""#)
            let line = try #require(try CloudBodies.lines(body).first)
            #expect(line.contains(" chat=Y2FwaQ==@g.us person=+\(number) "))
            return line.split(separator: " ")[2]
        }
        #expect(ids == ["id=wamid.S1/read/+27820000001", "id=wamid.S1/read/+27820000002"])
    }

    @Test func `of a person without a number carry the business-scoped id`() throws {
        let body = CloudBodies.status(
            #""status":"read","recipient_user_id":"ZA.1","recipient_id":"27820000001""#)
        #expect(
            try CloudBodies.lines(body).first
                == "+ identity.linked time=1760000001 person=+27820000001 alias=ZA.1 "
                + "evidence=contacts")
        let only = CloudBodies.status(#""status":"read","recipient_user_id":"ZA.1""#)
        #expect(
            try CloudBodies.lines(only) == [
                "message.read time=1760000001 id=wamid.S1/read person=ZA.1 message=wamid.S1 "
                    + "recipient=ZA.1"
            ])
    }

    @Test(arguments: [
        (#""status":"deleted""#, "noted status.deleted"),
        (#""type":"call","status":"RINGING""#, "noted call"),
        (#""status":"pondered""#, "quarantined unknown: The status `pondered` is unknown."),
        (
            #""recipient_id":"27820000001""#,
            "quarantined invalid: A status needs `id` and `status`."
        ),
    ])
    func `that mean nothing are noted, and others put aside`(
        _ status: String, _ expected: String
    ) throws {
        #expect(try CloudBodies.lines(CloudBodies.status(status)) == [expected])
    }

    // MARK: - Errors

    @Test func `stand beside errors of the account`() throws {
        let body = CloudBodies.body(
            CloudBodies.value(
                #""errors":[{"code":131031,"title":"Account locked"},{"code":0},{"title":"x"}]"#),
            time: 1_760_000_005)
        #expect(
            try CloudBodies.lines(body, hiding: [.id, .source]) == [
                "error.observed time=1760000005 account=+27000000001 code=131031 "
                    + "detail=Account locked scope=account",
                "error.observed time=1760000005 account=+27000000001 code=0 scope=account",
                "quarantined invalid: An error needs a `code`.",
            ])
        let ids = try CloudBodies.lines(body).prefix(2).map { $0.split(separator: " ")[2] }
        #expect(Set(ids).count == 2)
        #expect(try CloudBodies.lines(body) == CloudBodies.lines(body))
    }
}

/// Inputs of every format, to be changed at random.
enum FuzzSeeds {
    private static func bytes(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

    static let cloud = bytes(
        CloudBodies.message(#""type":"text","text":{"body":"DR1854951 done"}"#),
        CloudBodies.message(
            #""type":"edit","edit":{"original_message_id":"wamid.M0","message":{"#
                + #""type":"text","text":{"body":"DR1854952"}}}"#),
        CloudBodies.status(
            #""status":"failed","recipient_id":"27820000001","errors":[{"code":131049,"title":"x"}]"#
        ),
        CloudBodies.body(
            #"{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"#
                + #""RESTRICTED_BIZ_INITIATED_MESSAGING","expiration":1760000000}]}"#,
            field: "account_update", time: 1_760_000_000),
        CloudBodies.message(
            #""type":"system","system":{"type":"user_changed_number","wa_id":"27829999999"}"#))

    static let wassenger = bytes(
        #"{"object":"message","event":"message:in:new","device":{"id":"d1","phone":"+27110000001"},"#
            + #""data":{"id":"m1","type":"text","body":"DR1854951","flow":"inbound","fromNumber":"#
            + #""+27820000001","chat":{"id":"27820000001@c.us","type":"chat"},"date":"#
            + #""2025-10-01T14:51:02.000Z"}}"#)

    static let gowa = bytes(
        #"{"event":"message","device_id":"27110000001@s.whatsapp.net","payload":{"id":"3EB0A1","#
            + #""chat_id":"120363000000000001@g.us","from":"27820000001@s.whatsapp.net","from_lid":"#
            + #""123456@lid","from_name":"Ann","timestamp":"2025-10-01T14:51:02Z","is_from_me":false,"#
            + #""body":"DR1854951 done"}}"#,
        #"{"event":"message.ack","payload":{"ids":["3EB0A1"],"receipt_type":"read","chat_id":"#
            + #""27820000001@s.whatsapp.net","from":"27820000001@s.whatsapp.net"},"timestamp":"#
            + #""2025-10-01T14:51:03Z"}"#)

    static let waha = bytes(
        #"{"id":"evt_1","timestamp":1759330262000,"event":"message","session":"default","me":{"id":"#
            + #""27110000001@c.us"},"payload":{"id":"false_27820000001@c.us_AAAA","timestamp":"#
            + #"1759330262,"from":"27820000001@c.us","fromMe":false,"body":"DR1854951"}}"#,
        #"{"event":"message.ack","session":"default","payload":{"id":"true_27820000001@c.us_AAAA","#
            + #""ack":3,"ackName":"READ","from":"27820000001@c.us"}}"#)

    static let evolution = bytes(
        #"{"event":"messages.upsert","instance":"shop","data":{"key":{"id":"AAAA","remoteJid":"#
            + #""27820000001@s.whatsapp.net","fromMe":false},"pushName":"Ann","message":{"#
            + #""conversation":"DR1854951"},"messageTimestamp":1759330262},"sender":"#
            + #""27110000001@s.whatsapp.net","apikey":"B6D711FC-DE4D-4FD5-9365-44120E713976"}"#)

    static let baileys = bytes(
        #"{"event":"messages.upsert","data":{"type":"notify","messages":[{"key":{"remoteJid":"#
            + #""120363000000000001@g.us","participant":"27820000001:3@s.whatsapp.net","fromMe":"#
            + #"false,"id":"AAAA"},"messageTimestamp":1759330262,"message":{"extendedTextMessage":{"#
            + #""text":"DR1854951","contextInfo":{"stanzaId":"BBBB"}}}}]}}"#,
        #"{"event":"connection.update","data":{"connection":"close","lastDisconnect":{"error":{"#
            + #""output":{"statusCode":401}}}}}"#)

    static let twilio = bytes(
        "MessageSid=SM1&From=whatsapp%3A%2B27820000001&To=whatsapp%3A%2B27110000001&Body=DR1854951"
            + "+done&ProfileName=Ann&WaId=27820000001&NumMedia=0",
        "MessageSid=SM2&MessageStatus=undelivered&To=%2B27820000001&From=%2B27110000001&ErrorCode="
            + "30003")

    static let chats = bytes(
        "2025/10/01, 16:51 - Messages and calls are end-to-end encrypted.\n"
            + "2025/10/01, 16:51 - Ann: DR1854951 done\nand a second line\n"
            + "2025/10/01, 16:52 - +27 82 000 0001: <Media omitted>\n",
        "[13/06/18, 9:25:15 p.\u{A0}m.] \u{200E}Ben: \u{200E}<attached: 000-PHOTO.jpg>\n"
            + "[13/06/18, 9:25:16 p.\u{A0}m.] Ann: ok\n")

    static let feedback = bytes(
        "id,drop_number,feedback_sent_at,feedback_message_hash,retry_count,last_retry_at,status\n"
            + "1,DR1854951,2025-10-01 16:51:02+02,abc,0,,sent\n"
            + "2,DR1853674,2025-10-01 16:51:03+02:00,abd,2,2025-10-01 17:00:00+02:00,failed\n")

    static let rules = bytes(
        "pattern,mode,brand,enabled,note\ncod,Contains,acme,TRUE,\n"
            + "\"free, now\",Lone,,FALSE,\"two\nlines\"\n^win.*$,Regex,acme,TRUE,x\n")
}

import Bytes
import Crypto
import TestSupport
import Testing

@testable import Vault

/// An event's fields as a builder lays them out.
struct Sample {
    let texts: [(number: UInt8, text: String)]
    let identity = Fingerprint(of: "source and id")
    var values: [UInt8] = []
    var fields: [SealedField] = []

    init(_ texts: [(UInt8, String)] = Sample.typical) {
        self.texts = texts
        for (number, text) in texts {
            let start = values.count
            values += Array(text.utf8)
            fields.append(SealedField(number: number, kind: 1, range: start..<values.count))
        }
    }

    static let typical: [(UInt8, String)] = [
        (12, "+27000000002"), (13, "wamid.HBgLMjcwMDAwMDAwMDIVAgASGBQzRUIwQzc2N0Q4MkIwQQA="),
        (15, String(repeating: "a feedback of some length ", count: 4)), (16, "Thandi"),
    ]

    /// The sealed values, and where each lies.
    func sealed(
        under key: DataKey, by sealer: Sealer = Sealer()
    ) -> (values: [UInt8], fields: [SealedField]) {
        var sealed: [UInt8] = [7, 7, 7]
        sealer.seal(fields, of: values.span, identity: identity, under: key, into: &sealed)
        var at = 3
        var places: [SealedField] = []
        for (index, field) in fields.enumerated() {
            let count = SealedField.sealedByteCount(field.range.count, isFirst: index == 0)
            places.append(
                SealedField(number: field.number, kind: field.kind, range: at..<at + count))
            at += count
        }
        #expect(at == sealed.count)
        return (sealed, places)
    }
}

@Suite(.tags(.memory)) struct `A sealed event` {
    let key = DataKey.random()
    let sealer = Sealer()

    @Test(arguments: [[], [(1, "")], [(1, ""), (9, "x"), (127, "")], Sample.typical])
    func `opens to what was sealed`(texts: [(UInt8, String)]) throws {
        let sample = Sample(texts)
        let sealed = sample.sealed(under: key, by: sealer)
        let opened = try sealer.open(
            sealed.fields, of: sealed.values.span, identity: sample.identity, under: key)
        #expect(opened.map(\.field) == texts.map(\.0))
        #expect(opened.map(\.text) == texts.map { Array($0.1.utf8) })
    }

    @Test func `shows nothing of its texts, and never the same bytes twice`() throws {
        let sample = Sample()
        let one = sample.sealed(under: key, by: sealer).values
        let two = sample.sealed(under: key, by: sealer).values
        for (_, text) in sample.texts { #expect(!contains(one, Array(text.utf8).prefix(6))) }
        #expect(one.count == two.count)
        for start in stride(from: 3, to: one.count - 8, by: 8) {
            #expect(one[start..<start + 8] != two[start..<start + 8])
        }
    }

    @Test func `draws another nonce each time, beyond the chance drawn in advance`() {
        let sample = Sample([(1, "x")])
        var seen: Set<[UInt8]> = []
        for _ in 0..<1000 {
            let sealed = sample.sealed(under: key, by: sealer)
            let seal = sealed.values.count - SealedField.sealByteCount
            seen.insert(Array(sealed.values[seal..<seal + 12]))
        }
        #expect(seen.count == 1000)
    }

    @Test func `is refused when any bit is flipped`() throws {
        let sample = Sample([(12, "+27000000002"), (15, "a text")])
        let sealed = sample.sealed(under: key)
        for index in 3..<sealed.values.count {
            var values = sealed.values
            values[index] ^= 1 << UInt8(index % 8)
            #expect(throws: VaultError(.damaged, ""), "byte \(index)") {
                try sealer.open(
                    sealed.fields, of: values.span, identity: sample.identity, under: key)
            }
        }
    }

    @Test func `is bound to its key, its event, its fields and their kinds`() throws {
        let sample = Sample()
        let (values, fields) = sample.sealed(under: key)
        func opens(
            _ fields: [SealedField], _ identity: Fingerprint, _ key: DataKey
        ) -> Bool {
            (try? sealer.open(fields, of: values.span, identity: identity, under: key)) != nil
        }
        #expect(opens(fields, sample.identity, key))
        #expect(!opens(fields, sample.identity, .random()))
        #expect(!opens(fields, Fingerprint(of: "another event"), key))
        #expect(!opens(Array(fields.dropLast()), sample.identity, key))
        #expect(!opens(Array(fields.dropFirst()), sample.identity, key))
        var renamed = fields
        renamed[1] = SealedField(number: 14, kind: 1, range: fields[1].range)
        #expect(!opens(renamed, sample.identity, key))
        renamed[1] = SealedField(number: 13, kind: 6, range: fields[1].range)
        #expect(!opens(renamed, sample.identity, key))
        let beyond = SealedField(number: 12, kind: 1, range: 0..<values.count + 1)
        #expect(!opens([beyond], sample.identity, key))
        #expect(!opens([SealedField(number: 12, kind: 1, range: 0..<59)], sample.identity, key))
    }

    @Test func `discloses one field without the others`() throws {
        let sample = Sample()
        let sealed = sample.sealed(under: key)
        let opened = try sealer.open(
            sealed.fields, of: sealed.values.span, identity: sample.identity, under: key)
        #expect(Set(opened.map(\.salt)).count == opened.count)
        for (disclosure, field) in zip(opened, sealed.fields) {
            for other in sealed.fields {
                let matches = disclosure.matches(sealed.values.span.extracting(other.range))
                #expect(matches == (other == field))
            }
        }
        let good = opened[2]
        let commitment = sealed.values.span.extracting(sealed.fields[2].range)
        let altered = [
            Disclosure(field: 15, salt: good.salt, text: good.text + [0]),
            Disclosure(field: 15, salt: Array(good.salt.dropLast()), text: good.text),
            Disclosure(field: 15, salt: good.salt.reversed(), text: good.text),
            // The border between salt and text cannot be moved.
            Disclosure(
                field: 15, salt: Array(good.salt.dropLast()), text: [good.salt[15]] + good.text),
        ]
        for disclosure in altered {
            let matches = disclosure.matches(commitment)
            #expect(!matches)
        }
        let isShort = good.matches(commitment.extracting(0..<31))
        #expect(!isShort)
    }

    @Test func `opens under its own key when one sealer serves many owners in turn`() throws {
        let sample = Sample()
        let keys = [DataKey.random(), .random()]
        for turn in 0..<8 {
            let key = keys[turn / 2 % 2]
            let sealed = sample.sealed(under: key, by: sealer)
            for other in [key, keys[1 - turn / 2 % 2], key] {
                // Another sealer, which has just been made, is the judge.
                for opener in [sealer, Sealer()] {
                    let opened = try? opener.open(
                        sealed.fields, of: sealed.values.span, identity: sample.identity,
                        under: other)
                    #expect((opened?.count == 4) == (other === key), "turn \(turn)")
                }
            }
        }
    }

    @Test func `has a digest that only its key can give`() {
        let content = Array("the content".utf8)
        let digest = sealer.digest(of: content.span, under: key)
        #expect(Sealer().digest(of: content.span, under: key) == digest)
        #expect(sealer.digest(of: content.span, under: .random()) != digest)
        #expect(sealer.digest(of: Array("the contents".utf8).span, under: key) != digest)
    }
}

@Suite(.tags(.memory)) struct `The fingerprints of names` {
    @Test func `depend on the key, the kind and each letter`() {
        let sealer = Sealer()
        let keys = NameKeys(.random())
        let name = "+27000000002".utf8Span.span
        let all = [
            sealer.fingerprint(.message, name, keys: keys),
            sealer.fingerprint(.chat, name, keys: keys),
            sealer.fingerprint(.chat, "+27000000003".utf8Span.span, keys: keys),
            sealer.fingerprint(.chat, name, keys: NameKeys(.random())),
            sealer.alias(.person, name, keys: keys), sealer.alias(.chat, name, keys: keys),
            sealer.alias(day: 20_000, keys: keys), sealer.alias(day: 20_001, keys: keys),
            sealer.identity(source: "a".utf8Span.span, id: "bc".utf8Span.span, keys: keys),
            sealer.identity(source: "ab".utf8Span.span, id: "c".utf8Span.span, keys: keys),
        ]
        #expect(Set(all).count == all.count)
        #expect(sealer.fingerprint(.message, name, keys: keys) == all[0])
        #expect(Sealer().alias(.person, name, keys: keys) == all[4])
    }

    @Test func `are made by as many sealers as there are callers`() throws {
        let sealers = Sealers()
        let keys = NameKeys(.random())
        let name = "name".utf8Span.span
        let one = try sealers.lend { outer throws(VaultError) in
            let inner = try sealers.lend { inner throws(VaultError) in
                #expect(inner !== outer)
                return inner.fingerprint(.other, name, keys: keys)
            }
            #expect(inner == outer.fingerprint(.other, name, keys: keys))
            return ObjectIdentifier(outer)
        }
        let two = try sealers.lend { sealer throws(VaultError) in ObjectIdentifier(sealer) }
        let three = try sealers.lend { sealer throws(VaultError) in ObjectIdentifier(sealer) }
        #expect(two == three)
        #expect(one == two)
        weak var idle: Sealer?
        try sealers.lend { sealer throws(VaultError) in idle = sealer }
        #expect(idle != nil)
        sealers.forget()
        #expect(idle == nil)
    }
}

/// What WhatsApp writes into the text of an exported message beside its words: that it was edited,
/// and the files that belonged to it.
///
/// | mark | spelt |
/// |---|---|
/// | a file of an iPhone | `<attached: 00000012-PHOTO-2025-10-01-16-51-02.jpg>`, in any language |
/// | a file of an Android phone | `IMG-20251001-WA0001.jpg (file attached)`, in any language |
/// | another file of Android | `Plan.pdf (file attached)`, in the languages of ``attached`` |
/// | a file that was left out | `<Media omitted>`, `image omitted`, in those of ``omitted`` |
/// | an edited text | `<This message was edited>` at its end, in those of ``edited`` |
///
/// U+200E or U+200F may stand before and behind each. Sources: the exports of the parsers
/// whatsapp-chat-parser, whatstk and chat-miner, and their reports of other languages.
public enum ExportMark: Equatable, Sendable {
    /// A file, by its name.
    case file(String)
    /// A file that was left out, as the line says it.
    case omitted(String)

    /// The mark that a whole line is, or nil.
    public init?(line: Substring) {
        let line = Self.bare(line)
        if let name = Self.named(line) {
            self = .file(name)
        } else if Self.isOmitted(line) {
            self = .omitted(String(line))
        } else {
            return nil
        }
    }

    /// A text without its attachment lines and edited mark.
    ///
    /// - Returns: the words, the marks in their order, and whether the text says it was edited.
    public static func parted(
        _ text: String
    ) -> (words: String, marks: [ExportMark], isEdited: Bool) {
        let (rest, isEdited) = withoutEdited(text[...])
        var marks: [ExportMark] = []
        var lines: [Substring] = []
        for line in rest.split(separator: "\n", omittingEmptySubsequences: false) {
            if let mark = ExportMark(line: line) {
                marks.append(mark)
            } else if let (words, mark) = trailing(line) {
                lines.append(words)
                marks.append(mark)
            } else {
                lines.append(line)
            }
        }
        guard !marks.isEmpty else { return (String(rest), [], isEdited) }
        return (lines.joined(separator: "\n"), marks, isEdited)
    }

    /// The words of a text.
    static func removed(from text: String) -> String { parted(text).words }

    /// An iPhone's file may stand behind its caption on the same line.
    private static func trailing(_ line: Substring) -> (Substring, ExportMark)? {
        guard line.utf8.last == 0x3E || line.unicodeScalars.last.map(isMark) == true,
            let open = line.lastIndex(where: { $0.unicodeScalars.contains("<") }),
            let mark = ExportMark(line: line[open...]), case .file = mark
        else { return nil }
        return (trimmed(line[..<open]), mark)
    }

    private static func withoutEdited(_ text: Substring) -> (Substring, Bool) {
        let whole = bare(text)
        guard whole.utf8.last == 0x3E else { return (text, false) }
        let scalars = whole.unicodeScalars
        guard let open = scalars.lastIndex(of: "<") else { return (text, false) }
        let inside = scalars[scalars.index(after: open)...].dropLast()
        let words = bare(Substring(inside)).lowercased()
        guard edited.contains(words.last == "." ? String(words.dropLast()) : words) else {
            return (text, false)
        }
        return (trimmed(Substring(scalars[..<open])), true)
    }

    /// The file that a line names, or nil.
    private static func named(_ line: Substring) -> String? {
        let utf8 = line.utf8
        if utf8.first == 0x3C, utf8.last == 0x3E {
            let inside = line.dropFirst().dropLast()
            guard let colon = inside.firstIndex(of: ":") else { return nil }
            let name = bare(inside[inside.index(after: colon)...])
            guard inside[..<colon].utf8.count <= 32, isNumbered(name) else { return nil }
            return String(name)
        }
        guard utf8.last == 0x29, let open = line.lastIndex(of: "(") else { return nil }
        let name = bare(line[..<open])
        let words = line[line.index(after: open)...].dropLast().lowercased()
        guard isFile(name) else { return nil }
        return attached.contains(words) || isCamera(name) ? String(name) : nil
    }

    /// Whether a line says that a file was left out.
    private static func isOmitted(_ line: Substring) -> Bool {
        guard line.utf8.count <= 64 else { return false }
        let words = line.lowercased()
        if words.utf8.first == 0x3C, words.utf8.last == 0x3E {
            return omitted.contains(String(words.dropFirst().dropLast()))
        }
        return omitted.contains(words)
    }

    /// Whether it is a file's name: an extension of 1 to 5 letters and digits, and no line end.
    private static func isFile(_ name: Substring) -> Bool {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex, name.utf8.count <= 255
        else { return false }
        let suffix = name[name.index(after: dot)...].utf8
        return (1...5).contains(suffix.count)
            && suffix.contains { ($0 | 0x20) &- 0x61 < 26 }
            && suffix.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 }
    }

    /// Whether WhatsApp of an iPhone numbered the file: `00000012-PHOTO-….jpg`.
    private static func isNumbered(_ name: Substring) -> Bool {
        guard let dash = name.firstIndex(of: "-"), isFile(name) else { return false }
        return dash != name.startIndex && name[..<dash].utf8.allSatisfy { $0 &- 0x30 < 10 }
    }

    /// Whether WhatsApp of an Android phone gave the name: `IMG-20251001-WA0001.jpg`.
    private static func isCamera(_ name: Substring) -> Bool {
        let parts = name.split(separator: "-")
        return parts.count == 3 && parts[0].utf8.count == 3 && parts[1].utf8.count == 8
            && parts[1].utf8.allSatisfy { $0 &- 0x30 < 10 } && parts[2].hasPrefix("WA")
    }

    /// Without marks of direction and white space at both ends.
    static func bare(_ text: Substring) -> Substring {
        var scalars = text.unicodeScalars
        while let first = scalars.first, isMark(first) || first.properties.isWhitespace {
            scalars.removeFirst()
        }
        while let last = scalars.last, isMark(last) || last.properties.isWhitespace {
            scalars.removeLast()
        }
        return Substring(scalars)
    }

    /// Without marks of direction and white space at its end.
    private static func trimmed(_ text: Substring) -> Substring {
        var scalars = text.unicodeScalars
        while let last = scalars.last, isMark(last) || last.properties.isWhitespace {
            scalars.removeLast()
        }
        return Substring(scalars)
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF: true
        default: false
        }
    }
}

extension ExportMark {
    /// How Android says that a file is attached, in lower case.
    static let attached: Set<String> = [
        "file attached", "datei angehängt", "archivo adjunto", "fichier joint", "file allegato",
        "arquivo anexado", "ficheiro anexado", "bestand bijgevoegd", "lêer aangeheg",
        "lêer aangeheg is", "dosya ekli", "plik dołączony", "файл добавлен", "fil vedlagt",
        "bifogad fil", "berkas terlampir", "file terlampir",
    ]

    /// How both say that a file was left out, in lower case.
    static let omitted: Set<String> = [
        "media omitted", "image omitted", "video omitted", "audio omitted", "gif omitted",
        "sticker omitted", "document omitted", "contact card omitted", "video note omitted",
        "medien ausgeschlossen", "bild weggelassen", "video weggelassen", "audio weggelassen",
        "gif weggelassen", "sticker weggelassen", "dokument weggelassen",
        "kontaktkarte ausgelassen", "multimedia omitido", "archivo omitido", "imagen omitida",
        "video omitido", "audio omitido", "gif omitido", "sticker omitido", "documento omitido",
        "médias omis", "fichier omis", "image absente", "vidéo absente", "audio omis",
        "sticker omis", "document omis", "media omessi", "immagine omessa", "video omesso",
        "audio omesso", "sticker omesso", "documento omesso", "mídia oculta",
        "arquivo de mídia oculto", "ficheiro não revelado", "imagem ocultada", "vídeo omitido",
        "áudio ocultado", "figurinha omitida", "media weggelaten", "afbeelding weggelaten",
        "video weggelaten", "audio weggelaten", "document weggelaten", "media weggelaat",
        "media uitgelaat", "без медиафайлов", "medya dahil edilmedi", "pominięto multimedia",
        "media tidak disertakan", "mídia omitida", "imagem omitida", "imagem oculta",
        "vídeo oculto", "áudio oculto", "áudio omitido", "figurinha oculta", "documento oculto",
        "contato omitido", "bild ausgeschlossen", "kontakt weggelassen",
        "kontaktkarte weggelassen", "medya atlanmış", "sticker weggelaten", "gif weggelaten",
        "メディアは含まれていません", "省略多媒體檔案", "媒体省略", "تم استبعاد الوسائط",
        "미디어 파일을 생략한 대화내용",
    ]

    /// How both say that a text was edited, in lower case and without a full stop.
    static let edited: Set<String> = [
        "this message was edited", "diese nachricht wurde bearbeitet", "se editó este mensaje",
        "este mensaje fue editado", "ce message a été modifié",
        "questo messaggio è stato modificato",
        "mensagem editada", "esta mensagem foi editada", "dit bericht is bewerkt",
        "dit bericht werd bewerkt", "hierdie boodskap is gewysig", "messaggio modificato",
        "mensaje editado", "nachricht bearbeitet", "message edited", "bu mesaj düzenlendi",
    ]
}

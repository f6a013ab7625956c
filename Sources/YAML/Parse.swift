import CYAML

extension YAMLNode {
    /// Parses one document.
    ///
    /// - Throws: ``YAMLError`` with the line and column of the first fault.
    public static func parse(_ text: String) throws(YAMLError) -> YAMLNode {
        try parse(text.utf8Span.span)
    }

    /// Parses one document from UTF-8 bytes, which need not outlive the call.
    ///
    /// - Throws: ``YAMLError`` with the line and column of the first fault.
    public static func parse(_ whole: Span<UInt8>) throws(YAMLError) -> YAMLNode {
        // A byte order mark says nothing in UTF-8, and libyaml takes it for a character.
        let hasMark = whole.count >= 3 && whole[0] == 0xEF && whole[1] == 0xBB && whole[2] == 0xBF
        let bytes = whole.extracting((hasMark ? 3 : 0)...)
        let start = TreeBuilder.Mark(line: 1, column: 1)
        guard bytes.count <= bytesMax else {
            throw start.error(
                .size, "the document has \(bytes.count) bytes; at most \(bytesMax) are read")
        }
        do {
            _ = try UTF8Span(validating: bytes)
        } catch {
            throw mark(of: error.byteOffsets.lowerBound, in: bytes)
                .error(.encoding, "not UTF-8")
        }
        let outcome = unsafe bytes.withUnsafeBufferPointer { buffer in
            Result { () throws(YAMLError) in unsafe try tree(of: buffer) }
        }
        guard let root = try outcome.get() else {
            throw start.error(.empty, "the document is empty")
        }
        return root
    }

    /// Drives libyaml's parser over the bytes; it and every event are freed on each way out.
    private static func tree(of bytes: UnsafeBufferPointer<UInt8>) throws(YAMLError) -> YAMLNode? {
        // On the heap, because libyaml keeps a pointer from the parser to itself.
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { unsafe parser.deallocate() }
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            throw YAMLError(code: .memory, message: "no memory to read YAML", line: 1, column: 1)
        }
        defer { unsafe yaml_parser_delete(parser) }
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)

        var builder = TreeBuilder()
        var documents = 0
        while true {
            var event = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(parser, &event) == 1 else {
                throw unsafe fault(of: parser, in: bytes)
            }
            defer { unsafe yaml_event_delete(&event) }
            if unsafe event.type == YAML_STREAM_END_EVENT { return builder.root }
            try unsafe take(event, into: &builder, &documents)
        }
    }

    private static func take(
        _ event: yaml_event_t, into builder: inout TreeBuilder, _ documents: inout Int
    ) throws(YAMLError) {
        let mark = unsafe TreeBuilder.Mark(event.start_mark)
        switch unsafe event.type {
        case YAML_DOCUMENT_START_EVENT:
            documents += 1
            if documents > 1 { throw mark.error(.documents, "a second document begins here") }
        case YAML_ALIAS_EVENT:
            throw mark.error(.alias, "aliases (*name) are not allowed")
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            unsafe try refuse(anchor: scalar.anchor, tag: scalar.tag, at: mark)
            let text = unsafe String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length),
                as: UTF8.self)
            let isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
            try builder.scalar(text, isPlain ? .plain : .text, at: mark)
        case YAML_SEQUENCE_START_EVENT:
            let list = unsafe event.data.sequence_start
            unsafe try refuse(anchor: list.anchor, tag: list.tag, at: mark)
            try builder.open(mapping: false, at: mark)
        case YAML_MAPPING_START_EVENT:
            let mapping = unsafe event.data.mapping_start
            unsafe try refuse(anchor: mapping.anchor, tag: mapping.tag, at: mark)
            try builder.open(mapping: true, at: mark)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            builder.close()
        default:
            break  // The stream's begin and the document's end say nothing.
        }
    }

    private static func refuse(
        anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?,
        at mark: TreeBuilder.Mark
    ) throws(YAMLError) {
        if unsafe anchor != nil { throw mark.error(.alias, "anchors (&name) are not allowed") }
        if unsafe tag != nil { throw mark.error(.tag, "tags (!name) are not allowed") }
    }

    /// The parser's complaint as an error of ours.
    private static func fault(
        of parser: UnsafeMutablePointer<yaml_parser_t>, in bytes: UnsafeBufferPointer<UInt8>
    ) -> YAMLError {
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) }
        let message = problem ?? "not YAML"
        switch unsafe parser.pointee.error {
        case YAML_MEMORY_ERROR:
            return YAMLError(code: .memory, message: "no memory to read YAML", line: 1, column: 1)
        case YAML_READER_ERROR:
            // The reader knows an offset only: it works before lines exist.
            return unsafe mark(of: parser.pointee.problem_offset, in: Span(_unsafeElements: bytes))
                .error(.encoding, message)
        default:
            let found = unsafe TreeBuilder.Mark(parser.pointee.problem_mark)
            // What is missing at the end is missed on the line after it.
            let end = unsafe mark(of: bytes.count, in: Span(_unsafeElements: bytes))
            return (found.line > end.line ? end : found).error(.syntax, message)
        }
    }

    /// Line and column of a byte: columns count characters, so continuation bytes do not.
    private static func mark(of offset: Int, in bytes: Span<UInt8>) -> TreeBuilder.Mark {
        var line = 1
        var column = 1
        for index in 0..<min(offset, bytes.count) {
            if bytes[index] == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if bytes[index] & 0xC0 != 0x80 {
                column += 1
            }
        }
        return TreeBuilder.Mark(line: line, column: column)
    }
}

extension TreeBuilder.Mark {
    /// libyaml counts from 0; people count from 1.
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: mark.line + 1, column: mark.column + 1)
    }
}

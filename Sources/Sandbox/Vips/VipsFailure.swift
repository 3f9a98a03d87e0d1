import CVips

/// What libvips said when a call of it failed. The text may repeat bytes of the image: untrusted.
struct VipsFailure: Error, Equatable {
    /// At most ``largestText`` bytes, without the newline that libvips ends its lines with.
    var text: [UInt8]

    /// Bytes kept, so that the text fits into one frame.
    static let largestText = 512

    init(_ text: String) {
        self.text = Array(text.utf8.prefix(Self.largestText))
    }

    /// Takes what stands in libvips' error buffer and empties it, so that the next failure does not
    /// begin with this one.
    static func drained() -> VipsFailure {
        var failure = VipsFailure("")
        // The buffer is a NUL-terminated string that libvips owns until the clear below.
        if let buffer = unsafe vips_error_buffer() {
            var index = 0
            while index < largestText, unsafe buffer[index] != 0 {
                failure.text.append(UInt8(bitPattern: unsafe buffer[index]))
                index += 1
            }
        }
        while failure.text.last == UInt8(ascii: "\n") { failure.text.removeLast() }
        vips_error_clear()
        return failure
    }

    /// Whether libvips could not get memory, which says nothing about the image being broken.
    var isOutOfMemory: Bool {
        String(decoding: text, as: UTF8.self).contains("out of memory")
    }
}

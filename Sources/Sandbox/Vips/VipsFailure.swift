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

    /// Whether memory was not to be had, which says nothing about the image being broken. Not each
    /// library says so: libwebp's encoder only says that it cannot.
    var isOutOfMemory: Bool {
        let words = String(decoding: text, as: UTF8.self).lowercased()
        return Self.wordsOfMemory.contains { words.contains($0) }
    }

    private static let wordsOfMemory = [
        // libvips, libpng, libtiff and libjxl.
        "out of memory",
        // libheif: heif_error_Memory_allocation_error.
        "memory allocation error",
        // libjpeg: JERR_OUT_OF_MEMORY.
        "insufficient memory",
        // libaom, which makes nothing but allocations there.
        "av1_create_context_and_bufferpool() failed",
        // strerror(3) of ENOMEM.
        "cannot allocate memory",
    ]
}

import CVips

/// One reference to a libvips blob: bytes that it owns (a saver's result) or borrows (an input).
@safe
struct VipsBytes: ~Copyable {
    /// Valid as long as this value lives.
    let pointer: UnsafeMutablePointer<VipsBlob>

    /// Takes over the reference that the caller holds.
    init(adopting pointer: UnsafeMutablePointer<VipsBlob>) {
        unsafe self.pointer = pointer
    }

    /// Names memory without copying it. It must outlive this value and every image loaded from it.
    init(borrowing memory: UnsafeRawBufferPointer) {
        // Without a free function libvips never frees or writes what it is given here.
        unsafe self.pointer = vips_blob_new(nil, memory.baseAddress, memory.count)
    }

    deinit {
        // A blob is an area with another name (VipsBlob begins with its VipsArea).
        unsafe vips_area_unref(
            UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: VipsArea.self))
    }

    /// The bytes, borrowed for the time of the closure.
    func withBytes<Result: ~Copyable, Failure>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var count = 0
        // The memory belongs to the blob, which `self` keeps alive.
        let start = unsafe vips_blob_get(pointer, &count)
        let buffer = unsafe UnsafeRawBufferPointer(start: start, count: count)
            .assumingMemoryBound(to: UInt8.self)
        return try body(unsafe buffer.span)
    }
}

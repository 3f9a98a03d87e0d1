import CVips

/// One reference to a libvips image, dropped when this value goes away.
///
/// An image made by a loader or an operation holds no pixels yet; they are computed when they are
/// asked for: by ``copiedToMemory()`` or by a saver.
@safe
struct VipsImageRef: ~Copyable {
    /// Valid as long as this value lives.
    let pointer: UnsafeMutablePointer<VipsImage>

    /// Takes over the reference that the caller holds.
    init(adopting pointer: UnsafeMutablePointer<VipsImage>) {
        unsafe self.pointer = pointer
    }

    /// A new image of 8 bits a channel in memory.
    ///
    /// - Parameters:
    ///   - bands: 3 or 4, red, green, blue and alpha.
    ///   - fill: writes the row of that number, counted from the top, into width × bands bytes.
    static func filled(
        width: Int, height: Int, bands: Int,
        by fill: (Int, inout MutableSpan<UInt8>) throws(VipsFailure) -> Void
    ) throws(VipsFailure) -> VipsImageRef {
        guard let columns = CInt(exactly: width), let rows = CInt(exactly: height),
            let image = unsafe vips_image_new_memory()
        else { throw VipsFailure("an image of \(width) by \(height) pixels") }
        let result = unsafe VipsImageRef(adopting: image)
        unsafe vips_image_init_fields(
            image, columns, rows, CInt(bands), VIPS_FORMAT_UCHAR, VIPS_CODING_NONE,
            VIPS_INTERPRETATION_sRGB, 1, 1)
        var row = [UInt8](repeating: 0, count: width * bands)
        for y in 0..<height {
            var span = row.mutableSpan
            try fill(y, &span)
            // libvips copies the row, whose length is what the fields above say.
            let status = unsafe row.withUnsafeMutableBufferPointer {
                unsafe vips_image_write_line(image, CInt(y), $0.baseAddress)
            }
            guard status == 0 else { throw .drained() }
        }
        return result
    }

    /// Another reference to the same image.
    func shared() -> VipsImageRef {
        // The new value gives back what is taken here.
        unsafe g_object_ref(pointer)
        return unsafe VipsImageRef(adopting: pointer)
    }

    /// A square matrix, row by row; `numbers` has width × width of them.
    static func matrix(_ numbers: [Double], width: Int) throws(VipsFailure) -> VipsImageRef {
        let side = CInt(clamping: width)
        // The numbers are copied.
        guard
            let image = unsafe vips_image_new_matrix_from_array(
                side, side, numbers, CInt(clamping: numbers.count))
        else { throw .drained() }
        return unsafe VipsImageRef(adopting: image)
    }

    deinit {
        // The reference taken at `init` is the one given back.
        unsafe g_object_unref(pointer)
    }

    // Each getter below only reads the header of a live image.
    var width: Int { Int(unsafe vips_image_get_width(pointer)) }
    var height: Int { Int(unsafe vips_image_get_height(pointer)) }
    var bands: Int { Int(unsafe vips_image_get_bands(pointer)) }
    var bandFormat: VipsBandFormat { unsafe vips_image_get_format(pointer) }
    var interpretation: VipsInterpretation { unsafe vips_image_get_interpretation(pointer) }
    var hasAlpha: Bool { unsafe vips_image_hasalpha(pointer) != 0 }
    /// EXIF orientation, 1 to 8; 1 when there is none.
    var orientation: Int {
        let stored = Int(unsafe vips_image_get_orientation(pointer))
        return (1...8).contains(stored) ? stored : 1
    }

    /// Whether a metadata field of this name exists.
    func has(_ field: String) -> Bool {
        unsafe vips_image_get_typeof(pointer, field) != 0
    }

    /// An integer from the metadata, nil when there is none of this name and type.
    func integer(_ field: String) -> Int? {
        guard has(field) else { return nil }
        var value: CInt = 0
        // `value` outlives the call that fills it.
        guard unsafe vips_image_get_int(pointer, field, &value) == 0 else {
            _ = VipsFailure.drained()
            return nil
        }
        return Int(value)
    }

    /// The bytes of a binary metadata field, borrowed for the time of the closure.
    func withBytes<Result>(
        of field: String, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result? {
        guard has(field) else { return nil }
        var start: UnsafeRawPointer?
        var count = 0
        // libvips fills both with memory that lives as long as the image.
        guard unsafe vips_image_get_blob(pointer, field, &start, &count) == 0 else {
            _ = VipsFailure.drained()
            return nil
        }
        return unsafe body(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// A text from the metadata, nil when there is none of this name and type.
    func text(_ field: String) -> [UInt8]? {
        guard has(field) else { return nil }
        var start: UnsafePointer<CChar>?
        // libvips gives its own NUL-terminated text, which is copied here.
        guard unsafe vips_image_get_string(pointer, field, &start) == 0, let start = unsafe start
        else {
            _ = VipsFailure.drained()
            return nil
        }
        return unsafe String(cString: start).utf8.map { $0 }
    }

    /// Sets a text field. Only for an image that nothing else refers to.
    func set(_ field: String, text: [UInt8]) {
        // libvips copies the text up to its NUL.
        unsafe (text + [0]).withUnsafeBufferPointer { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) {
                unsafe vips_image_set_string(pointer, field, $0.baseAddress)
            }
        }
    }

    /// Sets a binary field to a copy of the bytes. Only for an image that nothing else refers to.
    func set(_ field: String, _ bytes: [UInt8]) { set(field, bytes.span) }

    /// Pixels in a millimetre, as the file says or 1.
    var resolution: (x: Double, y: Double) {
        (unsafe vips_image_get_xres(pointer), unsafe vips_image_get_yres(pointer))
    }

    /// The names of all metadata fields.
    var fields: [String] {
        // A NULL-terminated array of strings, ours to free.
        guard let names = unsafe vips_image_get_fields(pointer) else { return [] }
        defer { unsafe g_strfreev(names) }
        var result: [String] = []
        var index = 0
        while let name = unsafe names[index] {
            result.append(unsafe String(cString: name))
            index += 1
        }
        return result
    }

    /// Removes a metadata field. Only for an image that nothing else refers to.
    func remove(_ field: String) {
        _ = unsafe vips_image_remove(pointer, field)
    }

    /// The numbers of a metadata field that holds several, nil when there is none.
    func integers(_ field: String) -> [CInt]? {
        guard has(field) else { return nil }
        var start: UnsafeMutablePointer<CInt>?
        var count: CInt = 0
        // libvips fills both with memory that lives as long as the image.
        guard unsafe vips_image_get_array_int(pointer, field, &start, &count) == 0 else {
            _ = VipsFailure.drained()
            return nil
        }
        return unsafe Array(UnsafeBufferPointer(start: start, count: Int(count)))
    }

    // Each setter below is only for an image that nothing else refers to, and copies what it gets.
    func set(_ field: String, _ number: Int) {
        unsafe vips_image_set_int(pointer, field, CInt(clamping: number))
    }

    func set(_ field: String, _ numbers: [CInt]) {
        unsafe vips_image_set_array_int(pointer, field, numbers, CInt(clamping: numbers.count))
    }

    func set(_ field: String, _ text: String) { set(field, text: Array(text.utf8)) }

    func set(_ field: String, _ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { memory in
            unsafe vips_image_set_blob_copy(pointer, field, memory.baseAddress, memory.count)
        }
    }

    /// The pixels of an image in memory, row by row without a gap.
    func withPixels<Result: ~Copyable, Failure>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        let size = width * height * bytesPerPixel
        // NULL for an image that is not in memory; the memory belongs to the image.
        guard unsafe vips_image_pio_input(pointer) == 0,
            let start = unsafe pointer.pointee.data
        else { return nil }
        return try body(unsafe Span(_unsafeStart: start, count: size))
    }

    /// Bytes of a pixel.
    var bytesPerPixel: Int { Int(vips_format_sizeof(bandFormat)) * bands }

    /// Rows that are computed at a time: what libvips gives a thread of an image that is read from
    /// top to bottom (its VIPS__FATSTRIP_HEIGHT).
    private static let strip = 16

    /// Computes every pixel now, into memory, top to bottom and on this thread alone.
    ///
    /// `vips_image_copy_memory` does the same by handing each strip to another thread and waiting
    /// for it, which for a photograph takes dozens of changes between threads.
    func copiedToMemory() throws(VipsFailure) -> VipsImageRef {
        let result = try emptyCopy()
        try write(into: result, at: 0)
        return result
    }

    /// An image for the memory, without pixels, that has this one's format and metadata.
    ///
    /// - Parameter count: how many images of this one's size it has room for below each other.
    func emptyCopy(of count: Int = 1) throws(VipsFailure) -> VipsImageRef {
        guard unsafe vips_image_pio_input(pointer) == 0, let copy = unsafe vips_image_new_memory()
        else { throw .drained() }
        let result = unsafe VipsImageRef(adopting: copy)
        // Takes over size, format and metadata. The list ends with NULL and is read within the call.
        var inputs = unsafe [UnsafeMutablePointer<VipsImage>?.some(pointer), nil]
        guard unsafe vips_image_pipeline_array(copy, VIPS_DEMAND_STYLE_ANY, &inputs) == 0
        else { throw .drained() }
        guard count > 1 else { return result }
        guard let rows = CInt(exactly: height.multipliedReportingOverflow(by: count).partialValue)
        else { throw VipsFailure("\(count) images of \(height) rows each") }
        // Memory is taken at the first row that is written, for the height that stands there then.
        unsafe copy.pointee.Ysize = rows
        return result
    }

    /// Computes every pixel into rows of an image that ``emptyCopy(of:)`` made of one of the same
    /// width and format. Rows are written once and from the top.
    func write(into copy: borrowing VipsImageRef, at first: Int) throws(VipsFailure) {
        guard unsafe vips_image_pio_input(pointer) == 0, width == copy.width,
            bytesPerPixel == copy.bytesPerPixel, first + height <= copy.height,
            let region = unsafe vips_region_new(pointer)
        else { throw VipsFailure("an image that does not fit into another") }
        defer { unsafe g_object_unref(region) }
        var rows = VipsRect(left: 0, top: 0, width: CInt(width), height: 0)
        while rows.top < CInt(height) {
            rows.height = min(CInt(Self.strip), CInt(height) - rows.top)
            guard unsafe vips_region_prepare(region, &rows) == 0 else { throw .drained() }
            for row in rows.top..<rows.top + rows.height {
                // The region holds these rows in whole, from `valid` on (VIPS_REGION_ADDR).
                let line =
                    unsafe region.pointee.data
                    + Int(row - region.pointee.valid.top) * Int(region.pointee.bpl)
                guard unsafe vips_image_write_line(copy.pointer, CInt(first) + row, line) == 0
                else { throw .drained() }
            }
            rows.top += rows.height
        }
    }
}

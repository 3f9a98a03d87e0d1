import CVips

/// One libvips operation: made by name, given its arguments, run, and read.
///
/// libvips' C functions are variadic, which Swift cannot call; operations are GObjects, so the same
/// is done through their properties. The name of this type is the C type's on purpose, which is
/// written `CVips.VipsOperation` here.
@safe
struct VipsOperation: ~Copyable {
    private var operation: UnsafeMutablePointer<CVips.VipsOperation>
    private let name: String

    /// An operation by its nickname, for example `resize`.
    init(_ name: String) throws(VipsFailure) {
        guard let operation = unsafe vips_operation_new(name) else { throw .drained() }
        unsafe self.operation = operation
        self.name = name
    }

    deinit {
        // Outputs hold references of their own until they are dropped here; what callers took was
        // referenced again. Then the operation itself goes.
        unsafe vips_object_unref_outputs(
            UnsafeMutableRawPointer(operation).assumingMemoryBound(to: VipsObject.self))
        unsafe g_object_unref(operation)
    }

    /// Whether this library's version of the operation has an argument of that name.
    func has(_ argument: String) -> Bool { type(of: argument) != nil }

    /// Sets a whole number, or a value of an enumeration or of flags by its number.
    func set(_ argument: String, _ number: some FixedWidthInteger) throws(VipsFailure) {
        guard let int = CInt(exactly: number) else {
            throw VipsFailure("\(name): \(argument) is out of range")
        }
        unsafe try set(argument) { value, type in
            switch g_type_fundamental(type) {
            case Fundamental.enumeration: unsafe g_value_set_enum(value, int)
            case Fundamental.flags: unsafe g_value_set_flags(value, guint(bitPattern: int))
            default: unsafe g_value_set_int(value, int)
            }
        }
    }

    func set(_ argument: String, _ number: Double) throws(VipsFailure) {
        unsafe try set(argument) { value, _ in unsafe g_value_set_double(value, number) }
    }

    func set(_ argument: String, _ flag: Bool) throws(VipsFailure) {
        unsafe try set(argument) { value, _ in unsafe g_value_set_boolean(value, flag ? 1 : 0) }
    }

    func set(_ argument: String, _ text: String) throws(VipsFailure) {
        unsafe try set(argument) { value, _ in unsafe g_value_set_string(value, text) }
    }

    /// The operation takes a reference of its own.
    func set(_ argument: String, _ image: borrowing VipsImageRef) throws(VipsFailure) {
        let pointer = unsafe image.pointer
        unsafe try set(argument) { value, _ in unsafe g_value_set_object(value, pointer) }
    }

    /// The operation takes a reference of its own.
    func set(_ argument: String, _ bytes: borrowing VipsBytes) throws(VipsFailure) {
        let pointer = unsafe bytes.pointer
        unsafe try set(argument) { value, _ in unsafe g_value_set_boxed(value, pointer) }
    }

    func set(_ argument: String, _ numbers: [Double]) throws(VipsFailure) {
        // libvips copies the numbers; our reference to its array ends with this function.
        let array = unsafe vips_array_double_new(numbers, CInt(numbers.count))
        defer {
            unsafe vips_area_unref(
                UnsafeMutableRawPointer(array!).assumingMemoryBound(to: VipsArea.self))
        }
        unsafe try set(argument) { value, _ in unsafe g_value_set_boxed(value, array) }
    }

    /// Runs the operation. Loaders and filters only prepare themselves; savers compute pixels.
    mutating func run() throws(VipsFailure) {
        // The call may put another object with the same arguments in the place of ours, and keeps
        // the count of references right when it does.
        var built: UnsafeMutablePointer<CVips.VipsOperation>? = unsafe operation
        let status = unsafe vips_cache_operation_buildp(&built)
        if let built = unsafe built { unsafe operation = built }
        guard status == 0 else { throw .drained() }
    }

    /// Runs the operation and takes the image it makes.
    consuming func image(_ argument: String = "out") throws(VipsFailure) -> VipsImageRef {
        try run()
        var result: UnsafeMutableRawPointer?
        unsafe get(argument, vips_image_get_type()) { value in
            unsafe result = g_value_dup_object(value)
        }
        guard let result = unsafe result else { throw VipsFailure("\(name): no \(argument)") }
        return unsafe VipsImageRef(adopting: result.assumingMemoryBound(to: VipsImage.self))
    }

    /// Runs the operation and takes the bytes it makes.
    consuming func bytes(_ argument: String = "buffer") throws(VipsFailure) -> VipsBytes {
        try run()
        var result: UnsafeMutableRawPointer?
        unsafe get(argument, vips_blob_get_type()) { value in
            unsafe result = g_value_dup_boxed(value)
        }
        guard let result = unsafe result else { throw VipsFailure("\(name): no \(argument)") }
        return unsafe VipsBytes(adopting: result.assumingMemoryBound(to: VipsBlob.self))
    }

    /// Runs the operation and takes the whole numbers it finds.
    consuming func integers(_ arguments: [String]) throws(VipsFailure) -> [Int] {
        try run()
        return arguments.map { argument in
            var result = 0
            unsafe get(argument, Fundamental.integer) { unsafe result = Int(g_value_get_int($0)) }
            return result
        }
    }

    /// Runs the operation and takes the numbers it finds.
    consuming func numbers(_ argument: String) throws(VipsFailure) -> [Double] {
        try run()
        var result: [Double] = []
        unsafe get(argument, vips_array_double_get_type()) { value in
            var count: CInt = 0
            // The array belongs to the value and holds `count` numbers.
            let array = unsafe vips_value_get_array_double(value, &count)
            unsafe result = Array(UnsafeBufferPointer(start: array, count: Int(count)))
        }
        return result
    }

    // MARK: GObject

    /// Fundamental types as gtype.h makes them (number << G_TYPE_FUNDAMENTAL_SHIFT); the macros do
    /// not reach Swift.
    private enum Fundamental {
        static let integer: GType = 6 << 2
        static let enumeration: GType = 12 << 2
        static let flags: GType = 13 << 2
    }

    private var object: UnsafeMutablePointer<GObject> {
        unsafe UnsafeMutableRawPointer(operation).assumingMemoryBound(to: GObject.self)
    }

    private func type(of argument: String) -> GType? {
        // Every GObject begins with the pointer to its class, and every class of an operation
        // begins with GObjectClass.
        let type = unsafe UnsafeMutableRawPointer(object.pointee.g_type_instance.g_class)!
            .assumingMemoryBound(to: GObjectClass.self)
        guard let description = unsafe g_object_class_find_property(type, argument) else {
            return nil
        }
        return unsafe description.pointee.value_type
    }

    private func set(
        _ argument: String, _ fill: (UnsafeMutablePointer<GValue>, GType) -> Void
    ) throws(VipsFailure) {
        guard let type = type(of: argument) else {
            throw VipsFailure("\(name): this libvips has no argument \(argument)")
        }
        var value = GValue()
        // The value has the argument's own type, so the property accepts it as it is.
        unsafe g_value_init(&value, type)
        unsafe fill(&value, type)
        unsafe g_object_set_property(object, argument, &value)
        unsafe g_value_unset(&value)
    }

    private func get(
        _ argument: String, _ type: GType, _ read: (UnsafeMutablePointer<GValue>) -> Void
    ) {
        var value = GValue()
        // `read` takes a reference before the value gives up its own.
        unsafe g_value_init(&value, type)
        unsafe g_object_get_property(object, argument, &value)
        unsafe read(&value)
        unsafe g_value_unset(&value)
    }
}

import CVips

/// Asks libvips itself which loaders and savers may run.
enum OpenOperations {
    /// The nicknames of all loaders and savers that can be made and are not blocked.
    static func names() -> Set<String> {
        var names: Set<String> = []
        for root in ["VipsForeignLoad", "VipsForeignSave"] {
            collect(unsafe g_type_from_name(root), into: &names)
        }
        return names
    }

    private static func collect(_ type: GType, into names: inout Set<String>) {
        // GObject keeps a static class for good once it was asked for.
        if g_type_test_flags(type, guint(G_TYPE_FLAG_ABSTRACT.rawValue)) == 0,
            let pointer = unsafe g_type_class_ref(type)
        {
            let operation = unsafe pointer.assumingMemoryBound(to: VipsOperationClass.self)
            if unsafe operation.pointee.flags.rawValue & VIPS_OPERATION_BLOCKED.rawValue == 0 {
                names.insert(unsafe String(cString: operation.pointee.parent_class.nickname))
            }
        }
        var count: guint = 0
        // An array of `count` types that is ours to free.
        guard let children = unsafe g_type_children(type, &count) else { return }
        for index in 0..<Int(count) { collect(unsafe children[index], into: &names) }
        unsafe g_free(children)
    }
}

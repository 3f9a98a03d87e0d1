import Glibc

/// The fonts that text in documents is drawn with.
enum InstalledFonts {
    /// Reads fontconfig's configuration and finds every font, so that children inherit it all and
    /// open nothing but the fonts that they draw with. Starts no thread. What is found stays: this
    /// is for a process that sees the files its children will see.
    ///
    /// - Returns: how many fonts there are; nil where libvips brings a fontconfig of its own that
    ///   nobody else can reach.
    static func find() -> UInt32? {
        // Symbols of whichever fontconfig libvips was loaded with, and their declarations in
        // fontconfig.h. FcConfigGetFonts answers for the current configuration when given none.
        guard let initialise = unsafe dlsym(nil, "FcInit"),
            let fonts = unsafe dlsym(nil, "FcConfigGetFonts")
        else { return nil }
        typealias Initialise = @convention(c) () -> CInt
        typealias Fonts = @convention(c) (OpaquePointer?, CInt) -> UnsafePointer<CInt>?
        guard unsafe unsafeBitCast(initialise, to: Initialise.self)() != 0 else { return 0 }
        // 0 is FcSetSystem. The answer stays fontconfig's; its first member is the number of fonts.
        let set = unsafe unsafeBitCast(fonts, to: Fonts.self)(nil, 0)
        return UInt32(clamping: unsafe set?.pointee ?? 0)
    }
}

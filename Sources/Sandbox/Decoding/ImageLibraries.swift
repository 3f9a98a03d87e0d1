import CMagic
import CVips
import Glibc
import ImageVocabulary

/// libvips and libmagic, ready for children to be forked.
///
/// Loaded once by the zygote while it still has files and exactly one thread. It has one thread
/// afterwards too, and whatever the libraries open or set up once is behind them.
struct ImageLibraries: ~Copyable {
    /// The version of libvips that was loaded, which need not be the one compiled against.
    let vipsVersion: String
    /// libmagic's version as it numbers itself, for example 544.
    let magicVersion: Int
    /// The formats of results that can be written.
    let writes: [ImageFormat]
    /// Decides what bytes are.
    let sniffer: MagicSniffer

    /// Loads both libraries and warms everything that jobs for `formats` will touch. Every other
    /// loader stays blocked. Call once in a process, before it forks.
    static func load(formats: [ImageFormat]) throws(LibraryFailure) -> ImageLibraries {
        // Before anything allocates from a second thread: each thread would reserve an arena of
        // 128 MiB of address space of its own, and limits on it would mean nothing.
        guard mallopt(M_ARENA_MAX, 1) == 1 else {
            throw LibraryFailure("mallopt(3) refuses a single arena; glibc is required")
        }
        // Ending a thread and unwinding load this library at first use (pthread_exit(3)).
        guard unsafe dlopen("libgcc_s.so.1", RTLD_NOW) != nil else {
            throw LibraryFailure("libgcc_s.so.1 is missing; install the package libgcc-s1")
        }
        // Reads the time zone file now instead of at a decoder's first date.
        tzset()
        var generator = SystemRandomNumberGenerator()
        _ = generator.next()
        GLibLog.install()

        try startVips()
        let writes = blockAll()
        try warm(formats)
        try warmOperations()

        let sniffer = try MagicSniffer.open()
        for format in formats {
            // The first look-up compiles the database's regular expressions.
            let image = WarmUpImages.bytes(of: format)
            do throws(Refusal) {
                try sniffer.require(format, image.span)
            } catch {
                throw LibraryFailure("libmagic does not recognise its own \(format.name)")
            }
        }
        // What the warm-up tried and gave up must not stand before a child's own reasons.
        _ = VipsFailure.drained()
        return ImageLibraries(
            vipsVersion: unsafe String(cString: vips_version_string()),
            magicVersion: Int(magic_version()), writes: writes, sniffer: sniffer)
    }

    /// An address within libvips' code.
    static var somewhere: UnsafeRawPointer? {
        // The name is a constant; the handle is the program's own, with all that it has loaded.
        unsafe UnsafeRawPointer(dlsym(nil, "vips_init"))
    }

    private static func startVips() throws(LibraryFailure) {
        let (major, minor) = (vips_version(0), vips_version(1))
        guard major == 8, minor >= 14 else {
            throw LibraryFailure("libvips \(major).\(minor) is not supported; 8.14 or newer is")
        }
        if minor < 15 {
            // Until 8.15 libvips made its vector code at run time with liborc, in memory that is
            // written and then executed; no child may have such memory. The first variable keeps
            // libvips from using vector code. The second is liborc's own and keeps it from making
            // code that libvips asks for all the same: `abs`, which smart cropping uses, does.
            // This process has one thread, so that nobody else reads the environment now.
            unsafe setenv("VIPS_NOVECTOR", "1", 1)
            unsafe setenv("ORC_CODE", "emulate", 1)
        }
        guard unsafe vips_init("glovebox-sandbox") == 0 else {
            let reason = String(decoding: VipsFailure.drained().text, as: UTF8.self)
            throw LibraryFailure("libvips does not start: \(reason)")
        }
        // A child does one job: remembering operations costs memory and saves nothing.
        vips_cache_set_max(0)
        vips_cache_set_max_mem(0)
        vips_cache_set_max_files(0)
        vips_concurrency_set(1)
        vips_leak_set(0)
    }

    /// Blocks every loader and saver that libvips has, but the savers of results.
    ///
    /// - Returns: the formats that can be written.
    private static func blockAll() -> [ImageFormat] {
        vips_block_untrusted_set(1)
        // The names are constants; the calls walk the class tree below them.
        unsafe vips_operation_block_set("VipsForeignLoad", 1)
        unsafe vips_operation_block_set("VipsForeignSave", 1)
        // Results may have any format, whatever was read. BMP is written without libvips.
        return ImageFormat.outputs.filter { format in
            ImageCodec(format).saver.map { allow($0) } ?? (format == .bmp)
        }
    }

    /// - Returns: whether there is an operation of that nickname.
    private static func allow(_ operation: String) -> Bool {
        // The class belongs to the library; its name is read at once.
        let type = unsafe vips_type_find("VipsOperation", operation)
        guard type != 0, let name = unsafe g_type_name(type) else { return false }
        unsafe vips_operation_block_set(name, 0)
        return true
    }

    /// Allows the formats' loaders and warms them. A failure names everything that this libvips
    /// lacks at once.
    private static func warm(_ formats: [ImageFormat]) throws(LibraryFailure) {
        let missing = formats.filter { format in
            ImageCodec(format).decoder.loader.map { !allow($0) } ?? false
        }
        let loaders = missing.compactMap { ImageCodec($0).decoder.loader }
            .joined(separator: " and no ")
        var lacks = missing.isEmpty ? [] : [LibraryFailure("has no \(loaders)", formats: missing)]
        for format in formats where !missing.contains(format) {
            do throws(LibraryFailure) { try warm(format) } catch { lacks.append(error) }
        }
        guard lacks.isEmpty else {
            throw LibraryFailure(
                lacks.map(\.text).joined(separator: ", "), formats: lacks.flatMap(\.formats))
        }
    }

    /// Makes one loader, and where that starts no thread reads one header, or a whole image through
    /// all steps but the encoder: what is looked up, bound or set up at first use is then the zygote's
    /// and not each child's again.
    private static func warm(_ format: ImageFormat) throws(LibraryFailure) {
        let image = WarmUpImages.bytes(of: format)
        do throws(VipsFailure) {
            if let loader = ImageCodec(format).decoder.loader { _ = try VipsOperation(loader) }
            guard WarmUpImages.canBeOpened(format) else { return }
            // Everything opened here is gone before the array is.
            try unsafe image.span.withUnsafeBytes { memory throws(VipsFailure) in
                let source = unsafe ImageSource(format, memory)
                guard WarmUpImages.canBeDecoded(format) else {
                    _ = try source.open()
                    return
                }
                var report = SilentReport()
                let facts = try source.facts()
                do throws(Refusal) {
                    _ = try Pipeline.pixels(
                        WarmUpImages.plan, source: source, facts: facts,
                        limits: JobLimits(), &report)
                } catch {
                    throw VipsFailure(String(decoding: error.text, as: UTF8.self))
                }
            }
        } catch {
            let reason = String(decoding: error.text, as: UTF8.self)
            throw LibraryFailure("cannot read \(format.name) (\(reason))", formats: [format])
        }
    }

    private static func warmOperations() throws(LibraryFailure) {
        for format in ImageFormat.outputs {
            if let saver = ImageCodec(format).saver { _ = try? VipsOperation(saver) }
        }
        for filter in ImageCodec.filters {
            do throws(VipsFailure) {
                _ = try VipsOperation(filter)
            } catch {
                throw LibraryFailure("this libvips has no operation \(filter)")
            }
        }
    }
}

/// Why the image libraries cannot be used. The text is for the operator.
struct LibraryFailure: Error, Equatable {
    /// A sentence; what libvips lacks of formats, without the libvips before it: `has no
    /// jxlload_buffer`.
    var text: String
    /// The formats that this libvips cannot read, where it is that.
    var formats: [ImageFormat]

    init(_ text: String, formats: [ImageFormat] = []) {
        self.text = text
        self.formats = formats
    }
}

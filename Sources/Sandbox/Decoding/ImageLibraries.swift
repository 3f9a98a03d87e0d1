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
        try allowOnly(formats)
        for format in formats { try warm(format) }
        try warmFilters()

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
            magicVersion: Int(magic_version()), sniffer: sniffer)
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

    /// Blocks every loader and saver that libvips has, then allows those of the formats by name.
    private static func allowOnly(_ formats: [ImageFormat]) throws(LibraryFailure) {
        vips_block_untrusted_set(1)
        // The names are constants; the calls walk the class tree below them.
        unsafe vips_operation_block_set("VipsForeignLoad", 1)
        unsafe vips_operation_block_set("VipsForeignSave", 1)
        for format in formats {
            let codec = ImageCodec(format)
            for operation in [codec.loader, codec.saver] {
                let type = unsafe vips_type_find("VipsOperation", operation)
                guard type != 0, let name = unsafe g_type_name(type) else {
                    throw LibraryFailure(
                        """
                        this libvips has no \(operation), which \(format.name) needs; \
                        install a build that has it or leave the format out of the policy
                        """)
                }
                unsafe vips_operation_block_set(name, 0)
            }
        }
    }

    /// Reads one header and makes one saver. No pixel is decoded: that would start threads.
    private static func warm(_ format: ImageFormat) throws(LibraryFailure) {
        let image = WarmUpImages.bytes(of: format)
        do throws(VipsFailure) {
            // Everything opened here is gone before the array is.
            try unsafe image.span.withUnsafeBytes { memory throws(VipsFailure) in
                let source = unsafe ImageSource(format, memory)
                _ = try source.open()
            }
            _ = try VipsOperation(ImageCodec(format).saver)
        } catch {
            let reason = String(decoding: error.text, as: UTF8.self)
            throw LibraryFailure("libvips cannot read \(format.name): \(reason)")
        }
    }

    private static func warmFilters() throws(LibraryFailure) {
        for filter in ImageCodec.filters {
            do throws(VipsFailure) {
                _ = try VipsOperation(filter)
            } catch {
                throw LibraryFailure("this libvips has no operation \(filter)")
            }
        }
    }
}

/// Why the image libraries cannot be used. The text is for the operator and says what to do.
struct LibraryFailure: Error, Equatable {
    var text: String

    init(_ text: String) { self.text = text }
}

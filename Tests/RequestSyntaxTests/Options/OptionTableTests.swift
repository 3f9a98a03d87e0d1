import RequestSyntax
import Testing

@Suite("The option table")
struct OptionTableTests {
    static let everyName = ProcessingOption.all.map(\.name)

    @Test("no name stands there twice, and names need no escape anywhere")
    func unique() {
        let names = ProcessingOption.all.flatMap(\.names)
        #expect(Set(names).count == names.count)
        for name in names {
            #expect(name.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz_-".utf8.contains($0) })
        }
    }

    @Test("it has imgproxy's names and aliases, and Glovebox's own")
    func names() {
        #expect(
            ProcessingOption.all.map { $0.names.joined(separator: " ") } == [
                "resize rs", "size s", "resizing_type rt", "width w", "height h", "min-width mw",
                "min-height mh", "zoom z", "dpr", "enlarge el", "gravity g", "crop c",
                "crop_aspect_ratio crop_ar car", "trim t", "page pg", "pages pgs",
                "enforce_thumbnail eth", "auto_rotate ar", "rotate rot", "flip fl", "extend ex",
                "extend_aspect_ratio extend_ar exar", "padding pd", "background bg", "adjust a",
                "brightness br", "contrast co", "saturation sa", "blur bl", "sharpen sh",
                "pixelate pix", "watermark wm", "watermark_url wmu", "format f ext", "quality q",
                "format_quality fq", "max_bytes mb", "strip_metadata sm", "keep_copyright kcr",
                "strip_color_profile scp", "color_profile cp icc", "preserve_hdr ph", "dpi",
                "progressive prog", "palette pal", "skip_processing skp", "raw", "cachebuster cb",
                "expires exp", "filename fn", "return_attachment att", "fallback_image_url fiu",
                "preset pr", "max_src_resolution msr", "max_src_file_size msfs",
                "max_animation_frames maf", "max_animation_frame_resolution mafr",
                "max_result_dimension mrd",
            ])
    }

    @Test("a written default reads as no option at all", arguments: everyName)
    func defaults(_ name: String) throws {
        let option = try #require(ProcessingOption.named(name))
        // Some have no words for their default, and limits have theirs from the configuration.
        guard !option.defaultValue.isEmpty, !option.isLimit else { return }
        #expect(try read("\(option.name):\(option.defaultValue)") == RequestOptions())
    }

    @Test("an example can be read, and does something", arguments: everyName)
    func examples(_ name: String) throws {
        let option = try #require(ProcessingOption.named(name))
        let options = try read("\(option.name):\(option.example)")
        #expect((options == RequestOptions()) == (option.name == "cachebuster"))
    }

    @Test("texts are sentences for tables", arguments: everyName)
    func texts(_ name: String) throws {
        let option = try #require(ProcessingOption.named(name))
        for text in [option.summary, option.takes] {
            #expect(text.hasSuffix(".") && !text.contains("\n") && !text.contains("  "), "\(text)")
        }
        #expect(option.takes.hasPrefix("Write "))
        #expect(option.mostArguments > 0 && !option.shape.isEmpty)
    }

    @Test("every option has samples of what it takes and of what it does not")
    func samples() throws {
        for option in ProcessingOption.all {
            let good = OptionSample.good.filter { option.names.contains(String($0.name)) }
            let hasEffect = good.contains { $0.meaning != RequestOptions() }
            #expect(hasEffect || option.name == "cachebuster", "\(option.name)")
            // Every name of it.
            #expect(Set(good.map { String($0.name) }) == Set(option.names), "\(option.name)")
            let bad = OptionSample.bad.filter { text in
                option.names.contains { text.hasPrefix("\($0):") }
            }
            #expect(!bad.isEmpty, "\(option.name)")
        }
    }

    @Test(
        "an option means the same on the command line and in a query", arguments: OptionSample.good)
    func means(_ sample: OptionSample) throws {
        #expect(try read(sample.text) == sample.meaning)
        let value = sample.text.dropFirst(sample.name.count + 1)
        let queried = try OptionParser.options(
            query: "\(sample.name)=\(value)", under: OptionSample.rules)
        #expect(queried == sample.meaning)
    }

    @Test("a value that cannot be read is an error naming the option", arguments: OptionSample.bad)
    func unreadable(_ text: String) throws {
        let error = try #require(throws: OptionError.self) { try read(text) }
        #expect(error.option == text.prefix { $0 != ":" })
        #expect(error.reason.contains("Write ") && !error.isForbidden)
    }

    @Test("names are compared literally", arguments: ["W", "width ", "", "ｗ"])
    func literal(name: String) {
        #expect(ProcessingOption.named(name) == nil)
    }

    private func read(_ text: String) throws(OptionError) -> RequestOptions {
        try OptionParser.options([text], under: OptionSample.rules)
    }
}

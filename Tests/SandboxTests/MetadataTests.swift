import Foundation
import ImageVocabulary
import Testing

@testable import Sandbox

extension EngineTests {
    /// `camera.jpg` has what a camera and an agency write; what is not to be told begins with SECRET.
    /// What a result has is read back by exiftool.
    @Suite("Metadata of results")
    struct MetadataTests {
        private static let formats: [ImageFormat] = [.jpeg, .png, .webp, .tiff]

        /// Tags by group and name, as another program reads them.
        private func tags(of bytes: [UInt8], _ format: ImageFormat) throws -> [String: String] {
            let file = FileManager.default.temporaryDirectory
                .appending(path: "\(UUID().uuidString).\(format.fileExtensions[0])")
            try Data(bytes).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let program = Process()
            program.executableURL = URL(filePath: "/usr/bin/exiftool")
            program.arguments = ["-a", "-G1", "-s", "-t", "-q", file.path]
            let output = Pipe()
            program.standardOutput = output
            try program.run()
            let text = String(
                decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            program.waitUntilExit()
            try #require(program.terminationStatus == 0)
            var tags: [String: String] = [:]
            for line in text.split(separator: "\n") {
                let parts = line.split(separator: "\t", maxSplits: 2)
                if parts.count == 3 { tags["\(parts[0]):\(parts[1])"] = String(parts[2]) }
            }
            return tags
        }

        private func result(
            _ format: ImageFormat, _ change: (inout MetadataPlan) -> Void = { _ in }
        ) throws -> [UInt8] {
            var plan = Plan(width: 48, quality: 90, format: format)
            change(&plan.metadata)
            return try Engine.shared.process(
                try Fixture.metadata("camera.jpg"), as: .jpeg, plan)
        }

        private static let exif = [
            "IFD0:Artist": "Ada (Studio, North) Example", "IFD0:Copyright": "(C) 2024 Ada Example",
        ]
        private static let iptc = [
            "IPTC:By-line": "Ada Iptc", "IPTC:Credit": "Agency Iptc",
            "IPTC:CopyrightNotice": "Rights Iptc",
        ]
        private static let xmp = [
            "XMP-dc:Creator": "Ada Xmp", "XMP-dc:Rights": "Rights & Xmp <all>",
            "XMP-dc:Publisher": "House Xmp", "XMP-dc:Contributor": "Ben Xmp",
            "XMP-xmpRights:Marked": "True",
            "XMP-xmpRights:WebStatement": "https://example.org/rights",
            "XMP-cc:License": "https://example.org/licence",
        ]

        @Test("names of authors and owners stay, and nothing else does", arguments: formats)
        func notices(_ format: ImageFormat) throws {
            let bytes = try result(format)
            #expect(Data(bytes).firstRange(of: Data("SECRET".utf8)) == nil)
            let tags = try tags(of: bytes, format)
            var expected = Self.xmp
            // libvips writes no EXIF into TIFF.
            if format != .tiff { expected.merge(Self.exif) { one, _ in one } }
            if format == .jpeg || format == .tiff { expected.merge(Self.iptc) { one, _ in one } }
            for (name, value) in expected { #expect(tags[name] == value, "\(name)") }
            let others = tags.keys.filter { name in
                [
                    "GPS:", "ExifIFD:Serial", "ExifIFD:Lens", "IFD0:Make", "IFD0:Model", "IFD1:",
                    "IFD0:Software", "IFD0:ImageDescription", "ExifIFD:DateTime", "XMP-exif",
                    "XMP-aux", "XMP-photoshop", "IPTC:City", "ICC",
                ].contains { name.hasPrefix($0) }
            }
            #expect(others == [])
        }

        @Test("without copyright nothing stays at all", arguments: formats)
        func nothing(_ format: ImageFormat) throws {
            let bytes = try result(format) { $0.keepCopyright = false }
            let tags = try tags(of: bytes, format)
            let names = tags.keys.filter { name in
                // libvips' WebP has the format's own numbers in EXIF whatever is asked.
                [
                    "GPS:", "ExifIFD:Lens", "ExifIFD:Owner", "ExifIFD:Serial", "ExifIFD:Date",
                    "ExifIFD:User", "ExifIFD:Expo", "IPTC:", "XMP", "IFD0:Artist", "IFD0:Copyright",
                    "IFD0:Make",
                ]
                .contains { name.hasPrefix($0) }
            }
            #expect(names == [])
            for word in ["Ada", "SECRET", "Agency"] {
                #expect(Data(bytes).firstRange(of: Data(word.utf8)) == nil)
            }
        }

        @Test("what is not stripped stays, the position too")
        func kept() throws {
            let tags = try tags(of: try result(.jpeg) { $0.strip = false }, .jpeg)
            for (name, value) in Self.exif.merging(Self.iptc, uniquingKeysWith: { one, _ in one }) {
                #expect(tags[name] == value, "\(name)")
            }
            #expect(tags["IFD0:Make"] == "Glove Works" && tags["IPTC:City"] == "SECRET-CITY")
            #expect(tags["GPS:GPSLatitude"] != nil)
        }

        @Test("an image without notices gets no metadata")
        func none() throws {
            let plain = SyntheticImages.quarters(32, 32)
            let result = try Engine.shared.process(plain, Plan(format: .jpeg))
            let tags = try tags(of: result, .jpeg)
            #expect(tags.keys.filter { $0.hasPrefix("IFD0") || $0.hasPrefix("XMP") } == [])
        }

        @Test("data sets that lie about their length are read up to the lie")
        func brokenIPTC() {
            let good: [UInt8] = [0x1C, 2, 80, 0, 3] + Array("Ada".utf8)
            let secret: [UInt8] = [0x1C, 2, 90, 0, 4] + Array("City".utf8)
            func notices(_ bytes: [UInt8]) -> [UInt8]? { IPTCFilter.notices(in: bytes.span) }
            #expect(notices(secret + good) == good)
            #expect(notices(good + [0x1C, 2, 116, 0xFF, 0xFF, 1]) == good)
            #expect(notices(good + [0x1C, 2, 116, 0, 9, 1]) == good)
            #expect(notices(secret) == nil && notices([]) == nil && notices([0x38]) == nil)
            let resource = IPTCFilter.asResource(secret + good)
            #expect(notices(resource) == good)
            for count in 0..<resource.count { _ = notices(Array(resource.prefix(count))) }
            for index in 14..<26 {
                var changed = resource
                changed[index] = 0xFF
                _ = notices(changed)
            }
        }

        @Test("XMP with entities, or that is none, is dropped")
        func brokenXMP() {
            let start =
                "<x:xmpmeta xmlns:x='adobe:ns:meta/' xmlns:d='http://purl.org/dc/elements/1.1/'"
                + " xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:RDF>"
            let end = "</rdf:Description></rdf:RDF></x:xmpmeta>"
            func notices(_ text: String) -> String? {
                XMPFilter.notices(in: Array(text.utf8).span)
                    .map { String(decoding: $0, as: UTF8.self) }
            }
            let good = notices(
                start + "<rdf:Description d:rights='A &amp; B' d:subject='no'>" + end)
            #expect(good?.contains("<dc:rights>A &amp; B</dc:rights>") == true)
            #expect(good?.contains("no") == false)
            #expect(
                notices(
                    "<!DOCTYPE a [<!ENTITY e 'x'>]>" + start
                        + "<rdf:Description d:rights='&e;'>" + end) == nil)
            #expect(notices(start) == nil && notices("") == nil && notices("\u{1}") == nil)
        }
    }
}

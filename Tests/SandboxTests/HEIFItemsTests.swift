import ImageVocabulary
import Testing

@testable import Sandbox

extension EngineTests {
    @Suite("AVIF holds AV1 and nothing else, HEIC holds HEVC")
    struct HEIFItemsTests {
        private let engine = Engine.shared

        private func avif() throws -> [UInt8] {
            try engine.process(SyntheticImages.quarters(32, 32), Plan(format: .avif))
        }

        private func verdict(_ input: [UInt8]) -> Verdict? {
            do throws(Refusal) {
                return try engine.facts(input, as: .avif) == nil ? .brokenImage : nil
            } catch {
                return error.verdict
            }
        }

        /// Every occurrence of four characters replaced by four others.
        private func replacing(
            _ old: String, with new: String, in bytes: [UInt8]
        ) -> [UInt8] {
            var result = bytes
            for start in 0...(bytes.count - 4) where bytes[start...].starts(with: old.utf8) {
                result.replaceSubrange(start..<(start + 4), with: new.utf8)
            }
            return result
        }

        @Test(
            "an item of another codec behind the brand of AVIF is refused",
            arguments: ["hvc1", "hev1", "avc1", "jpeg", "j2k1", "vvc1", "unci", "evil"])
        func foreignItem(_ type: String) throws {
            #expect(verdict(replacing("av01", with: type, in: try avif())) == .unknownFormat)
        }

        @Test("HEIC does not pass as AVIF, whatever it is announced as")
        func heic() throws {
            for brand in ["heic", "heix"] {
                let file = replacing("avif", with: brand, in: try avif())
                #expect(verdict(file) == .formatMismatch)
            }
            let neutral = replacing("avif", with: "mif1", in: try avif())
            #expect(verdict(neutral) == .unknownFormat)
        }

        private func refusal(of bytes: [UInt8], as kind: HEIFItems) -> Verdict? {
            do throws(Refusal) {
                try HEIFItems.require(kind, in: bytes.span)
                return nil
            } catch {
                return error.verdict
            }
        }

        @Test("HEIC passes with HEVC alone", arguments: ["plain.heic", "alpha.heic", "phone.heic"])
        func hevc(_ name: String) throws {
            let file = try Fixture.bytes(name)
            #expect(refusal(of: file, as: .heic) == nil)
            #expect(refusal(of: file, as: .avif) == .unknownFormat)
            for type in ["av01", "avc1", "jpeg", "j2k1", "vvc1", "unci"] {
                let foreign = replacing("hvc1", with: type, in: file)
                #expect(refusal(of: foreign, as: .heic) == .unknownFormat)
            }
        }

        @Test("a file whose first brand is neutral passes when it names AVIF among its brands")
        func neutralBrand() throws {
            var file = try avif()
            // The major brand stands at bytes 8 to 11; `avif` stays among the others.
            file.replaceSubrange(8..<12, with: "mif1".utf8)
            #expect(verdict(file) == nil)
        }

        @Test("no cut and no changed byte in the boxes does more than refuse")
        func damaged() throws {
            let file = try avif()
            let end = min(file.count, 400)
            for cut in 0..<end {
                let start = Array(file[..<cut])
                try? HEIFItems.require(.avif, in: start.span)
            }
            for index in 0..<end {
                for value: UInt8 in [0, 1, 0x7F, 0xFF] {
                    var changed = file
                    changed[index] = value
                    try? HEIFItems.require(.avif, in: changed.span)
                }
            }
        }
    }
}

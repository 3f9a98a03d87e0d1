import ImageVocabulary
import Testing

@testable import Sandbox

/// Expected places are worked out by hand from imgproxy's rules.
@Suite("Gravity puts the box where imgproxy puts it")
struct PlacementTests {
    private func place(
        _ gravity: Gravity, _ inner: (Int, Int), in outer: (Int, Int)
    ) -> [Int] {
        let place = Placement(gravity).position(
            of: PixelSize(width: inner.0, height: inner.1),
            in: PixelSize(width: outer.0, height: outer.1))
        return [place.left, place.top]
    }

    /// Room of 40 × 20; the middle is (40 + 1) / 2 = 20.5 → 20 and (20 + 1) / 2 = 10.5 → 10.
    static let directions: [(Gravity.Anchor, [Int])] = [
        (.northWest, [0, 0]), (.north, [20, 0]), (.northEast, [40, 0]), (.west, [0, 10]),
        (.center, [20, 10]), (.east, [40, 10]), (.southWest, [0, 20]), (.south, [20, 20]),
        (.southEast, [40, 20]),
    ]

    @Test("directions are corners, edges and the middle", arguments: directions)
    func compass(_ anchor: Gravity.Anchor, _ expected: [Int]) {
        #expect(place(Gravity(anchor: anchor), (60, 60), in: (100, 80)) == expected)
    }

    @Test("the middle rounds half to even")
    func middle() {
        // (room + 1) / 2: 0.5 → 0, 1, 1.5 → 2, 2, 2.5 → 2, 3.
        for (room, left) in [(0, 0), (1, 1), (2, 2), (3, 2), (4, 2), (5, 3)] {
            #expect(place(.center, (10, 10), in: (10 + room, 10)) == [left, 0])
        }
    }

    @Test("offsets push inwards, in pixels from 1 on and in shares of the image below")
    func offsets() {
        func at(_ anchor: Gravity.Anchor, _ x: Double, _ y: Double) -> [Int] {
            place(Gravity(anchor: anchor, x: x, y: y), (10, 10), in: (100, 100))
        }
        #expect(at(.northWest, 7, 3) == [7, 3])
        #expect(at(.southEast, 7, 3) == [83, 87])
        #expect(at(.northWest, 0.25, 0.5) == [25, 50])
        // The middle is (90 + 1) / 2 = 45.5 → 46.
        #expect(at(.center, -20, 20) == [26, 66])
    }

    @Test("a focus point is the middle of the box, as far as the image reaches")
    func focus() {
        func at(_ x: Double, _ y: Double) -> [Int] {
            place(Gravity(anchor: .focusPoint, x: x, y: y), (20, 20), in: (100, 100))
        }
        #expect(at(0.5, 0.5) == [40, 40])
        #expect(at(0, 1) == [0, 80])
        #expect(at(0.3, 0.7) == [20, 60])
    }

    @Test("no offset, however large, leaves the image", arguments: Gravity.Anchor.allCases)
    func clamped(_ anchor: Gravity.Anchor) {
        for offset in [1e300, -1e300, 5_000, -5_000] {
            let found = place(Gravity(anchor: anchor, x: offset, y: offset), (10, 10), in: (30, 20))
            #expect((0...20).contains(found[0]) && (0...10).contains(found[1]))
        }
    }
}

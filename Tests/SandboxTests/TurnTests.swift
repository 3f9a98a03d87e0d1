import ImageVocabulary
import Testing

@testable import Sandbox

/// A picture of numbers, turned by moving its rows and columns about.
struct Grid: Equatable {
    var rows: [[Int]]

    /// Counts up along the rows.
    init(_ width: Int, _ height: Int) {
        rows = (0..<height).map { y in (0..<width).map { y * width + $0 } }
    }

    var flippedHorizontally: Grid { with(rows.map { $0.reversed() }) }
    var flippedVertically: Grid { with(rows.reversed()) }
    /// Rows become columns.
    var transposed: Grid { with(rows[0].indices.map { x in rows.map { $0[x] } }) }
    var turnedClockwise: Grid { flippedVertically.transposed }

    /// What viewers show, by the tag's definition of row 0 and column 0 (EXIF 2.3, tag 0x0112).
    func seen(_ orientation: Int) -> Grid {
        switch orientation {
        case 2: flippedHorizontally
        case 3: flippedHorizontally.flippedVertically
        case 4: flippedVertically
        case 5: transposed
        case 6: transposed.flippedHorizontally
        case 7: transposed.flippedHorizontally.flippedVertically
        case 8: transposed.flippedVertically
        default: self
        }
    }

    func turned(_ rotation: Rotation, _ flip: Flip) -> Grid {
        var grid = (0..<Int(rotation.rawValue)).reduce(self) { grid, _ in grid.turnedClockwise }
        if flip.horizontal { grid = grid.flippedHorizontally }
        return flip.vertical ? grid.flippedVertically : grid
    }

    func part(_ left: Int, _ top: Int, _ width: Int, _ height: Int) -> Grid {
        with(rows[top..<top + height].map { Array($0[left..<left + width]) })
    }

    private func with(_ rows: [[Int]]) -> Grid {
        var grid = self
        grid.rows = rows
        return grid
    }
}

@Suite("Turns")
struct TurnTests {
    static let flips = [
        Flip(), Flip(horizontal: true), Flip(vertical: true),
        Flip(horizontal: true, vertical: true),
    ]

    @Test("EXIF, rotation and mirroring, one after the other, are one turn", arguments: 1...8)
    func composed(_ orientation: Int) {
        let grid = Grid(3, 2)
        for rotation in Rotation.allCases {
            for flip in Self.flips {
                let turn = Turn(orientation: orientation, rotation: rotation, flip: flip)
                let mirrored = turn.isMirrored ? grid.flippedHorizontally : grid
                let found = mirrored.turned(Rotation(rawValue: UInt8(turn.quarters))!, Flip())
                let expected = grid.seen(orientation).turned(rotation, flip)
                #expect(found == expected)
                #expect(turn.swapsSides == (expected.rows.count == 3))
            }
        }
    }

    @Test("a place in the seen picture is found in the stored one", arguments: 1...8)
    func turnedBack(_ orientation: Int) {
        let grid = Grid(30, 18)
        let (width, height) = (10, 6)
        let places: [Gravity] =
            Gravity.Anchor.allCases.filter { $0.isCompass && $0 != .center }.map {
                Gravity(anchor: $0, x: 2, y: 0.1)
            } + [.center, Gravity(anchor: .focusPoint, x: 0.3, y: 0.8)]
        for flip in Self.flips {
            let turn = Turn(orientation: orientation, flip: flip)
            let seen = grid.seen(orientation).turned(.none, flip)
            let outer = PixelSize(width: seen.rows[0].count, height: seen.rows.count)
            let inner = PixelSize(width: width, height: height)
            for gravity in places {
                let wanted = Placement(gravity).position(of: inner, in: outer)
                let stored = Placement(gravity).before(turn).position(
                    of: turn.swapsSides ? inner.turned : inner,
                    in: turn.swapsSides ? outer.turned : outer)
                let size = turn.swapsSides ? inner.turned : inner
                let found = grid.part(stored.left, stored.top, size.width, size.height)
                    .seen(orientation).turned(.none, flip)
                #expect(found == seen.part(wanted.left, wanted.top, width, height))
            }
        }
    }
}

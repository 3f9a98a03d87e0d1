import ImageVocabulary

/// One of the eight ways to lay a picture down: mirrored or not, then turned clockwise. Any sequence
/// of turns and mirrorings is one of them.
struct Turn: Equatable {
    /// Whether left and right change places, before the turn.
    private(set) var isMirrored = false
    /// Quarters clockwise, 0 to 3.
    private(set) var quarters = 0

    /// An EXIF orientation, 1 to 8 (EXIF 2.3, tag 0x0112), then a turn, then mirroring.
    init(orientation: Int = 1, rotation: Rotation = .none, flip: Flip = Flip()) {
        (isMirrored, quarters) =
            switch orientation {
            case 2: (true, 0)
            case 3: (false, 2)
            case 4: (true, 2)
            case 5: (true, 3)
            case 6: (false, 1)
            case 7: (true, 1)
            case 8: (false, 3)
            default: (false, 0)
            }
        quarters = (quarters + Int(rotation.rawValue)) % 4
        if flip.horizontal { mirror(thenTurning: 0) }
        // Top and bottom change places when left and right do and the picture is put on its head.
        if flip.vertical { mirror(thenTurning: 2) }
    }

    /// Whether width and height change places.
    var swapsSides: Bool { quarters % 2 == 1 }

    /// Mirroring behind a turn is mirroring before the opposite turn.
    private mutating func mirror(thenTurning more: Int) {
        isMirrored.toggle()
        quarters = (4 - quarters + more) % 4
    }
}

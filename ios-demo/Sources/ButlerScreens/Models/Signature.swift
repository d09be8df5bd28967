import Foundation

/// A signature as a picture: dark lines on white, the same bytes for the same lines.
enum Signature {
    private static let width = 720
    private static let height = 240
    private static let radius = 3

    /// A PNG of the lines. One bit a pixel is small enough to be stored as it is: nothing here compresses.
    static func png(_ strokes: [Stroke]) -> Data {
        var white = [[Bool]](repeating: [Bool](repeating: true, count: width), count: height)
        for stroke in strokes {
            let points = stroke.points.map { (x: $0.x * width / 1_000, y: $0.y * height / 1_000) }
            if let first = points.first { dot(first.x, first.y, on: &white) }
            for (from, to) in zip(points, points.dropFirst()) { line(from, to, on: &white) }
        }
        var png = Data([0x89]) + Data("PNG\r\n".utf8) + [0x1A, 0x0A]
        // Of one bit, grey, not interlaced.
        png += chunk("IHDR", bytes(UInt32(width)) + bytes(UInt32(height)) + [1, 0, 0, 0, 0])
        png += chunk("IDAT", stored(white.flatMap { [0] + packed($0) }))
        png += chunk("IEND", [])
        return png
    }

    private static func line(_ from: (x: Int, y: Int), _ to: (x: Int, y: Int), on white: inout [[Bool]]) {
        let steps = max(abs(to.x - from.x), abs(to.y - from.y), 1)
        for step in 0...steps {
            dot(from.x + (to.x - from.x) * step / steps, from.y + (to.y - from.y) * step / steps, on: &white)
        }
    }

    private static func dot(_ x: Int, _ y: Int, on white: inout [[Bool]]) {
        for row in y - radius...y + radius where (0..<height).contains(row) {
            for column in x - radius...x + radius where (0..<width).contains(column) {
                let (right, down) = (column - x, row - y)
                if right * right + down * down <= radius * radius { white[row][column] = false }
            }
        }
    }

    /// Eight pixels a byte, the leftmost in its highest bit.
    private static func packed(_ row: [Bool]) -> [UInt8] {
        stride(from: 0, to: row.count, by: 8).map { start in
            row[start..<start + 8].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
        }
    }

    /// The zlib format around one block that is not compressed; all rows are less than the 65 535 bytes of a block.
    private static func stored(_ rows: [UInt8]) -> [UInt8] {
        let size = UInt16(rows.count)
        let around = [size, ~size].flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        return [0x78, 0x01, 0x01] + around + rows + bytes(adler(rows))
    }

    private static func adler(_ rows: [UInt8]) -> UInt32 {
        var (one, two): (UInt32, UInt32) = (1, 0)
        for byte in rows {
            one = (one + UInt32(byte)) % 65_521
            two = (two + one) % 65_521
        }
        return two << 16 | one
    }

    private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        return bytes(UInt32(content.count)) + body + bytes(crc(body))
    }

    private static func crc(_ body: [UInt8]) -> UInt32 {
        ~body.reduce(~0) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1 }
        }
    }

    /// The highest first, as PNG has its numbers.
    private static func bytes(_ number: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(number >> $0 & 0xFF) } }
}

//! Swift reads what Rust hands over through a pointer.
//!
//! UniFFI's templates read it through Foundation's `Data`, one number and one text at a time, each with a check and a copy that
//! Foundation makes behind a call: for a page of rows most of its way to Swift. The buffer is Rust's and lives until it is
//! lifted, so a pointer into it serves as well; that nothing is read beyond its end is checked as before.

use anyhow::{Result, ensure};

/// What the templates of the pinned UniFFI say, and what stands there instead.
const READS: [(&str, &str); 7] = [
    ("(data: Data, offset: Data.Index)", "(data: UnsafeRawBufferPointer, offset: Int)"),
    (
        "func createReader(data: Data) -> (data: UnsafeRawBufferPointer, offset: Int) {\n    (data: data, offset: 0)",
        "func createReader(rustBuffer: RustBuffer) -> (data: UnsafeRawBufferPointer, offset: Int) {\n    \
         (data: UnsafeRawBufferPointer(start: rustBuffer.data, count: Int(rustBuffer.len)), offset: 0)",
    ),
    ("createReader(data: Data(rustBuffer: buf))", "createReader(rustBuffer: buf)"),
    (
        "    if T.self == UInt8.self {\n        let value = reader.data[reader.offset]\n        reader.offset += 1\n        \
         return value as! T\n    }\n    var value: T = 0\n    let _ = withUnsafeMutableBytes(of: &value, { \
         reader.data.copyBytes(to: $0, from: range)})\n",
        "    var value: T = 0\n    withUnsafeMutableBytes(of: &value) { \
         $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: reader.data[range])) }\n",
    ),
    (
        "func readBytes(_ reader: inout (data: UnsafeRawBufferPointer, offset: Int), count: Int) throws -> Array<UInt8> {",
        "func readBytes(_ reader: inout (data: UnsafeRawBufferPointer, offset: Int), count: Int) throws -> UnsafeRawBufferPointer {",
    ),
    (
        "    let range = reader.offset..<(reader.offset+count)\n    guard reader.data.count >= range.upperBound else {",
        "    guard count >= 0, reader.data.count - reader.offset >= count else {",
    ),
    (
        "    var value = [UInt8](repeating: 0, count: count)\n    value.withUnsafeMutableBufferPointer({ buffer in\n        \
         reader.data.copyBytes(to: buffer, from: range)\n    })\n    reader.offset = range.upperBound\n    return value\n",
        "    defer { reader.offset += count }\n    \
         return UnsafeRawBufferPointer(rebasing: reader.data[reader.offset..<reader.offset + count])\n",
    ),
];

/// The source with its readers changed.
///
/// # Errors
/// When a template no longer says what is replaced: another UniFFI, whose readers have to be looked at.
pub fn through_a_pointer(source: &str) -> Result<String> {
    READS.iter().try_fold(source.to_owned(), |source, (old, new)| {
        ensure!(source.contains(old), "UniFFI's Swift does not say any more: {old}");
        Ok(source.replace(old, new))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_template_that_says_something_else_is_noticed() {
        let error = super::through_a_pointer("func readInt() {}").unwrap_err();
        assert!(error.to_string().starts_with("UniFFI's Swift does not say any more"));
    }
}

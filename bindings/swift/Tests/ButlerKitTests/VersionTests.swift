import ButlerKit
import Testing

@Test func theLibraryLoadsAndSaysWhichCoreItIs() throws {
    let core = try Butler.version()
    #expect(core.version.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
    #expect(core.protocol == 1)
}

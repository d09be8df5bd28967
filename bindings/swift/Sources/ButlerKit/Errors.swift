import ButlerFFI

extension ButlerError {
    /// What to tell the user, in both languages: what happened, what is safe, what to do. Never a name or a number of anybody.
    public var words: Label {
        // Words are always found; a library of another version than this half is the only reason not to.
        (try? errorWords(error: self)) ?? Label(zh: "请更新应用，再打开", en: "Please update the app")
    }
}

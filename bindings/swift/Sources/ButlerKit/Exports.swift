// Rows, choices and errors are the generated half's; they are part of this module's own words.
@_exported import ButlerFFI
@_exported import ButlerValues

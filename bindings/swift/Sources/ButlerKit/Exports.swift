// What an app needs of the generated half is part of this module's own words.
@_exported import struct ButlerFFI.CoreVersion

#if canImport(SwiftUI) && DEBUG
import SwiftUI

// One preview for each state of the contract; a test counts them.

#Preview("can-wait/back") { SceneView("can-wait/back") }

#Preview("can-wait/morning") { SceneView("can-wait/morning") }

#Preview("home/call") { SceneView("home/call") }

#Preview("home/household") { SceneView("home/household") }

#Preview("home/household-en") { SceneView("home/household-en") }

#Preview("home/two-answers") { SceneView("home/two-answers") }

#Preview("home/vacant") { SceneView("home/vacant") }

#Preview("today/another-stop") { SceneView("today/another-stop") }

#Preview("today/cut-short") { SceneView("today/cut-short") }

#Preview("today/morning") { SceneView("today/morning") }

#Preview("today/morning-en") { SceneView("today/morning-en") }

#Preview("today/no-grid") { SceneView("today/no-grid") }

#Preview("today/nobody") { SceneView("today/nobody") }

#Preview("today/nobody-noted") { SceneView("today/nobody-noted") }

#Preview("today/nobody-undone") { SceneView("today/nobody-undone") }

#Preview("visit/agreed") { SceneView("visit/agreed") }

#Preview("visit/agreed-en") { SceneView("visit/agreed-en") }

#Preview("visit/empty") { SceneView("visit/empty") }

#Preview("visit/left") { SceneView("visit/left") }

#Preview("visit/not-agreed") { SceneView("visit/not-agreed") }

#Preview("visit/promised") { SceneView("visit/promised") }

#Preview("visit/recorded") { SceneView("visit/recorded") }

#Preview("today/morning, dark") { SceneView("today/morning", theme: .dark) }

#Preview("today/morning, in the sun") { SceneView("today/morning", theme: .sunlight) }

#Preview("today/nobody, largest text") { SceneView("today/nobody").dynamicTypeSize(.accessibility3) }
#endif

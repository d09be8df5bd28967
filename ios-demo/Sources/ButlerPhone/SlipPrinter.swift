#if canImport(UIKit) && canImport(WebKit) && os(iOS)
    import ButlerScreens
    import UIKit
    import WebKit

    /// Slips on paper and as files. A page is laid out by a view nobody sees, in which no script runs and which fetches nothing.
    @MainActor final class SlipPrinter: NSObject, WKNavigationDelegate {
        /// A4 in points, which most offices have in their printers, with a border of ten millimetres.
        private static let paper = CGRect(x: 0, y: 0, width: 595.2, height: 841.8)
        private static let border: CGFloat = 28

        /// Kept while its page is printed.
        private var view: WKWebView?
        private var then: ((UIViewPrintFormatter) -> Void)?

        /// Opens the platform's dialog.
        func print(_ slip: SlipPage) {
            layOut(slip) { formatter in
                let job = UIPrintInfo.printInfo()
                job.jobName = slip.name
                job.outputType = .grayscale
                let dialog = UIPrintInteractionController.shared
                dialog.printInfo = job
                dialog.printFormatter = formatter
                dialog.present(animated: true)
            }
        }

        /// Writes the slip as a PDF; the one before goes.
        func file(of slip: SlipPage, then: @escaping (URL) -> Void) {
            layOut(slip) { formatter in
                let pages = UIPrintPageRenderer()
                pages.addPrintFormatter(formatter, startingAtPageAt: 0)
                pages.setValue(Self.paper, forKey: "paperRect")
                pages.setValue(Self.paper.insetBy(dx: Self.border, dy: Self.border), forKey: "printableRect")
                let data = NSMutableData()
                UIGraphicsBeginPDFContextToData(data, Self.paper, nil)
                for page in 0..<pages.numberOfPages {
                    UIGraphicsBeginPDFPage()
                    pages.drawPage(at: page, in: UIGraphicsGetPDFContextBounds())
                }
                UIGraphicsEndPDFContext()
                let folder = FileManager.default.temporaryDirectory.appending(path: "slips")
                let file = folder.appending(path: "\(slip.name).pdf")
                try? FileManager.default.removeItem(at: folder)
                try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                guard (try? data.write(to: file, options: [.atomic, .completeFileProtection])) != nil else { return }
                then(file)
            }
        }

        private func layOut(_ slip: SlipPage, then: @escaping (UIViewPrintFormatter) -> Void) {
            let quiet = WKWebViewConfiguration()
            quiet.defaultWebpagePreferences.allowsContentJavaScript = false
            let view = WKWebView(frame: Self.paper, configuration: quiet)
            view.navigationDelegate = self
            self.view = view
            self.then = then
            view.loadHTMLString(slip.html, baseURL: nil)
        }

        func webView(_ view: WKWebView, didFinish navigation: WKNavigation) {
            then?(view.viewPrintFormatter())
            then = nil
        }
    }
#endif

import ButlerKit
import ButlerScreens
import Foundation

/// Takes one photo.
@MainActor public protocol Camera: AnyObject {
    /// As it is kept; nil when nobody took one.
    func photo() async -> Data?
}

/// Reads one code, QR or tag.
@MainActor public protocol CodeReader: AnyObject {
    /// What it says; nil when none was read.
    func scan() async -> String?
}

/// Says where the phone is.
@MainActor public protocol Finder: AnyObject {
    /// As it knows by now or soon; nil when it does not, or may not say.
    func position() async -> GeoPoint?
}

/// What one feels.
public enum Feel: Sendable {
    case recorded, found, notPossible, scanned
}

/// What else a screen asks of the phone.
@MainActor public protocol Hand: AnyObject {
    /// What its owner called the phone, else what it is.
    var name: String { get }

    func open(_ address: URL)

    /// Lets its holder send a text to somebody.
    func share(_ text: String)

    /// Shows the platform's dialog to print a slip.
    func print(_ slip: SlipPage)

    /// Lets its holder send a slip to somebody, as a file.
    func share(_ slip: SlipPage)

    func feel(_ what: Feel)

    /// Where one makes room on the phone.
    func openStorage()
}

/// What only the phone can do, of its parts.
@MainActor public final class Phone: Device {
    private let camera: any Camera
    private let scanner: any CodeReader
    private let tags: any TagReader
    private let finder: any Finder
    private let hand: any Hand
    private let syncing: @MainActor () async -> Void

    /// `sync` is what a sync is at the time it is asked for.
    public init(
        camera: any Camera, scanner: any CodeReader, tags: any TagReader, finder: any Finder, hand: any Hand,
        sync: @escaping @MainActor () async -> Void
    ) {
        self.camera = camera
        self.scanner = scanner
        self.tags = tags
        self.finder = finder
        self.hand = hand
        syncing = sync
    }

    public var model: String { hand.name }

    public func dial(_ number: String) {
        let digits = number.filter { $0.isASCII && ($0.isNumber || "+*#".contains($0)) }
        var address = URLComponents()
        address.scheme = "tel"
        address.path = digits
        if !digits.isEmpty, let url = address.url { hand.open(url) }
    }

    public func photo() async -> Data? { await camera.photo() }

    public func scan() async -> String? { await scanner.scan() }

    public var readsTags: Bool { tags.isThere }

    public func tag(saying words: String) async -> String? { await tags.tag(saying: words)?.text }

    public func position() async -> GeoPoint? { await finder.position() }

    public func recorded() { hand.feel(.recorded) }

    public func found() { hand.feel(.found) }

    public func notPossible() { hand.feel(.notPossible) }

    public func didScan() { hand.feel(.scanned) }

    public func openStorage() { hand.openStorage() }

    public func share(_ text: String) { hand.share(text) }

    public func print(_ slip: SlipPage) { hand.print(slip) }

    public func share(_ slip: SlipPage) { hand.share(slip) }

    public func sync() {
        let sync = syncing
        // What does not reach the office now is handed in later; the badge says so meanwhile.
        Task { await sync() }
    }
}

#if canImport(UIKit) && os(iOS)
    import AudioToolbox
    import UIKit

    @MainActor public final class SystemHand: Hand {
        private let feedback = UINotificationFeedbackGenerator()
        private let printer = SlipPrinter()

        public init() {}

        public var name: String { UIDevice.current.name }

        public func open(_ address: URL) { UIApplication.shared.open(address) }

        public func print(_ slip: SlipPage) { printer.print(slip) }

        public func share(_ slip: SlipPage) { printer.file(of: slip) { [weak self] in self?.share([$0]) } }

        public func share(_ text: String) { share([text]) }

        private func share(_ items: [Any]) {
            guard let top = topController() else { return }
            let sheet = UIActivityViewController(activityItems: items, applicationActivities: nil)
            // Where there is room for it the sheet is a bubble, and has to stand somewhere.
            sheet.popoverPresentationController?.sourceView = top.view
            top.present(sheet, animated: true)
        }

        public func feel(_ what: Feel) {
            switch what {
            case .recorded: feedback.notificationOccurred(.success)
            // The platform's warning is two ticks.
            case .found: feedback.notificationOccurred(.warning)
            case .notPossible: feedback.notificationOccurred(.error)
            case .scanned:
                tick.impactOccurred()
                AudioServicesPlaySystemSound(Self.click)
            }
        }

        /// An app may open no other settings than its own: from there the way back leads to all of them.
        public func openStorage() {
            if let url = URL(string: UIApplication.openSettingsURLString) { open(url) }
        }

        /// The click of a key.
        private static let click: SystemSoundID = 1104
        private let tick = UIImpactFeedbackGenerator(style: .light)
    }

    /// What stands in front of everything else.
    @MainActor private func topController() -> UIViewController? {
        let scenes = UIApplication.shared.connectedScenes.compactMap { $0 as? UIWindowScene }
        var top = scenes.flatMap(\.windows).first(where: \.isKeyWindow)?.rootViewController
        while let above = top?.presentedViewController { top = above }
        return top
    }

    /// The system's own camera over whatever is shown.
    @MainActor public final class SystemCamera: NSObject, Camera, UIImagePickerControllerDelegate,
        UINavigationControllerDelegate
    {
        private static let quality = 0.8
        /// The longer side in pixels: enough to read a meter, small enough for an evening's line.
        private static let longest: CGFloat = 2_048
        private var waiting: CheckedContinuation<Data?, Never>?

        public func photo() async -> Data? {
            guard waiting == nil, UIImagePickerController.isSourceTypeAvailable(.camera), let top = topController() else { return nil }
            return await withCheckedContinuation { continuation in
                waiting = continuation
                let picker = UIImagePickerController()
                picker.sourceType = .camera
                picker.delegate = self
                top.present(picker, animated: true)
            }
        }

        public func imagePickerController(
            _ picker: UIImagePickerController, didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any]
        ) {
            end(picker, (info[.originalImage] as? UIImage).flatMap(Self.kept))
        }

        public func imagePickerControllerDidCancel(_ picker: UIImagePickerController) { end(picker, nil) }

        private func end(_ picker: UIImagePickerController, _ photo: Data?) {
            picker.dismiss(animated: true)
            waiting?.resume(returning: photo)
            waiting = nil
        }

        /// Drawn anew: without the place and the make of the phone that a camera writes into its files.
        private static func kept(_ image: UIImage) -> Data? {
            let scale = min(1, longest / max(image.size.width, image.size.height))
            let size = CGSize(width: image.size.width * scale, height: image.size.height * scale)
            let format = UIGraphicsImageRendererFormat()
            format.scale = 1
            format.opaque = true
            return UIGraphicsImageRenderer(size: size, format: format).jpegData(withCompressionQuality: quality) { _ in
                image.draw(in: CGRect(origin: .zero, size: size))
            }
        }
    }
#endif

#if canImport(VisionKit) && os(iOS)
    import Vision
    import VisionKit

    /// The system's own scanner of codes: the first one that is seen is read.
    @MainActor public final class CodeCamera: NSObject, CodeReader, DataScannerViewControllerDelegate,
        UIAdaptivePresentationControllerDelegate
    {
        private var waiting: CheckedContinuation<String?, Never>?

        public func scan() async -> String? {
            guard waiting == nil, DataScannerViewController.isSupported, DataScannerViewController.isAvailable,
                let top = topController()
            else { return nil }
            return await withCheckedContinuation { continuation in
                waiting = continuation
                let scanner = DataScannerViewController(recognizedDataTypes: [.barcode(symbologies: [.qr])], isHighlightingEnabled: true)
                scanner.delegate = self
                scanner.presentationController?.delegate = self
                top.present(scanner, animated: true)
                do { try scanner.startScanning() } catch { end(scanner, nil) }
            }
        }

        public func dataScanner(
            _ scanner: DataScannerViewController, didAdd items: [RecognizedItem], allItems: [RecognizedItem]
        ) {
            for case .barcode(let code) in items {
                guard let text = code.payloadStringValue else { continue }
                return end(scanner, text)
            }
        }

        /// Swept away by hand.
        public func presentationControllerDidDismiss(_ presentationController: UIPresentationController) {
            waiting?.resume(returning: nil)
            waiting = nil
        }

        private func end(_ scanner: DataScannerViewController, _ text: String?) {
            scanner.stopScanning()
            scanner.dismiss(animated: true)
            waiting?.resume(returning: text)
            waiting = nil
        }
    }
#endif

/// Files that travel inside the binary: Chart.js, and the policies that are shipped.
///
/// # Basics
/// ``Assets`` hands each out as text. They are taken in when `CAssets` is compiled: Debian's own
/// Chart.js, so that a page made from it needs no network, and the presets of its folder `presets`.
///
/// # Caveats
/// - A new version of the Debian package comes in with the next build, not before.
/// - Each access makes a new text: take it once.
import CAssets

/// Files that travel inside the binary.
public enum Assets {
    /// Chart.js (MIT licence), minified, as Debian's libjs-chart.js ships it.
    public static var chartJS: String { unsafe text(asset_chart_js) }

    /// The names of the policies that are shipped, each after its use.
    public static let presets = [
        "qa-feedback", "cloud-api", "quiz-bot", "campaign-warmup", "conservative-bot",
    ]

    /// The policy of that name as YAML, or nil.
    public static func preset(_ name: String) -> String? {
        switch name {
        case "qa-feedback": unsafe text(asset_qa_feedback)
        case "cloud-api": unsafe text(asset_cloud_api)
        case "quiz-bot": unsafe text(asset_quiz_bot)
        case "campaign-warmup": unsafe text(asset_campaign_warmup)
        case "conservative-bot": unsafe text(asset_conservative_bot)
        default: nil
        }
    }

    private static func text(_ asset: Asset) -> String {
        let buffer = unsafe UnsafeBufferPointer(start: asset.bytes, count: asset.count)
        return unsafe String(decoding: buffer, as: UTF8.self)
    }
}

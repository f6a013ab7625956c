/// Files of other projects that travel inside the binary.
///
/// # Basics
/// ``Assets`` hands each out as text. The files are Debian's own, taken in when `CAssets` is
/// compiled, so that a page made from them needs no network.
///
/// # Caveats
/// - A new version of the Debian package comes in with the next build, not before.
/// - Each access makes a new text: take it once.
import CAssets

/// Files that travel inside the binary.
public enum Assets {
    /// Chart.js (MIT licence), minified, as Debian's libjs-chart.js ships it.
    public static var chartJS: String { unsafe text(asset_chart_js) }

    private static func text(_ asset: Asset) -> String {
        let buffer = unsafe UnsafeBufferPointer(start: asset.bytes, count: asset.count)
        return unsafe String(decoding: buffer, as: UTF8.self)
    }
}

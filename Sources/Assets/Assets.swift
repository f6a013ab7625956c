/// Files that travel inside the binary.
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

/// What pages of documents have in common: how they look, and how values get into a template.
public enum PageFrame {
    /// The rules of style: light and dark, verdicts by colour, no network.
    public static let style = #"""
        :root { --text: #1b1f24; --dim: #57606a; --back: #fff; --panel: #f6f8fa; --line: #d0d7de;
          --send: #1a7f37; --wait: #9a6700; --refuse: #cf222e; --sent: #0969da; --held: #9a6700; }
        @media (prefers-color-scheme: dark) {
          :root { --text: #e6edf3; --dim: #9198a1; --back: #0d1117; --panel: #161b22;
            --line: #30363d; --send: #3fb950; --wait: #d29922; --refuse: #f85149;
            --sent: #58a6ff; --held: #d29922; }
        }
        body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back);
          max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
        h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; }
        h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; }
        p { max-width: 60rem; margin: .4rem 0; }
        .chart { position: relative; background: var(--panel); border: 1px solid var(--line);
          border-radius: 8px; padding: .75rem; margin: .6rem 0; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .9rem; margin: .4rem 0; }
        th, td { text-align: left; padding: .25rem .9rem .25rem 0; white-space: nowrap;
          border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
        th { color: var(--dim); font-weight: 600; }
        .n { text-align: right; }
        td.send, td.wait, td.refuse { font-weight: 600; }
        td.send { color: var(--send); }
        td.wait { color: var(--wait); }
        td.refuse { color: var(--refuse); }
        pre { overflow-x: auto; background: var(--panel); border: 1px solid var(--line);
          border-radius: 8px; padding: .75rem; font-size: .85rem; line-height: 1.35; }
        """#

    /// A page up to its body, with places for `TITLE` and `STYLE`; it may load nothing.
    public static func opening(hasScript: Bool, style: String = "") -> String {
        let script = hasScript ? " script-src 'unsafe-inline';" : ""
        return #"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy"
              content="default-src 'none';\#(script) style-src 'unsafe-inline'">
            <title>{{TITLE}}</title>
            <style>
            {{STYLE}}
            \#(style)</style>
            </head>
            <body>

            """#
    }

    /// Puts values in the places of their `{{NAME}}`; what a value holds is never looked at again.
    public static func fill(_ template: String, _ values: [String: String]) -> String {
        var result = ""
        var rest = template[...]
        while let open = rest.firstRange(of: "{{"), let close = rest.firstRange(of: "}}") {
            result += rest[..<open.lowerBound]
            result += values[String(rest[open.upperBound..<close.lowerBound])] ?? ""
            rest = rest[close.upperBound...]
        }
        return result + rest
    }
}

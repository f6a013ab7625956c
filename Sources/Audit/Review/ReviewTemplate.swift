import Documents

/// The page of an audit, with `{{NAME}}` where its values go.
enum ReviewTemplate {
    static let html =
        PageFrame.opening(hasScript: true) + #"""
            {{HEAD}}
            <div class="chart" style="height: 16rem"><canvas id="days" role="img"
              aria-label="Messages per day; the table below lists them"></canvas></div>
            <div class="chart" style="height: 16rem"><canvas id="hours" role="img"
              aria-label="Sends by the hour of the reader's clock; the table below lists them">
            </canvas></div>
            {{TABLES}}
            <script type="application/json" id="data">{{DATA}}</script>
            <script>{{CHARTJS}}</script>
            <script>
            "use strict";
            const data = JSON.parse(document.getElementById("data").textContent);
            const style = name =>
              getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
            const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));
            let charts = [];
            const bars = (place, title, labels, sets) => new Chart(place, {
              type: "bar",
              data: { labels, datasets: sets.map(([label, values, colour]) =>
                ({ label, data: values, backgroundColor: style(colour) })) },
              options: { plugins: { title: { display: true, text: title } },
                scales: { x: { stacked: true, ticks: { maxRotation: 0 } },
                  y: { stacked: true, ticks: { precision: 0 } } } }
            });
            function draw() {
              charts.forEach(chart => chart.destroy());
              Chart.defaults.color = style("text");
              Chart.defaults.borderColor = style("line");
              Chart.defaults.maintainAspectRatio = false;
              Chart.defaults.animation = false;
              charts = [
                bars("days", "Messages per day (UTC)", data.days, [["received", data.received, "dim"],
                  ["sent", data.sent, "sent"], ["held back", data.refused, "refuse"]]),
                bars("hours", "Sends by the hour of the reader's clock", hours,
                  [["inside the legal hours", data.inside, "send"],
                   ["outside of them", data.outside, "refuse"]])];
            }
            draw();
            matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
            </script>
            </body>
            </html>

            """#
}

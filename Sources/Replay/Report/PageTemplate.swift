import Documents

/// The page of a replay, with `{{NAME}}` where its values go.
enum PageTemplate {
    static let html =
        PageFrame.opening(hasScript: true) + #"""
            {{HEAD}}
            <h2>Every attempt, by process</h2>
            <div class="chart" id="by-process"><canvas id="attempts" role="img"
              aria-label="Every attempt over time, one row per process; the table below lists them">
            </canvas></div>
            <h2 id="bars">Attempts over time</h2>
            <div class="chart" style="height: 15rem"><canvas id="rate" role="img"
              aria-label="Number of attempts over time"></canvas></div>
            {{TABLES}}
            <script type="application/json" id="data">{{DATA}}</script>
            <script>{{CHARTJS}}</script>
            <script>
            "use strict";
            const data = JSON.parse(document.getElementById("data").textContent);
            const style = name =>
              getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
            const last = data.points.reduce((latest, point) => Math.max(latest, point[0]), 0);
            // The date is worth its place only where there is more than one.
            const clock = (milliseconds, end) =>
              new Date(data.start + milliseconds).toISOString().slice(last < 86400000 ? 11 : 5, end);
            // About a hundred bars, each a length that clocks know.
            const step = [10, 60, 600, 3600, 86400].map(seconds => seconds * 1000)
              .find(length => last / length <= 120) || 7 * 86400000;
            const origin = -(((data.start % step) + step) % step);
            const names = { 10000: "10 seconds", 60000: "minute", 600000: "10 minutes",
              3600000: "hour", 86400000: "day" };
            document.getElementById("bars").textContent = "Attempts per " + (names[step] || "week");
            const rows = data.processes.length;
            document.getElementById("by-process").style.height = 7 + 2.5 * rows + "rem";
            const shapes = { send: "circle", sent: "circle", wait: "triangle", held: "triangle",
              refuse: "crossRot" };
            const ticks = { callback: value => clock(value, 19), maxRotation: 0, autoSkipPadding: 24 };
            let charts = [];
            function draw() {
              charts.forEach(chart => chart.destroy());
              Chart.defaults.color = style("text");
              Chart.defaults.borderColor = style("line");
              Chart.defaults.maintainAspectRatio = false;
              Chart.defaults.animation = false;
              charts = [new Chart("attempts", {
                type: "scatter",
                data: { datasets: data.verdicts.map((verdict, index) => ({
                  label: verdict, backgroundColor: style(verdict), borderColor: style(verdict),
                  pointStyle: shapes[verdict], radius: 6, hoverRadius: 8, borderWidth: 2,
                  data: data.points.filter(point => point[2] === index)
                    .map(point => ({ x: point[0], y: point[1], subject: point[3], rules: point[4] }))
                })) },
                options: {
                  scales: {
                    x: { type: "linear", ticks, title: { display: true, text: data.zone } },
                    y: { min: -0.5, max: data.processes.length - 0.5, reverse: true,
                      afterBuildTicks: axis => {
                        axis.ticks = data.processes.map((_, index) => ({ value: index })); },
                      ticks: { callback: value => data.processes[value], autoSkip: false } }
                  },
                  plugins: { legend: { labels: { usePointStyle: true } }, tooltip: { callbacks: { label: item => [
                    clock(item.raw.x, 23) + "  " + data.processes[item.raw.y] + "  " + item.raw.subject,
                    item.dataset.label + (item.raw.rules ? ": " + item.raw.rules : "")] } } }
                }
              }), new Chart("rate", {
                type: "bar",
                data: {
                  labels: Array.from({ length: Math.floor((last - origin) / step) + 1 },
                    (_, index) => clock(origin + index * step, 19)),
                  datasets: data.verdicts.map((verdict, index) => {
                    const counts = new Array(Math.floor((last - origin) / step) + 1).fill(0);
                    for (const point of data.points)
                      if (point[2] === index) counts[Math.floor((point[0] - origin) / step)]++;
                    return { label: verdict, data: counts, backgroundColor: style(verdict) };
                  })
                },
                options: { scales: { x: { stacked: true, ticks: { maxRotation: 0 } },
                  y: { stacked: true, ticks: { precision: 0 } } } }
              })];
            }
            draw();
            matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
            </script>
            </body>
            </html>

            """#
}

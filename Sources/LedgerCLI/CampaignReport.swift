import CommandLineKit
import Events
import Gate
import Replay

/// A simulated campaign as a text for people.
struct CampaignReport {
    let campaign: Campaign
    let plan: Campaign.Plan
    let unpaced: Campaign?

    func write(to out: Output) {
        out.line(summary)
        if !campaign.holds.isEmpty {
            out.line("")
            out.results.write(held.render())
        }
        for (rule, count) in campaign.refusals.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            out.line("\(rule.name) refuses \(count)")
        }
        if campaign.late > 0 {
            out.line("\(campaign.late) would not go within a year")
        }
        guard campaign.sent > 0 else { return }
        out.line("")
        out.results.write(perHour.render())
        if let first = campaign.pauses.first {
            out.line("")
            out.line(
                "\(campaign.pauses.count) pauses after messages in a row, the first after "
                    + "\(first.after) at \(clock(first.at))")
        }
    }

    private var summary: String {
        var text = "\(campaign.sent) of \(plan.messages) messages go from \(clock(plan.from))"
        if let last = campaign.last {
            text += " to \(clock(last)): \(length(of: campaign))"
        }
        if let unpaced, unpaced.last != nil {
            text += "; without pacing \(length(of: unpaced))"
        }
        return text
    }

    /// Hours, however many: `24 h 40 min`.
    private func length(of campaign: Campaign) -> String {
        let minutes = (campaign.duration(of: plan).seconds + 30) / 60
        return "\(minutes / 60) h \(minutes % 60) min"
    }

    private var held: Table {
        var table = Table([.init("held up by"), .init("messages", .right), .init("hours", .right)])
        for (rule, hold) in campaign.heldUp {
            let tenths = (hold.length.seconds + 180) / 360
            table.add([rule.name, "\(hold.times)", "\(tenths / 10).\(tenths % 10)"])
        }
        return table
    }

    private var perHour: Table {
        var table = Table([.init("hour from"), .init("messages", .right), .init("pauses", .right)])
        for (hour, count) in campaign.hours.enumerated() {
            let start = plan.from.advanced(by: .seconds(Int64(hour) * 3_600))
            let end = start.advanced(by: .seconds(3_600))
            let pauses = campaign.pauses.count { $0.at >= start && $0.at < end }
            table.add([clock(start), "\(count)", "\(pauses)"])
        }
        return table
    }

    /// A moment as the recipients' clocks show it: `2026-03-02 09:00:12`.
    private func clock(_ instant: Instant) -> String {
        let text = Timestamp.text(instant, offset: plan.offset(at: instant), digits: 0)
        return String(text.prefix(19).map { $0 == "T" ? " " : $0 })
    }
}

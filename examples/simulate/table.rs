//! Summaries in the terminal, as Markdown: docs/scale.md has some of these lines.

use crate::summary::Summary;

/// A column: its head, and what stands in it.
type Column = (&'static str, fn(&Summary) -> String);

const COLUMNS: [Column; 12] = [
    ("members", |of| of.scenario.participants.to_string()),
    ("loss", |of| format!("{} %", of.scenario.loss * 100.0)),
    ("equal logs after", |of| time(of.convergence)),
    ("runs", |of| format!("{} of {}", of.converged, of.runs)),
    ("never delivered", |of| format!("{:.2} %", of.missing * 100.0)),
    ("delay p50 / p99", |of| format!("{} / {}", time(of.p50), time(of.p99))),
    ("answers (redundant)", |of| format!("{:.1} ({:.1})", of.repairs_per_lost, of.redundant_per_lost)),
    ("syncs (asking)", |of| format!("{:.0} ({:.0})", of.syncs, of.asking_syncs)),
    ("kB / delivery", |of| format!("{:.1}", of.bytes_per_delivery / 1000.0)),
    ("filter", |of| format!("{:.0} %", of.filter_share * 100.0)),
    ("buffers", |of| {
        format!("{} {} {} {}", of.incoming, of.outgoing, of.repair_requests, of.repair_responses)
    }),
    ("what differs from the defaults", |of| of.scenario.variant()),
];

pub const LEGEND: &str = "answers: repair responses per lost message, and how many of these brought nobody anything; \
buffers: the fullest incoming, outgoing, request and response buffer of any member";

pub fn head() -> String {
    let heads = line(COLUMNS.map(|(head, _)| format!("{head:>w$}", w = head.len())));
    let rules = line(COLUMNS.map(|(head, _)| format!("{:->w$}", ":", w = head.len())));
    format!("{heads}\n{rules}")
}

pub fn row(summary: &Summary) -> String {
    line(COLUMNS.map(|(head, value)| format!("{:>w$}", value(summary), w = head.len())))
}

fn line(cells: [String; COLUMNS.len()]) -> String {
    format!("| {} |", cells.join(" | "))
}

fn time(seconds: Option<f64>) -> String {
    match seconds {
        None => "never".into(),
        Some(seconds) if seconds < 10.0 => format!("{seconds:.1} s"),
        Some(seconds) => format!("{seconds:.0} s"),
    }
}

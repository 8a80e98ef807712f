//! The charts of docs/scale.md, as SVG.

use std::{error::Error, path::Path};

use plotters::prelude::*;

use crate::{
    experiments::{COMPARED_AT, LOSSES, RULES, SIZES, advised},
    rules::Rule,
    scenario::Scenario,
    summary::Summary,
};

type Result = std::result::Result<(), Box<dyn Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

const SIZE: (u32, u32) = (960, 420);
const FONT: &str = "sans-serif";
/// One per size of group; told apart by people who see few colours.
const COLOURS: [RGBColor; 3] = [RGBColor(0, 114, 178), RGBColor(213, 94, 0), RGBColor(0, 140, 100)];

/// What stands at the height of a point; `None` is drawn at the upper edge.
type Value = fn(&Summary) -> Option<f64>;

struct Panel {
    title: &'static str,
    unit: &'static str,
    range: std::ops::Range<f64>,
    value: Value,
}

pub fn draw(summaries: &[Summary], folder: &str) -> Result {
    for (name, panels) in [
        (
            "time",
            [
                Panel {
                    title: "From the last message until all logs are equal",
                    unit: "seconds (cross: not within 1800)",
                    range: 1.0..2000.0,
                    value: |of| of.convergence,
                },
                Panel {
                    title: "Delay of delivery that 99 in 100 stay under",
                    unit: "seconds (cross: never)",
                    range: 1.0..2000.0,
                    value: |of| of.p99,
                },
            ],
        ),
        (
            "bytes",
            [
                Panel {
                    title: "Bytes received per message delivered",
                    unit: "bytes",
                    range: 2000.0..200_000.0,
                    value: |of| Some(of.bytes_per_delivery),
                },
                Panel {
                    title: "Share of bloom filters in them",
                    unit: "per cent",
                    range: 10.0..100.0,
                    value: |of| Some(of.filter_share * 100.0),
                },
            ],
        ),
        (
            "repairs",
            [
                Panel {
                    title: "Redundant repair responses per lost message",
                    unit: "responses",
                    range: 0.1..10.0,
                    value: |of| Some(of.redundant_per_lost),
                },
                Panel {
                    title: "Messages, of 50, that wait in the fullest incoming buffer",
                    unit: "messages",
                    range: 10.0..50.0,
                    value: |of| Some(of.incoming as f64),
                },
            ],
        ),
    ] {
        let path = Path::new(folder).join(format!("scale-{name}.svg"));
        let root = SVGBackend::new(&path, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let (plots, legend) = root.split_vertically(SIZE.1 - 40);
        for (area, panel) in plots.split_evenly((1, 2)).iter().zip(&panels) {
            lines(area, panel, summaries)?;
        }
        legend_of_sizes(&legend)?;
        root.present()?;
    }
    rules(summaries, &Path::new(folder).join("scale-rules.svg"))
}

/// A panel with a line for each size of group, with the defaults and with what is advised.
fn lines(area: &Area, panel: &Panel, summaries: &[Summary]) -> Result {
    let mut chart = ChartBuilder::on(area)
        .caption(panel.title, (FONT, 17))
        .margin(10)
        .margin_right(20)
        .x_label_area_size(42)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..3.0, panel.range.clone().log_scale())?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(RGBColor(225, 225, 225))
        .x_labels(4)
        .x_label_formatter(&|at: &f64| format!("{} %", LOSSES[at.round() as usize] * 100.0))
        .y_label_formatter(&plain)
        .x_desc("loss, of each broadcast at each receiver")
        .y_desc(panel.unit)
        .label_style((FONT, 14))
        .axis_desc_style((FONT, 14))
        .draw()?;
    for (size, colour) in SIZES.into_iter().zip(COLOURS) {
        for is_advised in [false, true] {
            let points: Vec<_> = (0..LOSSES.len())
                .filter_map(|at| {
                    let of = find(summaries, size, LOSSES[at], is_advised, &[])?;
                    Some((at as f64, (panel.value)(of)))
                })
                .collect();
            let height = |value: Option<f64>| {
                value.unwrap_or(panel.range.end).clamp(panel.range.start, panel.range.end)
            };
            let line = points.iter().map(|(at, value)| (*at, height(*value)));
            if is_advised {
                chart.draw_series(DashedLineSeries::new(line, 6, 4, colour.stroke_width(2)))?;
            } else {
                chart.draw_series(LineSeries::new(line, colour.stroke_width(2)))?;
            }
            for (at, value) in points {
                let place = (at, height(value));
                match value {
                    None => chart.draw_series([Cross::new(place, 6, colour.stroke_width(3))])?,
                    Some(_) if is_advised => {
                        chart.draw_series([Circle::new(place, 4, colour.stroke_width(2))])?
                    }
                    Some(_) => chart.draw_series([Circle::new(place, 4, colour.filled())])?,
                };
            }
        }
    }
    Ok(())
}

fn legend_of_sizes(area: &Area) -> Result {
    let font = (FONT, 14).into_font();
    let mut x = 80;
    for (size, colour) in SIZES.into_iter().zip(COLOURS) {
        for (settings, is_dashed) in [("defaults", false), ("advised", true)] {
            let ends = (x, x + 34);
            let pieces = if is_dashed { vec![(0, 6), (10, 16), (20, 26), (30, 34)] } else { vec![(0, 34)] };
            for (from, to) in pieces {
                area.draw(&PathElement::new(
                    vec![(ends.0 + from, 16), (ends.0 + to, 16)],
                    colour.stroke_width(2),
                ))?;
            }
            let style = if is_dashed { colour.stroke_width(2) } else { colour.filled() };
            area.draw(&Circle::new((x + 17, 16), 4, style))?;
            area.draw(&Text::new(format!("{size}, {settings}"), (x + 40, 9), font.clone()))?;
            x += 140;
        }
    }
    Ok(())
}

/// What is shown of the rules: a title, how wide the bar is (of 1), and the text beside it.
type Measure = (&'static str, fn(&Summary) -> f64, fn(&Summary) -> String);

/// Where the bars begin.
const BARS: i32 = 300;

const MEASURES: [Measure; 3] = [
    (
        "kB received per delivery",
        |of| of.bytes_per_delivery / 500_000.0,
        |of| format!("{:.1}", of.bytes_per_delivery / 1000.0),
    ),
    ("99 in 100 delivered within, s", |of| of.p99.unwrap_or(f64::INFINITY) / 60.0, |of| rounded(of.p99)),
    (
        "all logs equal after, s",
        |of| of.convergence.unwrap_or(f64::INFINITY) / 600.0,
        |of| rounded(of.convergence),
    ),
];

fn rounded(seconds: Option<f64>) -> String {
    match seconds {
        None => "never".into(),
        Some(seconds) if seconds < 10.0 => format!("{seconds:.1}"),
        Some(seconds) => format!("{seconds:.0}"),
    }
}

/// Bars for the rules that were, are and could be, in the largest group.
fn rules(summaries: &[Summary], path: &Path) -> Result {
    let size = SIZES[SIZES.len() - 1];
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let title = format!(
        "{size} participants, {} % loss: what the package did (askAnyway), what it does, what is proposed",
        COMPARED_AT * 100.0
    );
    root.draw(&Text::new(title, (20, 14), (FONT, 17).into_font()))?;
    for (column, (title, ..)) in (0..).zip(MEASURES) {
        root.draw(&Text::new(title, (BARS + column * 220, 48), (FONT, 14).into_font()))?;
    }
    let mut y = 74;
    for is_advised in [false, true] {
        for rules in RULES {
            let Some(of) = find(summaries, size, COMPARED_AT, is_advised, rules) else { continue };
            let mut label = vec![if is_advised { "advised" } else { "defaults" }];
            label.extend(rules.iter().map(|rule| rule.name()));
            root.draw(&Text::new(label.join(" + "), (20, y + 5), (FONT, 14).into_font()))?;
            for (column, (_, share, text)) in (0..).zip(MEASURES) {
                let (left, width) = (BARS + column * 220, (150.0 * share(of).clamp(0.005, 1.0)) as i32);
                let colour = COLOURS[usize::from(is_advised)];
                root.draw(&Rectangle::new([(left, y), (left + width.max(1), y + 24)], colour.filled()))?;
                root.draw(&Text::new(text(of), (left + width + 6, y + 5), (FONT, 14).into_font()))?;
            }
            y += 38;
        }
        y += 12;
    }
    Ok(root.present()?)
}

fn find<'a>(
    summaries: &'a [Summary],
    participants: usize,
    loss: f64,
    is_advised: bool,
    rules: &[Rule],
) -> Option<&'a Summary> {
    let group = Scenario { participants, loss, ..Scenario::default() };
    let group = if is_advised { group.with(advised(participants)) } else { group };
    let wanted = group.ruled(rules);
    summaries.iter().find(|summary| summary.scenario == wanted)
}

/// Without an exponent.
fn plain(number: &f64) -> String {
    match *number {
        large if large >= 1000.0 => format!("{} k", large / 1000.0),
        small => small.to_string(),
    }
}

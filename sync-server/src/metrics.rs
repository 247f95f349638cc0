//! What the server counts, as Prometheus text. Labels come from closed vocabularies only: no ids, no personal data.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

/// How a measure is told.
#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
    /// Upper bounds of its buckets.
    Histogram(&'static [f64]),
}

macro_rules! measures {
    ($( $variant:ident = $name:literal, $kind:expr, $help:literal; )+) => {
        /// What is measured.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Measure { $( #[doc = $help] $variant ),+ }

        impl Measure {
            const ALL: &'static [Self] = &[ $( Self::$variant ),+ ];

            const fn family(self) -> (&'static str, Kind, &'static str) {
                match self { $( Self::$variant => ($name, $kind, $help) ),+ }
            }
        }
    };
}

/// Seconds: from a cached answer to the limit of a request.
const SECONDS: Kind = Kind::Histogram(&[0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0]);
/// Requests in one commit, up to `writer::GROUP_MAX`.
const SIZES: Kind = Kind::Histogram(&[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]);

measures!(
    Requests = "jangkau_requests_total", Kind::Counter, "Requests by route and status.";
    RequestSeconds = "jangkau_request_seconds", SECONDS, "Seconds from a request's head to its answer.";
    Refusals = "jangkau_refusals_total", Kind::Counter, "Refused requests by code.";
    Limited = "jangkau_limited_total", Kind::Counter, "Requests refused by a limit, by route and by which limit.";
    Connections = "jangkau_connections", Kind::Gauge, "Open connections.";
    Unconnected = "jangkau_unconnected_total", Kind::Counter, "Connections that were not taken up, by reason.";
    PasswordHashes = "jangkau_password_hashes_total", Kind::Counter, "Password hashes computed.";
    Commands = "jangkau_commands_total", Kind::Counter, "Answers to pushed commands: admitted, waiting, or turned away by code.";
    Verdicts = "jangkau_verdicts_total", Kind::Counter, "Verdicts by what was decided.";
    RulingLag = "jangkau_ruling_lag_cases", Kind::Gauge, "Cases that a look at readiness still found unjudged.";
    GroupSize = "jangkau_group_requests", SIZES, "Requests that shared one commit.";
    GroupSeconds = "jangkau_group_seconds", SECONDS, "Seconds to admit, commit, judge and answer one group.";
    Live = "jangkau_live_connections", Kind::Gauge, "Open live connections.";
    Pokes = "jangkau_pokes_total", Kind::Counter, "Pokes sent over live connections.";
    Backups = "jangkau_backups_total", Kind::Counter, "Backups by outcome.";
    BackupAt = "jangkau_backup_timestamp_seconds", Kind::Gauge, "When the last good backup was taken, in seconds since 1970.";
);

#[derive(Default)]
struct Series {
    value: f64,
    /// Observations at or below each bound, and their number.
    buckets: Vec<u64>,
    count: u64,
}

/// The registry.
#[derive(Default)]
pub struct Metrics(Mutex<BTreeMap<(Measure, String), Series>>);

impl Metrics {
    fn with(&self, measure: Measure, labels: &[(&str, &str)], change: impl FnOnce(&mut Series)) {
        let text: Vec<String> = labels
            .iter()
            .map(|(key, value)| format!("{key}=\"{value}\""))
            .collect();
        // A thread that died while counting leaves nothing half-done that matters.
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(all.entry((measure, text.join(","))).or_default());
    }

    /// Adds to a counter, or to a gauge.
    pub fn add(&self, measure: Measure, labels: &[(&str, &str)], by: f64) {
        self.with(measure, labels, |series| series.value += by);
    }

    /// Sets a gauge.
    pub fn set(&self, measure: Measure, value: f64) {
        self.with(measure, &[], |series| series.value = value);
    }

    /// Adds an observation to a histogram.
    pub fn observe(&self, measure: Measure, labels: &[(&str, &str)], value: f64) {
        let Kind::Histogram(bounds) = measure.family().1 else {
            return;
        };
        self.with(measure, labels, |series| {
            series.buckets.resize(bounds.len(), 0);
            for (bucket, bound) in series.buckets.iter_mut().zip(bounds) {
                *bucket += u64::from(value <= *bound);
            }
            series.count += 1;
            series.value += value;
        });
    }

    /// Everything as text.
    #[must_use]
    pub fn render(&self) -> String {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        for measure in Measure::ALL {
            let (name, kind, help) = measure.family();
            let word = match kind {
                Kind::Counter => "counter",
                Kind::Gauge => "gauge",
                Kind::Histogram(_) => "histogram",
            };
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {word}");
            for ((_, labels), series) in all.iter().filter(|((of, _), _)| of == measure) {
                match kind {
                    Kind::Counter | Kind::Gauge => line(&mut text, name, labels, series.value),
                    Kind::Histogram(bounds) => histogram(&mut text, name, labels, series, bounds),
                }
            }
        }
        text
    }
}

fn line(text: &mut String, name: &str, labels: &str, value: f64) {
    let _ = match labels {
        "" => writeln!(text, "{name} {value}"),
        labels => writeln!(text, "{name}{{{labels}}} {value}"),
    };
}

fn histogram(text: &mut String, name: &str, labels: &str, series: &Series, bounds: &[f64]) {
    let comma = if labels.is_empty() { "" } else { "," };
    for (bound, bucket) in bounds.iter().zip(&series.buckets) {
        let _ = writeln!(
            text,
            "{name}_bucket{{{labels}{comma}le=\"{bound}\"}} {bucket}"
        );
    }
    let count = series.count;
    let _ = writeln!(text, "{name}_bucket{{{labels}{comma}le=\"+Inf\"}} {count}");
    line(text, &format!("{name}_sum"), labels, series.value);
    let _ = writeln!(
        text,
        "{name}_count{} {count}",
        match labels {
            "" => String::new(),
            labels => format!("{{{labels}}}"),
        }
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_and_histograms_as_prometheus_reads_them() {
        let metrics = Metrics::default();
        metrics.add(
            Measure::Requests,
            &[("route", "sync"), ("status", "200")],
            2.0,
        );
        metrics.observe(Measure::GroupSize, &[], 3.0);
        let text = metrics.render();
        assert!(text.contains("jangkau_requests_total{route=\"sync\",status=\"200\"} 2\n"));
        assert!(text.contains("jangkau_group_requests_bucket{le=\"2\"} 0\n"));
        assert!(text.contains("jangkau_group_requests_bucket{le=\"4\"} 1\n"));
        assert!(text.contains("jangkau_group_requests_bucket{le=\"+Inf\"} 1\n"));
        assert!(text.contains("jangkau_group_requests_sum 3\njangkau_group_requests_count 1\n"));
        assert!(text.contains("# TYPE jangkau_ruling_lag_cases gauge\n"));
    }
}

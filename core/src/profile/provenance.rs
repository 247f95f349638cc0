//! What was published, word for word, and the places in a profile that quote it.

use serde::Deserialize;

use super::Profile;
use super::fault::{Place, ProfileFault};
use super::words::Source;

/// What was published, and where.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Number of the decree; empty where the published one is blank.
    pub decree_number: String,
    /// The title, verbatim.
    pub title_as_published: String,
    /// Name of the file from which the text was taken.
    pub seed: String,
    /// The standard as published, verbatim with its misprints; the lines that values quote are its lines.
    #[serde(default)]
    pub published_text: String,
    /// Remarks about the text, for instance what is missing in it.
    #[serde(default)]
    pub remarks: Vec<String>,
}

impl Provenance {
    /// A line of the published text, counted from 1; none if it has no such line or nothing stands on it.
    #[must_use]
    pub fn line(&self, number: u16) -> Option<&str> {
        let index = usize::from(number).checked_sub(1)?;
        let line = self.published_text.lines().nth(index)?;
        (!line.trim().is_empty()).then_some(line)
    }
}

/// A value of a profile that says where it comes from.
#[derive(Clone, Debug)]
pub(super) struct Sourced<'p> {
    pub(super) place: Vec<Place>,
    pub(super) source: Source,
    pub(super) line: Option<u16>,
    /// The words that must stand on the line.
    pub(super) quote: Option<&'p str>,
}

impl Sourced<'_> {
    /// Whether the source and its line go together, and the line says what is quoted from it.
    pub(super) fn check(&self, provenance: &Provenance) -> Result<(), ProfileFault> {
        match (self.source, self.line) {
            (Source::Seed, Some(number)) => {
                let line = provenance
                    .line(number)
                    .ok_or(ProfileFault::PublishedLine(number))?;
                match self.quote {
                    Some(quote) if !line.contains(quote) => Err(ProfileFault::Quote(number)),
                    Some(_) | None => Ok(()),
                }
            }
            (Source::Seed, None) | (Source::Law | Source::Default, Some(_)) => {
                Err(ProfileFault::SourceLine)
            }
            (Source::Law | Source::Default, None) => Ok(()),
        }
    }
}

/// Collects values of one table of a profile.
struct Collector<'p> {
    found: Vec<Sourced<'p>>,
}

impl<'p> Collector<'p> {
    fn add(&mut self, place: Vec<Place>, (source, line): (Source, Option<u16>)) {
        self.add_quote(place, (source, line), None);
    }

    fn add_quote(
        &mut self,
        place: Vec<Place>,
        (source, line): (Source, Option<u16>),
        quote: Option<&'p str>,
    ) {
        self.found.push(Sourced {
            place,
            source,
            line,
            quote,
        });
    }

    fn add_all(&mut self, key: &'static str, items: impl Iterator<Item = (Source, Option<u16>)>) {
        for (index, item) in items.enumerate() {
            self.add(vec![Place::Key(key), Place::Index(index)], item);
        }
    }
}

/// Every value of a profile that says where it comes from, in the order of the parts.
pub(super) fn sourced(profile: &Profile) -> Vec<Sourced<'_>> {
    let mut all = Collector { found: Vec::new() };
    all.add(
        vec![Place::Key("calendar")],
        (profile.calendar.source, None),
    );
    all.add_all("hours", profile.hours.iter().map(|x| (x.source, x.line)));
    all.add_all("roles", profile.roles.iter().map(|x| (x.source, x.line)));
    let powers = &profile.powers;
    all.add(vec![Place::Key("powers")], (powers.source, powers.line));
    let requirements = profile.requirements.iter();
    all.add_all("requirements", requirements.map(|x| (x.source, x.line)));
    let hotlines = profile.hotlines.iter();
    all.add_all("hotlines", hotlines.map(|x| (x.source, x.line)));
    all.add_all("areas", profile.areas.iter().map(|x| (x.source, x.line)));
    for (index, step) in profile.steps.iter().enumerate() {
        let place = vec![Place::Key("steps"), Place::Index(index)];
        all.add_quote(place, (step.source, step.line), Some(&step.quote));
    }
    for (kind, line) in &profile.transitions {
        let place = vec![Place::Key("transitions"), Place::Key(kind.code())];
        all.add(place, (line.source, line.line));
    }
    for (reason, ending) in &profile.endings {
        let place = vec![Place::Key("endings"), Place::Key(reason.code())];
        all.add(place, (ending.source, ending.line));
    }
    let sessions = &profile.sessions;
    all.add(
        vec![Place::Key("sessions")],
        (sessions.source, sessions.line),
    );
    for (index, clock) in profile.clocks.iter().enumerate() {
        let place = vec![Place::Key("clocks"), Place::Index(index)];
        all.add_quote(place, (clock.source, clock.line), clock.quote.as_deref());
    }
    all.add_all(
        "letters",
        profile.letters.iter().map(|x| (x.source, x.line)),
    );
    for (index, channel) in profile.complaint_channels.iter().enumerate() {
        let place = vec![Place::Key("complaint_channels"), Place::Index(index)];
        all.add_quote(place, (channel.source, channel.line), Some(&channel.value));
    }
    let evaluation = (profile.evaluation.source, profile.evaluation.line);
    all.add(vec![Place::Key("evaluation")], evaluation);
    let supervision = (profile.supervision.source, profile.supervision.line);
    all.add(vec![Place::Key("supervision")], supervision);
    let bases = profile.legal_bases.iter();
    all.add_all("legal_bases", bases.map(|x| (x.source, x.line)));
    for (index, facility) in profile.facilities.iter().enumerate() {
        let place = vec![Place::Key("facilities"), Place::Index(index)];
        all.add_quote(
            place,
            (facility.source, facility.line),
            Some(&facility.name),
        );
    }
    all.add_all(
        "notices",
        profile.notices.iter().map(|x| (x.source, x.line)),
    );
    all.found
}

impl Profile {
    /// How many values are our proposal, shown as "bukan dari standar pelayanan" until the office confirms them.
    #[must_use]
    pub fn defaults(&self) -> usize {
        let is_default = |value: &Sourced<'_>| value.source == Source::Default;
        sourced(self).into_iter().filter(is_default).count()
    }
}

//! Whom to call: the numbers of the profile.

use super::Viewer;
use crate::profile::words::Role;
use crate::profile::{Area, HotlineUse, Profile};

/// A number to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HotlineLine {
    /// Who answers.
    pub name: String,
    /// The number.
    pub number: String,
    /// When somebody answers, where that is known.
    pub hours: Option<String>,
}

/// The numbers of the directory in force for a use, and the institution's own telephone after them. Where people register, the volunteers
/// of each kecamatan stand between (S0:15).
#[must_use]
pub fn hotlines(viewer: &Viewer<'_>, wanted: HotlineUse) -> Vec<HotlineLine> {
    let Some(profile) = viewer.in_force() else {
        return Vec::new();
    };
    let listed = profile
        .hotlines
        .iter()
        .filter(|hotline| hotline.uses.contains(&wanted));
    let mut lines: Vec<HotlineLine> = listed
        .map(|hotline| HotlineLine {
            name: hotline.name.clone(),
            number: hotline.number.as_str().to_owned(),
            hours: hotline
                .hours
                .as_ref()
                .map(|hours| hours.as_str().to_owned()),
        })
        .collect();
    if wanted == HotlineUse::Registration {
        lines.extend(volunteers(viewer, profile));
    }
    let own = profile.institution.phone.iter().map(|phone| HotlineLine {
        name: profile.institution.name.clone(),
        number: phone.clone(),
        hours: None,
    });
    lines.extend(own);
    lines
}

/// The volunteers' numbers, as far as the office has told them.
fn volunteers(viewer: &Viewer<'_>, profile: &Profile) -> Vec<HotlineLine> {
    let role = viewer.role_title(Role::Volunteer);
    let line = |area: &Area| {
        let args = [("role", &*role), ("area", &*area.name)];
        Some(HotlineLine {
            name: viewer.say("screen-volunteers", &args),
            number: area.hotline.as_ref()?.as_str().to_owned(),
            hours: None,
        })
    };
    profile.areas.iter().filter_map(line).collect()
}

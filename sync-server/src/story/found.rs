//! Before a story begins: institutions are founded, people added and invited.

use std::collections::BTreeMap;

use jangkau_core::id::PersonId;
use rand_core::CryptoRng;

use super::plan::{SeatName, Story};
use crate::engine::{Engine, EngineError};

/// What the devices need to enrol.
#[derive(Clone, Debug, Default)]
pub struct Invitations {
    /// The people, by the story's names.
    pub people: BTreeMap<String, PersonId>,
    /// One code for each seat, in the order of the file.
    pub codes: Vec<(SeatName, String)>,
}

/// Founds the story's institutions on a server.
///
/// # Errors
/// [`EngineError`].
pub fn found(
    engine: &mut Engine,
    story: &Story,
    rng: &mut dyn CryptoRng,
) -> Result<Invitations, EngineError> {
    let mut invitations = Invitations::default();
    for plan in &story.institutions {
        engine.found(&plan.id, &plan.profile_toml, story.clock, rng)?;
    }
    for plan in &story.staff {
        let roles: Vec<&str> = plan.roles.iter().map(|role| role.code()).collect();
        let person = engine.add_staff(&plan.institution, &plan.name, &roles, story.clock, rng)?;
        invitations.people.insert(plan.key.clone(), person);
        if plan.mandate_until.is_some() || !plan.areas.is_empty() {
            let areas = plan.areas.clone();
            engine.set_terms(
                &plan.institution,
                person,
                plan.mandate_until,
                areas,
                story.clock,
            )?;
        }
        for device in &story.devices {
            if device.people.contains(&plan.key) {
                let code = engine.invite(&plan.institution, person, story.clock, rng)?;
                let seat = SeatName {
                    device: device.key.clone(),
                    person: plan.key.clone(),
                };
                invitations.codes.push((seat, code));
            }
        }
    }
    Ok(invitations)
}

//! The orders that a story leaves free, permuted: what is said about facts must hold in each of them.

use std::collections::BTreeSet;

use rand_core::Rng;

use super::plan::{Act, Beat, FieldValue};

/// The beats in another order that the story allows. Recorded times stay as they are.
///
/// Free are: neighbouring commands of offline devices; neighbouring steps that are marked `free`; the order within a
/// list that is marked `free`. What one device does stays in its order, and so does what names an earlier command.
#[must_use]
pub fn shuffled(beats: &[Beat], rng: &mut dyn Rng) -> Vec<Beat> {
    let mut arranged = Vec::new();
    let mut group: Vec<Beat> = Vec::new();
    let mut offline: BTreeSet<String> = BTreeSet::new();
    for beat in beats {
        follow(&mut offline, &beat.act);
        if is_free(beat, &offline) {
            group.push(permute_list(beat, rng));
        } else {
            arranged.extend(arrange(std::mem::take(&mut group), rng));
            arranged.push(beat.clone());
        }
    }
    arranged.extend(arrange(group, rng));
    arranged
}

fn follow(offline: &mut BTreeSet<String>, act: &Act) {
    match act {
        Act::Offline(devices) => offline.extend(devices.iter().cloned()),
        Act::Online(devices) => offline.retain(|device| !devices.contains(device)),
        Act::Do(_)
        | Act::Sync(_)
        | Act::SetClock { .. }
        | Act::Glass(_)
        | Act::Attach(_)
        | Act::Carry { .. }
        | Act::Erasure(_)
        | Act::Server(_)
        | Act::Expect(_) => {}
    }
}

fn is_free(beat: &Beat, offline: &BTreeSet<String>) -> bool {
    match &beat.act {
        // A command with an expectation of its own on the spot stays where it is, unless it is marked.
        Act::Do(doing) => {
            beat.free || (doing.expect.is_none() && offline.contains(&doing.seat.device))
        }
        Act::Sync(_) | Act::Offline(_) | Act::Online(_) | Act::SetClock { .. } => beat.free,
        Act::Glass(_)
        | Act::Attach(_)
        | Act::Carry { .. }
        | Act::Erasure(_)
        | Act::Server(_)
        | Act::Expect(_) => false,
    }
}

fn permute_list(beat: &Beat, rng: &mut dyn Rng) -> Beat {
    let mut beat = beat.clone();
    match &mut beat.act {
        Act::Sync(seats) => permute(seats, rng),
        Act::Online(devices) => permute(devices, rng),
        Act::Do(_)
        | Act::Offline(_)
        | Act::SetClock { .. }
        | Act::Glass(_)
        | Act::Attach(_)
        | Act::Carry { .. }
        | Act::Erasure(_)
        | Act::Server(_)
        | Act::Expect(_) => {}
    }
    beat
}

/// Fisher and Yates.
fn permute<T>(items: &mut [T], rng: &mut dyn Rng) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(last + 1, rng));
    }
}

/// A number below `end`. The bias of the remainder does not matter here.
fn below(end: usize, rng: &mut dyn Rng) -> usize {
    let end = u32::try_from(end).unwrap_or(u32::MAX).max(1);
    (rng.next_u32() % end) as usize
}

/// A random order of a group in which every beat follows those that it rests on.
fn arrange(mut group: Vec<Beat>, rng: &mut dyn Rng) -> Vec<Beat> {
    let mut arranged = Vec::new();
    while !group.is_empty() {
        let ready: Vec<usize> = (0..group.len())
            .filter(|index| {
                let (before, rest) = group.split_at(*index);
                rest.first()
                    .is_some_and(|beat| !before.iter().any(|other| rests_on(beat, other)))
            })
            .collect();
        // The first of a group never has anything before it, so there is always one that is ready.
        let chosen = ready.get(below(ready.len(), rng)).copied().unwrap_or(0);
        arranged.push(group.remove(chosen));
    }
    arranged
}

/// Whether a beat has to stay behind an earlier one.
fn rests_on(beat: &Beat, earlier: &Beat) -> bool {
    let devices = devices(&earlier.act);
    if self::devices(&beat.act).iter().any(|d| devices.contains(d)) {
        return true;
    }
    match (&beat.act, &earlier.act) {
        (Act::Do(doing), Act::Do(other)) => {
            let names_case = doing.case == other.label;
            let mut fields = doing.fields.iter();
            names_case
                || fields.any(|(_, value)| match value {
                    FieldValue::Command(label) => *label == other.label,
                    FieldValue::Commands(labels) => labels.contains(&other.label),
                    FieldValue::Plain(_) | FieldValue::Person(_) | FieldValue::People(_) => false,
                })
        }
        _ => false,
    }
}

fn devices(act: &Act) -> BTreeSet<&str> {
    match act {
        Act::Do(doing) => BTreeSet::from([doing.seat.device.as_str()]),
        Act::Sync(seats) => seats.iter().map(|seat| seat.device.as_str()).collect(),
        Act::Offline(devices) | Act::Online(devices) => {
            devices.iter().map(String::as_str).collect()
        }
        Act::SetClock { device, .. } => BTreeSet::from([device.as_str()]),
        Act::Glass(glassing) => BTreeSet::from([glassing.seat.device.as_str()]),
        Act::Attach(attaching) => BTreeSet::from([attaching.seat.device.as_str()]),
        Act::Carry { seats, .. } => seats.iter().map(|seat| seat.device.as_str()).collect(),
        Act::Erasure(_) | Act::Server(_) | Act::Expect(_) => BTreeSet::new(),
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng as _;

    use super::super::Story;
    use super::*;

    const STORY: &str = r#"title = "Uji"
clock = "2026-11-23T08:00:00+07:00"
[[institution]]
id = "cilegon"
profile = "cilegon-lk3-2023"
[[staff]]
key = "a"
name = "A"
roles = ["social_worker"]
[[staff]]
key = "b"
name = "B"
roles = ["social_worker"]
[[device]]
key = "hp-a"
staff = ["a"]
[[device]]
key = "hp-b"
staff = ["b"]
[[step]]
offline = ["hp-a", "hp-b"]
[[step]]
who = "a"
do = "register"
case = "x"
channel = "walk_in"
applicant = "family"
[[step]]
who = "a"
do = "record_approach"
case = "x"
observation = "satu"
[[step]]
who = "b"
do = "register"
case = "y"
channel = "walk_in"
applicant = "family"
[[step]]
online = ["hp-a", "hp-b"]
free = true
"#;

    #[test]
    fn what_is_free_moves_and_what_rests_on_something_follows_it() {
        let story = Story::parse(STORY).unwrap();
        let mut orders = BTreeSet::new();
        for seed in 0..64 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let order = shuffled(&story.beats, &mut rng);
            let lines: Vec<usize> = order.iter().map(|beat| beat.line).collect();
            let place = |line: usize| lines.iter().position(|other| *other == line);
            assert_eq!(place(20), Some(0), "going offline is not free");
            assert!(
                place(22) < place(28),
                "a case is registered before it is written to"
            );
            let Some(Act::Online(devices)) = order.last().map(|beat| &beat.act) else {
                panic!("what a device recorded before comes after: {lines:?}");
            };
            orders.insert((lines.clone(), devices.clone()));
        }
        // The other registration before, between or after, times two orders of coming back.
        assert_eq!(orders.len(), 6);
    }
}
